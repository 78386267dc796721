"""What a picture was drawn with, as its file tells."""

from dataclasses import dataclass
from enum import StrEnum

from bot.core.generation import Lora, Recipe, Size


@dataclass(frozen=True, slots=True, kw_only=True)
class Parameters:
    """What a picture was drawn with, as far as its file tells; None: it does not.

    Samplers and schedulers have ComfyUI's names where those are known. `prompt` is without LoRA tags.
    `others` are the settings that have no field here, by the names that the file has for them.
    """

    prompt: str | None = None
    negative: str | None = None
    seed: int | None = None
    steps: int | None = None
    cfg: float | None = None
    sampler: str | None = None
    scheduler: str | None = None
    denoise: float | None = None
    model: str | None = None
    model_hash: str | None = None
    loras: tuple[Lora, ...] = ()
    size: Size | None = None
    others: tuple[tuple[str, str], ...] = ()


class Provenance(StrEnum):
    """Where in a file parameters were found; the first one found fills what the next ones leave open."""

    GRAPH = "ComfyUI prompt"
    EDITOR = "ComfyUI workflow"
    INFOTEXT = "A1111 parameters"


@dataclass(frozen=True, slots=True, kw_only=True)
class Inscription:
    """What is written in a picture's file about its making.

    `graph` and `workflow` are ComfyUI's JSON texts as they stand in the file. `remarks` tell, in whole
    sentences, what could not be read and why.
    """

    parameters: Parameters | None = None
    found: tuple[Provenance, ...] = ()
    graph: str | None = None
    workflow: str | None = None
    remarks: tuple[str, ...] = ()


def parameters_of(recipe: Recipe, *, size: Size, others: tuple[tuple[str, str], ...] = ()) -> Parameters:
    """Return what is written into a picture of this size that was drawn by the recipe."""
    if recipe.upscaler is not None:
        enlarged = (("Upscaler", recipe.upscaler), ("Upscaled by", f"{recipe.scale:g}"))
        return Parameters(
            prompt=recipe.prompt, negative=recipe.negative or None, size=size, others=(*others, *enlarged)
        )
    return Parameters(
        prompt=recipe.prompt,
        negative=recipe.negative or None,
        seed=recipe.seed,
        steps=recipe.steps,
        cfg=recipe.cfg,
        sampler=recipe.sampler,
        scheduler=recipe.scheduler,
        denoise=recipe.denoise if recipe.reference else None,
        model=recipe.model,
        model_hash=recipe.model_hash,
        loras=recipe.loras,
        size=size,
        others=others,
    )
