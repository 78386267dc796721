"""How a batch ended, as the one who asked is told: in a line, or with a morning report."""

from typing import Final

from bot.chat.cards import palette
from bot.chat.cards.batches import STATE_WORDS, link_in, owner, redraw_button, repeats
from bot.chat.cards.measures import counted, dotted, duration
from bot.chat.look import Attached, Look
from bot.chat.markdown import fitted, prose
from bot.core.batching import Batch, BatchKind
from bot.core.reporting import MorningReport, Spread
from bot.ports.poster import BatchReport

MOST_REASONS: Final = 6
FEW: Final = 20
"""Of fewer drawings nineteen of twenty are all of them."""


def batch_report(report: BatchReport) -> Look:
    """Tell the one who asked how the batch ended; the first line is like no other batch's."""
    batch, told = report.batch, report.told
    lines = [f"{owner(batch)} **Batch {batch.id}** · {fitted(batch.title, 150)}", _sum(batch, told)]
    if batch.kind is BatchKind.OVERNIGHT:
        lines += _night(told)
    lines += _sheet_notes(report)
    if batch.card is not None:
        lines.append(f"-# {link_in(batch, batch.card)}")
    failed = _failed(told)
    again = (redraw_button(batch, failed),) if failed else ()
    return Look(content="\n".join(lines), files=_sheet_of(report), buttons=again)


def report_so_far(batch: Batch, told: MorningReport) -> Look:
    """Tell of a night of which no report is posted, or none yet, what it would tell now."""
    return Look(
        title=f"Batch {batch.id} · {'report' if batch.state.is_end else 'so far'}",
        text="\n".join([_sum(batch, told), *_night(told)]),
        colour=palette.DRAWING if told.open else palette.IDLE,
    )


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
        f"{told.open} still to draw" if told.open else "",
        f"{STATE_WORDS[batch.state]} after {duration(batch.since - batch.created)}"
        if batch.state.is_end
        else "",
        repeats(batch),
    )


def _night(told: MorningReport) -> list[str]:
    lines = (*_reasons(told), _times(told), *_candidates(told), _waiting(told))
    return [line for line in lines if line]


def _reasons(told: MorningReport) -> list[str]:
    named = [f"- {count} × {prose(reason, 110)}" for reason, count in told.failed[:MOST_REASONS]]
    rest = sum(count for _, count in told.failed[MOST_REASONS:])
    return [*named, *([f"- {rest} for other reasons"] if rest else [])]


def _times(told: MorningReport) -> str:
    if not told.drawn:
        return ""
    times = dotted(_spread("warm", told.warm), _spread("cold", told.cold))
    return f"Drawing times: {times}" if times else "Drawing times: not measured."


def _waiting(told: MorningReport) -> str:
    return f"{counted(told.waiting, 'picture')} waiting for review: `/review next`" if told.waiting else ""


def _spread(what: str, spread: Spread | None) -> str:
    if spread is None:
        return ""
    if spread.count == 1:
        return f"{what}: {duration(spread.p50)} (1 drawing)"
    most = "all" if spread.count < FEW else "95 %"
    return (
        f"{what}: half within {duration(spread.p50)}, {most} within {duration(spread.p95)} "
        f"({spread.count} drawings)"
    )


def _candidates(told: MorningReport) -> list[str]:
    if not told.measured:
        return ["Best candidates: not measured."] if told.pictures else []
    if not told.best:
        return ["Best candidates: none; all are rejected, or nearly the same as another one."]
    names = ", ".join(dict.fromkeys(f"#{picture.job}" for picture in told.best))
    measured = counted(told.measured, "picture")
    return [f"Best candidates: {names}", f"-# {_ADVISORY}; {measured} measured; no judgement of anybody's."]


_ADVISORY: Final = "Advisory: the fewest faults found in the file, then likeness to the references"


def _sheet_notes(report: BatchReport) -> list[str]:
    """Say what the contact sheet does not show."""
    if report.no_sheet:
        return [f"There is no contact sheet: {prose(report.no_sheet, 150)}"]
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
