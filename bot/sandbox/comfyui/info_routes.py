"""The HTTP routes about the server itself: its nodes, its models, its machine."""

from aiohttp import web

from bot.sandbox.comfyui.boot import BOOT
from bot.sandbox.comfyui.declarations import DECLARATIONS
from bot.sandbox.comfyui.models import FOLDERS
from bot.sandbox.comfyui.routes import json_object
from bot.sandbox.comfyui.shapes import Json

_RAM = 16 * 1024**3
_FREE = 12 * 1024**3


async def _object_info(request: web.Request) -> web.Response:
    return web.json_response({name: _described(request, name) for name in DECLARATIONS})


async def _object_info_of(request: web.Request) -> web.Response:
    name = request.match_info["node_class"]
    return web.json_response({name: _described(request, name)} if name in DECLARATIONS else {})


def _described(request: web.Request, name: str) -> Json:
    machine = request.app[BOOT].machine
    return DECLARATIONS[name].described(machine.models, machine.folders)


async def _models(_request: web.Request) -> web.Response:
    return web.json_response(FOLDERS)


async def _models_in(request: web.Request) -> web.Response:
    files = request.app[BOOT].machine.models.in_folder(request.match_info["folder"])
    return web.Response(status=404) if files is None else web.json_response(files)


async def _embeddings(request: web.Request) -> web.Response:
    names = request.app[BOOT].machine.models.embeddings
    return web.json_response([name.rpartition(".")[0] for name in names])


async def _view_metadata(request: web.Request) -> web.Response:
    models = request.app[BOOT].machine.models
    filename = request.query.get("filename", "")
    files = models.in_folder(request.match_info["folder"]) or ()
    if filename not in files or filename not in models.headers:
        return web.Response(status=404)
    return web.json_response(dict(models.headers[filename]))


async def _system_stats(request: web.Request) -> web.Response:
    dialect = request.app[BOOT].machine.dialect
    system: Json = {
        "os": "linux" if dialect.jobs else "posix",
        "ram_total": _RAM,
        "ram_free": _FREE,
        "comfyui_version": dialect.version,
        "required_frontend_version": "1.49.6",
        "installed_templates_version": "0.11.44",
        "required_templates_version": "0.11.44",
        "python_version": "3.11 (sandbox)",
        "pytorch_version": "none (sandbox)",
        "embedded_python": False,
        "argv": ["main.py", "--cpu", "--listen", "127.0.0.1"],
    }
    if dialect.jobs:
        system |= {"comfy_package_versions": [], "deploy_environment": "sandbox"}
    device = {
        "name": "cpu sandbox (simulated)",
        "type": "cpu",
        "index": None,
        "vram_total": _RAM,
        "vram_free": _FREE,
        "torch_vram_total": _RAM,
        "torch_vram_free": _FREE,
    }
    return web.json_response({"system": system, "devices": [device]})


async def _features(request: web.Request) -> web.Response:
    return web.json_response(request.app[BOOT].machine.features)


async def _free(request: web.Request) -> web.Response:
    body = await json_object(request)
    request.app[BOOT].executor.free(
        unload_models=bool(body.get("unload_models")), free_memory=bool(body.get("free_memory"))
    )
    return web.Response()


async def _websocket(request: web.Request) -> web.StreamResponse:
    return await request.app[BOOT].hub.serve(request)


async def _nothing_there(_request: web.Request) -> web.Response:
    return web.Response(status=404, content_type="application/octet-stream")


def add_to(app: web.Application, *, with_features: bool) -> None:
    for top in ("", "/api"):
        app.router.add_get(f"{top}/ws", _websocket)
        app.router.add_get(f"{top}/object_info", _object_info)
        app.router.add_get(f"{top}/object_info/{{node_class}}", _object_info_of)
        app.router.add_get(f"{top}/models", _models)
        app.router.add_get(f"{top}/models/{{folder}}", _models_in)
        app.router.add_get(f"{top}/embeddings", _embeddings)
        app.router.add_get(f"{top}/view_metadata/{{folder}}", _view_metadata)
        app.router.add_get(f"{top}/system_stats", _system_stats)
        app.router.add_post(f"{top}/free", _free)
        if with_features:
            app.router.add_get(f"{top}/features", _features)


def add_nothing_else_to(app: web.Application) -> None:
    """Answer every other GET as ComfyUI's handler of static files does."""
    app.router.add_get("/{path:.*}", _nothing_there)
