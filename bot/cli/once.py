"""`genga demo --once`: one command through the whole bot without a page, for scripts and checks."""

import asyncio
import json
import sys
import time
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath

from bot import logs
from bot.app import App, open_app
from bot.cli.sandbox import Sandbox, at_work, hang_gallery, open_sandbox
from bot.core.job import Job, JobState
from bot.sandbox.discord import Message, NotPossible, Unanswered
from bot.studio.feed import Feed, JobChanged

DELIVERED, NOT_DELIVERED = 0, 1


async def once(command: str, *, out: Path, comfyui: str | None, data: Path | None) -> int:
    """Run the command as the sandbox's artist; the last line printed is one JSON object.

    Returns 0 only when the pictures were posted.
    """
    logs.set_up(level="WARNING", style="console", secrets=[])
    stop = asyncio.Event()
    async with (
        open_sandbox(comfyui=comfyui, data=data) as sandbox,
        open_app(sandbox.settings) as app,
        at_work(app, stop),
    ):
        await hang_gallery(app, sandbox.discord)
        code, told = await _run(command, app=app, sandbox=sandbox, out=out)
    sys.stdout.write(json.dumps(told, ensure_ascii=False) + "\n")
    return code


async def _run(command: str, *, app: App, sandbox: Sandbox, out: Path) -> tuple[int, dict[str, object]]:
    began = time.monotonic()
    watch = _Watch()
    watching = asyncio.create_task(watch.follow(app.studio.feed))
    try:
        await sandbox.discord.synced()
        artist = sandbox.discord.person("artist")
        channel = sandbox.discord.world.channel("general")
        interaction = await artist.slash(command, channel=channel)
        answer = await interaction.answered()
        if str(interaction.id) not in watch.latest:
            return NOT_DELIVERED, _refused(answer)
        job = await watch.ended(str(interaction.id))
    except (NotPossible, Unanswered) as error:
        return NOT_DELIVERED, {"error": str(error), "hint": "Type it as in Discord: /generate prompt:a heron"}
    finally:
        watching.cancel()
    told: dict[str, object] = {
        "job": job.id,
        "state": str(job.state),
        "seed": job.recipe.seed,
        "files": [str(path) for path in await _written(app, job, out)],
        "seconds": round(time.monotonic() - began, 3),
    }
    if job.failure is not None:
        told |= {"error": job.failure.message, "hint": job.failure.hint}
    return DELIVERED if job.state is JobState.DELIVERED else NOT_DELIVERED, told


async def _written(app: App, job: Job, out: Path) -> list[Path]:
    """Copy the job's pictures out of the library."""
    await asyncio.to_thread(out.mkdir, parents=True, exist_ok=True)
    written: list[Path] = []
    for artifact in await app.stores.jobs.artifacts(job.id):
        path = out / PurePosixPath(artifact.path).name
        await asyncio.to_thread(path.write_bytes, await app.ports.shelf.read(artifact.path))
        written.append(path)
    return written


def _refused(answer: Message) -> dict[str, object]:
    lines = [line for line in answer.text.splitlines() if line.strip()]
    return {"error": lines[0] if lines else "Nothing was answered.", "hint": " ".join(lines[1:])}


@dataclass(slots=True)
class _Watch:
    """The newest state of every job, by the key of the request it came from."""

    latest: dict[str, Job] = field(default_factory=dict[str, Job])
    changed: asyncio.Event = field(default_factory=asyncio.Event)

    async def follow(self, feed: Feed) -> None:
        with feed.listen() as news:
            async for item in news:
                if isinstance(item, JobChanged):
                    self.latest[item.job.origin.key] = item.job
                    self.changed.set()

    async def ended(self, key: str) -> Job:
        while not self.latest[key].state.is_end:
            self.changed.clear()
            await self.changed.wait()
        return self.latest[key]
