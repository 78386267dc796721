"""Every write-ahead point fails in turn, the first, the second and so on, until the story has no more of them."""

import os
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.chaos.breaking import Break, Point, Way
from tests.chaos.cradle import Cradle, a_cradle
from tests.chaos.story import tell

pytestmark = [
    pytest.mark.skipif(not hasattr(os, "fork"), reason="lives are forked"),
    pytest.mark.timeout(240),
]

LEAST = {Point.TRANSACTION: 12, Point.PROMPT: 1, Point.FILE: 2, Point.DISCORD: 6}
"""The story has at least so many points; with fewer, the wrappers would have missed them."""


@pytest.fixture
async def cradle(tmp_path: Path) -> AsyncIterator[Cradle]:
    async with a_cradle({}, log=tmp_path / "bot.log") as cradle:
        yield cradle


@pytest.mark.parametrize("way", Way)
@pytest.mark.parametrize("point", Point)
async def test_whichever_step_is_the_last_of_a_life_nothing_is_lost_and_nothing_twice(
    cradle: Cradle, tmp_path: Path, point: Point, way: Way
):
    number, broke = 0, True
    while broke:
        number += 1
        planned = Break(point=point, way=way, number=number)
        outcome = await tell(tmp_path / str(number), cradle, planned)
        assert outcome.verdict.sentences == [], planned
        broke = outcome.broke
    assert number > LEAST[point]
