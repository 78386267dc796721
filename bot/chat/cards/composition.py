"""What would be drawn, word by word: where each came from, what is left out, and with what it is made."""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from bot.chat.cards import palette
from bot.chat.cards.measures import counted, dotted, plain_number, small
from bot.chat.cards.recipes import cast_words, style_words
from bot.chat.look import Attached, Look
from bot.chat.markdown import code, fitted
from bot.core.composing import Composed, Dropped, Source, Term, Why
from bot.core.families import ModelFamily
from bot.core.fitting import AppliedLora, Checkpoint
from bot.core.profiles import WINDOW
from bot.studio.submit import Prepared


@dataclass(frozen=True, slots=True, kw_only=True)
class _Room:
    """How much of each is written on the card; what is longer stands in its file."""

    prompt: int
    origins: int
    origin: int
    words: int
    loras: int


_ROOMY: Final = _Room(prompt=800, origins=9, origin=220, words=300, loras=6)
_TIGHT: Final = _Room(prompt=240, origins=5, origin=90, words=100, loras=3)
MOST_TEXT: Final = 4096
_FENCE: Final = "```"
_LOUD: Final = re.compile(r"```|@everyone|@here|<[@#]", re.IGNORECASE)
"""What would end a block of code, or look like a call: only a file can show it as it is."""


def preview_card(prepared: Prepared) -> Look:
    """Show exactly what ComfyUI would receive, and how that came about."""
    text = _text(prepared, _ROOMY)
    room = _ROOMY if len(text) <= MOST_TEXT else _TIGHT
    return Look(
        title="What would be drawn",
        text=text if room is _ROOMY else _text(prepared, room),
        colour=palette.IDLE,
        files=tuple(_files(prepared.composed, room)),
    )


def _text(prepared: Prepared, room: _Room) -> str:
    composed, family = prepared.composed, prepared.new.recipe.family
    positive = (
        _prompt("Prompt", composed.positive, composed.positive_tokens, room),
        _origins(composed.positive_terms, room),
        _late(composed, family, room),
    )
    negative = (
        _prompt("Negative", composed.negative, composed.negative_tokens, room),
        _origins(composed.negative_terms, room),
        _dropped(composed.dropped, room),
        _lessons(composed, room),
    )
    last = small("Nothing was drawn. Tokens are an estimate: only the model's own tokenizer knows.")
    blocks = (positive, negative, tuple(_made_with(prepared, room)), (last,))
    return "\n\n".join("\n".join(line for line in block if line) for block in blocks)


def _prompt(name: str, text: str, tokens: int, room: _Room) -> str:
    if not text:
        return f"**{name}** none"
    head = f"**{name}** · about {counted(tokens, 'token')}"
    if _is_shown(text, room):
        return f"{head}\n{_FENCE}\n{text}\n{_FENCE}"
    return f"{head}, {len(text):,} characters: in the file `{_file_name(name)}`"


def _is_shown(text: str, room: _Room) -> bool:
    return len(text) <= room.prompt and not _LOUD.search(text)


def _file_name(name: str) -> str:
    return f"{name.casefold()}.txt"


def _files(composed: Composed, room: _Room) -> Iterator[Attached]:
    """Yield what is not shown whole, and then also who brought each word."""
    prompts = (("Prompt", composed.positive), ("Negative", composed.negative))
    hidden = [(name, text) for name, text in prompts if text and not _is_shown(text, room)]
    for name, text in hidden:
        yield Attached(name=_file_name(name), content=text.encode())
    if hidden or room is _TIGHT:
        yield Attached(name="origins.txt", content="\n".join(_every_origin(composed)).encode())


def _every_origin(composed: Composed) -> Iterator[str]:
    yield "Prompt"
    yield from (f"  {_origin(term.source, term.whose)}: {term.text}" for term in composed.positive_terms)
    yield "Negative"
    yield from (f"  {_origin(term.source, term.whose)}: {term.text}" for term in composed.negative_terms)
    yield "Left out of the negative"
    yield from (f"  {_WHY[one.why]}: {one.term.text}" for one in composed.dropped)


