"""Room on the disk: asked for before each drawing, as one that cannot be kept need not be begun."""

from bot.ports.shelf import Shelf
from bot.studio.gate import DiskLow, Gate


class Room:
    def __init__(self, *, shelf: Shelf, gate: Gate, min_free_bytes: int) -> None:
        self._shelf = shelf
        self._gate = gate
        self._min_free_bytes = min_free_bytes

    async def look(self) -> None:
        """Hold the queue while there is too little, and let it go once there is enough."""
        free = await self._shelf.free_bytes()
        if free < self._min_free_bytes:
            self._gate.close(DiskLow(free=free, needed=self._min_free_bytes))
        else:
            self._gate.open(DiskLow)
