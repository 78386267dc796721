"""The model files that the sandbox says it has."""

from collections.abc import Mapping
from dataclasses import dataclass, field

FOLDERS = (
    "checkpoints",
    "configs",
    "loras",
    "vae",
    "text_encoders",
    "diffusion_models",
    "clip_vision",
    "style_models",
    "embeddings",
    "diffusers",
    "vae_approx",
    "controlnet",
    "gligen",
    "upscale_models",
    "latent_upscale_models",
    "custom_nodes",
    "datasets",
    "hypernetworks",
    "photomaker",
    "classifiers",
    "model_patches",
    "audio_encoders",
    "background_removal",
    "frame_interpolation",
    "geometry_estimation",
    "optical_flow",
    "detection",
)

_SDXL = {
    "format": "pt",
    "modelspec.architecture": "stable-diffusion-xl-v1-base",
    "modelspec.resolution": "1024x1024",
}
_SD15 = {"format": "pt", "modelspec.architecture": "stable-diffusion-v1", "modelspec.resolution": "512x512"}


def _headers() -> Mapping[str, Mapping[str, str]]:
    return {
        "waiIllustriousSDXL_v150.safetensors": _SDXL | {"modelspec.title": "WAI Illustrious (sandbox)"},
        "dreamshaper_8.safetensors": _SD15 | {"modelspec.title": "DreamShaper 8 (sandbox)"},
        "ink_lines_sdxl.safetensors": {
            "modelspec.architecture": "stable-diffusion-xl-v1-base/lora",
            "ss_base_model_version": "sdxl_base_v1-0",
        },
        "watercolor_sd15.safetensors": {
            "modelspec.architecture": "stable-diffusion-v1/lora",
            "ss_base_model_version": "sd_v1",
        },
    }


@dataclass(frozen=True, slots=True, kw_only=True)
class Models:
    """File names per kind; `headers` holds the safetensors `__metadata__` that `/view_metadata` shows."""

    checkpoints: tuple[str, ...] = ("dreamshaper_8.safetensors", "waiIllustriousSDXL_v150.safetensors")
    loras: tuple[str, ...] = ("ink_lines_sdxl.safetensors", "watercolor_sd15.safetensors")
    vaes: tuple[str, ...] = ()
    upscalers: tuple[str, ...] = ("RealESRGAN_x4plus_anime_6B.pth",)
    embeddings: tuple[str, ...] = ("easynegative.safetensors",)
    headers: Mapping[str, Mapping[str, str]] = field(default_factory=_headers)

    def in_folder(self, folder: str) -> tuple[str, ...] | None:
        """List the files of a models folder; None when ComfyUI has no folder of that name."""
        listed = {
            "checkpoints": self.checkpoints,
            "loras": self.loras,
            "vae": self.vaes,
            "upscale_models": self.upscalers,
            "embeddings": self.embeddings,
        }
        return listed.get(folder, () if folder in FOLDERS else None)
