"""Is ComfyUI there, what has it got, is there room; and how the studio is, in one look."""

import asyncio

import pytest

from bot.core.errors import Misconfigured
from bot.core.job import JobState
from bot.studio import report, vigil
from bot.studio.gate import Away, DiskLow
from bot.studio.report import INCIDENTS_MS
from bot.studio.vigil import CATALOGUE_AGE_MS
from tests.builders import NOW, a_catalogue, some_health
from tests.studio.house import MIN_FREE, a_studio, running, settled


async def test_comfyui_going_away_closes_the_gate_since_it_was_last_seen():
    async with a_studio() as studio:
        await studio.vigil.run_once()
        assert (studio.gate.hold, studio.vigil.health, studio.vigil.seen) == (None, some_health(), NOW)
        studio.clock.advance(9000)
        studio.renderer.away = True
        await studio.vigil.run_once()
        hint = "The job keeps its place."
        assert studio.gate.hold == Away(since=NOW, reason="ComfyUI does not answer.", hint=hint)
        assert studio.vigil.health is None


async def test_a_store_that_takes_nothing_does_not_end_the_watch(monkeypatch):
    async def refused(_catalogue):
        raise OSError("disk full")

    async with a_studio() as studio:
        with monkeypatch.context() as patch:
            patch.setattr(studio.stores.settings, "set_catalogue", refused)
            studio.renderer.said = a_catalogue(seen=NOW + CATALOGUE_AGE_MS + 1)
            studio.clock.advance(CATALOGUE_AGE_MS + 1)
            await studio.vigil.run_once()
        assert [entry.name for entry in await studio.stores.journal.newest()] == ["vigil"]
        await studio.vigil.run_once()
        assert studio.vigil.seen == studio.clock.now()


async def test_comfyui_that_was_never_seen_is_away_since_now():
    async with a_studio() as studio:
        studio.renderer.away = True
        await studio.vigil.run_once()
        assert studio.gate.hold.since == NOW


async def test_its_return_opens_the_gate_and_is_learned_from():
    async with a_studio() as studio:
        studio.renderer.away = True
        await studio.vigil.run_once()
        studio.renderer.away = False
        studio.renderer.said = a_catalogue(checkpoints=("new.safetensors",))
        await studio.vigil.run_once()
        assert studio.gate.hold is None
        assert studio.workshop.catalogue == await studio.stores.settings.catalogue() == studio.renderer.said


async def test_something_else_at_that_address_counts_as_away_and_says_what_it_is():
    async with a_studio() as studio:

        async def foreign():
            raise Misconfigured("This is no ComfyUI.")

        studio.renderer.health = foreign
        await studio.vigil.run_once()
        assert studio.gate.hold.reason == "This is no ComfyUI."


async def test_a_fresh_catalogue_is_not_asked_for_again_and_a_stale_one_is():
    async with a_studio() as studio:
        studio.renderer.said = a_catalogue(seen=NOW + CATALOGUE_AGE_MS + 1)
        await studio.vigil.run_once()
        assert studio.workshop.catalogue.seen == NOW
        studio.clock.advance(CATALOGUE_AGE_MS + 1)
        await studio.vigil.run_once()
        assert studio.workshop.catalogue.seen == studio.clock.now()


async def test_a_comfyui_never_asked_before_is_asked_at_once():
    async with a_studio() as studio:
        studio.workshop.catalogue = None
        await studio.vigil.run_once()
        assert studio.workshop.catalogue == a_catalogue()


async def test_too_little_room_holds_the_queue_until_there_is_more():
    async with a_studio() as studio:
        studio.shelf.free = MIN_FREE - 1
        await studio.vigil.run_once()
        assert studio.gate.hold == DiskLow(free=MIN_FREE - 1, needed=MIN_FREE)
        studio.shelf.free = MIN_FREE
        await studio.vigil.run_once()
        assert studio.gate.hold is None


