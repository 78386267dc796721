"""Synced application commands: what a PUT may contain and what a person finds behind the slash."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import IntEnum
from typing import Any

from bot.sandbox.discord.errors import Form
from bot.sandbox.discord.model import Json
from bot.sandbox.discord.permissions import Permission


class CommandKind(IntEnum):
    CHAT_INPUT = 1
    USER = 2
    MESSAGE = 3


class OptionKind(IntEnum):
    SUB_COMMAND = 1
    SUB_COMMAND_GROUP = 2
    STRING = 3
    INTEGER = 4
    BOOLEAN = 5
    USER = 6
    CHANNEL = 7
    ROLE = 8
    MENTIONABLE = 9
    NUMBER = 10
    ATTACHMENT = 11


NESTING = {OptionKind.SUB_COMMAND, OptionKind.SUB_COMMAND_GROUP}
NUMERIC = {OptionKind.INTEGER, OptionKind.NUMBER}
MOST_OF_A_KIND = {CommandKind.CHAT_INPUT: 100, CommandKind.USER: 15, CommandKind.MESSAGE: 15}
NAME = re.compile(r"^[-_'\w]{1,32}$")
COMMAND_KEYS = frozenset(
    [
        "id",
        "name",
        "name_localizations",
        "description",
        "description_localizations",
        "options",
        "default_member_permissions",
        "dm_permission",
        "default_permission",
        "integration_types",
        "contexts",
        "type",
        "nsfw",
        "handler",
    ]
)
OPTION_KEYS = frozenset(
    [
        "type",
        "name",
        "name_localizations",
        "description",
        "description_localizations",
        "required",
        "choices",
        "options",
        "channel_types",
        "min_value",
        "max_value",
        "min_length",
        "max_length",
        "autocomplete",
    ]
)


@dataclass(frozen=True, slots=True)
class Choice:
    name: str
    value: str | int | float


@dataclass(frozen=True, slots=True, kw_only=True)
class Option:
    kind: OptionKind
    name: str
    description: str
    required: bool
    autocomplete: bool
    choices: tuple[Choice, ...]
    options: "tuple[Option, ...]"
    channel_types: tuple[int, ...]
    minimum: float | None
    maximum: float | None

    @classmethod
    def parse(cls, raw: Json) -> "Option":
        kind = OptionKind(raw["type"])
        low, high = ("min_value", "max_value") if kind in NUMERIC else ("min_length", "max_length")
        return cls(
            kind=kind,
            name=raw["name"],
            description=raw["description"],
            required=bool(raw.get("required")),
            autocomplete=bool(raw.get("autocomplete")),
            choices=tuple(Choice(choice["name"], choice["value"]) for choice in raw.get("choices") or ()),
            options=tuple(cls.parse(nested) for nested in raw.get("options") or ()),
            channel_types=tuple(raw.get("channel_types") or ()),
            minimum=raw.get(low),
            maximum=raw.get(high),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Command:
    id: int
    version: int
    guild_id: int | None
    kind: CommandKind
    name: str
    description: str
    options: tuple[Option, ...]
    needs: Permission | None
    nsfw: bool
    raw: Json

    @classmethod
    def parse(cls, raw: Json, *, command_id: int, version: int, guild_id: int | None) -> "Command":
        needs = raw.get("default_member_permissions")
        return cls(
            id=command_id,
            version=version,
            guild_id=guild_id,
            kind=kind_of(raw),
            name=raw["name"],
            description=raw.get("description") or "",
            options=tuple(Option.parse(option) for option in raw.get("options") or ()),
            needs=None if needs is None else Permission(int(needs)),
            nsfw=bool(raw.get("nsfw")),
            raw=raw,
        )

    @property
    def paths(self) -> dict[str, tuple[Option, ...]]:
        """What can be typed, `queue show` and the like, and the options each takes."""
        return dict(_paths(self.name, self.options))


def _paths(prefix: str, options: tuple[Option, ...]) -> Iterator[tuple[str, tuple[Option, ...]]]:
    nested = [option for option in options if option.kind in NESTING]
    if not nested:
        yield prefix, options
    for option in nested:
        yield from _paths(f"{prefix} {option.name}", option.options)


def kind_of(raw: Json) -> CommandKind:
    return CommandKind(raw.get("type") or CommandKind.CHAT_INPUT)


def check_commands(commands: list[Json]) -> None:
    """Raise the form error that Discord would answer a PUT of these with."""
    form = Form()
    for kind, most in MOST_OF_A_KIND.items():
        if sum(kind_of(command) is kind for command in commands) > most:
            form.wrong((), "APPLICATION_COMMANDS_LIMIT_EXCEEDED", f"At most {most} commands of type {kind}.")
    seen: set[tuple[str, int]] = set()
    for index, command in enumerate(commands):
        key = (command.get("name", ""), kind_of(command))
        if key in seen:
            form.wrong((index, "name"), "APPLICATION_COMMANDS_DUPLICATE_NAME", "Command names must be unique")
        seen.add(key)
        _check_command(form, index, command)
    form.check()


def _check_command(form: Form, index: int, command: Json) -> None:
    if kind_of(command) is CommandKind.CHAT_INPUT:
        _check_named(form, (index,), command)
        _check_options(form, (index,), command.get("options") or [])
    else:
        form.length((index, "name"), command.get("name", ""), 1, 32)
        if command.get("description"):
            form.wrong((index, "description"), "APPLICATION_COMMAND_DESCRIPTION", "Must be empty here")
    if _characters(command) > 8000:
        form.wrong((index,), "APPLICATION_COMMAND_TOO_LARGE", "Command exceeds maximum size (8000)")


def _check_named(form: Form, path: tuple[str | int, ...], part: Json) -> None:
    name = str(part.get("name", ""))
    if not NAME.match(name) or name != name.lower():
        form.wrong((*path, "name"), "STRING_TYPE_REGEX", "String value did not match validation regex.")
    form.length((*path, "description"), part.get("description", ""), 1, 100)


def _check_options(form: Form, path: tuple[str | int, ...], options: list[Json]) -> None:
    form.count((*path, "options"), options, 0, 25)
    names = [option.get("name") for option in options]
    if len(set(names)) < len(names):
        form.wrong((*path, "options"), "APPLICATION_COMMAND_OPTIONS_NAME_ALREADY_EXISTS", "Names must differ")
    if _required_after_optional(options):
        message = "Required options must be placed before non-required options"
        form.wrong((*path, "options"), "APPLICATION_COMMAND_OPTIONS_REQUIRED_INVALID", message)
    for index, option in enumerate(options):
        _check_option(form, (*path, "options", index), option)


def _required_after_optional(options: list[Json]) -> bool:
    flags = [bool(option.get("required")) for option in options]
    return flags != sorted(flags, reverse=True)


def _check_option(form: Form, path: tuple[str | int, ...], option: Json) -> None:
    _check_named(form, path, option)
    kind = option.get("type")
    form.choice((*path, "type"), kind, {int(known) for known in OptionKind})
    choices: list[Json] = option.get("choices") or []
    form.count((*path, "choices"), choices, 0, 25)
    if choices and option.get("autocomplete"):
        form.wrong((*path, "autocomplete"), "APPLICATION_COMMAND_OPTIONS_CHOICES", "Not beside choices")
    for index, choice in enumerate(choices):
        _check_choice(form, (*path, "choices", index), choice)
    if kind in NESTING:
        _check_options(form, path, option.get("options") or [])


def _check_choice(form: Form, path: tuple[str | int, ...], choice: Json) -> None:
    form.length((*path, "name"), choice.get("name", ""), 1, 100)
    if isinstance(choice.get("value"), str):
        form.length((*path, "value"), choice["value"], 0, 100)


def check_choices(choices: list[Json]) -> None:
    """Give the answer to an autocomplete: at most 25, each with a name and a short value."""
    form = Form()
    form.count(("data", "choices"), choices, 0, 25)
    for index, choice in enumerate(choices):
        _check_choice(form, ("data", "choices", index), choice)
    form.check()


def _characters(part: Json) -> int:
    own = sum(len(str(part.get(key) or "")) for key in ("name", "description"))
    values = sum(
        len(str(choice.get("name"))) + len(str(choice.get("value"))) for choice in part.get("choices") or ()
    )
    return own + values + sum(_characters(option) for option in part.get("options") or ())


def unknown_keys(commands: list[Json]) -> list[str]:
    """Fields of a PUT that Discord does not know."""
    found: list[str] = []
    for command in commands:
        found += [f"command.{key}" for key in command.keys() - COMMAND_KEYS]
        found += _unknown_in_options(command.get("options") or [])
    return found


def _unknown_in_options(options: list[Any]) -> list[str]:
    found: list[str] = []
    for option in options:
        found += [f"option.{key}" for key in option.keys() - OPTION_KEYS]
        found += _unknown_in_options(option.get("options") or [])
    return found


class CommandBook:
    """All synced commands, global ones and those of single guilds."""

    def __init__(self) -> None:
        self._scopes: dict[int | None, dict[int, Command]] = {}
        self.creates_today: dict[int | None, int] = {}

    def of_scope(self, guild_id: int | None) -> list[Command]:
        return list(self._scopes.get(guild_id, {}).values())

    def replace(self, guild_id: int | None, commands: list[Command]) -> None:
        self._scopes[guild_id] = {command.id: command for command in commands}

    def visible_in(self, guild_id: int | None) -> list[Command]:
        """Tell what the client's menu offers there: the guild's own ones and the global ones."""
        return self.of_scope(guild_id) + (self.of_scope(None) if guild_id is not None else [])

    def find(self, name: str, guild_id: int, kind: CommandKind = CommandKind.CHAT_INPUT) -> Command | None:
        for command in self.visible_in(guild_id):
            if command.name == name and command.kind is kind:
                return command
        return None

    def same(self, guild_id: int | None, raw: Json) -> Command | None:
        """Give the command that this one of a PUT replaces."""
        for command in self.of_scope(guild_id):
            if (command.name, command.kind) == (raw["name"], kind_of(raw)):
                return command
        return None
