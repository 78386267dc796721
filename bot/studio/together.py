"""Several things at once, as one."""

import asyncio
from collections.abc import Coroutine, Iterable
from typing import Any, TypeVar

T = TypeVar("T")


async def together(ways: Iterable[Coroutine[Any, Any, T]]) -> list[T]:
    """Return the results in the order given; the first failure stops the others and is raised as it was."""
    try:
        async with asyncio.TaskGroup() as group:
            tasks = [group.create_task(way) for way in ways]
    except BaseExceptionGroup as failures:
        raise failures.exceptions[0] from None
    return [task.result() for task in tasks]
