"""The families of models: what was trained for one does not fit another."""

import re
from dataclasses import dataclass
from enum import StrEnum
from typing import Self


class ModelFamily(StrEnum):
    """Which architecture a checkpoint or LoRA was trained on."""

    SD15 = "SD1.5"
    SD2 = "SD2"
    SDXL = "SDXL"
    SD3 = "SD3"
    FLUX = "Flux"

    @classmethod
    def guess(cls, checkpoint: str) -> Self:
        """Guess from the file's name, where ComfyUI does not tell the family; SD1.5 where nothing does."""
        said = said_by(checkpoint)
        return cls(said or (cls.SDXL if _LIKE_SDXL.search(checkpoint) else cls.SD15))


class Knowing(StrEnum):
    """How it is known to which family a model belongs."""

    TOLD = "told by ComfyUI"
    NAMED = "going by its name"
    ASSUMED = "assumed"


@dataclass(frozen=True, slots=True, kw_only=True)
class Belonging:
    """The family that a model belongs to, and how that is known."""

    family: ModelFamily
    how: Knowing

    def __str__(self) -> str:
        return f"{self.family}, {self.how}"

    def bars(self, other: Self) -> bool:
        """Tell whether both are known well enough to say that they do not fit."""
        return self.family is not other.family and Knowing.ASSUMED not in (self.how, other.how)


def told(architecture: str) -> ModelFamily | None:
    """Read `modelspec.architecture` or `ss_base_model_version`, those of LoRAs too; None: another kind."""
    return next((family for family, spelled in _TOLD.items() if spelled.match(architecture.strip())), None)


def said_by(name: str) -> ModelFamily | None:
    """Return the family that a file's name says in so many words."""
    return next((family for family, spelled in _SAID.items() if spelled.search(name)), None)


def of_checkpoint(name: str, told_family: ModelFamily | None) -> Belonging:
    if told_family is not None:
        return Belonging(family=told_family, how=Knowing.TOLD)
    family = ModelFamily.guess(name)
    named = said_by(name) is not None or _SDXL_KIND.search(name) is not None
    return Belonging(family=family, how=Knowing.NAMED if named else Knowing.ASSUMED)


def of_lora(name: str, told_family: ModelFamily | None) -> Belonging | None:
    """Return where a LoRA belongs; None where neither ComfyUI nor its name says."""
    if told_family is not None:
        return Belonging(family=told_family, how=Knowing.TOLD)
    said = said_by(name)
    return Belonging(family=said, how=Knowing.NAMED) if said is not None else None


_TOLD = {
    ModelFamily.SD15: re.compile(r"stable-diffusion-v1(?!\d)|sd_?v?1(?!\d)", re.IGNORECASE),
    ModelFamily.SD2: re.compile(r"stable-diffusion-v2(?!\d)|sd_?v?2(?!\d)", re.IGNORECASE),
    ModelFamily.SDXL: re.compile(r"stable-diffusion-xl|sdxl", re.IGNORECASE),
    ModelFamily.SD3: re.compile(r"stable-diffusion-v?3(?!\d)|sd_?v?3(?!\d)", re.IGNORECASE),
    ModelFamily.FLUX: re.compile(r"flux", re.IGNORECASE),
}
"""As kohya's trainer and others write it, from the beginning: what follows is the variant or `/lora`."""

_SAID = {
    family: re.compile(pattern, re.IGNORECASE)
    for family, pattern in {
        ModelFamily.SDXL: r"sdxl|(?<![a-z])xl(?![a-z])|(?-i:XL)(?![a-z])|illustrious|noobai|animagine"
        r"|pony_?(?:v6|diffusion)",
        ModelFamily.SD15: r"(?<![a-z])sd[-_ ]?v?1(?:[-_. ]?[45])?(?!\d)|(?:^|[/\\])v1-5",
        ModelFamily.SD2: r"(?<![a-z])sd[-_ ]?v?2(?:[-_. ]?[01])?(?!\d)|(?:^|[/\\])v2-1",
        ModelFamily.SD3: r"(?<![a-z])sd[-_ ]?v?3(?:[-_. ]?5)?(?!\d)|stable-diffusion-3",
        ModelFamily.FLUX: r"(?<![a-z])flux",
    }.items()
}
_SDXL_KIND = re.compile(r"pony|noob", re.IGNORECASE)
"""A checkpoint so named is one of SDXL's; of a LoRA that says too little: it may show a pony."""
_LIKE_SDXL = re.compile(r"xl|pony|noob", re.IGNORECASE)
