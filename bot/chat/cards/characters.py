"""Characters: who they are, what was changed, and what is known of drawing them."""

from collections.abc import Iterable, Sequence
from itertools import groupby
from typing import Final

import discord

from bot.chat.cards import palette
from bot.chat.cards.measures import counted, dotted, model_name, plain_number, relative, small
from bot.chat.look import Attached, Button, Field, Form, Look
from bot.chat.markdown import code, cut, fitted
from bot.core.casting import MOST_TRAIT, handle_of, numbered
from bot.core.characters import Character, Lesson, Variation, VariationKind
from bot.core.describing import marks_of
from bot.core.generation import Lora
from bot.core.library import Project
from bot.core.turnaround import USUAL
from bot.studio.characters import MOST_COUNTED, Described, Profile

CHARACTER: Final = "character"
"""The kind of our buttons and forms; it stands on old messages."""
APPEARANCE: Final = "looks"
REFERENCES: Final = "references"
USUAL_ONES: Final = "usual"

MOST_SHOWN: Final = 25
MOST_LESSONS: Final = 5

NOT_FOR_ALL: Final = "the pictures are for adults, and this channel is for everyone"
_UNREADABLE: Final = "the picture cannot be shown: its file cannot be read"

TRAITS: Final = {
    "hair": "Hair",
    "eyes": "Eyes",
    "clothing": "Clothing",
    "key_colours": "Key colours",
    "common_errors": "Common errors",
}
_HINTS: Final = {
    "hair": "silver hair, long, braided",
    "eyes": "green eyes",
    "clothing": "white kimono, red obi",
    "key_colours": "silver, white, red",
    "common_errors": "short hair, hat: what the model gets wrong; it is kept out of every drawing",
}
_KINDS: Final = {
    VariationKind.OUTFIT: "Outfits",
    VariationKind.EXPRESSION: "Expressions",
    VariationKind.POSE: "Poses",
}


# ── the form


def appearance_form(character: Character) -> Form:
    """Return the form for what stays the same in every drawing, with what is known of it."""
    return Form(
        kind=CHARACTER,
        rest=f"{character.id}:{marks_of(character.appearance)}",
        title=cut(f"What {character.name} looks like", 45),
        fields=[
            Field(
                name=name,
                label=label,
                value=getattr(character.appearance, name),
                hint=cut(_HINTS[name], 100),
                long=name in ("clothing", "common_errors"),
                most=MOST_TRAIT,
            )
            for name, label in TRAITS.items()
        ],
    )


def described_at_once(described: Described) -> Look:
    """Say what was kept as somebody else wrote it meanwhile, and give people their own words back."""
    character = described.character
    told = [
        f"**{TRAITS[clash.trait]}** {code(clash.kept, 150)}\n> you wrote {code(clash.written, 450)}"
        for clash in described.clashes
    ]
    return Look(
        text=f"Somebody described **{_name(character)}** while your form was open. What both of you changed "
        "stayed as they wrote it; all else that you wrote is kept.\n\n" + "\n".join(told),
        colour=palette.FAILED,
        buttons=(appearance_button(character),),
    )


def appearance_button(character: Character) -> Button:
    return Button(kind=CHARACTER, rest=f"{character.id}:{APPEARANCE}", label="Appearance", emoji="✏️")


def references_button(character: Character) -> Button:
    return Button(kind=CHARACTER, rest=f"{character.id}:{REFERENCES}", label="References")


# ── one character


def character_created(character: Character, project: Project) -> Look:
    return Look(
        text=f"**{_name(character)}** is a character of **{fitted(project.name, 100)}** now. "
        f"{_handle(character)} in a prompt brings them in.",
        colour=palette.DONE,
        buttons=(appearance_button(character),),
    )


def character_card(profile: Profile, portrait: bytes | None = None, *, barred: str = "") -> Look:
    """Show all that is known of a character; `portrait` is a small WebP, `barred` why it is not shown."""
    character = profile.character
    blocks = [
        _archived(character),
        _design(character),
        "\n".join(_appearance(character)),
        _lora(character),
        "\n".join(_variations(profile)),
        _references(profile, "" if portrait is not None else barred or _UNREADABLE),
        "\n".join(_negatives(profile)),
        f"**Pictures** {_up_to(profile.drawn)} · {_up_to(profile.approved)} approved",
        small(
            f"{_handle(character)} in a prompt of {fitted(profile.project.name, 100)}",
            f"made by <@{character.created_by}> {relative(character.created)}",
        ),
    ]
    return Look(
        title=fitted(character.name, 200),
        text="\n\n".join(block for block in blocks if block),
        colour=palette.WAITING if character.archived is None else palette.IDLE,
        image=_portrait(character, portrait),
        buttons=_controls(profile),
    )


