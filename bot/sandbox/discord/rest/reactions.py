"""Reactions put on messages and taken off again."""

from bot.sandbox.discord.errors import refusal
from bot.sandbox.discord.model import Emoji, Message
from bot.sandbox.discord.payloads import user_payload
from bot.sandbox.discord.permissions import Permission
from bot.sandbox.discord.rest.call import DONE, Answer, Call, Route

MOST_REACTIONS = 20


def _target(call: Call) -> Message:
    channel = call.channel()
    message = call.message(channel)
    call.require(channel, Permission.READ_MESSAGE_HISTORY)
    return message


def _emoji(call: Call) -> Emoji:
    emoji = Emoji.parse(call.params["emoji_name"])
    if not emoji.looks_real:
        raise refusal(10014)
    return emoji


def add_reaction(call: Call) -> Answer:
    message, emoji = _target(call), _emoji(call)
    call.require_awake(message.channel)
    if emoji not in message.reactions:
        call.require(message.channel, Permission.ADD_REACTIONS)
        if len(message.reactions) >= MOST_REACTIONS:
            raise refusal(30010)
    call.hub.world.react(message, call.bot, emoji)
    return DONE


def remove_own(call: Call) -> Answer:
    message = _target(call)
    call.require_awake(message.channel)
    call.hub.world.unreact(message, call.bot, _emoji(call))
    return DONE


def remove_of_user(call: Call) -> Answer:
    message = _target(call)
    call.require_awake(message.channel)
    call.require(message.channel, Permission.MANAGE_MESSAGES)
    user = call.hub.world.users.get(call.number("user_id"))
    if user is None:
        raise refusal(10013)
    call.hub.world.unreact(message, user, _emoji(call))
    return DONE


def clear_all(call: Call) -> Answer:
    message = _target(call)
    call.require_awake(message.channel)
    call.require(message.channel, Permission.MANAGE_MESSAGES)
    call.hub.world.clear_reactions(message, _emoji(call) if "emoji_name" in call.params else None)
    return DONE


def list_users(call: Call) -> Answer:
    reaction = _target(call).reactions.get(_emoji(call))
    users = list(reaction.users.values()) if reaction else []
    after, limit = int(call.query.get("after", "0")), int(call.query.get("limit", "25"))
    later = sorted((user for user in users if user.id > after), key=lambda user: user.id)
    return Answer(200, [user_payload(user) for user in later[:limit]])


_ALL = "/channels/{channel_id}/messages/{message_id}/reactions"
_ONE = _ALL + "/{emoji_name}"
ROUTES = [
    Route(method="PUT", path=_ONE + "/@me", handler=add_reaction, limit="reactions"),
    Route(method="DELETE", path=_ONE + "/@me", handler=remove_own, limit="reactions"),
    Route(method="DELETE", path=_ONE + "/{user_id}", handler=remove_of_user, limit="reactions"),
    Route(method="DELETE", path=_ONE, handler=clear_all, limit="reactions"),
    Route(method="DELETE", path=_ALL, handler=clear_all, limit="reactions"),
    Route(method="GET", path=_ONE, handler=list_users, limit="reactions"),
]
