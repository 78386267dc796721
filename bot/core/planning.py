"""From what was asked to what is drawn: every open choice of a request decided, every wrong one refused."""

from collections.abc import Mapping
from typing import assert_never

from bot.core.catalogue import Catalogue, spelled
from bot.core.errors import BadRequest, UnknownName
from bot.core.families import ModelFamily
from bot.core.generation import (
    MAX_COUNT,
    MAX_SEED,
    Aspect,
    GenerationRequest,
    Lora,
    Recipe,
    Reference,
    Seed,
    Size,
    size_of,
)
from bot.core.prompting import clean_prompt, compose_negative
from bot.core.workflow import Workflow

STEPS = range(1, 151)
CFG_MOST = 30.0
STRENGTH_MOST = 4.0
DEFAULT_WORKFLOW = "txt2img"


def choose_workflow(request: GenerationRequest, workflows: Mapping[str, Workflow]) -> Workflow:
    """Return the workflow that was named, or the one that fits: a reference picture asks for img2img."""
    if request.workflow is None and request.reference is not None:
        return _first_from_picture(workflows)
    name = request.workflow or DEFAULT_WORKFLOW
    if name not in workflows:
        raise UnknownName("workflow", name, workflows)
    return workflows[name]


def _first_from_picture(workflows: Mapping[str, Workflow]) -> Workflow:
    for workflow in workflows.values():
        if workflow.needs_reference:
            return workflow
    raise BadRequest(
        "There is no workflow that starts from a picture.", hint="Ask again without the option `reference`."
    )


def decide(
    request: GenerationRequest,
    workflow: Workflow,
    *,
    catalogue: Catalogue | None,
    seed: Seed,
    default_model: str | None = None,
) -> Recipe:
    """Decide every open choice; `seed` is used where none was asked for.

    Names are checked against the catalogue; without one (ComfyUI was never reached) they are taken on
    trust and a missing model stays open. Raises BadRequest and its kin.
    """
    workflow.check_options(request)
    if workflow.needs_reference and request.reference is None:
        raise BadRequest(
            f"The workflow `{workflow.name}` starts from a picture, and none was given.",
            hint="Attach one with the option `reference`.",
        )
    _check_ranges(request)
    defaults = workflow.defaults
    model = _model(request.model or default_model, catalogue) if workflow.needs_model else None
    return Recipe(
        workflow=workflow.name,
        prompt=clean_prompt(request.prompt),
        negative=compose_negative(request.negative, defaults.negative),
        size=_size(request.size, request.reference, defaults.aspect, ModelFamily.guess(model or "xl")),
        count=request.count or 1,
        seed=request.seed if request.seed is not None else seed,
        steps=request.steps or defaults.steps,
        cfg=defaults.cfg if request.cfg is None else request.cfg,
        sampler=_known("sampler", request.sampler or defaults.sampler, catalogue and catalogue.samplers),
        scheduler=_known(
            "scheduler", request.scheduler or defaults.scheduler, catalogue and catalogue.schedulers
        ),
        model=model,
        loras=tuple(_lora(lora, catalogue) for lora in request.loras),
        reference=request.reference,
        denoise=defaults.denoise if request.denoise is None else request.denoise,
    )


def _model(name: str | None, catalogue: Catalogue | None) -> str | None:
    if catalogue is None:
        return name
    if name is not None:
        return spelled("model", name, catalogue.checkpoints)
    if not catalogue.checkpoints:
        raise BadRequest(
            "ComfyUI has no checkpoint to draw with.",
            hint="Put one into its folder models/checkpoints and try again.",
        )
    return catalogue.checkpoints[0]


def _known(kind: str, name: str, known: tuple[str, ...] | None) -> str:
    return name if known is None else spelled(kind, name, known)


def _lora(lora: Lora, catalogue: Catalogue | None) -> Lora:
    return Lora(name=_known("LoRA", lora.name, catalogue and catalogue.loras), strength=lora.strength)


def _size(
    asked: Size | Aspect | None, reference: Reference | None, default: Aspect, family: ModelFamily
) -> Size:
    match asked:
        case Size():
            asked.check()
            return asked
        case Aspect():
            return size_of(asked, family)
        case None:
            return size_of(_aspect_like(reference.size) if reference else default, family)
        case _:
            assert_never(asked)


def _aspect_like(size: Size) -> Aspect:
    """Return the named aspect whose proportions are nearest."""

    def difference(aspect: Aspect) -> float:
        named = size_of(aspect, ModelFamily.SDXL)
        return abs(named.width / named.height - size.width / size.height)

    return min(Aspect, key=difference)


def _check_ranges(request: GenerationRequest) -> None:
    ranges = {
        "count": (request.count, 1, MAX_COUNT),
        "steps": (request.steps, STEPS.start, STEPS.stop - 1),
        "seed": (request.seed, 0, MAX_SEED),
        "cfg": (request.cfg, 0.0, CFG_MOST),
        "denoise": (request.denoise, 0.0, 1.0),
    }
    for name, (value, least, most) in ranges.items():
        if value is not None:
            _check_range(name, value, least, most)
    for lora in request.loras:
        _check_range("lora_strength", lora.strength, -STRENGTH_MOST, STRENGTH_MOST)


def _check_range(name: str, value: float, least: float, most: float) -> None:
    if not least <= value <= most:
        raise BadRequest(f"`{name}` goes from {least} to {most}; {value} is outside.", hint="Choose another.")
