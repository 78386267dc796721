"""How each thing looks on the wire, with every field that Discord's own description requires."""

from datetime import datetime

from bot.sandbox.discord.cdn import Cdn, clean_filename
from bot.sandbox.discord.commands import Command
from bot.sandbox.discord.model import (
    Attachment,
    Cause,
    Channel,
    ChannelKind,
    DirectChannel,
    Emoji,
    Guild,
    Json,
    Member,
    Message,
    Overwrite,
    Reaction,
    Role,
    Tag,
    Thread,
    User,
)
from bot.sandbox.discord.permissions import permissions_in
from bot.sandbox.discord.rules import Rules
from bot.sandbox.discord.world import World


def stamp(moment: datetime) -> str:
    return moment.isoformat()


def user_payload(user: User) -> Json:
    told: Json = {
        "id": str(user.id),
        "username": user.name,
        "discriminator": "0",
        "global_name": None if user.bot else user.display_name,
        "avatar": None,
        "avatar_decoration_data": None,
        "banner": None,
        "accent_color": None,
        "public_flags": 0,
        "flags": 0,
        "primary_guild": None,
    }
    return {**told, "bot": True} if user.bot else told


def member_payload(member: Member, *, with_user: bool = True) -> Json:
    told: Json = {
        "avatar": None,
        "banner": None,
        "communication_disabled_until": None,
        "flags": 0,
        "joined_at": stamp(member.joined_at),
        "nick": None,
        "pending": False,
        "premium_since": None,
        "roles": [str(role_id) for role_id in sorted(member.role_ids)],
        "mute": False,
        "deaf": False,
    }
    return {**told, "user": user_payload(member.user)} if with_user else told


def role_payload(role: Role) -> Json:
    return {
        "id": str(role.id),
        "name": role.name,
        "description": None,
        "permissions": str(int(role.permissions)),
        "position": role.position,
        "color": 0,
        "colors": {"primary_color": 0, "secondary_color": None, "tertiary_color": None},
        "hoist": False,
        "managed": False,
        "mentionable": role.mentionable,
        "icon": None,
        "unicode_emoji": None,
        "flags": 0,
    }


def emoji_payload(emoji: Emoji) -> Json:
    return {"id": None if emoji.id is None else str(emoji.id), "name": emoji.name}


def channel_payload(channel: Channel) -> Json:
    if isinstance(channel, Thread):
        return thread_payload(channel)
    if isinstance(channel, DirectChannel):
        return _direct(channel)
    told: Json = {
        "id": str(channel.id),
        "type": int(channel.kind),
        "guild_id": str(channel.guild.id),
        "name": channel.name,
        "topic": channel.topic,
        "nsfw": channel.nsfw,
        "position": channel.position,
        "flags": 1 << 4 if channel.require_tag else 0,
        "parent_id": None,
        "last_message_id": _id(channel.last_message_id),
        "rate_limit_per_user": channel.slowmode_s,
        "permission_overwrites": [_overwrite(overwrite) for overwrite in channel.overwrites.values()],
    }
    return {**told, **_forum(channel)} if channel.kind is ChannelKind.FORUM else told


def _direct(channel: DirectChannel) -> Json:
    return {
        "id": str(channel.id),
        "type": int(channel.kind),
        "flags": 0,
        "last_message_id": _id(channel.last_message_id),
        "recipients": [user_payload(channel.recipient)],
    }


def _forum(channel: Channel) -> Json:
    return {
        "available_tags": [_tag(tag) for tag in channel.tags],
        "default_reaction_emoji": None,
        "default_sort_order": None,
        "default_forum_layout": 0,
        "default_auto_archive_duration": channel.default_auto_archive_minutes,
    }


def _tag(tag: Tag) -> Json:
    return {
        "id": str(tag.id),
        "name": tag.name,
        "moderated": tag.moderated,
        "emoji_id": None,
        "emoji_name": tag.emoji,
    }


def _overwrite(overwrite: Overwrite) -> Json:
    return {
        "id": str(overwrite.target_id),
        "type": 1 if overwrite.of_member else 0,
        "allow": str(int(overwrite.allow)),
        "deny": str(int(overwrite.deny)),
    }


def thread_payload(thread: Thread, *, viewer: User | None = None) -> Json:
    told: Json = {
        "id": str(thread.id),
        "type": int(thread.kind),
        "guild_id": str(thread.guild.id),
        "parent_id": str(thread.parent.id),
        "owner_id": str(thread.owner_id),
        "name": thread.name,
        "flags": 0,
        "last_message_id": _id(thread.last_message_id),
        "rate_limit_per_user": thread.slowmode_s,
        "message_count": thread.message_count,
        "member_count": min(len(thread.member_ids), 50),
        "total_message_sent": thread.total_messages,
        "thread_metadata": _thread_metadata(thread),
    }
    if thread.parent.kind is ChannelKind.FORUM:
        told["applied_tags"] = [str(tag) for tag in thread.applied_tags]
    if viewer is not None and viewer.id in thread.member_ids:
        told["member"] = thread_member_payload(thread, viewer)
    return told


