"""What was typed, cleaned, or refused where nothing can be drawn from it."""

import unicodedata

from bot.core.errors import BadRequest
from bot.core.generation import MAX_PROMPT


def clean_prompt(text: str) -> str:
    """Return the prompt without control characters and doubled blanks; raise BadRequest if it is empty."""
    cleaned = clean_words(text)
    if not any(unicodedata.category(char)[0] in _VISIBLE for char in cleaned):
        raise BadRequest("The prompt is empty.", hint="Say what is to be drawn, for example “a heron, rain”.")
    return _within_limit("prompt", cleaned)


_VISIBLE = "LMNPS"
"""Letters, marks, numbers, punctuation and symbols; blanks and joiners alone say nothing."""


def clean_negative(text: str) -> str:
    """Return the negative prompt as `clean_prompt` does; an empty one is fine."""
    return _within_limit("negative prompt", clean_words(text))


def clean_words(text: str) -> str:
    """Return the text on one line, without control characters and doubled blanks."""
    printable = "".join(" " if unicodedata.category(char) in ("Cc", "Cs") else char for char in text)
    return " ".join(printable.split())


def _within_limit(what: str, text: str) -> str:
    if len(text) > MAX_PROMPT:
        raise BadRequest(
            f"The {what} has {len(text):,} characters; the most is {MAX_PROMPT:,}.", hint="Shorten it."
        )
    return text
