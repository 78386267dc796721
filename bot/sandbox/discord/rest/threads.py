"""Threads and forum posts: started, joined and listed."""

from collections.abc import Sequence

from bot.sandbox.discord.drafts import MESSAGE_KEYS, read_draft
from bot.sandbox.discord.errors import Form, form_error, refusal
from bot.sandbox.discord.model import Channel, ChannelKind, Json, Message, MessageKind, Thread
from bot.sandbox.discord.payloads import thread_member_payload, thread_payload
from bot.sandbox.discord.permissions import Permission
from bot.sandbox.discord.rest.call import DONE, Answer, Call, Route
from bot.sandbox.discord.rest.messages import compose
from bot.sandbox.discord.world import now

DURATIONS = {60, 1440, 4320, 10080}
MOST_TAGS = 5
START_KEYS = frozenset(
    [
        "name",
        "type",
        "auto_archive_duration",
        "invitable",
        "rate_limit_per_user",
        "applied_tags",
        "message",
        "location",
    ]
)


def start_thread(call: Call) -> Answer:
    channel, body = call.channel(), call.form(START_KEYS)
    _check_start(body)
    if channel.kind is ChannelKind.FORUM:
        return _start_post(call, channel, body)
    if channel.kind not in {ChannelKind.TEXT, ChannelKind.ANNOUNCEMENT}:
        raise refusal(50024)
    kind = ChannelKind(body.get("type") or ChannelKind.PRIVATE_THREAD)
    public = kind is ChannelKind.PUBLIC_THREAD
    call.require(channel, Permission.CREATE_PUBLIC_THREADS if public else Permission.CREATE_PRIVATE_THREADS)
    call.require_room(channel.guild)
    thread = call.hub.world.start_thread(_thread(call, channel, body, kind, call.hub.world.snowflakes.next()))
    if public:
        _announce(call, thread)
    return Answer(201, thread_payload(thread, viewer=call.bot))


def _check_start(body: Json) -> None:
    form = Form()
    form.length(("name",), body.get("name") or "", 1, 100)
    if body.get("auto_archive_duration") is not None:
        form.choice(("auto_archive_duration",), body["auto_archive_duration"], DURATIONS)
    form.check()


def _thread(call: Call, parent: Channel, body: Json, kind: ChannelKind, thread_id: int) -> Thread:
    return Thread(
        id=thread_id,
        guild=parent.guild,
        name=body["name"],
        kind=kind,
        parent=parent,
        parent_id=parent.id,
        owner_id=call.bot.id,
        auto_archive_minutes=body.get("auto_archive_duration") or parent.default_auto_archive_minutes,
        slowmode_s=body.get("rate_limit_per_user") or 0,
        invitable=body.get("invitable", True),
        archive_moment=now(),
        member_ids={call.bot.id},
    )


def _announce(call: Call, thread: Thread) -> None:
    """Post the line that a text channel shows when a thread begins in it."""
    call.hub.world.post(
        Message(
            id=call.hub.world.snowflakes.next(),
            channel=thread.parent,
            author=call.bot,
            kind=MessageKind.THREAD_CREATED,
            content=thread.name,
        )
    )


def _start_post(call: Call, forum: Channel, body: Json) -> Answer:
    """Start a forum post: a thread whose first message shares its id."""
    call.require(forum, Permission.SEND_MESSAGES)
    if "message" not in body:
        raise form_error(("message",), "BASE_TYPE_REQUIRED", "This field is required")
    message_body: Json = body["message"]
    call.hub.note_unknown(message_body, MESSAGE_KEYS)
    draft = read_draft(message_body, call.uploads, call.hub.rules, path=("message",))
    if draft.uploads:
        call.require(forum, Permission.ATTACH_FILES)
    tags = check_tags(forum, body.get("applied_tags") or [])
    call.require_room(forum.guild)
    thread = _thread(call, forum, body, ChannelKind.PUBLIC_THREAD, call.hub.world.snowflakes.next())
    thread.applied_tags = tags
    message = compose(call, thread, draft, message_id=thread.id)
    call.hub.world.start_thread(thread)
    call.hub.world.post(message)
    return Answer(
        201, {**thread_payload(thread, viewer=call.bot), "message": call.hub.payloads.message(message)}
    )


def check_tags(forum: Channel, raw: Sequence[str | int]) -> list[int]:
    tags = [int(tag) for tag in raw]
    form = Form()
    form.count(("applied_tags",), tags, 0, MOST_TAGS)
    known = {tag.id for tag in forum.tags}
    if set(tags) - known:
        form.wrong(("applied_tags",), "UNKNOWN_FORUM_TAG", "Unknown forum tag")
    form.check()
    if forum.require_tag and not tags:
        raise refusal(40067)
    return tags


def start_from_message(call: Call) -> Answer:
    channel, body = call.channel(), call.form(START_KEYS)
    _check_start(body)
    call.require(channel, Permission.CREATE_PUBLIC_THREADS)
    if isinstance(channel, Thread):
        raise refusal(50024)
    message = call.message(channel)
    if message.thread is not None:
        raise refusal(160004)
    call.require_room(channel.guild)
    thread = _thread(call, channel, body, ChannelKind.PUBLIC_THREAD, message.id)
    call.hub.world.start_thread(thread, message)
    return Answer(201, thread_payload(thread, viewer=call.bot))


def join(call: Call) -> Answer:
    thread = _required_thread(call)
    call.require_awake(thread)
    call.hub.world.join_thread(thread, call.bot)
    return DONE


def add_member(call: Call) -> Answer:
    thread = _required_thread(call)
    call.require_awake(thread)
    call.require(thread, Permission.SEND_MESSAGES_IN_THREADS)
    user = call.hub.world.users.get(call.number("user_id"))
    if user is None or user.id not in thread.guild.members:
        raise refusal(10013)
    call.hub.world.join_thread(thread, user)
    return DONE


def leave(call: Call) -> Answer:
    thread = _required_thread(call)
    call.require_awake(thread)
    thread.member_ids.discard(call.bot.id)
    return DONE


def _required_thread(call: Call) -> Thread:
    channel = call.channel()
    if not isinstance(channel, Thread):
        raise refusal(50024)
    return channel


def archived_public(call: Call) -> Answer:
    channel = call.channel()
    call.require(channel, Permission.READ_MESSAGE_HISTORY)
    threads = [
        thread
        for thread in channel.guild.threads.values()
        if thread.parent is channel and thread.archived and not thread.is_private_thread
    ]
    threads.sort(key=lambda thread: thread.archive_moment, reverse=True)
    limit = int(call.query.get("limit", "50"))
    return Answer(
        200,
        {
            "threads": [thread_payload(thread) for thread in threads[:limit]],
            "members": [
                thread_member_payload(thread, call.bot)
                for thread in threads[:limit]
                if call.bot.id in thread.member_ids
            ],
            "has_more": len(threads) > limit,
        },
    )


_CHANNEL = "/channels/{channel_id}"
_MEMBERS = _CHANNEL + "/thread-members"
ROUTES = [
    Route(method="POST", path=_CHANNEL + "/threads", handler=start_thread, limit="threads.create"),
    Route(
        method="POST",
        path=_CHANNEL + "/messages/{message_id}/threads",
        handler=start_from_message,
        limit="threads.create",
    ),
    Route(method="PUT", path=_MEMBERS + "/@me", handler=join),
    Route(method="DELETE", path=_MEMBERS + "/@me", handler=leave),
    Route(method="PUT", path=_MEMBERS + "/{user_id}", handler=add_member),
    Route(method="GET", path=_CHANNEL + "/threads/archived/public", handler=archived_public),
]
