"""`python -m tests.bench`: every measurement as a table, and as flat JSON where asked for."""

import argparse
import asyncio
import json
from pathlib import Path

from rich.console import Console
from rich.table import Table

from bot.app import settle_in
from tests.bench.figures import Figures
from tests.bench.measure import FULL, SCENES, SHORT, measure

AIMS = {
    "ack_ms_p99_idle": 100.0,
    "ack_ms_p99_burst100": 100.0,
    "ack_ms_max_burst500": 3000.0,
    "autocomplete_ms_p99": 1000.0,
    "gpu_gap_ms_p50": 10.0,
    "finish_to_post_ms_p50": 150.0,
    "progress_staleness_ms_p99": 1500.0,
    "http_429": 0.0,
    "loop_lag_ms_p99": 10.0,
    "recovery_s_1000_waiting": 5.0,
    "batch_start_ms_1000": 3000.0,
    "batch_drawings_before_a_single": 0.0,
    "job_status_ms_p99_1m": 5.0,
    "job_list_ms_p99_1m": 5.0,
    "queue_show_ms_p99_1m": 5.0,
    "press_ms_p99_1m": 100.0,
    "reaction_ms_p99_1m": 1000.0,
    "export_memory_times_a_tenth_1000": 1.5,
    "adopting_memory_times_a_half": 1.5,
    "find_ms_p99_100k": 20.0,
    "gallery_page_ms_p99_1m": 5.0,
    "names_ms_p99_10k": 20.0,
    "write_ms_p99_during_backup": 10.0,
}

FLOORS = (
    ("floor_", None),
    ("commit_ms", "floor_fsync_ms_p50"),
    ("write_ms", "floor_fsync_ms_p50"),
    ("gpu_gap_ms", "comfyui_own_gap_ms_p50"),
    ("finish_to_post_ms", "floor_picture_ms_p50"),
    ("ack_ms", "floor_http_ms_p50"),
    ("autocomplete_ms", "floor_http_ms_p50"),
    ("press_ms", "floor_http_ms_p50"),
    ("reaction_ms", "floor_http_ms_p50"),
    ("reaction_crowd_s", "discord_crowd_s"),
)
"""What begins like this is told as a multiple of that: the least that this machine takes for such a thing."""


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m tests.bench", description=__doc__)
    parser.add_argument("--json", metavar="FILE", type=Path, help="write the figures as one flat JSON object")
    parser.add_argument("--short", action="store_true", help="few rounds: whether it works, not how well")
    parser.add_argument(
        "--only", metavar="SCENE", nargs="+", default=[], choices=SCENES, help=", ".join(SCENES)
    )
    asked = parser.parse_args()
    settle_in()
    figures = asyncio.run(measure(SHORT if asked.short else FULL, *asked.only))
    show(figures)
    if asked.json:
        asked.json.write_text(json.dumps(figures, indent=2) + "\n", encoding="utf-8")


def show(figures: Figures) -> None:
    """Print each figure beside its aim and, where there is one, as a multiple of its floor."""
    table = Table("figure", "value", "× floor", "aim", box=None, header_style="bold")
    for name, value in figures.items():
        aim = AIMS.get(name)
        table.add_row(name, f"{value:.2f}", ratio(name, figures), "" if aim is None else f"≤ {aim:g}")
    Console(highlight=False).print(table)


def ratio(name: str, figures: Figures) -> str:
    floor = next((floor for begin, floor in FLOORS if name.startswith(begin)), None)
    return f"{figures[name] / figures[floor]:.1f}" if floor is not None and figures.get(floor) else ""


if __name__ == "__main__":
    main()
