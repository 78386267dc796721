"""What would be drawn, word by word: where each came from, what is left out, and with what it is made."""

from collections.abc import Iterable, Iterator, Sequence
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

MOST_SHOWN: Final = 800
"""A prompt of more characters comes as a file, so that all of it can be read."""
MOST_ORIGIN: Final = 220
MOST_ORIGINS: Final = 9
_FENCE: Final = "```"
_SDXL: Final = ModelFamily.SDXL


def preview_card(prepared: Prepared) -> Look:
    """Show exactly what ComfyUI would receive, and how that came about."""
    composed, family = prepared.composed, prepared.new.recipe.family
    blocks = [
        (
            _prompt("Prompt", composed.positive, composed.positive_tokens),
            _origins(composed.positive_terms),
            _late(composed, family),
        ),
        (
            _prompt("Negative", composed.negative, composed.negative_tokens),
            _origins(composed.negative_terms),
            _dropped(composed.dropped),
            _lessons(composed),
        ),
        tuple(_made_with(prepared)),
        (small("Nothing was drawn. Tokens are an estimate: only the model's own tokenizer knows."),),
    ]
    return Look(
        title="What would be drawn",
        text="\n\n".join("\n".join(line for line in block if line) for block in blocks),
        colour=palette.IDLE,
        files=tuple(_files(composed)),
    )


def _prompt(name: str, text: str, tokens: int) -> str:
    if not text:
        return f"**{name}** none"
    head = f"**{name}** · about {counted(tokens, 'token')}"
    if _is_shown(text):
        return f"{head}\n{_FENCE}\n{text}\n{_FENCE}"
    return f"{head}, {len(text):,} characters: in the file `{_file_name(name)}`"


def _is_shown(text: str) -> bool:
    return len(text) <= MOST_SHOWN and _FENCE not in text


def _file_name(name: str) -> str:
    return f"{name.casefold()}.txt"


def _files(composed: Composed) -> Iterator[Attached]:
    for name, text in (("Prompt", composed.positive), ("Negative", composed.negative)):
        if text and not _is_shown(text):
            yield Attached(name=_file_name(name), content=text.encode())


def _origins(terms: Sequence[Term]) -> str:
    """Say who brought which words, in the order in which they first speak."""
    brought: dict[tuple[Source, str], list[str]] = {}
    for term in terms:
        brought.setdefault((term.source, term.whose), []).append(term.text)
    if len(brought) == 1:
        return f"-# All of it: {_origin(*next(iter(brought)))}"
    lines = [f"-# {_origin(*who)}: {_listed(words, MOST_ORIGIN)}" for who, words in brought.items()]
    rest = len(lines) - MOST_ORIGINS
    return "\n".join([*lines[:MOST_ORIGINS], *([f"-# … and {rest} more"] if rest > 0 else [])])


def _listed(words: Iterable[str], limit: int) -> str:
    return fitted(", ".join(words), limit)


def _origin(source: Source, whose: str) -> str:
    name = fitted(whose, 80)
    match source:
        case Source.TYPED:
            return "typed"
        case Source.PROFILE:
            return f"profile {name}"
        case Source.STYLE:
            return f"style {name}"
        case Source.LESSON:
            return f"learned for {name}"
        case Source.WORKFLOW:
            return "workflow"
        case Source.CHARACTER | Source.VARIATION:
            return name or "characters together"


def _late(composed: Composed, family: ModelFamily | None) -> str:
    if not composed.late:
        return ""
    words = _listed((term.text for term in composed.late), 300)
    summary = " What SDXL takes in of the prompt as a whole comes from the first." if family is _SDXL else ""
    return (
        f"**Beyond the first {WINDOW} tokens:** {words}\n"
        f"-# ComfyUI gives them to the model in further chunks: nothing is cut off.{summary}"
    )


def _dropped(dropped: Sequence[Dropped]) -> str:
    lines = [
        f"**Left out of the negative**, {_WHY[why]}: {_listed(found, 300)}"
        for why in Why
        if (found := [one.term.text for one in dropped if one.why is why])
    ]
    return "\n".join(lines)


_WHY: Final = {
    Why.NO_ROOM: f"for want of room in {WINDOW} tokens",
    Why.ASKED_FOR: "since it was asked for",
}


def _lessons(composed: Composed) -> str:
    learned = [term.text for term in composed.negative_terms if term.source is Source.LESSON]
    return f"**Lessons in force** {_listed(learned, 300)}" if learned else ""


# ── what it is made with


def _made_with(prepared: Prepared) -> Iterator[str]:
    plan, recipe = prepared.plan, prepared.new.recipe
    yield f"**Checkpoint** {_checkpoint(plan.checkpoint)} · profile {plan.profile.name}"
    yield from (f"**LoRA** {_lora(one)}" for one in plan.loras)
    if recipe.cast:
        yield f"**Cast** {cast_words(recipe, 300)}"
    yield dotted(
        str(recipe.size),
        counted(recipe.count, "picture"),
        f"{recipe.steps} steps",
        f"cfg {plain_number(recipe.cfg)}",
        f"{code(recipe.sampler, 50)} {code(recipe.scheduler, 50)}",
        "a seed is rolled when it is drawn" if prepared.new.request.seed is None else f"seed `{recipe.seed}`",
    )
    yield dotted(
        f"workflow {code(recipe.workflow, 50)}",
        f"project {fitted(prepared.project.name, 100)}" if prepared.project else "no project",
        style_words(recipe) or "no style",
    )


def _checkpoint(checkpoint: Checkpoint | None) -> str:
    if checkpoint is None:
        return "the workflow's own, or not decided before ComfyUI is there"
    return dotted(code(checkpoint.name, 100), str(checkpoint.belonging))


def _lora(one: AppliedLora) -> str:
    brought = {Source.TYPED: "asked for", Source.STYLE: f"of the style {fitted(one.whose, 80)}"}
    return dotted(
        f"{code(one.lora.name, 80)} at {plain_number(one.lora.strength)}",
        brought.get(one.source, f"of {fitted(one.whose, 80)}"),
        str(one.belonging) if one.belonging else "family not known",
    )
