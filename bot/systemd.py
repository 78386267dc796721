"""Word to systemd, if it started us: ready, alive, leaving."""

import asyncio
import os
import socket
from collections.abc import Awaitable, Callable


class Systemd:
    """Speaks to the socket that systemd names in the environment; without one it keeps silent."""

    def __init__(self, environment: dict[str, str] | None = None) -> None:
        known = os.environ if environment is None else environment
        self._address = known.get("NOTIFY_SOCKET", "")
        self._watchdog_s = int(known.get("WATCHDOG_USEC", "0")) / 1_000_000

    def ready(self) -> None:
        self._tell("READY=1")

    def leaving(self) -> None:
        self._tell("STOPPING=1")

    def status(self, text: str) -> None:
        self._tell(f"STATUS={text}")

    async def keep_alive(self, alive: Callable[[], Awaitable[bool]]) -> None:
        """Tell systemd that we live, twice per watchdog period, as long as `alive` says so."""
        while self._address and self._watchdog_s:
            if await alive():
                self._tell("WATCHDOG=1")
            await asyncio.sleep(self._watchdog_s / 2)

    def _tell(self, message: str) -> None:
        if not self._address or not hasattr(socket, "AF_UNIX"):
            return
        address = f"\0{self._address[1:]}" if self._address.startswith("@") else self._address
        with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as line:
            line.sendto(message.encode(), address)
