"""Prompts as `/api/jobs` tells of them."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from bot.sandbox.comfyui.queue import Ended, PromptQueue, QueueItem
from bot.sandbox.comfyui.shapes import Json, is_object

STATUSES = ("pending", "in_progress", "completed", "failed", "cancelled")


class BadQueryError(Exception):
    """A query that `/api/jobs` refuses, with its sentence."""


@dataclass(frozen=True, slots=True, kw_only=True)
class JobQuery:
    statuses: frozenset[str]
    workflow_id: str | None
    sort_by: str
    descending: bool
    limit: int | None
    offset: int

    @classmethod
    def parsed(cls, query: Mapping[str, str]) -> "JobQuery":
        return cls(
            statuses=_statuses(query.get("status", "")),
            workflow_id=query.get("workflow_id"),
            sort_by=_one_of(query, "sort_by", "created_at", ("created_at", "execution_duration")),
            descending=_one_of(query, "sort_order", "desc", ("asc", "desc")) == "desc",
            limit=_limit(query.get("limit")),
            offset=_offset(query.get("offset")),
        )


def listed(queue: PromptQueue, query: JobQuery) -> Json:
    jobs = [
        job
        for job in _all(queue)
        if job["status"] in query.statuses and query.workflow_id in {None, job.get("workflow_id")}
    ]
    key = _duration if query.sort_by == "execution_duration" else _created
    jobs.sort(key=key, reverse=query.descending)
    end = None if query.limit is None else query.offset + query.limit
    page = jobs[query.offset : end]
    pagination = {
        "offset": query.offset,
        "limit": query.limit,
        "total": len(jobs),
        "has_more": query.offset + len(page) < len(jobs),
    }
    return {"jobs": page, "pagination": pagination}


def one(queue: PromptQueue, job_id: str) -> Json | None:
    if ended := queue.history.get(job_id):
        described = ended.described()
        graph, extra_data = ended.item[2], ended.item[3]
        return _ended(ended) | {
            "outputs": described["outputs"],
            "execution_status": described["status"],
            "workflow": {"prompt": graph, "extra_data": extra_data},
        }
    return next((job for job in _all(queue) if job["id"] == job_id), None)


def _all(queue: PromptQueue) -> Iterator[Json]:
    yield from (_waiting(item, "pending") for item in queue.pending)
    if queue.running:
        yield _waiting(queue.running, "in_progress")
    yield from (_ended(ended) for ended in queue.history.values())


def _waiting(item: QueueItem, status: str) -> Json:
    return _summary(item, status) | {"outputs_count": 0, "previewable_outputs_count": 0} | _workflow_id(item)


def _ended(ended: Ended) -> Json:
    shown = [
        {**picture, "nodeId": node_id, "mediaType": kind}
        for node_id, made in ended.outputs.items()
        for kind, pictures in made.items()
        for picture in pictures
    ]
    job = _summary(ended.item, _status(ended))
    job |= {
        "execution_start_time": ended.messages[0][1]["timestamp"],
        "execution_end_time": ended.messages[-1][1]["timestamp"],
    }
    if job["status"] == "failed":
        job["execution_error"] = ended.messages[-1][1]
    job |= {"outputs_count": len(shown), "previewable_outputs_count": len(shown)}
    if shown:
        saved = [picture for picture in shown if picture["type"] == "output"]
        job["preview_output"] = (saved or shown)[0]
    return job | _workflow_id(ended.item)


def _status(ended: Ended) -> str:
    match ended.messages[-1][0]:
        case "execution_success":
            return "completed"
        case "execution_interrupted":
            return "cancelled"
        case _:
            return "failed"


def _summary(item: QueueItem, status: str) -> Json:
    return {"id": item[1], "status": status, "priority": item[0], "create_time": item[3].get("create_time")}


def _workflow_id(item: QueueItem) -> Json:
    pnginfo: Any = item[3].get("extra_pnginfo")
    workflow: Any = pnginfo.get("workflow") if is_object(pnginfo) else None
    return {"workflow_id": workflow["id"]} if is_object(workflow) and "id" in workflow else {}


def _created(job: Json) -> float:
    return job["create_time"]


def _duration(job: Json) -> float:
    return job.get("execution_end_time", 0) - job.get("execution_start_time", 0)


def _statuses(text: str) -> frozenset[str]:
    wanted = [part.strip() for part in text.split(",") if part.strip()]
    if unknown := [status for status in wanted if status not in STATUSES]:
        valid = ", ".join(STATUSES)
        raise BadQueryError(f"Invalid status value(s): {', '.join(unknown)}. Valid values: {valid}")
    return frozenset(wanted or STATUSES)


def _one_of(query: Mapping[str, str], name: str, default: str, valid: tuple[str, ...]) -> str:
    if query.get(name, default) not in valid:
        raise BadQueryError(f"{name} must be one of: {', '.join(valid)}")
    return query.get(name, default)


def _limit(text: str | None) -> int | None:
    if text is None:
        return None
    try:
        limit = int(text)
    except ValueError:
        raise BadQueryError("limit must be an integer") from None
    if limit <= 0:
        raise BadQueryError("limit must be a positive integer")
    return limit


def _offset(text: str | None) -> int:
    try:
        return max(0, int(text or 0))
    except ValueError:
        raise BadQueryError("offset must be an integer") from None
