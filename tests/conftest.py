"""What every test relies on."""

import os

import structlog
from hypothesis import settings

from bot.app import settle_in

settings.register_profile("unhurried", deadline=None)  # a loaded machine is no fault of the code's
settings.register_profile("thorough", deadline=None, max_examples=500, stateful_step_count=50)
settings.load_profile("unhurried")

structlog.configure(  # as the bot does: structlog's own way draws each traceback for most of a second
    processors=[structlog.dev.ConsoleRenderer(exception_formatter=structlog.dev.plain_traceback)]
)


def pytest_xdist_auto_num_workers() -> int:
    """Return two per core: half of the time a journey waits for a socket, a process or a clock."""
    return 2 * (os.cpu_count() or 1)


def pytest_collection_finish() -> None:
    """Leave what was imported and collected out of all garbage collections, as the bot does."""
    settle_in()
