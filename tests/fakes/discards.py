"""What nothing needs any more, in the fakes' memory."""

from collections.abc import Sequence

from tests.fakes.artifacts import needed_in
from tests.fakes.memory import Memory


class FakeDiscards:
    def __init__(self, memory: Memory) -> None:
        self._memory = memory

    async def due(self, *, limit: int = 100) -> list[str]:
        return sorted(self._memory.discards.keys() - needed_in(self._memory))[:limit]

    async def gone(self, paths: Sequence[str]) -> None:
        for path in paths:
            self._memory.discards.pop(path, None)

    async def unneeded(self, paths: Sequence[str]) -> list[str]:
        needed = needed_in(self._memory)
        return [path for path in paths if path not in needed]