async def test_the_vigil_goes_on_and_looks_more_often_while_comfyui_is_away(monkeypatch):
    monkeypatch.setattr(vigil, "AWAY_EVERY_S", 0)
    async with a_studio() as studio:
        studio.renderer.away = True
        with studio.feed.listen() as news:
            await studio.vigil.run_once()
            async with running(studio.vigil.run()):
                await anext(aiter(news))
                studio.renderer.away = False
                await anext(aiter(news))
        assert studio.gate.hold is None


async def test_one_that_somebody_else_found_away_is_looked_for_soon(monkeypatch):
    monkeypatch.setattr(vigil, "AWAY_EVERY_S", 0)
    async with a_studio() as studio:
        async with running(studio.vigil.run()):
            await settled()
            studio.gate.close(Away(since=NOW, reason="The worker found nobody."))
            await studio.gate.opened(Away)
        assert studio.vigil.seen == NOW


async def test_while_all_is_well_it_looks_again_after_a_while(monkeypatch):
    monkeypatch.setattr(vigil, "UP_EVERY_S", 0)
    async with a_studio() as studio:
        studio.renderer.away = True
        async with running(studio.vigil.run()):
            await studio.gate.closed(Away)


async def test_a_comfyui_that_hangs_does_not_keep_the_start_waiting(monkeypatch):
    monkeypatch.setattr(vigil, "FIRST_PATIENCE_S", 0)
    async with a_studio() as studio:
        studio.renderer.health = asyncio.Event().wait
        await studio.vigil.first_look()
        assert studio.gate.holding(Away)


async def test_a_comfyui_that_answers_is_known_before_anything_else_begins():
    async with a_studio() as studio:
        await studio.vigil.first_look()
        assert studio.vigil.health == some_health()


async def test_one_look_tells_every_part():
    async with a_studio() as studio:
        await studio.ask()
        studio.clock.advance(5000)
        seen = await studio.reporter.report()
    assert (seen.renderer, seen.renderer_problem, seen.hold) == (some_health(), "", None)
    assert seen.jobs[JobState.QUEUED] == 1
    assert (seen.started, seen.now, seen.disk_free) == (NOW, NOW + 5000, studio.shelf.free)
    assert (seen.database_ms, seen.disabled, seen.backup) == (0.0, {}, None)


async def test_the_incidents_of_the_last_day_are_counted():
    async with a_studio() as studio:
        await studio.incidents.report(ValueError(), where="drawing")
        studio.clock.advance(INCIDENTS_MS + 1)
        await studio.incidents.report(ValueError(), where="drawing")
        assert (await studio.reporter.report()).incidents == 1


async def test_the_newest_backup_is_told():
    async with a_studio() as studio:
        await studio.backups.take(at=NOW)
        assert (await studio.reporter.report()).backup == NOW


async def test_a_comfyui_that_is_away_is_told_with_its_reason():
    async with a_studio() as studio:
        studio.renderer.away = True
        seen = await studio.reporter.report()
    assert (seen.renderer, seen.renderer_problem) == (None, "ComfyUI does not answer.")


async def test_a_comfyui_that_hangs_costs_no_more_than_the_patience(monkeypatch):
    monkeypatch.setattr(report, "PATIENCE_S", 0)
    async with a_studio() as studio:
        studio.renderer.health = asyncio.Event().wait
        seen = await studio.reporter.report()
    assert seen.renderer is None
    assert seen.renderer_problem


@pytest.mark.parametrize("lacking", ["LoadImage", "VAEEncode"])
async def test_a_workflow_that_cannot_be_used_is_named_with_what_is_missing(lacking):
    async with a_studio() as studio:
        studio.workshop.catalogue = a_catalogue(nodes=a_catalogue().nodes - {lacking})
        assert (await studio.reporter.report()).disabled == {"img2img": (lacking,)}


def test_the_patience_leaves_room_within_a_second():
    assert report.PATIENCE_S <= 0.5
