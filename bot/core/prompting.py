"""The words that go to the model: what was asked for, cleaned, with the studio's negatives."""

import unicodedata

from bot.core.errors import BadRequest
from bot.core.generation import MAX_PROMPT


def clean_prompt(text: str) -> str:
    """Return the prompt without control characters and doubled blanks; raise BadRequest if it is empty."""
    cleaned = _clean(text)
    if not any(unicodedata.category(char)[0] in _VISIBLE for char in cleaned):
        raise BadRequest("The prompt is empty.", hint="Say what is to be drawn, for example “a heron, rain”.")
    return _within_limit("prompt", cleaned)


_VISIBLE = "LMNPS"
"""Letters, marks, numbers, punctuation and symbols; blanks and joiners alone say nothing."""


def compose_negative(asked: str | None, default: str) -> str:
    """Join the asker's negatives with the workflow's, each term once, the asker's first."""
    return _within_limit("negative prompt", ", ".join(_unique([*_terms(asked or ""), *_terms(default)])))


def _clean(text: str) -> str:
    printable = "".join(" " if unicodedata.category(char) in ("Cc", "Cs") else char for char in text)
    return " ".join(printable.split())


def _terms(text: str) -> list[str]:
    """Split at the commas outside brackets: `(lowres, blurry:1.2)` is one term."""
    terms, depth = [""], 0
    for char in _clean(text):
        depth = max(depth + _NESTING.get(char, 0), 0)
        if char == "," and depth == 0:
            terms.append("")
        else:
            terms[-1] += char
    return [term.strip() for term in terms if term.strip()]


_NESTING = {"(": 1, "[": 1, ")": -1, "]": -1}


def _unique(terms: list[str]) -> list[str]:
    first: dict[str, str] = {}
    for term in terms:
        first.setdefault(term.casefold(), term)
    return list(first.values())


def _within_limit(what: str, text: str) -> str:
    if len(text) > MAX_PROMPT:
        raise BadRequest(
            f"The {what} has {len(text):,} characters; the most is {MAX_PROMPT:,}.", hint="Shorten it."
        )
    return text
