"""Handing out a project as one file, with a message that tells how far it is."""

from contextlib import aclosing
from typing import Final

import structlog

from bot.chat import cards
from bot.chat.answers import meanwhile, say
from bot.chat.casts import check_project_shown_here
from bot.chat.desk import Desk
from bot.chat.interaction import Interaction
from bot.chat.look import Look
from bot.chat.people import actor_of
from bot.chat.poster import MARGIN, REQUEST_LIMIT
from bot.chat.reception import GONE
from bot.core.library import Project
from bot.core.review import Review
from bot.studio.exporting import Exported, Packing

log = structlog.get_logger(__name__)

TELL_EVERY_S: Final = 2.5


async def hand_out(interaction: Interaction, name: str, *, review: Review | None) -> None:
    """Pack the project and send it to the one who asked, or say where it is to be had."""
    desk, actor = interaction.client.desk, actor_of(interaction)
    async with interaction.client.reception.attend(interaction, slow=True):
        project = await desk.library.named(name, actor)
        await check_project_shown_here(interaction, project)
        export = await _built(desk, interaction, project, review)
        limit = min(interaction.filesize_limit - MARGIN, REQUEST_LIMIT)
        fits = export.packed.bytes <= limit
        content = await desk.exporter.read(export.packed) if fits else None
    private, public = (
        cards.exported(project, export, content=content, limit=limit, shows_path=shows_path)
        for shows_path in (actor.manages, False)
    )
    await _answer(desk, interaction, private, public=public)


async def _built(desk: Desk, interaction: Interaction, project: Project, review: Review | None) -> Exported:
    """Build it, telling now and then how far it is; nobody waits for what Discord makes of that."""
    told = desk.clock.monotonic()
    async with aclosing(desk.exporter.export(project, review=review)) as steps:
        async for step in steps:
            match step:
                case Exported():
                    return step
                case Packing() if desk.clock.monotonic() - told >= TELL_EVERY_S:
                    told = desk.clock.monotonic()
                    await _tell(interaction, cards.export_progress(project, step))
                case Packing():
                    pass
    raise RuntimeError("an export ends with its file")


async def _tell(interaction: Interaction, look: Look) -> None:
    try:
        await meanwhile(interaction, look)
    except GONE as gone:
        log.info("export.untold", because=str(gone))


async def _answer(desk: Desk, interaction: Interaction, look: Look, *, public: Look) -> None:
    """Answer; if the time for that has run out meanwhile, post what all may see where it was asked for."""
    try:
        await say(interaction, look, ephemeral=True)
    except GONE as gone:
        log.info("export.late", because=str(gone))
        if interaction.channel_id is not None:
            await desk.poster.send(interaction.channel_id, public)
