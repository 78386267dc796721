"""Bots that lack one thing each, so that it can be seen that the kill loop would notice."""

import os
from collections.abc import Callable, Sequence
from enum import StrEnum
from functools import wraps
from typing import Any
from uuid import NAMESPACE_URL, uuid5

from bot.chat.poster import DiscordPoster
from bot.comfy.renderer import ComfyRenderer
from bot.core.job import Job
from bot.core.posting import Posting, PostingState
from storage.outbox import SqliteOutbox

VARIABLE = "CHAOS_SPOIL"


class Lacking(StrEnum):
    NONCE = "a nonce that outlives the process"
    TRACE = "any trace of the prompts of an earlier life"
    SECOND_TRY = "a second try at what was being sent"


def spoil_as_told() -> None:
    match os.environ.get(VARIABLE):
        case Lacking.NONCE:
            DiscordPoster._send = _without_nonce(DiscordPoster._send)
        case Lacking.TRACE:
            ComfyRenderer.left_behind = _nothing
            Job.prompt_id = property(lambda job: str(uuid5(NAMESPACE_URL, f"{job.uid}:{os.getpid()}")))
        case Lacking.SECOND_TRY:
            SqliteOutbox.due = _only_untried(SqliteOutbox.due)
        case _:
            pass


async def _nothing(*_: object, **__: object) -> tuple[()]:
    return ()


def _without_nonce(send: Callable[..., Any]) -> Any:
    @wraps(send)
    async def sending(*arguments: Any, **named: Any) -> Any:
        return await send(*arguments, **{**named, "nonce": None})

    return sending


def _only_untried(due: Callable[..., Any]) -> Any:
    @wraps(due)
    async def untried(outbox: SqliteOutbox) -> Sequence[Posting]:
        return [posting for posting in await due(outbox) if posting.state is PostingState.PENDING]

    return untried
