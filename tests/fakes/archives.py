"""Archives in a dictionary, of true zip files."""

from collections.abc import AsyncGenerator, AsyncIterable
from contextlib import asynccontextmanager
from io import BytesIO
from zipfile import ZipFile

from bot.core.errors import NotFound, StudioError
from bot.ports.archives import Packed


class FakeArchives:
    """Takes its files from `library`, the files of a FakeShelf; `fail(error)`: the next entry raises it."""

    def __init__(self, library: dict[str, bytes]) -> None:
        self.library = library
        self.sealed: dict[str, bytes] = {}
        self.swept: list[int] = []
        self._failures: list[StudioError] = []

    def fail(self, error: StudioError) -> None:
        self._failures.append(error)

    def may_fail(self) -> None:
        if self._failures:
            raise self._failures.pop()

    @asynccontextmanager
    async def begin(self, name: str) -> AsyncGenerator["FakeArchive"]:
        yield FakeArchive(self, name)

    async def read(self, path: str) -> bytes:
        if path not in self.sealed:
            raise NotFound(f"The archive `{path}` is gone.", hint="Export it again.")
        return self.sealed[path]

    async def sweep(self, *, before: int) -> int:
        self.swept.append(before)
        swept = len(self.sealed)
        self.sealed.clear()
        return swept


class FakeArchive:
    def __init__(self, archives: FakeArchives, name: str) -> None:
        self._archives = archives
        self._name = name
        self._content = BytesIO()
        self._zip = ZipFile(self._content, "w")

    async def add(self, name: str, content: bytes) -> None:
        self._archives.may_fail()
        self._zip.writestr(name, content)

    async def add_pieces(self, name: str, pieces: AsyncIterable[bytes]) -> None:
        await self.add(name, b"".join([piece async for piece in pieces]))

    async def add_file(self, name: str, path: str) -> int:
        if path not in self._archives.library:
            raise NotFound(
                f"The file `{path}` is not in the library.", hint="Draw it again with `/job again`."
            )
        await self.add(name, self._archives.library[path])
        return len(self._archives.library[path])

    async def seal(self) -> Packed:
        self._zip.close()
        path, number = f"exports/{self._name}.zip", 1
        while path in self._archives.sealed:
            path, number = f"exports/{self._name}-{number + 1}.zip", number + 1
        self._archives.sealed[path] = self._content.getvalue()
        return Packed(path=path, bytes=len(self._archives.sealed[path]))
