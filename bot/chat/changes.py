"""What somebody wrote into the form of a drawing, read once."""

import re
from collections.abc import Mapping
from typing import Final

from bot.chat.cards.pictures import NEGATIVE, PROMPT, SEED, SIZE, STEERING
from bot.core.errors import BadRequest
from bot.core.generation import Seed, parse_size
from bot.studio.refining import Changes

_STEERING: Final = re.compile(r"\s*(?P<steps>\d{1,4})?\s*(?:[/,;]\s*(?P<cfg>\d{1,3}(?:[.,]\d{1,2})?)?\s*)?")


def changes_in(fields: Mapping[str, str]) -> Changes:
    """Return what is to be different; raise BadRequest for what cannot be read, saying how it is written."""
    prompt = fields.get(PROMPT, "").strip()
    if not prompt:
        raise BadRequest("The prompt is empty.", hint="Press Edit once more and say what is to be drawn.")
    steps, cfg = _steering(fields.get(STEERING, ""))
    size = fields.get(SIZE, "").strip()
    return Changes(
        prompt=prompt,
        negative=fields.get(NEGATIVE, "").strip() or None,
        size=parse_size(size) if size else None,
        steps=steps,
        cfg=cfg,
        seed=_seed(fields.get(SEED, "")),
    )


def _steering(text: str) -> tuple[int | None, float | None]:
    match = _STEERING.fullmatch(text)
    if match is None:
        raise BadRequest(f"`{text[:20]}` is not a number of steps and a cfg.", hint="Write them as `25 / 5`.")
    steps, cfg = match["steps"], match["cfg"]
    return int(steps) if steps else None, float(cfg.replace(",", ".")) if cfg else None


def _seed(text: str) -> Seed | None:
    number = text.strip()
    if not number:
        return None
    if not (number.isascii() and number.isdigit()):
        raise BadRequest(
            f"`{number[:20]}` is no seed.", hint="Write a whole number, or nothing for a new one."
        )
    return Seed(int(number))


def strength_in(text: str) -> float | None:
    """Read how far a drawing may stray from its picture: `0.6`; nothing where nothing was written."""
    written = text.strip().replace(",", ".")
    if not written:
        return None
    try:
        return float(written)
    except ValueError:
        raise BadRequest(
            f"`{written[:20]}` is no number.", hint="Write one from 0 to 1, such as `0.6`."
        ) from None
