"""When an answer does not arrive, nobody may be left in the dark and nothing may be lost."""

import asyncio
import sqlite3
from contextlib import closing

import pytest

from bot.core.job import JobState
from bot.sandbox.discord import Ack, Permission, SandboxDiscord
from bot.studio.line import QueueView
from tests.journeys.studio import Studio, a_png


@pytest.mark.parametrize(("status", "code"), [(404, 10062), (400, 40060)])
async def test_a_person_who_is_gone_is_no_incident(
    studio: Studio, discord: SandboxDiscord, status: int, code: int
) -> None:
    discord.faults.fail_next("POST", "/callback$", status, body={"message": "gone", "code": code})
    await studio.command("/queue show")
    (entry,) = await studio.journal_has(1)
    assert (entry.kind, entry.name) == ("failure", "queue show")


async def test_a_bug_is_told_by_its_code_and_found_by_it(studio: Studio) -> None:
    with closing(sqlite3.connect(studio.settings.data_dir / "genga.db")) as other:
        other.execute("ALTER TABLE projects RENAME TO elsewhere")
    answer = await studio.answer("/project list")
    assert answer.ephemeral
    assert "no such table" not in answer.text
    entries = await studio.journal_has(2)
    (incident,) = [entry for entry in entries if entry.kind == "incident"]
    assert incident.incident is not None
    assert incident.incident in answer.text
    assert (await studio.answer("/status")).text


async def test_a_failing_button_is_told_too(studio: Studio) -> None:
    _, post = await studio.drawn()
    with closing(sqlite3.connect(studio.settings.data_dir / "genga.db")) as other:
        other.execute("ALTER TABLE jobs RENAME TO elsewhere")
    answer = await (await studio.artist.click(post, "Params")).answered()
    assert answer.ephemeral
    assert "incident" in answer.text
    with closing(sqlite3.connect(studio.settings.data_dir / "genga.db")) as other:
        other.execute("ALTER TABLE elsewhere RENAME TO jobs")


async def test_a_refusal_after_an_announced_answer_is_still_for_the_asker_only(
    studio: Studio, discord: SandboxDiscord
) -> None:
    notes = {"reference": ("heron.png", b"not a picture")}
    asked = await studio.generate(attachments=notes)
    answer = await asked.answered()
    assert answer.ephemeral
    assert [message for message in studio.general.history if message.loading] == []


async def test_a_page_that_takes_long_is_announced_and_turned_in_place(
    studio: Studio, monkeypatch: pytest.MonkeyPatch
) -> None:
    await studio.pause()
    for number in range(12):
        await studio.answer(f"/generate prompt:heron {number:02}")
    shown = await studio.answer("/queue show")
    look, looked = studio.app.studio.line.queue, asyncio.Event()

    async def look_long(page: int) -> QueueView:
        await looked.wait()
        return await look(page)

    monkeypatch.setattr(studio.app.studio.line, "queue", look_long)
    pressed = await studio.artist.click(shown, "Later in line")
    assert await pressed.acked() is Ack.DEFER_UPDATE
    looked.set()
    assert await pressed.answered() is shown
    assert "heron 11" in shown.text


async def test_a_reaction_that_trips_us_is_an_incident(
    studio: Studio, monkeypatch: pytest.MonkeyPatch
) -> None:
    _, post = await studio.drawn()

    async def stumble(message: int) -> None:
        raise ZeroDivisionError(message)

    monkeypatch.setattr(studio.app.stores.jobs, "by_message", stumble)
    await studio.artist.react(post, "🔁")
    entries = await studio.journal_has(2)
    assert entries[-1].kind == "incident"


async def test_where_the_bot_cannot_see_the_channel_the_asker_is_told(studio: Studio) -> None:
    world = studio.discord.world
    world.overwrite(studio.general, world.bot, deny=Permission.VIEW_CHANNEL)
    asked = await studio.generate()
    (told,) = await asked.followed_up()
    assert told.ephemeral
    assert "View Channel" in told.text
    assert (await studio.ended(1)).state is JobState.SHELVED


async def test_what_is_told_after_an_announced_answer_leaves_the_answer_alone(studio: Studio) -> None:
    world = studio.discord.world
    world.overwrite(studio.general, world.bot, deny=Permission.VIEW_CHANNEL)
    asked = await studio.generate(attachments={"reference": ("fox.png", a_png())})
    (told,) = await asked.followed_up()
    assert "View Channel" in told.text
    card = await asked.answered()
    assert card is not told
    assert not card.deleted
    assert "a heron" in card.text


async def test_a_reaction_where_the_bot_may_not_write_still_draws(studio: Studio) -> None:
    await studio.answer("/settings gallery channel:gallery", by=studio.director)
    _, post = await studio.drawn()
    world = studio.discord.world
    world.overwrite(world.channel("gallery"), world.bot, deny=Permission.SEND_MESSAGES_IN_THREADS)
    await studio.artist.react(post, "🔁")
    job = await studio.ended(await studio.next_job(2, with_card=False))
    assert job.state is JobState.SHELVED
    assert job.failure is not None
    assert "Send Messages in Threads" in job.failure.message


async def test_what_was_refused_for_a_reaction_is_told_once(studio: Studio) -> None:
    _, post = await studio.drawn()
    await studio.pause()
    for _ in range(20):
        await studio.answer("/generate prompt:a heron")
    for _ in range(3):
        await studio.artist.react(post, "🔁")
        await studio.artist.unreact(post, "🔁")
    await studio.journal_has(22 + 3)
    assert sum("20 jobs waiting" in message.text for message in studio.messages()) == 1


async def test_presses_and_reactions_are_written_down(studio: Studio) -> None:
    _, post = await studio.drawn()
    await (await studio.artist.click(post, "Params")).answered()
    await studio.director.react(post, "🔁")
    await studio.ended(await studio.next_job(2))
    entries = await studio.journal_has(3)
    assert [(entry.kind, entry.name, entry.job, entry.user) for entry in entries[1:]] == [
        ("button", "picture:1:1:params", 1, studio.artist.user.id),
        ("reaction", "🔁", 1, studio.director.user.id),
    ]
