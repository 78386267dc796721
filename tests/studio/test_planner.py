"""What a batch would be is checked and told before any of it is stored."""

from dataclasses import replace

import pytest

from bot.core.batching import BatchKind
from bot.core.characters import VariationKind
from bot.core.errors import (
    BadRequest,
    NotAllowed,
    NotFound,
)
from bot.core.job import JobState
from bot.core.queueing import Known, Learning
from bot.ports.library import NewCharacter
from bot.studio.control import Actor
from bot.studio.line import kind_of
from bot.studio.planner import PLAN_LASTS_MS
from tests.builders import (
    GUILD,
    NOW,
    USER,
    a_new_job,
    a_request,
    an_origin,
    an_outline,
    some_timings,
)
from tests.studio.house import AIKO, BOSS, a_studio

STRANGER = Actor(user=7, guild=GUILD)
ELSEWHERE = Actor(user=USER, guild=GUILD + 1, manages=True)
THREE = "a heron\na fox\nan otter"
S, POSE = JobState, VariationKind.POSE


async def test_a_plan_tells_what_would_be_drawn_and_stores_no_job():
    async with a_studio() as studio:
        project = await studio.library.create("Harbour", gallery=None, actor=AIKO)
        base = a_request(project="Harbour", count=2)
        plan = await studio.planner.plan(an_outline(text=THREE, base=base), an_origin())
        assert (plan.title, plan.pictures, plan.project) == ("a heron", 6, project)
        assert [item.request.prompt for item in plan.items] == THREE.splitlines()
        assert (plan.takes, plan.before) == (Learning(drawings=0), Known(ms=0, drawings=0))
        assert studio.stores.memory.jobs == {}
        assert await studio.planner.drafted(plan.id, AIKO) == plan.outline


async def test_the_time_a_plan_takes_is_what_drawings_like_its_own_took():
    async with a_studio() as studio:
        timings = some_timings(drawing=2000)
        for _ in range(3):
            job = await studio.stored(S.SUBMITTED, S.RENDERED)
            studio.stores.memory.jobs[job.id] = replace(job, timings=timings)
        await studio.stored()
        plan = await studio.planner.plan(an_outline(text=THREE), an_origin())
        assert kind_of(job) == kind_of(a_new_job())
        assert plan.takes == Known(ms=6000, drawings=3)
        assert plan.before == Known(ms=2000, drawings=3)


async def test_a_title_is_what_was_written_or_the_first_prompt_or_who_is_drawn():
    async with a_studio() as studio:
        plan = await studio.planner.plan(an_outline(title="Night"), an_origin())
        assert plan.title == "Night"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("a heron\n(((\n\N{ZERO WIDTH SPACE}", "Line 3: The prompt is empty"),
        ("\N{ZERO WIDTH SPACE}\na heron\n\N{ZERO WIDTH JOINER}", "Line 1: .*other trouble: line 3"),
    ],
)
async def test_what_is_wrong_is_said_with_its_line_before_anything_is_stored(text, said):
    async with a_studio() as studio:
        with pytest.raises(BadRequest, match=said) as refusal:
            await studio.planner.plan(an_outline(text=text), an_origin())
        assert refusal.value.hint
        assert (studio.stores.memory.jobs, studio.stores.memory.plans) == ({}, {})


async def test_what_is_wrong_with_all_of_it_is_said_once_and_names_no_line():
    async with a_studio() as studio:
        with pytest.raises(BadRequest, match=r"^There is no model called") as refusal:
            await studio.planner.plan(an_outline(text=THREE, base=a_request(model="nope")), an_origin())
        assert "Nearest" in refusal.value.hint
        with pytest.raises(BadRequest, match=r"^There is no model called"):
            await studio.planner.plan(an_outline(text=None, base=a_request(model="nope")), an_origin())


async def test_of_many_faults_the_first_few_are_named():
    async with a_studio() as studio:
        text = "\n".join(["a heron", *["\N{ZERO WIDTH SPACE}"] * 30])
        with pytest.raises(BadRequest, match="line 9, …"):
            await studio.planner.plan(an_outline(text=text), an_origin())


