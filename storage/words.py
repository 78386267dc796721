"""The words of prompts: how they are kept to be found, and how they are asked for."""

import re
import unicodedata
from sqlite3 import Connection
from typing import Final

from bot.ports.stores import NewJob

MOST_WORDS: Final = 32
"""So many words of a question count."""

_UNSPACED: Final = re.compile(
    r"(["
    r"\u3005-\u3007\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff"  # Chinese characters
    r"\u3040-\u30ff\u31f0-\u31ff\U0001aff0-\U0001b16f"  # kana
    r"\u3100-\u312f\u31a0-\u31bf"  # bopomofo
    r"\u1100-\u11ff\u3130-\u318f\ua960-\ua97f\uac00-\ud7ff"  # hangul
    r"])"
)
_WORD: Final = re.compile(r"[^\W_]+")


def findable(text: str) -> str:
    """Return the text for the index: of scripts without blanks between words, each sign is a word.

    So any part of such a word is found, as signs that follow each other.
    """
    folded = unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", text).casefold())
    return " ".join(_UNSPACED.sub(r" \1 ", folded).split())


def question(text: str) -> str | None:
    """Return what FTS5 is asked for all these words, the last one as a beginning; None: there is no word.

    Each word stands in quotes and has letters and digits only, so that nothing of it is syntax.
    """
    words = _WORD.findall(unicodedata.normalize("NFKC", text))[:MOST_WORDS]
    return " ".join(f'"{findable(word)}"' for word in words) + "*" if words else None


def keep(db: Connection, new: NewJob, *, job_id: int) -> None:
    """Make a job findable: by what was typed, by what is drawn, and by who is in it."""
    cast = "\n".join(member.name for member in new.recipe.cast)
    texts = (new.request.prompt, new.recipe.prompt, cast)
    db.execute(
        "INSERT INTO job_words (rowid, typed, drawn, cast) VALUES (?, ?, ?, ?)",
        (job_id, *map(findable, texts)),
    )
