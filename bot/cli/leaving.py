"""How the process is asked to leave: once politely, twice at once."""

import asyncio
import os
import signal
import sys
from collections.abc import Generator
from contextlib import contextmanager

EXIT_AT_ONCE = 130


@contextmanager
def stop_on_signals(stop: asyncio.Event) -> Generator[None]:
    """Set `stop` at the first SIGINT or SIGTERM; end the process at the second, which is safe by design."""
    loop = asyncio.get_running_loop()

    def asked() -> None:
        if stop.is_set():
            os._exit(EXIT_AT_ONCE)
        stop.set()

    if sys.platform == "win32":
        previous = signal.signal(signal.SIGINT, lambda _number, _frame: loop.call_soon_threadsafe(asked))
        try:
            yield
        finally:
            signal.signal(signal.SIGINT, previous)
        return
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, asked)
    try:
        yield
    finally:
        for number in (signal.SIGINT, signal.SIGTERM):
            loop.remove_signal_handler(number)
