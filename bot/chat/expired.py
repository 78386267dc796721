"""What a control means: read from its custom_id, or gone, as one of a message that is older than the code."""

import re
from typing import TypeVar

T = TypeVar("T")


class Expired(Exception):
    """A control means nothing any more; whoever pressed it is told so."""


def meaning(pattern: re.Pattern[str], rest: str) -> re.Match[str]:
    """Return what the rest of a custom_id says; raise Expired."""
    return known(pattern.fullmatch(rest))


def known(thing: T | None) -> T:
    """Return it; raise Expired for nothing."""
    if thing is None:
        raise Expired
    return thing
