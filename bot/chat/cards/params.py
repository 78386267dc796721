"""All parameters of a job, as text and as files."""

import json

from bot.chat.cards import palette
from bot.chat.cards.measures import dotted, plain_number
from bot.chat.cards.recipes import member_words
from bot.chat.look import Attached, Look
from bot.chat.markdown import fitted
from bot.core.adopting import is_adopted, untold
from bot.core.job import Job, JobState
from bot.core.workflow import Json

_NOT_SENT = "Not sent to ComfyUI yet: the worker may still decide the model."


def params_card(job: Job) -> Look:
    """Show every parameter, with the parameters and the workflow exactly as sent as files."""
    lines = [f"{name} {value}" for name, value in _shown(job)]
    return Look(
        title=f"#{job.id} · parameters",
        text="\n".join([*lines, _note(job)]),
        colour=palette.OF_STATE[job.state],
        files=_files(job),
    )


def _shown(job: Job) -> list[tuple[str, str]]:
    recipe = job.recipe
    shown = {
        "typed": job.caption if job.caption != recipe.prompt else "",
        "prompt": recipe.prompt,
        "negative": recipe.negative,
        "left out of the negative": ", ".join(recipe.dropped),
        "cast": ", ".join(member_words(member) for member in recipe.cast),
        "style": f"{recipe.style.name}, revision {recipe.style.revision}" if recipe.style else "",
        "model": recipe.model or "not decided yet",
        "model's hash": recipe.model_hash or "",
        "family": recipe.family or "",
        "workflow": recipe.workflow,
        "size": str(recipe.size),
        "count": str(recipe.count),
        "seed": str(recipe.seed),
        "steps": str(recipe.steps),
        "cfg": plain_number(recipe.cfg),
        "sampler": recipe.sampler,
        "scheduler": recipe.scheduler,
        "lora": dotted(*(f"{lora.name} at {plain_number(lora.strength)}" for lora in recipe.loras)),
        "reference": str(recipe.reference.size) if recipe.reference else "",
        "denoise": plain_number(recipe.denoise) if recipe.reference else "",
    }
    shown |= dict.fromkeys(untold(job), "its file does not tell")
    if recipe.upscaler is not None:
        shown |= dict.fromkeys(_DRAWING_ONLY, "")
        shown |= {"upscale model": recipe.upscaler, "scale": plain_number(recipe.scale)}
    return [(f"**{name}**", fitted(value, _ROOM.get(name, 120))) for name, value in shown.items() if value]


_DRAWING_ONLY = ("model", "model's hash", "seed", "steps", "cfg", "sampler", "scheduler", "denoise")
"""What an upscale model has no use for."""
_ROOM = {"typed": 500, "prompt": 1300, "negative": 700, "lora": 300, "cast": 200}


def _note(job: Job) -> str:
    sent = "The second file is the workflow exactly as it was sent to ComfyUI."
    if is_adopted(job):
        return "-# It was drawn elsewhere: this is what its file tells."
    if job.graph is None:
        return "-# There is no workflow yet: it is made when ComfyUI has told what it can draw with."
    return f"-# {_NOT_SENT if job.state is JobState.QUEUED else sent}"


def _files(job: Job) -> tuple[Attached, ...]:
    params = Attached(name=f"genga-{job.id}-params.json", content=_json(_parameters(job)))
    if job.graph is None:
        return (params,)
    workflow = Attached(name=f"genga-{job.id}-workflow.json", content=_json(job.graph.to_api()))
    return (params, workflow)


def _parameters(job: Job) -> dict[str, Json]:
    recipe = job.recipe
    return {
        "job": job.id,
        "prompt_id": job.prompt_id,
        "parent": job.parent,
        "workflow": recipe.workflow,
        "typed": job.caption,
        "prompt": recipe.prompt,
        "negative": recipe.negative,
        "dropped": list(recipe.dropped),
        "cast": [{"name": member.name, "variations": list(member.variations)} for member in recipe.cast],
        "style": {"name": recipe.style.name, "revision": recipe.style.revision} if recipe.style else None,
        "width": recipe.size.width,
        "height": recipe.size.height,
        "count": recipe.count,
        "seed": recipe.seed,
        "steps": recipe.steps,
        "cfg": recipe.cfg,
        "sampler": recipe.sampler,
        "scheduler": recipe.scheduler,
        "model": recipe.model,
        "model_hash": recipe.model_hash,
        "family": recipe.family,
        "renderer": recipe.renderer,
        "loras": [{"name": lora.name, "strength": lora.strength} for lora in recipe.loras],
        "reference": recipe.reference.sha256 if recipe.reference else None,
        "denoise": recipe.denoise,
        "scale": recipe.scale,
        "upscaler": recipe.upscaler,
    }


def _json(value: Json) -> bytes:
    return json.dumps(value, ensure_ascii=False, indent=2).encode()
