"""Batches: many drawings that are planned, watched and taken back as one."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum
from itertools import product
from typing import Final

from bot.core.errors import BadRequest, WrongState
from bot.core.generation import MAX_PROMPT, MAX_SEED, GenerationRequest, Seed
from bot.core.job import Card, Job, JobState, Priority

KIB: Final = 1024
MOST_FILE_BYTES: Final = 256 * KIB
MOST_DRAWINGS: Final = 1_000
MOST_OPEN: Final = 3
"""So many batches of one person may run or be paused at the same time."""
MOST_TITLE: Final = 80


class BatchState(StrEnum):
    RUNNING = "running"
    PAUSED = "paused"
    CANCELLED = "cancelled"
    DONE = "done"

    @property
    def is_end(self) -> bool:
        return not BATCH_TRANSITIONS[self]


BATCH_TRANSITIONS: Final[Mapping[BatchState, frozenset[BatchState]]] = {
    BatchState.RUNNING: frozenset({BatchState.PAUSED, BatchState.CANCELLED, BatchState.DONE}),
    BatchState.PAUSED: frozenset({BatchState.RUNNING, BatchState.CANCELLED, BatchState.DONE}),
    BatchState.CANCELLED: frozenset(),
    BatchState.DONE: frozenset(),
}


class BatchKind(StrEnum):
    PROMPTS = "prompts"
    MATRIX = "matrix"
    SHEET = "sheet"
    """A character's turnaround sheet: ends with a contact sheet."""
    OVERNIGHT = "overnight"
    """Ends with a morning report."""

    @property
    def priority(self) -> Priority:
        return Priority.OVERNIGHT if self is BatchKind.OVERNIGHT else Priority.BATCH


@dataclass(frozen=True, slots=True, kw_only=True)
class Batch:
    """Jobs that belong together. Times are UTC milliseconds; `ends_with_sheet`: a contact sheet is posted."""

    id: int
    key: str
    title: str
    kind: BatchKind
    guild: int | None
    channel: int | None
    user: int
    user_name: str
    created: int
    project: int | None = None
    priority: Priority = Priority.BATCH
    state: BatchState = BatchState.RUNNING
    since: int = 0
    card: Card | None = None
    ends_with_sheet: bool = False
    report: Card | None = None
    """Where it was told how the batch ended, with its contact sheet or morning report, once it was."""

    @property
    def redraws(self) -> int | None:
        """Return the batch of which this one draws once more what failed."""
        match = _REDRAWING.fullmatch(self.key)
        return int(match["batch"]) if match else None

    def to(self, state: BatchState, *, at: int) -> "Batch":
        """Return the batch in another state; raise WrongState where the table knows no such way."""
        if state not in BATCH_TRANSITIONS[self.state]:
            raise WrongState(
                f"Batch {self.id} is {self.state} already.", hint=f"`/batch show batch:{self.id}` tells more."
            )
        return replace(self, state=state, since=at)


_REDRAWING: Final = re.compile(r"redraw:(?P<batch>[0-9]+):[0-9]+")


def redrawing_key(batch: int, *, taken_back: int) -> str:
    """Return the key of the batch that draws once more what failed of this one.

    There is one at a time: another only where so many before were taken back.
    """
    return f"redraw:{batch}:{taken_back}"


@dataclass(frozen=True, slots=True, kw_only=True)
class BatchCounts:
    """How many of a batch's jobs are in each state, and how many pictures were made."""

    jobs: Mapping[JobState, int] = field(default_factory=dict[JobState, int])
    pictures: int = 0

    @property
    def total(self) -> int:
        return sum(self.jobs.values())

    @property
    def ended(self) -> int:
        return sum(count for state, count in self.jobs.items() if state.is_end)

    @property
    def drawn(self) -> int:
        """How many jobs have their pictures, posted or not."""
        return sum(
            self.jobs.get(state, 0) for state in (JobState.RENDERED, JobState.DELIVERED, JobState.SHELVED)
        )

    @property
    def failed(self) -> int:
        return self.jobs.get(JobState.FAILED, 0)

    @property
    def unposted(self) -> int:
        """How many jobs have pictures that could not be posted; they are in the library."""
        return self.jobs.get(JobState.SHELVED, 0)

    @property
    def cancelled(self) -> int:
        return self.jobs.get(JobState.CANCELLED, 0)

    @property
    def in_renderer(self) -> int:
        return sum(count for state, count in self.jobs.items() if state.in_renderer)


