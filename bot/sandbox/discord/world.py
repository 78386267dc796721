"""The state of a Discord: every change goes through here and is told to all listeners."""

import asyncio
from collections.abc import Callable, Iterable
from datetime import UTC, datetime
from types import TracebackType
from typing import Self

from bot.sandbox.discord.changes import (
    Change,
    ChannelCreated,
    ChannelDeleted,
    ChannelUpdated,
    GuildJoined,
    GuildLeft,
    MemberUpdated,
    MessageCreated,
    MessageDeleted,
    MessageUpdated,
    ReactionAdded,
    ReactionRemoved,
    ReactionsCleared,
    RoleCreated,
    RoleUpdated,
    ThreadCreated,
    ThreadDeleted,
    ThreadJoined,
    ThreadUpdated,
)
from bot.sandbox.discord.commands import CommandBook
from bot.sandbox.discord.interactions import Interaction
from bot.sandbox.discord.model import (
    Channel,
    ChannelKind,
    DirectChannel,
    Emoji,
    Guild,
    Member,
    Message,
    MessageFlag,
    Overwrite,
    Reaction,
    Role,
    Tag,
    Thread,
    User,
)
from bot.sandbox.discord.permissions import EVERYONE, NOTHING, Permission
from bot.sandbox.discord.snowflake import Snowflakes

Listener = Callable[[Change], None]


class Subscription:
    """Every change since it was made, one after the other; close it or use it as a context."""

    def __init__(self, world: "World") -> None:
        self._changes: asyncio.Queue[Change] = asyncio.Queue()
        self._unlisten = world.listen(self._changes.put_nowait)

    async def get(self) -> Change:
        return await self._changes.get()

    def close(self) -> None:
        self._unlisten()

    def __aiter__(self) -> Self:
        return self

    async def __anext__(self) -> Change:
        return await self.get()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


