"""Profiles: how a kind of checkpoint wants to be spoken to, and with what it draws well."""

import re
from dataclasses import dataclass, field, replace
from enum import StrEnum

from bot.core.families import ModelFamily

WINDOW = 75
"""So many tokens CLIP reads at once, beside the two that mark the beginning and the end."""


class PromptFormat(StrEnum):
    TAGS = "tags"
    PROSE = "prose"


@dataclass(frozen=True, slots=True, kw_only=True)
class Tuning:
    """With what to draw where nobody says otherwise; None: the workflow's own default stands."""

    steps: int | None = None
    cfg: float | None = None
    sampler: str | None = None
    scheduler: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Profile:
    """`quality` precedes the prompt; `negative` stands for the workflow's, whose own stays where it is "".

    `window` is how many tokens the text encoder reads at once; None where prompts are not cut into chunks.
    """

    name: str
    format: PromptFormat = PromptFormat.TAGS
    quality: str = ""
    negative: str = ""
    tuning: Tuning = field(default_factory=Tuning)
    window: int | None = WINDOW


def profile_of(checkpoint: str, family: ModelFamily) -> Profile:
    """Return the profile of the checkpoint's kind, else the plain one of its family.

    A checkpoint distilled to draw in a few steps is spoken to like its kind, but not drawn with like it.
    """
    profile = next((one for kind, one in _OF_KIND if kind.search(checkpoint)), None)
    if profile is None or family is not ModelFamily.SDXL:
        return _PLAIN[family]
    return replace(profile, tuning=Tuning()) if _DISTILLED.search(checkpoint) else profile


PLAIN = Profile(name="plain")
"""For a workflow that brings its own models, of which nothing is known."""
ILLUSTRIOUS = Profile(
    name="Illustrious",
    quality="masterpiece, best quality",
    negative="worst quality, bad quality, low quality, lowres, bad anatomy, bad hands, jpeg artifacts, "
    "signature, watermark, text",
    tuning=Tuning(steps=25, cfg=5.0, sampler="euler_ancestral", scheduler="normal"),
)
NOOBAI = Profile(
    name="NoobAI",
    quality="masterpiece, best quality, newest, absurdres",
    negative="worst quality, old, early, low quality, lowres, bad hands, mutated hands, signature, username, "
    "logo",
    tuning=Tuning(steps=28, cfg=5.0, sampler="euler_ancestral", scheduler="normal"),
)
ANIMAGINE = Profile(
    name="Animagine",
    quality="masterpiece, high score, great score, absurdres",
    negative="lowres, bad anatomy, bad hands, text, missing finger, extra digits, cropped, worst quality, "
    "low quality, low score, signature, watermark, blurry",
    tuning=Tuning(steps=28, cfg=5.0, sampler="euler_ancestral", scheduler="normal"),
)
PONY = Profile(
    name="Pony",
    quality="score_9, score_8_up, score_7_up",
    negative="score_6, score_5, score_4, lowres, bad anatomy, bad hands, text, watermark",
    tuning=Tuning(steps=25, cfg=7.0, sampler="euler_ancestral", scheduler="normal"),
)

_OF_KIND = (
    (re.compile(r"noob", re.IGNORECASE), NOOBAI),
    (re.compile(r"animagine", re.IGNORECASE), ANIMAGINE),
    (re.compile(r"illustrious|(?<![a-z])ilxl", re.IGNORECASE), ILLUSTRIOUS),
    (re.compile(r"pony", re.IGNORECASE), PONY),
)
_DISTILLED = re.compile(r"turbo|lightning|hyper|lcm|dmd", re.IGNORECASE)

_PLAIN = {
    ModelFamily.SD15: Profile(name="plain SD1.5"),
    ModelFamily.SD2: Profile(name="plain SD2"),
    ModelFamily.SDXL: Profile(name="plain SDXL"),
    ModelFamily.SD3: Profile(name="plain SD3", format=PromptFormat.PROSE, window=None),
    ModelFamily.FLUX: Profile(
        name="plain Flux",
        format=PromptFormat.PROSE,
        tuning=Tuning(cfg=1.0, sampler="euler", scheduler="simple"),
        window=None,
    ),
}
"""They change nothing of the prompt."""