def _thread_metadata(thread: Thread) -> Json:
    told: Json = {
        "archived": thread.archived,
        "auto_archive_duration": thread.auto_archive_minutes,
        "archive_timestamp": stamp(thread.archive_moment),
        "locked": thread.locked,
        "create_timestamp": stamp(thread.archive_moment),
    }
    return {**told, "invitable": thread.invitable} if thread.is_private_thread else told


def thread_member_payload(thread: Thread, user: User) -> Json:
    return {
        "id": str(thread.id),
        "user_id": str(user.id),
        "join_timestamp": stamp(thread.archive_moment),
        "flags": 0,
    }


def guild_payload(guild: Guild) -> Json:
    nothing = "icon description home_header splash discovery_splash banner application_id afk_channel_id"
    nothing += (
        " system_channel_id widget_channel_id vanity_url_code rules_channel_id safety_alerts_channel_id"
    )
    nothing += " public_updates_channel_id incidents_data max_presences"
    zeros = "system_channel_flags verification_level default_message_notifications mfa_level"
    zeros += " explicit_content_filter premium_subscription_count nsfw_level"
    return {
        **dict.fromkeys(nothing.split()),
        **dict.fromkeys(zeros.split(), 0),
        "id": str(guild.id),
        "name": guild.name,
        "owner_id": str(guild.owner_id),
        "features": [],
        "region": "deprecated",
        "afk_timeout": 300,
        "widget_enabled": False,
        "roles": [role_payload(role) for role in guild.roles.values()],
        "max_members": 500_000,
        "max_stage_video_channel_users": 50,
        "max_video_channel_users": 25,
        "premium_tier": guild.premium_tier,
        "preferred_locale": "en-US",
        "premium_progress_bar_enabled": False,
        "nsfw": False,
        "emojis": [],
        "stickers": [],
    }


def command_payload(command: Command, application_id: int) -> Json:
    told: Json = {
        **{key: value for key, value in command.raw.items() if value is not None},
        "id": str(command.id),
        "application_id": str(application_id),
        "version": str(command.version),
        "type": int(command.kind),
        "description": command.description,
        "default_member_permissions": None if command.needs is None else str(int(command.needs)),
        "nsfw": command.nsfw,
    }
    return told if command.guild_id is None else {**told, "guild_id": str(command.guild_id)}


def _id(number: int | None) -> str | None:
    return None if number is None else str(number)


