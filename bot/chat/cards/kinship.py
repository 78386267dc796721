"""Which picture came from which: as one line, and as a tree."""

from collections.abc import Sequence
from typing import Final

from bot.chat.cards import palette
from bot.chat.cards.measures import counted, link_to, not_shown_here, small
from bot.chat.look import Attached, Look
from bot.core.formats import ending_of
from bot.core.job import Job
from bot.core.lineage import Descent
from bot.studio.kinship import Tree

MOST_SHOWN: Final = 8

_OF: Final = {
    Descent.AGAIN: "again from",
    Descent.SAME_SEED: "same seed as",
    Descent.VARY: "variation of",
    Descent.UPSCALE: "upscaled from",
    Descent.EDIT: "edited from",
    Descent.REFERENCE: "📌 drawn from",
    Descent.ANIMATE: "animated from",
}
_HOW: Final = {
    Descent.AGAIN: "drawn again",
    Descent.SAME_SEED: "with the same seed",
    Descent.VARY: "varied",
    Descent.UPSCALE: "upscaled",
    Descent.EDIT: "edited",
    Descent.REFERENCE: "drawn from a picture of it",
    Descent.ANIMATE: "animated",
}


def descent_words(job: Job, parent: Job | None = None) -> str:
    """Say what the job starts from, and how: `variation of #121`; a parent that is known, with its post."""
    lineage = job.lineage
    if lineage is None:
        return "drawn from an uploaded picture" if job.recipe.reference is not None else ""
    several = parent.recipe.count > 1 if parent is not None else (lineage.picture or 0) > 1
    name = (
        f"#{lineage.parent} picture {lineage.picture}"
        if lineage.picture and several
        else f"#{lineage.parent}"
    )
    linked = f"[{name}]({link_to(parent, parent.post)})" if parent is not None and parent.post else name
    return f"{_OF[lineage.how]} {linked}"


def line_of_descent(line: Sequence[Job]) -> str:
    """Write `#121 → vary → #128 → upscale → #130`, each with a link; of many the eldest are left out."""
    if not line[1:]:
        return ""
    shown = line[-MOST_SHOWN:]
    lead = "… → " if len(line) > len(shown) else ""
    steps = [_named(shown[0], line[-1])]
    for job in shown[1:]:
        how = job.lineage.how if job.lineage else "from"
        steps += [str(how), _named(job, line[-1])]
    return f"came from {lead}{' → '.join(steps)}"


def _named(job: Job, asked: Job) -> str:
    if job.post is None or job.id == asked.id:
        return f"#{job.id}"
    return f"[#{job.id}]({link_to(job, job.post)})"


def tree_card(job: Job, tree: Tree) -> Look:
    """Show the family tree; who has no relatives is told how to get some."""
    said = f"{counted(len(tree.jobs), 'job')}, {_kinds(tree.jobs)}"
    if len(tree.jobs) == 1:
        said = "Nothing has come from it yet: press Vary, Upscale or Edit under its pictures."
    more = counted(tree.left_out, "more relative")
    left_out = f"{more} left out, the farthest ones" if tree.left_out else ""
    lost = [name for name in tree.sheet.missing if name not in {f"#{number}" for number in tree.hidden}]
    missing = f"without a picture: {', '.join(lost[:10])}" if lost else ""
    hidden = not_shown_here(len(tree.hidden)) if tree.hidden else ""
    fine_print = [part for part in (left_out, missing, hidden) if part]
    return Look(
        title=f"The family of #{job.id}",
        text="\n".join([said, *([small(*fine_print)] if fine_print else [])]),
        colour=palette.DONE,
        image=Attached(
            name=f"genga-{job.id}-tree.{ending_of(tree.sheet.media_type)}",
            content=tree.sheet.content,
            alt=f"Family tree of job #{job.id}: {', '.join(f'#{one.id}' for one in tree.jobs)}"[:1000],
        ),
    )


def _kinds(jobs: Sequence[Job]) -> str:
    """Count the ways they came: `3 varied, 1 upscaled`."""
    counts: dict[Descent, int] = {}
    for job in jobs:
        if job.lineage is not None:
            counts[job.lineage.how] = counts.get(job.lineage.how, 0) + 1
    ways = (f"{count} {_HOW[how]}" for how, count in counts.items())
    return ", ".join(ways) or "none of them from another"
