"""In what two drawings differ, parameter by parameter."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import takewhile

from bot.core.generation import CastMember, Lora, Recipe


@dataclass(frozen=True, slots=True, kw_only=True)
class Differing:
    """A parameter and what each of two drawings has of it; empty: it has none."""

    name: str
    left: str
    right: str


def differing(left: Recipe, right: Recipe) -> tuple[Differing, ...]:
    """Name every parameter in which they differ, those that people look for first."""
    mine, theirs = _shown(left), _shown(right)
    return tuple(
        Differing(name=name, left=mine[name], right=theirs[name])
        for name in mine
        if mine[name] != theirs[name]
    )


def unlike(left: str, right: str) -> tuple[str, str]:
    """Return both without the words that they begin and end with alike; “…” stands in their place."""
    mine, theirs = left.split(), right.split()
    head = _alike(mine, theirs)
    tail = _alike(mine[head:][::-1], theirs[head:][::-1])
    return _between(mine, head, tail), _between(theirs, head, tail)


def _alike(left: Sequence[str], right: Sequence[str]) -> int:
    """Count how many are the same from the beginning on."""
    return len(list(takewhile(lambda pair: pair[0] == pair[1], zip(left, right, strict=False))))


def _between(words: Sequence[str], head: int, tail: int) -> str:
    own = words[head : len(words) - tail]
    return " ".join([*(["…"] if head else []), *own, *(["…"] if tail and own else [])])


def _shown(recipe: Recipe) -> dict[str, str]:
    reference = recipe.reference
    return {
        "prompt": recipe.prompt,
        "negative": recipe.negative,
        "seed": str(recipe.seed),
        "model": recipe.model or "",
        "model hash": recipe.model_hash or "",
        "LoRA": ", ".join(map(_lora, recipe.loras)),
        "style": f"{recipe.style.name}, revision {recipe.style.revision}" if recipe.style else "",
        "characters": ", ".join(_member(member) for member in recipe.cast),
        "size": str(recipe.size),
        "count": str(recipe.count),
        "steps": str(recipe.steps),
        "cfg": f"{recipe.cfg:g}",
        "sampler": recipe.sampler,
        "scheduler": recipe.scheduler,
        "reference": f"{reference.size} {reference.sha256[:8]}" if reference else "",
        "denoise": f"{recipe.denoise:g}" if reference else "",
        "scale": f"{recipe.scale:g}",
        "upscaler": recipe.upscaler or "",
        "workflow": recipe.workflow,
        "ComfyUI": recipe.renderer,
    }


def _member(member: CastMember) -> str:
    return f"{member.name} ({', '.join(member.variations)})" if member.variations else member.name


def _lora(lora: Lora) -> str:
    return f"{lora.name} at {lora.strength:g}"
