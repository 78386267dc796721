"""What people do to a finished picture, by a button, a menu or a form."""

import re
from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Final, TypeAlias

import structlog

from bot.chat import cards, job_acts, verdicts
from bot.chat.answers import Announced, open_form, say, turn
from bot.chat.cards.pictures import ALL, EVERY_ONE, Deed
from bot.chat.changes import changes_in
from bot.chat.expired import Expired, known, meaning
from bot.chat.interaction import Interaction
from bot.chat.look import Look
from bot.chat.people import actor_of, origin_of
from bot.chat.record import note_job
from bot.chat.tickets import show_ticket
from bot.core.errors import BadRequest, DeliveryError, NotAllowed, StudioError
from bot.core.job import Card
from bot.core.review import Review
from bot.studio.critic import Exhibit
from bot.studio.submit import Ticket

if TYPE_CHECKING:
    from bot.chat.desk import Desk

log = structlog.get_logger(__name__)

Act: TypeAlias = Callable[[Interaction, int, int], Awaitable[None]]

_ABOUT: Final = re.compile(r"(?P<job>[0-9]{1,15}):(?P<number>[0-9]{1,3}):(?P<deed>[a-z_]{1,20})")
_MENU: Final = re.compile(r"(?P<job>[0-9]{1,15}):(?P<deed>[a-z_]{1,20})")


# ── the controls


async def pressed(interaction: Interaction, rest: str) -> None:
    """Do what a button under a picture says."""
    about = meaning(_ABOUT, rest)
    act = known(_BY_BUTTON.get(about["deed"]))
    await act(interaction, int(about["job"]), int(about["number"]))


async def chosen(interaction: Interaction, rest: str, values: Sequence[str]) -> None:
    """Do to the picture that was chosen what its menu is for."""
    about = meaning(_MENU, rest)
    value = values[0] if values else ""
    if not (value == EVERY_ONE or value.isdigit()):
        raise Expired
    job = int(about["job"])
    if about["deed"] == Deed.MOVE:
        await _move(interaction, job, int(value))
        return
    together = value == EVERY_ONE
    act = known((_TO_ALL if together else _BY_MENU).get(about["deed"]))
    await act(interaction, job, ALL if together else int(value))
    await _take_down_question(interaction)


async def _take_down_question(interaction: Interaction) -> None:
    """Delete what was asked in the channel, as a reaction cannot be asked back privately: it is answered."""
    asked = interaction.message
    if asked is None or asked.content != interaction.user.mention:
        return
    try:
        await interaction.client.desk.touch.remove(Card(channel=asked.channel.id, message=asked.id))
    except DeliveryError as error:
        log.info("question.left", because=error.message)


async def edited(interaction: Interaction, rest: str, fields: Mapping[str, str]) -> None:
    """Draw what the form says."""
    about = meaning(_ABOUT, rest)
    if about["deed"] != Deed.EDIT:
        raise Expired
    job, number = int(about["job"]), int(about["number"]) or None
    async with interaction.client.reception.attend(interaction, Announced.TO_ALL):
        ticket = await interaction.client.desk.refining.edit(
            job, number, actor_of(interaction), origin_of(interaction), changes_in(fields)
        )
    await show_ticket(interaction.client.desk, interaction, ticket)


# ── drawing on


async def again(interaction: Interaction, job: int, _number: int) -> None:
    job_acts.check_haste(interaction)
    await job_acts.again(interaction, job)


async def vary(interaction: Interaction, job: int, number: int) -> None:
    job_acts.check_haste(interaction)
    refining = interaction.client.desk.refining
    await _drawn(
        interaction, lambda: refining.vary(job, number, actor_of(interaction), origin_of(interaction))
    )


async def upscale(interaction: Interaction, job: int, number: int) -> None:
    job_acts.check_haste(interaction)
    refining = interaction.client.desk.refining
    await _drawn(
        interaction, lambda: refining.upscale(job, number, actor_of(interaction), origin_of(interaction))
    )


async def _drawn(interaction: Interaction, submit: Callable[[], Awaitable[Ticket]]) -> None:
    async with interaction.client.reception.attend(interaction, Announced.TO_ALL):
        ticket = await submit()
    await show_ticket(interaction.client.desk, interaction, ticket)


async def edit(interaction: Interaction, job: int, number: int) -> None:
    """Open the form with what the drawing was made of."""
    drawing = await interaction.client.desk.refining.drawing(job, actor_of(interaction))
    note_job(interaction, drawing)
    await open_form(interaction, cards.edit_form(drawing, job, number))


# ── deciding


async def approve(interaction: Interaction, job: int, number: int) -> None:
    await verdicts.judge(interaction, await _artifact(interaction, job, number), Review.APPROVED)


async def reject(interaction: Interaction, job: int, number: int) -> None:
    await verdicts.ask_reasons(interaction, await _artifact(interaction, job, number))


async def approve_all(interaction: Interaction, job: int, _number: int) -> None:
    actor, desk = actor_of(interaction), interaction.client.desk
    async with interaction.client.reception.attend(interaction):
        shown = await desk.refining.shown(job, actor)
        together = await desk.critic.rule_all(shown.job, shown.pictures, Review.APPROVED, actor)
        desk.posts.changed(job)
    note_job(interaction, shown.job)
    await say(interaction, cards.pictures_approved(job, together), ephemeral=True)


async def _artifact(interaction: Interaction, job: int, number: int) -> int:
    exhibit = await interaction.client.desk.refining.picture(job, number, actor_of(interaction))
    return exhibit.picture.id


# ── looking and taking up


