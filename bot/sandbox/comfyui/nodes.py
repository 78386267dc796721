"""What each node does with its inputs."""

import hashlib
import json
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, ParamSpec, Protocol, TypeVar

from PIL import Image, ImageOps
from PIL.PngImagePlugin import PngInfo

from bot.sandbox.comfyui.faults import Faults, Once
from bot.sandbox.comfyui.folders import Folders, Place
from bot.sandbox.comfyui.pace import Pace
from bot.sandbox.comfyui.pictures import Blank, Encoded, Redrawn, Scene, signed
from bot.sandbox.comfyui.shapes import Json, resized
from bot.sandbox.comfyui.values import (
    Clip,
    Conditioning,
    Images,
    Latent,
    Mask,
    Model,
    Sketch,
    UpscaleModel,
    Vae,
)

P = ParamSpec("P")
T = TypeVar("T")

_FILTERS = {
    "nearest-exact": Image.Resampling.NEAREST,
    "bilinear": Image.Resampling.BILINEAR,
    "area": Image.Resampling.BOX,
    "bicubic": Image.Resampling.BICUBIC,
    "lanczos": Image.Resampling.LANCZOS,
}
_SMALL = 128 * 128
"""Pictures up to so many pixels are worked on at once; a thread would cost more than it saves."""


