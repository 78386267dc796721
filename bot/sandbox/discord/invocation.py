"""From what a person types behind the slash to a command with typed options, as Discord's client does it."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TypeAlias

from bot.sandbox.discord.commands import NUMERIC, Command, CommandBook, CommandKind, Option, OptionKind
from bot.sandbox.discord.errors import NotPossible
from bot.sandbox.discord.model import Channel, Guild, Json, Role, User

Value: TypeAlias = str | int | float | bool | Channel | User | Role
Uploaded: TypeAlias = tuple[str, bytes]


@dataclass(frozen=True, slots=True, kw_only=True)
class Invocation:
    """`path` is what is typed, subcommands included; `options` holds typed values by name."""

    command: Command
    path: str
    options: Mapping[str, Value]
    offered: tuple[Option, ...]

    def option(self, name: str) -> Option:
        return _known(self.path, self.offered, name)


def find_command(book: CommandBook, guild: Guild, path: str) -> tuple[Command, tuple[Option, ...]]:
    """Give the synced command for a path such as `queue show`, and the options it takes."""
    command = book.find(path.split(maxsplit=1)[0], guild.id)
    if command is None:
        synced = sorted(name for known in book.visible_in(guild.id) for name in known.paths)
        raise NotPossible(f"there is no command /{path}; synced are: {', '.join(synced) or 'none'}")
    if path not in command.paths:
        raise NotPossible(f"/{command.name} continues with one of: {', '.join(command.paths)}")
    return command, command.paths[path]


def parse_invocation(book: CommandBook, guild: Guild, text: str) -> Invocation:
    """Read `/generate prompt:a heron, rain count:2`; a value ends where the next known option begins."""
    words = text.strip().removeprefix("/").split()
    if not words:
        raise NotPossible("write a command, for example /help")
    path = _longest_path(book, guild, words)
    command, offered = find_command(book, guild, path)
    rest = text.strip().removeprefix("/")
    for word in path.split():
        rest = rest.strip().removeprefix(word)
    written = _split(path, rest, offered)
    options = {
        name: read_value(path, _known(path, offered, name), raw, guild) for name, raw in written.items()
    }
    return Invocation(command=command, path=path, options=options, offered=offered)


def _longest_path(book: CommandBook, guild: Guild, words: list[str]) -> str:
    paths = {
        path
        for command in book.visible_in(guild.id)
        if command.kind is CommandKind.CHAT_INPUT
        for path in command.paths
    }
    for length in (3, 2, 1):
        path = " ".join(words[:length])
        if path in paths:
            return path
    return words[0]


def _split(path: str, text: str, offered: tuple[Option, ...]) -> dict[str, str]:
    names = "|".join(re.escape(option.name) for option in offered)
    marks = list(re.finditer(rf"(?:^|(?<=\s))({names}):", text)) if names else []
    marks = [mark for index, mark in enumerate(marks) if mark[1] not in {other[1] for other in marks[:index]}]
    before = text[: marks[0].start()] if marks else text
    if before.strip():
        listed = ", ".join(f"{option.name}:" for option in offered) or "nothing"
        raise NotPossible(f"/{path} does not understand {before.strip()!r}; it takes {listed}")
    ends = [mark.start() for mark in marks[1:]] + [len(text)]
    return {mark[1]: text[mark.end() : end].strip() for mark, end in zip(marks, ends, strict=False)}


def _known(path: str, offered: tuple[Option, ...], name: str) -> Option:
    for option in offered:
        if option.name == name:
            return option
    raise NotPossible(
        f"/{path} has no option {name}; it takes {', '.join(o.name for o in offered) or 'none'}"
    )


def read_value(path: str, option: Option, raw: Value, guild: Guild) -> Value:
    """Give a value as the client would send it: typed, inside its range, one of the choices."""
    if option.choices:
        return _chosen(path, option, raw)
    match option.kind:
        case OptionKind.INTEGER | OptionKind.NUMBER:
            value = _number(path, option, raw)
        case OptionKind.BOOLEAN:
            value = _truth(path, option, raw)
        case OptionKind.CHANNEL:
            value = raw if isinstance(raw, Channel) else _channel(path, option, str(raw), guild)
        case OptionKind.USER | OptionKind.MENTIONABLE:
            value = raw if isinstance(raw, User) else _user(path, option, str(raw), guild)
        case OptionKind.ROLE:
            value = raw if isinstance(raw, Role) else _role(path, option, str(raw), guild)
        case OptionKind.ATTACHMENT:
            raise NotPossible(f"/{path} {option.name}: a file is attached, not written")
        case _:
            value = str(raw)
    _check_range(path, option, value)
    return value


def _chosen(path: str, option: Option, raw: Value) -> Value:
    for choice in option.choices:
        if str(raw) in {choice.name, str(choice.value)}:
            return choice.value
    raise NotPossible(f"/{path} {option.name}: choose one of {', '.join(c.name for c in option.choices)}")


def _number(path: str, option: Option, raw: Value) -> int | float:
    try:
        return int(str(raw)) if option.kind is OptionKind.INTEGER else float(str(raw))
    except ValueError:
        raise NotPossible(f"/{path} {option.name}: {raw!r} is not a number of that kind") from None


def _truth(path: str, option: Option, raw: Value) -> bool:
    if str(raw).lower() not in {"true", "false"}:
        raise NotPossible(f"/{path} {option.name}: write True or False")
    return str(raw).lower() == "true"


def _check_range(path: str, option: Option, value: Value) -> None:
    if option.kind in NUMERIC and isinstance(value, int | float):
        size = float(value)
    elif option.kind is OptionKind.STRING:
        size = len(str(value))
    else:
        return
    low = option.minimum if option.minimum is not None else float("-inf")
    high = (
        option.maximum if option.maximum is not None else (float("inf") if option.kind in NUMERIC else 6000)
    )
    if not low <= size <= high:
        raise NotPossible(f"/{path} {option.name}: must be between {low:.16g} and {high:.16g}")


def _channel(path: str, option: Option, raw: str, guild: Guild) -> Channel:
    wanted = raw.strip("<>#")
    for channel in [*guild.channels.values(), *guild.threads.values()]:
        if wanted in {channel.name, str(channel.id)}:
            return channel
    raise NotPossible(f"/{path} {option.name}: there is no channel {raw}")


def _user(path: str, option: Option, raw: str, guild: Guild) -> User:
    wanted = raw.strip("<>@!")
    for member in guild.members.values():
        if wanted in {member.user.name, member.user.display_name, str(member.user.id)}:
            return member.user
    raise NotPossible(f"/{path} {option.name}: there is nobody called {raw}")


def _role(path: str, option: Option, raw: str, guild: Guild) -> Role:
    wanted = raw.strip("<>@&")
    for role in guild.roles.values():
        if wanted in {role.name, str(role.id)}:
            return role
    raise NotPossible(f"/{path} {option.name}: there is no role {raw}")


def nested(path: str, options: list[Json]) -> list[Json]:
    """Wrap options into the subcommands of a path, as an interaction carries them."""
    names = path.split()[1:]
    for depth, name in enumerate(reversed(names)):
        kind = OptionKind.SUB_COMMAND if depth == 0 else OptionKind.SUB_COMMAND_GROUP
        options = [{"type": int(kind), "name": name, "options": options}]
    return options
