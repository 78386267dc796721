"""What the page is told of each thing: plain JSON, ids as text because browsers cannot count that far."""

from collections.abc import Iterator

from bot.sandbox.discord import (
    Attachment,
    Channel,
    ChannelKind,
    Interaction,
    InteractionKind,
    Message,
    Permission,
    Reaction,
    Thread,
    User,
    World,
)
from bot.sandbox.discord.interactions import Modal
from bot.sandbox.discord.model import Cause, Emoji, Json
from bot.sandbox.discord.permissions import permissions_in
from bot.sandbox.page.shelf import Shelf, is_picture

_KINDS = {
    ChannelKind.FORUM: "forum",
    ChannelKind.CATEGORY: "category",
    ChannelKind.PUBLIC_THREAD: "thread",
    ChannelKind.PRIVATE_THREAD: "thread",
}
_SUBCOMMANDS = {1, 2}


def people_of(world: World) -> list[User]:
    """Give those one can be: everyone but bots and the guild's nominal owner."""
    guild = world.guild
    members = [member.user for member in guild.members.values()]
    return [user for user in members if not user.bot and user.id != guild.owner_id]


def user_view(world: World, user: User) -> Json:
    return {
        "id": str(user.id),
        "display": user.display_name,
        "bot": user.bot,
        "member": user.id in world.guild.members,
    }


def interaction_view(interaction: Interaction) -> Json:
    return {
        "id": str(interaction.id),
        "user": str(interaction.user.id),
        "channel": str(interaction.channel.id),
        "kind": InteractionKind(interaction.kind).name.lower(),
        "command": typed_name(interaction),
        "source": None if interaction.source is None else str(interaction.source.id),
        "custom_id": interaction.data.get("custom_id"),
        "state": _state(interaction),
        "failed": interaction.failed,
        "modal": None if interaction.modal is None else _modal_view(interaction.modal),
    }


def _state(interaction: Interaction) -> str:
    if interaction.failed is not None:
        return "failed"
    return "answered" if interaction.acknowledged else "waiting"


def typed_name(interaction: Interaction) -> str | None:
    """Spell a command with its subcommands, as the person typed it."""
    data = interaction.data
    words = [data["name"]] if "name" in data else []
    while words and (nested := data.get("options") or []) and nested[0]["type"] in _SUBCOMMANDS:
        data = nested[0]
        words.append(data["name"])
    return " ".join(words) or None


def _modal_view(modal: Modal) -> Json:
    return {"custom_id": modal.custom_id, "title": modal.title, "components": list(modal.components)}


def channel_view(world: World, channel: Channel) -> Json:
    thread = channel if isinstance(channel, Thread) else None
    return {
        "id": str(channel.id),
        "name": channel.name,
        "kind": _KINDS.get(channel.kind, "text"),
        "type": int(channel.kind),
        "parent": None if channel.parent_id is None else str(channel.parent_id),
        "position": channel.position,
        "topic": channel.topic,
        "archived": thread is not None and thread.archived,
        "locked": thread is not None and thread.locked,
        "count": 0 if thread is None else thread.message_count,
        "tags": [] if thread is None else _tag_names(thread),
        "last_message": None if channel.last_message_id is None else str(channel.last_message_id),
        "hidden_from": _blind(world, channel),
    }


def _tag_names(thread: Thread) -> list[str]:
    return [tag.name for tag in thread.parent.tags if tag.id in thread.applied_tags]


def _blind(world: World, channel: Channel) -> list[str]:
    members = [channel.guild.member(user) for user in people_of(world)]
    return [
        str(member.user.id)
        for member in members
        if Permission.VIEW_CHANNEL not in permissions_in(member, channel)
    ]


