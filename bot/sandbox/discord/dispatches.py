"""Which gateway event tells the bot of which change, and which intent it takes to hear it."""

from dataclasses import dataclass
from typing import TypeAlias

from bot.sandbox.discord import changes as c
from bot.sandbox.discord.intents import Intent
from bot.sandbox.discord.interactions import Interaction, InteractionKind
from bot.sandbox.discord.model import Channel, DirectChannel, Emoji, Guild, Json, Message, Role, Thread, User
from bot.sandbox.discord.payloads import (
    Payloads,
    channel_payload,
    emoji_payload,
    member_payload,
    role_payload,
    thread_payload,
    user_payload,
)
from bot.sandbox.discord.permissions import permissions_in
from bot.sandbox.discord.rules import Rules
from bot.sandbox.discord.world import World, now

Told: TypeAlias = "Dispatch | None"


@dataclass(frozen=True, slots=True, kw_only=True)
class Dispatch:
    """One event for every session with the intent; `without_content` for those that lack MESSAGE_CONTENT."""

    name: str
    intent: Intent | None
    payload: Json
    without_content: Json | None = None


class Dispatcher:
    def __init__(self, world: World, payloads: Payloads, rules: Rules) -> None:
        self._world = world
        self._payloads = payloads
        self._rules = rules

    def of(self, change: c.Change) -> list[Dispatch]:
        return [dispatch for dispatch in self._of(change) if dispatch is not None]

    def _of(self, change: c.Change) -> list[Told]:
        match change:
            case c.MessageCreated(message):
                return [self._message("MESSAGE_CREATE", message)]
            case c.MessageUpdated(message):
                return [self._message("MESSAGE_UPDATE", message)]
            case c.MessageDeleted(message):
                return [self._deleted(message)]
            case c.ReactionAdded(message, user, emoji):
                return [self._reaction("MESSAGE_REACTION_ADD", message, user, emoji)]
            case c.ReactionRemoved(message, user, emoji):
                return [self._reaction("MESSAGE_REACTION_REMOVE", message, user, emoji)]
            case c.ReactionsCleared(message, emoji):
                return [self._cleared(message, emoji)]
            case c.ThreadJoined(thread, user):
                return self._joined(thread, user)
            case c.TypingStarted(channel, user):
                return [self._typing(channel, user)]
            case c.InteractionOpened(interaction):
                return [
                    Dispatch(name="INTERACTION_CREATE", intent=None, payload=self.interaction(interaction))
                ]
            case _:
                return self._of_places(change)

    def _of_places(self, change: c.Change) -> list[Told]:
        match change:
            case c.ChannelCreated(channel):
                return [self._place("CHANNEL_CREATE", channel)]
            case c.ChannelUpdated(channel):
                return [self._place("CHANNEL_UPDATE", channel)]
            case c.ChannelDeleted(channel):
                return [self._place("CHANNEL_DELETE", channel)]
            case c.ThreadCreated(thread):
                return [self._place("THREAD_CREATE", thread, newly_created=True)]
            case c.ThreadUpdated(thread):
                return [self._place("THREAD_UPDATE", thread)]
            case c.ThreadDeleted(thread):
                gone = {key: channel_payload(thread)[key] for key in ("id", "guild_id", "parent_id", "type")}
                return [Dispatch(name="THREAD_DELETE", intent=Intent.GUILDS, payload=gone)]
            case _:
                return self._of_guilds(change)

    def _of_guilds(self, change: c.Change) -> list[Told]:
        match change:
            case c.GuildJoined(guild):
                return [self.guild_create(guild)]
            case c.GuildLeft(guild):
                return [Dispatch(name="GUILD_DELETE", intent=Intent.GUILDS, payload={"id": str(guild.id)})]
            case c.MemberUpdated(member) if member.user is self._world.bot:
                told = {**member_payload(member), "guild_id": str(member.guild.id)}
                return [Dispatch(name="GUILD_MEMBER_UPDATE", intent=None, payload=told)]
            case c.RoleCreated(guild, role):
                return [self._role("GUILD_ROLE_CREATE", guild, role)]
            case c.RoleUpdated(guild, role):
                return [self._role("GUILD_ROLE_UPDATE", guild, role)]
            case _:
                return []

    def _sees(self, channel: Channel) -> bool:
        """Tell whether the bot hears of what happens there; of direct messages only itself are told."""
        if isinstance(channel, DirectChannel):
            return False
        member = channel.guild.members.get(self._world.bot.id)
        return member is not None and bool(permissions_in(member, channel))

    def _message(self, name: str, message: Message) -> Told:
        if isinstance(message.channel, DirectChannel):
            return Dispatch(name=name, intent=Intent.DIRECT_MESSAGES, payload=self._payloads.message(message))
        if message.ephemeral or not self._sees(message.channel):
            return None
        told = self._payloads.message_event(message)
        bare = self.bared(message, told)
        return Dispatch(name=name, intent=Intent.GUILD_MESSAGES, payload=told, without_content=bare)

    def bared(self, message: Message, told: Json) -> Json:
        """Leave what a bot without MESSAGE_CONTENT may read: own messages and those that mention it."""
        bare = told if self._may_read(message) else without_content(told)
        replied = message.reply_to
        if replied is None or replied.deleted or self._may_read(replied):
            return bare
        return {**bare, "referenced_message": without_content(bare["referenced_message"])}

    def _may_read(self, message: Message) -> bool:
        return message.author is self._world.bot or self._world.bot in message.mentions

    def _deleted(self, message: Message) -> Told:
        if message.ephemeral or not self._sees(message.channel):
            return None
        return Dispatch(name="MESSAGE_DELETE", intent=Intent.GUILD_MESSAGES, payload=_where(message, "id"))

    def _reaction(self, name: str, message: Message, user: User, emoji: Emoji) -> Told:
        if not self._sees(message.channel):
            return None
        told = {
            **_where(message, "message_id"),
            "user_id": str(user.id),
            "emoji": emoji_payload(emoji),
            "type": 0,
            "burst": False,
        }
        if name == "MESSAGE_REACTION_ADD":
            told["member"] = member_payload(message.channel.guild.member(user))
            told["message_author_id"] = str(message.author.id)
        return Dispatch(name=name, intent=Intent.GUILD_MESSAGE_REACTIONS, payload=told)

    def _cleared(self, message: Message, emoji: Emoji | None) -> Told:
        told = _where(message, "message_id")
        if emoji is None:
            return Dispatch(
                name="MESSAGE_REACTION_REMOVE_ALL", intent=Intent.GUILD_MESSAGE_REACTIONS, payload=told
            )
        told["emoji"] = emoji_payload(emoji)
        return Dispatch(
            name="MESSAGE_REACTION_REMOVE_EMOJI", intent=Intent.GUILD_MESSAGE_REACTIONS, payload=told
        )

    def _place(self, name: str, channel: Channel, *, newly_created: bool = False) -> Told:
        """Every channel is told of, hidden ones too, but only the threads that the bot may look into."""
        if self._world.bot.id not in channel.guild.members:
            return None
        told = channel_payload(channel)
        if isinstance(channel, Thread):
            if not self._sees(channel):
                return None
            told = thread_payload(channel, viewer=self._world.bot)
        if newly_created:
            told["newly_created"] = True
        return Dispatch(name=name, intent=Intent.GUILDS, payload=told)

    @staticmethod
    def _role(name: str, guild: Guild, role: Role) -> Told:
        told = {"guild_id": str(guild.id), "role": role_payload(role)}
        return Dispatch(name=name, intent=Intent.GUILDS, payload=told)

    def _joined(self, thread: Thread, user: User) -> list[Told]:
        if user is not self._world.bot:
            return []
        told = {
            "id": str(thread.id),
            "guild_id": str(thread.guild.id),
            "member_count": len(thread.member_ids),
            "added_members": [
                {
                    "id": str(thread.id),
                    "user_id": str(user.id),
                    "join_timestamp": now().isoformat(),
                    "flags": 0,
                    "member": member_payload(thread.guild.member(user)),
                    "presence": None,
                }
            ],
        }
        appears = [self._place("THREAD_CREATE", thread)] if thread.is_private_thread else []
        return [*appears, Dispatch(name="THREAD_MEMBERS_UPDATE", intent=Intent.GUILDS, payload=told)]

    def _typing(self, channel: Channel, user: User) -> Told:
        if user is self._world.bot or not self._sees(channel):
            return None
        told = {
            "channel_id": str(channel.id),
            "guild_id": str(channel.guild.id),
            "user_id": str(user.id),
            "timestamp": int(now().timestamp()),
            "member": member_payload(channel.guild.member(user)),
        }
        return Dispatch(name="TYPING_START", intent=Intent.GUILD_MESSAGE_TYPING, payload=told)

    def interaction(self, interaction: Interaction) -> Json:
        channel, guild = interaction.channel, interaction.channel.guild
        bot = guild.members.get(self._world.bot.id)
        place = channel_payload(channel)
        member = guild.member(interaction.user)
        told: Json = {
            "id": str(interaction.id),
            "application_id": str(self._world.application_id),
            "type": int(interaction.kind),
            "token": interaction.token,
            "version": 1,
            "guild_id": str(guild.id),
            "guild": {"id": str(guild.id), "features": [], "locale": "en-US"},
            "guild_locale": "en-US",
            "locale": "en-US",
            "channel_id": str(channel.id),
            "channel": {**place, "permissions": str(int(permissions_in(member, channel)))},
            "member": self._payloads.member_in(member, channel),
            "app_permissions": str(int(permissions_in(bot, channel))) if bot else "0",
            "attachment_size_limit": self._rules.upload_limit,
            "authorizing_integration_owners": {"0": str(guild.id)},
            "context": 0,
            "entitlements": [],
            "data": interaction.data,
        }
        if interaction.source is not None and interaction.kind is not InteractionKind.COMMAND:
            told["message"] = self._payloads.message(interaction.source)
        return told

    def ready(self, session_id: str, resume_url: str) -> Dispatch:
        told: Json = {
            "v": 10,
            "user": {**user_payload(self._world.bot), "verified": True, "mfa_enabled": False, "email": None},
            "user_settings": {},
            "guilds": [{"id": str(guild.id), "unavailable": True} for guild in self.guilds()],
            "private_channels": [],
            "relationships": [],
            "presences": [],
            "guild_join_requests": [],
            "geo_ordered_rtc_regions": [],
            "auth": {},
            "session_id": session_id,
            "session_type": "normal",
            "resume_gateway_url": resume_url,
            "application": {"id": str(self._world.application_id), "flags": 1 << 23},
            "_trace": ["sandbox"],
        }
        return Dispatch(name="READY", intent=None, payload=told)

    def guild_create(self, guild: Guild) -> Dispatch:
        return Dispatch(name="GUILD_CREATE", intent=Intent.GUILDS, payload=self._payloads.guild_create(guild))

    def members(self, asked: Json) -> Dispatch:
        """Give the answer to op 8: the asked members in one chunk."""
        guild = self._world.guilds.get(int(asked.get("guild_id") or 0))
        members = guild.members if guild is not None else {}
        wanted = asked.get("user_ids")
        ids = list(members) if wanted is None else [int(user) for user in wanted]
        told: Json = {
            "guild_id": str(asked.get("guild_id")),
            "members": [member_payload(members[user]) for user in ids if user in members],
            "not_found": [str(user) for user in ids if user not in members],
            "chunk_index": 0,
            "chunk_count": 1,
            "nonce": asked.get("nonce"),
        }
        return Dispatch(name="GUILD_MEMBERS_CHUNK", intent=None, payload=told)

    def guilds(self) -> list[Guild]:
        return [guild for guild in self._world.guilds.values() if self._world.bot.id in guild.members]


def _where(message: Message, key: str) -> Json:
    return {
        key: str(message.id),
        "channel_id": str(message.channel.id),
        "guild_id": str(message.channel.guild.id),
    }


def without_content(told: Json) -> Json:
    """Tell what is left of somebody else's message for a bot without MESSAGE_CONTENT."""
    return {**told, "content": "", "embeds": [], "attachments": [], "components": []}
