"""Drawing recipes as data: a ComfyUI graph and a manifest each."""
