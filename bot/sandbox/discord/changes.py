"""What may happen in a Discord, one small class each; the gateway, the page and the tests listen to it."""

from dataclasses import dataclass
from typing import TypeAlias

from bot.sandbox.discord.interactions import Interaction
from bot.sandbox.discord.model import Channel, Emoji, Guild, Member, Message, Role, Thread, User


@dataclass(frozen=True, slots=True)
class MessageCreated:
    message: Message


@dataclass(frozen=True, slots=True)
class MessageUpdated:
    message: Message


@dataclass(frozen=True, slots=True)
class MessageDeleted:
    message: Message


@dataclass(frozen=True, slots=True)
class ReactionAdded:
    message: Message
    user: User
    emoji: Emoji


@dataclass(frozen=True, slots=True)
class ReactionRemoved:
    message: Message
    user: User
    emoji: Emoji


@dataclass(frozen=True, slots=True)
class ReactionsCleared:
    message: Message
    emoji: Emoji | None


@dataclass(frozen=True, slots=True)
class ChannelCreated:
    channel: Channel


@dataclass(frozen=True, slots=True)
class ChannelUpdated:
    channel: Channel


@dataclass(frozen=True, slots=True)
class ChannelDeleted:
    channel: Channel


@dataclass(frozen=True, slots=True)
class ThreadCreated:
    thread: Thread


@dataclass(frozen=True, slots=True)
class ThreadUpdated:
    thread: Thread


@dataclass(frozen=True, slots=True)
class ThreadDeleted:
    thread: Thread


@dataclass(frozen=True, slots=True)
class ThreadJoined:
    thread: Thread
    user: User


@dataclass(frozen=True, slots=True)
class GuildJoined:
    guild: Guild


@dataclass(frozen=True, slots=True)
class GuildLeft:
    guild: Guild


@dataclass(frozen=True, slots=True)
class MemberUpdated:
    member: Member


@dataclass(frozen=True, slots=True)
class RoleCreated:
    guild: Guild
    role: Role


@dataclass(frozen=True, slots=True)
class RoleUpdated:
    guild: Guild
    role: Role


@dataclass(frozen=True, slots=True)
class TypingStarted:
    channel: Channel
    user: User


@dataclass(frozen=True, slots=True)
class CommandsSynced:
    guild_id: int | None


@dataclass(frozen=True, slots=True)
class InteractionOpened:
    interaction: Interaction


@dataclass(frozen=True, slots=True)
class InteractionChanged:
    """Its state moved on; ephemeral messages of it are for `interaction.user` alone."""

    interaction: Interaction


@dataclass(frozen=True, slots=True)
class GatewayChanged:
    """A session began, was lost, resumed or ended."""

    session_id: str
    what: str


@dataclass(frozen=True, slots=True)
class RequestAnswered:
    """A request is over; status 0 stands for a connection torn down instead."""

    method: str
    path: str
    status: int


Change: TypeAlias = (
    MessageCreated
    | MessageUpdated
    | MessageDeleted
    | ReactionAdded
    | ReactionRemoved
    | ReactionsCleared
    | ChannelCreated
    | ChannelUpdated
    | ChannelDeleted
    | ThreadCreated
    | ThreadUpdated
    | ThreadDeleted
    | ThreadJoined
    | GuildJoined
    | GuildLeft
    | MemberUpdated
    | RoleCreated
    | RoleUpdated
    | TypingStarted
    | CommandsSynced
    | InteractionOpened
    | InteractionChanged
    | GatewayChanged
    | RequestAnswered
)
