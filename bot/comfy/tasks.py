"""Ending a task that listens or watches beside a drawing."""

import asyncio


async def ended(task: asyncio.Task[None]) -> None:
    """Cancel the task and wait until it is over; an error that ended it before is raised."""
    task.cancel()
    await asyncio.wait({task})
    if not task.cancelled() and (error := task.exception()) is not None:
        raise error
