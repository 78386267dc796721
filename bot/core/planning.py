"""From what was asked to what is drawn: every open choice of a request decided, every wrong one refused."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from bot.core.catalogue import Catalogue, spelled
from bot.core.characters import Part
from bot.core.composing import Composed, compose
from bot.core.enlarging import SCALE_MOST, enlarged, preferred_upscaler
from bot.core.errors import BadRequest, UnknownName
from bot.core.families import ModelFamily
from bot.core.fitting import AppliedLora, Checkpoint, choose_checkpoint, choose_loras, of_style
from bot.core.generation import (
    MAX_COUNT,
    MAX_SEED,
    Aspect,
    CastMember,
    GenerationRequest,
    Recipe,
    Seed,
    Size,
    StyleUsed,
    size_of,
)
from bot.core.profiles import PLAIN, Profile, Tuning, profile_of
from bot.core.styles import Style, StyleSheet
from bot.core.workflow import Defaults, Workflow

STEPS = range(1, 151)
CFG_MOST = 30.0
STRENGTH_MOST = 4.0
DEFAULT_WORKFLOW = "txt2img"
FROM_PICTURE = "img2img"


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """What is drawn, and how each choice came about."""

    recipe: Recipe
    composed: Composed
    profile: Profile
    checkpoint: Checkpoint | None
    loras: tuple[AppliedLora, ...] = ()


def choose_workflow(
    request: GenerationRequest, workflows: Mapping[str, Workflow], *, usual: str | None = None
) -> Workflow:
    """Return the workflow that was named, or the one that fits: a reference picture asks for img2img.

    `usual` is the project's.
    """
    name = request.workflow or usual or DEFAULT_WORKFLOW
    if request.workflow is None and request.reference is not None:
        return _from_picture(name, workflows)
    if name not in workflows:
        raise UnknownName("workflow", name, workflows)
    return workflows[name]


def _from_picture(usual: str, workflows: Mapping[str, Workflow]) -> Workflow:
    own = workflows[usual].from_picture if usual in workflows else None
    for name in (usual, own, FROM_PICTURE, *workflows):
        found = workflows.get(name or "")
        if found is not None and found.needs_reference and not found.enlarges:
            return found
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
    parts: Sequence[Part] = (),
    style: Style | None = None,
) -> Plan:
    """Decide every open choice; `seed` is used where none was asked for.

    What was asked for goes before what the style says, that before the checkpoint's profile, and that before
    the workflow's defaults. Names are checked against the catalogue; without one (ComfyUI was never reached)
    they are taken on trust and a missing model stays open. Raises BadRequest and its kin.
    """
    _check(request, workflow)
    checkpoint = choose_checkpoint(
        request, workflow, style=style, catalogue=catalogue, default_model=default_model
    )
    family = checkpoint.belonging.family if checkpoint else None
    profile = profile_of(checkpoint.name, checkpoint.belonging.family) if checkpoint else PLAIN
    loras = choose_loras(
        request, workflow, parts=parts, style=style, catalogue=catalogue, checkpoint=checkpoint
    )
    composed = compose(
        request.prompt,
        request.negative,
        parts=parts,
        style=style,
        profile=profile,
        family=family,
        default_negative=workflow.defaults.negative,
    )
    settled = _settled(request, style, profile.tuning, workflow.defaults, catalogue)
    recipe = Recipe(
        workflow=workflow.name,
        prompt=composed.positive,
        negative=composed.negative,
        size=_size(request, workflow, style, settled, family or ModelFamily.SDXL),
        count=request.count or 1,
        seed=request.seed if request.seed is not None else seed,
        steps=settled.steps,
        cfg=settled.cfg,
        sampler=settled.sampler,
        scheduler=settled.scheduler,
        model=checkpoint.name if checkpoint else None,
        loras=tuple(one.lora for one in loras),
        reference=request.reference,
        denoise=settled.denoise,
        scale=settled.scale,
        upscaler=_upscaler(request, workflow, catalogue),
        cast=tuple(_member(part) for part in parts),
        style=_used(style),
        family=family,
        model_hash=checkpoint.hash if checkpoint else None,
        renderer=catalogue.version if catalogue else "",
        dropped=tuple(one.term.text for one in composed.dropped),
    )
    return Plan(recipe=recipe, composed=composed, profile=profile, checkpoint=checkpoint, loras=loras)


def _check(request: GenerationRequest, workflow: Workflow) -> None:
    workflow.check_options(request)
    if workflow.needs_reference and request.reference is None:
        raise BadRequest(
            f"The workflow `{workflow.name}` starts from a picture, and none was given.",
            hint="Attach one with the option `reference`.",
        )
    _check_ranges(request)


def _settled(
    request: GenerationRequest,
    style: Style | None,
    tuning: Tuning,
    defaults: Defaults,
    catalogue: Catalogue | None,
) -> Defaults:
    """Return the settings that are drawn with, names as ComfyUI spells them."""
    sheet = style.sheet if style else StyleSheet()
    sampler = request.sampler or sheet.sampler or tuning.sampler or defaults.sampler
    scheduler = request.scheduler or sheet.scheduler or tuning.scheduler or defaults.scheduler
    return replace(
        defaults,
        steps=request.steps or sheet.steps or tuning.steps or defaults.steps,
        cfg=_first(request.cfg, sheet.cfg, tuning.cfg, otherwise=defaults.cfg),
        sampler=_known(
            "sampler",
            sampler,
            catalogue and catalogue.samplers,
            said_by=style if sheet.sampler and not request.sampler else None,
        ),
        scheduler=_known(
            "scheduler",
            scheduler,
            catalogue and catalogue.schedulers,
            said_by=style if sheet.scheduler and not request.scheduler else None,
        ),
        denoise=_first(request.denoise, otherwise=defaults.denoise),
        scale=_first(request.scale, otherwise=defaults.scale),
    )


def _used(style: Style | None) -> StyleUsed | None:
    if style is None:
        return None
    return StyleUsed(id=style.id, name=style.name, revision=style.revision.number)


def _member(part: Part) -> CastMember:
    who = part.character
    return CastMember(
        id=who.id, name=who.name, slug=who.slug, variations=tuple(one.name for one in part.variations)
    )


def _first(*said: float | None, otherwise: float) -> float:
    return next((value for value in said if value is not None), otherwise)


def _upscaler(request: GenerationRequest, workflow: Workflow, catalogue: Catalogue | None) -> str | None:
    """Return the upscale model as ComfyUI spells it; the workflow's own while ComfyUI was never reached."""
    if "upscaler" not in workflow.places:
        return None
    known = catalogue.upscalers if catalogue else None
    if request.upscaler is not None:
        return _known("upscale model", request.upscaler, known)
    chosen = preferred_upscaler(known) if known is not None else workflow.filled("upscaler")
    if chosen is None:
        raise BadRequest(
            f"The workflow `{workflow.name}` needs an upscale model, and ComfyUI has none.",
            hint="Put one into ComfyUI's folder `models/upscale_models`, or choose another workflow.",
        )
    return chosen


