"""The adapter of ComfyUI, on recorded traffic and against the sandbox."""
