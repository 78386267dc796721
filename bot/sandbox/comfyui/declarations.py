"""What each node of the sandbox declares about itself, as `/object_info` shows it."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from bot.sandbox.comfyui.folders import Folders
from bot.sandbox.comfyui.models import Models
from bot.sandbox.comfyui.shapes import Json

Options = Callable[[Models, Folders], list[str]]

_SAMPLERS = (
    "euler",
    "euler_cfg_pp",
    "euler_ancestral",
    "euler_ancestral_cfg_pp",
    "heun",
    "heunpp2",
    "exp_heun_2_x0",
    "exp_heun_2_x0_sde",
    "dpm_2",
    "dpm_2_ancestral",
    "lms",
    "dpm_fast",
    "dpm_adaptive",
    "dpmpp_2s_ancestral",
    "dpmpp_2s_ancestral_cfg_pp",
    "dpmpp_sde",
    "dpmpp_sde_gpu",
    "dpmpp_2m",
    "dpmpp_2m_cfg_pp",
    "dpmpp_2m_sde",
    "dpmpp_2m_sde_gpu",
    "dpmpp_2m_sde_heun",
    "dpmpp_2m_sde_heun_gpu",
    "dpmpp_3m_sde",
    "dpmpp_3m_sde_gpu",
    "ddpm",
    "lcm",
    "ipndm",
    "ipndm_v",
    "deis",
    "res_multistep",
    "res_multistep_cfg_pp",
    "res_multistep_ancestral",
    "res_multistep_ancestral_cfg_pp",
    "gradient_estimation",
    "gradient_estimation_cfg_pp",
    "er_sde",
    "seeds_2",
    "seeds_3",
    "sa_solver",
    "sa_solver_pece",
    "ddim",
    "uni_pc",
    "uni_pc_bh2",
)
_SCHEDULERS = (
    "simple",
    "sgm_uniform",
    "karras",
    "exponential",
    "ddim_uniform",
    "beta",
    "normal",
    "linear_quadratic",
    "kl_optimal",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Input:
    """One input: a link or plain value of type `kind`, or a choice among `options`.

    `settings` is None where ComfyUI writes the bare type without a second element.
    """

    kind: str
    settings: Json | None = None
    options: Options | None = None
    v3: bool = False

    def described(self, models: Models, folders: Folders) -> list[Any]:
        if self.options is None:
            return [self.kind] if self.settings is None else [self.kind, dict(self.settings)]
        options = self.options(models, folders)
        if self.v3:
            return ["COMBO", {**(self.settings or {}), "options": options}]
        return [options] if self.settings is None else [options, dict(self.settings)]


@dataclass(frozen=True, slots=True, kw_only=True)
class Declaration:
    """`own_check` names the inputs that the node checks itself, in place of the list they come from."""

    name: str
    display_name: str
    category: str
    required: dict[str, Input]
    outputs: tuple[str, ...]
    output_names: tuple[str, ...] = ()
    hidden: dict[str, str] = field(default_factory=dict[str, str])
    output_node: bool = False
    module: str = "nodes"
    v3: bool = False
    own_check: frozenset[str] = frozenset()

    def described(self, models: Models, folders: Folders) -> Json:
        """Write the entry of `/object_info`."""
        inputs: Json = {"required": {name: i.described(models, folders) for name, i in self.required.items()}}
        if self.hidden:
            inputs["hidden"] = dict(self.hidden)
        entry: Json = {
            "input": inputs,
            "input_order": {part: list(names) for part, names in inputs.items()},
            "is_input_list": False,
            "output": list(self.outputs),
            "output_is_list": [False] * len(self.outputs),
            "output_name": list(self.output_names or self.outputs),
            "name": self.name,
            "display_name": self.display_name,
            "description": "",
            "python_module": self.module,
            "category": self.category,
            "output_node": self.output_node,
            "has_intermediate_output": False,
        }
        if self.v3:
            entry |= {"output_matchtypes": None, "deprecated": False, "experimental": False}
            entry |= {"dev_only": False, "api_node": False}
        return entry


def _link(kind: str) -> Input:
    return Input(kind=kind, settings={})


def _bare(kind: str) -> Input:
    return Input(kind=kind)


def _integer(default: int, low: int, high: int, **more: object) -> Input:
    return Input(kind="INT", settings={"default": default, "min": low, "max": high, **more})


def _decimal(default: float, low: float, high: float, **more: object) -> Input:
    return Input(kind="FLOAT", settings={"default": default, "min": low, "max": high, **more})


def _choice(*options: str, settings: Json | None = None) -> Input:
    return Input(kind="COMBO", options=lambda _models, _folders: list(options), settings=settings)


def _files(
    listed: Callable[[Models], tuple[str, ...]], *, settings: Json | None = None, v3: bool = False
) -> Input:
    return Input(kind="COMBO", options=lambda models, _: list(listed(models)), settings=settings, v3=v3)


_SIZE = {"width": _integer(512, 0, 16384, step=8), "height": _integer(512, 0, 16384, step=8)}
_PIXEL_SIZE = {"width": _integer(512, 0, 16384, step=1), "height": _integer(512, 0, 16384, step=1)}
_CROP = _choice("disabled", "center")
_LATENT_METHODS = _choice("nearest-exact", "bilinear", "area", "bicubic", "bislerp")
_IMAGE_METHODS = _choice("nearest-exact", "bilinear", "area", "bicubic", "lanczos")
_STRENGTH = _decimal(1.0, -100.0, 100.0, step=0.01)
_PNG_TEXT = {"prompt": "PROMPT", "extra_pnginfo": "EXTRA_PNGINFO"}

_LOADERS = (
    Declaration(
        name="CheckpointLoaderSimple",
        display_name="Load Checkpoint",
        category="model/loaders",
        required={"ckpt_name": _files(lambda models: models.checkpoints, settings={})},
        outputs=("MODEL", "CLIP", "VAE"),
    ),
    Declaration(
        name="LoraLoader",
        display_name="Load LoRA (Model and CLIP)",
        category="model/loaders",
        required={
            "model": _link("MODEL"),
            "clip": _link("CLIP"),
            "lora_name": _files(lambda models: models.loras, settings={}),
            "strength_model": _STRENGTH,
            "strength_clip": _STRENGTH,
        },
        outputs=("MODEL", "CLIP"),
    ),
    Declaration(
        name="VAELoader",
        display_name="Load VAE",
        category="model/loaders",
        required={"vae_name": _files(lambda models: (*models.vaes, "pixel_space"))},
        outputs=("VAE",),
    ),
    Declaration(
        name="UpscaleModelLoader",
        display_name="Load Upscale Model",
        category="model/loaders",
        module="comfy_extras.nodes_upscale_model",
        v3=True,
        required={
            "model_name": _files(lambda models: models.upscalers, settings={"multiselect": False}, v3=True)
        },
        outputs=("UPSCALE_MODEL",),
    ),
)

_CONDITIONING = (
    Declaration(
        name="CLIPTextEncode",
        display_name="CLIP Text Encode (Prompt)",
        category="model/conditioning",
        required={
            "text": Input(kind="STRING", settings={"multiline": True, "dynamicPrompts": True}),
            "clip": _link("CLIP"),
        },
        outputs=("CONDITIONING",),
    ),
    Declaration(
        name="CLIPSetLastLayer",
        display_name="CLIP Set Last Layer",
        category="model/conditioning",
        required={
            "clip": _bare("CLIP"),
            "stop_at_clip_layer": _integer(-1, -24, -1, step=1, advanced=True),
        },
        outputs=("CLIP",),
    ),
)

_LATENTS = (
    Declaration(
        name="EmptyLatentImage",
        display_name="Empty Latent Image",
        category="model/latent",
        required={
            "width": _integer(512, 16, 16384, step=8),
            "height": _integer(512, 16, 16384, step=8),
            "batch_size": _integer(1, 1, 4096),
        },
        outputs=("LATENT",),
    ),
    Declaration(
        name="KSampler",
        display_name="KSampler",
        category="model/sampling",
        required={
            "model": _link("MODEL"),
            "seed": _integer(0, 0, 2**64 - 1, control_after_generate=True),
            "steps": _integer(20, 1, 10000),
            "cfg": _decimal(8.0, 0.0, 100.0, step=0.1, round=0.01),
            "sampler_name": _choice(*_SAMPLERS, settings={}),
            "scheduler": _choice(*_SCHEDULERS, settings={}),
            "positive": _link("CONDITIONING"),
            "negative": _link("CONDITIONING"),
            "latent_image": _link("LATENT"),
            "denoise": _decimal(1.0, 0.0, 1.0, step=0.01),
        },
        outputs=("LATENT",),
    ),
    Declaration(
        name="VAEDecode",
        display_name="VAE Decode",
        category="model/latent",
        required={"samples": _link("LATENT"), "vae": _link("VAE")},
        outputs=("IMAGE",),
    ),
    Declaration(
        name="VAEEncode",
        display_name="VAE Encode",
        category="model/latent",
        required={"pixels": _bare("IMAGE"), "vae": _bare("VAE")},
        outputs=("LATENT",),
    ),
    Declaration(
        name="LatentUpscale",
        display_name="Upscale Latent",
        category="model/latent",
        required={"samples": _bare("LATENT"), "upscale_method": _LATENT_METHODS, **_SIZE, "crop": _CROP},
        outputs=("LATENT",),
    ),
    Declaration(
        name="LatentUpscaleBy",
        display_name="Upscale Latent By",
        category="model/latent",
        required={
            "samples": _bare("LATENT"),
            "upscale_method": _LATENT_METHODS,
            "scale_by": _decimal(1.5, 0.01, 8.0, step=0.01),
        },
        outputs=("LATENT",),
    ),
    Declaration(
        name="RepeatLatentBatch",
        display_name="Repeat Latent Batch",
        category="model/latent/batch",
        required={"samples": _bare("LATENT"), "amount": _integer(1, 1, 64)},
        outputs=("LATENT",),
    ),
)

_IMAGES = (
    Declaration(
        name="LoadImage",
        display_name="Load Image",
        category="image",
        required={
            "image": Input(
                kind="COMBO",
                options=lambda _models, folders: folders.input_names(),
                settings={"image_upload": True},
            )
        },
        outputs=("IMAGE", "MASK"),
        own_check=frozenset({"image"}),
    ),
    Declaration(
        name="EmptyImage",
        display_name="Empty Image",
        category="image",
        required={
            "width": _integer(512, 1, 16384, step=1),
            "height": _integer(512, 1, 16384, step=1),
            "batch_size": _integer(1, 1, 4096),
            "color": _integer(0, 0, 0xFFFFFF, step=1, display="color"),
        },
        outputs=("IMAGE",),
    ),
    Declaration(
        name="ImageScale",
        display_name="Upscale Image",
        category="image/upscaling",
        required={"image": _bare("IMAGE"), "upscale_method": _IMAGE_METHODS, **_PIXEL_SIZE, "crop": _CROP},
        outputs=("IMAGE",),
    ),
    Declaration(
        name="ImageScaleBy",
        display_name="Upscale Image By",
        category="image/upscaling",
        required={
            "image": _bare("IMAGE"),
            "upscale_method": _IMAGE_METHODS,
            "scale_by": _decimal(1.0, 0.01, 8.0, step=0.01),
        },
        outputs=("IMAGE",),
    ),
    Declaration(
        name="ImageUpscaleWithModel",
        display_name="Upscale Image (using Model)",
        category="image/upscaling",
        module="comfy_extras.nodes_upscale_model",
        v3=True,
        required={"upscale_model": _link("UPSCALE_MODEL"), "image": _link("IMAGE")},
        outputs=("IMAGE",),
    ),
    Declaration(
        name="ImageInvert",
        display_name="Invert Image Colors",
        category="image/color",
        required={"image": _bare("IMAGE")},
        outputs=("IMAGE",),
    ),
    Declaration(
        name="SaveImage",
        display_name="Save Image",
        category="image",
        required={
            "images": _link("IMAGE"),
            "filename_prefix": Input(kind="STRING", settings={"default": "ComfyUI"}),
        },
        hidden=_PNG_TEXT,
        outputs=("IMAGE",),
        output_names=("images",),
        output_node=True,
    ),
    Declaration(
        name="PreviewImage",
        display_name="Preview Image",
        category="image",
        required={"images": _bare("IMAGE")},
        hidden=_PNG_TEXT,
        outputs=("IMAGE",),
        output_names=("images",),
        output_node=True,
    ),
)

DECLARATIONS = {node.name: node for node in (*_LOADERS, *_CONDITIONING, *_LATENTS, *_IMAGES)}
