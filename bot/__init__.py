"""Genga: the production assistant of a small anime studio."""
