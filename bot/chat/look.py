"""What a message looks like, as a value: wording is decided in `cards`, sending happens elsewhere."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from io import BytesIO
from typing import TypeAlias

import discord


class Action(StrEnum):
    """What a button under a job does; the name is part of its custom_id and must never change."""

    AGAIN = "again"
    PARAMS = "params"
    CANCEL = "cancel"
    LIGHTER = "lighter"


@dataclass(frozen=True, slots=True, kw_only=True)
class Button:
    """A button; `kind` names who answers its press (see `controls`), `rest` is about what."""

    kind: str
    rest: str
    label: str
    style: discord.ButtonStyle = discord.ButtonStyle.secondary
    emoji: str | None = None

    @property
    def custom_id(self) -> str:
        return f"{self.kind}:{self.rest}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Option:
    """A line of a menu."""

    label: str
    value: str
    description: str = ""
    emoji: str | None = None
    chosen: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Menu:
    """A select, in a row of its own; `most` of its options can be chosen at once."""

    kind: str
    rest: str
    hint: str
    options: Sequence[Option]
    least: int = 1
    most: int = 1

    @property
    def custom_id(self) -> str:
        return f"menu:{self.kind}:{self.rest}"


Control: TypeAlias = "Button | Menu"


@dataclass(frozen=True, slots=True, kw_only=True)
class Field:
    """A text field of a form; `name` is how its handler gets it."""

    name: str
    label: str
    value: str = ""
    hint: str = ""
    long: bool = False
    required: bool = False
    most: int = 4000


@dataclass(frozen=True, slots=True, kw_only=True)
class Form:
    """A modal of at most five fields; who takes it is said by its `kind`, so it survives a restart."""

    kind: str
    rest: str
    title: str
    fields: Sequence[Field]

    @property
    def custom_id(self) -> str:
        return f"form:{self.kind}:{self.rest}"

    def modal(self) -> discord.ui.Modal:
        """Return the modal to open; its answer is taken by `controls`, not by this object."""
        modal = discord.ui.Modal(title=self.title, custom_id=self.custom_id)
        for one in self.fields:
            modal.add_item(_text_input(one))
        modal.stop()  # discord.py would keep it, and call it instead of us
        return modal


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
    buttons: Sequence[Control] = ()

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
            view.add_item(_item(button))
        view.stop()  # discord.py would keep every view that still listens, and with it each message ever sent
        return view


def _file(attached: Attached) -> discord.File:
    return discord.File(BytesIO(attached.content), filename=attached.name, description=attached.alt or None)


def _item(control: Control) -> discord.ui.Item[discord.ui.View]:
    match control:
        case Button():
            return discord.ui.Button(
                style=control.style, label=control.label, emoji=control.emoji, custom_id=control.custom_id
            )
        case Menu():
            return discord.ui.Select(
                custom_id=control.custom_id,
                placeholder=control.hint,
                min_values=control.least,
                max_values=control.most,
                options=[_option(option) for option in control.options],
            )


def _option(option: Option) -> discord.SelectOption:
    return discord.SelectOption(
        label=option.label,
        value=option.value,
        description=option.description or None,
        emoji=option.emoji,
        default=option.chosen,
    )


def _text_input(field: Field) -> discord.ui.TextInput[discord.ui.Modal]:
    return discord.ui.TextInput(
        label=field.label,
        custom_id=field.name,
        style=discord.TextStyle.paragraph if field.long else discord.TextStyle.short,
        default=field.value or None,
        placeholder=field.hint or None,
        required=field.required,
        max_length=field.most,
    )
