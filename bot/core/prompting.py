"""The words that go to the model: what was asked for, cleaned, with the studio's negatives."""

import unicodedata

from bot.core.errors import BadRequest
from bot.core.generation import MAX_PROMPT


def clean_prompt(text: str) -> str:
    """Return the prompt without control characters and doubled blanks; raise BadRequest if none is left."""
    cleaned = _clean(text)
    if not cleaned:
        raise BadRequest("The prompt is empty.", hint="Say what is to be drawn, for example “a heron, rain”.")
    return _within_limit("prompt", cleaned)


def compose_negative(asked: str | None, default: str) -> str:
    """Join the asker's negatives with the workflow's, each term once, the asker's first."""
    return _within_limit("negative prompt", ", ".join(_unique([*_terms(asked or ""), *_terms(default)])))


def _clean(text: str) -> str:
    printable = "".join(" " if unicodedata.category(char) in ("Cc", "Cs") else char for char in text)
    return " ".join(printable.split())


def _terms(text: str) -> list[str]:
    return [term for term in (part.strip() for part in _clean(text).split(",")) if term]


def _unique(terms: list[str]) -> list[str]:
    return list({term.casefold(): term for term in reversed(terms)}.values())[::-1]


def _within_limit(what: str, text: str) -> str:
    if len(text) > MAX_PROMPT:
        raise BadRequest(
            f"The {what} has {len(text):,} characters; the most is {MAX_PROMPT:,}.", hint="Shorten it."
        )
    return text
