"""How the studio is: one line per part, what is wrong first."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from bot.chat.cards import palette
from bot.chat.cards.holds import hold_words
from bot.chat.cards.measures import counted, dotted, duration, gibibytes, relative, small
from bot.chat.look import Look
from bot.chat.markdown import code, fitted, prose
from bot.core.job import JobState
from bot.ports.renderer import RendererHealth
from bot.studio.gate import Away, DiskLow
from bot.studio.report import Report

GOOD: Final = "🟢"
WARN: Final = "🟡"
BAD: Final = "🔴"
SLOW_MS: Final = 1000.0
"""A gateway that answers later than that is in trouble, or this machine is."""
_ORDER: Final = {BAD: 0, WARN: 1, GOOD: 2}


@dataclass(frozen=True, slots=True, kw_only=True)
class _Line:
    mark: str
    text: str


def status_card(
    report: Report, *, version: str, latency_ms: float | None, places: Mapping[str, str] | None = None
) -> Look:
    """Show the report; `latency_ms` is the gateway's newest heartbeat, None while there was none.

    `places`: what lies where on the studio's own machines, for who may know.
    """
    lines = [_comfyui(report), _queue(report), _database(report), _disk(report), _discord(latency_ms)]
    lines += [_backup(report), *_incidents(report), *_workflows(report)]
    ordered = sorted(lines, key=lambda line: _ORDER[line.mark])
    return Look(
        title="Status",
        text="\n".join([*(f"{line.mark} {line.text}" for line in ordered), *_places(places or {})]),
        colour={BAD: palette.FAILED, WARN: palette.DRAWING, GOOD: palette.DONE}[ordered[0].mark],
        footer=dotted(f"Genga {version}", f"up for {duration(report.now - report.started)}"),
    )


def _comfyui(report: Report) -> _Line:
    health = report.renderer
    if health is None:
        problem = report.renderer_problem.removeprefix("ComfyUI ")
        return _Line(mark=BAD, text=f"ComfyUI · {prose(problem, 300)}")
    work = "drawing" if health.running else "ready"
    foreign = f"{counted(health.pending, 'prompt')} in its own queue" if health.pending else ""
    return _Line(
        mark=GOOD,
        text=dotted(
            f"ComfyUI {fitted(health.version, 40)}",
            work,
            fitted(health.device, 100),
            _memory(health),
            foreign,
        ),
    )


def _memory(health: RendererHealth) -> str:
    if health.vram_total is None or health.vram_free is None:
        return "memory: ComfyUI did not say"
    free, total = health.vram_free / 1024**3, health.vram_total / 1024**3
    return f"{free:.1f} of {total:.1f} GiB free"


def _queue(report: Report) -> _Line:
    jobs = report.jobs
    drawn = jobs.get(JobState.SUBMITTED, 0) + jobs.get(JobState.RUNNING, 0)
    words = dotted(
        f"queue · {jobs.get(JobState.QUEUED, 0)} waiting",
        f"{drawn} being drawn",
        f"{jobs.get(JobState.RENDERED, 0)} to be posted",
    )
    if report.hold is None or isinstance(report.hold, (Away, DiskLow)):
        return _Line(mark=GOOD, text=words)
    return _Line(mark=WARN, text=f"{words} · {hold_words(report.hold)}")


def _database(report: Report) -> _Line:
    finished = sum(count for state, count in report.jobs.items() if state.is_end)
    return _Line(
        mark=GOOD,
        text=f"database · answers in {report.database_ms:.1f} ms · {counted(finished, 'finished job')}",
    )


def _disk(report: Report) -> _Line:
    if isinstance(report.hold, DiskLow):
        return _Line(mark=BAD, text=f"disk · {hold_words(report.hold)}")
    return _Line(mark=GOOD, text=f"disk · {gibibytes(report.disk_free)} free")


def _backup(report: Report) -> _Line:
    if report.backup is None:
        return _Line(mark=WARN, text="backup · none yet")
    return _Line(mark=GOOD, text=f"backup · the newest was taken {relative(report.backup)}")


def _incidents(report: Report) -> list[_Line]:
    if not report.incidents:
        return []
    found = counted(report.incidents, "incident")
    return [_Line(mark=WARN, text=f"{found} in the last 24 hours · the log tells of each by its code")]


def _places(places: Mapping[str, str]) -> list[str]:
    return [small(f"{fitted(part, 50)} at {code(place, 200)}") for part, place in places.items()]


def _discord(latency_ms: float | None) -> _Line:
    if latency_ms is None:
        return _Line(mark=WARN, text="Discord · latency not measured yet")
    mark = GOOD if latency_ms < SLOW_MS else WARN
    return _Line(mark=mark, text=f"Discord · gateway answers in {latency_ms:,.0f} ms")


def _workflows(report: Report) -> list[_Line]:
    return [
        _Line(mark=WARN, text=f"workflow {code(name, 50)} · ComfyUI lacks {fitted(', '.join(missing), 150)}")
        for name, missing in list(report.disabled.items())[:8]
    ]
