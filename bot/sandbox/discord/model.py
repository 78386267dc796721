"""The things a Discord is made of, as plain typed values that tests and the demo page may read."""

from bisect import bisect_left, insort
from dataclasses import dataclass, field
from datetime import datetime
from enum import IntEnum, IntFlag
from typing import Any, Self, TypeAlias

from bot.sandbox.discord.permissions import NOTHING, Permission
from bot.sandbox.discord.snowflake import moment_of

Json: TypeAlias = dict[str, Any]


class ChannelKind(IntEnum):
    TEXT = 0
    DIRECT = 1
    CATEGORY = 4
    ANNOUNCEMENT = 5
    PUBLIC_THREAD = 11
    PRIVATE_THREAD = 12
    FORUM = 15


class MessageKind(IntEnum):
    DEFAULT = 0
    THREAD_CREATED = 18
    REPLY = 19
    CHAT_INPUT_COMMAND = 20
    THREAD_STARTER_MESSAGE = 21
    CONTEXT_MENU_COMMAND = 23


class MessageFlag(IntFlag):
    SUPPRESS_EMBEDS = 1 << 2
    HAS_THREAD = 1 << 5
    EPHEMERAL = 1 << 6
    LOADING = 1 << 7
    SUPPRESS_NOTIFICATIONS = 1 << 12
    IS_COMPONENTS_V2 = 1 << 15


NO_FLAGS = MessageFlag(0)


@dataclass(slots=True, kw_only=True, eq=False)
class User:
    id: int
    name: str
    display_name: str
    bot: bool = False

    @property
    def mention(self) -> str:
        return f"<@{self.id}>"


@dataclass(slots=True, kw_only=True, eq=False)
class Role:
    id: int
    name: str
    permissions: Permission = NOTHING
    position: int = 0
    mentionable: bool = False


@dataclass(slots=True, kw_only=True, eq=False)
class Member:
    user: User
    guild: "Guild" = field(repr=False)
    role_ids: set[int] = field(default_factory=set[int])
    joined_at: datetime


@dataclass(slots=True, kw_only=True)
class Overwrite:
    target_id: int
    of_member: bool
    allow: Permission = NOTHING
    deny: Permission = NOTHING


@dataclass(slots=True, kw_only=True)
class Tag:
    id: int
    name: str
    moderated: bool = False
    emoji: str | None = None


@dataclass(slots=True, kw_only=True, eq=False)
class Channel:
    id: int
    guild: "Guild" = field(repr=False)
    name: str
    kind: ChannelKind
    position: int = 0
    topic: str | None = None
    nsfw: bool = False
    parent_id: int | None = None
    slowmode_s: int = 0
    default_auto_archive_minutes: int = 1440
    overwrites: dict[int, Overwrite] = field(default_factory=dict[int, Overwrite], repr=False)
    tags: list[Tag] = field(default_factory=list[Tag])
    require_tag: bool = False
    messages: dict[int, "Message"] = field(default_factory=dict[int, "Message"], repr=False)
    message_ids: list[int] = field(default_factory=list[int], repr=False)
    last_message_id: int | None = None

    @property
    def home(self) -> "Channel":
        """The channel whose permission table counts."""
        return self

    @property
    def is_private_thread(self) -> bool:
        return self.kind is ChannelKind.PRIVATE_THREAD

    @property
    def thread_members(self) -> set[int]:
        return set()

    @property
    def history(self) -> list["Message"]:
        """All messages, oldest first."""
        return [self.messages[message_id] for message_id in self.message_ids]

    def keep(self, message: "Message") -> None:
        self.messages[message.id] = message
        insort(self.message_ids, message.id)
        self.last_message_id = self.message_ids[-1]

    def forget(self, message: "Message") -> None:
        del self.messages[message.id]
        del self.message_ids[bisect_left(self.message_ids, message.id)]


@dataclass(slots=True, kw_only=True, eq=False)
class Thread(Channel):
    parent: Channel = field(repr=False)
    owner_id: int
    archived: bool = False
    locked: bool = False
    invitable: bool = True
    auto_archive_minutes: int = 1440
    archive_moment: datetime
    applied_tags: list[int] = field(default_factory=list[int])
    member_ids: set[int] = field(default_factory=set[int])
    message_count: int = 0
    total_messages: int = 0

    @property
    def home(self) -> Channel:
        return self.parent

    @property
    def thread_members(self) -> set[int]:
        return self.member_ids


@dataclass(slots=True, kw_only=True, eq=False)
class DirectChannel(Channel):
    """The bot and one person. Its guild is nobody's: a table of who may do what here, told to no one."""

    recipient: User


