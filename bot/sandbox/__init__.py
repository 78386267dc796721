"""A Discord and a ComfyUI on loopback, for the demo and the tests."""
