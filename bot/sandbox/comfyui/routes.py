"""The HTTP routes about prompts: submit, queue, history, interrupt, jobs."""

import json
import time
import uuid
from typing import Any

from aiohttp import web

from bot.sandbox.comfyui import jobs
from bot.sandbox.comfyui.boot import BOOT, Boot
from bot.sandbox.comfyui.doors import InternalServerError
from bot.sandbox.comfyui.graph import RefusedPromptError
from bot.sandbox.comfyui.machine import AcceptedPrompt
from bot.sandbox.comfyui.shapes import Json, is_list, is_object

_SECRETS = ("auth_token_comfy_org", "api_key_comfy_org")


async def _post_prompt(request: web.Request) -> web.Response:
    boot = request.app[BOOT]
    body = await json_body(request)
    if isinstance(body, int | float | None):
        raise InternalServerError
    given: Json = body if is_object(body) else {}
    number = _number(boot, given)
    try:
        return web.json_response(_accepted(boot, given, number))
    except RefusedPromptError as refused:
        return web.json_response(refused.body, status=400)


def _number(boot: Boot, given: Json) -> float:
    """Give the place in the queue, counted even for a prompt that is refused afterwards."""
    if "number" in given:
        try:
            return float(given["number"])
        except (TypeError, ValueError):
            raise InternalServerError from None
    number = boot.queue.next_number()
    return -number if given.get("front") else number


def _accepted(boot: Boot, given: Json, number: float) -> Json:
    if "prompt" not in given:
        raise RefusedPromptError("no_prompt", "No prompt provided", details="No prompt provided")
    graph = _graph(given["prompt"])
    prompt_id = _prompt_id(boot, given)
    extra_data = _extra_data(boot, given)
    targets = given.get("partial_execution_targets") if boot.machine.dialect.partial_execution else None
    valid = boot.checker.check(graph, targets)
    prompt = AcceptedPrompt(
        id=prompt_id,
        number=number,
        client_id=extra_data.get("client_id"),
        graph=graph,
        extra_data=extra_data,
    )
    boot.machine.prompts.append(prompt)
    try:
        boot.queue.put((number, prompt_id, graph, extra_data, valid.outputs), prompt)
    except TypeError:
        raise InternalServerError from None
    boot.machine.bell.ring()
    return {"prompt_id": prompt_id, "number": number, "node_errors": valid.node_errors}


def _graph(prompt: object) -> Json:
    if not is_object(prompt) or not all(is_object(node) for node in prompt.values()):
        raise InternalServerError
    return prompt


def _prompt_id(boot: Boot, given: Json) -> str:
    dialect = boot.machine.dialect
    if not dialect.progress_state:
        return str(uuid.uuid4())
    if not dialect.uuid_prompt_ids:
        return str(given.get("prompt_id", uuid.uuid4()))
    wished: object = given.get("prompt_id")
    if wished is None:
        return str(uuid.uuid4())
    if not isinstance(wished, str) or not _is_canonical(wished):
        raise RefusedPromptError(
            "invalid_prompt_id",
            "prompt_id must be a valid UUID",
            details="prompt_id must be a UUID string in canonical lowercase hyphenated form; "
            "omit it to let the server generate one",
        )
    return wished


def _is_canonical(text: str) -> bool:
    try:
        return str(uuid.UUID(text)) == text
    except ValueError:
        return False


def _extra_data(boot: Boot, given: Json) -> Json:
    extra: Any = given.get("extra_data", {})
    if not is_object(extra):
        raise InternalServerError
    kept: Json = {key: value for key, value in extra.items() if key not in _SECRETS}
    if "client_id" in given:
        kept["client_id"] = given["client_id"]
    if boot.machine.dialect.create_time:
        kept["create_time"] = int(time.time() * 1000)
    return kept


async def _get_prompt(request: web.Request) -> web.Response:
    return web.json_response({"exec_info": {"queue_remaining": request.app[BOOT].queue.remaining}})


async def _get_queue(request: web.Request) -> web.Response:
    queue = request.app[BOOT].queue
    running = [list(queue.running)] if queue.running else []
    return web.json_response(
        {"queue_running": running, "queue_pending": [list(item) for item in queue.pending]}
    )


async def _post_queue(request: web.Request) -> web.Response:
    queue = request.app[BOOT].queue
    body = await json_object(request)
    if body.get("clear"):
        queue.clear()
    for prompt_id in body.get("delete", ()):
        queue.delete(prompt_id)
    return web.Response()


