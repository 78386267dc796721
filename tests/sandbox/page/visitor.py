"""A browser without eyes: it asks, and listens to the stream, as the page's script does."""

import io
import json
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from types import TracebackType
from typing import Any, NamedTuple, Self

import aiohttp


class Answer(NamedTuple):
    status: int
    body: Any
    headers: Mapping[str, str]


class Stream:
    """Server-sent events, parsed."""

    def __init__(self, content: aiohttp.StreamReader) -> None:
        self._content = content

    async def next(self) -> tuple[str, dict[str, Any]]:
        kind = ""
        while line := (await self._content.readline()).decode():
            name, _, value = line.rstrip("\n").partition(": ")
            if name == "event":
                kind = value
            elif name == "data":
                return kind, json.loads(value)
        raise EOFError

    async def until(self, kind: str, **wanted: Any) -> dict[str, Any]:
        """The next event of that kind with those values."""
        while True:
            told, data = await self.next()
            if told == kind and all(data.get(key) == value for key, value in wanted.items()):
                return data

    async def ended(self) -> bool:
        return not (await self._content.read()).strip()


class Visitor:
    def __init__(self, url: str) -> None:
        self.url = url.rstrip("/")
        self._session = aiohttp.ClientSession(read_bufsize=2**22)

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._session.close()

    async def get(self, path: str, **headers: str) -> Answer:
        async with self._session.get(self.url + path, headers=headers) as response:
            return Answer(response.status, await response.read(), response.headers)

    async def act(
        self,
        path: str,
        body: Any,
        *,
        headers: Mapping[str, str] | None = None,
        files: Mapping[str, bytes] | None = None,
    ) -> Answer:
        """A press on the page: what the page's own script would send."""
        own = {"Origin": self.url} if headers is None else headers
        sent: dict[str, Any] = {"json": body}
        if files is not None:
            form = aiohttp.FormData()
            form.add_field("call", json.dumps(body))
            for name, data in files.items():
                form.add_field(f"file:{name}", io.BytesIO(data), filename=f"{name}.png")
            sent = {"data": form}
        async with self._session.post(self.url + path, headers=own, **sent) as response:
            return Answer(response.status, await response.json(), response.headers)

    @asynccontextmanager
    async def stream(self) -> AsyncIterator[Stream]:
        async with self._session.get(self.url + "/events") as response:
            assert response.content_type == "text/event-stream"
            yield Stream(response.content)

    async def snapshot(self) -> dict[str, Any]:
        async with self.stream() as stream:
            return await stream.until("snapshot")
