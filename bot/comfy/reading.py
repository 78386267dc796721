"""JSON from ComfyUI, read without trusting its shape."""

import json
from collections.abc import Mapping
from typing import cast

from bot.core.workflow import Json


def parse_json(text: str | bytes) -> Json:
    """Return the document, or None for what is none: garbage, bad UTF-8, nesting without end."""
    try:
        return cast("Json", json.loads(text))
    except (ValueError, RecursionError):
        return None


def dict_of(value: Json) -> Mapping[str, Json]:
    """Return the value if it is an object, else an empty one."""
    return value if isinstance(value, dict) else {}


def list_of(value: Json) -> list[Json]:
    return value if isinstance(value, list) else []


def strings_of(value: Json) -> tuple[str, ...]:
    """Return the strings of a list and leave out everything else."""
    return tuple(item for item in list_of(value) if isinstance(item, str))


def text_of(value: Json, otherwise: str = "") -> str:
    return value if isinstance(value, str) else otherwise


def count_of(value: Json) -> int | None:
    """Return a number as the whole one it stands for; None for infinities, booleans and everything else."""
    match value:
        case bool():
            return None
        case int():
            return value
        case float() if abs(value) < 2**53:  # also False for NaN
            return int(value)
        case _:
            return None
