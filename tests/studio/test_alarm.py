"""What whoever runs the studio hears of: outages once, poison jobs together, and nothing twice."""

import pytest

from bot.core.alerting import AlertKind
from bot.core.errors import DiscordAway, Misconfigured, MissingPermission, NoOutput, Poison, WorkerDead
from bot.core.job import JobState
from bot.studio import alarm
from bot.studio.alarm import POISON_QUIET_MS
from bot.studio.gate import Away, DiskLow, Paused
from tests.builders import NOW
from tests.studio.house import MIN_FREE, a_studio, running, settled

MINUTE = 60_000


async def looks(studio, *, minutes=1):
    for _ in range(minutes):
        await studio.vigil.run_once()
        await studio.alarm.run_once()
        studio.clock.advance(MINUTE)


def kinds(studio):
    return [alert.kind for alert in studio.alerts.told]


async def test_comfyui_away_for_more_than_a_minute_is_told_once_and_its_return_too():
    async with a_studio() as studio:
        await looks(studio)
        studio.renderer.away = True
        await looks(studio, minutes=30)
        studio.renderer.away = False
        await looks(studio, minutes=2)
    assert kinds(studio) == [AlertKind.AWAY, AlertKind.OVER]
    assert studio.alerts.told[0].hint


async def test_a_restart_of_comfyui_within_the_minute_is_not_told():
    async with a_studio() as studio:
        studio.gate.close(Away(since=NOW, reason="away"))
        await studio.alarm.run_once()
        studio.clock.advance(MINUTE - 1)
        await studio.alarm.run_once()
        studio.gate.open(Away)
        await studio.alarm.run_once()
    assert studio.alerts.told == []


@pytest.mark.parametrize(
    ("trouble", "kind"),
    [
        (Misconfigured("This ComfyUI is 0.2.0; Genga needs 0.3.45 or newer."), AlertKind.UNUSABLE),
        (WorkerDead("Its worker has died."), AlertKind.WORKER_DEAD),
    ],
)
async def test_what_no_waiting_cures_is_told_at_once(trouble, kind):
    async with a_studio() as studio:

        async def health():
            raise trouble

        studio.renderer.health = health
        await looks(studio)
    assert [(alert.kind, alert.message) for alert in studio.alerts.told] == [(kind, trouble.message)]


async def test_a_disk_without_room_is_told_and_so_is_room():
    async with a_studio() as studio:
        studio.shelf.free = MIN_FREE - 1
        await looks(studio, minutes=3)
        studio.shelf.free = MIN_FREE
        await looks(studio)
    assert kinds(studio) == [AlertKind.DISK_LOW, AlertKind.OVER]
    assert "1023 MiB left" in studio.alerts.told[0].message


async def test_a_pause_is_nobodys_trouble():
    async with a_studio() as studio:
        studio.gate.close(Paused(since=NOW))
        await studio.alarm.run_once()
    assert studio.alerts.told == []


async def test_jobs_given_up_are_told_together_and_each_once():
    async with a_studio() as studio:
        jobs = [await studio.stored(JobState.SUBMITTED) for _ in range(4)]
        with studio.feed.telling(studio.alarm.hear):
            for number, job in enumerate(jobs[:3]):
                await studio.collector.fail(job, Poison("broke down"))
                if number == 0:
                    await studio.alarm.run_once()
            await studio.collector.fail(jobs[3], NoOutput("nothing"))
        await studio.alarm.run_once()
        studio.clock.advance(POISON_QUIET_MS)
        for _ in range(2):
            await studio.alarm.run_once()
    assert [alert.jobs for alert in studio.alerts.told] == [(1,), (2, 3)]


async def test_what_discord_did_not_take_is_told_later():
    async with a_studio() as studio:
        studio.gate.close(DiskLow(free=1, needed=2))
        with studio.feed.telling(studio.alarm.hear):
            await studio.collector.fail(await studio.stored(JobState.SUBMITTED), Poison("broke down"))
        studio.alerts.trouble = DiscordAway("Discord does not answer.")
        await studio.alarm.run_once()
        studio.alerts.trouble = None
        for _ in range(2):
            await studio.alarm.run_once()
    assert kinds(studio) == [AlertKind.DISK_LOW, AlertKind.POISON]


async def test_a_channel_that_refuses_is_not_asked_again_and_again():
    async with a_studio() as studio:
        studio.gate.close(DiskLow(free=1, needed=2))
        studio.alerts.trouble = MissingPermission("Send Messages", "#admin")
        await studio.alarm.run_once()
        studio.alerts.trouble = None
        await studio.alarm.run_once()
    assert studio.alerts.told == []


async def test_a_drawing_that_hung_is_no_trouble_once_it_moved_on():
    async with a_studio() as studio:
        job = await studio.stored(JobState.SUBMITTED)
        studio.alarm.hangs(job)
        await studio.alarm.run_once()
        with studio.feed.telling(studio.alarm.hear):
            await studio.collector.fail(job, NoOutput("nothing"))
        await studio.alarm.run_once()
    assert kinds(studio) == [AlertKind.HANGS, AlertKind.OVER]


async def test_the_alarm_goes_on_looking(monkeypatch):
    monkeypatch.setattr(alarm, "LOOK_EVERY_S", 0)
    async with a_studio() as studio, running(studio.alarm.run()):
        await settled()
        studio.gate.close(DiskLow(free=1, needed=2))
        await settled()
    assert kinds(studio) == [AlertKind.DISK_LOW]
