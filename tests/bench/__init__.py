"""What Genga costs, measured over the sandbox: `python -m tests.bench [--short] [--json FILE]`."""
