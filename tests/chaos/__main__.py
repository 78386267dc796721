"""`python -m tests.chaos --kills N --seed S`: kill the bot N times and see whether anybody notices."""

import argparse
import asyncio
import secrets
import sys
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

from tests.chaos.plan import Blow, plan_of
from tests.chaos.stage import a_stage
from tests.chaos.verdict import Verdict

SAY_EVERY = 100


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.chaos", description=__doc__)
    parser.add_argument("--kills", type=int, default=150)
    parser.add_argument("--seed", type=int, default=None, help="the same seed gives the same plan")
    parser.add_argument(
        "--keep", type=Path, metavar="DIR", help="work there and keep database, pictures and log"
    )
    asked = parser.parse_args()
    seed = secrets.randbelow(2**32) if asked.seed is None else asked.seed
    say(f"seed={seed}")
    if asked.keep:
        asked.keep.mkdir(parents=True, exist_ok=True)
        return asyncio.run(run(asked.kills, seed, asked.keep))
    with TemporaryDirectory(prefix="genga-chaos-") as folder:
        return asyncio.run(run(asked.kills, seed, Path(folder)))


async def run(kills: int, seed: int, folder: Path) -> int:
    began = time.monotonic()
    async with a_stage(folder, seed) as stage:
        await stage.suffer(told_now_and_then(plan_of(seed, kills)))
        killed = time.monotonic()
        await stage.settle()
        found = stage.judge()
        prompts = len(stage.comfy.prompts)
    say(f"jobs={found.jobs} prompts={prompts} cancels={len(stage.crowd.cancels)}")
    say(f"acts_on_the_library={stage.keepers.acts} stale_cards={len(found.stale_cards)}")
    say(f"seconds={time.monotonic() - began:.0f} per_kill={(killed - began) / max(kills, 1):.2f}")
    say(", ".join(f"{moment}: {times}" for moment, times in stage.came.most_common()))
    for sentence in found.sentences:
        say(f"  {sentence}")
    say(found.line(stage.kills))
    return exit_code(found)


def told_now_and_then(plan: Sequence[Blow]) -> Iterator[Blow]:
    for number, blow in enumerate(plan):
        if number and number % SAY_EVERY == 0:
            say(f"  {number} of {len(plan)}")
        yield blow


def exit_code(found: Verdict) -> int:
    return 0 if found.is_clean else 1


def say(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main())
