"""The kill loop, short: thousands of kills are had with `python -m tests.chaos --kills 2000`."""

import os
from pathlib import Path
from random import randrange

import pytest

from tests.chaos.plan import Blow, Moment, plan_of
from tests.chaos.spoiling import VARIABLE, Lacking
from tests.chaos.stage import a_stage

pytestmark = pytest.mark.skipif(not hasattr(os, "fork"), reason="the bot's lives are forked")

PARTS = 2
KILLS = 20
"""In each part; parts run beside each other."""


@pytest.mark.timeout(240)
@pytest.mark.parametrize("part", range(PARTS))
async def test_killed_again_and_again_the_bot_loses_nothing_and_does_nothing_twice(tmp_path: Path, part: int):
    seed = randrange(2**32)
    async with a_stage(tmp_path, seed) as stage:
        await stage.suffer(plan_of(seed, KILLS))
        await stage.settle()
        found = stage.judge()
    again = f"python -m tests.chaos --kills {KILLS} --seed {seed}"
    assert found.line(stage.kills) == f"kills={KILLS} lost=0 duplicated=0 extra_gpu_runs=0 integrity=ok", (
        found.sentences,
        again,
    )
    assert found.jobs > KILLS / 4, again


@pytest.mark.parametrize(
    ("lacking", "moment", "offences"),
    [
        (Lacking.NONCE, Moment.POSTED, "duplicated"),
        (Lacking.TRACE, Moment.STARTED, "extra_gpu_runs"),
        (Lacking.SECOND_TRY, Moment.POSTED, "lost"),
    ],
)
async def test_the_loop_notices_a_bot_that_lacks_what_keeps_this_one_safe(
    tmp_path: Path, lacking: Lacking, moment: Moment, offences: str
):
    async with a_stage(tmp_path, 1, **{VARIABLE: lacking}) as stage:
        await stage.suffer([Blow(moment=moment, delay_s=0.0)] * 4)
        await stage.settle(patience_s=5)
        found = stage.judge()
    assert getattr(found, offences)
    assert not found.is_clean


@pytest.mark.parametrize(
    ("lacking", "words"),
    [(Lacking.DISCARDS, "was deleted, and is still there"), (Lacking.ROW_FIRST, "is not there")],
)
async def test_the_loop_notices_a_bot_that_keeps_its_library_badly(
    tmp_path: Path, lacking: Lacking, words: str
):
    async with a_stage(tmp_path, 1, **{VARIABLE: lacking}) as stage:
        await stage.cradle.bear()
        await stage.discord.synced()
        await stage.keepers.have_a_picture_deleted()
        await stage.cradle.end()
        await stage.settle(patience_s=5)
        found = stage.judge()
    assert any(words in sentence for sentence in found.damaged), found.sentences


def test_the_same_seed_gives_the_same_plan():
    assert plan_of(7, 50) == plan_of(7, 50) != plan_of(8, 50)


def test_a_long_plan_strikes_at_every_moment_and_kills_comfyui_too():
    plan = plan_of(1, 1000)
    assert {blow.moment for blow in plan} == set(Moment)
    assert any(blow.comfyui_down_s is not None for blow in plan)
