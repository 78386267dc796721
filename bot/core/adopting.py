"""Pictures that were drawn elsewhere: what their files tell of it, as requests and recipes of ours."""

from typing import Final

from bot.core.generation import (
    MAX_PROMPT,
    MAX_SEED,
    GenerationRequest,
    Recipe,
    Seed,
    Size,
)
from bot.core.inscription import Parameters
from bot.core.job import Job

IMPORT: Final = "import"
"""The workflow of what was drawn elsewhere: nothing can be drawn with it."""

_TOLD: Final = ("seed", "steps", "cfg", "sampler", "scheduler", "model")


def adopted(told: Parameters, *, size: Size) -> tuple[GenerationRequest, Recipe]:
    """Return what a picture of this size was drawn with; only the request knows what nobody told."""
    seed = Seed(told.seed) if told.seed is not None and 0 <= told.seed <= MAX_SEED else None
    steps = told.steps if told.steps and told.steps > 0 else None
    request = GenerationRequest(
        prompt=_words(told.prompt),
        negative=_words(told.negative) or None,
        seed=seed,
        steps=steps,
        cfg=told.cfg,
        sampler=told.sampler,
        scheduler=told.scheduler,
        model=told.model,
        loras=told.loras,
    )
    recipe = Recipe(
        workflow=IMPORT,
        prompt=request.prompt,
        negative=request.negative or "",
        size=size,
        count=1,
        seed=seed or Seed(0),
        steps=steps or 1,
        cfg=told.cfg or 0.0,
        sampler=told.sampler or "",
        scheduler=told.scheduler or "",
        model=told.model,
        loras=told.loras,
        denoise=1.0 if told.denoise is None else told.denoise,
        model_hash=told.model_hash,
    )
    return request, recipe


def _words(text: str | None) -> str:
    return (text or "").replace("\0", "")[:MAX_PROMPT]


def is_adopted(job: Job) -> bool:
    return job.recipe.workflow == IMPORT


def untold(job: Job) -> frozenset[str]:
    """Name the parameters of a job that nobody knows; none for what was drawn here."""
    if not is_adopted(job):
        return frozenset()
    return frozenset(name for name in _TOLD if getattr(job.request, name) is None)