class Payloads:
    """The payloads that need signed links or the viewer's place in the world."""

    def __init__(self, world: World, cdn: Cdn, rules: Rules) -> None:
        self._world = world
        self._cdn = cdn
        self._rules = rules

    def message(self, message: Message) -> Json:
        told: Json = {
            "id": str(message.id),
            "type": int(message.kind),
            "channel_id": str(message.channel.id),
            "author": user_payload(message.author),
            "content": message.content,
            "timestamp": stamp(message.created_at),
            "edited_timestamp": None if message.edited_at is None else stamp(message.edited_at),
            "tts": message.tts,
            "mention_everyone": message.mentions_everyone,
            "mentions": [user_payload(user) for user in message.mentions],
            "mention_roles": [str(role) for role in message.mention_roles],
            "attachments": [self.attachment(attachment) for attachment in message.attachments],
            "embeds": [self._with_links(embed, message) for embed in message.embeds],
            "components": [self._with_media(part, message) for part in message.components],
            "pinned": message.pinned,
            "flags": int(message.flags),
        }
        if message.reactions:
            told["reactions"] = [self._reaction(reaction) for reaction in message.reactions.values()]
        return {**told, **self._about(message)}

    def _about(self, message: Message) -> Json:
        told: Json = {}
        if message.nonce is not None:
            told["nonce"] = message.nonce
        if message.by_webhook:
            told["application_id"] = told["webhook_id"] = str(self._world.application_id)
        if message.cause is not None:
            told["interaction_metadata"] = _cause(message.cause, message.channel.guild)
        if message.thread is not None:
            told["thread"] = thread_payload(message.thread, viewer=self._world.bot)
        if message.reply_to is not None:
            told["message_reference"] = self._reference(message.reply_to)
            told["referenced_message"] = None if message.reply_to.deleted else self.message(message.reply_to)
        return told

    @staticmethod
    def _reference(message: Message) -> Json:
        return {
            "type": 0,
            "channel_id": str(message.channel.id),
            "message_id": str(message.id),
            "guild_id": str(message.channel.guild.id),
        }

    def attachment(self, attachment: Attachment) -> Json:
        link = self._cdn.link(attachment)
        told: Json = {
            "id": str(attachment.id),
            "filename": attachment.filename,
            "size": attachment.size,
            "url": link,
            "proxy_url": link,
            "content_type": attachment.content_type,
        }
        if attachment.width is not None:
            told |= {"width": attachment.width, "height": attachment.height}
        if attachment.description is not None:
            told["description"] = attachment.description
        return {**told, "ephemeral": True} if attachment.ephemeral else told

    def _reaction(self, reaction: Reaction) -> Json:
        count = len(reaction.users)
        return {
            "emoji": emoji_payload(reaction.emoji),
            "count": count,
            "count_details": {"burst": 0, "normal": count},
            "burst_colors": [],
            "me_burst": False,
            "me": self._world.bot.id in reaction.users,
        }

    def _with_links(self, embed: Json, message: Message) -> Json:
        told = dict(embed)
        for part in ("image", "thumbnail"):
            if part in embed:
                told[part] = self._picture(embed[part], message)
        for part in ("footer", "author"):
            if embed.get(part, {}).get("icon_url"):
                link = self._resolved(embed[part]["icon_url"], message)
                told[part] = {**embed[part], "icon_url": link, "proxy_icon_url": link}
        return told

    def _picture(self, picture: Json, message: Message) -> Json:
        attachment = _named(picture["url"], message) or self._cdn.owner_of(picture["url"])
        if attachment is None:
            return {"url": picture["url"], "proxy_url": picture["url"]}
        link = self._cdn.link(attachment)
        sized: Json = (
            {} if attachment.width is None else {"width": attachment.width, "height": attachment.height}
        )
        return {"url": link, "proxy_url": link, "content_type": attachment.content_type, **sized}

    def _resolved(self, url: str, message: Message) -> str:
        attachment = _named(url, message) or self._cdn.owner_of(url)
        return url if attachment is None else self._cdn.link(attachment)

    def _with_media(self, part: Json, message: Message) -> Json:
        told = dict(part)
        for key in ("media", "file"):
            if key in part:
                told[key] = self._media(part[key], message)
        if "items" in part:
            told["items"] = [{**item, "media": self._media(item["media"], message)} for item in part["items"]]
        if "components" in part:
            told["components"] = [self._with_media(nested, message) for nested in part["components"]]
        if "accessory" in part:
            told["accessory"] = self._with_media(part["accessory"], message)
        return told

    def _media(self, media: Json, message: Message) -> Json:
        attachment = _named(media["url"], message)
        if attachment is None:
            return {"id": str(message.id), "url": media["url"], "proxy_url": media["url"]}
        link = self._cdn.link(attachment)
        return {
            "id": str(attachment.id),
            "url": link,
            "proxy_url": link,
            "width": attachment.width,
            "height": attachment.height,
            "content_type": attachment.content_type,
            "attachment_id": str(attachment.id),
        }

    def message_event(self, message: Message) -> Json:
        """Tell a message as the gateway does: with its guild and its author's membership."""
        guild = message.channel.guild
        told = {**self.message(message), "guild_id": str(guild.id), "channel_type": int(message.channel.kind)}
        member = guild.members.get(message.author.id)
        return told if member is None else {**told, "member": member_payload(member, with_user=False)}

    def member_in(self, member: Member, channel: Channel) -> Json:
        """Tell a member with the permissions it has there, as interactions carry it."""
        return {**member_payload(member), "permissions": str(int(permissions_in(member, channel)))}

    def guild_create(self, guild: Guild) -> Json:
        """Tell a guild as it appears: all channels, hidden ones too, but only the threads it may see."""
        bot = guild.member(self._world.bot)
        threads = [thread for thread in guild.active_threads if permissions_in(bot, thread)]
        return {
            **guild_payload(guild),
            "joined_at": stamp(bot.joined_at),
            "large": False,
            "unavailable": False,
            "member_count": len(guild.members),
            "voice_states": [],
            "members": [member_payload(bot)],
            "channels": [channel_payload(channel) for channel in guild.channels.values()],
            "threads": [thread_payload(thread, viewer=self._world.bot) for thread in threads],
            "presences": [],
            "stage_instances": [],
            "guild_scheduled_events": [],
            "soundboard_sounds": [],
        }


def _cause(cause: Cause, guild: Guild) -> Json:
    told: Json = {
        "id": str(cause.interaction_id),
        "type": cause.kind,
        "user": user_payload(cause.user),
        "authorizing_integration_owners": {"0": str(guild.id)},
        "name": cause.command_name,
        "interacted_message_id": _id(cause.interacted_message_id),
        "target_message_id": _id(cause.target_message_id),
        "original_response_message_id": _id(cause.original_response_id),
        "triggering_interaction_metadata": _cause(cause.before, guild) if cause.before else None,
    }
    return {key: value for key, value in told.items() if value is not None}


def _named(url: str, message: Message) -> Attachment | None:
    name = url.removeprefix("attachment://")
    if name == url:
        return None
    return next((held for held in message.attachments if held.filename == clean_filename(name)), None)
