"""What goes with approval: counted, never concluded; suggestions are for people to take or leave."""

from collections import Counter
from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass, field
from functools import cache
from math import sqrt
from statistics import NormalDist
from typing import Final

from bot.core.generation import Recipe
from bot.core.terms import key_of, split_terms

ENOUGH: Final = 5
"""Of fewer judged pictures nothing is said but the counts."""
CHANCE: Final = 0.05
"""How likely it may be that anything at all of what is compared stands out by chance alone."""
MOST_WORDS: Final = 10


@dataclass(frozen=True, slots=True, kw_only=True)
class Tally:
    """How many of the judged pictures that have something were approved."""

    what: str
    approved: int
    judged: int

    @property
    def too_few(self) -> bool:
        return self.judged < ENOUGH

    @property
    def share(self) -> float:
        return self.approved / self.judged

    def at_least(self, z: float) -> float:
        """Return the share of approvals it has at the least, as far as so few pictures tell (Wilson)."""
        return _wilson(self.approved, self.judged, z)

    def at_most(self, z: float) -> float:
        return 1 - _wilson(self.judged - self.approved, self.judged, z)


@dataclass(frozen=True, slots=True, kw_only=True)
class Learned:
    """What can be told of a character's judged pictures.

    `parameters` has the values of each that differs between them, the most judged first; `same` has the one
    value of each that does not. `words` go with approval and `against` with rejection, clearly more than the
    rest. `suggestions` are the values that stand out so, by parameter.
    """

    all: Tally
    parameters: dict[str, tuple[Tally, ...]]
    same: dict[str, str] = field(default_factory=dict[str, str])
    words: tuple[Tally, ...] = ()
    against: tuple[Tally, ...] = ()
    suggestions: dict[str, Tally] = field(default_factory=dict[str, Tally])


_PARAMETERS: Final[dict[str, Callable[[Recipe], Sequence[str]]]] = {
    "model": lambda recipe: [recipe.model] if recipe.model else [],
    "style": lambda recipe: [recipe.style.name] if recipe.style else [],
    "sampler": lambda recipe: [f"{recipe.sampler} / {recipe.scheduler}"],
    "steps": lambda recipe: [str(recipe.steps)],
    "cfg": lambda recipe: [f"{recipe.cfg:g}"],
    "size": lambda recipe: [str(recipe.size)],
    "lora": lambda recipe: [f"{lora.name} × {lora.strength:g}" for lora in recipe.loras],
}


def learned_of(judged: Sequence[tuple[Recipe, bool]]) -> Learned:
    """Count what the pictures were drawn with; the flag tells whether one was approved."""
    whole = Tally(what="", approved=sum(approved for _, approved in judged), judged=len(judged))
    parameters = {
        name: _tallies((values_of(recipe), approved) for recipe, approved in judged)
        for name, values_of in _PARAMETERS.items()
    }
    known = cache(key_of)
    words = _tallies((_words(recipe.prompt, known), approved) for recipe, approved in judged)
    going, against = _standing_out(words, whole, z=_z_for([words], whole))
    z = _z_for(parameters.values(), whole)
    best = {name: _standing_out(tallies, whole, z=z)[0] for name, tallies in parameters.items()}
    return Learned(
        all=whole,
        parameters={name: found for name, found in parameters.items() if _differs(found, whole)},
        same={name: found[0].what for name, found in parameters.items() if _is_same(found, whole)},
        words=tuple(going[:MOST_WORDS]),
        against=tuple(against[:MOST_WORDS]),
        suggestions={name: found[0] for name, found in best.items() if found},
    )


def _differs(tallies: Sequence[Tally], whole: Tally) -> bool:
    return bool(tallies) and not _is_same(tallies, whole)


def _is_same(tallies: Sequence[Tally], whole: Tally) -> bool:
    return len(tallies) == 1 and tallies[0].judged == whole.judged


def _words(prompt: str, known: Callable[[str], str]) -> frozenset[str]:
    """Return what a prompt says; most of it was said before, so it is `known` without reading it again."""
    return frozenset(key for term in split_terms(prompt) if (key := known(term)))


def _tallies(seen: Iterable[tuple[Collection[str], bool]]) -> tuple[Tally, ...]:
    """Count each value once per picture, the most judged first."""
    judged, approved = Counter[str](), Counter[str]()
    for values, good in seen:
        once = set(values)
        judged.update(once)
        approved.update(once if good else ())
    return tuple(
        Tally(what=what, approved=approved[what], judged=count)
        for what, count in sorted(judged.items(), key=lambda pair: (-pair[1], pair[0]))
    )


def _comparable(tallies: Iterable[Tally], whole: Tally) -> list[Tally]:
    """Return those with enough pictures, and with some to compare them with."""
    return [one for one in tallies if not one.too_few and one.judged < whole.judged]


def _z_for(lists: Iterable[Iterable[Tally]], whole: Tally) -> float:
    """Return how strict to be: the more is compared, the more of it would stand out by chance."""
    compared = sum(len(_comparable(tallies, whole)) for tallies in lists)
    return NormalDist().inv_cdf(1 - CHANCE / (2 * max(compared, 1)))


def _standing_out(tallies: Iterable[Tally], whole: Tally, *, z: float) -> tuple[list[Tally], list[Tally]]:
    """Return what goes with approval and what with rejection, against the pictures without it."""
    going: list[Tally] = []
    against: list[Tally] = []
    for one in _comparable(tallies, whole):
        others = (whole.approved - one.approved) / (whole.judged - one.judged)
        if one.at_least(z) > others:
            going.append(one)
        elif one.at_most(z) < others:
            against.append(one)
    going.sort(key=lambda one: (-one.at_least(z), one.what))
    against.sort(key=lambda one: (one.at_most(z), one.what))
    return going, against


def _wilson(hits: int, of: int, z: float) -> float:
    """Return the lower end of Wilson's interval for a share."""
    share, z2 = hits / of, z * z
    spread = z * sqrt(share * (1 - share) / of + z2 / (4 * of * of))
    return max((share + z2 / (2 * of) - spread) / (1 + z2 / of), 0.0)
