"""ComfyUI's HTTP and websocket, spoken and understood."""
