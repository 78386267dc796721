"""What Pillow does for us, off the event loop."""
