"""From a change of the world to what the page is told about it."""

from bisect import bisect_left
from typing import Any, NamedTuple, TypeAlias

from bot.sandbox.discord import (
    Change,
    Channel,
    ChannelCreated,
    ChannelDeleted,
    ChannelUpdated,
    CommandsSynced,
    DirectChannel,
    Interaction,
    InteractionChanged,
    InteractionKind,
    InteractionOpened,
    MemberUpdated,
    Message,
    MessageCreated,
    MessageDeleted,
    MessageUpdated,
    ReactionAdded,
    ReactionRemoved,
    ReactionsCleared,
    Thread,
    ThreadCreated,
    ThreadDeleted,
    ThreadUpdated,
    TypingStarted,
    World,
)
from bot.sandbox.page.menus import command_views
from bot.sandbox.page.shelf import Shelf
from bot.sandbox.page.views import MessageViews, channel_view, interaction_view, people_of, user_view

RECENT = 60
RECENT_INTERACTIONS = 200
Told: TypeAlias = dict[str, Any]


class News(NamedTuple):
    """One event for the page; a later one with the same subject makes it out of date."""

    kind: str
    subject: str
    told: Told


class Newsroom:
    """Writes the news, and the snapshot with which every visit begins."""

    def __init__(self, world: World, shelf: Shelf, notice: str) -> None:
        self._world = world
        self._notice = notice
        self._messages = MessageViews(world, shelf)
        self._dismissed: set[int] = set()

    def dismiss(self, message: Message) -> News:
        """Put an ephemeral message away for good."""
        self._dismissed.add(message.id)
        return _gone(message)

    def private_message(self, number: int) -> Message | None:
        for interaction in self._world.interactions.values():
            if number in interaction.private_messages:
                return interaction.private_messages[number]
        return None

    def about(self, change: Change) -> list[News]:
        match change:
            case MessageCreated(message):
                return [*self._kept(message), *self._counted(message.channel)]
            case MessageUpdated(message):
                return self._kept(message)
            case MessageDeleted(message):
                return [_gone(message), *self._counted(message.channel)]
            case ReactionAdded(message) | ReactionRemoved(message) | ReactionsCleared(message):
                return self._kept(message)
            case InteractionOpened(interaction) | InteractionChanged(interaction):
                return self._followed(interaction)
            case CommandsSynced():
                return [News("commands", "commands", {"commands": command_views(self._world)})]
            case TypingStarted(channel, user) if user.bot:
                return [News("typing", str(channel.id), {"channel": str(channel.id)})]
            case _:
                return self._about_places(change)

    def _about_places(self, change: Change) -> list[News]:
        match change:
            case ChannelCreated(place) | ChannelUpdated(place) | ThreadCreated(place) | ThreadUpdated(place):
                return [self._channel(place)]
            case ChannelDeleted(place) | ThreadDeleted(place):
                return [News("channel_gone", f"channel {place.id}", {"id": str(place.id)})]
            case MemberUpdated():
                return [self.snapshot()]
            case _:
                return []

    def _channel(self, channel: Channel) -> News:
        return News("channel", f"channel {channel.id}", channel_view(self._world, channel))

    def _counted(self, channel: Channel) -> list[News]:
        """Tell again how many messages a thread has and when the last one came."""
        return [self._channel(channel)] if isinstance(channel, Thread) else []

    def _kept(self, message: Message) -> list[News]:
        unseen = isinstance(message.channel, DirectChannel)
        if message.deleted or unseen or message.id in self._dismissed:
            return []
        return [News("message", f"message {message.id}", self._messages.of(message))]

    def _followed(self, interaction: Interaction) -> list[News]:
        if interaction.kind is InteractionKind.AUTOCOMPLETE:
            return []
        news = [News("interaction", f"interaction {interaction.id}", interaction_view(interaction))]
        for message in interaction.private_messages.values():
            news += self._kept(message)
        answers = [*filter(None, [interaction.original]), *interaction.followups]
        return news + [_gone(message) for message in answers if message.ephemeral and message.deleted]

    # ── the whole

    def snapshot(self) -> News:
        world, guild = self._world, self._world.guild
        places = [*guild.channels.values(), *guild.threads.values()]
        recent = [interaction for interaction in self._recent() if _is_told(interaction)]
        return News(
            "snapshot",
            "snapshot",
            {
                "notice": self._notice,
                "guild": {"id": str(guild.id), "name": guild.name},
                "bot": str(world.bot.id),
                "people": [str(user.id) for user in people_of(world)],
                "users": [user_view(world, user) for user in world.users.values()],
                "channels": [channel_view(world, place) for place in places],
                "messages": [told for place in places for told in self.last(place)] + self._private(),
                "complete": [str(place.id) for place in places if len(place.message_ids) <= RECENT],
                "interactions": [interaction_view(interaction) for interaction in recent],
                "commands": command_views(world),
            },
        )

    def _recent(self) -> list[Interaction]:
        return list(self._world.interactions.values())[-RECENT_INTERACTIONS:]

    def _private(self) -> list[Told]:
        return [
            self._messages.of(message)
            for interaction in self._recent()
            for message in interaction.private_messages.values()
            if message.id not in self._dismissed
        ]

    def last(self, channel: Channel, before: int | None = None) -> list[Told]:
        """Give the newest messages of a channel, or those just before one; oldest first."""
        ids = channel.message_ids
        end = len(ids) if before is None else bisect_left(ids, before)
        return [self._messages.of(channel.messages[number]) for number in ids[max(end - RECENT, 0) : end]]


def _is_told(interaction: Interaction) -> bool:
    return interaction.kind is not InteractionKind.AUTOCOMPLETE


def _gone(message: Message) -> News:
    told = {"id": str(message.id), "channel": str(message.channel.id)}
    return News("message_gone", f"message {message.id}", told)
