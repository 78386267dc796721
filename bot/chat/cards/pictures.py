"""A finished picture and what can be done with it: under its post, and in a panel of its own."""

from collections.abc import Iterable, Sequence
from enum import StrEnum
from typing import Final

import discord

from bot.chat.cards import palette
from bot.chat.cards.measures import counted, model_name, plain_number, recipe_words, small
from bot.chat.look import Attached, Button, Control, Field, Form, Look, Menu, Option
from bot.chat.markdown import cut, fitted
from bot.core.artifact import Artifact
from bot.core.generation import Aspect, GenerationRequest, Recipe, Size
from bot.core.job import Job
from bot.core.review import Review
from bot.studio.critic import Exhibit, Together
from bot.studio.refining import Shown

PICTURE: Final = "picture"
"""The kind of the buttons, menus and forms; it stands in custom_ids and must never change."""
ALL: Final = 0
"""The number that stands for a job's pictures together."""
MOST_NAMED: Final = 5
EVERY_ONE: Final = "all"
"""A menu's value for all the pictures."""


class Deed(StrEnum):
    """What is done with a picture; the name is part of custom_ids and must never change."""

    AGAIN = "again"
    VARY = "vary"
    UPSCALE = "upscale"
    EDIT = "edit"
    APPROVE = "approve"
    REJECT = "reject"
    PARAMS = "params"
    DELETE = "delete"
    SHOW = "show"
    PIN = "pin"
    DELETE_NOW = "delete_now"
    KEEP = "keep"
    UNPIN = "unpin"
    MOVE = "move"


_BUTTONS: Final = (
    (Deed.AGAIN, "Again", "🔁", discord.ButtonStyle.secondary),
    (Deed.VARY, "Vary", "🎲", discord.ButtonStyle.secondary),
    (Deed.UPSCALE, "Upscale", "⬆️", discord.ButtonStyle.secondary),
    (Deed.EDIT, "Edit", "✏️", discord.ButtonStyle.secondary),
    (Deed.APPROVE, "Approve", "✅", discord.ButtonStyle.secondary),
    (Deed.REJECT, "Reject", "❌", discord.ButtonStyle.secondary),
    (Deed.PARAMS, "Params", None, discord.ButtonStyle.secondary),
    (Deed.DELETE, "Delete", "🗑️", discord.ButtonStyle.secondary),
)
_PINNING: Final = (Deed.PIN, "Use as reference", "📌", discord.ButtonStyle.secondary)

_ASKED: Final = {
    Deed.VARY: "Which picture is to be varied?",
    Deed.UPSCALE: "Which picture is to be made larger?",
    Deed.APPROVE: "Which picture is approved?",
    Deed.REJECT: "Which picture is rejected?",
    Deed.DELETE: "Which picture is to be deleted?",
    Deed.PIN: "Which picture is the reference for your next drawing?",
}
TOGETHER: Final = frozenset({Deed.APPROVE, Deed.DELETE})
"""What can be done with all pictures of a job at once."""
MOST_OFFERED: Final = 25

_STANDS: Final = {
    Review.UNREVIEWED: "",
    Review.APPROVED: "approved",
    Review.REJECTED: "rejected",
    Review.WITHDRAWN: "withdrawn",
}


def post_controls(job: Job, pictures: Sequence[Artifact]) -> tuple[Control, ...]:
    """Return what stands under a post of these pictures; with several of them a menu says which is meant."""
    left = [picture for picture in pictures if picture.deleted is None]
    if not left:
        return ()
    number = left[0].index if len(left) == 1 else ALL
    buttons = tuple(_button(job.id, number, *each) for each in _BUTTONS)
    return buttons if number != ALL else (*buttons, _which(job.id, Deed.SHOW, left))


def _button(
    job: int, number: int, deed: Deed, label: str, emoji: str | None, style: discord.ButtonStyle
) -> Button:
    return Button(kind=PICTURE, rest=f"{job}:{number}:{deed}", label=label, emoji=emoji, style=style)


def edit_button(job: Job) -> Button:
    """Return the button that opens a job's form, whether there are pictures of it or not."""
    return next(_button(job.id, ALL, *each) for each in _BUTTONS if each[0] is Deed.EDIT)


def _which(job: int, deed: Deed, pictures: Sequence[Artifact]) -> Menu:
    span = f"picture {pictures[0].index}–{pictures[-1].index}"
    every = (Option(label=f"all {len(pictures)} pictures", value=EVERY_ONE),) if deed in TOGETHER else ()
    options = (
        Option(
            label=f"picture {picture.index}",
            value=str(picture.index),
            description=_STANDS[picture.review],
        )
        for picture in pictures
    )
    hint = f"One of them: {span}" if deed is Deed.SHOW else span
    return Menu(kind=PICTURE, rest=f"{job}:{deed}", hint=hint, options=(*options, *every))


