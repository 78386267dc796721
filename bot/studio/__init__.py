"""The use cases: submit, work, collect, deliver, control, recover, watch."""
