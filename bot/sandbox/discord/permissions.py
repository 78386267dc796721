"""Who may do what where: the one table behind REST checks, `app_permissions` and `member.permissions`."""

from enum import IntFlag
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from bot.sandbox.discord.model import Channel, Member, Overwrite


class Permission(IntFlag):
    ADMINISTRATOR = 1 << 3
    MANAGE_CHANNELS = 1 << 4
    MANAGE_GUILD = 1 << 5
    ADD_REACTIONS = 1 << 6
    VIEW_CHANNEL = 1 << 10
    SEND_MESSAGES = 1 << 11
    SEND_TTS_MESSAGES = 1 << 12
    MANAGE_MESSAGES = 1 << 13
    EMBED_LINKS = 1 << 14
    ATTACH_FILES = 1 << 15
    READ_MESSAGE_HISTORY = 1 << 16
    MENTION_EVERYONE = 1 << 17
    USE_EXTERNAL_EMOJIS = 1 << 18
    CHANGE_NICKNAME = 1 << 26
    MANAGE_ROLES = 1 << 28
    MANAGE_WEBHOOKS = 1 << 29
    USE_APPLICATION_COMMANDS = 1 << 31
    MANAGE_THREADS = 1 << 34
    CREATE_PUBLIC_THREADS = 1 << 35
    CREATE_PRIVATE_THREADS = 1 << 36
    SEND_MESSAGES_IN_THREADS = 1 << 38
    PIN_MESSAGES = 1 << 51


NOTHING = Permission(0)
EVERYTHING = ~NOTHING
EVERYONE = (
    Permission.ADD_REACTIONS
    | Permission.VIEW_CHANNEL
    | Permission.SEND_MESSAGES
    | Permission.EMBED_LINKS
    | Permission.ATTACH_FILES
    | Permission.READ_MESSAGE_HISTORY
    | Permission.USE_EXTERNAL_EMOJIS
    | Permission.CHANGE_NICKNAME
    | Permission.USE_APPLICATION_COMMANDS
    | Permission.CREATE_PUBLIC_THREADS
    | Permission.CREATE_PRIVATE_THREADS
    | Permission.SEND_MESSAGES_IN_THREADS
)


def guild_permissions(member: "Member") -> Permission:
    guild = member.guild
    if guild.owner_id == member.user.id:
        return EVERYTHING
    granted = guild.roles[guild.id].permissions
    for role_id in member.role_ids:
        granted |= guild.roles[role_id].permissions
    return EVERYTHING if Permission.ADMINISTRATOR in granted else granted


def permissions_in(member: "Member", channel: "Channel") -> Permission:
    """Tell what the member may do there; a thread asks its parent, and nobody acts where they cannot look."""
    granted = guild_permissions(member)
    if granted == EVERYTHING:
        return granted
    granted = _overwritten(granted, member, channel.home.overwrites)
    return granted if Permission.VIEW_CHANNEL in granted and _is_let_in(member, channel, granted) else NOTHING


def _overwritten(granted: Permission, member: "Member", overwrites: dict[int, "Overwrite"]) -> Permission:
    for targets in ({member.guild.id}, member.role_ids, {member.user.id}):
        chosen = [overwrites[target] for target in targets if target in overwrites]
        for overwrite in chosen:
            granted &= ~overwrite.deny
        for overwrite in chosen:
            granted |= overwrite.allow
    return granted


def _is_let_in(member: "Member", channel: "Channel", granted: Permission) -> bool:
    return (
        not channel.is_private_thread
        or member.user.id in channel.thread_members
        or Permission.MANAGE_THREADS in granted
    )
