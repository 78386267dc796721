"""`python -m tests.soak --jobs N`: the bot's process after ever more jobs, and whether it stayed as it was."""

import argparse
import asyncio
from functools import partial

from rich.console import Console

from tests.soak.run import Look, soak

COLUMNS = ("jobs", "seconds", "RSS MiB", "handles", "of the database", "tasks", "threads")


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m tests.soak", description=__doc__)
    parser.add_argument("--jobs", type=int, default=10_000)
    parser.add_argument("--warm-up", type=int, default=3_000, help="jobs before the first look")
    parser.add_argument("--looks", type=int, default=7, help="how often to look after that")
    parser.add_argument("--trace", action="store_true", help="say what grew; takes twice the time")
    asked = parser.parse_args()
    say = partial(Console(highlight=False).print, soft_wrap=True)
    say("  ".join(f"{column:>15}" for column in COLUMNS))
    seen = asyncio.run(
        soak(
            asked.jobs,
            asked.looks,
            warm_up=asked.warm_up,
            trace=asked.trace,
            tell=lambda look: say(row(look)),
        )
    )
    first, last = seen[0], seen[-1]
    say(*last.told.grown, sep="\n")
    grown = last.told.rss_mib - first.told.rss_mib
    per_thousand = grown * 1024 / (last.jobs - first.jobs) * 1000
    say(f"jobs={last.jobs} rss_grown_mib={grown:.1f} kib_per_1000_jobs={per_thousand:.0f}")


def row(look: Look) -> str:
    told = look.told
    counted = (told.handles, told.database_handles, told.tasks, told.threads)
    cells = (str(look.jobs), f"{look.seconds:.0f}", f"{told.rss_mib:.1f}", *map(str, counted))
    return "  ".join(f"{cell:>15}" for cell in cells)


if __name__ == "__main__":
    main()