# ── what is asked for


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """One drawing of a batch: of which line of the list, 0 without a list, and what sets it apart there."""

    request: GenerationRequest
    line: int = 0
    cell: str = ""

    @property
    def name(self) -> str:
        """Return how people are told which one is meant."""
        return _joined(f"line {self.line}" if self.line else "", self.cell)


@dataclass(frozen=True, slots=True, kw_only=True)
class Outline:
    """What a batch is to be made of: prompts in a text, or one prompt over every combination of the axes.

    `base` is what all its drawings have in common. `text` has a prompt in each line; if there is one, each
    prompt is drawn in every combination. The axes are names of variations, seeds, and names of styles; the
    later one turns faster.
    """

    kind: BatchKind
    base: GenerationRequest
    title: str = ""
    text: str | None = None
    outfits: tuple[str, ...] = ()
    poses: tuple[str, ...] = ()
    expressions: tuple[str, ...] = ()
    styles: tuple[str, ...] = ()
    seeds: tuple[Seed, ...] = ()
    ends_with_sheet: bool = False

    def items(self) -> tuple[Item, ...]:
        """Return its drawings in the order in which they run; raise BadRequest for none or too many."""
        prompts = [(0, self.base.prompt)] if self.text is None else prompts_in(self.text)
        count = len(prompts) * self.combinations
        if count > MOST_DRAWINGS:
            raise BadRequest(
                f"These are {count:,} drawings; a batch has {MOST_DRAWINGS:,} at most.",
                hint="Make several batches of it.",
            )
        cells = tuple(self._cells())
        return tuple(
            Item(request=replace(cell.request, prompt=prompt), line=line, cell=cell.cell)
            for line, prompt in prompts
            for cell in cells
        )

    @property
    def combinations(self) -> int:
        count = 1
        for axis in (self.outfits, self.poses, self.expressions, self.styles, self.seeds):
            count *= len(axis) or 1
        return count

    def _cells(self) -> Iterator[Item]:
        shown = product(*((axis or ("",)) for axis in (self.outfits, self.poses, self.expressions)))
        styles, seeds = self.styles or (None,), self.seeds or (None,)
        for variations, style, seed in product(shown, styles, seeds):
            names = tuple(name for name in variations if name)
            request = replace(
                self.base,
                variations=(*self.base.variations, *names),
                style=self.base.style if style is None else style,
                seed=self.base.seed if seed is None else seed,
            )
            cell = _joined(*names, style or "", "" if seed is None else f"seed {seed}")
            yield Item(request=request, cell=cell)


def _joined(*names: str) -> str:
    return " · ".join(name for name in names if name)


def prompts_in(text: str) -> list[tuple[int, str]]:
    """Return the prompts with the numbers of their lines; blank lines and those with `#` in front are notes.

    Raises BadRequest if there is none, there are too many, or one is too long.
    """
    written = text.removeprefix("\ufeff").splitlines()
    lines = [(number, line.strip()) for number, line in enumerate(written, start=1)]
    prompts = [(number, line) for number, line in lines if line and not line.startswith("#")]
    if not prompts:
        raise BadRequest(
            "There is no prompt in the list.",
            hint="Write one prompt per line; blank lines and lines that begin with # are skipped.",
        )
    if len(prompts) > MOST_DRAWINGS:
        raise BadRequest(
            f"The list has {len(prompts):,} prompts; a batch has {MOST_DRAWINGS:,} drawings at most.",
            hint="Make several lists of it.",
        )
    for number, prompt in prompts:
        if len(prompt) > MAX_PROMPT:
            raise BadRequest(
                f"Line {number}: the prompt has {len(prompt):,} characters; the most is {MAX_PROMPT:,}.",
                hint="Shorten it, or write it as several lines.",
            )
    return prompts


