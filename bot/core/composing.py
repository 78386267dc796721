"""The words that go to the model, put together from everybody who has a say, each with where it came from."""

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

from bot.core.characters import Character, Part, Variation, VariationKind
from bot.core.families import ModelFamily
from bot.core.mentions import spoken
from bot.core.profiles import WINDOW, Profile, PromptFormat
from bot.core.prompting import clean_negative, clean_prompt, clean_words
from bot.core.styles import Style
from bot.core.terms import estimated_tokens, is_weighted, key_of, led_terms, split_terms

PLACE_OF_PROMPT = "{prompt}"
_HEADS = re.compile(r"(\d{1,3})(girl|boy|other)s?")


class Source(StrEnum):
    """Who brought a term."""

    TYPED = "typed"
    CHARACTER = "character"
    VARIATION = "variation"
    STYLE = "style"
    PROFILE = "profile"
    WORKFLOW = "workflow"
    LESSON = "lesson"


@dataclass(frozen=True, slots=True, kw_only=True)
class Term:
    """A piece of a prompt: `whose` names the character, style or profile, `lead` stands before its text."""

    text: str
    source: Source
    whose: str = ""
    lead: str = ""


class Why(StrEnum):
    """Why a negative is left out."""

    NO_ROOM = "no room"
    ASKED_FOR = "asked for"


@dataclass(frozen=True, slots=True, kw_only=True)
class Dropped:
    term: Term
    why: Why


@dataclass(frozen=True, slots=True, kw_only=True)
class Composed:
    """What is sent, and how it came about: the texts of `positive_terms` with their leads are `positive`.

    `dropped` are negatives that are left out. `late` is what of the positive lies beyond the text encoder's
    first window: ComfyUI gives it to the model in a further chunk. Token counts are estimates: only the
    model's own tokenizer knows.
    """

    positive: str
    negative: str
    positive_terms: tuple[Term, ...] = ()
    negative_terms: tuple[Term, ...] = ()
    dropped: tuple[Dropped, ...] = ()
    late: tuple[Term, ...] = ()
    positive_tokens: int = 0
    negative_tokens: int = 0


def compose(
    prompt: str,
    negative: str | None,
    *,
    parts: Sequence[Part] = (),
    style: Style | None = None,
    profile: Profile,
    family: ModelFamily | None,
    default_negative: str = "",
) -> Composed:
    """Put the words together; what was typed is never left out. Raises BadRequest if the prompt is empty."""
    positive = _positive(clean_prompt(prompt), parts, style, profile)
    asked_for = {key_of(term.text) for term in positive if term.source in (Source.TYPED, Source.VARIATION)}
    wanted = _negatives(negative, parts, style, profile, family, default_negative)
    kept, dropped = _within_window(wanted, asked_for, profile.window or WINDOW)
    text = "".join(term.lead + term.text for term in positive)
    against = ", ".join(term.text for term in kept)
    return Composed(
        positive=text,
        negative=against,
        positive_terms=tuple(positive),
        negative_terms=tuple(kept),
        dropped=tuple(dropped),
        late=tuple(_late(positive, profile.window)) if profile.window else (),
        positive_tokens=estimated_tokens(text),
        negative_tokens=estimated_tokens(against),
    )


# ── the positive


@dataclass(frozen=True, slots=True, kw_only=True)
class _Piece:
    """A term on its way: without a lead it gets the usual one; a firm one stays, whoever said it before."""

    text: str
    source: Source
    whose: str = ""
    lead: str | None = None
    firm: bool = False


def _positive(typed: str, parts: Sequence[Part], style: Style | None, profile: Profile) -> list[Term]:
    inner = [*_cast(parts, profile), *_typed(typed, parts, profile)]
    styled = _styled(inner, style) if style is not None else inner
    quality = _own(profile.quality, Source.PROFILE, profile.name, profile)
    return list(_led(_once([*quality, *styled]), profile.format))


def _cast(parts: Sequence[Part], profile: Profile) -> list[_Piece]:
    pieces: list[_Piece] = []
    for part in parts:
        for variation, words in _words_of(part):
            source = Source.CHARACTER if variation is None else Source.VARIATION
            whose = part.character.name if variation is None else f"{part.character.name}: {variation.name}"
            pieces += _own(words, source, whose, profile)
    return list(_counted(pieces)) if len(parts) > 1 else pieces