class MessageViews:
    """Messages, with their files put on the shelf."""

    def __init__(self, world: World, shelf: Shelf) -> None:
        self._world = world
        self._shelf = shelf

    def of(self, message: Message) -> Json:
        inside = set(_named_files([*message.embeds, *message.components]))
        return {
            "id": str(message.id),
            "channel": str(message.channel.id),
            "author": str(message.author.id),
            "kind": int(message.kind),
            "content": message.content,
            "embeds": [self._embed(embed, message) for embed in message.embeds],
            "parts": [self._part(part, message) for part in message.components],
            "files": [self.file(held) for held in message.attachments if held.filename not in inside],
            "reactions": [_reaction(reaction) for reaction in message.reactions.values()],
            "at": _milliseconds(message.created_at.timestamp()),
            "edited": None if message.edited_at is None else _milliseconds(message.edited_at.timestamp()),
            "loading": message.loading,
            "only_for": None if message.visible_to is None else str(message.visible_to.id),
            "reply_to": None if message.reply_to is None else _replied(message.reply_to),
            "cause": None if message.cause is None else self._cause(message.cause),
            "thread": None if message.thread is None else str(message.thread.id),
            "mentions": [str(user.id) for user in message.mentions],
        }

    def file(self, attachment: Attachment) -> Json:
        return {
            "id": str(attachment.id),
            "name": attachment.filename,
            "url": self._shelf.put(attachment),
            "picture": is_picture(attachment),
            "size": attachment.size,
            "alt": attachment.description,
            "width": attachment.width,
            "height": attachment.height,
            "local": True,
        }

    def _cause(self, cause: Cause) -> Json:
        """Tell what was typed; the wire only names the command."""
        interaction = self._world.interactions.get(cause.interaction_id)
        typed = None if interaction is None else typed_name(interaction)
        return {"user": str(cause.user.id), "command": typed or cause.command_name}

    def _embed(self, embed: Json, message: Message) -> Json:
        pictures = {key: self._picture(embed[key], message) for key in ("image", "thumbnail") if key in embed}
        return {**embed, **pictures}

    def _picture(self, picture: Json, message: Message) -> Json:
        attachment = _attached(picture["url"], message) or self._shelf.linked(picture["url"])
        if attachment is None:
            return {"url": picture["url"], "local": False}
        return self.file(attachment)

    def _part(self, part: Json, message: Message) -> Json:
        told = dict(part)
        for key in ("media", "file"):
            if key in part:
                told[key] = self._picture(part[key], message)
        if "items" in part:
            told["items"] = [
                {**item, "media": self._picture(item["media"], message)} for item in part["items"]
            ]
        if "components" in part:
            told["components"] = [self._part(nested, message) for nested in part["components"]]
        if "accessory" in part:
            told["accessory"] = self._part(part["accessory"], message)
        return told


def _milliseconds(seconds: float) -> int:
    return round(seconds * 1000)


def _reaction(reaction: Reaction) -> Json:
    return {
        "emoji": _shown(reaction.emoji),
        "text": _spelled(reaction.emoji),
        "users": [str(user) for user in reaction.users],
    }


def _shown(emoji: Emoji) -> str:
    return emoji.name if emoji.id is None else f":{emoji.name}:"


def _spelled(emoji: Emoji) -> str:
    """Write it as the sandbox reads it back."""
    return emoji.name if emoji.id is None else f"{emoji.name}:{emoji.id}"


def _replied(message: Message) -> Json:
    return {
        "id": str(message.id),
        "channel": str(message.channel.id),
        "author": str(message.author.id),
        "content": message.content,
        "gone": message.deleted,
    }


def _attached(url: str, message: Message) -> Attachment | None:
    if not url.startswith("attachment://"):
        return None
    name = url.removeprefix("attachment://")
    return next((held for held in message.attachments if held.filename == name), None)


def _named_files(parts: list[Json]) -> Iterator[str]:
    """Yield the names of the files that embeds and layouts show in their own place."""
    for part in parts:
        for key in ("image", "thumbnail", "media", "file"):
            if held := part.get(key):
                yield held["url"].removeprefix("attachment://")
        yield from _named_files(part.get("components") or [])
        yield from _named_files(part.get("items") or [])
        yield from _named_files([part["accessory"]] if part.get("accessory") else [])
