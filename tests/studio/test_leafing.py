"""Pages in both directions: nothing is skipped and nothing comes twice, whatever comes or goes meanwhile."""

from dataclasses import dataclass

from hypothesis import given, settings
from hypothesis import strategies as st

from bot.core.leafing import Newer, Older, Page
from bot.studio.leafing import leaf
from tests.fakes.leafing import page_of

SIZE = 3


@dataclass(frozen=True)
class Row:
    id: int


class Rows:
    """Rows that come and go while somebody leafs through them."""

    def __init__(self, *numbers):
        self.numbers = set(numbers)

    async def ask(self, *, before=None, after=None, limit):
        newest_first = [Row(number) for number in sorted(self.numbers, reverse=True)]
        return page_of(newest_first, before=before, after=after, limit=limit)

    async def page(self, turn=None):
        return await leaf(self.ask, turn, size=SIZE)


def numbers(page):
    return [row.id for row in page.shown]


async def test_an_empty_list_is_one_page_that_leads_nowhere():
    assert await Rows().page() == Page(shown=())


@given(st.sets(st.integers(1, 40), max_size=12))
async def test_all_is_seen_on_the_way_down_and_again_on_the_way_up(there):
    rows, seen = Rows(*there), []
    page = await rows.page()
    seen += numbers(page)
    while page.older:
        page = await rows.page(page.older)
        seen += numbers(page)
    assert seen == sorted(there, reverse=True)
    climbed = numbers(page)
    while page.newer:
        page = await rows.page(page.newer)
        climbed = [*numbers(page), *climbed]
    assert list(dict.fromkeys(climbed)) == seen
    assert page == await rows.page()


@settings(max_examples=50)
@given(
    st.sets(st.integers(1, 40), min_size=SIZE + 1, max_size=12),
    st.sets(st.integers(1, 60), max_size=6),
    st.sets(st.integers(1, 40), max_size=6),
)
async def test_what_stays_there_is_never_skipped_whatever_comes_and_goes_meanwhile(there, come, gone):
    rows = Rows(*there)
    page = await rows.page((await rows.page()).older)
    last = page.shown[0].id
    rows.numbers = (rows.numbers | {number for number in come if number > max(there)}) - gone
    seen = set()
    while page.newer:
        page = await rows.page(page.newer)
        seen |= set(numbers(page))
    assert seen >= {number for number in rows.numbers if number > last}


async def test_pictures_that_came_meanwhile_are_on_the_way_back_to_the_newest():
    rows = Rows(*range(1, 10))
    third = await rows.page(Older(4))
    rows.numbers |= {10, 11}
    second = await rows.page(third.newer)
    assert (numbers(third), numbers(second)) == ([3, 2, 1], [6, 5, 4])
    assert numbers(await rows.page(second.newer)) == [9, 8, 7]
    top = await rows.page(Newer(9))
    assert (numbers(top), top.newer, top.older) == ([11, 10, 9], None, Older(9))


async def test_a_page_of_which_all_is_gone_leads_back_to_where_it_came_from():
    rows = Rows(1, 2, 3, 4)
    rows.numbers -= {1}
    page = await rows.page(Older(2))
    assert (page.shown, page.older) == ((), None)
    assert numbers(await rows.page(page.newer)) == [4, 3, 2]
