"""`/batch`: a list, a matrix or a night's work, planned, watched and taken back as one."""

from bot.core.job import JobState
from bot.sandbox.comfyui import Pace, SandboxComfyUI
from bot.sandbox.discord import Message, Person
from tests.journeys.studio import PATIENCE_S, Studio, a_png

SLOW = Pace(step_s=0.01)
SMALL = "size:256x256"


async def planned(
    studio: Studio, prompts: str, options: str = "", *, title: str = "", by: Person | None = None
) -> Message:
    """Fill in the form of `/batch prompts`; return the plan, or what was wrong with the list."""
    opened = await studio.command(f"/batch prompts {options}", by=by)
    sent = await (by or studio.artist).submit(opened, {"prompts": prompts, "title": title})
    return await sent.answered(PATIENCE_S)


async def from_file(studio: Studio, name: str, content: bytes, command: str = "prompts") -> Message:
    return await studio.answer(f"/batch {command}", attachments={"file": (name, content)})


async def press(studio: Studio, message: Message, label: str, *, by: Person | None = None) -> Message:
    return await (await (by or studio.artist).click(message, label)).answered(PATIENCE_S)


async def says(studio: Studio, card: Message, words: str) -> Message:
    return await studio.discord.wait_for(lambda _: card if words in card.text else None, timeout=PATIENCE_S)


async def offers(studio: Studio, card: Message, label: str) -> Message:
    return await studio.discord.wait_for(
        lambda _: card if label in labels(card) else None, timeout=PATIENCE_S
    )


def labels(message: Message) -> list[str]:
    return [button["label"] for row in message.components for button in row["components"]]


async def test_a_list_is_a_plan_until_somebody_starts_it_and_then_one_card(studio: Studio) -> None:
    plan = await planned(studio, "a heron\n# a note\n\na fox\nan otter", SMALL)
    for words in ("Plan · a heron", "3 pictures", "a fox", "an otter", "256×256", "Nothing is drawn"):
        assert words in plan.text
    assert "a note" not in plan.text
    assert await studio.jobs() == []
    card = await press(studio, plan, "Start")
    assert card is plan
    await says(studio, card, "3 of 3 drawn")
    assert "Batch 1 · a heron" in card.text
    await says(studio, card, "Its pictures end here → ")
    jobs = await studio.jobs()
    assert [job.request.prompt for job in jobs] == ["a heron", "a fox", "an otter"]
    drawn = [job.since for job in jobs]
    assert drawn == sorted(drawn)
    assert [job.card for job in jobs] == [None] * 3
    told = await studio.said("**Batch 1** · a heron\n3 drawn")
    assert len(studio.posts()) == 3
    assert studio.messages()[-1] is told
    assert [ping.users for ping in studio.discord.pings] == [(studio.artist.user,)]
    assert labels(card) == []


async def test_a_plan_is_started_by_its_person_or_a_manager_once_after_any_restart(studio: Studio) -> None:
    await studio.pause()
    plan = await planned(studio, "a heron\na fox", by=studio.director, title="Rain scene")
    refused = await press(studio, plan, "Start", by=studio.artist)
    assert refused.ephemeral
    assert "plan" in refused.text
    await studio.restart()
    card = await press(studio, plan, "Start", by=studio.director)
    assert "Batch 1 · Rain scene" in card.text
    assert "paused" in card.text
    again = studio.a_message_with_button("batch:plan-1:start")
    await press(studio, again, "batch:plan-1:start", by=studio.director)
    assert len(await studio.jobs()) == 2
    unwanted = await planned(studio, "an otter")
    await press(studio, unwanted, "Not now")
    assert "nothing was drawn" in unwanted.text
    assert labels(unwanted) == []
    gone = await press(studio, studio.a_message_with_button("batch:plan-2:start"), "batch:plan-2:start")
    assert "not kept any more" in gone.text
    odd = await press(studio, studio.a_message_with_button("batch:1:fly"), "batch:1:fly")
    assert "nothing any more" in odd.text


async def test_a_list_with_a_fault_is_given_back_to_be_mended(studio: Studio) -> None:
    refused = await planned(studio, "a heron\n\N{ZERO WIDTH SPACE}\na fox", title="Rain scene")
    assert refused.ephemeral
    assert "Line 2: The prompt is empty" in refused.text
    opened = await studio.artist.click(refused, "Mend the list")
    form = await opened.modal_shown()
    assert [field["value"] for field in form.inputs] == ["a heron\n\N{ZERO WIDTH SPACE}\na fox", "Rain scene"]
    sent = await studio.artist.submit(opened, {"prompts": "a heron\na fox", "title": "Rain scene"})
    assert "2 pictures" in (await sent.answered()).text