async def params(interaction: Interaction, job: int, _number: int) -> None:
    await job_acts.params(interaction, job)


async def show(interaction: Interaction, job: int, number: int) -> None:
    """Show one picture with all that can be done with it, to whoever chose it."""
    async with interaction.client.reception.attend(interaction):
        exhibit = await interaction.client.desk.refining.picture(job, number, actor_of(interaction))
        look = await _panel(interaction.client.desk, exhibit, interaction.channel_id)
    note_job(interaction, exhibit.job)
    await say(interaction, look, ephemeral=True)


async def _panel(desk: "Desk", exhibit: Exhibit, channel: int | None) -> Look:
    if not await desk.library.shows(exhibit.job, channel):
        return cards.picture_panel(exhibit, None, barred=cards.not_shown_here(1))
    return cards.picture_panel(exhibit, await _thumbnail(desk, exhibit))


async def _thumbnail(desk: "Desk", exhibit: Exhibit) -> bytes | None:
    try:
        return await desk.exhibition.thumbnail(exhibit.picture)
    except StudioError:
        return None


async def pin(interaction: Interaction, job: int, number: int) -> None:
    async with interaction.client.reception.attend(interaction):
        await interaction.client.desk.refining.pin(job, number, actor_of(interaction))
    await say(interaction, cards.picture_pinned(job, number), ephemeral=True)


async def unpin(interaction: Interaction, _job: int, _number: int) -> None:
    if interaction.message is not None and interaction.message.content not in ("", interaction.user.mention):
        raise NotAllowed(
            "This tells somebody else what they took up.",
            hint="What you took up is laid down where you were told of it.",
        )
    async with interaction.client.reception.attend(interaction, Announced.IN_PLACE):
        await interaction.client.desk.refining.unpin(actor_of(interaction))
        interaction.client.desk.janitor.ring()
    await turn(interaction, cards.picture_unpinned())


# ── putting away


async def ask_to_delete(interaction: Interaction, job: int, number: int) -> None:
    """Ask before anything is given up, after a look at whether the person may."""
    actor = actor_of(interaction)
    async with interaction.client.reception.attend(interaction):
        owned = await interaction.client.desk.refining.check_own(job, actor)
        pictures = (await interaction.client.desk.refining.shown(job, actor)).pictures
        meant = pictures
        if number != ALL:
            meant = ((await interaction.client.desk.refining.picture(job, number, actor)).picture,)
    note_job(interaction, owned)
    look = cards.asks_to_delete(owned, meant, left=len(pictures) - len(meant))
    await say(interaction, look, ephemeral=True)


async def delete(interaction: Interaction, job: int, number: int) -> None:
    actor, desk = actor_of(interaction), interaction.client.desk
    async with interaction.client.reception.attend(interaction, Announced.IN_PLACE):
        shown = await desk.refining.shown(job, actor)
        numbers = [one.index for one in shown.pictures] if number == ALL else [number]
        left = await desk.refining.delete(job, numbers, actor)
        desk.janitor.ring()
        desk.posts.changed(job)
    note_job(interaction, left.job)
    await turn(interaction, cards.pictures_deleted(job, numbers, len(left.pictures)))


async def keep(interaction: Interaction, job: int, _number: int) -> None:
    await turn(interaction, cards.pictures_kept(job))


async def _move(interaction: Interaction, job: int, project: int) -> None:
    actor, desk = actor_of(interaction), interaction.client.desk
    async with interaction.client.reception.attend(interaction, Announced.IN_PLACE):
        found = next((one for one in await desk.library.projects(actor) if one.id == project), None)
        if found is None:
            raise BadRequest("That project is archived or gone.", hint="Choose another.")
        moved = await desk.refining.move(job, found, actor)
        desk.posts.changed(job)
    note_job(interaction, moved)
    await turn(interaction, cards.job_moved(job, found.name))


# ── which of several


def _of_one(deed: Deed, act: Act) -> Act:
    """Return the act that asks first which picture is meant, where a post has several."""

    async def asking(interaction: Interaction, job: int, number: int) -> None:
        if number == ALL:
            await ask_which(interaction, job, deed)
        else:
            await act(interaction, job, number)

    return asking


async def ask_which(interaction: Interaction, job: int, deed: Deed) -> None:
    async with interaction.client.reception.attend(interaction):
        look = await which(interaction.client.desk, interaction, job, deed)
    await say(interaction, look, ephemeral=True)


async def which(desk: "Desk", interaction: Interaction, job: int, deed: Deed) -> Look:
    shown = await desk.refining.shown(job, actor_of(interaction))
    note_job(interaction, shown.job)
    return cards.which_picture(shown, deed)


_BY_MENU: Final[Mapping[str, Act]] = {
    Deed.SHOW: show,
    Deed.VARY: vary,
    Deed.UPSCALE: upscale,
    Deed.APPROVE: approve,
    Deed.REJECT: reject,
    Deed.DELETE: ask_to_delete,
    Deed.PIN: pin,
}
_TO_ALL: Final[Mapping[str, Act]] = {Deed.APPROVE: approve_all, Deed.DELETE: ask_to_delete}
_BY_BUTTON: Final[Mapping[str, Act]] = {
    Deed.AGAIN: again,
    Deed.EDIT: edit,
    Deed.PARAMS: params,
    Deed.DELETE_NOW: delete,
    Deed.KEEP: keep,
    Deed.UNPIN: unpin,
    **{
        deed: _of_one(deed, _BY_MENU[deed])
        for deed in (Deed.VARY, Deed.UPSCALE, Deed.APPROVE, Deed.REJECT, Deed.DELETE, Deed.PIN)
    },
}
