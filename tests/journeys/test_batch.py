"""`/batch`: a list, a matrix or a night's work, planned, watched and taken back as one."""

from bot.core.batching import BatchState
from bot.core.job import JobState
from bot.sandbox.comfyui import Pace, SandboxComfyUI
from bot.sandbox.discord import Message
from tests.journeys.studio import PATIENCE_S, Studio


async def planned(studio: Studio, prompts: str, options: str = "") -> Message:
    """Fill in the form of `/batch prompts`; return the plan."""
    opened = await studio.command(f"/batch prompts {options}")
    sent = await studio.artist.submit(opened, {"prompts": prompts})
    return await sent.answered(PATIENCE_S)


async def started(studio: Studio, plan: Message) -> Message:
    await (await studio.artist.click(plan, "Start")).answered(PATIENCE_S)
    return plan


async def test_a_list_is_shown_as_a_plan_and_drawn_in_its_order_when_somebody_starts_it(
    studio: Studio,
) -> None:
    plan = await planned(studio, "a heron\n# a note\n\na fox\nan otter")
    for words in ("Plan · a heron", "3 pictures", "a fox", "Nothing is drawn"):
        assert words in plan.text
    assert await studio.jobs() == []
    card = await started(studio, plan)
    assert "Batch 1 · a heron" in card.text
    await studio.discord.wait_for(lambda _: card if "3 of 3 drawn" in card.text else None, timeout=PATIENCE_S)
    jobs = await studio.jobs()
    assert [job.request.prompt for job in jobs] == ["a heron", "a fox", "an otter"]
