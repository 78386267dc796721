"""Buttons, menus and forms: each says in its custom_id what it is about, so that it works after any restart.

Three tables name who answers. A custom_id is `<kind>:<rest>` on a button, `menu:<kind>:<rest>` on a menu and
`form:<kind>:<rest>` on a form; kinds and the shape of what follows them stand on old messages, so they must
never change their meaning.
"""

import re
from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Any, Self, TypeAlias

import discord
import structlog

from bot.chat import (
    albums,
    batch_acts,
    cards,
    character_acts,
    job_acts,
    message_menus,
    pages,
    picture_acts,
    project_acts,
    review_acts,
    style_acts,
    verdicts,
)
from bot.chat.answers import say_privately
from bot.chat.expired import Expired, meaning
from bot.chat.failures import tell_failure
from bot.chat.forms import fields_of
from bot.chat.interaction import Interaction
from bot.chat.record import record_button
from bot.chat.tree import let_in

log = structlog.get_logger(__name__)


ButtonAct: TypeAlias = Callable[[Interaction, str], Awaitable[None]]
MenuAct: TypeAlias = Callable[[Interaction, str, Sequence[str]], Awaitable[None]]
FormAct: TypeAlias = Callable[[Interaction, str, Mapping[str, str]], Awaitable[None]]

BUTTONS: Mapping[str, ButtonAct] = {
    "album": albums.album_turned,
    "find": albums.found_turned,
    "job": job_acts.pressed,
    "page": pages.turned,
    "picture": picture_acts.pressed,
    "review": verdicts.pressed,
    "bulk": review_acts.pressed,
    "project": project_acts.pressed,
    "character": character_acts.pressed,
    "batch": batch_acts.pressed,
}
MENUS: Mapping[str, MenuAct] = {
    "picture": picture_acts.chosen,
    "review": verdicts.chosen,
    "unlearn": review_acts.unlearned,
    "style_back": style_acts.taken_back,
}
FORMS: Mapping[str, FormAct] = {
    "picture": picture_acts.edited,
    "from": message_menus.filled,
    "review": verdicts.filled,
    "batch": batch_acts.listed,
    "character": character_acts.described,
}

_BUTTON = "|".join(BUTTONS)
_MENU = "|".join(MENUS)
_CONTROL = rf"(?:(?P<button>{_BUTTON})|menu:(?P<menu>{_MENU})):(?P<rest>.{{1,90}})"
_FORM = re.compile(rf"form:(?P<form>{'|'.join(FORMS)}):(?P<rest>.{{1,90}})")


class Control(discord.ui.DynamicItem[discord.ui.Item[Any]], template=_CONTROL):
    """A button or a menu of ours."""

    def __init__(self, item: discord.ui.Item[Any], match: re.Match[str]) -> None:
        super().__init__(item)
        self._match = match

    @classmethod
    async def from_custom_id(
        cls, interaction: discord.Interaction[Any], item: discord.ui.Item[Any], match: re.Match[str]
    ) -> Self:
        del interaction
        return cls(item, match)

    async def callback(self, interaction: discord.Interaction[Any]) -> None:
        await _serve(interaction, lambda: self._act(interaction))

    async def _act(self, interaction: Interaction) -> None:
        rest = self._match["rest"]
        if (button := self._match["button"]) is not None:
            await BUTTONS[button](interaction, rest)
        else:
            await MENUS[self._match["menu"]](interaction, rest, _values(interaction))


def is_a_control(custom_id: str) -> bool:
    """Tell whether a button or menu of this custom_id is answered by Control."""
    return re.fullmatch(_CONTROL, custom_id) is not None


async def take_form(interaction: Interaction) -> None:
    """Answer a form that was sent, whichever process opened it."""
    await _serve(interaction, lambda: _filled(interaction))


async def answer_unknown(interaction: Interaction) -> None:
    """Answer what is sent from a message that no living code belongs to."""
    await _serve(interaction, _nothing_known)


async def _filled(interaction: Interaction) -> None:
    match = meaning(_FORM, interaction.custom_id or "")
    await FORMS[match["form"]](interaction, match["rest"], dict(fields_of(interaction)))


async def _nothing_known() -> None:
    raise Expired


def _values(interaction: Interaction) -> Sequence[str]:
    data: Mapping[str, Any] = interaction.data or {}
    return [str(value) for value in data.get("values", ())]


async def _serve(interaction: Interaction, act: Callable[[], Awaitable[None]]) -> None:
    try:
        if not await let_in(interaction):
            return
        try:
            await act()
        except Expired:
            await say_privately(interaction, cards.button_expired())
        await record_button(interaction.client.desk, interaction)
    except Exception as error:  # noqa: BLE001 - discord.py would only log it, and nobody would be told
        await _tell(interaction, error)


async def _tell(interaction: Interaction, error: Exception) -> None:
    try:
        await tell_failure(interaction.client.desk, interaction, error)
    except Exception:
        log.exception("failure.unrecorded", error=repr(error))