def which_picture(shown: Shown, deed: Deed) -> Look:
    """Ask which of several pictures is meant."""
    return Look(
        title=f"#{shown.job.id} has {counted(len(shown.pictures), 'picture')}",
        text=_ASKED[deed],
        colour=palette.WAITING,
        buttons=(_which(shown.job.id, deed, shown.pictures),),
    )


def picture_panel(exhibit: Exhibit, thumbnail: bytes | None, *, barred: str = "") -> Look:
    """Show one picture of several, with all that can be done with it; `barred`: why it is not to be seen."""
    job, picture = exhibit.job, exhibit.picture
    lines = [
        fitted(job.caption, 300),
        small(*picture_words(job.recipe), _STANDS[picture.review]),
        *([] if thumbnail else [barred or "Its file cannot be read; the post may still show it."]),
    ]
    return Look(
        title=f"#{job.id} · picture {picture.index}",
        text="\n".join(lines),
        colour=palette.WAITING,
        image=_thumbnail(job, picture, thumbnail) if thumbnail else None,
        buttons=tuple(_button(job.id, picture.index, *each) for each in (*_BUTTONS, _PINNING)),
    )


def _thumbnail(job: Job, picture: Artifact, content: bytes) -> Attached:
    return Attached(
        name=f"genga-{job.id}-{picture.index}.webp",
        content=content,
        alt=f"Picture {picture.index} of #{job.id}: {cut(job.caption, 900)}",
    )


def picture_words(recipe: Recipe) -> tuple[str, ...]:
    """Say what a picture is made with; what an upscale model made has no steps and no seed."""
    if recipe.upscaler is None:
        larger = f"×{plain_number(recipe.scale)}" if recipe.scale > 1 else ""
        return (*recipe_words(recipe), larger)
    return (fitted(model_name(recipe.upscaler), 60), str(recipe.size), f"×{plain_number(recipe.scale)}")


# ── what was done


def picture_pinned(job: int, number: int) -> Look:
    return Look(
        text=f"📌 Picture {number} of **#{job}** is the reference for your next `/generate`.",
        colour=palette.DONE,
        buttons=(_unpinning(job, number),),
    )


def own_picture_pinned() -> Look:
    return Look(
        text="📌 That picture is the reference for your next `/generate`.",
        colour=palette.DONE,
        buttons=(_unpinning(0, ALL),),
    )


def _unpinning(job: int, number: int) -> Button:
    return _button(job, number, Deed.UNPIN, "Without it", None, discord.ButtonStyle.secondary)


def picture_unpinned() -> Look:
    return Look(text="Your next `/generate` starts from no picture.", colour=palette.IDLE)


def asks_to_delete(job: Job, pictures: Sequence[Artifact], *, left: int) -> Look:
    """Ask before pictures are given up, the harmless choice first; `left` is how many would stay."""
    number = pictures[0].index if len(pictures) == 1 else ALL
    what, files = (
        (f"picture {number}", "Its file is")
        if number
        else (f"all {len(pictures)} pictures", "Their files are")
    )
    gone = "removed from the library and from the post." if left else "removed, and the post with it."
    lines = [
        f"Delete {what} of **#{job.id}**? {files} {gone}",
        small("How it was drawn is kept; what is deleted is gone for good."),
    ]
    return Look(
        text="\n".join(lines),
        colour=palette.FAILED,
        buttons=(
            _button(job.id, number, Deed.KEEP, "Keep", None, discord.ButtonStyle.secondary),
            _button(job.id, number, Deed.DELETE_NOW, "Delete", "🗑️", discord.ButtonStyle.danger),
        ),
    )


def pictures_deleted(job: int, numbers: Sequence[int], left: int) -> Look:
    what = f"Picture {numbers[0]}" if len(numbers) == 1 else counted(len(numbers), "picture")
    done = "was deleted" if len(numbers) == 1 else "were deleted"
    gone = f"{left} {'is' if left == 1 else 'are'} left." if left else "The post is gone as well."
    return Look(text=f"{what} of **#{job}** {done}. {gone}", colour=palette.IDLE)


def pictures_kept(job: int) -> Look:
    return Look(text=f"Nothing of **#{job}** was deleted.", colour=palette.IDLE)


def pictures_approved(job: int, together: Together) -> Look:
    numbers = [picture.index for picture in together.decided]
    many = counted(len(numbers), "picture") if together.left_out else f"All {len(numbers)} pictures"
    which = f"Picture {numbers[0]}" if len(numbers) == 1 else many
    lines = [f"✅ {which} of **#{job}** approved.", *left_out_words(together)]
    return Look(text="\n".join(lines), colour=palette.DONE)


