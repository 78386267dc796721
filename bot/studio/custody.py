"""Custody: a file that somebody takes up is not removed before its need is stored."""

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager

from bot.core.errors import NotFound
from bot.core.generation import Reference
from bot.ports.shelf import Shelf


@asynccontextmanager
async def held(shelf: Shelf, *references: Reference | None) -> AsyncGenerator[None]:
    """Keep these files from being removed until their need is stored; raise NotFound for one that is gone."""
    taken_up = [reference for reference in references if reference is not None]
    if not taken_up:
        yield
        return
    async with shelf.custody:
        for reference in taken_up:
            await _check_there(shelf, reference)
        yield


async def _check_there(shelf: Shelf, reference: Reference) -> None:
    try:
        await shelf.read(reference.path)
    except NotFound as error:
        raise NotFound(
            "The picture to start from is no longer on the shelf.", hint="Give it once more."
        ) from error
