"""How a moment is recognised from outside, at the two servers that the bot talks to."""

from collections.abc import Callable
from itertools import takewhile

from bot.sandbox.comfyui import AcceptedPrompt, SandboxComfyUI
from bot.sandbox.discord import (
    Change,
    GatewayChanged,
    InteractionChanged,
    InteractionOpened,
    Message,
    MessageCreated,
    MessageUpdated,
    RequestAnswered,
    ThreadCreated,
)
from tests.chaos.plan import Moment


def pictures_in(change: Change) -> Message | None:
    """Return the message of a change that posted finished pictures; a card with a preview is none."""
    match change:
        case MessageCreated(message=message) if is_post(message):
            return message
        case _:
            return None


def is_post(message: Message) -> bool:
    """Tell whether finished pictures are posted here; a file handed out or a sheet names no job first."""
    return message.author.bot and bool(message.attachments) and message.content.startswith("**#")


def _is_answer_to_post(change: Change) -> bool:
    match change:
        case RequestAnswered(method="POST", path=path, status=200):
            return path.endswith("/messages")
        case _:
            return False


def _is_acknowledged(change: Change) -> bool:
    match change:
        case InteractionChanged(interaction=interaction):
            return interaction.acknowledged
        case _:
            return False


AT_DISCORD: dict[Moment, Callable[[Change], object]] = {
    Moment.CONNECTED: lambda change: isinstance(change, GatewayChanged) and change.what == "ready",
    Moment.ASKED: lambda change: isinstance(change, InteractionOpened),
    Moment.ACKNOWLEDGED: _is_acknowledged,
    Moment.THREAD_OPENED: lambda change: isinstance(change, ThreadCreated),
    Moment.POSTED: pictures_in,
    Moment.POST_ANSWERED: _is_answer_to_post,
    Moment.EDITED: lambda change: isinstance(change, MessageUpdated),
}
"""True of a change that is the moment. The listener hears of it before the bot can read an answer."""


def _asked_for(path: str) -> Callable[[SandboxComfyUI, float], bool]:
    def was_asked(comfy: SandboxComfyUI, since: float) -> bool:
        lately = takewhile(lambda seen: seen.at >= since, reversed(comfy.log))
        return any(seen.path.startswith(path) for seen in lately)

    return was_asked


def _any_prompt(moment: Callable[[AcceptedPrompt], float | None]) -> Callable[[SandboxComfyUI, float], bool]:
    def has_come(comfy: SandboxComfyUI, since: float) -> bool:
        return any((moment(prompt) or 0.0) >= since for prompt in comfy.prompts[-3:])

    return has_come


AT_COMFYUI: dict[Moment, Callable[[SandboxComfyUI, float], bool]] = {
    Moment.LISTENING: _asked_for("/system_stats"),
    Moment.LOOKING: _asked_for("/queue"),
    Moment.SUBMITTED: _any_prompt(lambda prompt: prompt.submitted),
    Moment.STARTED: _any_prompt(lambda prompt: prompt.started),
    Moment.DRAWN: _any_prompt(lambda prompt: prompt.ended),
    Moment.FETCHED: _asked_for("/view"),
}
"""Whether the moment has come since that time, in monotonic seconds."""
