"""`genga doctor`: everything Genga depends on, looked at in one go, each finding with its mend."""

import asyncio
from collections.abc import Awaitable, Sequence

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from bot import logs
from bot.cli.doctor.comfyui_part import look_at_comfyui
from bot.cli.doctor.data_part import look_at_data
from bot.cli.doctor.discord_part import look_at_discord
from bot.cli.doctor.finding import Finding, Verdict, bad, good
from bot.core.errors import Misconfigured, StudioError
from bot.settings import Settings

PATIENCE_S = 10.0
_MARKS = {Verdict.GOOD: "[green]●[/]", Verdict.WEAK: "[yellow]●[/]", Verdict.BAD: "[red]●[/]"}


async def doctor() -> int:
    """Print all findings; return 0 if nothing keeps the bot from working."""
    logs.set_up(level="ERROR", style="console", secrets=[])
    findings = await examine()
    _print(findings)
    return int(any(finding.verdict is Verdict.BAD for finding in findings))


async def examine() -> list[Finding]:
    """Look at every part; one that is broken does not hide the others."""
    try:
        settings = Settings.load()
    except Misconfigured as error:
        return [bad("settings", line, error.hint) for line in error.message.splitlines()]
    looked = await asyncio.gather(
        _patiently("Discord", look_at_discord(settings)),
        _patiently("ComfyUI", look_at_comfyui(settings)),
        _patiently("data", asyncio.to_thread(look_at_data, settings)),
    )
    read = good("settings", "every variable can be read")
    return [read, *(finding for findings in looked for finding in findings)]


async def _patiently(part: str, look: Awaitable[list[Finding]]) -> list[Finding]:
    try:
        async with asyncio.timeout(PATIENCE_S):
            return await look
    except TimeoutError:
        return [bad(part, f"no answer within {PATIENCE_S:.0f} s", "Check its address and the network.")]
    except StudioError as error:
        return [bad(part, error.message, error.hint)]


def _print(findings: Sequence[Finding]) -> None:
    table = Table(box=None, show_header=False, padding=(0, 2, 0, 0))
    for finding in findings:
        mend = f"\n[dim]→ {escape(finding.mend)}[/]" if finding.mend else ""
        table.add_row(_MARKS[finding.verdict], escape(finding.part), escape(finding.seen) + mend)
    console = Console(highlight=False)
    console.print(table)
    broken = sum(finding.verdict is Verdict.BAD for finding in findings)
    console.print(f"\n{broken} to mend before it can run." if broken else "\nGenga can run.")
