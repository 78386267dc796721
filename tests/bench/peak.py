"""By how much this process's memory grows at the most, where the system tells it as Linux does."""

from collections.abc import Callable, Generator
from contextlib import contextmanager, suppress
from pathlib import Path

from tests.bench.bot_process import resident_mib


@contextmanager
def growing(note: Callable[[float], None]) -> Generator[None]:
    """Note by how many MiB the memory was larger within the block than before it, at its peak."""
    with suppress(OSError):
        Path("/proc/self/clear_refs").write_text("5", encoding="ascii")
    before = resident_mib()
    yield
    note(max(_peak_mib() - before, 0.0))


def _peak_mib() -> float:
    with suppress(OSError), Path("/proc/self/status").open(encoding="utf-8") as status:
        for line in status:
            if line.startswith("VmHWM:"):
                return int(line.split()[1]) / 1024
    return 0.0
