"""From a request to a stored job with a place in line: all or nothing."""

import asyncio
from dataclasses import replace

import pytest

from bot.core.errors import BadRequest, LimitReached, UnknownName, WrongState
from bot.core.job import JobState
from bot.core.queueing import Learning
from bot.studio.feed import JobChanged, LineChanged
from tests.builders import (
    CHANNEL,
    GUILD,
    NOW,
    USER,
    a_catalogue,
    a_gallery,
    a_lineage,
    a_lora,
    a_reference,
    a_request,
    an_origin,
    png,
    some_limits,
)
from tests.studio.house import AIKO, a_studio


async def test_what_is_stored_is_what_will_be_drawn():
    async with a_studio() as studio:
        job = await studio.ask(steps=8, loras=(a_lora(name="mira_v2"),))
        stored = await studio.jobs.get(job.id)
    assert stored.state is JobState.QUEUED
    assert stored.recipe.seed == 100
    assert stored.recipe.loras[0].name == "mira_v2.safetensors"
    assert stored.graph.nodes["3"].inputs["seed"] == 100
    assert stored.graph.nodes["9"].inputs["filename_prefix"] == f"genga/{stored.uid.hex}"
    assert "lora_1" in stored.graph.nodes


async def test_the_submitter_gets_a_place_and_an_estimate():
    async with a_studio() as studio:
        await studio.ask()
        ticket = await studio.submit(a_request(), an_origin())
    assert (ticket.fresh, ticket.job.id, ticket.view.place) == (True, 2, 2)
    assert isinstance(ticket.view.wait, Learning)


async def test_a_new_job_is_told():
    async with a_studio() as studio:
        job = await studio.ask()
        assert studio.news == [JobChanged(job=job), LineChanged()]
        await studio.gate.rung()


REFUSED = [
    {"prompt": " "},
    {"workflow": "nope"},
    {"project": "nope"},
    {"model": "nope"},
    {"loras": (a_lora(name="nope"),)},
    {"count": 99},
    {"denoise": 0.5},
]


@pytest.mark.parametrize("wrong", REFUSED, ids=lambda wrong: next(iter(wrong)))
async def test_of_a_refused_request_nothing_is_stored_and_nothing_is_told(wrong):
    async with a_studio() as studio:
        with pytest.raises(BadRequest) as refusal:
            await studio.ask(**wrong)
        assert refusal.value.message
        assert refusal.value.hint
        assert (studio.stores.memory.jobs, studio.news) == ({}, [])


async def test_the_same_request_arriving_twice_is_one_job():
    async with a_studio() as studio:
        origin = an_origin(key="interaction-5")
        first = await studio.submit(a_request(), origin)
        second = await studio.submit(a_request(), origin)
        assert (first.fresh, second.fresh) == (True, False)
        assert first.job == second.job
        assert len(studio.stores.memory.jobs) == 1
        assert len(studio.news) == 2


async def test_a_cap_that_is_reached_refuses_and_stores_nothing():
    async with a_studio() as studio:
        studio.submit._limits = some_limits(per_user=1)
        await studio.ask()
        with pytest.raises(LimitReached, match="1"):
            await studio.ask()
        await studio.ask(user=USER + 1)
        assert len(studio.stores.memory.jobs) == 2


async def test_a_cap_holds_under_a_burst():
    async with a_studio() as studio:
        studio.submit._limits = some_limits(per_user=3)
        count = studio.jobs.count_waiting

        async def slowly(*, user):
            counted = await count(user=user)
            await asyncio.sleep(0)
            return counted

        studio.jobs.count_waiting = slowly
        asked = await asyncio.gather(*(studio.ask() for _ in range(10)), return_exceptions=True)
        assert sum(isinstance(each, LimitReached) for each in asked) == 7
        assert len(studio.stores.memory.jobs) == 3


async def test_while_comfyui_was_never_seen_a_job_waits_undecided():
    async with a_studio() as studio:
        studio.workshop.catalogue = None
        job = await studio.ask()
        assert (job.recipe.model, job.graph) == (None, None)


async def project_of(studio, job):
    return None if job.project is None else (await studio.stores.projects.get(job.project)).name


async def test_the_named_project_goes_before_the_channels_and_that_before_the_chosen_one():
    async with a_studio() as studio:
        for name, channel in (("Named", 1), ("Channel", CHANNEL), ("Chosen", 3)):
            await studio.library.create(name, gallery=a_gallery(channel=channel), actor=AIKO)
        await studio.library.use("Chosen", AIKO)
        assert await project_of(studio, await studio.ask(project="named")) == "Named"
        assert await project_of(studio, await studio.ask()) == "Channel"
        assert await project_of(studio, await studio.ask(channel=99)) == "Chosen"
        elsewhere = await studio.submit(a_request(), an_origin(channel=None))
        assert await project_of(studio, elsewhere.job) == "Chosen"
        assert await project_of(studio, await studio.ask(channel=99, user=7)) is None


