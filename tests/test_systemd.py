import asyncio
import os
import socket
from collections.abc import Iterator
from pathlib import Path

import pytest

from bot.sandbox.patience import PATIENCE_S
from bot.systemd import Systemd

pytestmark = pytest.mark.skipif(os.name == "nt", reason="systemd is not on Windows")


@pytest.fixture
def line(tmp_path: Path) -> Iterator[socket.socket]:
    """The socket on which systemd listens."""
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as listening:
        listening.bind(str(tmp_path / "notify"))
        listening.settimeout(PATIENCE_S)
        yield listening


def told_by(line: socket.socket, **more: str) -> Systemd:
    return Systemd({"NOTIFY_SOCKET": str(line.getsockname()), **more})


def test_systemd_hears_that_we_are_ready_and_that_we_leave(line: socket.socket):
    systemd = told_by(line)
    systemd.ready()
    systemd.leaving()
    assert [line.recv(99), line.recv(99)] == [b"READY=1", b"STOPPING=1"]


def test_without_systemd_nothing_is_told():
    Systemd({}).ready()


async def test_the_watchdog_hears_of_us_while_we_are_alive(line: socket.socket):
    async def alive() -> bool:
        return True

    pulse = asyncio.create_task(told_by(line, WATCHDOG_USEC="1000").keep_alive(alive))
    heard = [await asyncio.to_thread(line.recv, 99) for _ in range(2)]
    pulse.cancel()
    assert heard == [b"WATCHDOG=1", b"WATCHDOG=1"]


async def test_the_watchdog_hears_nothing_while_the_database_does_not_answer(line: socket.socket):
    asked = asyncio.Semaphore(0)

    async def dead() -> bool:
        asked.release()
        return False

    pulse = asyncio.create_task(told_by(line, WATCHDOG_USEC="1000").keep_alive(dead))
    for _ in range(3):
        await asked.acquire()
    pulse.cancel()
    line.setblocking(False)
    with pytest.raises(BlockingIOError):
        line.recv(99)