def _known(kind: str, name: str, known: tuple[str, ...] | None, *, said_by: Style | None = None) -> str:
    """Return the name as ComfyUI spells it; a style that says one which ComfyUI lacks is named."""
    if said_by is not None:
        return of_style(kind, name, known, said_by)
    return name if known is None else spelled(kind, name, known)


def _size(
    request: GenerationRequest,
    workflow: Workflow,
    style: Style | None,
    settled: Defaults,
    family: ModelFamily,
) -> Size:
    """Return the size; a picture to start from keeps its proportions unless somebody asks for others."""
    if workflow.enlarges and request.reference:
        return enlarged(request.reference.size, settled.scale)
    like = _aspect_like(request.reference.size) if request.reference else None
    asked = request.size or like or (style and style.sheet.size) or settled.aspect
    if isinstance(asked, Aspect):
        return size_of(asked, family)
    asked.check()
    return asked


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
        "scale": (request.scale, 1.0, SCALE_MOST),
    }
    for name, (value, least, most) in ranges.items():
        if value is not None:
            _check_range(name, value, least, most)
    for lora in request.loras:
        _check_range("lora_strength", lora.strength, -STRENGTH_MOST, STRENGTH_MOST)


def _check_range(name: str, value: float, least: float, most: float) -> None:
    if not least <= value <= most:
        raise BadRequest(f"`{name}` goes from {least} to {most}; {value} is outside.", hint="Choose another.")
