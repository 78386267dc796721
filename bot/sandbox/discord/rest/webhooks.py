"""Everything after the first answer, with the interaction's token instead of the bot's."""

from bot.sandbox.discord.drafts import EDIT_KEYS, WEBHOOK_KEYS, read_draft
from bot.sandbox.discord.interactions import Interaction
from bot.sandbox.discord.model import Message, MessageFlag
from bot.sandbox.discord.rest.call import DONE, Answer, Call, Route

EDIT_WEBHOOK_KEYS = EDIT_KEYS | {"poll"}


def _interaction(call: Call) -> Interaction:
    raw = call.params["webhook_id"]
    return call.hub.desk.by_token(int(raw) if raw.isdigit() else 0, call.params["webhook_token"])


def _message(call: Call, interaction: Interaction) -> Message:
    return call.hub.desk.find(interaction, call.params.get("message_id", "@original"))


def follow_up(call: Call) -> Answer:
    interaction = _interaction(call)
    draft = read_draft(call.form(WEBHOOK_KEYS), call.uploads, call.hub.rules)
    message = call.hub.desk.follow_up(interaction, draft)
    return Answer(200, call.hub.payloads.message(message))


def get_message(call: Call) -> Answer:
    return Answer(200, call.hub.payloads.message(_message(call, _interaction(call))))


def edit_message(call: Call) -> Answer:
    interaction = _interaction(call)
    message = _message(call, interaction)
    layout = MessageFlag.IS_COMPONENTS_V2 in message.flags
    draft = read_draft(call.form(EDIT_WEBHOOK_KEYS), call.uploads, call.hub.rules, layout=layout)
    call.hub.desk.amend(interaction, message, draft)
    return Answer(200, call.hub.payloads.message(message))


def delete_message(call: Call) -> Answer:
    interaction = _interaction(call)
    call.hub.desk.delete(interaction, _message(call, interaction))
    return DONE


_HOOK = "/webhooks/{webhook_id}/{webhook_token}"
ROUTES = [
    Route(method="POST", path=_HOOK, handler=follow_up, limit="webhooks", webhook=True),
    *(
        Route(method=method, path=path, handler=handler, limit="webhooks", webhook=True)
        for path in (_HOOK + "/messages/@original", _HOOK + "/messages/{message_id}")
        for method, handler in (("GET", get_message), ("PATCH", edit_message), ("DELETE", delete_message))
    ),
]
