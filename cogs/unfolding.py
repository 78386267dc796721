"""Options that belong together: a class in a command's signature, of which Discord shows every field."""

import inspect
from collections.abc import Callable, Coroutine, Iterable, Iterator, Sequence
from dataclasses import MISSING, Field, dataclass, field, fields
from functools import wraps
from typing import Any, TypeVar, dataclass_transform

import discord
from discord import app_commands

from bot.chat.choices import Choice

T = TypeVar("T")
Offers = Callable[[discord.Interaction[Any], str], Coroutine[Any, Any, list[Choice]]]
Choices = Sequence[app_commands.Choice[str]]
Command = Callable[..., Coroutine[Any, Any, None]]

_OPTIONS = "_options_"
"""Stands on a class whose fields are options."""
_SAID = "said"
_OFFERS = "offers"
_CHOICES = "choices"


def option(
    said: str, *, default: object = None, offers: Offers | None = None, choices: Choices | None = None
) -> Any:  # noqa: ANN401 - as dataclasses.field
    """Say of a field what Discord is to say of it, what is offered to whoever types, or what there is."""
    return field(default=default, metadata={_SAID: said, _OFFERS: offers, _CHOICES: choices})


def needed(said: str, *, offers: Offers | None = None) -> Any:  # noqa: ANN401 - as dataclasses.field
    """Say the same of a field that the command cannot be called without."""
    return option(said, default=MISSING, offers=offers)


@dataclass_transform(kw_only_default=True, frozen_default=True, field_specifiers=(option, needed))
def options(kind: type[T]) -> type[T]:
    """Make a class whose fields are options of every command that takes one of it."""
    made = dataclass(frozen=True, slots=True, kw_only=True)(kind)
    setattr(made, _OPTIONS, fields(made))  # pyright: ignore[reportArgumentType] - it has just become a dataclass
    return made


def unfolded(answer: Command) -> Command:
    """Make a command's callback that takes, in place of each class of options, the fields of it."""
    itself, interaction, *given = inspect.signature(answer).parameters.values()
    folded = {one.name: one.annotation for one in given if _fields(one.annotation)}

    @wraps(answer)
    async def callback(
        self: object,
        asked: discord.Interaction[Any],
        **said: Any,  # noqa: ANN401 - discord.py has held each against its option's type
    ) -> None:
        for name, kind in folded.items():
            said[name] = kind(**{each.name: said.pop(each.name) for each in _fields(kind)})
        await answer(self, asked, **said)

    shown = [itself, interaction, *(each for one in given for each in _shown(one))]
    callback.__signature__ = inspect.Signature(shown)  # pyright: ignore[reportAttributeAccessIssue] - where discord.py looks for options
    every = [each for kind in folded.values() for each in _fields(kind)]
    app_commands.describe(**_told(every, _SAID))(callback)
    app_commands.autocomplete(**_told(every, _OFFERS))(callback)
    return app_commands.choices(**_told(every, _CHOICES))(callback)


def _told(every: Iterable[Field[Any]], mark: str) -> dict[str, Any]:
    return {each.name: each.metadata[mark] for each in every if each.metadata[mark] is not None}


def _fields(kind: object) -> tuple[Field[Any], ...]:
    return getattr(kind, _OPTIONS, ())


def _shown(one: inspect.Parameter) -> Iterator[inspect.Parameter]:
    """Yield what Discord is shown for a parameter; by keyword, so that what is needed may stand anywhere."""
    by_keyword = inspect.Parameter.KEYWORD_ONLY
    unfolded_ones = _fields(one.annotation)
    if not unfolded_ones:
        yield one.replace(kind=by_keyword)
    for each in unfolded_ones:
        default = inspect.Parameter.empty if each.default is MISSING else each.default
        yield inspect.Parameter(each.name, by_keyword, default=default, annotation=each.type)
