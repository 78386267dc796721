"""The janitor: what nothing needs is removed, what cannot be stays due, and nothing stops it."""

import asyncio
from dataclasses import replace

import pytest

from bot.core.errors import StudioError
from bot.core.job import JobState
from bot.studio import janitor as module
from bot.studio.feed import Feed, JobChanged, LineChanged
from bot.studio.incidents import Incidents
from bot.studio.janitor import Janitor
from tests.builders import NOW, a_new_job, a_recipe, a_reference, an_artifact, png
from tests.fakes import FakeShelf, FakeStores, ManualClock
from tests.fakes.discards import FakeDiscards
from tests.studio.house import running, settled


def a_janitor(stores, shelf, *, feed=None, discards=None):
    return Janitor(
        discards=discards or stores.discards,
        shelf=shelf,
        feed=feed or Feed(),
        incidents=Incidents(journal=stores.journal, clock=ManualClock(), new_code=lambda: "abc123"),
    )


async def given_up(stores, shelf, *paths):
    for path in paths:
        shelf.files[path] = png()
    artifacts = [an_artifact(index=number, path=path) for number, path in enumerate(paths)]
    job = await stores.jobs.add_ended(a_new_job(), artifacts=artifacts)
    await stores.artifacts.delete([one.id for one in await stores.jobs.artifacts(job.id)], at=NOW)


async def test_what_is_due_is_removed_however_much_it_is(monkeypatch):
    monkeypatch.setattr(module, "AT_ONCE", 2)
    stores, shelf = FakeStores(), FakeShelf()
    await given_up(stores, shelf, *(f"library/{number}.png" for number in range(5)))
    assert await a_janitor(stores, shelf).run_once() == 5
    assert (shelf.files, await stores.discards.due()) == ({}, [])


async def test_what_cannot_be_removed_stays_due_and_the_rest_goes():
    stores, shelf = FakeStores(), FakeShelf()
    await given_up(stores, shelf, "library/1.png", "library/2.png")
    remove = shelf.remove

    async def stuck(path):
        if path == "library/1.png":
            raise StudioError("In use.")
        await remove(path)

    shelf.remove = stuck
    assert await a_janitor(stores, shelf).run_once() == 1
    assert await stores.discards.due() == ["library/1.png"]


async def test_it_looks_at_the_start_whenever_it_is_rung_and_now_and_then(monkeypatch):
    stores, shelf = FakeStores(), FakeShelf()
    janitor = a_janitor(stores, shelf)
    await given_up(stores, shelf, "library/1.png")
    async with running(janitor.run()):
        await settled()
        assert shelf.files == {}
        await given_up(stores, shelf, "library/2.png")
        janitor.ring()
        await settled()
        assert shelf.files == {}
    monkeypatch.setattr(module, "LOOK_EVERY_S", 0)
    looked = asyncio.Event()

    class Watched(FakeDiscards):
        async def due(self, *, limit=100):
            found = await super().due(limit=limit)
            if not found:
                looked.set()
            return found

    janitor = a_janitor(stores, shelf, discards=Watched(stores.memory))
    async with running(janitor.run()):
        await looked.wait()
        await given_up(stores, shelf, "library/3.png")
        looked.clear()
        await looked.wait()
    assert shelf.files == {}


async def test_a_store_that_takes_nothing_does_not_end_its_work():
    stores, shelf = FakeStores(), FakeShelf()
    await given_up(stores, shelf, "library/1.png")
    gone, stores.discards.gone = stores.discards.gone, refused
    janitor = a_janitor(stores, shelf)
    async with running(janitor.run()):
        await settled()
        assert await stores.discards.due() == ["library/1.png"]
        stores.discards.gone = gone
        janitor.ring()
        await settled()
        assert await stores.discards.due() == []
    assert [entry.name for entry in await stores.journal.newest()] == ["janitor"]


async def refused(_paths):
    raise OSError("disk full")


@pytest.mark.parametrize("state", [JobState.RENDERED, JobState.FAILED, JobState.CANCELLED])
async def test_a_picture_that_was_given_up_while_a_drawing_started_from_it_goes_with_the_drawings_need(state):
    stores, shelf, feed = FakeStores(), FakeShelf(), Feed()
    await given_up(stores, shelf, "library/1.png")
    job, _ = await stores.jobs.add(a_new_job(recipe=a_recipe(reference=a_reference(path="library/1.png"))))
    async with running(a_janitor(stores, shelf, feed=feed).run()):
        await settled()
        feed.publish(JobChanged(job=job))
        feed.publish(LineChanged())
        await settled()
        assert shelf.files.keys() == {"library/1.png"}
        ended = replace(job, state=state)
        stores.memory.jobs[ended.id] = ended
        feed.publish(JobChanged(job=ended))
        await settled()
    assert shelf.files == {}
