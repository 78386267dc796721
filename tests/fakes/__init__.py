"""The ports in memory, for the use cases' tests: no disk, no network, no time that passes by itself."""

from tests.fakes.alerts import FakeAlerts
from tests.fakes.backups import FakeBackups
from tests.fakes.clock import ManualClock
from tests.fakes.darkroom import FakeDarkroom
from tests.fakes.hoard import FakeHoard
from tests.fakes.memory import Memory
from tests.fakes.pictures import FakePictures, FakeShelf
from tests.fakes.poster import FakePoster
from tests.fakes.renderer import FakeRenderer, Gate
from tests.fakes.stores import (
    FakeJobs,
    FakeJournal,
    FakeOutbox,
    FakeProjects,
    FakeSettings,
    FakeStores,
)

__all__ = [
    "FakeAlerts",
    "FakeBackups",
    "FakeDarkroom",
    "FakeHoard",
    "FakeJobs",
    "FakeJournal",
    "FakeOutbox",
    "FakePictures",
    "FakePoster",
    "FakeProjects",
    "FakeRenderer",
    "FakeSettings",
    "FakeShelf",
    "FakeStores",
    "Gate",
    "ManualClock",
    "Memory",
]