def _counted(pieces: Sequence[_Piece]) -> Iterator[_Piece]:
    """Say how many are in the picture together: `1girl` of one and `1girl` of another are `2girls`."""
    heads = [(match, piece) for piece in pieces if (match := _HEADS.fullmatch(key_of(piece.text)))]
    counts = Counter[str]()
    for match, _ in heads:
        counts[match[2]] += int(match[1])
    for piece in pieces:
        match = _HEADS.fullmatch(key_of(piece.text))
        if match is None or (count := counts.pop(match[2], 0)) == int(match[1]):
            yield piece
        elif count:
            yield replace(piece, text=f"{count}{match[2]}s", whose="")


def _words_of(part: Part) -> Iterator[tuple[Variation | None, str]]:
    """Yield what a character looks like; an outfit takes the place of the usual clothing."""
    who, looks = part.character, part.character.appearance
    outfits = [one for one in part.variations if one.kind is VariationKind.OUTFIT]
    yield from ((None, words) for words in (who.trigger, who.design_prompt, looks.hair, looks.eyes))
    yield from ((one, one.prompt) for one in outfits)
    if not outfits:
        yield None, looks.clothing
    yield None, looks.key_colours
    yield from ((one, one.prompt) for one in part.variations if one.kind is not VariationKind.OUTFIT)


def _own(text: str, source: Source, whose: str, profile: Profile) -> Iterator[_Piece]:
    """Yield the words of ours as tags, or whole where the model reads sentences."""
    words = clean_words(text)
    terms = split_terms(words) if profile.format is PromptFormat.TAGS else [words.rstrip(" ,")]
    return (_Piece(text=term, source=source, whose=whose) for term in terms if term)


def _typed(typed: str, parts: Sequence[Part], profile: Profile) -> list[_Piece]:
    """Keep what was typed as it was typed, but for the mentions: among tags the description says enough."""
    names = {
        handle: part.character.trigger or part.character.name
        for part in parts
        for handle in handles(part.character)
    }
    described = _described(parts) if profile.format is PromptFormat.TAGS else frozenset[str]()
    pieces: list[_Piece] = []
    for lead, term in led_terms(typed) or [("", typed)]:
        if term.casefold() not in described:
            text = spoken(term, names)
            pieces.append(_Piece(text=text, source=Source.TYPED, lead=lead if pieces else None, firm=True))
    return pieces


def handles(who: Character) -> tuple[str, ...]:
    """Return what a character may be called after an `@`."""
    return (who.name, who.slug) if who.slug else (who.name,)


def _described(parts: Sequence[Part]) -> frozenset[str]:
    """Return the mentions of those who have words of their own."""
    names = [
        handle.casefold()
        for part in parts
        if any(words.strip() for _, words in _words_of(part))
        for handle in handles(part.character)
    ]
    return frozenset([*(f"@{name}" for name in names), *(f"@[{name}]" for name in names)])


def _styled(inner: list[_Piece], style: Style) -> list[_Piece]:
    """Put the prompt into the style's template; without a place for it the template follows."""
    template = clean_words(style.sheet.positive)
    before, place, after = template.partition(PLACE_OF_PROMPT)
    if not place:
        before, after = "", f", {before}" if before else ""
    head, tail = _template(before, style), _template(after, style)
    if head and not before.rstrip().endswith(","):
        head[-1] = replace(head[-1], firm=True)
        inner = [replace(inner[0], lead=before[len(before.rstrip()) :], firm=True), *inner[1:]]
    if tail and not after.lstrip().startswith(","):
        tail[0] = replace(tail[0], lead=after[: len(after) - len(after.lstrip())], firm=True)
    return [*head, *inner, *tail]


def _template(text: str, style: Style) -> list[_Piece]:
    words = text.replace(PLACE_OF_PROMPT, "")
    return [_Piece(text=term, source=Source.STYLE, whose=style.name) for term in split_terms(words)]


