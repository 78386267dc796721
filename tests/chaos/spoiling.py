"""Bots that lack one thing each, so that it can be seen that the kill loop would notice."""

import os
import signal
from collections.abc import Callable, Sequence
from enum import StrEnum
from functools import wraps
from pathlib import Path
from typing import Any
from uuid import NAMESPACE_URL, uuid5

from bot.chat.poster import DiscordPoster
from bot.comfy.renderer import ComfyRenderer
from bot.core.job import Job
from bot.core.posting import Posting, PostingState
from bot.studio.actor import Actor
from bot.studio.refining import Refining
from storage import artifacts
from storage.outbox import SqliteOutbox

VARIABLE = "CHAOS_SPOIL"


class Lacking(StrEnum):
    NONCE = "a nonce that outlives the process"
    TRACE = "any trace of the prompts of an earlier life"
    SECOND_TRY = "a second try at what was being sent"
    DISCARDS = "a list of the files that were given up"
    ROW_FIRST = "the order of things: a file goes only once its row has let go of it"


def spoil_as_told() -> None:
    match os.environ.get(VARIABLE):
        case Lacking.NONCE:
            DiscordPoster._send = _without_nonce(DiscordPoster._send)
        case Lacking.TRACE:
            ComfyRenderer.left_behind = _nothing
            Job.prompt_id = property(lambda job: str(uuid5(NAMESPACE_URL, f"{job.uid}:{os.getpid()}")))
        case Lacking.SECOND_TRY:
            SqliteOutbox.due = _only_untried(SqliteOutbox.due)
        case Lacking.ROW_FIRST:
            Refining.delete = _after_the_files(Refining.delete)
        case Lacking.DISCARDS:
            artifacts.discard = _noting_nothing
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


def _after_the_files(delete: Callable[..., Any]) -> Any:
    """Remove the files first, and be killed before the rows follow."""

    @wraps(delete)
    async def deleting(refining: Refining, job: int, numbers: Sequence[int], actor: Actor) -> Any:
        for one in (await refining.shown(job, actor)).pictures:
            (Path(os.environ["DATA_DIR"]) / one.path).unlink()
        os.kill(os.getpid(), signal.SIGKILL)
        return await delete(refining, job, numbers, actor)

    return deleting


def _noting_nothing(*_: object, **__: object) -> None:
    """Forget what was given up: its files stay for ever."""