def pictures_left_out(together: Together) -> Look:
    return Look(text="\n".join(left_out_words(together)), colour=palette.IDLE)


def left_out_words(together: Together) -> list[str]:
    """Name what was gone before it could be decided about."""
    if not together.left_out:
        return []
    named = [f"picture {picture.index} of #{picture.job}" for picture in together.left_out[:MOST_NAMED]]
    more = len(together.left_out) - len(named)
    others = f" and {more} more" if more else ""
    return [f"Deleted meanwhile, so left out: {', '.join(named)}{others}."]


def too_large_for_letter(picture: Artifact) -> str:
    size = f"{picture.bytes / 1024**2:.1f} MiB"
    return small(f"The original of picture {picture.index} ({size}) does not fit into a message; it is kept.")


# ── the form

PROMPT, NEGATIVE, SIZE, STEERING, SEED = "prompt", "negative", "size", "steering", "seed"
STRAY: Final = "denoise"


def edit_form(drawing: Job, job: int, number: int) -> Form:
    """Offer the prompt and the parameters of a drawing, filled in, to be changed."""
    request, recipe = drawing.request, drawing.recipe
    return Form(
        kind=PICTURE,
        rest=f"{job}:{number}:{Deed.EDIT}",
        title=f"#{job} once more, changed",
        fields=(
            Field(name=PROMPT, label="Prompt", value=request.prompt, long=True),
            Field(
                name=NEGATIVE,
                label="Negative",
                value=request.negative or "",
                hint="left empty: what the style or the model usually keeps out",
                long=True,
            ),
            Field(
                name=SIZE, label="Size", value=_size(request, recipe), hint="832x1216, or portrait", most=20
            ),
            Field(
                name=STEERING,
                label="Steps / cfg",
                value=f"{recipe.steps} / {plain_number(recipe.cfg)}",
                hint="25 / 5",
                most=20,
            ),
            Field(name=SEED, label="Seed", value=str(recipe.seed), hint="empty: a new one", most=20),
        ),
    )


def _size(request: GenerationRequest, recipe: Recipe) -> str:
    match request.size:
        case Aspect() as aspect:
            return aspect
        case Size() | None:
            return f"{recipe.size.width}x{recipe.size.height}"


def draw_from_form(message: int) -> Form:
    """Ask what is to be drawn from the picture of a message."""
    return Form(
        kind="from",
        rest=str(message),
        title="Draw from this picture",
        fields=(
            Field(name=PROMPT, label="Prompt", hint="what is to be drawn", long=True, required=True),
            Field(
                name=STRAY,
                label="How far it may stray, 0 to 1",
                hint="0.6; 0 changes nothing, 1 everything",
                most=6,
            ),
        ),
    )


def picture_lost(prompt: str) -> Look:
    """Give the words back where the picture that they were for is not known any more."""
    lines = [
        "Genga was restarted since, and does not know that picture any more.",
        "Choose “Draw from this” on the message once more. Your prompt was:",
        f"> {fitted(prompt, 1500)}",
    ]
    return Look(text="\n".join(lines), colour=palette.FAILED)


def no_picture_here() -> Look:
    return Look(
        text="There is no finished picture on that message.\nUse this on a post of pictures that Genga drew.",
        colour=palette.IDLE,
    )


def nothing_to_refer_to() -> Look:
    return Look(
        text="There is no picture on that message.\n"
        "Use this on pictures that Genga drew, or on a message with a PNG, JPEG or WebP.",
        colour=palette.IDLE,
    )


def nothing_to_draw_from() -> Look:
    return Look(
        text="There is no picture on that message.\nUse this on a message with a PNG, JPEG or WebP of yours.",
        colour=palette.IDLE,
    )


# ── projects


def asks_where_to(job: int, projects: Iterable[tuple[int, str]]) -> Look:
    options = tuple(Option(label=cut(name, 100), value=str(number)) for number, name in projects)
    if not options:
        return Look(
            text="There is no project to move it to. `/project create` makes one.", colour=palette.IDLE
        )
    more = f"\n{small('the first 25 by name are offered')}" if len(options) > MOST_OFFERED else ""
    return Look(
        text=f"Which project does **#{job}** belong to?{more}",
        colour=palette.WAITING,
        buttons=(
            Menu(kind=PICTURE, rest=f"{job}:{Deed.MOVE}", hint="project", options=options[:MOST_OFFERED]),
        ),
    )


def job_moved(job: int, project: str) -> Look:
    lines = [
        f"**#{job}** belongs to **{fitted(project, 100)}** now.",
        small("Its files stay in the folder they are in, and its post where it is."),
    ]
    return Look(text="\n".join(lines), colour=palette.DONE)
