import asyncio

from bot.chat.door import Door
from bot.chat.once import REMEMBERED


async def test_without_a_list_every_server_is_served_and_never_a_direct_message() -> None:
    door = Door(frozenset())
    assert door.serves(1)
    assert not door.serves(None)


async def test_with_a_list_only_those_on_it_are_served() -> None:
    door = Door(frozenset({1}))
    assert door.serves(1)
    assert not door.serves(2)


async def test_a_repeated_interaction_is_let_in_once() -> None:
    door = Door(frozenset())
    assert [door.enter(7), door.enter(7), door.enter(8)] == [True, False, True]


async def test_what_was_seen_is_forgotten_in_the_end() -> None:
    door = Door(frozenset())
    for number in range(REMEMBERED + 1):
        door.enter(number)
    assert door.enter(0)


async def test_a_door_is_open_until_it_is_shut() -> None:
    door = Door(frozenset())
    assert not door.is_shut
    door.shut()
    assert door.is_shut


async def test_closing_waits_for_those_inside() -> None:
    door, served = Door(frozenset()), asyncio.Event()

    async def visit() -> None:
        door.enter(1)
        await served.wait()

    visitor = asyncio.create_task(visit())
    closing = asyncio.create_task(door.empty(patience_s=10))
    await asyncio.sleep(0)
    served.set()
    await closing
    assert visitor.done()


async def test_closing_sends_away_who_stays_too_long() -> None:
    door = Door(frozenset())

    async def stay() -> None:
        door.stay()
        await asyncio.Event().wait()

    visitor = asyncio.create_task(stay())
    await asyncio.sleep(0)
    await door.empty(patience_s=0)
    assert visitor.cancelled()


async def test_who_closes_is_not_waited_for() -> None:
    door = Door(frozenset())
    door.stay()
    await door.empty(patience_s=10)
