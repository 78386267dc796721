"""What goes with approval: counted, never concluded; suggestions are for people to take or leave."""

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from math import sqrt
from typing import Final

from bot.core.generation import Recipe
from bot.core.terms import key_of, split_terms

ENOUGH: Final = 5
"""Of fewer judged pictures nothing is said but the counts."""
CONFIDENCE_Z: Final = 1.64
"""One-sided 95 %."""
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

    @property
    def at_least(self) -> float:
        """The share of approvals that it has at the least, as far as so few pictures tell (Wilson)."""
        return _wilson(self.approved, self.judged)

    @property
    def at_most(self) -> float:
        return 1 - _wilson(self.judged - self.approved, self.judged)


@dataclass(frozen=True, slots=True, kw_only=True)
class Learned:
    """What can be told of a character's judged pictures.

    `parameters` has the values of each that differ between them, the most judged first. `words` go with
    approval and `against` with rejection, clearly more than the rest. `suggestions` are the values that stand
    out so, by parameter.
    """

    all: Tally
    parameters: dict[str, tuple[Tally, ...]]
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
    words = _tallies((_words(recipe), approved) for recipe, approved in judged)
    return Learned(
        all=whole,
        parameters={name: tallies for name, tallies in parameters.items() if tallies},
        words=tuple(_by(words, whole, _goes_with_approval, lambda one: -one.at_least)),
        against=tuple(_by(words, whole, _goes_with_rejection, lambda one: one.at_most)),
        suggestions={
            name: best[0]
            for name, tallies in parameters.items()
            if (best := _by(tallies, whole, _goes_with_approval, lambda one: -one.at_least))
        },
    )


def _words(recipe: Recipe) -> list[str]:
    return [key for term in split_terms(recipe.prompt) if (key := key_of(term))]


def _tallies(seen: Iterable[tuple[Sequence[str], bool]]) -> tuple[Tally, ...]:
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


def _by(
    tallies: Iterable[Tally],
    whole: Tally,
    stands_out: Callable[[Tally, float], bool],
    order: Callable[[Tally], float],
) -> list[Tally]:
    """Return those that stand out against the pictures without them; where there are none, nothing does."""
    found = [
        one
        for one in tallies
        if not one.too_few and one.judged < whole.judged and stands_out(one, _share_without(one, whole))
    ]
    return sorted(found, key=lambda one: (order(one), one.what))[:MOST_WORDS]


def _share_without(one: Tally, whole: Tally) -> float:
    return (whole.approved - one.approved) / (whole.judged - one.judged)


def _goes_with_approval(one: Tally, others: float) -> bool:
    return one.at_least > others


def _goes_with_rejection(one: Tally, others: float) -> bool:
    return one.at_most < others


def _wilson(hits: int, of: int) -> float:
    """Return the lower end of Wilson's interval for a share."""
    share, z2 = hits / of, CONFIDENCE_Z**2
    spread = CONFIDENCE_Z * sqrt(share * (1 - share) / of + z2 / (4 * of * of))
    return max((share + z2 / (2 * of) - spread) / (1 + z2 / of), 0.0)
