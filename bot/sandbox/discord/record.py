"""What went over the wire, for tests to read."""

from dataclasses import dataclass, field
from typing import Any

from bot.sandbox.discord.model import Json


@dataclass(frozen=True, slots=True, kw_only=True)
class SentFile:
    field: str
    filename: str
    size: int


@dataclass(slots=True, kw_only=True)
class Exchange:
    """One REST request and its answer; `route` is the path as Discord's description writes it."""

    method: str
    path: str
    route: str
    query: dict[str, str]
    content_type: str
    body: Any = None
    files: list[SentFile] = field(default_factory=list[SentFile])
    status: int = 0
    answer: Json | list[Any] | str | None = None
    headers: dict[str, str] = field(default_factory=dict[str, str])
    asked_at: float = 0.0
    answered_at: float = 0.0
    effect: bool = False
    """Whether a handler saw it; False where a fault or a limit answered instead."""
