"""What is done once, and what is tried until it is done."""

import asyncio

import pytest

from bot.chat.once import Once


async def test_who_repeats_what_is_being_tried_does_it_only_if_that_fails() -> None:
    once, begun, goes_wrong = Once(), asyncio.Event(), asyncio.Event()
    done: list[str] = []

    async def failing() -> None:
        async with once.trying("a letter"):
            begun.set()
            await goes_wrong.wait()
            raise ConnectionError

    async def repeating(who: str) -> None:
        async with once.trying("a letter") as new:
            if new:
                done.append(who)

    with pytest.RaisesGroup(ConnectionError):
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(failing())
            await begun.wait()
            repeats = [asyncio.create_task(repeating(who)) for who in ("second", "third")]
            goes_wrong.set()
    await asyncio.gather(*repeats)
    assert done == ["second"]
    assert not once.first("a letter")


async def test_what_is_tried_does_not_wait_for_anything_else() -> None:
    once = Once()
    async with once.trying("a letter") as one, once.trying("another") as other:
        assert one
        assert other
