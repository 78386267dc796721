"""From a press to its answer and from a reaction to what it changed, where years of pictures are stored."""

import asyncio
import time
from functools import partial
from pathlib import Path

from bot.core.job import JobState
from bot.sandbox.comfyui import Pace
from bot.sandbox.discord import Message, Person
from storage.database import Database
from storage.stores import SqliteStores
from tests.bench.figures import Figures, spread
from tests.bench.gallery import hang
from tests.bench.scenes.library import size_of
from tests.bench.stage import Stage, a_stage, pictures_in

SMALL = {"size": "64x64", "steps": 4}
POSTS = 10
EDIT_S = 1.2
"""Discord takes five edits of a channel's messages in five seconds: more often, it is measured instead."""
PATIENCE_S = 60


async def presses(pictures: int, clicks: int, reactions: int) -> Figures:
    """Press what only reads, and judge pictures back and forth by reactions."""
    async with a_stage(Pace(), furnish=partial(_furnished, pictures=pictures)) as stage:
        posts = [await _post(stage) for _ in range(min(POSTS, reactions))]
        pressed = [await _pressed(stage, posts[number % len(posts)]) for number in range(clicks)]
        judged: list[float] = []
        await asyncio.sleep(EDIT_S * len(posts))  # the posts' own edits count as well
        for number in range(reactions):
            turn, place = divmod(number, len(posts))
            await asyncio.sleep(EDIT_S)
            judged.append(await _judged(stage, posts[place], approve=turn % 2 == 0))
    at = size_of(pictures)
    return {**spread("press_ms", pressed, at), **spread("reaction_ms", judged, at)}


async def _furnished(data: Path, *, pictures: int) -> None:
    await hang(data / "genga.db", pictures=pictures)
    async with Database.open(data / "genga.db") as database:
        jobs = SqliteStores.over(database).jobs
        for job in await jobs.in_states(JobState.QUEUED):
            await jobs.store(job.to(JobState.CANCELLED, at=job.since), was=job.state)


async def _post(stage: Stage) -> Message:
    with stage.discord.subscribe() as changes:
        await (await stage.generate(**SMALL)).answered(timeout=PATIENCE_S)
        async for change in changes:
            post = pictures_in(change)
            if post is not None:
                return post
    raise AssertionError("nothing was posted")


async def _pressed(stage: Stage, post: Message) -> float:
    asked = await stage.artist.click(post, "Params")
    await asked.answered(timeout=PATIENCE_S)
    return (time.monotonic() - asked.opened_at) * 1000


async def _judged(stage: Stage, post: Message, *, approve: bool) -> float:
    """React; return how long it took until the post says what came of it."""
    emoji, words = ("✅", "approved by") if approve else ("❌", "rejected by")
    who: Person = stage.director
    began = time.monotonic()
    await who.react(post, emoji)
    await stage.discord.wait_for(lambda _: words in post.content or None, timeout=PATIENCE_S)
    took = (time.monotonic() - began) * 1000
    await who.unreact(post, emoji)
    return took
