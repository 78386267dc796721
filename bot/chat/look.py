"""What a message looks like, as a value: wording is decided in `cards`, sending happens elsewhere."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from io import BytesIO

import discord


class Action(StrEnum):
    """What a button under a job does; the name is part of its custom_id and must never change."""

    AGAIN = "again"
    PARAMS = "params"
    CANCEL = "cancel"


@dataclass(frozen=True, slots=True, kw_only=True)
class JobButton:
    """A button that carries its job in its custom_id, so that it works after any restart."""

    job: int
    action: Action
    label: str
    style: discord.ButtonStyle = discord.ButtonStyle.secondary
    emoji: str | None = None

    @property
    def custom_id(self) -> str:
        return f"job:{self.job}:{self.action}"


@dataclass(frozen=True, slots=True, kw_only=True)
class PageButton:
    """A button that shows another page of a list; `list` and `before` say which."""

    list: str
    before: int
    label: str

    @property
    def custom_id(self) -> str:
        return f"page:{self.list}:{self.before}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Attached:
    """A file of a message; `alt` is what a screen reader says."""

    name: str
    content: bytes
    alt: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """A whole message. Two equal looks are the same message: nothing needs to be sent."""

    content: str = ""
    title: str = ""
    text: str = ""
    colour: int | None = None
    footer: str = ""
    image: Attached | None = None
    files: Sequence[Attached] = ()
    buttons: Sequence[JobButton | PageButton] = ()

    def embeds(self) -> list[discord.Embed]:
        """Return the embed, or none if the look is content alone."""
        if not (self.title or self.text):
            return []
        embed = discord.Embed(title=self.title or None, description=self.text or None, colour=self.colour)
        if self.footer:
            embed.set_footer(text=self.footer)
        if self.image is not None:
            embed.set_image(url=f"attachment://{self.image.name}")
        return [embed]

    def uploads(self) -> list[discord.File]:
        """Return fresh file objects; each can be sent once."""
        attached = [*self.files, *([self.image] if self.image else [])]
        return [_file(one) for one in attached]

    def view(self) -> discord.ui.View | None:
        """Return the buttons; who answers them is registered with the client, not with this view."""
        if not self.buttons:
            return None
        view = discord.ui.View(timeout=None)
        for button in self.buttons:
            view.add_item(_button(button))
        view.stop()  # discord.py would keep every view that still listens, and with it each message ever sent
        return view


def _file(attached: Attached) -> discord.File:
    return discord.File(BytesIO(attached.content), filename=attached.name, description=attached.alt or None)


def _button(button: JobButton | PageButton) -> discord.ui.Button[discord.ui.View]:
    match button:
        case JobButton():
            return discord.ui.Button(
                style=button.style, label=button.label, emoji=button.emoji, custom_id=button.custom_id
            )
        case PageButton():
            return discord.ui.Button(label=button.label, custom_id=button.custom_id)
