"""What will go wrong and when: drawn from a seed before anything begins, so that a run can be repeated."""

from dataclasses import dataclass
from enum import StrEnum
from random import Random


class Moment(StrEnum):
    """What a blow waits for; `ANY` waits for nothing but its delay."""

    ANY = "any time"
    STARTING = "while it starts"
    CONNECTED = "connected to Discord"
    LISTENING = "connected to ComfyUI"
    LOOKING = "looking for an old prompt in ComfyUI"
    ASKED = "somebody asked"
    ACKNOWLEDGED = "an answer reached Discord"
    SUBMITTED = "ComfyUI has the prompt"
    STARTED = "ComfyUI draws"
    DRAWN = "ComfyUI has drawn"
    FETCHED = "ComfyUI has given a picture away"
    THREAD_OPENED = "a thread was opened, the answer not read"
    POSTED = "pictures arrived in Discord, the answer not read"
    POST_ANSWERED = "the answer to the pictures is on its way"
    EDITED = "a card was edited"


LONGEST_DELAY_S: dict[Moment, float] = {
    Moment.ANY: 0.7,
    Moment.STARTING: 0.06,
    Moment.CONNECTED: 0.15,
    Moment.LISTENING: 0.1,
    Moment.LOOKING: 0.05,
    Moment.ASKED: 0.03,
    Moment.ACKNOWLEDGED: 0.01,
    Moment.SUBMITTED: 0.01,
    Moment.STARTED: 0.05,
    Moment.DRAWN: 0.06,
    Moment.FETCHED: 0.04,
    Moment.THREAD_OPENED: 0.01,
    Moment.POSTED: 0.01,
    Moment.POST_ANSWERED: 0.01,
    Moment.EDITED: 0.01,
}
"""Short where the interesting part is short. Half of the blows come without any delay."""

PATIENCE_S: dict[Moment, float] = {
    moment: 4.0
    if moment in {Moment.SUBMITTED, Moment.STARTED, Moment.DRAWN, Moment.FETCHED, Moment.POSTED}
    else 0.8
    for moment in Moment
}
"""A moment that has not come within this is not waited for: the blow falls anyway.

Some lives must be long enough to look three times for a prompt that ComfyUI forgot, or nothing is ever drawn.
"""

_OFTEN = (Moment.ANY, Moment.STARTING, Moment.CONNECTED, Moment.SUBMITTED, Moment.DRAWN, Moment.POSTED)


@dataclass(frozen=True, slots=True, kw_only=True)
class Blow:
    """One SIGKILL, and whether ComfyUI is killed beside it: then it stays away for `comfyui_down_s`."""

    moment: Moment
    delay_s: float
    comfyui_down_s: float | None = None


def plan_of(seed: int, kills: int, *, comfyui_dies: float = 0.04) -> list[Blow]:
    """Return what befalls the bot, life after life; the same seed gives the same plan."""
    dice = Random(seed)
    return [_blow(dice, comfyui_dies) for _ in range(kills)]


def _blow(dice: Random, comfyui_dies: float) -> Blow:
    moment = dice.choice((*Moment, *_OFTEN))
    at_once = moment is not Moment.ANY and dice.random() < 0.5
    delay = 0.0 if at_once else dice.uniform(0.0, LONGEST_DELAY_S[moment])
    down = dice.uniform(0.0, 0.2) if dice.random() < comfyui_dies else None
    return Blow(moment=moment, delay_s=delay, comfyui_down_s=down)
