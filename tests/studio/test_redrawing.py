"""What failed of a batch, drawn once more: the same drawings, by one press, and never twice."""

from dataclasses import replace

import pytest

from bot.core.batching import MOST_OPEN, BatchKind, BatchState
from bot.core.errors import BadRequest, ExecutionFailed, LimitReached, NotAllowed, NotFound, WrongState
from bot.core.generation import Load, Seed
from bot.core.job import JobState, Priority
from bot.core.lineage import Descent, Lineage
from bot.core.progress import Accepted, RenderFailed
from bot.studio.control import Actor
from tests.builders import GUILD, NOW, USER, a_card, a_gallery, a_request, a_size
from tests.studio.house import AIKO, BOSS, a_studio
from tests.studio.test_foreman import ELSEWHERE, STRANGER, begun, drawn_all

BOOM = ExecutionFailed("A node failed.", hint="Look at it.")


async def over(studio, *, failing=1, **outline):
    """Draw a batch of three, of which the first ones fail; return it as it ended."""
    batch = await begun(studio, **outline)
    for _ in range(failing):
        studio.renderer.play(Accepted(), RenderFailed(error=BOOM))
    await drawn_all(studio)
    return await studio.stores.batches.to(batch.id, BatchState.DONE, at=NOW)


async def jobs_of(studio, batch):
    return await studio.stores.batches.jobs(batch.id)


async def test_only_what_failed_is_drawn_once_more_as_a_batch_of_its_own_for_the_same_person():
    async with a_studio() as studio:
        await studio.library.create("Harbour", gallery=a_gallery(), actor=AIKO)
        batch = await over(
            studio, failing=2, base=a_request(project="Harbour"), kind=BatchKind.OVERNIGHT, title="Night"
        )
        failed = (await jobs_of(studio, batch))[:2]
        again, fresh = await studio.foreman.redraw(batch.id, BOSS)
        assert fresh
        assert again.redraws == batch.id
        assert (again.title, again.user, again.kind) == ("Night", USER, BatchKind.OVERNIGHT)
        assert (again.state, again.card, again.report) == (BatchState.RUNNING, None, None)
        new = await jobs_of(studio, again)
        assert [job.request for job in new] == [job.request for job in failed]
        assert [job.lineage for job in new] == [Lineage(parent=job.id, how=Descent.AGAIN) for job in failed]
        assert {(job.project, job.origin.user, job.priority) for job in new} == {
            (1, USER, Priority.OVERNIGHT)
        }
        await studio.gate.rung()
        await drawn_all(studio)
        assert {job.state for job in await jobs_of(studio, again)} == {JobState.DELIVERED}


async def test_a_seed_that_was_asked_for_is_kept_and_another_one_is_rolled_anew():
    async with a_studio() as studio:
        asked = await over(studio, text=None, base=a_request(prompt="a heron"), seeds=(Seed(7), Seed(8)))
        rolled = await over(studio, failing=3)
        for batch, kept in ((asked, True), (rolled, False)):
            before = (await jobs_of(studio, batch))[0].recipe
            again, _ = await studio.foreman.redraw(batch.id, AIKO)
            after = (await jobs_of(studio, again))[0].recipe
            assert after == before.with_seed(after.seed)
            assert (after.seed == before.seed) is kept


async def test_as_much_is_drawn_as_was_asked_for_even_where_less_was_tried():
    async with a_studio() as studio:
        batch = await over(studio)
        job = (await jobs_of(studio, batch))[0]
        load = Load(size=a_size(), count=4)
        less = replace(job.recipe, count=1, lightened_from=load, redrawn_from=Seed(1))
        studio.stores.memory.jobs[job.id] = replace(job, recipe=less)
        again, _ = await studio.foreman.redraw(batch.id, AIKO)
        recipe = (await jobs_of(studio, again))[0].recipe
        assert (recipe.load, recipe.lightened_from, recipe.redrawn_from) == (load, None, None)


