"""The buttons: each carries in its custom_id what it is about, so it works after any restart."""

import re
from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, Any, Self

import discord
import structlog

from bot.chat import cards
from bot.chat.answers import Announced, say_privately, turn
from bot.chat.failures import tell_failure
from bot.chat.haste import GAP_S
from bot.chat.job_acts import again, cancel, params
from bot.chat.look import Action
from bot.chat.pages import page_of
from bot.chat.people import actor_of
from bot.chat.record import record_button
from bot.chat.tree import let_in
from bot.core.errors import LimitReached

if TYPE_CHECKING:
    from bot.chat.client import GengaClient

log = structlog.get_logger(__name__)

Press = discord.Interaction[Any]
AnyButton = discord.ui.Button[discord.ui.View]

JOB_ID = r"job:(?P<job>[0-9]{1,15}):(?P<action>[a-z_]{1,40})"
PAGE_ID = r"page:(?P<list>[^:]{1,60}):(?P<before>[0-9]{1,15})"


class JobDoes(discord.ui.DynamicItem[AnyButton], template=JOB_ID):
    """A button of one job."""

    def __init__(self, button: AnyButton, *, job: int, action: str) -> None:
        super().__init__(button)
        self.job = job
        self.action = action

    @classmethod
    async def from_custom_id(
        cls, interaction: Press, item: discord.ui.Item[Any], match: re.Match[str]
    ) -> Self:
        del interaction
        return cls(_button(item), job=int(match["job"]), action=match["action"])

    async def callback(self, interaction: Press) -> None:
        await _serve(interaction, lambda: self._act(interaction))

    async def _act(self, interaction: Press) -> None:
        match self.action:
            case Action.AGAIN:
                await _again_unless_hasty(interaction, self.job)
            case Action.PARAMS:
                await params(interaction, self.job)
            case Action.CANCEL:
                await cancel(interaction, self.job)
            case _:
                await expired(interaction)


class PageTurns(discord.ui.DynamicItem[AnyButton], template=PAGE_ID):
    """A button that shows another page in its own message."""

    def __init__(self, button: AnyButton, *, name: str, before: int) -> None:
        super().__init__(button)
        self.name = name
        self.before = before

    @classmethod
    async def from_custom_id(
        cls, interaction: Press, item: discord.ui.Item[Any], match: re.Match[str]
    ) -> Self:
        del interaction
        return cls(_button(item), name=match["list"], before=int(match["before"]))

    async def callback(self, interaction: Press) -> None:
        await _serve(interaction, lambda: self._turn(interaction))

    async def _turn(self, interaction: Press) -> None:
        client: GengaClient = interaction.client
        async with client.reception.attend(interaction, Announced.IN_PLACE):
            look = await page_of(client.desk, self.name, self.before, actor=actor_of(interaction))
        if look is None:
            await expired(interaction)
        else:
            await turn(interaction, look)


BUTTONS = (JobDoes, PageTurns)


def is_ours(custom_id: str) -> bool:
    return any(re.fullmatch(template, custom_id) for template in (JOB_ID, PAGE_ID))


async def _again_unless_hasty(interaction: Press, job: int) -> None:
    """Draw once where somebody presses the same button twice in a moment."""
    client: GengaClient = interaction.client
    where = interaction.message.id if interaction.message else None
    if client.haste.too_soon_by((where, interaction.custom_id, interaction.user.id)):
        raise LimitReached(
            "You pressed that a moment ago; it is drawn once.",
            hint=f"For another drawing press again after {GAP_S:.0f} seconds.",
        )
    await again(interaction, job)


async def expired(interaction: Press) -> None:
    await say_privately(interaction, cards.button_expired())


async def answer_unknown(interaction: Press) -> None:
    """Answer the press of a button that no living code belongs to."""
    await _serve(interaction, lambda: expired(interaction))


async def _serve(interaction: Press, act: Callable[[], Awaitable[None]]) -> None:
    client: GengaClient = interaction.client
    try:
        if not await let_in(interaction):
            return
        await act()
        await record_button(client.desk, interaction)
    except Exception as error:  # noqa: BLE001 - discord.py would only log it, and nobody would be told
        await _tell(interaction, error)


async def _tell(interaction: Press, error: Exception) -> None:
    client: GengaClient = interaction.client
    try:
        await tell_failure(client.desk, interaction, error)
    except Exception:
        log.exception("failure.unrecorded", error=repr(error))


def _button(item: discord.ui.Item[Any]) -> AnyButton:
    if not isinstance(item, discord.ui.Button):
        raise TypeError(f"{item!r} is no button")
    return item
