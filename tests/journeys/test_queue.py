"""`/queue`: looking at the line, taking jobs back, holding it."""

from bot.core.job import JobState
from bot.sandbox.comfyui import SandboxComfyUI
from tests.journeys.studio import Studio


async def test_show_tells_the_line_with_its_people_and_that_it_is_held(studio: Studio) -> None:
    await studio.pause()
    await studio.answer("/generate prompt:a heron")
    await studio.answer("/generate prompt:a fox", by=studio.director)
    answer = await studio.answer("/queue show")
    assert answer.ephemeral
    for words in ("a heron", "a fox", studio.director.user.mention, "2 jobs waiting", "paused"):
        assert words in answer.text


async def test_show_says_when_nothing_is_going_on(studio: Studio) -> None:
    answer = await studio.answer("/queue show")
    assert "Nothing is being drawn" in answer.text


async def test_a_long_line_is_shown_in_pages_that_turn_in_place(studio: Studio) -> None:
    await studio.pause()
    for number in range(12):
        await studio.answer(f"/generate prompt:heron {number:02}")
    shown = await studio.answer("/queue show")
    assert "heron 11" not in shown.text
    turned = await (await studio.artist.click(shown, "Later in line")).answered()
    assert turned is shown
    assert "heron 11" in shown.text
    await (await studio.artist.click(shown, "Earlier in line")).answered()
    assert "heron 00" in shown.text


async def test_a_waiting_job_is_cancelled_and_its_card_says_so(studio: Studio, comfy: SandboxComfyUI) -> None:
    await studio.pause()
    asked = await studio.generate()
    await asked.answered()
    answer = await studio.answer("/queue cancel job:#1")
    assert "**#1** is cancelled" in answer.text
    await studio.card_says(asked, "was cancelled")
    assert comfy.prompts == []


async def test_a_job_that_is_being_drawn_is_stopped_in_comfyui(studio: Studio, comfy: SandboxComfyUI) -> None:
    comfy.faults.stall_next()
    asked = await studio.generate()
    job = await studio.job_of(asked)
    await studio.until(job.id, JobState.RUNNING)
    await studio.answer(f"/queue cancel job:{job.id}")
    assert (await studio.ended(job.id)).state is JobState.CANCELLED
    assert comfy.prompts[-1].outcome == "interrupted"


async def test_only_its_person_or_someone_with_manage_server_may_cancel_a_job(studio: Studio) -> None:
    await studio.pause()
    asked = await studio.generate(by=studio.director)
    await asked.answered()
    refused = await studio.answer("/queue cancel job:1", by=studio.artist)
    assert refused.ephemeral
    assert "#1 is not yours" in refused.text
    mine = await studio.generate(by=studio.artist)
    await mine.answered()
    await studio.answer("/queue cancel job:2", by=studio.director)
    await studio.card_says(mine, "was cancelled")
    assert (await studio.job_of(asked)).state is JobState.QUEUED


async def test_a_finished_job_cannot_be_cancelled(studio: Studio) -> None:
    job, _ = await studio.drawn()
    refused = await studio.answer(f"/queue cancel job:{job.id}")
    assert "nothing is left to cancel" in refused.text


async def test_pause_holds_and_resume_lets_go(studio: Studio, comfy: SandboxComfyUI) -> None:
    await studio.pause()
    asked = await studio.generate()
    await studio.card_says(asked, "paused")
    assert comfy.prompts == []
    resumed = await studio.answer("/queue resume", by=studio.director)
    assert not resumed.ephemeral
    assert (await studio.ended(1)).state is JobState.DELIVERED


async def test_pause_and_resume_need_manage_server(studio: Studio) -> None:
    for command in ("/queue pause", "/queue resume", "/queue clear everybody:true"):
        refused = await studio.answer(command, by=studio.artist)
        assert refused.ephemeral
        assert "Manage Server" in refused.text
    assert studio.app.studio.gate.hold is None


async def test_clear_takes_back_ones_own_and_with_manage_server_everybodys(studio: Studio) -> None:
    await studio.pause()
    for person in (studio.artist, studio.director, studio.artist):
        await studio.answer("/generate prompt:a heron", by=person)
    own = await studio.answer("/queue clear", by=studio.artist)
    assert "#1, #3" in own.text
    everybodys = await studio.answer("/queue clear everybody:true", by=studio.director)
    assert "#2" in everybodys.text
    assert {job.state for job in await studio.jobs()} == {JobState.CANCELLED}


async def test_who_has_too_many_waiting_is_told_the_cap(studio: Studio) -> None:
    await studio.pause()
    for _ in range(20):
        await studio.answer("/generate prompt:a heron")
    refused = await studio.answer("/generate prompt:one more")
    assert refused.ephemeral
    assert "20" in refused.text
    assert len(await studio.jobs()) == 20
