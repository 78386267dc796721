"""Everything that can go wrong in the studio, each with a sentence for the person it happened to.

StudioError                     message: what happened · hint: what to do about it
├── BadRequest                  what was asked for cannot be; nothing was stored
│   ├── UnknownName             no such project, workflow, model, LoRA…; knows the nearest names
│   └── UnusedOption            the workflow has no use for an option that was given
├── NotFound                    it is not here: a job, a picture, a project, somebody…
├── NotAllowed                  the person may not do this
├── LimitReached                a stated cap is reached: waiting jobs, open batches, exports
├── WrongState                  it has moved on, or was changed by somebody, meanwhile
├── RenderError                 the drawing failed; `kind` says how
│   ├── Refused                 ComfyUI's validation: node, input and reason; never retried
│   ├── ExecutionFailed         a node failed while it ran
│   ├── OutOfMemory             the GPU's memory did not suffice
│   ├── NoOutput                it "succeeded", yet there is no picture
│   │   └── Blank               there are some, and all are of one colour all over
│   ├── Stalled                 ComfyUI fell silent in the middle of it, more than once
│   ├── Lost                    ComfyUI forgot the prompt
│   └── Poison                  ComfyUI, or Genga, died of it more than once
├── RendererAway                ComfyUI does not answer; the job waits
│   ├── InDoubt                 it may have taken the order before it fell silent
│   └── WorkerDead              it answers, and draws nothing until it is restarted
├── DiskFull                    there is no room for a file; what is drawn waits
├── DeliveryError               Discord did not take the post
│   ├── MissingPermission       names the permission
│   │   └── ThreadLocked        the thread takes nothing more from us, another one may
│   ├── ThreadAsleep            the thread is archived: a new message wakes it, an edit does not
│   ├── AdultsOnly              the pictures are for adults, and the channel is for everyone
│   ├── NoMoreThreads           the server has as many open threads as Discord allows
│   ├── TargetGone              channel, thread or message was deleted
│   ├── TooLarge                the files are larger than Discord takes
│   ├── Withdrawn               it was posted before, and somebody has deleted it since
│   └── DiscordAway             a passing fault: try again with the same nonce
├── Misconfigured               a setting is wrong; found at start
└── Incident                    nobody foresaw it; its code finds it in the log
"""

from collections.abc import Iterable, Sequence
from difflib import get_close_matches
from typing import Final

MOST_NEAREST = 3
"""So many names are suggested where one is not known."""
LONGEST_ECHO = 80
"""So many characters of a wrong name are said back."""


class StudioError(Exception):
    """Something a person can be told: `message` says what happened, `hint` what to do."""

    def __init__(self, message: str, *, hint: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint


class BadRequest(StudioError):
    """What was asked for cannot be; nothing was stored."""


class UnknownName(BadRequest):
    """`name` is not one of the `known` ones."""

    def __init__(self, kind: str, name: str, known: Iterable[str]) -> None:
        self.nearest = nearest_names(name, tuple(known))
        listed = ", ".join(f"`{candidate}`" for candidate in self.nearest)
        super().__init__(
            f"There is no {kind} called `{_short(name)}`.",
            hint=f"Nearest: {listed}." if listed else _none_yet(kind),
        )


def _none_yet(kind: str) -> str:
    maker = _MAKERS.get(kind)
    return f"There is none yet; `{maker}` makes one." if maker else f"There is no {kind} to choose from yet."


_MAKERS: Final = {
    "project": "/project create",
    "style": "/style create",
    "character": "/character create",
    "variation": "/character variation add",
}


class UnusedOption(BadRequest):
    """An option was given that the workflow does not read."""

    def __init__(self, option: str, workflow: str, used: Iterable[str]) -> None:
        super().__init__(
            f"The workflow `{workflow}` does not use the option `{option}`.",
            hint=f"It uses: {', '.join(f'`{name}`' for name in sorted(used))}.",
        )


class NotFound(StudioError):
    """What was asked for never was here, or is not here any more."""


class NotAllowed(StudioError):
    """The person lacks the right to do this."""


class LimitReached(StudioError):
    """A stated cap is reached; the sentence names it."""


class WrongState(StudioError):
    """What this is to be done to is no longer in a state that allows it, or no longer what was read."""


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


class Blank(NoOutput):
    kind = "blank"


class Stalled(RenderError):
    kind = "stalled"


class Lost(RenderError):
    kind = "lost"


class Poison(RenderError):
    """Whatever drew the job broke down with it, again: it is not tried once more."""

    kind = "poison"


class RendererAway(StudioError):
    """ComfyUI does not answer. Nothing is lost: jobs wait until it does."""


class InDoubt(RendererAway):
    """Nobody answers, and ComfyUI may have the order: nothing else is given to it until that is known."""


class WorkerDead(RendererAway):
    """ComfyUI answers and takes prompts, but what runs them has died."""


class DiskFull(StudioError):
    """A file could not be written for want of room; once there is room it can be."""


class DeliveryError(StudioError):
    """Discord did not take a post."""


class MissingPermission(DeliveryError):
    def __init__(self, permission: str, where: str, *, because: str = "") -> None:
        self.permission = permission
        super().__init__(
            f"{because} Genga lacks the permission “{permission}” in {where}.".lstrip(),
            hint="Grant it there, or choose another gallery with `/settings gallery`.",
        )


class ThreadLocked(MissingPermission):
    def __init__(self, where: str) -> None:
        super().__init__("Manage Threads", where, because=f"{where} is locked.")


class ThreadAsleep(DeliveryError):
    """An archived thread: its messages cannot be edited."""


class AdultsOnly(DeliveryError):
    """An adult project's pictures, and a channel that is not age-restricted: nothing is posted there."""

    def __init__(self, channel: int, *, because: str = "") -> None:
        super().__init__(
            f"{because} <#{channel}> is not age-restricted, and the project is for adults: its pictures are "
            "not posted there. They are kept in the library.".lstrip(),
            hint="Make the channel age-restricted, or choose another with `/project edit`.",
        )


class NoMoreThreads(DeliveryError):
    """The server is full of open threads: none can be opened or woken."""


class TargetGone(DeliveryError):
    """The channel, thread or message to post to no longer exists."""


class TooLarge(DeliveryError):
    """The files are too large, alone or together: smaller ones may be taken."""


class Withdrawn(DeliveryError):
    """The post arrived at an earlier try and is deleted by now: it is not made again."""


class DiscordAway(DeliveryError):
    """A passing fault of Discord's or of the network's: the same post may be tried again.

    `patience_s`: not sooner than so many seconds from now.
    """

    def __init__(self, message: str, *, hint: str = "", patience_s: float = 0.0) -> None:
        super().__init__(message, hint=hint)
        self.patience_s = patience_s


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


def _short(name: str) -> str:
    return name if len(name) <= LONGEST_ECHO else f"{name[: LONGEST_ECHO - 1]}…"


def nearest_names(name: str, known: Sequence[str]) -> tuple[str, ...]:
    """Return the known names that look most like `name`, best first; the first ones if none does."""
    by_folded = {candidate.casefold(): candidate for candidate in known}
    close = get_close_matches(name.casefold(), by_folded, n=MOST_NEAREST, cutoff=0.4)
    contained = [folded for folded in by_folded if name.casefold() in folded and folded not in close]
    found = [by_folded[folded] for folded in [*close, *contained]][:MOST_NEAREST]
    return tuple(found or known[:MOST_NEAREST])
