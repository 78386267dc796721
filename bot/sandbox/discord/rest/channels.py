"""Channels looked up, changed and typed in."""

from bot.sandbox.discord.changes import ChannelUpdated, ThreadUpdated, TypingStarted
from bot.sandbox.discord.errors import Form, refusal
from bot.sandbox.discord.model import Channel, Json, Message, Tag, Thread
from bot.sandbox.discord.payloads import channel_payload, stamp, thread_payload
from bot.sandbox.discord.permissions import Permission
from bot.sandbox.discord.rest.call import DONE, Answer, Call, Route
from bot.sandbox.discord.rest.guilds import CHANNEL_KEYS, read_overwrite
from bot.sandbox.discord.rest.threads import DURATIONS, check_tags

THREAD_KEYS = frozenset(
    [
        "name",
        "archived",
        "locked",
        "invitable",
        "auto_archive_duration",
        "rate_limit_per_user",
        "flags",
        "applied_tags",
    ]
)

TAGS_OF_A_FORUM = 20
TAG_NAME = 20
DIRECT_KEYS = frozenset({"recipient_id", "access_tokens", "nicks"})
OVERWRITE_KEYS = frozenset({"type", "allow", "deny"})


def get_channel(call: Call) -> Answer:
    return Answer(200, _told(call, call.channel()))


def _told(call: Call, channel: Channel) -> Json:
    return (
        thread_payload(channel, viewer=call.bot) if isinstance(channel, Thread) else channel_payload(channel)
    )


def open_direct(call: Call) -> Answer:
    """Open the place where the bot and a person write to each other; with other bots there is none."""
    asked = str(call.form(DIRECT_KEYS).get("recipient_id") or "")
    person = call.hub.world.users.get(int(asked)) if asked.isdigit() else None
    if person is None or person.bot:
        raise refusal(50007) if person else refusal(10013)
    return Answer(200, channel_payload(call.hub.world.direct_channel(person)))


def edit_channel(call: Call) -> Answer:
    channel = call.channel()
    if isinstance(channel, Thread):
        _edit_thread(call, channel, call.form(THREAD_KEYS))
    else:
        _edit_place(call, channel, call.form(CHANNEL_KEYS))
    return Answer(200, _told(call, channel))


def _edit_thread(call: Call, thread: Thread, body: Json) -> None:
    _require_thread_rights(call, thread, body)
    form = Form()
    form.length(("name",), body.get("name"), 1, 100)
    if "auto_archive_duration" in body:
        form.choice(("auto_archive_duration",), body["auto_archive_duration"], DURATIONS)
    form.check()
    if "applied_tags" in body:
        thread.applied_tags = check_tags(thread.parent, body["applied_tags"] or [])
    if body.get("archived") is False and thread.archived:
        call.require_room(thread.guild)
    thread.name = body.get("name") or thread.name
    thread.auto_archive_minutes = body.get("auto_archive_duration") or thread.auto_archive_minutes
    thread.slowmode_s = body.get("rate_limit_per_user") or thread.slowmode_s
    if "archived" in body or "locked" in body:
        call.hub.world.archive(
            thread, archived=body.get("archived", thread.archived), locked=body.get("locked")
        )
    else:
        call.hub.world.publish(ThreadUpdated(thread))


def _require_thread_rights(call: Call, thread: Thread, body: Json) -> None:
    manages = call.may(thread, Permission.MANAGE_THREADS)
    owns = thread.owner_id == call.bot.id
    wakes = body.keys() == {"archived"} and body["archived"] is False
    if thread.archived and body.get("archived") is not False:
        raise refusal(50083)
    if thread.locked and not manages:
        raise refusal(160005)
    if ("locked" in body or not (owns or wakes)) and not manages:
        raise refusal(50013)


