"""What the page asks for, parsed and checked once at the door."""

import json
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Any, TypeVar, cast

from aiohttp import BodyPartReader, web

from bot.sandbox.discord import NotPossible, Unanswered

MOST_BYTES = 26 * 1024 * 1024
Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]
T = TypeVar("T")


class Refused(Exception):
    def __init__(self, status: int, words: str) -> None:
        super().__init__(words)
        self.status = status
        self.words = words


@dataclass(frozen=True, slots=True)
class Call:
    """The body of a request: one JSON object, and files by name."""

    body: Mapping[str, Any]
    files: Mapping[str, tuple[str, bytes]]

    def take(self, key: str, kind: type[T]) -> T:
        value = self.body.get(key)
        if not isinstance(value, kind):
            raise Refused(400, f"{key} must be given as {kind.__name__}.")
        return value

    def table(self, key: str) -> dict[str, Any]:
        return _object(self.body.get(key))

    def texts(self, key: str) -> list[str]:
        return [str(value) for value in cast("list[object]", self.take(key, list))]

    def number(self, key: str) -> int:
        """Read an id; they travel as text."""
        return parse_id(key, self.take(key, str))


def parse_id(key: str, text: str) -> int:
    if not (text.isascii() and text.isdigit() and len(text) < 25):
        raise Refused(400, f"{key} must be an id.")
    return int(text)


async def read_call(request: web.Request) -> Call:
    if (request.content_length or 0) > MOST_BYTES:
        raise Refused(413, "These files are larger than Discord would take.")
    if request.content_type == "application/json":
        return Call(_parsed(await request.read()), {})
    if request.content_type == "multipart/form-data" and request.content_length is not None:
        return await _read_form(request)
    raise Refused(415, "Send JSON, or a form with files.")


async def _read_form(request: web.Request) -> Call:
    body: Mapping[str, Any] = {}
    files: dict[str, tuple[str, bytes]] = {}
    async for part in await request.multipart():
        if not isinstance(part, BodyPartReader):
            continue
        data = bytes(await part.read())
        if part.name == "call":
            body = _parsed(data)
        elif (part.name or "").startswith("file:"):
            files[(part.name or "").removeprefix("file:")] = (part.filename or "unknown", data)
    return Call(body, files)


def _parsed(raw: bytes) -> dict[str, Any]:
    try:
        return _object(json.loads(raw))
    except ValueError:
        raise Refused(400, "This is no JSON.") from None


def _object(value: object) -> dict[str, Any]:
    if not isinstance(value, dict):
        raise Refused(400, "A JSON object is expected here.")
    return cast("dict[str, Any]", value)


@web.middleware
async def in_words(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Answer every refusal as one sentence."""
    try:
        return await handler(request)
    except Refused as refused:
        return _told(refused.status, refused.words)
    except (NotPossible, Unanswered) as refused:
        return _told(409, sentence(str(refused)))
    except TimeoutError:
        return _told(504, "The bot did not answer in time.")


def _told(status: int, words: str) -> web.Response:
    return web.json_response({"error": words}, status=status)


def sentence(words: str) -> str:
    return f"{words[:1].upper()}{words[1:]}" + ("" if words.endswith((".", "?")) else ".")