def _once(pieces: Iterable[_Piece]) -> list[_Piece]:
    """Say each thing once, where it was typed, else where it comes first; a weight it has anywhere stays."""
    pieces = list(pieces)
    firm = {key_of(piece.text) for piece in pieces if piece.firm}
    kept: dict[str, _Piece] = {}
    for number, piece in enumerate(pieces):
        key = key_of(piece.text)
        if piece.firm:
            kept[f"{number} {key}"] = piece
        elif key not in firm:
            kept[key] = _weightier(kept[key], piece) if key in kept else piece
    return [_with_weight(piece, pieces) if piece.firm else piece for piece in kept.values()]


def _weightier(first: _Piece, other: _Piece) -> _Piece:
    return other if is_weighted(other.text) and not is_weighted(first.text) else first


def _with_weight(firm: _Piece, pieces: list[_Piece]) -> _Piece:
    """Give what was typed without a weight the one that somebody else says the same with."""
    if is_weighted(firm.text):
        return firm
    same = (one for one in pieces if not one.firm and key_of(one.text) == key_of(firm.text))
    weighted = next((one for one in same if is_weighted(one.text)), None)
    return firm if weighted is None else replace(weighted, lead=firm.lead, firm=True)


def _led(pieces: Iterable[_Piece], form: PromptFormat) -> Iterator[Term]:
    before = ""
    for piece in pieces:
        lead = _usual_lead(before, form) if piece.lead is None else piece.lead
        text = piece.text
        yield Term(text=text, source=piece.source, whose=piece.whose, lead=lead if before else "")
        before = text


def _usual_lead(before: str, form: PromptFormat) -> str:
    if form is PromptFormat.TAGS:
        return ", "
    return " " if before.endswith((".", "!", "?", "…")) else ". "


def _late(terms: Iterable[Term], window: int) -> Iterator[Term]:
    """Yield what comes after so many tokens; of a term that begins before, its words from there on."""
    taken = 0
    for term in terms:
        taken += estimated_tokens(term.lead)
        words: list[str] = []
        for word in term.text.split():
            taken += estimated_tokens(word)
            if taken > window:
                words.append(word)
        if words:
            yield replace(term, text=" ".join(words))


# ── the negative


def _negatives(
    typed: str | None,
    parts: Sequence[Part],
    style: Style | None,
    profile: Profile,
    family: ModelFamily | None,
    default: str,
) -> list[Term]:
    """Return every negative once, those first that are kept longest when there is no room for all."""
    usual = (
        (profile.negative, Source.PROFILE, profile.name)
        if profile.negative
        else (default, Source.WORKFLOW, "")
    )
    says = [
        (clean_negative(typed or ""), Source.TYPED, ""),
        *([(style.sheet.negative, Source.STYLE, style.name)] if style else []),
        *((one.character.appearance.common_errors, Source.CHARACTER, one.character.name) for one in parts),
        usual,
        *_lessons(parts, family),
    ]
    first: dict[str, Term] = {}
    for text, source, whose in says:
        for word in split_terms(clean_words(text)):
            term = Term(text=word, source=source, whose=whose)
            known = first.setdefault(key_of(word), term)
            if is_weighted(word) and not is_weighted(known.text):
                first[key_of(word)] = replace(known, text=word)
    return list(first.values())


def _lessons(parts: Sequence[Part], family: ModelFamily | None) -> Iterator[tuple[str, Source, str]]:
    """Yield what was learned with this family, the newest first."""
    for part in parts:
        for lesson in sorted(part.lessons, key=lambda lesson: (-lesson.at, lesson.id)):
            if lesson.family is family:
                yield lesson.term, Source.LESSON, part.character.name


def _within_window(
    terms: Iterable[Term], asked_for: set[str], window: int
) -> tuple[list[Term], list[Dropped]]:
    """Keep what fits into one window; what was typed always stays."""
    kept: list[Term] = []
    dropped: list[Dropped] = []
    taken = 0
    for term in terms:
        cost = estimated_tokens(term.text) + (1 if kept else 0)
        if term.source is not Source.TYPED and key_of(term.text) in asked_for:
            dropped.append(Dropped(term=term, why=Why.ASKED_FOR))
        elif term.source is not Source.TYPED and taken + cost > window:
            dropped.append(Dropped(term=term, why=Why.NO_ROOM))
        else:
            kept.append(term)
            taken += cost
    return kept, dropped