class World:
    """Guilds, channels, people and commands; effects, not permissions: those are the wire's business."""

    def __init__(self, *, bot_name: str = "Genga") -> None:
        self.snowflakes = Snowflakes()
        self.users: dict[int, User] = {}
        self.guilds: dict[int, Guild] = {}
        self.channels: dict[int, Channel] = {}
        self.interactions: dict[int, Interaction] = {}
        self.closed_to_bots: set[int] = set()
        """Who takes no direct messages."""
        self.commands = CommandBook()
        self._listeners: list[Listener] = []
        self.bot = self.add_user(bot_name, bot=True)
        self.application_id = self.bot.id

    @classmethod
    def sandbox(cls) -> Self:
        """One guild with four channels, an artist and a director."""
        world = cls()
        guild = world.add_guild("Genga sandbox")
        world.add_member(guild, world.bot, permissions=BOT_ROLE)
        for name in ("general", "gallery"):
            world.add_channel(guild, name)
        world.add_channel(guild, "projects", kind=ChannelKind.FORUM)
        world.add_channel(guild, "admin")
        world.add_person("artist", guild)
        world.add_person("director", guild, permissions=Permission.MANAGE_GUILD)
        return world

    # ── telling

    def listen(self, listener: Listener) -> Callable[[], None]:
        """Call the listener at once for every change; returns what ends that."""
        self._listeners.append(listener)
        return lambda: self._listeners.remove(listener)

    def publish(self, change: Change) -> None:
        for listener in tuple(self._listeners):
            listener(change)

    def subscribe(self) -> Subscription:
        return Subscription(self)

    # ── looking

    @property
    def guild(self) -> Guild:
        """The first guild, which most stories are content with."""
        return next(iter(self.guilds.values()))

    def channel(self, name: str) -> Channel:
        return self.guild.channel(name)

    def user(self, name: str) -> User:
        return next(user for user in self.users.values() if user.name == name)

    # ── furnishing

    def add_user(self, name: str, *, bot: bool = False) -> User:
        user = User(id=self.snowflakes.next(), name=name.lower(), display_name=name, bot=bot)
        self.users[user.id] = user
        return user

    def add_guild(self, name: str, *, everyone: Permission = EVERYONE) -> Guild:
        """Found a guild whose owner is nobody in the story; the bot joins it by `add_member`."""
        guild_id = self.snowflakes.next()
        guild = Guild(id=guild_id, name=name, owner_id=self.snowflakes.next())
        guild.roles[guild_id] = Role(id=guild_id, name="@everyone", permissions=everyone)
        owner = User(id=guild.owner_id, name="owner", display_name="Owner")
        self.users[owner.id] = owner
        guild.members[owner.id] = Member(user=owner, guild=guild, joined_at=now())
        self.guilds[guild_id] = guild
        return guild

    def add_member(self, guild: Guild, user: User, *, permissions: Permission = NOTHING) -> Member:
        """Lets a user in; permissions beyond everyone's come as a role of their own."""
        member = Member(user=user, guild=guild, joined_at=now())
        guild.members[user.id] = member
        if permissions:
            self.give(member, self.add_role(guild, user.display_name, permissions))
        if user is self.bot:
            self.publish(GuildJoined(guild))
        return member

    def add_person(
        self, name: str, guild: Guild | None = None, *, permissions: Permission = NOTHING
    ) -> Member:
        return self.add_member(guild or self.guild, self.add_user(name), permissions=permissions)

    def add_role(self, guild: Guild, name: str, permissions: Permission = NOTHING) -> Role:
        role = Role(id=self.snowflakes.next(), name=name, permissions=permissions, position=len(guild.roles))
        guild.roles[role.id] = role
        self.publish(RoleCreated(guild, role))
        return role

    def permit(self, guild: Guild, role: Role, permissions: Permission) -> None:
        """Give a role exactly these permissions; the guild's own id names everyone's role."""
        role.permissions = permissions
        self.publish(RoleUpdated(guild, role))

    def give(self, member: Member, role: Role) -> None:
        member.role_ids.add(role.id)
        self.publish(MemberUpdated(member))

    def take(self, member: Member, role: Role) -> None:
        member.role_ids.discard(role.id)
        self.publish(MemberUpdated(member))

    def add_channel(
        self,
        guild: Guild,
        name: str,
        *,
        kind: ChannelKind = ChannelKind.TEXT,
        tags: tuple[str, ...] = (),
        topic: str | None = None,
        nsfw: bool = False,
        overwrites: Iterable[Overwrite] = (),
    ) -> Channel:
        channel = Channel(
            id=self.snowflakes.next(),
            guild=guild,
            name=name,
            kind=kind,
            position=len(guild.channels),
            nsfw=nsfw,
        )
        channel.topic = topic
        channel.overwrites = {overwrite.target_id: overwrite for overwrite in overwrites}
        channel.tags = [Tag(id=self.snowflakes.next(), name=tag) for tag in tags]
        guild.channels[channel.id] = self.channels[channel.id] = channel
        self.publish(ChannelCreated(channel))
        return channel

    def overwrite(
        self,
        channel: Channel,
        target: User | Role,
        *,
        allow: Permission = NOTHING,
        deny: Permission = NOTHING,
    ) -> None:
        channel.overwrites[target.id] = Overwrite(
            target_id=target.id, of_member=isinstance(target, User), allow=allow, deny=deny
        )
        self.publish(ChannelUpdated(channel))

    def restrict(self, channel: Channel, *, nsfw: bool = True) -> None:
        """Make the channel age-restricted, or not any more."""
        channel.nsfw = nsfw
        self.publish(ChannelUpdated(channel))

    def delete_channel(self, channel: Channel) -> None:
        self.channels.pop(channel.id)
        if isinstance(channel, Thread):
            channel.guild.threads.pop(channel.id)
            self.publish(ThreadDeleted(channel))
            return
        channel.guild.channels.pop(channel.id)
        for thread in [thread for thread in channel.guild.threads.values() if thread.parent is channel]:
            self.delete_channel(thread)
        self.publish(ChannelDeleted(channel))

    def expel_bot(self, guild: Guild) -> None:
        """Show the bot out; its commands of this guild go with it."""
        guild.members.pop(self.bot.id)
        self.commands.replace(guild.id, [])
        self.publish(GuildLeft(guild))

    def direct_channel(self, person: User) -> DirectChannel:
        """Return where the bot and the person write to each other; it is made when it is first asked for."""
        for channel in self.channels.values():
            if isinstance(channel, DirectChannel) and channel.recipient is person:
                return channel
        number = self.snowflakes.next()
        table = Guild(id=number, name="", owner_id=0)
        table.roles[number] = Role(id=number, name="@everyone", permissions=EVERYONE)
        for user in (self.bot, person):
            table.members[user.id] = Member(user=user, guild=table, joined_at=now())
        channel = DirectChannel(
            id=number, guild=table, name=person.name, kind=ChannelKind.DIRECT, recipient=person
        )
        self.channels[number] = channel
        return channel

    # ── messages

    def write(self, channel: Channel, author: User, content: str, *, at: datetime | None = None) -> Message:
        """Put a message there as it stands, of now or of another time; for setting a scene."""
        message_id = self.snowflakes.next() if at is None else self.snowflakes.at(at)
        return self.post(Message(id=message_id, channel=channel, author=author, content=content))

    def post(self, message: Message) -> Message:
        """Add a message to its channel; an archived thread wakes up."""
        channel = message.channel
        if isinstance(channel, Thread):
            self._wake(channel, message)
        channel.keep(message)
        self.publish(MessageCreated(message))
        return message

    def edited(self, message: Message) -> None:
        """Tells about an edit that has been made; nobody learns of a message's silent change otherwise."""
        message.edited_at = now()
        self.publish(MessageUpdated(message))

    def delete_message(self, message: Message) -> None:
        message.channel.forget(message)
        message.deleted = True
        if isinstance(message.channel, Thread):
            message.channel.message_count -= 1
        self.publish(MessageDeleted(message))

    def react(self, message: Message, user: User, emoji: Emoji) -> None:
        reaction = message.reactions.setdefault(emoji, Reaction(emoji=emoji))
        if user.id not in reaction.users:
            reaction.users[user.id] = user
            self.publish(ReactionAdded(message, user, emoji))

    def unreact(self, message: Message, user: User, emoji: Emoji) -> None:
        reaction = message.reactions.get(emoji)
        if reaction is None or reaction.users.pop(user.id, None) is None:
            return
        if not reaction.users:
            del message.reactions[emoji]
        self.publish(ReactionRemoved(message, user, emoji))

    def clear_reactions(self, message: Message, emoji: Emoji | None = None) -> None:
        for gone in [emoji] if emoji is not None else list(message.reactions):
            message.reactions.pop(gone, None)
        self.publish(ReactionsCleared(message, emoji))

    # ── threads

    def start_thread(self, thread: Thread, starter: Message | None = None) -> Thread:
        self.channels[thread.id] = thread.guild.threads[thread.id] = thread
        self.publish(ThreadCreated(thread))
        if starter is not None:
            starter.thread = thread
            starter.flags |= MessageFlag.HAS_THREAD
            self.publish(MessageUpdated(starter))
        return thread

    def add_thread(self, parent: Channel, name: str, owner: User, *, minutes: int = 1440) -> Thread:
        """Put a public thread there as it stands; for setting a scene."""
        return self.start_thread(
            Thread(
                id=self.snowflakes.next(),
                guild=parent.guild,
                name=name,
                kind=ChannelKind.PUBLIC_THREAD,
                parent=parent,
                parent_id=parent.id,
                owner_id=owner.id,
                auto_archive_minutes=minutes,
                archive_moment=now(),
                member_ids={owner.id},
            )
        )

    def archive(self, thread: Thread, *, archived: bool = True, locked: bool | None = None) -> None:
        if thread.archived != archived:
            thread.archived, thread.archive_moment = archived, now()
        thread.locked = thread.locked if locked is None else locked
        self.publish(ThreadUpdated(thread))

    def join_thread(self, thread: Thread, user: User) -> None:
        if user.id not in thread.member_ids:
            thread.member_ids.add(user.id)
            self.publish(ThreadJoined(thread, user))

    def _wake(self, thread: Thread, message: Message) -> None:
        if thread.archived:
            self.archive(thread, archived=False)
        thread.total_messages += 1
        if message.id != thread.id:
            thread.message_count += 1
        self.join_thread(thread, message.author)


BOT_ROLE = Permission.MANAGE_MESSAGES | Permission.MANAGE_THREADS | Permission.PIN_MESSAGES


def now() -> datetime:
    return datetime.now(UTC)
