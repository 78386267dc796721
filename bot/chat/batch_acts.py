"""What people do with batches: plan them, start them, hold them, take them back."""

import re
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import replace
from typing import Final, TypeAlias

import discord
import structlog

from bot.chat import cards
from bot.chat.answers import Announced, say, say_privately, turn
from bot.chat.attachments import check_list, read_prompts
from bot.chat.expired import known, meaning
from bot.chat.interaction import Interaction
from bot.chat.look import Look
from bot.chat.people import actor_of, origin_of
from bot.chat.reception import GONE
from bot.core.batching import MOST_TITLE, Batch, Outline
from bot.core.errors import BadRequest, MissingPermission, WrongState
from bot.core.job import Card
from bot.studio.control import Actor

log = structlog.get_logger(__name__)


_ABOUT: Final = re.compile(r"(?P<plan>plan-)?(?P<id>[0-9]{1,15}):(?P<act>[a-z]{1,20})")
_PLAN: Final = re.compile(r"plan-(?P<id>[0-9]{1,15})")


async def pressed(interaction: Interaction, rest: str) -> None:
    """Do what a button of a plan or of a batch says."""
    about = meaning(_ABOUT, rest)
    acts = _PLAN_ACTS if about["plan"] else _BATCH_ACTS
    await known(acts.get(about["act"]))(interaction, int(about["id"]))


# ── plans


async def propose(interaction: Interaction, outline: Outline) -> None:
    """Check what is asked for and show it with a button that starts it; whatever is wrong is said instead."""
    async with interaction.client.reception.attend(interaction, Announced.TO_ALL, slow=True):
        plan = await interaction.client.desk.planner.plan(outline, origin_of(interaction))
    await say(interaction, cards.plan_card(plan))


async def propose_file(interaction: Interaction, outline: Outline, file: discord.Attachment) -> None:
    """Do the same with the prompts of a text file."""
    hosts = interaction.client.desk.wire.file_hosts
    check_list(file, hosts=hosts)
    async with interaction.client.reception.attend(interaction, Announced.TO_ALL, slow=True):
        text = await read_prompts(file, hosts=hosts)
        outline = replace(outline, text=text, title=outline.title or file.filename[:MOST_TITLE])
        plan = await interaction.client.desk.planner.plan(outline, origin_of(interaction))
    await say(interaction, cards.plan_card(plan))


async def ask_for_prompts(interaction: Interaction, outline: Outline) -> None:
    """Open the form that takes a list of prompts; what was chosen beside it is kept."""
    draft = await interaction.client.desk.planner.draft(outline, origin_of(interaction))
    await interaction.response.send_modal(cards.prompts_form(draft, outline).modal())


async def listed(interaction: Interaction, rest: str, fields: Mapping[str, str]) -> None:
    """Take the form with the list; one with a fault in it is kept, to be mended."""
    draft, planner = int(meaning(_PLAN, rest)["id"]), interaction.client.desk.planner
    try:
        async with interaction.client.reception.attend(interaction, Announced.TO_ALL, slow=True):
            outline = replace(
                await planner.drafted(draft, actor_of(interaction)),
                text=fields.get(cards.PROMPTS, ""),
                title=fields.get(cards.TITLE, "").strip(),
            )
            plan = await planner.plan(outline, origin_of(interaction), draft=draft)
    except (BadRequest, WrongState) as error:
        await say_privately(interaction, cards.plan_refused(draft, error))
    else:
        await say(interaction, cards.plan_card(plan))


async def _mend(interaction: Interaction, plan_id: int) -> None:
    outline = await interaction.client.desk.planner.drafted(plan_id, actor_of(interaction))
    await interaction.response.send_modal(cards.prompts_form(plan_id, outline).modal())


async def _start(interaction: Interaction, plan_id: int) -> None:
    """Start it; the message that showed the plan is the batch's card from now on."""
    desk, card = interaction.client.desk, _card_of(interaction)
    async with interaction.client.reception.attend(interaction, Announced.IN_PLACE, slow=True):
        batch = await desk.foreman.start(plan_id, actor_of(interaction), card=card)
    look = cards.batch_card(await desk.foreman.view(batch.id))
    try:
        await turn(interaction, look)
    except GONE as gone:
        log.info("card.late", batch=batch.id, because=str(gone))
    if card is not None:
        await _adopt(interaction, batch, card, look)


