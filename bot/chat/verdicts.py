"""Verdicts by buttons, a menu and a form: on one picture, or on one after another in the same message.

A custom_id names the picture and the scope: `post` is one picture alone, `all`, `p3`, `c5` or `p3c5` a walk
through what waits for review of all, of a project, of a character.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final, Self

from bot.chat import cards
from bot.chat.answers import Announced, open_form, say, turn
from bot.chat.cards.review import CODES, NOTE, PROMPT, Queue
from bot.chat.expired import Expired, meaning
from bot.chat.interaction import Interaction
from bot.chat.look import Look
from bot.chat.people import actor_of, origin_of
from bot.chat.record import note_job
from bot.chat.tickets import post_card
from bot.core.errors import StudioError
from bot.core.prompting import clean_words
from bot.core.review import Reason, Review
from bot.ports.library import PictureFilter
from bot.ports.pictures import Picture
from bot.studio.critic import Exhibit, Ruling
from bot.studio.refining import Changes

ALONE: Final = "post"
MOST_COUNTED: Final = 1000
_SCOPE: Final = r"(?P<scope>post|all|(?=[pc])(?:p(?P<project>[0-9]{1,15}))?(?:c(?P<character>[0-9]{1,15}))?)"
_PRESSED: Final = re.compile(rf"(?P<act>[a-z]{{1,10}}):(?P<picture>[0-9]{{1,15}}):{_SCOPE}")
_CHOSEN: Final = re.compile(rf"(?P<picture>[0-9]{{1,15}}):{_SCOPE}")
_FILLED: Final = re.compile(rf"(?P<picture>[0-9]{{1,15}}):{_SCOPE}:(?P<codes>[a-z]{{0,6}})")
_REASONS: Final = {mark: reason for reason, mark in CODES.items()}


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """The picture a control is about, and the walk it belongs to."""

    picture: int
    scope: str
    wanted: PictureFilter

    @classmethod
    def of(cls, match: re.Match[str]) -> Self:
        return cls(picture=int(match["picture"]), scope=match["scope"], wanted=wanted_in(match))


def wanted_in(match: re.Match[str]) -> PictureFilter:
    return PictureFilter(
        project=int(match["project"]) if match["project"] else None,
        character=int(match["character"]) if match["character"] else None,
    )


def scope_of(wanted: PictureFilter) -> str:
    project = f"p{wanted.project}" if wanted.project is not None else ""
    character = f"c{wanted.character}" if wanted.character is not None else ""
    return f"{project}{character}" or "all"


# ── for posts


async def judge(interaction: Interaction, artifact_id: int, after: Review) -> None:
    """Decide about a picture for whoever presses, and tell them only."""
    async with interaction.client.reception.attend(interaction):
        exhibit, ruling = await _rule(interaction, artifact_id, after)
    await say(interaction, cards.ruling_card(ruling, exhibit), ephemeral=True)


async def ask_reasons(interaction: Interaction, artifact_id: int) -> None:
    """Ask why a picture is rejected, after a look at whether the person may."""
    async with interaction.client.reception.attend(interaction):
        exhibit = await _judgeable(interaction, artifact_id)
    await say(interaction, cards.reasons_card(exhibit, ALONE), ephemeral=True)


# ── the controls


async def pressed(interaction: Interaction, rest: str) -> None:
    match = meaning(_PRESSED, rest)
    place = Place.of(match)
    match match["act"]:
        case "approve":
            await _decide(interaction, place, Review.APPROVED)
        case "plain":
            await _decide(interaction, place, Review.REJECTED)
        case "reject":
            await _ask_in_place(interaction, place)
        case "back" | "show":
            await _back(interaction, place)
        case "skip":
            await _go_on(interaction, place, before=place.picture)
        case "start":
            await _go_on(interaction, place, before=None)
        case _:
            raise Expired


async def chosen(interaction: Interaction, rest: str, values: Sequence[str]) -> None:
    """Open the form for the reviewer's own words."""
    match = meaning(_CHOSEN, rest)
    if not set(values) <= set(_REASONS):
        raise Expired
    place = Place.of(match)
    exhibit = await _judgeable(interaction, place.picture)
    await open_form(interaction, cards.reason_form(exhibit, "".join(values), place.scope))


async def filled(interaction: Interaction, rest: str, fields: Mapping[str, str]) -> None:
    match = meaning(_FILLED, rest)
    if not set(match["codes"]) <= set(_REASONS):
        raise Expired
    reasons = [_REASONS[mark] for mark in match["codes"]]
    await _decide(
        interaction,
        Place.of(match),
        Review.REJECTED,
        reasons=reasons,
        note=fields.get(NOTE, ""),
        prompt=fields.get(PROMPT, ""),
    )


