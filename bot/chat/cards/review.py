"""Reviewing: a picture with all that helps to judge it, why one is rejected, and what that taught."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final

import discord

from bot.chat.cards import palette
from bot.chat.cards.measures import counted, dotted, person, recipe_words, relative, small
from bot.chat.cards.recipes import cast_words, subject
from bot.chat.look import Attached, Button, Field, Form, Look, Menu, Option
from bot.chat.markdown import code, cut, fitted, prose
from bot.core.artifact import Artifact
from bot.core.errors import StudioError
from bot.core.formats import ending_of
from bot.core.job import Job
from bot.core.review import MOST_LEARNED, Decision, Reason, Review, Teaching, family_of
from bot.ports.pictures import Picture
from bot.studio.critic import MOST_NOTE, Exhibit, Ruling

REVIEW: Final = "review"
"""The kind of the buttons, the menu and the form; it stands in custom_ids and must never change."""

NOTE: Final = "note"
PROMPT: Final = "prompt"
FOR_ADULTS: Final = (
    "The picture is for adults, and this channel is for everyone: review it in an age-restricted one."
)
MOST_TERMS: Final = 12
MOST_RULING: Final = 4000
MOST_BEFORE: Final = 1800
"""Characters of what was decided, alone on a card and above the next picture."""

CODES: Final = {
    Reason.APPEARANCE: "a",
    Reason.STYLE: "s",
    Reason.QUALITY: "q",
    Reason.SOLO: "o",
    Reason.POSE: "p",
    Reason.EXPRESSION: "e",
}
"""How reasons stand in custom_ids; must never change."""

_TEACHES: Final = {
    Reason.APPEARANCE: "also teaches what the character is known to get wrong",
    Reason.STYLE: "teaches your own words only",
    Reason.QUALITY: "also teaches lowres, blurry, bad anatomy and the like",
    Reason.SOLO: "also teaches multiple people, crowd and the like",
    Reason.POSE: "teaches your own words only",
    Reason.EXPRESSION: "teaches your own words only",
}

WORDS: Final = {
    Review.UNREVIEWED: "not reviewed yet",
    Review.APPROVED: "approved",
    Review.REJECTED: "rejected",
    Review.WITHDRAWN: "withdrawn",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Queue:
    """Where the card stands: `scope` names the walk in custom_ids, `left` says how many wait.

    `barred`: why the picture may not be shown here; "" if it may.
    """

    scope: str
    left: str = ""
    barred: str = ""


# ── a picture to judge


def exhibit_card(
    exhibit: Exhibit, shown: Picture | None, queue: Queue, *, before: Sequence[str] = ()
) -> Look:
    """Show a picture with its parameters and findings; `before` tells what was decided a moment ago."""
    picture = exhibit.picture
    return Look(
        title=_title(picture),
        text="\n".join(
            [
                *_apart(before),
                *_about(exhibit),
                *_unseen(shown, queue.barred),
                *_queue(queue),
            ]
        ),
        colour=palette.WAITING,
        image=_attached(exhibit, shown) if shown else None,
        buttons=[
            _button("approve", picture, queue.scope, "Approve", discord.ButtonStyle.success),
            _button("reject", picture, queue.scope, "Reject", discord.ButtonStyle.danger),
            _button("skip", picture, queue.scope, "Skip"),
        ],
    )


def _apart(before: Sequence[str]) -> Sequence[str]:
    return (*_fitting(before, MOST_BEFORE), "") if before else ()


def _fitting(lines: Sequence[str], limit: int) -> list[str]:
    """Return the first lines that fit; where some do not, say where the rest is."""
    kept: list[str] = []
    for line in lines:
        if sum(len(one) + 1 for one in [*kept, line]) > limit:
            return [*kept, small("and more: `/review lessons` lists it all")]
        kept.append(line)
    return kept


def _title(picture: Artifact) -> str:
    return f"#{picture.job} · picture {picture.index}"


def _about(exhibit: Exhibit) -> Iterator[str]:
    job, picture = exhibit.job, exhibit.picture
    yield fitted(job.caption, 1200)
    yield small(f"by {person(job)}", cast_words(job.recipe), relative(job.created))
    yield small(*recipe_words(job.recipe), f"sampler {fitted(job.recipe.sampler, 40)}")
    yield small(_findings(picture), _likeness(exhibit), _twin(picture))


def _findings(picture: Artifact) -> str:
    if picture.measures is None:
        return "quality not measured"
    found = ", ".join(picture.measures.findings())
    return f"measured: {found}" if found else "nothing found wrong by measuring"


def _likeness(exhibit: Exhibit) -> str:
    """Say how much it is like who is in it; nothing where nobody is."""
    likeness = exhibit.picture.likeness
    if likeness is None:
        return "likeness not measured" if exhibit.job.recipe.cast else ""
    references = counted(likeness.references, "reference")
    return f"likeness {likeness.score:.2f} of 1 to {references}, advisory"


def _twin(picture: Artifact) -> str:
    return "looks like an earlier picture" if picture.near is not None else ""


def _unseen(shown: Picture | None, barred: str) -> Iterable[str]:
    if barred:
        return (barred,)
    return () if shown else ("The picture's file cannot be read; its post may still show it.",)


def _queue(queue: Queue) -> Iterable[str]:
    return (small(queue.left),) if queue.left else ()


def _attached(exhibit: Exhibit, shown: Picture) -> Attached:
    job, picture = exhibit.job, exhibit.picture
    return Attached(
        name=f"genga-{job.id}-{picture.index}.{ending_of(shown.media_type)}",
        content=shown.content,
        alt=cut(f"Picture {picture.index} of job #{job.id}: {subject(job)}", 1000),
    )


def _button(
    act: str,
    picture: Artifact,
    scope: str,
    label: str,
    style: discord.ButtonStyle = discord.ButtonStyle.secondary,
) -> Button:
    return Button(kind=REVIEW, rest=f"{act}:{picture.id}:{scope}", label=label, style=style)


def nothing_to_review(queue: Queue, *, before: Sequence[str] = (), skipped: int = 0) -> Look:
    """End the walk; where pictures were skipped, it can begin anew."""
    if not skipped:
        return Look(
            text="\n".join([*_apart(before), "Nothing waits for review here."]),
            colour=palette.DONE if before else palette.IDLE,
        )
    return Look(
        text="\n".join(
            [
                *_apart(before),
                f"That was the last one. {counted(skipped, 'picture')} still waiting for review.",
            ]
        ),
        colour=palette.IDLE,
        buttons=[Button(kind=REVIEW, rest=f"start:0:{queue.scope}", label="From the newest")],
    )


def waiting_words(count: int, *, most: int) -> str:
    """Say how many wait, the one that is shown among them."""
    shown = f"{most} or more pictures" if count >= most else counted(count, "picture")
    return f"{shown} waiting for review"


def left_alone(exhibit: Exhibit) -> Look:
    return Look(
        title=_title(exhibit.picture),
        text=f"Nothing was decided; it is {WORDS[exhibit.picture.review]}.",
        colour=palette.IDLE,
    )


# ── why it is rejected


def reasons_card(exhibit: Exhibit, scope: str, shown: Picture | None = None) -> Look:
    """Ask why, with the picture in sight; the menu opens a form for the reviewer's own words."""
    picture = exhibit.picture
    return Look(
        title=_title(picture),
        text="\n".join([f"Why is it rejected? {_who_learns(exhibit.job)}", small("nothing is decided yet")]),
        colour=palette.WAITING,
        image=_attached(exhibit, shown) if shown else None,
        buttons=[
            Menu(
                kind=REVIEW,
                rest=f"{picture.id}:{scope}",
                hint="Choose one or more reasons",
                options=[
                    Option(
                        label=reason.capitalize(),
                        value=code_,
                        description=_TEACHES[reason] if _learns(exhibit.job) else "",
                    )
                    for reason, code_ in CODES.items()
                ],
                most=len(CODES),
            ),
            _button("back", picture, scope, "Back"),
            _button("plain", picture, scope, "Reject without a reason", discord.ButtonStyle.danger),
        ],
    )