async def _adopt(interaction: Interaction, batch: Batch, card: Card, look: Look) -> None:
    """Keep the message true as the batch's card; warn where that will not be possible."""
    await interaction.client.desk.board.adopt_batch(batch.id, card, look)
    if not interaction.app_permissions.view_channel:
        barred = MissingPermission("View Channel", f"<#{card.channel}>")
        await say_privately(interaction, cards.refusal(barred))


def _card_of(interaction: Interaction) -> Card | None:
    if interaction.message is None or interaction.channel_id is None:
        return None
    return Card(channel=interaction.channel_id, message=interaction.message.id)


async def _drop(interaction: Interaction, plan_id: int) -> None:
    async with interaction.client.reception.attend(interaction, Announced.IN_PLACE):
        await interaction.client.desk.planner.drop(plan_id, actor_of(interaction))
    await turn(interaction, cards.plan_dropped())


# ── batches


async def _pause(interaction: Interaction, batch_id: int) -> None:
    await _shown_after(interaction, interaction.client.desk.foreman.pause, batch_id)


async def _resume(interaction: Interaction, batch_id: int) -> None:
    await _shown_after(interaction, interaction.client.desk.foreman.resume, batch_id)


async def _shown_after(
    interaction: Interaction, act: Callable[[int, Actor], Awaitable[Batch]], batch_id: int
) -> None:
    """Do it, and show the batch as it is now in the message that was pressed."""
    async with interaction.client.reception.attend(interaction, Announced.IN_PLACE):
        batch = await act(batch_id, actor_of(interaction))
        look = cards.batch_card(await interaction.client.desk.foreman.view(batch.id))
    await turn(interaction, look)


async def _cancel(interaction: Interaction, batch_id: int) -> None:
    """Ask first: many drawings hang on it."""
    async with interaction.client.reception.attend(interaction):
        batch = await interaction.client.desk.foreman.own(batch_id, actor_of(interaction))
        look = cards.asks_to_cancel(await interaction.client.desk.foreman.view(batch.id))
    await say(interaction, look, ephemeral=True)


async def _stop(interaction: Interaction, batch_id: int) -> None:
    async with interaction.client.reception.attend(interaction, Announced.IN_PLACE):
        batch = await interaction.client.desk.foreman.cancel(batch_id, actor_of(interaction))
    await turn(interaction, cards.batch_said(batch))


async def _keep(interaction: Interaction, batch_id: int) -> None:
    await turn(interaction, cards.kept_running(batch_id))


async def _failed(interaction: Interaction, batch_id: int) -> None:
    async with interaction.client.reception.attend(interaction):
        actor = actor_of(interaction)
        batch = await interaction.client.desk.foreman.batch(batch_id, actor)
        jobs = await interaction.client.desk.foreman.failed(batch_id, actor)
    await say(interaction, cards.failed_card(batch, jobs), ephemeral=True)


async def _so_far(interaction: Interaction, batch_id: int) -> None:
    foreman = interaction.client.desk.foreman
    async with interaction.client.reception.attend(interaction):
        look = cards.report_so_far(*await foreman.so_far(batch_id, actor_of(interaction)))
    await say(interaction, look, ephemeral=True)


async def redraw(interaction: Interaction, batch_id: int) -> None:
    """Draw once more what failed: a batch with a card of its own, to which the earlier one's card points."""
    desk = interaction.client.desk
    async with interaction.client.reception.attend(interaction, Announced.TO_ALL, slow=True):
        before = await desk.foreman.view(batch_id)
        batch, fresh = await desk.foreman.redraw(batch_id, actor_of(interaction))
        look = cards.batch_card(await desk.foreman.view(batch.id))
    if not fresh or interaction.channel_id is None:
        await say_privately(interaction, cards.redrawn_already(batch))
        return
    try:
        card = Card(channel=interaction.channel_id, message=await say(interaction, look))
    except GONE as gone:
        log.info("card.late", batch=batch.id, because=str(gone))
    else:
        await _adopt(interaction, batch, card, look)
    if before.batch.card is not None:
        await desk.board.adopt_batch(batch_id, before.batch.card, cards.batch_card(before))


Act: TypeAlias = Callable[[Interaction, int], Awaitable[None]]

_PLAN_ACTS: Final[Mapping[str, Act]] = {"start": _start, "drop": _drop, "edit": _mend}
_BATCH_ACTS: Final[Mapping[str, Act]] = {
    "pause": _pause,
    "resume": _resume,
    "cancel": _cancel,
    "stop": _stop,
    "keep": _keep,
    "failed": _failed,
    "redraw": redraw,
    "sofar": _so_far,
}
