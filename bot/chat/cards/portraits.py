"""Reference pictures of characters, and characters that travel as files."""

from collections.abc import Iterable, Sequence

from bot.chat.cards import palette
from bot.chat.cards.measures import counted, dotted, relative, small
from bot.chat.look import Attached, Look
from bot.chat.markdown import code, cut, fitted, prose
from bot.core.artifact import Artifact
from bot.core.casting import MOST_PER_POSE, handle_of
from bot.core.characters import Character, CharacterReference
from bot.core.library import Project
from bot.core.review import Review
from bot.studio.dossiers import Arrival, Packed
from bot.studio.portraits import Added, Board

MIB = 1024 * 1024


# ── references


def reference_added(character: Character, added: Added) -> Look:
    kept = f"**{added.label}** of **{_name(character)}** is kept: {added.reference.size}."
    room = f"{added.of_pose} of at most {MOST_PER_POSE} of this pose"
    return Look(text=f"{kept}\n{small(_source(added), room)}", colour=palette.DONE)


def _source(added: Added) -> str:
    if added.drawing is None:
        return "nothing but its pixels was kept"
    waits = "nobody has approved it yet" if added.drawing.review is Review.UNREVIEWED else ""
    return dotted(f"picture {added.drawing.index} of #{added.drawing.job}", waits)


def reference_removed(character: Character, label: str) -> Look:
    return Look(text=f"**{label}** is no reference of **{_name(character)}** any more.", colour=palette.IDLE)


def reference_list(character: Character, board: Board) -> Look:
    """Show the contact sheet, and where each of its pictures came from."""
    rows = [_row(label, one, board.drawings.get(one.id)) for label, one in board.references]
    sheet = board.sheet
    return Look(
        title=f"References of {_name(character)}",
        text="\n".join([*rows, *_missing(sheet.missing)]),
        colour=palette.WAITING,
        image=Attached(
            name=f"{character.slug}-references.{sheet.media_type.removeprefix('image/')}",
            content=sheet.content,
            alt=cut(f"The reference pictures of {character.name}, each with its name", 1000),
        ),
    )


def _row(label: str, reference: CharacterReference, drawing: Artifact | None) -> str:
    source = f"picture {drawing.index} of #{drawing.job}" if drawing else ""
    brought = f"by <@{reference.added_by}> {relative(reference.added)}"
    return dotted(f"**{label}**", str(reference.size), source, brought)


def _missing(labels: Sequence[str]) -> Iterable[str]:
    if labels:
        yield small(f"cannot be shown, their files cannot be read: {', '.join(labels)}")


# ── travel


def character_exported(character: Character, packed: Packed) -> Look:
    told = (
        f"**{_name(character)}** in one file of {len(packed.content) / MIB:.1f} MiB, with "
        f"{counted(packed.references, 'reference')}. `/character import` takes it in, in any project."
    )
    lines = [
        told,
        small("the pictures are smaller copies, so that the file fits; the originals are in the library")
        if packed.smaller
        else "",
        *_left_out(packed.missing),
    ]
    return Look(
        text="\n".join(line for line in lines if line),
        colour=palette.DONE,
        files=(Attached(name=f"{character.slug}.zip", content=packed.content),),
    )


def _left_out(labels: Sequence[str]) -> Iterable[str]:
    if labels:
        yield small(f"left out, as their files cannot be read: {', '.join(labels)}")


def character_imported(arrival: Arrival, project: Project) -> Look:
    """Tell what came with somebody, and what did not."""
    character = arrival.character
    came = dotted(
        counted(arrival.variations, "variation"),
        counted(arrival.references, "reference"),
    )
    told = (
        f"**{_name(character)}** is a character of **{fitted(project.name, 100)}** now, with {came}. "
        f"{code(handle_of(character.name))} in a prompt brings them in."
    )
    lines = [
        told,
        f"{prose(arrival.without_lora)} They came without it." if arrival.without_lora else "",
        small(f"{counted(arrival.repeated, 'picture')} came twice and is kept once")
        if arrival.repeated
        else "",
        small(f"{counted(arrival.lessons, 'learned negative')} stayed behind: they belong to decisions there")
        if arrival.lessons
        else "",
    ]
    return Look(text="\n".join(line for line in lines if line), colour=palette.DONE)


def _name(character: Character) -> str:
    return fitted(character.name, 100)