def _learns(job: Job) -> bool:
    """Tell whether a rejection can teach anybody anything."""
    return bool(job.recipe.cast) and family_of(job.recipe) is not None


def _who_learns(job: Job) -> str:
    names = " and ".join(f"**{fitted(member.name, 80)}**" for member in job.recipe.cast)
    if not names:
        return "No character is in it, so nothing is taught; the reason is kept."
    if family_of(job.recipe) is None:
        return "Nobody knows with which model it was drawn, so nothing is taught; the reason is kept."
    return (
        f"Reasons teach negatives for {names}: they are listed in `/review lessons` and can be removed there."
    )


def reason_form(exhibit: Exhibit, codes: str, scope: str) -> Form:
    """Ask for the reviewer's own words, and offer the prompt for another try."""
    picture, prompt = exhibit.picture, exhibit.job.request.prompt
    return Form(
        kind=REVIEW,
        rest=f"{picture.id}:{scope}:{codes}",
        title=f"Reject picture {picture.index} of #{picture.job}",
        fields=[
            Field(
                name=NOTE,
                label="What to avoid, as words between commas",
                hint="red eyes, six fingers",
                long=True,
                most=MOST_NOTE,
            ),
            Field(
                name=PROMPT,
                label="Change the prompt to draw it once more",
                value=prompt,
                hint="left as it is, nothing is drawn",
                long=True,
            ),
        ],
    )


