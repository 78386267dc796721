"""One request on its way to a handler, and what each handler may ask of it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, cast

from bot.sandbox.discord.drafts import Upload
from bot.sandbox.discord.errors import refusal
from bot.sandbox.discord.model import Channel, Guild, Json, Member, Message, Thread, User
from bot.sandbox.discord.permissions import NOTHING, Permission, permissions_in

if TYPE_CHECKING:
    from bot.sandbox.discord.server import Hub


@dataclass(frozen=True, slots=True)
class Answer:
    status: int
    body: Json | list[Any] | None = None


DONE = Answer(204)


@dataclass(slots=True, kw_only=True)
class Call:
    hub: "Hub"
    params: Mapping[str, str]
    query: Mapping[str, str]
    body: Any = None
    uploads: dict[int, Upload] = field(default_factory=dict[int, Upload])

    def number(self, name: str) -> int:
        """Read a path parameter that must be a snowflake."""
        text = self.params[name]
        if not text.isdigit():
            raise refusal(10003)
        return int(text)

    def form(self, known: frozenset[str]) -> Json:
        """Read the body and record its unknown fields."""
        if self.body is None:
            return {}
        if not isinstance(self.body, dict):
            raise refusal(50109)
        form = cast(Json, self.body)
        for key in sorted(form.keys() - known):
            self.hub.violations.append(f"unknown field: {key}")
        return form

    @property
    def bot(self) -> User:
        return self.hub.world.bot

    def guild(self) -> Guild:
        guild = self.hub.world.guilds.get(self.number("guild_id"))
        if guild is None:
            raise refusal(10004)
        if self.bot.id not in guild.members:
            raise refusal(50001)
        return guild

    def channel(self) -> Channel:
        """Give the channel of the path, if the bot may look into it."""
        channel = self.hub.world.channels.get(self.number("channel_id"))
        if channel is None:
            raise refusal(10003)
        if not self.permissions(channel):
            raise refusal(50001)
        return channel

    def member(self, channel: Channel) -> Member | None:
        return channel.guild.members.get(self.bot.id)

    def permissions(self, channel: Channel) -> Permission:
        member = self.member(channel)
        return NOTHING if member is None else permissions_in(member, channel)

    def require(self, channel: Channel, needed: Permission) -> None:
        if needed not in self.permissions(channel):
            raise refusal(50013)

    def may(self, channel: Channel, wanted: Permission) -> bool:
        return wanted in self.permissions(channel)

    def message(self, channel: Channel) -> Message:
        message = channel.messages.get(self.number("message_id"))
        if message is None:
            raise refusal(10008)
        return message

    def require_room(self, guild: Guild) -> None:
        """Refuse one more active thread than a guild may have."""
        if len(guild.active_threads) >= self.hub.rules.max_active_threads:
            raise refusal(160006)

    def require_awake(self, channel: Channel) -> None:
        """Refuse archived threads; only a new message wakes them."""
        if isinstance(channel, Thread) and channel.archived:
            raise refusal(50083)


Handler = Callable[[Call], Answer]


@dataclass(frozen=True, slots=True, kw_only=True)
class Route:
    """`limit` names the bucket class; `webhook` routes need no Authorization and escape the global limit."""

    method: str
    path: str
    handler: Handler
    limit: str | None = None
    webhook: bool = False

    def major(self, params: Mapping[str, str]) -> str:
        """Give the part of the path that has a bucket of its own."""
        for name in ("webhook_token", "channel_id", "guild_id"):
            if name in params:
                return params[name]
        return ""