async def test_pressed_twice_and_after_a_restart_it_is_begun_once_and_the_summary_says_so():
    async with a_studio() as studio:
        batch = await over(studio)
        assert (await studio.foreman.view(batch.id)).may_be_redrawn
        again, _ = await studio.foreman.redraw(batch.id, AIKO)
        await studio.stores.batches.set_card(again.id, a_card())
        for foreman in (studio.foreman, studio.a_foreman()):
            known, fresh = await foreman.redraw(batch.id, BOSS)
            assert (known.id, known.card, fresh) == (again.id, a_card(), False)
        view = await studio.foreman.view(batch.id)
        assert (view.redrawn_as, view.may_be_redrawn) == (known, False)
        assert len(studio.stores.memory.jobs) == 4


async def test_what_fails_again_can_be_drawn_again():
    async with a_studio() as studio:
        batch = await over(studio)
        for earlier in (1, 2):
            again, _ = await studio.foreman.redraw(earlier, AIKO)
            studio.renderer.play(Accepted(), RenderFailed(error=BOOM))
            await drawn_all(studio)
            await studio.stores.batches.to(again.id, BatchState.DONE, at=NOW)
            assert again.redraws == earlier
        assert (await studio.foreman.redraw(batch.id, AIKO))[0].id == 2


async def test_one_that_was_taken_back_can_be_begun_anew():
    async with a_studio() as studio:
        batch = await over(studio)
        first, _ = await studio.foreman.redraw(batch.id, AIKO)
        await studio.foreman.cancel(first.id, AIKO)
        assert (await studio.foreman.view(batch.id)).may_be_redrawn
        second, fresh = await studio.foreman.redraw(batch.id, AIKO)
        assert fresh
        assert second.id != first.id


async def test_it_is_for_the_batchs_person_or_a_manager():
    async with a_studio() as studio:
        batch = await over(studio)
        with pytest.raises(NotAllowed, match="not yours"):
            await studio.foreman.redraw(batch.id, STRANGER)
        with pytest.raises(NotFound, match="no batch 1 here"):
            await studio.foreman.redraw(batch.id, ELSEWHERE)


async def test_what_runs_still_or_did_not_fail_is_not_drawn_again():
    async with a_studio() as studio:
        batch = await begun(studio)
        with pytest.raises(WrongState, match="still under way"):
            await studio.foreman.redraw(batch.id, AIKO)
        await drawn_all(studio)
        await studio.stores.batches.to(batch.id, BatchState.DONE, at=NOW)
        assert not (await studio.foreman.view(batch.id)).may_be_redrawn
        with pytest.raises(WrongState, match="Nothing of batch 1 has failed"):
            await studio.foreman.redraw(batch.id, AIKO)


async def test_what_has_become_impossible_is_named_and_nothing_is_begun():
    async with a_studio() as studio:
        model = studio.workshop.catalogue.checkpoints[1]
        batch = await over(studio, failing=2, base=a_request(model=model))
        studio.workshop.catalogue = replace(
            studio.workshop.catalogue, checkpoints=studio.workshop.catalogue.checkpoints[:1]
        )
        with pytest.raises(BadRequest, match="model"):
            await studio.foreman.redraw(batch.id, AIKO)
        assert list(studio.stores.memory.batches) == [batch.id]


async def test_it_counts_among_a_persons_batches_under_way():
    async with a_studio() as studio:
        batch = await over(studio)
        for _ in range(MOST_OPEN):
            await begun(studio)
        with pytest.raises(LimitReached):
            await studio.foreman.redraw(batch.id, Actor(user=USER, guild=GUILD))


async def test_the_contact_sheet_of_what_was_drawn_again_shows_it_where_it_was_missing():
    async with a_studio() as studio:
        batch = await over(
            studio,
            text=None,
            base=a_request(prompt="a heron"),
            seeds=tuple(Seed(n) for n in range(3)),
            kind=BatchKind.MATRIX,
            ends_with_sheet=True,
        )
        again, _ = await studio.foreman.redraw(batch.id, AIKO)
        await drawn_all(studio)
        done = await studio.stores.batches.to(again.id, BatchState.DONE, at=NOW)
        await studio.foreman._finisher.report(done, doubtful=False)
        assert studio.darkroom.sheets == [["seed 0", "seed 1", "seed 2"]]
        assert studio.poster.reports[-1][1].told.drawn == 1
