import pytest

from bot.chat import choices
from bot.core.job import JobState
from bot.studio.control import Actor
from tests.builders import GUILD, USER, a_new_job, a_request, a_workflow, an_origin
from tests.chat.desks import a_desk
from tests.fakes.stores import FakeStores

ACTOR = Actor(user=USER, guild=GUILD)


@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        ("", ["harbour_xl", "old harbour", "sharbour", "Harbinger"]),
        ("harb", ["harbour_xl", "Harbinger", "old harbour", "sharbour"]),
        ("XL", ["harbour_xl"]),
        ("fox", []),
    ],
)
def test_what_begins_so_comes_before_a_word_that_does_and_that_before_any_other_place(
    typed: str, expected: list[str]
) -> None:
    names = ["harbour_xl", "old harbour", "sharbour", "Harbinger"]
    assert choices.matching(names, typed) == expected


def test_no_more_are_offered_than_discord_takes() -> None:
    assert len(choices.offered([f"model {number}" for number in range(99)], "model")) == 25


def test_a_name_that_is_too_long_to_be_sent_is_not_offered() -> None:
    assert choices.offered(["x" * 101, "y" * 100], "") == [choices.Choice(name="y" * 100, value="y" * 100)]


def test_a_workflow_is_found_by_its_title_and_sent_by_its_name() -> None:
    found = choices.workflows([a_workflow(name="txt2img", title="Text to image")], "text")
    assert [choice.value for choice in found] == ["txt2img"]


async def test_an_old_job_is_found_by_its_number() -> None:
    stores = FakeStores()
    for number in range(choices.JOBS_LOOKED_AT + 5):
        await stores.jobs.add(a_new_job(request=a_request(prompt=f"heron {number}")))
    offered = await choices.jobs(a_desk(stores), ACTOR, "2")
    assert offered[0].value == "2"


async def test_jobs_of_other_servers_and_in_other_states_are_not_offered() -> None:
    stores = FakeStores()
    heron = a_request(prompt="a heron")
    await stores.jobs.add(a_new_job(request=heron, origin=an_origin(guild=GUILD + 1)))
    await stores.jobs.add(a_new_job(request=heron))
    desk = a_desk(stores)
    assert [choice.value for choice in await choices.jobs(desk, ACTOR, "")] == ["2"]
    assert await choices.jobs(desk, ACTOR, "1") == []
    assert await choices.jobs(desk, ACTOR, "", JobState.RUNNING) == []


async def test_labels_are_cut_to_what_discord_shows() -> None:
    stores = FakeStores()
    await stores.jobs.add(a_new_job(request=a_request(prompt="heron " * 100)))
    (choice,) = await choices.jobs(a_desk(stores), ACTOR, "")
    assert len(choice.name) <= 100


@pytest.mark.parametrize("typed", ["9" * 400, "²", "#", "-1", "1.5"])
async def test_any_typing_is_survived(typed: str) -> None:
    assert await choices.jobs(a_desk(), ACTOR, typed) == []
