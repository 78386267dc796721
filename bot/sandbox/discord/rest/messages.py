"""Messages of a channel: sent, read, changed and deleted with the bot's own token."""

import time
from bisect import bisect_left, bisect_right

from bot.sandbox.discord.drafts import EDIT_KEYS, MESSAGE_KEYS, Draft, read_draft
from bot.sandbox.discord.errors import Form, Refusal, form_error, refusal
from bot.sandbox.discord.intents import Intent
from bot.sandbox.discord.model import (
    Channel,
    ChannelKind,
    DirectChannel,
    Json,
    Message,
    MessageFlag,
    MessageKind,
    Thread,
)
from bot.sandbox.discord.permissions import Permission
from bot.sandbox.discord.rest.call import DONE, Answer, Call, Route


def create_message(call: Call) -> Answer:
    channel = call.channel()
    if channel.kind in {ChannelKind.FORUM, ChannelKind.CATEGORY}:
        raise refusal(50008)
    body = call.form(MESSAGE_KEYS)
    _check_nonce(body)
    draft = read_draft(body, call.uploads, call.hub.rules)
    require_sending(call, channel, draft)
    repeated = call.hub.nonces.find(channel, body)
    if repeated is not None and repeated.deleted:
        raise refusal(10008)
    if repeated is not None:
        return Answer(200, _readable(call, repeated))
    message = compose(call, channel, draft)
    call.hub.nonces.remember(message, body)
    call.hub.world.post(message)
    return Answer(200, _readable(call, message))


def _check_nonce(body: Json) -> None:
    form = Form()
    if isinstance(body.get("nonce"), str):
        form.length(("nonce",), body["nonce"], 0, 25)
    form.check()


def require_sending(call: Call, channel: Channel, draft: Draft) -> None:
    """Require what a new message takes, in a thread the permissions of threads."""
    if isinstance(channel, DirectChannel) and channel.recipient.id in call.hub.world.closed_to_bots:
        raise refusal(50007)
    in_thread = isinstance(channel, Thread)
    call.require(channel, Permission.SEND_MESSAGES_IN_THREADS if in_thread else Permission.SEND_MESSAGES)
    if draft.uploads:
        call.require(channel, Permission.ATTACH_FILES)
    if draft.embeds:
        call.require(channel, Permission.EMBED_LINKS)
    if isinstance(channel, Thread) and channel.locked and not call.may(channel, Permission.MANAGE_THREADS):
        raise refusal(160005)
    if isinstance(channel, Thread) and channel.archived:
        call.require_room(channel.guild)


def compose(call: Call, channel: Channel, draft: Draft, *, message_id: int | None = None) -> Message:
    """Make a new message of the bot from a draft, not yet posted."""
    message = Message(
        id=message_id or call.hub.world.snowflakes.next(),
        channel=channel,
        author=call.bot,
        nonce=draft.body.get("nonce"),
        reply_to=_replied(call, channel, draft.body.get("message_reference")),
    )
    if message.reply_to is not None:
        message.kind = MessageKind.REPLY
    call.hub.composer.fill(message, draft)
    return message


def _replied(call: Call, channel: Channel, reference: Json | None) -> Message | None:
    if reference is None:
        return None
    call.require(channel, Permission.READ_MESSAGE_HISTORY)
    replied = channel.messages.get(int(reference["message_id"]))
    if replied is None and reference.get("fail_if_not_exists", True):
        raise form_error(("message_reference",), "REPLIES_UNKNOWN_MESSAGE", "Unknown message")
    return replied


def list_messages(call: Call) -> Answer:
    channel = call.channel()
    if not call.may(channel, Permission.READ_MESSAGE_HISTORY):
        return Answer(200, [])
    limit = int(call.query.get("limit", "50"))
    if not 1 <= limit <= 100:
        raise form_error(("limit",), "NUMBER_TYPE_MAX", "int value should be between 1 and 100.")
    ids = _window(channel.message_ids, call, limit)
    return Answer(200, [_readable(call, channel.messages[number]) for number in reversed(ids)])