def _controls(profile: Profile) -> Sequence[Button]:
    if profile.character.archived is not None:
        return ()
    looks = appearance_button(profile.character)
    return (looks, references_button(profile.character)) if profile.references else (looks,)


def _portrait(character: Character, content: bytes | None) -> Attached | None:
    if content is None:
        return None
    return Attached(
        name=f"{character.slug}.webp", content=content, alt=cut(f"{character.name}, a reference", 1000)
    )


def _archived(character: Character) -> str:
    if character.archived is None:
        return ""
    return f"Archived {relative(character.archived)}: offered nowhere. `/character restore` brings them back."


def _design(character: Character) -> str:
    if not character.design_prompt:
        return "**Design** nothing said yet; `/character edit` takes a `design_prompt`."
    return f"**Design** {fitted(character.design_prompt, 700)}"


def _appearance(character: Character) -> Iterable[str]:
    for name in ("hair", "eyes", "clothing", "key_colours"):
        value = getattr(character.appearance, name)
        if value:
            yield f"**{TRAITS[name]}** {fitted(value, 150)}"


def _lora(character: Character) -> str:
    trigger = f"trigger {code(character.trigger)}" if character.trigger else ""
    if character.lora is None:
        return f"**Trigger** {code(character.trigger)}, without a LoRA" if trigger else ""
    return f"**LoRA** {dotted(_lora_words(character.lora), trigger or 'no trigger')}"


def _lora_words(lora: Lora) -> str:
    return f"{code(model_name(lora.name), 60)} at {plain_number(lora.strength)}"


def _variations(profile: Profile) -> Iterable[str]:
    for kind, title in _KINDS.items():
        names = [one.name for one in profile.variations if one.kind is kind]
        if names:
            yield f"**{title}** {fitted(', '.join(names), 200)}"


def _references(profile: Profile, lost: str) -> str:
    if not profile.references:
        return "**References** none yet; `/character reference add` takes a picture in."
    poses = [one.pose for _, one in numbered(profile.references)]
    shown = dotted(*(f"{pose} {len(list(these))}" for pose, these in groupby(poses)))
    return f"**References** {shown}\n{small(lost)}" if lost else f"**References** {shown}"


def _negatives(profile: Profile) -> Iterable[str]:
    errors, lessons = profile.character.appearance.common_errors, profile.lessons
    if not (errors or lessons):
        return
    yield "**Kept out of every drawing**"
    if errors:
        yield f"{fitted(errors, 300)} · common errors"
    for lesson in lessons[-MOST_LESSONS:]:
        yield _lesson(lesson)
    if len(lessons) > MOST_LESSONS:
        yield f"-# and {len(lessons) - MOST_LESSONS} learned earlier; `/review lessons` lists them all"


def _lesson(lesson: Lesson) -> str:
    learned = f"learned with {lesson.family} from a rejection by <@{lesson.by}> {relative(lesson.at)}"
    return dotted(fitted(lesson.term, 60), learned)


def _up_to(number: int) -> str:
    return f"{MOST_COUNTED:,} or more" if number >= MOST_COUNTED else str(number)


# ── what was done


def character_changed(before: Character, after: Character) -> Look:
    """Tell what became of each thing that was changed."""
    lines = [f"**{label}** {old} → {new}" for label, old, new in _changes(before, after)]
    told = "\n".join(lines) or "Nothing is different: it was so already."
    return Look(
        text=f"**{_name(after)}**\n{told}",
        colour=palette.DONE if lines else palette.IDLE,
        buttons=(appearance_button(after),),
    )


def _changes(before: Character, after: Character) -> Iterable[tuple[str, str, str]]:
    texts = {"name": "Name", "design_prompt": "Design", "trigger": "Trigger"}
    for name, label in texts.items():
        old, new = getattr(before, name), getattr(after, name)
        if old != new:
            yield label, _quoted(old), _quoted(new)
    if before.lora != after.lora:
        yield "LoRA", _lora_or_none(before.lora), _lora_or_none(after.lora)