def _origins(terms: Sequence[Term], room: _Room) -> str:
    """Say who brought which words, in the order in which they first speak."""
    brought: dict[tuple[Source, str], list[str]] = {}
    for term in terms:
        brought.setdefault((term.source, term.whose), []).append(term.text)
    if len(brought) == 1:
        return f"-# All of it: {fitted(_origin(*next(iter(brought))), 60)}"
    lines = [
        f"-# {fitted(_origin(*who), 60)}: {_listed(words, room.origin)}" for who, words in brought.items()
    ]
    rest = len(lines) - room.origins
    return "\n".join([*lines[: room.origins], *([f"-# … and {rest} more"] if rest > 0 else [])])


def _listed(words: Iterable[str], limit: int) -> str:
    return fitted(", ".join(words), limit)


def _origin(source: Source, whose: str) -> str:
    match source:
        case Source.PROFILE | Source.STYLE:
            return f"{source} {whose}"
        case Source.LESSON:
            return f"learned for {whose}"
        case Source.CHARACTER | Source.VARIATION:
            return whose or "characters together"
        case Source.TYPED | Source.WORKFLOW:
            return source


def _late(composed: Composed, family: ModelFamily | None, room: _Room) -> str:
    if not composed.late:
        return ""
    words = _listed((term.text for term in composed.late), room.words)
    whole = " What SDXL takes in of the prompt as a whole comes from the first."
    return (
        f"**Beyond the first {WINDOW} tokens:** {words}\n"
        "-# ComfyUI gives them to the model in further chunks: nothing is cut off."
        f"{whole if family is ModelFamily.SDXL else ''}"
    )


def _dropped(dropped: Sequence[Dropped], room: _Room) -> str:
    lines = [
        f"**Left out of the negative**, {_WHY[why]}: {_listed(found, room.words)}"
        for why in Why
        if (found := [one.term.text for one in dropped if one.why is why])
    ]
    return "\n".join(lines)


_WHY: Final = {
    Why.NO_ROOM: f"for want of room in {WINDOW} tokens",
    Why.ASKED_FOR: "since it was asked for",
}


def _lessons(composed: Composed, room: _Room) -> str:
    learned = [term.text for term in composed.negative_terms if term.source is Source.LESSON]
    return f"**Lessons in force** {_listed(learned, room.words)}" if learned else ""


# ── what it is made with


def _made_with(prepared: Prepared, room: _Room) -> Iterator[str]:
    plan, recipe = prepared.plan, prepared.new.recipe
    yield f"**Checkpoint** {_checkpoint(plan.checkpoint)} · profile {plan.profile.name}"
    yield from (f"**LoRA** {_lora(one)}" for one in plan.loras[: room.loras])
    if len(plan.loras) > room.loras:
        yield f"-# … and {counted(len(plan.loras) - room.loras, 'LoRA')} more"
    if recipe.cast:
        yield f"**Cast** {cast_words(recipe, room.words)}"
    rolled = prepared.new.request.seed is None
    yield dotted(
        str(recipe.size),
        counted(recipe.count, "picture"),
        f"{recipe.steps} steps",
        f"cfg {plain_number(recipe.cfg)}",
        f"{code(recipe.sampler, 50)} {code(recipe.scheduler, 50)}",
        "a seed is rolled when it is drawn" if rolled else f"seed `{recipe.seed}`",
    )
    yield dotted(
        f"workflow {code(recipe.workflow, 50)}",
        f"project {fitted(prepared.project.name, 100)}" if prepared.project else "no project",
        style_words(recipe) or "no style",
    )


def _checkpoint(checkpoint: Checkpoint | None) -> str:
    if checkpoint is None:
        return "the workflow's own, or decided once ComfyUI is there"
    return dotted(code(checkpoint.name, 100), str(checkpoint.belonging))


def _lora(one: AppliedLora) -> str:
    brought = {Source.TYPED: "asked for", Source.STYLE: f"of the style {fitted(one.whose, 80)}"}
    return dotted(
        f"{code(one.lora.name, 80)} at {plain_number(one.lora.strength)}",
        brought.get(one.source, f"of {fitted(one.whose, 80)}"),
        str(one.belonging) if one.belonging else "family not known",
    )