async def test_an_unknown_project_is_answered_with_the_nearest_of_this_server():
    async with a_studio() as studio:
        await studio.library.create("Harbour", gallery=None, actor=AIKO)
        await studio.library.create("Harbor", gallery=None, actor=replace(AIKO, guild=GUILD + 1))
        with pytest.raises(UnknownName) as refusal:
            await studio.ask(project="Harbo")
    assert refusal.value.nearest == ("Harbour",)


async def test_a_repetition_differs_only_in_its_seed():
    async with a_studio() as studio:
        first = await studio.ask(steps=8)
        again = (await studio.submit.again(first, an_origin())).job
    assert (again.parent, again.project) == (first.id, first.project)
    assert again.recipe == first.recipe.with_seed(again.recipe.seed)
    assert again.recipe.seed != first.recipe.seed
    assert again.graph.nodes["3"].inputs["seed"] == again.recipe.seed
    assert again.graph.nodes["9"].inputs["filename_prefix"] == f"genga/{again.uid.hex}"


async def test_a_repetition_with_the_same_seed_is_the_very_same_graph_but_for_its_files():
    async with a_studio() as studio:
        first = await studio.ask()
        again = (await studio.submit.again(first, an_origin(), same_seed=True)).job
    assert again.graph.with_input("9", "filename_prefix", "x") == first.graph.with_input(
        "9", "filename_prefix", "x"
    )


async def test_a_repetition_keeps_the_graph_that_was_drawn_though_the_workflow_has_changed():
    async with a_studio() as studio:
        first = await studio.ask()
        old = replace(first, graph=first.graph.with_input("3", "denoise", 0.9))
        again = (await studio.submit.again(old, an_origin())).job
    assert again.graph.nodes["3"].inputs["denoise"] == 0.9


async def test_a_repetition_of_an_undecided_job_is_undecided_with_its_own_seed():
    async with a_studio() as studio:
        studio.workshop.catalogue = None
        first = await studio.ask()
        again = (await studio.submit.again(first, an_origin())).job
        assert again.graph is None
        assert again.request.seed == again.recipe.seed != first.recipe.seed
        studio.workshop.catalogue = a_catalogue()


async def test_a_persons_picture_is_kept_under_its_content():
    async with a_studio() as studio:
        reference = await studio.submit.reference(png(32, 48))
        assert await studio.shelf.read(reference.path) == png(32, 48)
        assert (reference.size.width, reference.size.height) == (32, 48)
        assert reference == await studio.submit.reference(png(32, 48))


async def test_what_is_no_picture_is_refused_and_not_kept():
    async with a_studio() as studio:
        with pytest.raises(BadRequest):
            await studio.submit.reference(b"GIF89a")
        assert studio.shelf.files == {}


async def test_a_picture_is_drawn_from_by_the_workflow_for_it():
    async with a_studio() as studio:
        reference = await studio.submit.reference(png())
        job = await studio.ask(reference=reference)
        assert job.recipe.workflow == "img2img"
        assert job.graph.nodes["10"].inputs["image"] == reference.upload_name


async def test_a_picture_that_is_gone_from_the_shelf_is_refused_before_a_job_exists():
    async with a_studio() as studio:
        with pytest.raises(BadRequest, match="no longer on the shelf"):
            await studio.ask(reference=a_reference())
        assert studio.stores.memory.jobs == {}


async def test_what_is_prepared_is_not_stored():
    async with a_studio() as studio:
        prepared = await studio.submit.prepare(a_request(), an_origin(), lineage=a_lineage())
        assert (studio.stores.memory.jobs, studio.news) == ({}, [])
        assert prepared.new.lineage == a_lineage()
        assert prepared.composed.positive == prepared.new.recipe.prompt
        assert prepared.new.graph.nodes["6"].inputs["text"] == prepared.composed.positive


async def test_nothing_is_drawn_again_for_a_project_that_was_put_away():
    async with a_studio() as studio:
        project = await studio.library.create("Harbour", gallery=None, actor=AIKO)
        job = await studio.ask(project="Harbour")
        for gone in ({"archived": NOW}, {"deleted": NOW}):
            studio.stores.memory.projects[project.id] = replace(project, **gone)
            with pytest.raises(WrongState, match=r"archived|deleted") as refusal:
                await studio.submit.again(job, an_origin())
            assert refusal.value.hint


async def test_nothing_new_is_drawn_for_an_archived_project():
    async with a_studio() as studio:
        project = await studio.library.create("Harbour", gallery=None, actor=AIKO)
        await studio.stores.projects.change(replace(project, archived=NOW), was=project)
        with pytest.raises(WrongState, match="archived") as refusal:
            await studio.ask(project="Harbour")
        assert "/project restore" in refusal.value.hint


async def test_what_comfyui_has_no_more_is_refused_before_there_is_a_job():
    async with a_studio() as studio:
        job = await studio.ask(model="illustrious_xl")
        studio.workshop.catalogue = a_catalogue(checkpoints=("counterfeit_v3.safetensors",))
        with pytest.raises(UnknownName, match="illustrious_xl"):
            await studio.submit.again(job, an_origin(key="again"))
        assert len(await studio.jobs.in_states(*JobState)) == 1
