"""From a press to its answer and from a reaction to what it changed, where years of pictures are stored.

Discord takes five edits of a channel's messages in five seconds, and the sixth waits for up to as long: a wait of
two or three seconds after a reaction is that one, and nothing of the bot's. So each post that is judged hangs in a
channel of its own and is judged in Discord's pace; and once a crowd judges all posts of one channel at the same
time, which is told beside the least that Discord lets it take.
"""

import asyncio
import time
from functools import partial
from pathlib import Path

from bot.core.job import JobState
from bot.sandbox.comfyui import Pace
from bot.sandbox.discord import Message, Person
from bot.sandbox.discord.model import Channel
from storage.database import Database
from storage.stores import SqliteStores
from tests.bench.figures import Figures, spread
from tests.bench.gallery import hang
from tests.bench.scenes.library import size_of
from tests.bench.stage import Stage, a_stage, pictures_in

SMALL = {"size": "64x64", "steps": 4}
POSTS = 10
EDITS, PER_S = 5, 5.0
"""What Discord takes of a channel."""
EDIT_S = PER_S / EDITS * 1.2
PATIENCE_S = 60


async def presses(pictures: int, clicks: int, reactions: int) -> Figures:
    """Press what only reads, and judge pictures back and forth by reactions."""
    async with a_stage(Pace(), furnish=partial(_furnished, pictures=pictures)) as stage:
        world = stage.discord.world
        walls = [world.add_channel(world.guild, f"wall-{number}") for number in range(min(POSTS, reactions))]
        posts = [await _post(stage, wall) for wall in walls]
        pressed = [await _pressed(stage, posts[number % len(posts)]) for number in range(clicks)]
        judged: list[float] = []
        await asyncio.sleep(
            EDIT_S * min(len(posts), EDITS)
        )  # the edits of the posts' own cards count as well
        for number in range(reactions):
            turn, place = divmod(number, len(posts))
            await asyncio.sleep(EDIT_S / len(posts))
            judged.append(await _judged(stage, posts[place], approve=turn % 2 == 0))
        crowd = await _crowd(stage, len(posts))
    at = size_of(pictures)
    return {
        **spread("press_ms", pressed, at),
        **spread("reaction_ms", judged, at),
        f"reaction_crowd_s_{len(posts)}_posts": crowd,
        "discord_crowd_s": (len(posts) - 1) // EDITS * PER_S,
    }


async def _crowd(stage: Stage, count: int) -> float:
    """Judge so many posts of one channel at once; return the seconds until the last of them says so."""
    posts = [await _post(stage, stage.discord.world.channel("general")) for _ in range(count)]
    await asyncio.sleep(2 * PER_S if count > 1 else EDIT_S)  # as above
    began = time.monotonic()
    await asyncio.gather(*(_judged(stage, post, approve=True) for post in posts))
    return time.monotonic() - began


async def _furnished(data: Path, *, pictures: int) -> None:
    await hang(data / "genga.db", pictures=pictures)
    async with Database.open(data / "genga.db") as database:
        jobs = SqliteStores.over(database).jobs
        for job in await jobs.in_states(JobState.QUEUED):
            await jobs.store(job.to(JobState.CANCELLED, at=job.since), was=job.state)


async def _post(stage: Stage, channel: Channel) -> Message:
    with stage.discord.subscribe() as changes:
        asked = await stage.artist.slash("generate", channel=channel, prompt="a heron, rain", **SMALL)
        await asked.answered(timeout=PATIENCE_S)
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
