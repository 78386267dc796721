"""The HTTP routes about picture files: `/view` and the uploads."""

import asyncio
import io
import json
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import ParamSpec, TypeVar

from aiohttp import web
from PIL import Image, UnidentifiedImageError

from bot.sandbox.comfyui.boot import BOOT
from bot.sandbox.comfyui.doors import InternalServerError
from bot.sandbox.comfyui.folders import Folders, OutsideFolderError, within
from bot.sandbox.comfyui.shapes import Json, resized

P = ParamSpec("P")
T = TypeVar("T")

_RISKY = {".html", ".htm", ".js", ".css", ".svg", ".xml", ".xhtml", ".mjs"}
_ENCODERS = {"webp": "WEBP", "jpeg": "JPEG"}


async def _view(request: web.Request) -> web.StreamResponse:
    path = _asked_file(request)
    if isinstance(path, int):
        return web.Response(status=path)
    query = request.query
    if "preview" in query:
        kind, _, quality = query["preview"].partition(";")
        encoder = kind if kind in _ENCODERS else "webp"
        body = await _in_thread(
            _reencoded, path, _ENCODERS[encoder], int(quality) if quality.isdigit() else 90
        )
        return _bytes(body, f"image/{encoder}", path)
    match query.get("channel", "rgba"):
        case "rgb":
            return _bytes(await _in_thread(_opaque, path), "image/png", path)
        case "a":
            return _bytes(await _in_thread(_alpha_only, path), "image/png", path)
        case _:
            return _file(request, path)


def _asked_file(request: web.Request) -> Path | int:
    """Find the file that the query names, or the status with which it is refused."""
    folders = request.app[BOOT].machine.folders
    if "filename" not in request.query:
        return 404
    name, kind = folders.annotated(request.query["filename"], request.query.get("type", "output"))
    folder = folders.of(kind)
    if not name or name.startswith("/") or ".." in name or folder is None:
        return 400
    try:
        path = within(folder, request.query.get("subfolder", "")) / Path(name).name
    except OutsideFolderError:
        return 403
    return path if path.is_file() else 404


def _file(request: web.Request, path: Path) -> web.FileResponse:
    headers = {"Content-Disposition": f'filename="{path.name}"'}
    if request.app[BOOT].machine.dialect.safe_view:
        headers["X-Content-Type-Options"] = "nosniff"
        if path.suffix.lower() in _RISKY:
            headers["Content-Disposition"] = f'attachment; filename="{path.name}"'
            headers["Content-Type"] = "application/octet-stream"
    return web.FileResponse(path, headers=headers)


def _bytes(body: bytes, content_type: str, path: Path) -> web.Response:
    headers = {"Content-Disposition": f'filename="{path.name}"'}
    return web.Response(body=body, content_type=content_type, headers=headers)


def _reencoded(path: Path, encoder: str, quality: int) -> bytes:
    with Image.open(path) as picture:
        return _encoded(picture.convert("RGB"), encoder, quality=quality)


def _opaque(path: Path) -> bytes:
    with Image.open(path) as picture:
        return _encoded(picture.convert("RGB"), "PNG")


def _alpha_only(path: Path) -> bytes:
    with Image.open(path) as picture:
        alpha = Image.new("RGBA", picture.size)
        alpha.putalpha(picture.convert("RGBA").getchannel("A"))
        return _encoded(alpha, "PNG")


def _encoded(picture: Image.Image, encoder: str, **options: int) -> bytes:
    file = io.BytesIO()
    picture.save(file, encoder, **options)
    return file.getvalue()


@dataclass(frozen=True, slots=True, kw_only=True)
class Upload:
    filename: str
    content: bytes
    fields: dict[str, str]

    @property
    def overwrites(self) -> bool:
        return self.fields.get("overwrite") in {"true", "1"}


Writer = Callable[[Path, Upload], None]


async def _upload_image(request: web.Request) -> web.Response:
    upload = await _received(request)
    if upload is None:
        return web.Response(status=400)
    return await _stored(request, upload, _write)


async def _upload_mask(request: web.Request) -> web.Response:
    upload = await _received(request)
    if upload is None:
        return web.Response(status=400)
    if "original_ref" not in upload.fields:
        raise InternalServerError
    folders = request.app[BOOT].machine.folders
    return await _stored(request, upload, partial(_write_masked, folders))


async def _received(request: web.Request) -> Upload | None:
    """Read the upload in a form: None without a file; ComfyUI trips over a file without a name."""
    form = await request.post()
    image = form.get("image")
    if isinstance(image, str):
        raise InternalServerError
    if not isinstance(image, web.FileField):
        return None
    fields = {key: value for key, value in form.items() if isinstance(value, str)}
    return Upload(filename=image.filename, content=image.file.read(), fields=fields)


async def _stored(request: web.Request, upload: Upload, write: Writer) -> web.Response:
    kind = upload.fields.get("type", "input")
    folder = request.app[BOOT].machine.folders.of(kind)
    if folder is None:
        raise InternalServerError
    subfolder = upload.fields.get("subfolder", "")
    try:
        path = within(folder, str(within(folder, subfolder) / upload.filename))
    except OutsideFolderError:
        return web.Response(status=400)
    try:
        path = await _in_thread(_write_free, path, upload, write)
    except OSError:
        raise InternalServerError from None
    return web.json_response({"name": path.name, "subfolder": subfolder, "type": kind})


def _write_free(path: Path, upload: Upload, write: Writer) -> Path:
    (path.parent).mkdir(parents=True, exist_ok=True)
    free = path if upload.overwrites else _free_name(path, upload.content)
    write(free, upload)
    return free


def _free_name(path: Path, content: bytes) -> Path:
    """Keep the path if it is free or holds the same bytes, else take the next `name (1).png`."""
    candidate, number = path, 1
    while candidate.exists() and candidate.read_bytes() != content:
        candidate = path.with_name(f"{path.stem} ({number}){path.suffix}")
        number += 1
    return candidate


def _write(path: Path, upload: Upload) -> None:
    path.write_bytes(upload.content)


def _write_masked(folders: Folders, path: Path, upload: Upload) -> None:
    """Put the mask's alpha on the original; with no such original nothing is saved, and nothing is said."""
    reference: Json = json.loads(upload.fields["original_ref"])
    folder = folders.of(reference.get("type", "output"))
    try:
        top = within(folder or folders.output, reference.get("subfolder", ""))
        original = within(top, reference["filename"])
        with Image.open(original) as base, Image.open(io.BytesIO(upload.content)) as mask:
            masked = base.convert("RGBA")
            masked.putalpha(resized(mask.convert("RGBA").getchannel("A"), masked.size))
    except (OutsideFolderError, FileNotFoundError, UnidentifiedImageError):
        return
    masked.save(path, "PNG", compress_level=4)


async def _in_thread(work: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
    return await asyncio.to_thread(work, *args, **kwargs)


def add_to(app: web.Application) -> None:
    for top in ("", "/api"):
        app.router.add_get(f"{top}/view", _view)
        app.router.add_post(f"{top}/upload/image", _upload_image)
        app.router.add_post(f"{top}/upload/mask", _upload_mask)
