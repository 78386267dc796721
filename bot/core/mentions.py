"""Mentions: the characters that a prompt names as `@name` or `@[long name]`."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

_MENTION = re.compile(r"(?<![^\s,;:.(\[{“\"'/|])@(?:\[([^\[\]]+)\]|(?=[^\W\d_]))")
_NOBODY = re.compile(r"(?:everyone|here)\b", re.IGNORECASE)
_WORD = re.compile(r"[\w-]+")
_ESCAPED = re.compile(r"\\@")


@dataclass(frozen=True, slots=True, kw_only=True)
class Mention:
    """Somebody named in a text, between these places; `known` is the name it goes by, None for a stranger."""

    start: int
    end: int
    typed: str
    known: str | None


def mentions(text: str, names: Sequence[str]) -> list[Mention]:
    r"""Find them in order; where several names fit, the longest is meant, whatever its case.

    An `@` inside a word or before a sign is none, nor are `@everyone`, `@here` and `\@name`.
    """
    return list(_found(text, {name.casefold(): name for name in names}))


def _found(text: str, names: Mapping[str, str]) -> Iterator[Mention]:
    longest_first = sorted(names.values(), key=len, reverse=True)
    for match in _MENTION.finditer(text):
        if match[1] is not None:
            typed = match[1].strip()
            known = names.get(" ".join(typed.casefold().split()))
            yield Mention(start=match.start(), end=match.end(), typed=typed, known=known)
            continue
        rest = text[match.end() :]
        name = next((name for name in longest_first if _begins(rest, name)), None)
        if name is not None:
            end = match.end() + len(name)
            yield Mention(start=match.start(), end=end, typed=text[match.end() : end], known=name)
        elif not _NOBODY.match(rest):
            word = _WORD.match(rest)
            typed = word[0] if word else rest
            yield Mention(start=match.start(), end=match.end() + len(typed), typed=typed, known=None)


def _begins(text: str, name: str) -> bool:
    following = text[len(name) : len(name) + 1]
    return text[: len(name)].casefold() == name.casefold() and not (following.isalnum() or following == "_")


def spoken(text: str, words: Mapping[str, str]) -> str:
    """Put these words in the place of the mentions of these names, and take out the signs of no mention."""
    parts: list[str] = []
    at = 0
    for mention in mentions(text, list(words)):
        if mention.known is not None:
            parts += [text[at : mention.start], words[mention.known]]
            at = mention.end
    return _ESCAPED.sub("@", "".join([*parts, text[at:]]))
