import asyncio
from contextlib import suppress

from bot.studio.keeper import HOUR_MS, Keeper
from tests.fakes import FakeBackups, ManualClock
from tests.studio.house import a_studio


def a_keeper(backups: FakeBackups, clock: ManualClock, *, every_hours: int = 24) -> Keeper:
    return Keeper(backups=backups, clock=clock, every_hours=every_hours)


async def test_the_first_look_takes_a_backup():
    async with a_studio() as studio:
        assert await studio.keeper.run_once()
        assert studio.backups.taken == [studio.clock.now()]


async def test_a_young_backup_is_left_as_it_is():
    backups, clock = FakeBackups(), ManualClock()
    backups.taken = [clock.now() - 23 * HOUR_MS]
    assert not await a_keeper(backups, clock).run_once()


async def test_a_backup_as_old_as_agreed_is_renewed():
    backups, clock = FakeBackups(), ManualClock()
    backups.taken = [clock.now() - 24 * HOUR_MS]
    assert await a_keeper(backups, clock).run_once()


async def test_with_0_hours_no_backup_is_ever_taken():
    backups = FakeBackups()
    await a_keeper(backups, ManualClock(), every_hours=0).run()
    assert backups.taken == []


async def test_a_backup_that_fails_does_not_end_the_keeper():
    backups = FakeBackups()
    backups.broken = True
    keeping = asyncio.create_task(a_keeper(backups, ManualClock()).run())
    await backups.asked.wait()
    await asyncio.sleep(0)
    assert not keeping.done()
    keeping.cancel()
    with suppress(asyncio.CancelledError):
        await keeping