def _window(ids: list[int], call: Call, limit: int) -> list[int]:
    if "after" in call.query:
        first = bisect_right(ids, int(call.query["after"]))
        return ids[first : first + limit]
    if "around" in call.query:
        middle = bisect_left(ids, int(call.query["around"]))
        return ids[max(middle - limit // 2, 0) :][:limit]
    last = bisect_left(ids, int(call.query["before"])) if "before" in call.query else len(ids)
    return ids[max(last - limit, 0) : last]


def get_message(call: Call) -> Answer:
    channel = call.channel()
    call.require(channel, Permission.READ_MESSAGE_HISTORY)
    return Answer(200, _readable(call, call.message(channel)))


def _readable(call: Call, message: Message) -> Json:
    """Read it as the bot may: without MESSAGE_CONTENT what others wrote stays hidden here too."""
    told = call.hub.payloads.message(message)
    if call.hub.rules.privileged_intents & Intent.MESSAGE_CONTENT:
        return told
    return call.hub.dispatcher.bared(message, told)


def edit_message(call: Call) -> Answer:
    channel = call.channel()
    message = call.message(channel)
    body = call.form(EDIT_KEYS)
    call.require_awake(channel)
    if message.author is not call.bot:
        _require_flags_only(call, message, body)
    draft = read_draft(
        body, call.uploads, call.hub.rules, layout=MessageFlag.IS_COMPONENTS_V2 in message.flags
    )
    if draft.uploads:
        call.require(channel, Permission.ATTACH_FILES)
    _spend_old_edit(call, message)
    call.hub.composer.amend(message, draft)
    call.hub.world.edited(message)
    return Answer(200, call.hub.payloads.message(message))


def _require_flags_only(call: Call, message: Message, body: Json) -> None:
    """Of another's message a moderator may change the flags and nothing else."""
    if body.keys() - {"flags"} or not call.may(message.channel, Permission.MANAGE_MESSAGES):
        raise refusal(50005)


def _spend_old_edit(call: Call, message: Message) -> None:
    """Messages older than an hour may be edited only now and then."""
    rules = call.hub.rules
    if time.time() - message.created_at.timestamp() < rules.old_message_s:
        return
    spent = call.hub.old_edits.setdefault(message.channel.id, [])
    since = time.monotonic() - rules.old_message_edits.per_s
    spent[:] = [moment for moment in spent if moment > since]
    if len(spent) >= rules.old_message_edits.limit:
        raise TooOld(spent[0] - since)
    spent.append(time.monotonic())


class TooOld(Refusal):
    """30046 comes as a 429 with its own code."""

    def __init__(self, retry_after: float) -> None:
        known = refusal(30046)
        super().__init__(known.status, known.code, known.message)
        self.retry_after = retry_after

    @property
    def body(self) -> Json:
        return {"message": self.message, "code": self.code, "retry_after": self.retry_after, "global": False}


def delete_message(call: Call) -> Answer:
    channel = call.channel()
    message = call.message(channel)
    call.require_awake(channel)
    if message.author is not call.bot:
        call.require(channel, Permission.MANAGE_MESSAGES)
    call.hub.world.delete_message(message)
    return DONE


class Nonces:
    """Remembers for a while which message an enforced nonce made."""

    def __init__(self, memory_s: float) -> None:
        self._memory_s = memory_s
        self._made: dict[tuple[int, str], tuple[float, Message]] = {}

    def find(self, channel: Channel, body: Json) -> Message | None:
        if not body.get("enforce_nonce") or "nonce" not in body:
            return None
        moment, message = self._made.get((channel.id, str(body["nonce"])), (0.0, None))
        return message if message is not None and time.monotonic() - moment < self._memory_s else None

    def remember(self, message: Message, body: Json) -> None:
        if "nonce" in body:
            self._made[message.channel.id, str(body["nonce"])] = (time.monotonic(), message)


_MESSAGES = "/channels/{channel_id}/messages"
_MESSAGE = "/channels/{channel_id}/messages/{message_id}"
ROUTES = [
    Route(method="POST", path=_MESSAGES, handler=create_message, limit="messages.create"),
    Route(method="GET", path=_MESSAGES, handler=list_messages, limit="messages.read"),
    Route(method="GET", path=_MESSAGE, handler=get_message, limit="messages.read"),
    Route(method="PATCH", path=_MESSAGE, handler=edit_message, limit="messages.edit"),
    Route(method="DELETE", path=_MESSAGE, handler=delete_message, limit="messages.delete"),
]
