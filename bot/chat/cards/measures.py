"""How times, sizes, numbers, people and places are written."""

from typing import Final

from bot.chat.markdown import cut, escape, fitted
from bot.core.generation import Recipe
from bot.core.job import Card, Job, JobState
from bot.core.queueing import Estimate, Known

STATE_WORDS = {
    JobState.QUEUED: "waiting",
    JobState.SUBMITTED: "handed to ComfyUI",
    JobState.RUNNING: "being drawn",
    JobState.RENDERED: "drawn, being posted",
    JobState.DELIVERED: "done",
    JobState.SHELVED: "drawn, not posted",
    JobState.FAILED: "failed",
    JobState.CANCELLED: "cancelled",
}

SECOND: Final = 1000
MINUTE: Final = 60 * SECOND
HOUR: Final = 60 * MINUTE
DAY: Final = 24 * HOUR
_UNITS: Final = (
    ((DAY, "d"), (HOUR, "h")),
    ((HOUR, "h"), (MINUTE, "min")),
    ((MINUTE, "min"), (SECOND, "s")),
)

_ENDINGS = (".safetensors", ".ckpt", ".pt", ".pth", ".bin", ".gguf")


def duration(ms: int) -> str:
    """Write a duration: `240 ms`, `14.2 s`, `3 min 12 s`, `2 h 5 min`, `3 d 4 h`."""
    if ms < SECOND:
        return f"{ms} ms"
    if ms < MINUTE - 50:
        return f"{ms / SECOND:.1f} s"
    unit, smaller = next(pair for pair in _UNITS if ms >= pair[0][0] - SECOND // 2)
    return _in_two_units(round(ms / SECOND) * SECOND, unit, smaller)


def lasting(ms: int) -> str:
    """Write how long something has lasted so far, in whole seconds: however long it is, one sees it grow."""
    if ms < MINUTE:
        return f"{ms // SECOND} s"
    if ms < HOUR:
        return duration(ms)
    return f"{ms // HOUR} h {ms % HOUR // MINUTE} min {ms % MINUTE // SECOND} s"


def _in_two_units(ms: int, unit: tuple[int, str], smaller: tuple[int, str]) -> str:
    rest = ms % unit[0] // smaller[0]
    return f"{ms // unit[0]} {unit[1]}" + (f" {rest} {smaller[1]}" if rest else "")


def measured(ms: int | None) -> str:
    return "not measured" if ms is None else duration(ms)


def expected(estimate: Estimate) -> str:
    match estimate:
        case Known(ms=ms):
            return f"about {duration(ms)}"
        case learning:
            return f"learning how long this takes ({learning.drawings} of {learning.needed} drawings)"


def gibibytes(count: int) -> str:
    return f"{count / 1024**3:.1f} GiB"


def file_size(count: int) -> str:
    """Write a file's size: `812 bytes`, `14 KiB`, `3.2 MiB`, `1.4 GiB`."""
    for unit, sign, digits in _SIZES:
        if count >= unit:
            return f"{count / unit:.{digits}f} {sign}"
    return counted(count, "byte")


_SIZES: Final = ((1024**3, "GiB", 1), (1024**2, "MiB", 1), (1024, "KiB", 0))


def relative(ms: int) -> str:
    """Write a moment so that Discord counts towards it by itself."""
    return f"<t:{ms // 1000}:R>"


def clock_time(ms: int) -> str:
    """Write a moment as hours, minutes and seconds where the reader is."""
    return f"<t:{ms // 1000}:T>"


def since(ms: int) -> str:
    return f"since {moment(ms)}"


def moment(ms: int) -> str:
    """Write a time of day, and how long ago that is."""
    return f"<t:{ms // 1000}:t> ({relative(ms)})"


def ordinal(number: int) -> str:
    teen = number % 100 in (11, 12, 13)
    return f"{number}{'th' if teen else _ORDINAL_ENDINGS.get(number % 10, 'th')}"


_ORDINAL_ENDINGS: Final = {1: "st", 2: "nd", 3: "rd"}  # codespell:ignore nd


def not_shown_here(pictures: int) -> str:
    """Say that pictures are left out where the channel is for everyone."""
    return f"Not shown in this channel: {counted(pictures, 'picture')} of adult projects."


def counted(number: int, noun: str) -> str:
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"


def model_name(file: str | None) -> str:
    """Return a model's file name as people say it: no folders, no ending."""
    if file is None:
        return "model not decided yet"
    name = file.replace("\\", "/").rsplit("/", 1)[-1]
    ending = next((ending for ending in _ENDINGS if name.casefold().endswith(ending)), "")
    return cut(name.removesuffix(name[len(name) - len(ending) :]) if ending else name, 60)


def plain_number(number: float) -> str:
    return f"{number:g}"


def person(job: Job) -> str:
    """Name who asked: a mention (whether it pings is the sender's choice), or a name from outside Discord."""
    return fitted(job.origin.user_name, 64) if job.origin.channel is None else f"<@{job.origin.user}>"


def link_to(job: Job, card: Card) -> str:
    """Return the address of a message about the job."""
    return f"https://discord.com/channels/{job.origin.guild or '@me'}/{card.channel}/{card.message}"


def dotted(*parts: str) -> str:
    return " · ".join(part for part in parts if part)


def small(*parts: str) -> str:
    """Write a line of small print."""
    return f"-# {dotted(*parts)}"


def recipe_words(recipe: Recipe) -> tuple[str, ...]:
    """Say what a drawing is made with, shortest first what people look for."""
    return (
        escape(model_name(recipe.model)),
        str(recipe.size),
        f"{recipe.steps} steps",
        f"cfg {plain_number(recipe.cfg)}",
        f"seed {recipe.seed}",
    )
