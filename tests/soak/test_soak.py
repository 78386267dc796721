"""The bot's process stays as it was, job after job; `python -m tests.soak` looks for longer."""

import pytest

from tests.soak.run import soak

MOST_GROWN_MIB = 8.0
"""After the warm-up, over 120 jobs: discord.py's own memory of messages is still filling."""
MOST_HANDLES = 8
"""Idle connections that HTTP keeps open come and go."""
MOST_TASKS = 3


@pytest.mark.timeout(240)
async def test_the_process_does_not_grow_with_the_number_of_jobs():
    first, *_, last = await soak(200, 2, warm_up=80)
    assert last.jobs == 200
    before, after = first.told, last.told
    assert after.rss_mib - before.rss_mib <= MOST_GROWN_MIB
    assert after.handles - before.handles <= MOST_HANDLES
    assert after.tasks - before.tasks <= MOST_TASKS
    assert after.database_handles == before.database_handles
    assert after.threads == before.threads
