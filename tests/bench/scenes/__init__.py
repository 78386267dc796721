"""The measurements: each sets a stage, acts on it, and returns figures."""
