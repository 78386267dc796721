"""`python -m tests.bench`: every measurement as a table, and as flat JSON where asked for."""

import argparse
import asyncio
import json
from pathlib import Path

from rich.console import Console
from rich.table import Table

from tests.bench.measure import FULL, SHORT, measure

AIMS = {
    "ack_ms_p99_idle": 100.0,
    "ack_ms_p99_burst100": 100.0,
    "gpu_gap_ms_p50": 10.0,
    "finish_to_post_ms_p50": 150.0,
    "progress_staleness_ms_p99": 1500.0,
    "http_429": 0.0,
    "loop_lag_ms_p99": 10.0,
}


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m tests.bench", description=__doc__)
    parser.add_argument("--json", metavar="FILE", type=Path, help="write the figures as one flat JSON object")
    parser.add_argument("--short", action="store_true", help="few rounds: whether it works, not how well")
    asked = parser.parse_args()
    figures = asyncio.run(measure(SHORT if asked.short else FULL))
    show(figures)
    if asked.json:
        asked.json.write_text(json.dumps(figures, indent=2) + "\n", encoding="utf-8")


def show(figures: dict[str, float]) -> None:
    """Print each figure beside its aim and as a multiple of this machine's plain HTTP round trip."""
    table = Table("figure", "value", "× HTTP floor", "aim", box=None, header_style="bold")
    for name, value in figures.items():
        times = f"{value / figures['floor_http_ms_p50']:.1f}" if "_ms_" in name else ""
        aim = AIMS.get(name)
        table.add_row(name, f"{value:.2f}", times, "" if aim is None else f"≤ {aim:g}")
    Console(highlight=False).print(table)


if __name__ == "__main__":
    main()
