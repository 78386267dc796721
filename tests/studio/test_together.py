"""Several things at once."""

import asyncio

import pytest

from bot.core.errors import NoOutput
from bot.studio.together import together


async def test_the_results_come_in_the_order_of_the_questions():
    gate = asyncio.Event()

    async def late():
        await gate.wait()
        return "late"

    async def soon():
        gate.set()
        return "soon"

    assert await together([late(), soon()]) == ["late", "soon"]


async def test_of_nothing_comes_nothing():
    assert await together([]) == []


async def test_the_first_failure_is_raised_as_it_was_and_stops_the_others():
    stopped = asyncio.Event()

    async def endless():
        try:
            await asyncio.Event().wait()
        finally:
            stopped.set()

    async def broken():
        raise NoOutput("nothing")

    with pytest.raises(NoOutput):
        await together([endless(), broken()])
    assert stopped.is_set()
