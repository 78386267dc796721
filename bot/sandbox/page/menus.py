"""What a person finds behind the slash, one entry for each thing that can be typed."""

from collections.abc import Iterator
from typing import NamedTuple

from bot.sandbox.discord import Command, CommandKind, Member, Option, OptionKind, Permission, World
from bot.sandbox.discord.model import Json
from bot.sandbox.discord.permissions import guild_permissions
from bot.sandbox.page.views import people_of

_KINDS = {CommandKind.CHAT_INPUT: "slash", CommandKind.USER: "user", CommandKind.MESSAGE: "message"}
_NESTING = {OptionKind.SUB_COMMAND, OptionKind.SUB_COMMAND_GROUP}


class Typed(NamedTuple):
    path: str
    description: str
    options: tuple[Option, ...]


def command_views(world: World) -> list[Json]:
    """List all synced commands, subcommands apart."""
    return [
        _view(world, command, typed)
        for command in world.commands.visible_in(world.guild.id)
        for typed in _typed(command.name, command.description, command.options)
    ]


def _typed(path: str, description: str, options: tuple[Option, ...]) -> Iterator[Typed]:
    nested = [option for option in options if option.kind in _NESTING]
    if not nested:
        yield Typed(path, description, options)
    for option in nested:
        yield from _typed(f"{path} {option.name}", option.description, option.options)


def _view(world: World, command: Command, typed: Typed) -> Json:
    members = [world.guild.member(user) for user in people_of(world)]
    return {
        "kind": _KINDS[command.kind],
        "name": command.name,
        "path": typed.path,
        "description": typed.description,
        "options": [_option(option) for option in typed.options],
        "hidden_from": [str(member.user.id) for member in members if not _is_offered(command, member)],
    }


def _is_offered(command: Command, member: Member) -> bool:
    held = guild_permissions(member)
    if command.needs is None:
        return True
    return command.needs in held if command.needs else Permission.ADMINISTRATOR in held


def _option(option: Option) -> Json:
    return {
        "kind": option.kind.name.lower(),
        "name": option.name,
        "description": option.description,
        "required": option.required,
        "autocomplete": option.autocomplete,
        "choices": [{"name": choice.name, "value": choice.value} for choice in option.choices],
        "channel_types": list(option.channel_types),
        "minimum": option.minimum,
        "maximum": option.maximum,
    }
