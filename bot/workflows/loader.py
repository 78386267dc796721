"""Workflows read from folders: ComfyUI's exported `.json` and a `.toml` that says what is where in it."""

import json
import re
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import Annotated, cast

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from bot.core.enlarging import SCALE_MOST
from bot.core.generation import Aspect
from bot.core.planning import CFG_MOST, STEPS
from bot.core.workflow import PLACES, BadWorkflow, Defaults, Graph, Json, Link, LoraAnchor, Place, Workflow

NEEDED_PLACES = ("prompt", "seed", "filename_prefix")
"""Without these a drawing could not be told what to be, drawn again, or told from others."""
NEEDED_TO_ENLARGE = ("reference", "filename_prefix")
"""What makes a picture larger needs no words."""

_NAME = re.compile(r"[a-z0-9][a-z0-9_-]{0,31}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """A workflow that cannot be used: the file at fault, what is wrong with it, and what to do."""

    file: str
    reason: str
    hint: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Loaded:
    """The workflows by name, and what kept others from being among them."""

    workflows: Mapping[str, Workflow]
    findings: tuple[Finding, ...] = ()


def load_workflows(*folders: Path) -> Loaded:
    """Load ours and those of the folders, of which a later one takes the place of an earlier of its name.

    A broken one becomes a finding and leaves the others, and an earlier one of its name, as they are.
    A folder that does not exist is an empty one.
    """
    workflows: dict[str, Workflow] = {}
    findings: list[Finding] = []
    for folder in (files("bot.workflows"), *folders):
        for name in _names_in(folder):
            try:
                workflows[name] = _load(folder, name)
            except _Broken as broken:
                findings.append(broken.finding)
    return Loaded(workflows=workflows, findings=tuple(findings))


def _load(folder: Traversable, name: str) -> Workflow:
    manifest = _parsed_manifest(folder / f"{name}.toml")
    graph = _parsed_graph(folder / f"{name}.json")
    try:
        _check_name(name)
        _check_links(graph)
        _check_places(graph, manifest)
        _check_lora(graph, manifest.lora)
    except BadWorkflow as error:
        raise _Broken(folder / f"{name}.toml", error.message, error.hint) from error
    return Workflow(
        name=name,
        title=manifest.title,
        description=manifest.description,
        graph=graph,
        places={place: Place(node=at.node, input=at.input) for place, at in manifest.places.items()},
        defaults=Defaults(**dict(manifest.defaults)),
        lora_anchor=LoraAnchor(**dict(manifest.lora)) if manifest.lora else None,
        tuned_for=manifest.tuned_for,
        from_picture=manifest.from_picture,
    )


# ── the manifest, as people write it


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class _Place(_Strict):
    node: str
    input: str


class _Defaults(_Strict):
    steps: Annotated[int, Field(ge=STEPS.start, lt=STEPS.stop)] = 25
    cfg: Annotated[float, Field(ge=0, le=CFG_MOST)] = 5.0
    sampler: str = "euler_ancestral"
    scheduler: str = "normal"
    aspect: Aspect = Aspect.PORTRAIT
    negative: str = ""
    denoise: Annotated[float, Field(ge=0, le=1)] = 1.0
    scale: Annotated[float, Field(ge=1, le=SCALE_MOST)] = 1.0


class _Lora(_Strict):
    after: str
    class_type: str = "LoraLoader"
    model_slot: Annotated[int, Field(ge=0)] = 0
    clip_slot: Annotated[int, Field(ge=0)] = 1


class _Manifest(_Strict):
    title: str
    description: str
    places: dict[str, _Place]
    defaults: _Defaults = _Defaults()
    lora: _Lora | None = None
    tuned_for: tuple[str, ...] = ()
    from_picture: str | None = None


class _Broken(Exception):
    def __init__(self, file: Traversable, reason: str, hint: str = "") -> None:
        super().__init__(reason)
        self.finding = Finding(file=str(file), reason=reason, hint=hint)


def _names_in(folder: Traversable) -> list[str]:
    """Name every workflow of which at least one file is there."""
    if not folder.is_dir():
        return []
    names = (file.name for file in folder.iterdir())
    return sorted({name.rpartition(".")[0] for name in names if name.endswith((".json", ".toml"))})


def _parsed_manifest(file: Traversable) -> _Manifest:
    try:
        return _Manifest.model_validate(tomllib.loads(_text(file)))
    except tomllib.TOMLDecodeError as error:
        raise _Broken(file, f"It is not TOML: {error}.") from error
    except ValidationError as error:
        raise _Broken(file, _first_complaint(error), "See the manifests that come with Genga.") from error


def _first_complaint(error: ValidationError) -> str:
    first = error.errors(include_url=False)[0]
    where = ".".join(str(part) for part in first["loc"])
    return f"`{where}`: {first['msg']}." if where else f"{first['msg']}."


def _parsed_graph(file: Traversable) -> Graph:
    try:
        return Graph.parse(cast("Json", json.loads(_text(file))))
    except BadWorkflow as error:
        raise _Broken(file, error.message, error.hint) from error
    except (ValueError, RecursionError) as error:
        raise _Broken(file, "It is not JSON.", "Export it again with “Export (API)”.") from error


def _text(file: Traversable) -> str:
    try:
        return file.read_bytes().decode("utf-8-sig")
    except FileNotFoundError as error:
        raise _Broken(file, "It is missing.", "A workflow is a `.json` and a `.toml` of one name.") from error
    except (OSError, UnicodeDecodeError) as error:
        raise _Broken(file, f"It cannot be read: {error}.") from error


# ── the two files against each other


def _check_name(name: str) -> None:
    if _NAME.fullmatch(name) is None:
        raise BadWorkflow(
            f"`{name}` is no name for a workflow.", hint="Use a-z, 0-9, “_” and “-”, at most 32 of them."
        )


def _check_links(graph: Graph) -> None:
    for node in graph.nodes.values():
        for name, link in node.links():
            if link.node not in graph.nodes:
                raise BadWorkflow(
                    f"“{node.title}” is fed `{name}` by node {link.node}, which is not there.",
                    hint="Export the workflow again.",
                )


def _check_places(graph: Graph, manifest: _Manifest) -> None:
    _check_known(manifest.places)
    for name, place in manifest.places.items():
        node = graph.nodes[graph.titled(place.node)]
        if place.input not in node.inputs:
            raise BadWorkflow(
                f"`{name}` goes to the input `{place.input}`, which “{place.node}” does not have.",
                hint=f"It has: {', '.join(f'`{known}`' for known in node.inputs)}.",
            )
        if place.input in dict(node.links()):
            raise BadWorkflow(
                f"`{name}` goes to the input `{place.input}` of “{place.node}”, which another node feeds.",
                hint="Take the link away in ComfyUI, or name the node that feeds it.",
            )


def _check_known(places: Iterable[str]) -> None:
    given = frozenset(places)
    if unknown := sorted(given - PLACES):
        raise BadWorkflow(
            f"There is no parameter `{unknown[0]}`.",
            hint=f"There are: {', '.join(f'`{name}`' for name in sorted(PLACES))}.",
        )
    needed = NEEDED_TO_ENLARGE if given & {"scale", "upscaler"} else NEEDED_PLACES
    if missing := [name for name in needed if name not in given]:
        raise BadWorkflow(f"The parameter `{missing[0]}` has no place.", hint="Add it under `[places]`.")
    if ("width" in given) != ("height" in given):
        raise BadWorkflow("`width` and `height` belong together.", hint="Give both a place, or none.")


def _check_lora(graph: Graph, lora: _Lora | None) -> None:
    if lora is None:
        return
    source = graph.titled(lora.after)
    fed = {link for node in graph.nodes.values() for _, link in node.links()}
    for slot in (lora.model_slot, lora.clip_slot):
        if Link(node=source, slot=slot) not in fed:
            raise BadWorkflow(
                f"Nothing is fed by slot {slot} of “{lora.after}”, so a LoRA there would do nothing.",
                hint="Name the node that gives model and clip, or leave `[lora]` out.",
            )