async def _decide(
    interaction: Interaction,
    place: Place,
    after: Review,
    *,
    reasons: Sequence[Reason] = (),
    note: str = "",
    prompt: str = "",
) -> None:
    """Decide, and show the next one in the same message, or what was decided if there is no walk.

    A changed prompt is drawn besides.
    """
    async with interaction.client.reception.attend(interaction, Announced.IN_PLACE):
        exhibit, ruling = await _rule(interaction, place.picture, after, reasons=reasons, note=note)
        behind = await _redrawn(interaction, exhibit, prompt)
        if place.scope == ALONE:
            look = cards.ruling_card(ruling, exhibit, behind=behind)
        else:
            said = [*cards.ruling_words(ruling, exhibit), *behind]
            look = await next_look(interaction, place.wanted, before=place.picture, said=said)
    await turn(interaction, look)


async def _redrawn(interaction: Interaction, exhibit: Exhibit, prompt: str) -> list[str]:
    """Draw with the prompt if it was changed; what is wrong with it costs nobody the decision."""
    request = exhibit.job.request
    if not prompt.strip() or clean_words(prompt) == clean_words(request.prompt):
        return []
    changes = Changes(
        prompt=prompt, negative=request.negative, size=request.size, steps=request.steps, cfg=request.cfg
    )
    try:
        ticket = await interaction.client.desk.refining.edit(
            exhibit.job.id, exhibit.picture.index, actor_of(interaction), origin_of(interaction), changes
        )
    except StudioError as error:
        return [cards.not_redrawn_words(error)]
    if ticket.fresh and interaction.channel_id is not None:
        await post_card(interaction.client.desk, ticket, interaction.channel_id)
    return [cards.redrawn_words(ticket.job)]


async def _ask_in_place(interaction: Interaction, place: Place) -> None:
    async with interaction.client.reception.attend(interaction, Announced.IN_PLACE):
        exhibit = await _judgeable(interaction, place.picture)
        shown = await _shown(interaction, exhibit)
    await turn(interaction, cards.reasons_card(exhibit, place.scope, shown))


async def _back(interaction: Interaction, place: Place) -> None:
    """Show the picture again; of one alone, that nothing was decided."""
    async with interaction.client.reception.attend(interaction, Announced.IN_PLACE):
        exhibit = await interaction.client.desk.critic.exhibit(place.picture, actor_of(interaction))
        look = (
            cards.left_alone(exhibit)
            if place.scope == ALONE
            else await _exhibit_look(interaction, exhibit, place.wanted)
        )
    await turn(interaction, look)


async def _go_on(interaction: Interaction, place: Place, *, before: int | None) -> None:
    async with interaction.client.reception.attend(interaction, Announced.IN_PLACE):
        look = await next_look(interaction, place.wanted, before=before)
    await turn(interaction, look)


# ── what is shown


async def next_look(
    interaction: Interaction,
    wanted: PictureFilter,
    *,
    before: int | None = None,
    said: Sequence[str] = (),
) -> Look:
    """Return the card of the next picture that waits for review, or of the end of the walk."""
    critic, actor = interaction.client.desk.critic, actor_of(interaction)
    found = await critic.next_of(wanted, actor, before=before)
    if found is not None:
        return await _exhibit_look(interaction, found, wanted, said=said)
    skipped = await critic.waiting(wanted, actor, most=MOST_COUNTED)
    return cards.nothing_to_review(Queue(scope=scope_of(wanted)), before=said, skipped=skipped)


async def _exhibit_look(
    interaction: Interaction, exhibit: Exhibit, wanted: PictureFilter, *, said: Sequence[str] = ()
) -> Look:
    waiting = await interaction.client.desk.critic.waiting(wanted, actor_of(interaction), most=MOST_COUNTED)
    queue = Queue(
        scope=scope_of(wanted),
        left=cards.waiting_words(waiting, most=MOST_COUNTED),
        barred="" if await _may_be_shown(interaction, exhibit) else cards.FOR_ADULTS,
    )
    return cards.exhibit_card(exhibit, await _shown(interaction, exhibit), queue, before=said)


async def _may_be_shown(interaction: Interaction, exhibit: Exhibit) -> bool:
    return await interaction.client.desk.library.may_be_shown(exhibit.project, interaction.channel_id)


async def _shown(interaction: Interaction, exhibit: Exhibit) -> Picture | None:
    """Return the picture, if it may be seen in this channel and can be read."""
    if not await _may_be_shown(interaction, exhibit):
        return None
    return await interaction.client.desk.exhibition.shown(exhibit.picture)


async def _rule(
    interaction: Interaction,
    artifact_id: int,
    after: Review,
    *,
    reasons: Sequence[Reason] = (),
    note: str = "",
) -> tuple[Exhibit, Ruling]:
    critic, actor = interaction.client.desk.critic, actor_of(interaction)
    exhibit = await critic.exhibit(artifact_id, actor)
    note_job(interaction, exhibit.job)
    ruling = await critic.rule(artifact_id, after, actor, reasons=reasons, note=note)
    interaction.client.desk.posts.changed(exhibit.job.id)
    return exhibit, ruling


async def _judgeable(interaction: Interaction, artifact_id: int) -> Exhibit:
    exhibit = await interaction.client.desk.critic.exhibit(artifact_id, actor_of(interaction))
    note_job(interaction, exhibit.job)
    await interaction.client.desk.critic.check_reviewer(actor_of(interaction))
    return exhibit
