"""Which checkpoint and which LoRAs a drawing is made with, and whether they fit each other."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from bot.core import families
from bot.core.catalogue import Catalogue, ModelFacts, spelled
from bot.core.characters import Part
from bot.core.composing import Source
from bot.core.errors import BadRequest, UnknownName
from bot.core.families import Belonging
from bot.core.generation import GenerationRequest, Lora, Recipe
from bot.core.styles import Style
from bot.core.workflow import Workflow


@dataclass(frozen=True, slots=True, kw_only=True)
class AppliedLora:
    """A LoRA as it is applied, who brought it, and where it belongs as far as that is known."""

    lora: Lora
    source: Source
    whose: str = ""
    belonging: Belonging | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Checkpoint:
    """A checkpoint by ComfyUI's name for it, and where it belongs."""

    name: str
    belonging: Belonging
    hash: str | None = None


def check_at_hand(recipe: Recipe, workflow: Workflow, catalogue: Catalogue) -> None:
    """Raise UnknownName for a file that the recipe was made with and ComfyUI has no more."""
    needed: list[tuple[str, str, Sequence[str]]] = []
    if workflow.needs_model and recipe.model is not None:
        needed.append(("model", recipe.model, catalogue.checkpoints))
    if workflow.lora_anchor is not None:
        needed.extend(("LoRA", lora.name, catalogue.loras) for lora in recipe.loras)
    if "upscaler" in workflow.places and recipe.upscaler is not None:
        needed.append(("upscale model", recipe.upscaler, catalogue.upscalers))
    for kind, name, known in needed:
        if name not in known:
            raise UnknownName(kind, name, known)


def choose_checkpoint(
    request: GenerationRequest,
    workflow: Workflow,
    *,
    style: Style | None,
    catalogue: Catalogue | None,
    default_model: str | None,
) -> Checkpoint | None:
    """Return what to draw with; None for a workflow that brings its own, or while nobody can know.

    What is asked for goes before the style's, that before the studio's, and else ComfyUI's first draws.
    """
    if not workflow.needs_model:
        return None
    name = _named(request, style, catalogue, default_model)
    if name is None:
        return None
    facts = _facts(name, catalogue)
    return Checkpoint(name=name, belonging=families.of_checkpoint(name, facts.family), hash=facts.hash)


def _named(
    request: GenerationRequest, style: Style | None, catalogue: Catalogue | None, default_model: str | None
) -> str | None:
    known = catalogue.checkpoints if catalogue else None
    if request.model is None and style is not None and style.sheet.model is not None:
        return of_style("checkpoint", style.sheet.model, known, style)
    wanted = request.model or default_model
    if known is None or wanted is not None:
        return wanted if known is None or wanted is None else spelled("model", wanted, known)
    if not known:
        raise BadRequest(
            "ComfyUI has no checkpoint to draw with.",
            hint="Put one into its folder models/checkpoints and try again.",
        )
    return known[0]


def choose_loras(
    request: GenerationRequest,
    workflow: Workflow,
    *,
    parts: Sequence[Part],
    style: Style | None,
    catalogue: Catalogue | None,
    checkpoint: Checkpoint | None,
) -> tuple[AppliedLora, ...]:
    """Return every LoRA once: the asker's, the style's, the characters'; who names it first says how strong.

    Raises BadRequest for one that ComfyUI lacks, that has no place in the workflow, or that does not fit.
    """
    if "prompt" not in workflow.places:
        return ()
    known = catalogue.loras if catalogue else None
    first: dict[str, AppliedLora] = {}
    for one in [*_asked(request, known), *_of_style_sheet(style, known), *_of_cast(parts, known)]:
        first.setdefault(one.lora.name, one)
    if first and workflow.lora_anchor is None:
        _refuse_without_place(next(iter(first.values())), workflow)
    applied = tuple(_with_belonging(one, catalogue) for one in first.values())
    for one in applied:
        _check_fit(one, checkpoint)
    return applied


def check_lora(lora: Lora, style: Style | None, catalogue: Catalogue | None) -> None:
    """Raise BadRequest if a LoRA does not fit the checkpoint that a style draws with."""
    model = style.sheet.model if style is not None else None
    if model is not None:
        belonging = families.of_checkpoint(model, _facts(model, catalogue).family)
        one = _with_belonging(AppliedLora(lora=lora, source=Source.CHARACTER), catalogue)
        _check_fit(one, Checkpoint(name=model, belonging=belonging))


def _asked(request: GenerationRequest, known: Sequence[str] | None) -> Iterator[AppliedLora]:
    for lora in request.loras:
        name = lora.name if known is None else spelled("LoRA", lora.name, known)
        yield AppliedLora(lora=Lora(name=name, strength=lora.strength), source=Source.TYPED)


def _of_style_sheet(style: Style | None, known: Sequence[str] | None) -> Iterator[AppliedLora]:
    if style is None:
        return
    for lora in style.sheet.loras:
        name = of_style("LoRA", lora.name, known, style)
        yield AppliedLora(lora=Lora(name=name, strength=lora.strength), source=Source.STYLE, whose=style.name)


def _of_cast(parts: Iterable[Part], known: Sequence[str] | None) -> Iterator[AppliedLora]:
    for who in (part.character for part in parts):
        if who.lora is not None:
            name = _there("LoRA", who.lora.name, known, brought_by=f"{who.name} is drawn")
            yield AppliedLora(
                lora=Lora(name=name, strength=who.lora.strength), source=Source.CHARACTER, whose=who.name
            )


def of_style(kind: str, name: str, known: Sequence[str] | None, style: Style) -> str:
    """Return a name that the style says as ComfyUI spells it; raise BadRequest, which names the style."""
    return _there(kind, name, known, brought_by=f"The style {style.name} draws")


def _there(kind: str, name: str, known: Sequence[str] | None, *, brought_by: str) -> str:
    """Return the name as ComfyUI spells it; what is missing is named with who wants it."""
    if known is None:
        return name
    try:
        return spelled(kind, name, known)
    except UnknownName as error:
        raise BadRequest(
            f"{brought_by} with the {kind} `{name}`, which ComfyUI does not have.", hint=error.hint
        ) from error


def _refuse_without_place(one: AppliedLora, workflow: Workflow) -> None:
    raise BadRequest(
        f"{one.whose} is drawn with the LoRA `{one.lora.name}`, for which the workflow `{workflow.name}` has "
        "no place.",
        hint="Choose another workflow.",
    )


def _with_belonging(one: AppliedLora, catalogue: Catalogue | None) -> AppliedLora:
    belonging = families.of_lora(one.lora.name, _facts(one.lora.name, catalogue).family)
    return AppliedLora(lora=one.lora, source=one.source, whose=one.whose, belonging=belonging)


def _check_fit(one: AppliedLora, checkpoint: Checkpoint | None) -> None:
    if one.belonging is None or checkpoint is None or not one.belonging.bars(checkpoint.belonging):
        return
    brought = f" of {one.whose}" if one.whose else ""
    raise BadRequest(
        f"The LoRA `{one.lora.name}`{brought} is for {one.belonging.family} ({one.belonging.how}), and the "
        f"checkpoint `{checkpoint.name}` is {checkpoint.belonging.family} ({checkpoint.belonging.how}).",
        hint=f"Choose a checkpoint of {one.belonging.family}, or draw without this LoRA.",
    )


def _facts(name: str, catalogue: Catalogue | None) -> ModelFacts:
    return catalogue.facts.get(name, ModelFacts()) if catalogue else ModelFacts()
