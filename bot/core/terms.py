"""Terms: what a prompt is made of, and how much of a text encoder's window they take."""

import re
from collections.abc import Iterator

_NESTING = {"(": 1, "[": 1, ")": -1, "]": -1}
_INNER = r"((?:[^()\[\]\\]|\\.|\([^()]*\)|\[[^\[\]]*\])*?)"
_WEIGHTED = re.compile(rf"\({_INNER}:\s*[-+]?\d*\.?\d+\s*\)|\({_INNER}\)|\[{_INNER}\]", re.DOTALL)
_PIECE = re.compile(r"[^\W\d_]+|\d|[^\w\s]+|_+")
_BRACKETS = re.compile(r":\s*[-+]?\d*\.?\d+\s*(?=\))|(?<!\\)[()\[\]]|\\(?=[()])")

LONGEST_WORD_PIECE = 7
"""Letters that one token of CLIP holds on average in longer words; the commonest words are one token."""
TOKENS_PER_FOREIGN_LETTER = 2


def split_terms(text: str) -> list[str]:
    """Split at the commas outside brackets: `(lowres, blurry:1.2)` is one term."""
    return [term for _, term in led_terms(text)]


def led_terms(text: str) -> list[tuple[str, str]]:
    """Split as `split_terms` does, each term with exactly what stood between it and the one before."""
    found: list[tuple[str, str]] = []
    lead = ""
    for piece in _pieces(text):
        term = piece.strip()
        if term and term != ",":
            found.append((lead + piece[: len(piece) - len(piece.lstrip())], term))
            lead = piece[len(piece.rstrip()) :]
        else:
            lead += piece
    return found


def _pieces(text: str) -> Iterator[str]:
    """Yield what stands between commas outside brackets, and those commas."""
    piece, depth, before = "", 0, ""
    for char in text:
        escaped = before == "\\"
        depth = depth if escaped else max(depth + _NESTING.get(char, 0), 0)
        if char == "," and depth == 0:
            yield piece
            yield char
            piece = ""
        else:
            piece += char
        before = char
    yield piece


def key_of(term: str) -> str:
    """Return what a term says, whatever its case, its weight and its underscores."""
    inner = term.strip()
    while match := _WEIGHTED.fullmatch(inner):
        inner = next(group for group in match.groups() if group is not None).strip()
    return " ".join(inner.replace("_", " ").casefold().split())


def is_weighted(term: str) -> bool:
    return _WEIGHTED.fullmatch(term.strip()) is not None


def estimated_tokens(text: str) -> int:
    """Estimate how many of CLIP's tokens a text is; brackets and weights are none, ComfyUI takes them out."""
    return sum(_tokens_of(piece) for piece in _PIECE.findall(_BRACKETS.sub("", text)))


def _tokens_of(piece: str) -> int:
    if not piece.isascii():
        return TOKENS_PER_FOREIGN_LETTER * len(piece)
    return 1 + (len(piece) - 1) // LONGEST_WORD_PIECE if piece.isalpha() else 1
