"""The first answer to an interaction."""

from collections.abc import Callable

from bot.sandbox.discord.commands import Choice, check_choices
from bot.sandbox.discord.components import check_modal
from bot.sandbox.discord.drafts import WEBHOOK_KEYS, Draft, read_draft
from bot.sandbox.discord.errors import form_error, refusal
from bot.sandbox.discord.interactions import Ack, Interaction, InteractionKind, Modal
from bot.sandbox.discord.model import Json, Message, MessageFlag
from bot.sandbox.discord.rest.call import DONE, Answer, Call, Route

CALLBACK_KEYS = frozenset({"type", "data"})
MODAL_KEYS = frozenset({"custom_id", "title", "components"})
MESSAGE_DATA = WEBHOOK_KEYS - {"username", "avatar_url", "thread_name", "applied_tags"}
_ANSWERS = {Ack.MESSAGE, Ack.DEFER}
_UPDATES = {Ack.DEFER_UPDATE, Ack.UPDATE}
ALLOWED: dict[InteractionKind, set[Ack]] = {
    InteractionKind.COMMAND: _ANSWERS | {Ack.MODAL},
    InteractionKind.COMPONENT: _ANSWERS | _UPDATES | {Ack.MODAL},
    InteractionKind.AUTOCOMPLETE: {Ack.CHOICES},
    InteractionKind.MODAL_SUBMIT: _ANSWERS,
}


def callback(call: Call) -> Answer:
    interaction = _pending(call)
    body = call.form(CALLBACK_KEYS)
    ack = _allowed(interaction, body.get("type"))
    data: Json = body.get("data") or {}
    _ACTS[ack](call, interaction, data)
    interaction.changed()
    return _told(call, interaction, ack) if call.query.get("with_response") in {"1", "true"} else DONE


def _pending(call: Call) -> Interaction:
    interaction = call.hub.world.interactions.get(call.number("interaction_id"))
    if interaction is None or interaction.token != call.params["interaction_token"]:
        raise refusal(10062)
    if interaction.acknowledged:
        raise refusal(40060)
    if interaction.failed is not None or call.hub.desk.is_late(interaction):
        raise refusal(10062)
    return interaction


def _allowed(interaction: Interaction, raw: object) -> Ack:
    allowed = ALLOWED[interaction.kind] | (_UPDATES if interaction.from_component else set[Ack]())
    if raw not in {int(ack) for ack in allowed}:
        listed = ", ".join(str(int(ack)) for ack in sorted(allowed))
        raise form_error(("type",), "BASE_TYPE_CHOICES", f"Value must be one of ({listed}).")
    return Ack(raw)


def _answer(call: Call, interaction: Interaction, data: Json) -> None:
    draft = read_data(call, data)
    message = call.hub.desk.compose(interaction, draft, ephemeral=draft.ephemeral)
    interaction.acknowledge(Ack.MESSAGE, ephemeral=draft.ephemeral)
    interaction.original = message
    interaction.answer(message)
    call.hub.desk.show(interaction, message)


def read_data(call: Call, data: Json, *, layout: bool = False) -> Draft:
    call.hub.note_unknown(data, MESSAGE_DATA)
    return read_draft(data, call.uploads, call.hub.rules, path=("data",), layout=layout)


def _defer(call: Call, interaction: Interaction, data: Json) -> None:
    flags = MessageFlag(data.get("flags") or 0)
    if flags & ~MessageFlag.EPHEMERAL:
        raise form_error(
            ("data", "flags"), "MESSAGE_FLAGS_INVALID", "Only EPHEMERAL can be set when deferring."
        )
    interaction.acknowledge(Ack.DEFER, ephemeral=bool(flags))
    loading = call.hub.desk.new_message(interaction, ephemeral=bool(flags))
    loading.flags |= MessageFlag.LOADING
    interaction.original = loading
    call.hub.desk.show(interaction, loading)


def _defer_update(call: Call, interaction: Interaction, data: Json) -> None:
    del call, data
    interaction.acknowledge(
        Ack.DEFER_UPDATE, ephemeral=bool(interaction.source and interaction.source.ephemeral)
    )
    interaction.original = interaction.source


def _update(call: Call, interaction: Interaction, data: Json) -> None:
    message = _source(interaction)
    draft = read_data(call, data, layout=MessageFlag.IS_COMPONENTS_V2 in message.flags)
    call.hub.composer.amend(message, draft)
    interaction.acknowledge(Ack.UPDATE, ephemeral=message.ephemeral)
    interaction.original = message
    interaction.answer(message)
    call.hub.world.edited(message)


def _source(interaction: Interaction) -> Message:
    if interaction.source is None:
        raise refusal(10008)
    return interaction.source


def _suggest(call: Call, interaction: Interaction, data: Json) -> None:
    del call
    choices: list[Json] = data.get("choices") or []
    check_choices(choices)
    interaction.acknowledge(Ack.CHOICES)
    interaction.choices = [Choice(choice["name"], choice["value"]) for choice in choices]


def _open_modal(call: Call, interaction: Interaction, data: Json) -> None:
    call.hub.note_unknown(data, MODAL_KEYS)
    check_modal(data)
    interaction.acknowledge(Ack.MODAL)
    interaction.modal = Modal(
        custom_id=data["custom_id"], title=data["title"], components=tuple(data["components"])
    )


_ACTS: dict[Ack, Callable[[Call, Interaction, Json], None]] = {
    Ack.MESSAGE: _answer,
    Ack.DEFER: _defer,
    Ack.DEFER_UPDATE: _defer_update,
    Ack.UPDATE: _update,
    Ack.CHOICES: _suggest,
    Ack.MODAL: _open_modal,
}


def _told(call: Call, interaction: Interaction, ack: Ack) -> Answer:
    told: Json = {"id": str(interaction.id), "type": int(interaction.kind)}
    message = interaction.original
    if message is not None:
        told |= {
            "response_message_id": str(message.id),
            "response_message_loading": message.loading,
            "response_message_ephemeral": message.ephemeral,
        }
    if message is None or ack not in {Ack.MESSAGE, Ack.UPDATE}:
        return Answer(200, {"interaction": told})
    return Answer(
        200,
        {"interaction": told, "resource": {"type": int(ack), "message": call.hub.payloads.message(message)}},
    )


ROUTES = [
    Route(
        method="POST",
        path="/interactions/{interaction_id}/{interaction_token}/callback",
        handler=callback,
        webhook=True,
    )
]