def _lora_or_none(lora: Lora | None) -> str:
    return "none" if lora is None else _lora_words(lora)


def _quoted(text: str) -> str:
    return fitted(text, 500) if text else "nothing"


def character_archived(character: Character) -> Look:
    return Look(
        text=f"**{_name(character)}** is archived: offered nowhere, and everything of theirs is kept. "
        "`/character restore` brings them back.",
        colour=palette.IDLE,
    )


def character_restored(character: Character) -> Look:
    return Look(
        text=f"**{_name(character)}** is back; {_handle(character)} in a prompt brings them in.",
        colour=palette.DONE,
    )


# ── variations


def variation_added(character: Character, variation: Variation) -> Look:
    usual = " in place of the usual clothing" if variation.kind is VariationKind.OUTFIT else ""
    return Look(
        text=f"**{_name(character)}** has the {variation.kind} **{fitted(variation.name, 100)}** now{usual}: "
        f"{fitted(variation.prompt, 600)}",
        colour=palette.DONE,
    )


def variation_removed(character: Character, variation: Variation) -> Look:
    return Look(
        text=f"**{_name(character)}** has no {variation.kind} **{fitted(variation.name, 100)}** any more. "
        f"It said: {fitted(variation.prompt, 600)}",
        colour=palette.IDLE,
    )


def variation_list(character: Character, variations: Sequence[Variation]) -> Look:
    title = f"Variations of {_name(character)}"
    if not variations:
        text = "None yet. `/character variation add` makes an outfit, an expression or a pose."
        return Look(title=title, text=text, colour=palette.IDLE)
    room = min(3600 // len(variations), 400)
    blocks = [
        "\n".join([f"**{title}**", *(_variation_row(one, room) for one in variations if one.kind is kind)])
        for kind, title in _KINDS.items()
        if any(one.kind is kind for one in variations)
    ]
    return Look(title=title, text="\n\n".join(blocks), colour=palette.WAITING)


def _variation_row(variation: Variation, room: int) -> str:
    name = fitted(variation.name, min(room // 2, 60))
    return f"{name} · {fitted(variation.prompt, room - len(name) - 3)}"


# ── turnaround


def turnaround_lacks(character: Character, kinds: Sequence[VariationKind]) -> Look:
    """Say what a turnaround needs, with a button that adds the usual."""
    lines = [f"**{_KINDS[kind]}** {', '.join(USUAL[kind])}" for kind in kinds]
    nouns = " and ".join(f"{kind}s" for kind in kinds)
    return Look(
        text="\n".join(
            [
                f"**{_name(character)}** has too few {nouns} for a turnaround. The usual ones would be:",
                *lines,
                small("each can be removed again", "`/character variation add` makes your own"),
            ]
        ),
        colour=palette.WAITING,
        buttons=(
            Button(
                kind=CHARACTER,
                rest=f"{character.id}:{USUAL_ONES}",
                label="Add them and plan the sheet",
                style=discord.ButtonStyle.success,
            ),
        ),
    )


# ── many


def character_list(project: Project, characters: Sequence[Character], *, archived: bool = False) -> Look:
    title = f"{'Archived characters' if archived else 'Characters'} of {fitted(project.name, 100)}"
    if not characters:
        text = "Nobody is archived." if archived else "Nobody yet. `/character create` makes somebody."
        return Look(title=title, text=text, colour=palette.IDLE)
    rows = [_row(character) for character in characters[:MOST_SHOWN]]
    hidden = len(characters) - len(rows)
    more = f"and {counted(hidden, 'more character')}; `/character show` finds each by name" if hidden else ""
    how = "" if archived else "an `@` and the name brings somebody into a prompt"
    return Look(title=title, text="\n".join([*rows, *_smallprint(more, how)]), colour=palette.WAITING)


def _smallprint(*parts: str) -> Iterable[str]:
    if any(parts):
        yield small(*parts)


def _row(character: Character) -> str:
    lora = f"LoRA {code(model_name(character.lora.name), 40)}" if character.lora else ""
    return dotted(f"**{fitted(character.name, 80)}**", lora)


def _name(character: Character) -> str:
    return fitted(character.name, 100)


def _handle(character: Character) -> str:
    return code(handle_of(character.name))