def check_file_size(count: int) -> None:
    """Raise BadRequest for a file of more bytes than a list of prompts may have."""
    if count > MOST_FILE_BYTES:
        size = f"{count / KIB / KIB:.1f} MiB" if count >= KIB * KIB else f"{count / KIB:.0f} KiB"
        raise BadRequest(
            f"The file has {size}; a list of prompts has {MOST_FILE_BYTES // KIB} KiB at most, "
            f"and {MOST_DRAWINGS:,} prompts.",
            hint="Make several files of it.",
        )


def text_of_file(content: bytes) -> str:
    """Return the text of a file of prompts, as UTF-8 or, with its mark, UTF-16; raise BadRequest."""
    check_file_size(len(content))
    encoding = "utf-16" if content[:2] in (b"\xff\xfe", b"\xfe\xff") else "utf-8-sig"
    try:
        text = content.decode(encoding)
    except UnicodeDecodeError:
        raise BadRequest(
            "The file is no text in UTF-8, and in which other encoding it is nobody can tell for sure.",
            hint="Save it as plain text in UTF-8, and attach that.",
        ) from None
    if "\0" in text:
        raise BadRequest("The file is no text.", hint="Attach plain text in UTF-8, one prompt per line.")
    return text


def names_in(text: str | None) -> tuple[str, ...]:
    """Return the names of a list that is separated by commas, each once, whatever its case."""
    names: dict[str, str] = {}
    for name in (text or "").split(","):
        names.setdefault(name.strip().casefold(), name.strip())
    return tuple(name for name in names.values() if name)


def seeds_in(text: str | None) -> tuple[Seed, ...]:
    """Read seeds: `1, 2, 7`, or from one to another as in `100-108`; raise BadRequest."""
    seeds: dict[Seed, None] = {}
    for part in names_in(text):
        first, dash, last = (piece.strip() for piece in part.partition("-"))
        if not _is_seed(first) or (dash and not _is_seed(last)) or (dash and int(last) < int(first)):
            raise BadRequest(
                f"`{part[:40]}` is no seed.",
                hint="Write seeds as `1, 2, 7`, or from one to another as `100-108`.",
            )
        if dash and int(last) - int(first) >= MOST_DRAWINGS:
            raise BadRequest(
                f"`{part[:40]}` are more than {MOST_DRAWINGS:,} seeds.", hint="Make several batches of it."
            )
        seeds.update((Seed(seed), None) for seed in range(int(first), int(last or first) + 1))
    return tuple(seeds)


def _is_seed(text: str) -> bool:
    return text.isascii() and text.isdigit() and len(text) <= len(str(MAX_SEED)) and int(text) <= MAX_SEED


# ── how its pictures are told apart


def captions_of(jobs: Sequence[Job]) -> list[str]:
    """Return what tells each job from the others of its batch, in few words."""
    told = [_telling(job) for job in jobs]
    differing = [name for name in _TELLING if len({parts[name] for parts in told}) > 1]
    few = [name for name in differing if name != "prompt"]
    if len({tuple(parts[name] for name in few) for parts in told}) < len(told):
        few = differing
    return [
        _joined(*(parts[name] for name in few)) or f"#{job.id}" for job, parts in zip(jobs, told, strict=True)
    ]


_TELLING: Final = ("characters", "variations", "style", "seed", "prompt")


def _telling(job: Job) -> dict[str, str]:
    request = job.request
    return {
        "characters": ", ".join(request.characters),
        "variations": _joined(*request.variations),
        "style": request.style or "",
        "seed": "" if request.seed is None else f"seed {request.seed}",
        "prompt": request.prompt,
    }
