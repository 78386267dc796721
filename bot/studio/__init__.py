"""The use cases: submit, work, deliver, control."""
