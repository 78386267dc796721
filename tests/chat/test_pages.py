import pytest

from bot.chat.cards.turning import page_button
from bot.chat.pages import PER_PAGE, filter_of, job_page, name_of, page_of
from bot.core.job import JobState
from bot.ports.stores import JobFilter
from bot.studio.control import Actor
from tests.builders import GUILD, USER, a_new_job, an_origin
from tests.chat.desks import a_desk
from tests.fakes.stores import FakeStores

ACTOR = Actor(user=USER, guild=GUILD)


@pytest.mark.parametrize("user", [None, 2**63])
@pytest.mark.parametrize("project", [None, 12])
@pytest.mark.parametrize("state", [None, *JobState])
def test_a_lists_name_says_all_that_its_next_page_needs(
    user: int | None, project: int | None, state: JobState | None
) -> None:
    wanted = JobFilter(guild=GUILD, user=user, project=project, state=state)
    assert filter_of(name_of(wanted), guild=GUILD) == wanted


def test_the_button_of_the_longest_list_fits_into_a_custom_id() -> None:
    wanted = JobFilter(user=2**64, project=10**9, state=JobState.SUBMITTED)
    assert len(page_button(name_of(wanted), f"+{10**12}", "Newer").custom_id) <= 100


@pytest.mark.parametrize("name", ["scenes", "jobs.sdreaming", "jobs.x1", "jobs.u", "queue2", ""])
async def test_an_unknown_list_has_no_pages(name: str) -> None:
    assert await page_of(a_desk(), name, "1", actor=ACTOR) is None


async def test_a_full_last_page_offers_no_further_one() -> None:
    stores = FakeStores()
    for _ in range(PER_PAGE):
        await stores.jobs.add(a_new_job())
    assert not (await job_page(a_desk(stores), JobFilter(guild=GUILD))).buttons
    await stores.jobs.add(a_new_job())
    assert (await job_page(a_desk(stores), JobFilter(guild=GUILD))).buttons


async def test_a_page_never_shows_jobs_of_another_server() -> None:
    stores = FakeStores()
    await stores.jobs.add(a_new_job(origin=an_origin(guild=GUILD + 1)))
    look = await page_of(a_desk(stores), "jobs", "99", actor=ACTOR)
    assert look is not None
    assert "#1" not in look.text
