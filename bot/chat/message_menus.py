"""The menus on messages: what can be done with a post of ours, or with a picture that a person sent."""

import asyncio
from collections import OrderedDict
from collections.abc import Mapping
from typing import Final

import discord
from discord import app_commands

from bot.chat import cards, job_acts, picture_acts
from bot.chat.answers import Announced, open_form, say
from bot.chat.attachments import check_description, read_picture
from bot.chat.cards.pictures import PROMPT, STRAY, Deed
from bot.chat.changes import strength_in
from bot.chat.expired import Expired
from bot.chat.interaction import Interaction
from bot.chat.people import actor_of, origin_of
from bot.chat.record import note_job
from bot.chat.tickets import show_ticket
from bot.core.errors import BadRequest, StudioError
from bot.core.generation import GenerationRequest, Reference
from bot.core.job import Job
from bot.studio.refining import Shown

MOST_BORROWED: Final = 200
PATIENCE_S: Final = 60.0


class Borrowed:
    """The pictures that forms are open about, by message and person, until the process ends."""

    def __init__(self) -> None:
        self._pictures: OrderedDict[tuple[int, int], asyncio.Future[Reference]] = OrderedDict()

    def expect(self, message: int, person: int) -> asyncio.Future[Reference]:
        """Return where the picture will be put; the oldest ones are forgotten."""
        coming: asyncio.Future[Reference] = asyncio.get_running_loop().create_future()
        self._pictures[message, person] = coming
        if len(self._pictures) > MOST_BORROWED:
            self._pictures.popitem(last=False)
        return coming

    async def of(self, message: int, person: int) -> Reference | None:
        """Return the picture when it is there; None if nothing is known of it. Raises what went wrong."""
        coming = self._pictures.get((message, person))
        if coming is None:
            return None
        async with asyncio.timeout(PATIENCE_S):
            return await asyncio.shield(coming)


def menus() -> list[app_commands.ContextMenu]:
    """Return the menus, for one client."""
    made = [app_commands.ContextMenu(name=name, callback=act) for name, act in _ACTS.items()]
    for menu in made:
        menu.guild_only = True
    return made


async def parameters(interaction: Interaction, message: discord.Message) -> None:
    job = await _job_of(interaction, message)
    if job is not None:
        await job_acts.params(interaction, job.id)


async def again(interaction: Interaction, message: discord.Message) -> None:
    job = await _job_of(interaction, message)
    if job is not None:
        await job_acts.again(interaction, job.id)


async def use_as_reference(interaction: Interaction, message: discord.Message) -> None:
    if await interaction.client.desk.jobs.by_message(message.id) is None:
        await _pin_own(interaction, message)
        return
    shown = await _shown_on(interaction, message)
    if shown is None:
        return
    if len(shown.pictures) == 1:
        await picture_acts.pin(interaction, shown.job.id, shown.pictures[0].index)
    else:
        await picture_acts.ask_which(interaction, shown.job.id, Deed.PIN)


async def move(interaction: Interaction, message: discord.Message) -> None:
    job = await _job_of(interaction, message)
    if job is None:
        return
    actor = actor_of(interaction)
    async with interaction.client.reception.attend(interaction):
        desk = interaction.client.desk
        await desk.refining.check_own(job.id, actor)
        others = [one for one in await desk.library.projects(actor) if one.id != job.project]
    await say(
        interaction, cards.asks_where_to(job.id, [(one.id, one.name) for one in others]), ephemeral=True
    )


async def draw_from(interaction: Interaction, message: discord.Message) -> None:
    """Open the form at once, as nothing else may be said before it, and fetch the picture meanwhile."""
    picture = _sent_picture(message)
    if await interaction.client.desk.jobs.by_message(message.id) is not None:
        await use_as_reference(interaction, message)
        return
    if picture is None:
        await say(interaction, cards.nothing_to_draw_from(), ephemeral=True)
        return
    check_description(picture, hosts=interaction.client.desk.wire.file_hosts)
    coming = interaction.client.borrowed.expect(message.id, interaction.user.id)
    await open_form(interaction, cards.draw_from_form(message.id))
    try:
        content = await read_picture(picture, hosts=interaction.client.desk.wire.file_hosts)
        coming.set_result(await interaction.client.desk.submit.reference(content))
    except StudioError as error:
        coming.set_exception(error)
        coming.exception()  # who sends the form is told; nobody may
        raise


async def filled(interaction: Interaction, rest: str, fields: Mapping[str, str]) -> None:
    """Draw from the picture what the form says."""
    if not rest.isdigit():
        raise Expired
    prompt, denoise = fields.get(PROMPT, ""), strength_in(fields.get(STRAY, ""))
    if not prompt.strip():
        raise BadRequest("The prompt is empty.", hint="Say what is to be drawn from the picture.")
    async with interaction.client.reception.attend(interaction, Announced.TO_ALL):
        reference = await interaction.client.borrowed.of(int(rest), interaction.user.id)
        if reference is not None:
            request = GenerationRequest(prompt=prompt, reference=reference, denoise=denoise)
            ticket = await interaction.client.desk.submit(request, origin_of(interaction))
            await show_ticket(interaction.client.desk, interaction, ticket)
            return
    await say(interaction, cards.picture_lost(prompt), ephemeral=True)


async def _pin_own(interaction: Interaction, message: discord.Message) -> None:
    picture = _sent_picture(message)
    if picture is None:
        await say(interaction, cards.nothing_to_refer_to(), ephemeral=True)
        return
    async with interaction.client.reception.attend(interaction, slow=True):
        content = await read_picture(picture, hosts=interaction.client.desk.wire.file_hosts)
        reference = await interaction.client.desk.submit.reference(content)
        await interaction.client.desk.refining.pin_reference(reference, actor_of(interaction))
    await say(interaction, cards.own_picture_pinned(), ephemeral=True)


async def _job_of(interaction: Interaction, message: discord.Message) -> Job | None:
    """Return the job whose post or card this is; whoever asks about another message is told so."""
    job = await interaction.client.desk.jobs.by_message(message.id)
    if job is None:
        await say(interaction, cards.no_picture_here(), ephemeral=True)
        return None
    note_job(interaction, job)
    return await interaction.client.desk.control.job(job.id, actor_of(interaction))


async def _shown_on(interaction: Interaction, message: discord.Message) -> Shown | None:
    job = await _job_of(interaction, message)
    return (
        None if job is None else await interaction.client.desk.refining.shown(job.id, actor_of(interaction))
    )


def _sent_picture(message: discord.Message) -> discord.Attachment | None:
    pictures = (one for one in message.attachments if (one.content_type or "").startswith("image/"))
    return next(pictures, None)


_ACTS: Final = {
    "Parameters": parameters,
    "Use as reference": use_as_reference,
    "Again": again,
    "Move to project": move,
    "Draw from this": draw_from,
}
