"""Everything that can go wrong in the studio, each with a sentence for the person it happened to.

StudioError                     message: what happened · hint: what to do about it
├── BadRequest                  refused before a job exists
│   ├── UnknownName             no such project, workflow, model, LoRA…; knows the nearest names
│   └── UnusedOption            the workflow has no use for an option that was given
├── NotFound                    no such job
├── NotAllowed                  the person may not do this
├── LimitReached                too many jobs are waiting already
├── WrongState                  the job has moved on meanwhile
├── RenderError                 the drawing failed; `kind` says how
│   ├── Refused                 ComfyUI's validation: node, input and reason; never retried
│   ├── ExecutionFailed         a node failed while it ran
│   ├── OutOfMemory             the GPU's memory did not suffice
│   ├── NoOutput                it "succeeded", yet there is no picture
│   └── Lost                    ComfyUI forgot the prompt
├── RendererAway                ComfyUI does not answer; the job waits
├── DeliveryError               Discord did not take the post
│   ├── MissingPermission       names the permission
│   ├── TargetGone              channel, thread or message was deleted
│   └── DiscordAway             a passing fault: try again with the same nonce
├── Misconfigured               a setting is wrong; found at start
└── Incident                    nobody foresaw it; its code finds it in the log
"""

from collections.abc import Iterable, Sequence
from difflib import get_close_matches


class StudioError(Exception):
    """Something a person can be told: `message` says what happened, `hint` what to do."""

    def __init__(self, message: str, *, hint: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint


class BadRequest(StudioError):
    """The request cannot become a job; nothing was stored."""


class UnknownName(BadRequest):
    """`name` is not one of the `known` ones."""

    def __init__(self, kind: str, name: str, known: Iterable[str]) -> None:
        self.nearest = nearest_names(name, tuple(known))
        listed = ", ".join(f"`{candidate}`" for candidate in self.nearest)
        super().__init__(
            f"There is no {kind} called `{_short(name)}`.",
            hint=f"Nearest: {listed}." if listed else f"There is no {kind} to choose from yet.",
        )


class UnusedOption(BadRequest):
    """An option was given that the workflow does not read."""

    def __init__(self, option: str, workflow: str, used: Iterable[str]) -> None:
        super().__init__(
            f"The workflow `{workflow}` does not use the option `{option}`.",
            hint=f"It uses: {', '.join(f'`{name}`' for name in sorted(used))}.",
        )


class NotFound(StudioError):
    """What was asked for has never existed here."""


class NotAllowed(StudioError):
    """The person lacks the right to do this."""


class LimitReached(StudioError):
    """A stated cap is reached; the sentence names it."""


class WrongState(StudioError):
    """The job is no longer in a state that allows this."""


class RenderError(StudioError):
    """A drawing failed. `kind` is stored with the job and stable across versions."""

    kind = "failed"


class Refused(RenderError):
    """ComfyUI's own validation said no, so asking again is pointless."""

    kind = "refused"


class ExecutionFailed(RenderError):
    kind = "execution"


class OutOfMemory(RenderError):
    kind = "out_of_memory"


class NoOutput(RenderError):
    kind = "no_output"


class Lost(RenderError):
    kind = "lost"


class RendererAway(StudioError):
    """ComfyUI does not answer. Nothing is lost: jobs wait until it does."""


class DeliveryError(StudioError):
    """Discord did not take a post."""


class MissingPermission(DeliveryError):
    def __init__(self, permission: str, where: str) -> None:
        self.permission = permission
        super().__init__(
            f"Genga lacks the permission “{permission}” in {where}.",
            hint="Grant it there, or choose another gallery with `/settings gallery`.",
        )


class TargetGone(DeliveryError):
    """The channel, thread or message to post to no longer exists."""


class DiscordAway(DeliveryError):
    """A passing fault of Discord's or of the network's: the same post may be tried again."""


class Misconfigured(StudioError):
    """A setting cannot be used; `message` names it."""


class Incident(StudioError):
    """Something nobody foresaw. `code` finds it in the log."""

    def __init__(self, code: str) -> None:
        self.code = code
        super().__init__(
            "Something went wrong inside Genga.",
            hint=f"It is logged as incident `{code}`; tell that to whoever runs the bot.",
        )


def _short(name: str, *, most: int = 80) -> str:
    return name if len(name) <= most else f"{name[: most - 1]}…"


def nearest_names(name: str, known: Sequence[str], *, most: int = 3) -> tuple[str, ...]:
    """Return the known names that look most like `name`, best first; the first ones if none does."""
    by_folded = {candidate.casefold(): candidate for candidate in known}
    close = get_close_matches(name.casefold(), by_folded, n=most, cutoff=0.4)
    contained = [folded for folded in by_folded if name.casefold() in folded and folded not in close]
    found = [by_folded[folded] for folded in [*close, *contained]][:most]
    return tuple(found or known[:most])