async def test_a_list_may_be_a_text_file_and_what_is_none_is_refused_with_the_limits(studio: Studio) -> None:
    content = "\n".join(f"heron {number}" for number in range(1, 31)).encode()
    plan = await from_file(studio, "rain.txt", content)
    for words in ("Plan · rain.txt", "30 pictures", "`6` heron 6", "… and 24 more"):
        assert words in plan.text
    for name, wrong, words in (
        ("large.txt", b"x" * 5 * 1024 * 1024, ("5.0 MiB", "256 KiB", "1,000 prompts")),
        ("long.txt", b"heron\n" * 10_000, ("10,000 prompts", "1,000 drawings")),
        ("empty.txt", b"# only a note\n", ("no prompt",)),
        ("binary.txt", b"\xff\xd8\xff\xe0 JFIF", ("no text",)),
        ("heron.png", a_png(), ("no text file",)),
    ):
        refused = await from_file(studio, name, wrong)
        assert refused.ephemeral, name
        for part in words:
            assert part in refused.text
    both = await studio.answer("/batch overnight prompt:a heron", attachments={"file": ("rain.txt", content)})
    assert "Choose one of them" in both.text
    assert await studio.jobs() == []


async def test_a_matrix_draws_every_combination_and_ends_with_a_contact_sheet(studio: Studio) -> None:
    for wrong, words in (
        ("seeds:7", "a `/generate`"),
        ("seeds:x", "`x` is no seed"),
        ("seeds:1-2000", "more than 1,000 seeds"),
        ("seeds:1-600 styles:ink, oil", "1,200 drawings"),
        ("seeds:1,2 poses:all", "are a character's"),
        ("seeds:1,2 size:huge", "is not a size"),
    ):
        refused = await studio.answer(f"/batch matrix prompt:a heron {wrong}")
        assert refused.ephemeral, wrong
        assert words in refused.text
    plan = await studio.answer(f"/batch matrix prompt:a heron seeds:1-3 count:2 {SMALL}")
    for words in ("3 drawings, 6 pictures", "`2` seed 2\n", "contact sheet"):
        assert words in plan.text
    card = await press(studio, plan, "Start")
    await says(studio, card, "Contact sheet → ")
    told = await studio.said("**Batch 1** · a heron\n3 drawn · 6 pictures")
    assert [file.filename.partition("-1-")[0] for file in told.attachments] == ["genga-batch"]
    assert [job.recipe.seed for job in await studio.jobs()] == [1, 2, 3]
    shown = await studio.answer("/batch show")
    assert shown.ephemeral
    assert "3 of 3 drawn" in shown.text


async def test_a_batch_is_paused_resumed_and_taken_back_over_restarts(
    studio: Studio, comfy: SandboxComfyUI
) -> None:
    comfy.pace = SLOW
    card = await press(studio, await planned(studio, "heron\n" * 20, SMALL), "Start")
    await studio.until(1, JobState.RUNNING)
    await press(studio, card, "Pause")
    assert "paused" in card.text
    assert labels(card) == ["Resume", "Cancel"]
    await studio.ended(1)
    await studio.restart()
    await offers(studio, card, "Resume")
    assert "1 of 20" in card.text
    assert len(comfy.prompts) == 1
    await press(studio, card, "Resume", by=studio.director)
    await studio.until(2, JobState.RUNNING)
    await studio.restart()
    await offers(studio, card, "Cancel")
    assert " of 20" in card.text
    question = await press(studio, card, "Cancel")
    assert question.ephemeral
    assert "of 20 would not be made" in question.text
    await press(studio, question, "Let it run")
    assert "goes on" in question.text
    question = await press(studio, card, "Cancel")
    await press(studio, question, "Cancel it")
    await says(studio, card, "cancelled after")
    jobs = await studio.jobs()
    assert all(job.state.is_end for job in jobs)
    assert sum(job.state is JobState.CANCELLED for job in jobs) >= 15
    assert labels(card) == []
    assert "cancelled" in (await studio.answer("/batch list")).text


async def test_somebodys_single_drawing_starts_next_while_a_batch_is_drawn(
    studio: Studio, comfy: SandboxComfyUI
) -> None:
    comfy.pace = SLOW
    card = await press(studio, await planned(studio, "heron\n" * 12, SMALL), "Start")
    await studio.until(2, JobState.RUNNING)
    single = await studio.job_of(await studio.generate(f"prompt:a fox {SMALL}", by=studio.director))
    await studio.ended(single.id)
    waiting = [job for job in await studio.jobs() if job.state is JobState.QUEUED]
    assert len(waiting) >= 8
    cleared = await studio.answer("/queue clear")
    assert "no waiting job of yours" in cleared.text
    await press(studio, await press(studio, card, "Cancel"), "Cancel it")


