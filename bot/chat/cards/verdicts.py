"""Many verdicts: how pictures stand, those decided about together, and what was learned of all of them."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, datetime
from typing import Final

import discord

from bot.chat.cards import palette
from bot.chat.cards.measures import counted, dotted, relative, small
from bot.chat.cards.pictures import left_out_words
from bot.chat.cards.review import WORDS
from bot.chat.look import Attached, Button, Look, Menu, Option
from bot.chat.markdown import code, cut, fitted
from bot.core.characters import Character, Lesson
from bot.core.learning import ENOUGH, Learned, Tally
from bot.core.review import MOST_LEARNED, Review
from bot.ports.darkroom import Sheet
from bot.ports.review import MOST_COUNTED, MOST_LOOKED_INTO, ReviewCounts
from bot.studio.critic import MOST_AT_ONCE, MOST_LEFT, Bulk, Together
from bot.studio.exhibition import MOST_ON_SHEET

BULK: Final = "bulk"
UNLEARN: Final = "unlearn"
"""Kinds of controls; they stand in custom_ids and must never change."""

BULK_CHANGED: Final = "Somebody decided about some of them meanwhile."
MOST_PEOPLE: Final = 10
MOST_OPTIONS: Final = 25
MOST_LISTED: Final = 40
MOST_VALUES: Final = 5
_DOING: Final = {Review.APPROVED: "Approve", Review.REJECTED: "Reject"}


# ── how pictures stand


def stats_card(counts: ReviewCounts, *, of: str) -> Look:
    total = sum(counts.by_review.values())
    if not total:
        return Look(title=_titled("Reviews", of), text="There are no pictures yet.", colour=palette.IDLE)
    rows = [f"**{_count(counts.by_review.get(review, 0))}** {WORDS[review]}" for review in Review]
    return Look(
        title=_titled("Reviews", of),
        text="\n".join([*rows, *_rate(counts), *_reasons(counts), *_people(counts)]),
        colour=palette.WAITING,
    )


def _titled(what: str, of: str) -> str:
    return f"{what} · {fitted(of, 150)}" if of else what


def _count(number: int) -> str:
    return f"{number:,} or more" if number >= MOST_COUNTED else f"{number:,}"


def _rate(counts: ReviewCounts) -> Iterator[str]:
    approved = counts.by_review.get(Review.APPROVED, 0)
    judged = approved + counts.by_review.get(Review.REJECTED, 0)
    if 0 < judged < MOST_COUNTED:
        yield small(f"{approved:,} of {judged:,} judged pictures were approved")


def _reasons(counts: ReviewCounts) -> Iterator[str]:
    named = sorted(((count, reason) for reason, count in counts.by_reason.items() if count), reverse=True)
    if named:
        yield f"Rejected for: {dotted(*(f'{reason} {count}' for count, reason in named))}"


def _people(counts: ReviewCounts) -> Iterator[str]:
    by_count = sorted(counts.by_person.items(), key=lambda pair: (-pair[1], pair[0]))
    if by_count:
        shown = [f"<@{person}> {count}" for person, count in by_count[:MOST_PEOPLE]]
        rest = len(by_count) - len(shown)
        more = [f"{rest} more"] if rest else []
        yield f"Decided by: {dotted(*shown, *more)}"
    if any(counts.by_review.get(review, 0) > MOST_LOOKED_INTO for review in _DOING):
        yield small(f"reasons and people of the newest {MOST_LOOKED_INTO:,} of each kind")


# ── many at once


def bulk_card(
    bulk: Bulk,
    sheet: Sheet | None,
    *,
    of: str,
    filter_name: str,
    hidden: int,
    before: str = "",
    decided: int = 0,
) -> Look:
    """Show what would be decided about, after what was `decided` already; the harmless choice comes first."""
    if not bulk.pictures:
        return Look(text=f"{before} There are no such pictures.".strip(), colour=palette.IDLE)
    count, doing = len(bulk.pictures), _DOING[bulk.after]
    (newest, oldest), what = bulk.span, counted(count, "picture")
    harmless = ("stop", "Stop here") if decided else ("leave", "Leave them")
    return Look(
        title=f"{doing} the next {what}?" if decided else f"{doing} {what}?",
        text="\n".join(
            [*([before] if before else []), f"Which ones: {fitted(of, 300)}", *_remarks(bulk, sheet, hidden)]
        ),
        colour=palette.WAITING,
        image=_sheet_image(sheet, what) if sheet else None,
        buttons=[
            Button(kind=BULK, rest=harmless[0], label=harmless[1]),
            Button(
                kind=BULK,
                rest=f"{bulk.after}:{newest}-{oldest}:{count}:{filter_name}",
                label=f"{doing} {what}",
                style=_STYLE[bulk.after],
            ),
        ],
    )


_STYLE: Final = {
    Review.APPROVED: discord.ButtonStyle.success,
    Review.REJECTED: discord.ButtonStyle.danger,
}


def _remarks(bulk: Bulk, sheet: Sheet | None, hidden: int) -> Iterator[str]:
    if bulk.left:
        left = f"{MOST_LEFT:,} or more" if bulk.left >= MOST_LEFT else f"{bulk.left:,}"
        yield small(f"{left} left after these", f"{MOST_AT_ONCE} at a time, the newest first")
    if hidden:
        yield small(f"{counted(hidden, 'picture')} for adults not shown in a channel for everyone")
    if sheet is not None and len(bulk.pictures) > MOST_ON_SHEET:
        yield small(f"the sheet shows the newest {MOST_ON_SHEET}")
    if bulk.after is Review.REJECTED:
        yield small("rejecting many at once teaches nothing: reasons are given one by one")


def _sheet_image(sheet: Sheet, what: str) -> Attached:
    return Attached(
        name=f"review.{sheet.media_type.removeprefix('image/')}",
        content=sheet.content,
        alt=f"Contact sheet of {what}, each with its job's number",
    )


def bulk_done(together: Together, after: Review) -> Look:
    lines = [f"{counted(len(together.decided), 'picture')} {WORDS[after]}.", *left_out_words(together)]
    return Look(text="\n".join(lines), colour=palette.DONE)


def bulk_left(how: str) -> Look:
    """Answer whoever leaves it; `how`: before anything was decided (`leave`), or after some was (`stop`)."""
    words = {"leave": "Nothing was decided.", "stop": "Nothing more was decided; the rest is as it was."}
    return Look(text=words[how], colour=palette.IDLE)


# ── what was learned


def lessons_card(character: Character, lessons: Sequence[Lesson], *, removed: Sequence[Lesson] = ()) -> Look:
    """List the negatives in force, the newest first, with a menu to take some out of force."""
    newest = sorted(lessons, key=lambda lesson: (-lesson.at, lesson.id))
    gone = [f"Removed: {', '.join(code(one.term, 60) for one in removed)}."] if removed else []
    if not newest:
        text = f"Nothing is learned about **{fitted(character.name, 80)}**: rejections with reasons teach."
        return Look(text="\n".join([*gone, text]), colour=palette.IDLE)
    rows = [_lesson(lesson) for lesson in newest[:MOST_LISTED]]
    more = len(newest) - len(rows)
    return Look(
        title=f"Learned about {fitted(character.name, 80)}",
        text="\n".join(
            [
                *gone,
                "Negatives for this character, each with one family of models:",
                *rows,
                *([small(f"and {more} older")] if more else []),
                small(
                    f"at most about {MOST_LEARNED} tokens per family", "`/prompt preview` shows what is used"
                ),
            ]
        ),
        colour=palette.WAITING,
        buttons=[_menu(character, newest[:MOST_OPTIONS])],
    )


def _lesson(lesson: Lesson) -> str:
    return dotted(code(lesson.term, 60), lesson.family.value, f"<@{lesson.by}> {relative(lesson.at)}")


def _menu(character: Character, lessons: Sequence[Lesson]) -> Menu:
    return Menu(
        kind=UNLEARN,
        rest=str(character.id),
        hint="Choose what is not to be used any more",
        options=[
            Option(
                label=cut(lesson.term, 100),
                value=str(lesson.id),
                description=f"{lesson.family}, {datetime.fromtimestamp(lesson.at / 1000, UTC):%Y-%m-%d}",
            )
            for lesson in lessons
        ],
        most=len(lessons),
    )


def learned_card(character: Character, learned: Learned) -> Look:
    """Show what goes with approval; suggestions are words, nothing is changed by them."""
    name = fitted(character.name, 80)
    if not learned.all.judged:
        return Look(
            text=f"No picture of **{name}** was approved or rejected yet. `/review next` begins.",
            colour=palette.IDLE,
        )
    few = learned.all.too_few
    rows = [
        f"**{_ratio(learned.all)}** judged pictures were approved{': too few to tell' if few else ''}.",
        *(_parameter(parameter, tallies) for parameter, tallies in learned.parameters.items()),
        *_same(learned.same),
        *_words("Words that go with approval", learned.words),
        *_words("Words that go with rejection", learned.against),
        *_suggestions(learned),
        small(f"of fewer than {ENOUGH} pictures nothing is concluded", "going together is no cause"),
        small("seeds are not counted: with other words the same seed is another picture"),
        small("nothing is applied by itself: `/style edit` and `/character edit` do"),
    ]
    return Look(title=f"What goes with approval of {name}", text="\n".join(rows), colour=palette.WAITING)


def _parameter(name: str, tallies: Sequence[Tally]) -> str:
    shown = [_value(tally) for tally in tallies[:MOST_VALUES]]
    rest = len(tallies) - len(shown)
    return f"**{name}**: {dotted(*shown, f'{rest} more' if rest else '')}"


def _same(values: dict[str, str]) -> Iterable[str]:
    """Name what all were drawn with: of that nothing can be told."""
    if values:
        yield small(
            f"the same in all: {dotted(*(f'{name} {code(what, 60)}' for name, what in values.items()))}"
        )


def _value(tally: Tally) -> str:
    few = f" (too few: {_ratio(tally)})" if tally.too_few else f" {_ratio(tally)}"
    return f"{code(tally.what, 60)}{few}"


def _ratio(tally: Tally) -> str:
    return f"{tally.approved} of {tally.judged}"


def _words(title: str, tallies: Sequence[Tally]) -> Iterable[str]:
    if tallies:
        yield f"{title}: {dotted(*(_value(tally) for tally in tallies))}"


def _suggestions(learned: Learned) -> Iterator[str]:
    for name, best in learned.suggestions.items():
        others = Tally(
            what="", approved=learned.all.approved - best.approved, judged=learned.all.judged - best.judged
        )
        found = f"{name} {code(best.what, 60)}, {_ratio(best)} approved"
        yield f"Worth a try: {found}, against {_ratio(others)} without."
    if not (learned.suggestions or learned.words or learned.against):
        yield "Nothing stands out yet."


def reviewers_card(role: int | None, *, changed: bool = False) -> Look:
    """Show who reviews; `changed`: it was chosen just now."""
    now = " from now on" if changed else ""
    who = "Everybody in this server" if role is None else f"<@&{role}> and those with Manage Server"
    withdrawn = small("one's own pictures can always be withdrawn")
    return Look(
        text=f"{who} may approve and reject pictures{now}.\n{withdrawn}",
        colour=palette.DONE if changed else palette.WAITING,
    )
