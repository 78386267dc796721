"""Guilds, their members and roles."""

from bot.sandbox.discord.errors import Form, refusal
from bot.sandbox.discord.model import ChannelKind, Guild, Json, Overwrite, User
from bot.sandbox.discord.payloads import (
    channel_payload,
    guild_payload,
    member_payload,
    role_payload,
    thread_member_payload,
    thread_payload,
    user_payload,
)
from bot.sandbox.discord.permissions import Permission, guild_permissions, permissions_in
from bot.sandbox.discord.rest.call import Answer, Call, Route

CHANNEL_KEYS = frozenset(
    [
        "type",
        "name",
        "topic",
        "bitrate",
        "user_limit",
        "rate_limit_per_user",
        "position",
        "permission_overwrites",
        "parent_id",
        "nsfw",
        "default_auto_archive_duration",
        "available_tags",
        "default_reaction_emoji",
        "default_sort_order",
        "default_forum_layout",
        "default_thread_rate_limit_per_user",
    ]
)


def get_guild(call: Call) -> Answer:
    guild = call.guild()
    counts = {
        "approximate_member_count": len(guild.members),
        "approximate_presence_count": len(guild.members),
    }
    return Answer(
        200, {**guild_payload(guild), **(counts if call.query.get("with_counts") in {"1", "true"} else {})}
    )


def list_guilds(call: Call) -> Answer:
    guilds = [guild for guild in call.hub.world.guilds.values() if call.bot.id in guild.members]
    return Answer(200, [_summary(guild, call.bot) for guild in guilds])


def _summary(guild: Guild, bot: User) -> Json:
    return {
        "id": str(guild.id),
        "name": guild.name,
        "icon": None,
        "banner": None,
        "owner": False,
        "permissions": str(int(guild_permissions(guild.member(bot)))),
        "features": [],
    }


def list_channels(call: Call) -> Answer:
    return Answer(200, [channel_payload(channel) for channel in call.guild().channels.values()])


def create_channel(call: Call) -> Answer:
    guild = call.guild()
    body = call.form(CHANNEL_KEYS)
    if Permission.MANAGE_CHANNELS not in guild_permissions(guild.member(call.bot)):
        raise refusal(50013)
    form = Form()
    form.length(("name",), body.get("name") or "", 1, 100)
    form.length(("topic",), body.get("topic"), 0, 4096)
    form.check()
    channel = call.hub.world.add_channel(
        guild,
        body["name"],
        kind=ChannelKind(body.get("type") or 0),
        tags=tuple(tag["name"] for tag in body.get("available_tags") or ()),
        topic=body.get("topic"),
        nsfw=bool(body.get("nsfw")),
        overwrites=[read_overwrite(int(raw["id"]), raw) for raw in body.get("permission_overwrites") or ()],
    )
    return Answer(201, channel_payload(channel))


def read_overwrite(target_id: int, raw: Json) -> Overwrite:
    return Overwrite(
        target_id=target_id,
        of_member=int(raw["type"]) == 1,
        allow=Permission(int(raw.get("allow") or 0)),
        deny=Permission(int(raw.get("deny") or 0)),
    )


def list_roles(call: Call) -> Answer:
    return Answer(200, [role_payload(role) for role in call.guild().roles.values()])


def get_member(call: Call) -> Answer:
    member = call.guild().members.get(call.number("user_id"))
    if member is None:
        raise refusal(10007)
    return Answer(200, member_payload(member))


def get_user(call: Call) -> Answer:
    user = call.hub.world.users.get(call.number("user_id"))
    if user is None:
        raise refusal(10013)
    return Answer(200, user_payload(user))


def active_threads(call: Call) -> Answer:
    guild = call.guild()
    bot = guild.member(call.bot)
    threads = [thread for thread in guild.active_threads if permissions_in(bot, thread)]
    return Answer(
        200,
        {
            "threads": [thread_payload(thread) for thread in threads],
            "members": [
                thread_member_payload(thread, call.bot)
                for thread in threads
                if call.bot.id in thread.member_ids
            ],
            "has_more": False,
        },
    )


ROUTES = [
    Route(method="GET", path="/guilds/{guild_id}", handler=get_guild),
    Route(method="GET", path="/guilds/{guild_id}/channels", handler=list_channels),
    Route(method="POST", path="/guilds/{guild_id}/channels", handler=create_channel),
    Route(method="GET", path="/guilds/{guild_id}/roles", handler=list_roles),
    Route(method="GET", path="/guilds/{guild_id}/members/{user_id}", handler=get_member),
    Route(method="GET", path="/guilds/{guild_id}/threads/active", handler=active_threads),
    Route(method="GET", path="/users/@me/guilds", handler=list_guilds),
    Route(method="GET", path="/users/{user_id}", handler=get_user),
]