async def a_matrix_of_yuki(studio, **outline):
    """Return a matrix of somebody with two poses and one outfit."""
    project = await studio.library.create("Harbour", gallery=None, actor=AIKO)
    new = NewCharacter(project=project.id, name="Yuki", slug="yuki", by=USER, at=NOW)
    yuki = await studio.stores.characters.add(new)
    for kind, name in ((POSE, "front"), (POSE, "side"), (VariationKind.OUTFIT, "kimono")):
        await studio.stores.characters.add_variation(
            character=yuki.id, kind=kind, name=name, prompt=f"{name}, seen well"
        )
    base = a_request(project="Harbour", characters=("Yuki",))
    return an_outline(**{"kind": BatchKind.MATRIX, "text": None, "base": base, **outline})


async def test_all_poses_are_those_the_character_has():
    async with a_studio() as studio:
        matrix = await a_matrix_of_yuki(studio, poses=("front", "All"), outfits=("all",))
        plan = await studio.planner.plan(matrix, an_origin())
        assert [item.cell for item in plan.items] == ["kimono · front", "kimono · side"]
        assert (await studio.planner.drafted(plan.id, AIKO)).poses == ("front", "side")


async def test_whose_poses_are_meant_is_found_as_in_any_drawing():
    async with a_studio() as studio:
        matrix = await a_matrix_of_yuki(studio, poses=("all",))
        mentioned = replace(matrix, base=a_request(project="Harbour", characters=("@yuki",)))
        assert len((await studio.planner.plan(mentioned, an_origin())).items) == 2
        project = await studio.library.named("Harbour", AIKO)
        await studio.casting.archive(await studio.casting.named("Yuki", project), AIKO)
        with pytest.raises(BadRequest, match="“Yuki” is archived"):
            await studio.planner.plan(matrix, an_origin())


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"expressions": ("all",)}, "no expression"),
        ({"poses": ("front", "KIMONO")}, "`KIMONO` is an outfit and not a pose"),
        ({"poses": ("front", "flying")}, "“flying”: There is no variation called"),
        ({"poses": ("flying",)}, "There is no variation called"),
        ({"outfits": ("all",)}, "A matrix of one picture"),
        ({"poses": ("all",), "base": a_request(project="Harbour", characters=("Yuri",))}, "called `Yuri`"),
        ({"poses": ("all",), "base": a_request(project="Harbour")}, "are a character's"),
        ({"poses": ("all",), "base": a_request(characters=("Yuki",))}, "are a character's"),
    ],
)
async def test_what_the_character_has_not_is_refused_in_words(changes, said):
    async with a_studio() as studio:
        matrix = await a_matrix_of_yuki(studio)
        await studio.library.use(None, AIKO)
        with pytest.raises(BadRequest, match=said) as refusal:
            await studio.planner.plan(replace(matrix, **changes), an_origin())
        assert refusal.value.hint


async def test_a_list_with_a_fault_is_kept_to_be_mended():
    async with a_studio() as studio:
        origin = an_origin()
        draft = await studio.planner.draft(an_outline(text=""), origin)
        faulty = an_outline(text="a heron\n\N{ZERO WIDTH SPACE}", title="Night")
        with pytest.raises(BadRequest):
            await studio.planner.plan(faulty, origin, draft=draft)
        assert await studio.planner.drafted(draft, AIKO) == faulty
        plan = await studio.planner.plan(an_outline(text=THREE), origin, draft=draft)
        assert plan.id == draft
        assert (await studio.planner.drafted(draft, AIKO)).text == THREE


async def test_a_plan_is_its_persons_or_a_managers_and_of_one_server():
    async with a_studio() as studio:
        plan = await studio.planner.plan(an_outline(), an_origin())
        for act in (studio.foreman.start, studio.planner.drop, studio.planner.drafted):
            with pytest.raises(NotAllowed, match="artist's plan"):
                await act(plan.id, STRANGER)
            with pytest.raises(NotFound):
                await act(plan.id, ELSEWHERE)
        await studio.planner.drop(plan.id, BOSS)
        with pytest.raises(NotFound, match="not kept any more"):
            await studio.foreman.start(plan.id, AIKO)


async def test_a_plan_is_kept_for_a_week():
    async with a_studio() as studio:
        plan = await studio.planner.plan(an_outline(), an_origin())
        studio.clock.advance(PLAN_LASTS_MS + 1)
        await studio.planner.draft(an_outline(), an_origin())
        with pytest.raises(NotFound):
            await studio.foreman.start(plan.id, AIKO)
