"""Prompts in API format, one builder per kind."""

from typing import Any

Graph = dict[str, Any]

SDXL = "waiIllustriousSDXL_v150.safetensors"
SD15 = "dreamshaper_8.safetensors"


def blank_image(*, color: int = 0, width: int = 64, prefix: str = "rig/empty") -> Graph:
    """Needs no model: EmptyImage (1) to SaveImage (2)."""
    return {
        "1": {
            "class_type": "EmptyImage",
            "inputs": {"width": width, "height": 64, "batch_size": 1, "color": color},
        },
        "2": {"class_type": "SaveImage", "inputs": {"filename_prefix": prefix, "images": ["1", 0]}},
    }


def text_to_image(
    *,
    text: str = "a red cat",
    negative: str = "ugly",
    seed: int = 1,
    steps: int = 2,
    cfg: float = 7.0,
    sampler: str = "euler",
    checkpoint: str = SD15,
    width: int = 64,
    height: int = 64,
    batch: int = 1,
    prefix: str = "rig/img",
) -> Graph:
    return {
        "4": {"class_type": "CheckpointLoaderSimple", "inputs": {"ckpt_name": checkpoint}},
        "5": {
            "class_type": "EmptyLatentImage",
            "inputs": {"width": width, "height": height, "batch_size": batch},
        },
        "6": {"class_type": "CLIPTextEncode", "inputs": {"text": text, "clip": ["4", 1]}},
        "7": {"class_type": "CLIPTextEncode", "inputs": {"text": negative, "clip": ["4", 1]}},
        "3": {
            "class_type": "KSampler",
            "inputs": {
                "seed": seed,
                "steps": steps,
                "cfg": cfg,
                "sampler_name": sampler,
                "scheduler": "normal",
                "denoise": 1.0,
                "model": ["4", 0],
                "positive": ["6", 0],
                "negative": ["7", 0],
                "latent_image": ["5", 0],
            },
        },
        "8": {"class_type": "VAEDecode", "inputs": {"samples": ["3", 0], "vae": ["4", 2]}},
        "9": {"class_type": "SaveImage", "inputs": {"filename_prefix": prefix, "images": ["8", 0]}},
    }


def image_to_image(*, image: str, denoise: float, seed: int = 1) -> Graph:
    graph = text_to_image(seed=seed)
    del graph["5"]
    graph["10"] = {"class_type": "LoadImage", "inputs": {"image": image}}
    graph["11"] = {"class_type": "VAEEncode", "inputs": {"pixels": ["10", 0], "vae": ["4", 2]}}
    graph["3"]["inputs"] |= {"latent_image": ["11", 0], "denoise": denoise}
    return graph


def with_lora(graph: Graph, *, name: str, strength: float) -> Graph:
    graph["12"] = {
        "class_type": "LoraLoader",
        "inputs": {
            "model": ["4", 0],
            "clip": ["4", 1],
            "lora_name": name,
            "strength_model": strength,
            "strength_clip": strength,
        },
    }
    graph["3"]["inputs"]["model"] = ["12", 0]
    graph["6"]["inputs"]["clip"] = ["12", 1]
    return graph