async def _post_interrupt(request: web.Request) -> web.Response:
    boot = request.app[BOOT]
    body = await json_object(request, empty={})
    wished = body.get("prompt_id") if boot.machine.dialect.interrupt_by_id else None
    running = boot.queue.running
    if wished is None or (running and running[1] == wished):
        boot.executor.interrupt()
    return web.Response()


async def _get_history(request: web.Request) -> web.Response:
    history = request.app[BOOT].queue.history
    try:
        most = int(request.query["max_items"]) if "max_items" in request.query else None
        offset = int(request.query.get("offset", -1))
    except ValueError:
        raise InternalServerError from None
    ids = list(history)
    if offset < 0 and most is not None:
        offset = len(ids) - most
    chosen = ids[max(offset, 0) :]
    chosen = chosen if most is None else chosen[:most]
    return web.json_response({prompt_id: history[prompt_id].described() for prompt_id in chosen})


async def _get_history_of(request: web.Request) -> web.Response:
    boot = request.app[BOOT]
    prompt_id = request.match_info["prompt_id"]
    ended = boot.queue.history.get(prompt_id)
    boot.executor.history_asked.set()
    return web.json_response({prompt_id: ended.described()} if ended else {})


async def _post_history(request: web.Request) -> web.Response:
    history = request.app[BOOT].queue.history
    body = await json_object(request)
    if body.get("clear"):
        history.clear()
    for prompt_id in body.get("delete", ()):
        history.pop(prompt_id, None)
    return web.Response()


async def _get_jobs(request: web.Request) -> web.Response:
    try:
        query = jobs.JobQuery.parsed(request.query)
    except jobs.BadQueryError as error:
        return web.json_response({"error": str(error)}, status=400)
    return web.json_response(jobs.listed(request.app[BOOT].queue, query))


async def _get_job(request: web.Request) -> web.Response:
    job = jobs.one(request.app[BOOT].queue, request.match_info["job_id"])
    return web.json_response(job) if job else web.json_response({"error": "Job not found"}, status=404)


async def _cancel_job(request: web.Request) -> web.Response:
    return web.json_response({"cancelled": _cancelled(request.app[BOOT], request.match_info["job_id"])})


async def _cancel_jobs(request: web.Request) -> web.Response:
    wished: Any = (await json_object(request)).get("job_ids")
    if not is_list(wished):
        return web.json_response({"error": "job_ids must be a list"}, status=400)
    if malformed := [job_id for job_id in wished if not isinstance(job_id, str) or not _is_canonical(job_id)]:
        error = {"error": "job_ids contains invalid id(s)", "invalid_ids": malformed}
        return web.json_response(error, status=400)
    outcomes = [_cancelled(request.app[BOOT], job_id) for job_id in wished]
    return web.json_response({"cancelled": any(outcomes)})


def _cancelled(boot: Boot, job_id: str) -> bool:
    if boot.queue.running and boot.queue.running[1] == job_id:
        boot.executor.interrupt()
        return True
    deleted = boot.queue.delete(job_id)
    if deleted:
        boot.hub.send_status()
    return deleted


async def json_body(request: web.Request) -> Any:  # noqa: ANN401 - whatever JSON the client sent
    """JSON whatever the Content-Type says; ComfyUI answers anything else with a 500."""
    try:
        return json.loads(await request.text())
    except (json.JSONDecodeError, UnicodeDecodeError):
        raise InternalServerError from None


async def json_object(request: web.Request, *, empty: Json | None = None) -> Json:
    if empty is not None and not request.can_read_body:
        return empty
    body = await json_body(request)
    if not is_object(body):
        raise InternalServerError
    return body


def add_to(app: web.Application, *, with_jobs: bool, with_cancel: bool) -> None:
    for top in ("", "/api"):
        app.router.add_post(f"{top}/prompt", _post_prompt)
        app.router.add_get(f"{top}/prompt", _get_prompt)
        app.router.add_get(f"{top}/queue", _get_queue)
        app.router.add_post(f"{top}/queue", _post_queue)
        app.router.add_post(f"{top}/interrupt", _post_interrupt)
        app.router.add_get(f"{top}/history", _get_history)
        app.router.add_post(f"{top}/history", _post_history)
        app.router.add_get(f"{top}/history/{{prompt_id}}", _get_history_of)
    if with_jobs:
        app.router.add_get("/api/jobs", _get_jobs)
        app.router.add_get("/api/jobs/{job_id}", _get_job)
    if with_cancel:
        app.router.add_post("/api/jobs/cancel", _cancel_jobs)
        app.router.add_post("/api/jobs/{job_id}/cancel", _cancel_job)
