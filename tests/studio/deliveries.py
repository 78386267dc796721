"""Finished drawings that are to be posted, and Discord's answers to them."""

from bot.core.errors import (
    DiscordAway,
    TargetGone,
)
from bot.core.job import JobState
from tests.builders import a_gallery, png
from tests.studio.house import AIKO

AWAY = DiscordAway("Discord does not answer.")
GONE = TargetGone("The thread is gone.", hint="Choose another gallery.")
S = JobState


async def drawn(studio, *, pictures=None, **request):
    studio.renderer.pictures = pictures or [png()]
    job = await studio.ask(**request)
    await studio.worker.run_once()
    return await studio.until(job, S.RENDERED)


async def a_project_with_gallery(studio, **gallery):
    project = await studio.library.create("Harbour", gallery=a_gallery(**gallery), actor=AIKO)
    await studio.library.use("Harbour", AIKO)
    return project