async def test_a_night_ends_with_a_report_and_what_failed_is_listed(
    studio: Studio, comfy: SandboxComfyUI
) -> None:
    comfy.faults.execution_error_next("KSampler", "fell over")
    plan = await from_file(studio, "night.txt", b"a heron\na fox\nan otter", command="overnight")
    assert "below everyone's own drawings" in plan.text
    card = await press(studio, plan, "Start")
    so_far = await press(studio, card, "Report so far")
    assert so_far.ephemeral
    assert "Batch 1 · so far" in so_far.text
    await says(studio, card, "Morning report → ")
    assert "1 failed" in card.text
    told = await studio.said("**Batch 1** · night.txt")
    for words in ("2 of 3 drawn", "1 failed", "fell over", "half within", "waiting for review", "Advisory"):
        assert words in told.text, words
    assert len(told.attachments) == 1
    listed = await press(studio, card, "Failed ones")
    assert listed.ephemeral
    for words in ("#1", "a heron", "fell over"):
        assert words in listed.text
    assert [one.text for one in studio.messages() if "#1" in one.text and not one.ephemeral] == []


async def test_what_failed_is_drawn_again_at_once_and_once_after_any_restart(
    studio: Studio, comfy: SandboxComfyUI
) -> None:
    comfy.faults.execution_error_next("KSampler", "fell over")
    plan = await planned(studio, "a heron\na fox", SMALL, by=studio.director)
    card = await press(studio, plan, "Start", by=studio.director)
    told = await studio.said("**Batch 1** · a heron\n1 of 2 drawn · 1 failed")
    await offers(studio, card, "Draw the 1 failed again")
    await studio.restart()
    assert "not yours" in (await press(studio, card, "Draw the 1 failed again")).text
    again = await press(studio, card, "Draw the 1 failed again", by=studio.director)
    assert "Batch 2 · a heron" in again.text
    assert "what failed of batch 1" in again.text
    await says(studio, again, "1 of 1 drawn")
    await says(studio, card, "What failed is drawn again as batch 2 → ")
    assert labels(card) == ["Failed ones"]
    for twice in (
        await press(studio, told, "Draw the 1 failed again", by=studio.director),
        await studio.answer("/batch retry batch:1", by=studio.director),
    ):
        assert twice.ephemeral
        assert "batch 2" in twice.text
    nothing = await studio.answer("/batch retry", by=studio.director)
    assert "Nothing of batch 2 has failed" in nothing.text
    assert [job.request.prompt for job in await studio.jobs()] == ["a heron", "a fox", "a heron"]


async def test_what_nobody_has_is_told_and_lists_are_completed(studio: Studio) -> None:
    assert "no batch yet" in (await studio.answer("/batch show")).text
    assert "no batch yet" in (await studio.answer("/batch list")).text
    assert "not a batch's number" in (await studio.answer("/batch show batch:x")).text
    assert "no such batch" in (await studio.answer("/batch show batch:7")).text
    await studio.pause()
    for number in range(3):
        await press(studio, await planned(studio, "heron", title=f"List {number}"), "Start")
    fourth = await planned(studio, "heron")
    refused = await press(studio, fourth, "Start")
    assert "3 batches under way" in refused.text
    offered = await studio.artist.autocomplete("batch show", "batch", "List 1", channel=studio.general)
    assert [choice.name for choice in offered] == ["2 · running · List 1"]
    listed = await studio.answer("/batch list")
    assert listed.text.index("List 2") < listed.text.index("List 0")


async def test_a_characters_poses_are_completed_while_typing_and_drawn_with_every_expression(
    studio: Studio,
) -> None:
    await studio.answer("/project create name:Harbor")
    await studio.answer("/project use project:Harbor")
    await (await studio.command("/character create name:Yuki design_prompt:1girl, silver hair")).followed_up()
    for kind, name in (("pose", "front"), ("pose", "side"), ("expression", "smiling")):
        await studio.answer(
            f"/character variation add character:Yuki kind:{kind} name:{name} prompt:{name} look"
        )
    offered = await studio.artist.autocomplete(
        "batch matrix", "poses", "front, ", channel=studio.general, character="Yuki"
    )
    assert [choice.name for choice in offered] == ["front, side"]
    wrong = await studio.answer("/batch matrix prompt:pier character:Yuki poses:front, smiling")
    assert "`smiling` is an expression and not a pose" in wrong.text
    plan = await studio.answer(
        f"/batch matrix prompt:pier character:Yuki poses:all expressions:all sheet:false {SMALL}"
    )
    assert "`1` front · smiling\n`2` side · smiling" in plan.text
    await says(studio, await press(studio, plan, "Start"), "2 of 2 drawn")
    told = [job.recipe.prompt for job in await studio.jobs()]
    assert ["front look, smiling look" in told[0], "side look, smiling look" in told[1]] == [True, True]
