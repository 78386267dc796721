"""The door: who is served, nobody twice for one request, nobody new once it is shut, and who is inside."""

import asyncio

from bot.chat.once import Once


class Door:
    """`guilds` are the servers that are served; empty means all."""

    def __init__(self, guilds: frozenset[int]) -> None:
        self._guilds = guilds
        self._interactions = Once()
        self._inside: set[asyncio.Task[object]] = set()
        self.is_shut = False

    def serves(self, guild: int | None) -> bool:
        return guild is not None and (not self._guilds or guild in self._guilds)

    def shut(self) -> None:
        """Let nobody new in; who is inside is served to the end."""
        self.is_shut = True

    def enter(self, interaction: int) -> bool:
        """Let an interaction in by its id; tell whether it is new: a resumed gateway repeats some."""
        self.stay()
        return self._interactions.first(interaction)

    def stay(self) -> None:
        """Count the running task among those that are waited for at closing time."""
        task = asyncio.current_task()
        if task is not None:
            self._inside.add(task)
            task.add_done_callback(self._inside.discard)

    async def empty(self, *, patience_s: float) -> None:
        """Wait until everybody inside was served, but no longer than that; then send the rest away."""
        inside = self._inside - {asyncio.current_task()}
        if inside:
            _, late = await asyncio.wait(inside, timeout=patience_s)
            for task in late:
                task.cancel()
            await asyncio.gather(*late, return_exceptions=True)