@dataclass(slots=True, kw_only=True, eq=False)
class Guild:
    id: int
    name: str
    owner_id: int
    roles: dict[int, Role] = field(default_factory=dict[int, Role], repr=False)
    members: dict[int, Member] = field(default_factory=dict[int, Member], repr=False)
    channels: dict[int, Channel] = field(default_factory=dict[int, Channel], repr=False)
    threads: dict[int, Thread] = field(default_factory=dict[int, Thread], repr=False)
    premium_tier: int = 0

    def channel(self, name: str) -> Channel:
        return next(channel for channel in self.channels.values() if channel.name == name)

    def thread(self, name: str) -> Thread:
        return next(thread for thread in self.threads.values() if thread.name == name)

    def member(self, user: User) -> Member:
        return self.members[user.id]

    @property
    def active_threads(self) -> list[Thread]:
        return [thread for thread in self.threads.values() if not thread.archived]


@dataclass(slots=True, kw_only=True, eq=False)
class Attachment:
    id: int
    channel_id: int
    filename: str
    content_type: str
    data: bytes = field(repr=False)
    description: str | None = None
    width: int | None = None
    height: int | None = None
    ephemeral: bool = False

    @property
    def size(self) -> int:
        return len(self.data)


@dataclass(frozen=True, slots=True)
class Emoji:
    """A standard emoji is only its name; a guild's own one also has an id."""

    name: str
    id: int | None = None

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read `🔁`, `name:123` and `<:name:123>`."""
        name, _, number = text.strip("<>").removeprefix("a:").removeprefix(":").partition(":")
        return cls(name, int(number)) if number.isdigit() else cls(text)

    @property
    def looks_real(self) -> bool:
        return self.id is not None or not self.name.isascii() or self.name[-1:] == "\u20e3"


@dataclass(slots=True, kw_only=True, eq=False)
class Reaction:
    emoji: Emoji
    users: dict[int, User] = field(default_factory=dict[int, User])


@dataclass(frozen=True, slots=True, kw_only=True)
class Cause:
    """The interaction that a message answers, as `interaction_metadata` tells it."""

    interaction_id: int
    kind: int
    user: User
    command_name: str | None = None
    interacted_message_id: int | None = None
    target_message_id: int | None = None
    original_response_id: int | None = None
    before: "Cause | None" = None


@dataclass(slots=True, kw_only=True, eq=False)
class Message:
    id: int
    channel: Channel = field(repr=False)
    author: User
    kind: MessageKind = MessageKind.DEFAULT
    content: str = ""
    embeds: list[Json] = field(default_factory=list[Json])
    components: list[Json] = field(default_factory=list[Json], repr=False)
    attachments: list[Attachment] = field(default_factory=list[Attachment])
    reactions: dict[Emoji, Reaction] = field(default_factory=dict[Emoji, Reaction])
    flags: MessageFlag = NO_FLAGS
    tts: bool = False
    nonce: int | str | None = None
    edited_at: datetime | None = None
    pinned: bool = False
    reply_to: "Message | None" = field(default=None, repr=False)
    by_webhook: bool = False
    cause: Cause | None = None
    mentions: list[User] = field(default_factory=list[User])
    mention_roles: list[int] = field(default_factory=list[int])
    mentions_everyone: bool = False
    visible_to: User | None = None
    thread: Thread | None = field(default=None, repr=False)
    deleted: bool = False

    @property
    def created_at(self) -> datetime:
        return moment_of(self.id)

    @property
    def ephemeral(self) -> bool:
        return self.visible_to is not None

    @property
    def loading(self) -> bool:
        return MessageFlag.LOADING in self.flags

    @property
    def controls(self) -> list[Json]:
        """Every button and select, also inside containers."""
        return [part for part in _flattened(self.components) if part["type"] in {2, 3, 5, 6, 7, 8}]

    @property
    def text(self) -> str:
        """All that can be read in it, for a search in a test: content, embeds and text displays."""
        shown = [self.content, *(text for embed in self.embeds for text in _texts(embed))]
        shown += [part["content"] for part in _flattened(self.components) if part["type"] == 10]
        return "\n".join(piece for piece in shown if piece)

    def control(self, custom_id_or_label: str) -> Json:
        for part in self.controls:
            if custom_id_or_label in {part.get("custom_id"), part.get("label")}:
                return part
        offered = [part.get("label") or part.get("custom_id") for part in self.controls]
        raise LookupError(f"no control {custom_id_or_label!r} on message {self.id}; there is {offered}")


def _flattened(components: list[Json]) -> list[Json]:
    found: list[Json] = []
    for part in components:
        nested: list[Json] = [
            *part.get("components", ()),
            *(part[key] for key in ("accessory",) if key in part),
        ]
        found += [part, *_flattened(nested)]
    return found


def _texts(embed: Json) -> list[str]:
    fields: list[Json] = embed.get("fields", [])
    return [
        embed.get("author", {}).get("name", ""),
        embed.get("title") or "",
        embed.get("description") or "",
        *(f"{line['name']}: {line['value']}" for line in fields),
        embed.get("footer", {}).get("text", ""),
    ]
