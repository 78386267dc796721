"""How a batch ended, as the one who asked is told: in a line, or with a morning report."""

from typing import Final

from bot.chat.cards.batches import link_in, owner, redraw_button, repeats
from bot.chat.cards.measures import counted, dotted, duration
from bot.chat.look import Attached, Look
from bot.chat.markdown import fitted, prose
from bot.core.batching import Batch, BatchKind
from bot.core.reporting import MorningReport, Spread
from bot.ports.poster import BatchReport

MOST_REASONS: Final = 6


def batch_report(report: BatchReport) -> Look:
    """Tell the one who asked how the batch ended; the first line is like no other batch's."""
    batch, told = report.batch, report.told
    lines = [f"{owner(batch)} **Batch {batch.id}** · {fitted(batch.title, 200)}", _sum(batch, told)]
    if batch.kind is BatchKind.OVERNIGHT:
        lines += _night(report)
    lines += _sheet_notes(report)
    if batch.card is not None:
        lines.append(f"-# {link_in(batch, batch.card)}")
    failed = _failed(told)
    again = (redraw_button(batch, failed),) if failed else ()
    return Look(content="\n".join(lines), files=_sheet_of(report), buttons=again)


def _failed(told: MorningReport) -> int:
    return sum(count for _, count in told.failed)


def _sum(batch: Batch, told: MorningReport) -> str:
    failed = _failed(told)
    of = "" if told.drawn == told.jobs else f" of {told.jobs}"
    return dotted(
        f"{told.drawn}{of} drawn",
        counted(told.pictures, "picture") if told.pictures != told.drawn else "",
        f"{failed} failed" if failed else "",
        f"{told.unposted} not posted" if told.unposted else "",
        f"{told.cancelled} cancelled" if told.cancelled else "",
        f"done after {duration(batch.since - batch.created)}",
        repeats(batch),
    )


def _night(report: BatchReport) -> list[str]:
    told = report.told
    reasons = [f"- {count} × {prose(reason, 150)}" for reason, count in told.failed[:MOST_REASONS]]
    times = dotted(_spread("warm", told.warm), _spread("cold", told.cold)) or "Times were not measured."
    waiting = f"{counted(told.waiting, 'picture')} waiting for review" if told.waiting else ""
    return [line for line in (*reasons, times, waiting, _candidates(report)) if line]


def _spread(what: str, spread: Spread | None) -> str:
    if spread is None:
        return ""
    return (
        f"{what}: half within {duration(spread.p50)}, 95 % within {duration(spread.p95)} "
        f"({counted(spread.count, 'drawing')})"
    )


def _candidates(report: BatchReport) -> str:
    told = report.told
    if not told.best:
        return "Best candidates: not measured." if told.pictures else ""
    names = ", ".join(dict.fromkeys(f"#{picture.job}" for picture in told.best))
    return (
        f"Best candidates: {names}\n-# Advisory: the fewest faults found in the file, then likeness to the "
        f"references; {counted(told.measured, 'picture')} measured; no judgement of anybody's."
    )


def _sheet_notes(report: BatchReport) -> list[str]:
    """Say what the contact sheet does not show."""
    if report.no_sheet:
        return [f"There is no contact sheet: {prose(report.no_sheet, 200)}"]
    notes: list[str] = []
    if report.left_out:
        notes.append(
            f"-# The sheet shows the first {counted(report.on_sheet, 'picture')}; it has no room for "
            f"{report.left_out} more."
        )
    if report.sheet is not None and report.sheet.missing:
        notes.append(f"-# {counted(len(report.sheet.missing), 'picture')} of it could not be read any more.")
    return notes


def _sheet_of(report: BatchReport) -> tuple[Attached, ...]:
    if report.sheet is None:
        return ()
    ending = report.sheet.media_type.rpartition("/")[2]
    name = f"genga-batch-{report.batch.id}-{report.nonce[:8]}.{ending}"
    alt = f"Contact sheet of batch {report.batch.id}"
    return (Attached(name=name, content=report.sheet.content, alt=alt),)