def _edit_place(call: Call, channel: Channel, body: Json) -> None:
    call.require(channel, Permission.MANAGE_CHANNELS)
    form = Form()
    form.length(("name",), body.get("name"), 1, 100)
    form.length(("topic",), body.get("topic"), 0, 4096)
    _check_tags(form, body)
    form.check()
    channel.name = body.get("name") or channel.name
    channel.topic = body.get("topic", channel.topic)
    channel.nsfw = bool(body.get("nsfw", channel.nsfw))
    if "available_tags" in body:
        channel.tags = [_tag(call, raw) for raw in body["available_tags"]]
    for raw in body.get("permission_overwrites") or ():
        channel.overwrites[int(raw["id"])] = read_overwrite(int(raw["id"]), raw)
    call.hub.world.publish(ChannelUpdated(channel))


def _check_tags(form: Form, body: Json) -> None:
    tags: list[Json] = body.get("available_tags") or []
    form.count(("available_tags",), tags, 0, TAGS_OF_A_FORUM)
    for number, tag in enumerate(tags):
        form.length(("available_tags", number, "name"), tag.get("name") or "", 1, TAG_NAME)


def _tag(call: Call, raw: Json) -> Tag:
    number = int(raw["id"]) if raw.get("id") else call.hub.world.snowflakes.next()
    return Tag(id=number, name=raw["name"], moderated=bool(raw.get("moderated")), emoji=raw.get("emoji_name"))


def put_overwrite(call: Call) -> Answer:
    channel = call.channel()
    call.require(channel, Permission.MANAGE_ROLES)
    target = call.number("overwrite_id")
    channel.overwrites[target] = read_overwrite(target, call.form(OVERWRITE_KEYS))
    call.hub.world.publish(ChannelUpdated(channel))
    return DONE


def delete_channel(call: Call) -> Answer:
    channel = call.channel()
    call.require(
        channel, Permission.MANAGE_THREADS if isinstance(channel, Thread) else Permission.MANAGE_CHANNELS
    )
    told = _told(call, channel)
    call.hub.world.delete_channel(channel)
    return Answer(200, told)


def start_typing(call: Call) -> Answer:
    channel = call.channel()
    in_thread = isinstance(channel, Thread)
    call.require(channel, Permission.SEND_MESSAGES_IN_THREADS if in_thread else Permission.SEND_MESSAGES)
    call.hub.world.publish(TypingStarted(channel, call.bot))
    return DONE


def list_pins(call: Call) -> Answer:
    channel = call.channel()
    pinned = [message for message in channel.messages.values() if message.pinned]
    items = [
        {"pinned_at": stamp(message.created_at), "message": call.hub.payloads.message(message)}
        for message in pinned
    ]
    return Answer(200, {"items": items, "has_more": False})


def pin(call: Call) -> Answer:
    return _pinned(call, pinned=True)


def unpin(call: Call) -> Answer:
    return _pinned(call, pinned=False)


def _pinned(call: Call, *, pinned: bool) -> Answer:
    channel = call.channel()
    message: Message = call.message(channel)
    call.require(channel, Permission.PIN_MESSAGES)
    call.require_awake(channel)
    message.pinned = pinned
    call.hub.world.edited(message)
    return DONE


_CHANNEL = "/channels/{channel_id}"
_PIN = _CHANNEL + "/messages/pins/{message_id}"
ROUTES = [
    Route(method="POST", path="/users/@me/channels", handler=open_direct),
    Route(method="GET", path=_CHANNEL + "/messages/pins", handler=list_pins),
    Route(method="PUT", path=_PIN, handler=pin),
    Route(method="DELETE", path=_PIN, handler=unpin),
    Route(method="GET", path=_CHANNEL, handler=get_channel),
    Route(method="PATCH", path=_CHANNEL, handler=edit_channel, limit="threads.edit"),
    Route(method="DELETE", path=_CHANNEL, handler=delete_channel),
    Route(method="PUT", path=_CHANNEL + "/permissions/{overwrite_id}", handler=put_overwrite),
    Route(method="POST", path=_CHANNEL + "/typing", handler=start_typing, limit="typing"),
]
