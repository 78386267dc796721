"""People's words inside Discord's markdown: shown as typed, never as markup and never as a ping."""

import re
from collections.abc import Callable
from itertools import groupby

_MARKUP = re.compile(r"[\\*_~|`\[<]|(?<=https)://|(?<=http)://|^(?:[-+#>]|\d+[.)](?=\s))")
_CALL = re.compile(r"@(?=everyone|here|[!&]?\d)", re.IGNORECASE)
_SPAN = re.compile(r"(`[^`\n]*[^`\s][^`\n]*`|<#\d{1,20}>)")
"""What stays as it is in our own sentences: code, and channels, which call nobody."""
_GAP = "\N{ZERO WIDTH SPACE}"
_ENDS = {
    **dict.fromkeys("\u202a\u202b\u202d\u202e", "\N{POP DIRECTIONAL FORMATTING}"),
    **dict.fromkeys("\u2066\u2067\u2068", "\N{POP DIRECTIONAL ISOLATE}"),
}
"""What turns the direction of writing, and what ends it."""
_TURN = re.compile(f"[{''.join({*_ENDS, *_ENDS.values()})}]")


def escape(text: str) -> str:
    """Return the text on one line, so that it reads as it was typed and mentions nobody."""
    line = _one_line(text)
    return _MARKUP.sub(_escaped, _CALL.sub(f"@{_GAP}", line))


def _escaped(match: re.Match[str]) -> str:
    found = match[0]
    return f"\\{found}" if found == "://" else f"{found[:-1]}\\{found[-1]}"


def fitted(text: str, limit: int) -> str:
    """Return the escaped text, cut at a word with “…” where it would be longer than `limit`."""
    return _shrunk(escape, text, limit)


def _shrunk(written: Callable[[str], str], text: str, limit: int) -> str:
    """Cut the text until it fits as it is written."""
    room = limit
    shown = written(cut(text, room))
    while len(shown) > limit and room > 0:
        room -= max((len(shown) - limit) // 2, 1)
        shown = written(cut(text, room))
    return shown


def cut(text: str, limit: int) -> str:
    """Return the text on one line in at most `limit` characters, cut at a word with “…”."""
    line = _one_line(text)
    if len(line) <= limit:
        return line
    if limit < 1:
        return ""
    head = line[:limit]
    at_word = head.rsplit(" ", 1)[0] if " " in head[limit // 2 :] else head[:-1]
    return at_word[: limit - 1].rstrip(" ,;:") + "…"


def code(text: str, limit: int = 100) -> str:
    """Return the text as a code span, whatever backticks are in it."""
    return _shrunk(_code, text, limit)


def _code(text: str) -> str:
    shown = _CALL.sub(f"@{_GAP}", _one_line(text))
    if not shown:
        return "(empty)"
    longest = max((len(list(run)) for char, run in groupby(shown) if char == "`"), default=0)
    fence = "`" * (longest + 1)
    left = " " if shown.startswith("`") else ""
    right = " " if shown.endswith("`") else ""
    return f"{fence}{left}{shown}{right}{fence}"


def prose(text: str, limit: int = 500) -> str:
    """Return one of our own sentences: code spans and channels stay, whatever was quoted is harmless."""
    return _shrunk(_prose, text, limit)


def _prose(text: str) -> str:
    parts = _SPAN.split(text)
    return "".join(_kept(part) if _SPAN.fullmatch(part) else _escaped_part(part) for part in parts)


def _kept(span: str) -> str:
    return _code(span[1:-1]) if span.startswith("`") else span


def _escaped_part(part: str) -> str:
    lead = part[: len(part) - len(part.lstrip())]
    tail = part[len(part.rstrip()) :] if part.strip() else ""
    return f"{lead}{escape(part)}{tail}"


def _one_line(text: str) -> str:
    return _straightened(" ".join(text.split()))


def _straightened(line: str) -> str:
    """End every turn of direction that is still open, or it would turn what is written behind it as well."""
    still_open: list[str] = []
    for sign in _TURN.findall(line):
        if sign in _ENDS:
            still_open.append(_ENDS[sign])
        elif still_open and sign == still_open[-1]:
            still_open.pop()
    return line + "".join(reversed(still_open))