class Bench(Protocol):
    """What the executor lends to the node at work."""

    @property
    def pace(self) -> Pace: ...
    @property
    def folders(self) -> Folders: ...
    @property
    def faults(self) -> Faults: ...
    @property
    def graph(self) -> Json: ...
    @property
    def extra_pnginfo(self) -> Json: ...

    async def pause(self, seconds: float) -> None: ...
    async def load(self, checkpoint: str) -> None: ...
    async def step(self, value: int, steps: int, sketch: Sketch, latent: Latent) -> None: ...
    async def apart(self, work: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T: ...


@dataclass(frozen=True, slots=True)
class Inputs:
    values: Mapping[str, object]

    def take(self, name: str, kind: type[T]) -> T:
        value = self.values[name]
        if not isinstance(value, kind):
            raise TypeError(f"{name} must be {kind.__name__}, not {type(value).__name__}")
        return value


@dataclass(frozen=True, slots=True, kw_only=True)
class Made:
    """What a node passes on, and what it shows."""

    values: tuple[object, ...]
    shown: Json | None = None


Node = Callable[[Bench, Inputs], Awaitable[Made]]


async def _checkpoint_loader(bench: Bench, given: Inputs) -> Made:
    name = given.take("ckpt_name", str)
    await bench.load(name)
    return Made(values=(Model(checkpoint=name), Clip(checkpoint=name), Vae(name=name)))


async def _lora_loader(_bench: Bench, given: Inputs) -> Made:
    name = given.take("lora_name", str)
    model = given.take("model", Model).with_lora(name, given.take("strength_model", float))
    clip = given.take("clip", Clip).with_lora(name, given.take("strength_clip", float))
    return Made(values=(model, clip))


async def _vae_loader(_bench: Bench, given: Inputs) -> Made:
    return Made(values=(Vae(name=given.take("vae_name", str)),))


async def _upscale_model_loader(_bench: Bench, given: Inputs) -> Made:
    name = given.take("model_name", str)
    return Made(values=(UpscaleModel(name=name, scale=2 if "x2" in name else 4),))


async def _clip_text_encode(bench: Bench, given: Inputs) -> Made:
    await bench.pause(bench.pace.encode_s)
    return Made(values=(Conditioning(text=given.take("text", str), clip=given.take("clip", Clip)),))


async def _clip_set_last_layer(_bench: Bench, given: Inputs) -> Made:
    clip = given.take("clip", Clip)
    layer = given.take("stop_at_clip_layer", int)
    return Made(values=(Clip(checkpoint=clip.checkpoint, loras=clip.loras, last_layer=layer),))


async def _empty_latent(_bench: Bench, given: Inputs) -> Made:
    width, height = given.take("width", int) // 8 * 8, given.take("height", int) // 8 * 8
    sketches = (Blank(),) * given.take("batch_size", int)
    return Made(values=(Latent(width=width, height=height, sketches=sketches),))


async def _sampler(bench: Bench, given: Inputs) -> Made:
    latent = given.take("latent_image", Latent)
    model = given.take("model", Model)
    await bench.load(model.checkpoint)
    denoise = given.take("denoise", float)
    steps = given.take("steps", int) if denoise > 0 else 0
    sketches = tuple(
        Redrawn(base=base, scene=_scene(given, latent, index), denoise=denoise)
        for index, base in enumerate(latent.sketches)
    )
    for value in range(1, steps + 1):
        await bench.pause(bench.pace.step_s)
        await bench.step(value, steps, sketches[0], latent)
    seed = given.take("seed", int)
    drawn = Latent(
        width=latent.width, height=latent.height, sketches=sketches, signature=f"simulated · seed {seed}"
    )
    return Made(values=(drawn,))


def _scene(given: Inputs, latent: Latent, index: int) -> Scene:
    """Everything upstream has its say in the picture; the seed most of all."""
    positive, negative = given.take("positive", Conditioning), given.take("negative", Conditioning)
    model = given.take("model", Model)
    strokes = (
        f"{model} {positive} {negative} {given.take('steps', int)} {given.take('cfg', float)} "
        f"{given.take('sampler_name', str)} {given.take('scheduler', str)} {latent.width}x{latent.height}"
    )
    return Scene(
        seed=f"{given.take('seed', int)}/{index}",
        words=positive.text,
        style=f"{model.checkpoint} {model.loras}",
        strokes=hashlib.sha256(strokes.encode()).hexdigest(),
        vividness=given.take("cfg", float),
    )


async def _vae_decode(bench: Bench, given: Inputs) -> Made:
    await bench.pause(bench.pace.decode_s)
    return Made(values=(await bench.apart(_decoded, given.take("samples", Latent)),))


def _decoded(latent: Latent) -> Images:
    drawn = (sketch.drawn(latent.width, latent.height) for sketch in latent.sketches)
    return Images(pictures=tuple(signed(picture, latent.signature) for picture in drawn))


async def _vae_encode(bench: Bench, given: Inputs) -> Made:
    await bench.pause(bench.pace.encode_s)
    pixels = given.take("pixels", Images)
    width, height = (side // 8 * 8 for side in pixels.size)
    sketches = tuple(Encoded(picture=picture) for picture in pixels.pictures)
    return Made(values=(Latent(width=width, height=height, sketches=sketches),))


async def _latent_upscale(_bench: Bench, given: Inputs) -> Made:
    latent = given.take("samples", Latent)
    width, height = _sides(given, (latent.width, latent.height))
    return Made(values=(latent.resized(width // 8 * 8, height // 8 * 8),))


async def _latent_upscale_by(_bench: Bench, given: Inputs) -> Made:
    latent, scale = given.take("samples", Latent), given.take("scale_by", float)
    width, height = (max(8, round(side * scale / 8) * 8) for side in (latent.width, latent.height))
    return Made(values=(latent.resized(width, height),))


async def _repeat_latent(_bench: Bench, given: Inputs) -> Made:
    latent = given.take("samples", Latent)
    return Made(
        values=(
            Latent(
                width=latent.width,
                height=latent.height,
                sketches=latent.sketches * given.take("amount", int),
                signature=latent.signature,
            ),
        )
    )


async def _load_image(bench: Bench, given: Inputs) -> Made:
    path = bench.folders.input_file(given.take("image", str))
    return Made(values=await bench.apart(_loaded, path))


def _loaded(path: Path) -> tuple[Images, Mask]:
    with Image.open(path) as opened:
        upright = ImageOps.exif_transpose(opened).convert("RGBA")
    alpha = ImageOps.invert(upright.getchannel("A"))
    return Images(pictures=(upright.convert("RGB"),)), Mask(pictures=(alpha,))


async def _empty_image(bench: Bench, given: Inputs) -> Made:
    size = given.take("width", int), given.take("height", int)
    color = given.take("color", int)
    picture = await _worked(
        bench, size, Image.new, "RGB", size, (color >> 16, color >> 8 & 0xFF, color & 0xFF)
    )
    return Made(values=(Images(pictures=(picture,) * given.take("batch_size", int)),))


async def _image_scale(bench: Bench, given: Inputs) -> Made:
    images = given.take("image", Images)
    scale = _cropped if given.take("crop", str) == "center" else _scaled
    return Made(values=(await bench.apart(scale, images, _sides(given, images.size), _filter(given)),))


async def _image_scale_by(bench: Bench, given: Inputs) -> Made:
    images, scale = given.take("image", Images), given.take("scale_by", float)
    width, height = (max(1, round(side * scale)) for side in images.size)
    return Made(values=(await bench.apart(_scaled, images, (width, height), _filter(given)),))


async def _image_upscale_with_model(bench: Bench, given: Inputs) -> Made:
    await bench.pause(bench.pace.upscale_s)
    images, model = given.take("image", Images), given.take("upscale_model", UpscaleModel)
    width, height = (side * model.scale for side in images.size)
    return Made(values=(await bench.apart(_scaled, images, (width, height), Image.Resampling.LANCZOS),))


async def _image_invert(bench: Bench, given: Inputs) -> Made:
    images = given.take("image", Images)
    pictures = [await bench.apart(ImageOps.invert, picture) for picture in images.pictures]
    return Made(values=(Images(pictures=tuple(pictures)),))


def _scaled(images: Images, size: tuple[int, int], resample: Image.Resampling) -> Images:
    return Images(pictures=tuple(resized(picture, size, resample) for picture in images.pictures))


def _cropped(images: Images, size: tuple[int, int], resample: Image.Resampling) -> Images:
    return Images(pictures=tuple(ImageOps.fit(picture, size, resample) for picture in images.pictures))


def _filter(given: Inputs) -> Image.Resampling:
    return _FILTERS[given.take("upscale_method", str)]


def _sides(given: Inputs, size: tuple[int, int]) -> tuple[int, int]:
    """Read the wished width and height; a side of 0 follows the other one."""
    width, height = given.take("width", int), given.take("height", int)
    match width, height:
        case 0, 0:
            return size
        case 0, _:
            return max(1, round(size[0] * height / size[1])), height
        case _, 0:
            return width, max(1, round(size[1] * width / size[0]))
        case _:
            return width, height


async def _save_image(bench: Bench, given: Inputs) -> Made:
    await bench.pause(bench.pace.save_s)
    return await _saved(bench, given, "output", given.take("filename_prefix", str))


async def _preview_image(bench: Bench, given: Inputs) -> Made:
    return await _saved(bench, given, "temp", bench.folders.temp_prefix)


async def _saved(bench: Bench, given: Inputs, kind: str, prefix: str) -> Made:
    images = given.take("images", Images)
    top = bench.folders.output if kind == "output" else bench.folders.temp
    places = bench.folders.places(top, prefix, images.size, len(images.pictures))
    texts = {"prompt": bench.graph, **bench.extra_pnginfo}
    for picture, place in zip(images.pictures, places, strict=True):
        file = _OutputFile(place=place, picture=picture, texts=texts)
        await _worked(bench, images.size, file.spoilt(bench.faults).write)
    shown = [{"filename": place.filename, "subfolder": place.subfolder, "type": kind} for place in places]
    return Made(values=(images,), shown={"images": shown})


@dataclass(frozen=True, slots=True, kw_only=True)
class _OutputFile:
    place: Place
    picture: Image.Image
    texts: Json = field(default_factory=dict[str, Any])

    def write(self) -> None:
        chunks = PngInfo()
        for key, value in self.texts.items():
            chunks.add_text(key, json.dumps(value))
        self.picture.save(self.path, pnginfo=chunks, compress_level=1)

    @property
    def path(self) -> Path:
        return self.place.folder / self.place.filename

    def spoilt(self, faults: Faults) -> "_OutputFile":
        if faults.befalls(Once.MISSING_OUTPUT):
            return _MissingFile(place=self.place, picture=self.picture)
        if faults.befalls(Once.CORRUPT_OUTPUT):
            return _CorruptFile(place=self.place, picture=self.picture, texts=self.texts)
        if faults.befalls(Once.BLANK_OUTPUT):
            black = Image.new("RGB", self.picture.size)
            return _OutputFile(place=self.place, picture=black, texts=self.texts)
        return self


class _MissingFile(_OutputFile):
    __slots__ = ()

    def write(self) -> None:
        """Announced, and not there."""


class _CorruptFile(_OutputFile):
    __slots__ = ()

    def write(self) -> None:
        _OutputFile.write(self)
        whole = self.path.read_bytes()
        self.path.write_bytes(whole[: len(whole) // 2])


async def _worked(
    bench: Bench, size: tuple[int, int], work: Callable[P, T], *args: P.args, **kwargs: P.kwargs
) -> T:
    if size[0] * size[1] <= _SMALL:
        return work(*args, **kwargs)
    return await bench.apart(work, *args, **kwargs)


NODES: dict[str, Node] = {
    "CheckpointLoaderSimple": _checkpoint_loader,
    "LoraLoader": _lora_loader,
    "VAELoader": _vae_loader,
    "UpscaleModelLoader": _upscale_model_loader,
    "CLIPTextEncode": _clip_text_encode,
    "CLIPSetLastLayer": _clip_set_last_layer,
    "EmptyLatentImage": _empty_latent,
    "KSampler": _sampler,
    "VAEDecode": _vae_decode,
    "VAEEncode": _vae_encode,
    "LatentUpscale": _latent_upscale,
    "LatentUpscaleBy": _latent_upscale_by,
    "RepeatLatentBatch": _repeat_latent,
    "LoadImage": _load_image,
    "EmptyImage": _empty_image,
    "ImageScale": _image_scale,
    "ImageScaleBy": _image_scale_by,
    "ImageUpscaleWithModel": _image_upscale_with_model,
    "ImageInvert": _image_invert,
    "SaveImage": _save_image,
    "PreviewImage": _preview_image,
}
