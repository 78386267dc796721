"""Buttons, menus and forms: each says in its custom_id what it is about, so that it works after any restart.

Three tables name who answers. A custom_id is `<kind>:<rest>` on a button, `menu:<kind>:<rest>` on a menu and
`form:<kind>:<rest>` on a form; kinds and the shape of what follows them stand on old messages, so they must
never change their meaning.
"""

import re
from collections.abc import Awaitable, Callable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any, Self, TypeAlias

import discord
import structlog

from bot.chat import (
    albums,
    batch_acts,
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
from bot.chat.expired import expired
from bot.chat.failures import tell_failure
from bot.chat.record import record_button
from bot.chat.tree import let_in

if TYPE_CHECKING:
    from bot.chat.client import GengaClient

log = structlog.get_logger(__name__)

Press = discord.Interaction[Any]
AnyButton = discord.ui.Button[discord.ui.View]
AnySelect = discord.ui.Select[discord.ui.View]

ButtonAct: TypeAlias = Callable[[Press, str], Awaitable[None]]
MenuAct: TypeAlias = Callable[[Press, str, Sequence[str]], Awaitable[None]]
FormAct: TypeAlias = Callable[[Press, str, Mapping[str, str]], Awaitable[None]]

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

_BUTTON = rf"(?P<kind>{'|'.join(BUTTONS)}):(?P<rest>.{{1,90}})"
_MENU = r"menu:(?P<kind>[a-z_]{1,20}):(?P<rest>.{1,75})"
_FORM = r"form:(?P<kind>[a-z_]{1,20}):(?P<rest>.{1,75})"


class Pressed(discord.ui.DynamicItem[AnyButton], template=_BUTTON):
    """A button of ours."""

    def __init__(self, button: AnyButton, *, kind: str, rest: str) -> None:
        super().__init__(button)
        self.kind = kind
        self.rest = rest

    @classmethod
    async def from_custom_id(
        cls, interaction: Press, item: discord.ui.Item[Any], match: re.Match[str]
    ) -> Self:
        del interaction
        if not isinstance(item, discord.ui.Button):
            raise TypeError(f"{item!r} is no button")
        return cls(item, kind=match["kind"], rest=match["rest"])

    async def callback(self, interaction: Press) -> None:
        await _serve(interaction, lambda: BUTTONS[self.kind](interaction, self.rest))


class Chosen(discord.ui.DynamicItem[AnySelect], template=_MENU):
    """A menu of ours."""

    def __init__(self, menu: AnySelect, *, kind: str, rest: str) -> None:
        super().__init__(menu)
        self.kind = kind
        self.rest = rest

    @classmethod
    async def from_custom_id(
        cls, interaction: Press, item: discord.ui.Item[Any], match: re.Match[str]
    ) -> Self:
        del interaction
        if not isinstance(item, discord.ui.Select):
            raise TypeError(f"{item!r} is no menu")
        return cls(item, kind=match["kind"], rest=match["rest"])

    async def callback(self, interaction: Press) -> None:
        await _serve(interaction, lambda: self._act(interaction))

    async def _act(self, interaction: Press) -> None:
        act = MENUS.get(self.kind)
        if act is None:
            await expired(interaction)
        else:
            await act(interaction, self.rest, _values(interaction))


ITEMS = (Pressed, Chosen)


def is_an_item(custom_id: str) -> bool:
    """Tell whether a button or menu of this custom_id is answered by one of ITEMS."""
    return any(re.fullmatch(template, custom_id) for template in (_BUTTON, _MENU))


async def take_form(interaction: Press) -> None:
    """Answer a form that was sent, whichever process opened it."""
    await _serve(interaction, lambda: _filled(interaction))


async def answer_unknown(interaction: Press) -> None:
    """Answer what is sent from a message that no living code belongs to."""
    await _serve(interaction, lambda: expired(interaction))


async def _filled(interaction: Press) -> None:
    match = re.fullmatch(_FORM, interaction.custom_id or "")
    act = FORMS.get(match["kind"]) if match else None
    if match is None or act is None:
        await expired(interaction)
    else:
        await act(interaction, match["rest"], dict(_fields(interaction)))


def _values(interaction: Press) -> Sequence[str]:
    data: Mapping[str, Any] = interaction.data or {}
    return [str(value) for value in data.get("values", ())]


def _fields(interaction: Press) -> Iterator[tuple[str, str]]:
    """Yield each field and what was written, whether it stands in a row of its own or below a label."""
    data: Mapping[str, Any] = interaction.data or {}
    for row in data.get("components", ()):
        for field in row.get("components") or [row.get("component") or {}]:
            if "value" in field:
                yield str(field["custom_id"]), str(field["value"])


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