def redrawn_words(job: Job) -> str:
    return f"Drawn once more with the changed prompt: #{job.id}."


def not_redrawn_words(error: StudioError) -> str:
    return f"It is not drawn once more: {prose(error.message)} {prose(error.hint)}".rstrip()


# ── what was decided


def ruling_card(ruling: Ruling, exhibit: Exhibit, *, behind: Sequence[str] = ()) -> Look:
    """Say what was decided; `behind` tells what came of it."""
    after = ruling.decision.after
    return Look(
        title=_title(exhibit.picture),
        text="\n".join(_fitting([*ruling_words(ruling, exhibit), *behind], MOST_RULING)),
        colour=palette.DONE if after is Review.APPROVED else palette.IDLE,
    )


def ruling_words(ruling: Ruling, exhibit: Exhibit) -> list[str]:
    """Say what was decided, and what that taught to whom."""
    picture, decision = exhibit.picture, ruling.decision
    head = f"Picture {picture.index} of #{picture.job} is {WORDS[decision.after]}{_why(decision)}."
    return [head, *(line for one in ruling.teachings for line in _taught(one)), *_taken_back(decision)]


def _why(decision: Decision) -> str:
    reasons = ", ".join(decision.reasons)
    note = f"“{fitted(decision.note, 300)}”" if decision.note else ""
    said = dotted(reasons, note)
    return f": {said}" if said else ""


def _taught(one: Teaching) -> Iterator[str]:
    whom = f"**{fitted(one.character.name, 80)}** with {one.family}"
    if one.learned:
        yield f"Learned for {whom}: {_listed(one.learned)}."
    if one.known:
        yield small(f"known already: {_listed(one.known)}")
    if one.left_out:
        yield (
            f"No room for {_listed(one.left_out)}: {MOST_LEARNED} tokens are learned at most. "
            "`/review lessons` makes room."
        )
    if one.remarks:
        yield small("too long to be a negative, kept as a remark")


def _listed(terms: Sequence[str]) -> str:
    shown = ", ".join(code(term, 60) for term in terms[:MOST_TERMS])
    more = len(terms) - MOST_TERMS
    return f"{shown} and {more} more" if more > 0 else shown


def _taken_back(decision: Decision) -> Iterable[str]:
    if decision.takes_back:
        yield small("what its rejection had taught is taken back")
