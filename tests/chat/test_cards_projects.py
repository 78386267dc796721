"""What people read of projects, styles and exports; whatever they typed, Discord's limits are kept."""

from dataclasses import replace

import pytest
from hypothesis import given as given_all
from hypothesis import settings
from hypothesis import strategies as st

from bot.chat import cards
from bot.chat.cards.measures import file_size
from bot.core.errors import AdultsOnly, TargetGone
from bot.core.generation import Lora
from bot.core.library import GalleryKind, Rating, Threads
from bot.core.styles import Revision, Style, StyleSheet
from bot.core.styling import EMPTY, changes
from bot.ports.archives import Packed
from bot.ports.stores import Holdings
from bot.studio.exporting import Exported, Packing
from bot.studio.styles import Told
from tests.builders import NOW, USER, a_gallery, a_project
from tests.chat.looks import check, long, names

HELD = Holdings(jobs=3, open_jobs=0, pictures=2, bytes=3 * 1024**2, characters=1, styles=0)
INK = StyleSheet(steps=28, positive="ink, {prompt}", loras=(Lora(name="ink_lines", strength=0.5),))


def given(*strategies):
    """Try fewer cases than usual: each is a whole card of long texts."""
    return lambda test: settings(max_examples=30)(given_all(*strategies)(test))


def a_revision(number=1, sheet=INK, why="the first look"):
    return Revision(number=number, sheet=sheet, by=USER, at=NOW, why=why)


def a_style(name="Ink", **revision):
    return Style(id=1, project=1, name=name, created=NOW, created_by=USER, revision=a_revision(**revision))


def told(*sheets, why="because"):
    """Return a history of these states, the first one the oldest."""
    pairs = zip([EMPTY, *sheets], sheets, strict=False)
    kept = [
        Told(revision=a_revision(number, after, why), changes=changes(before, after))
        for number, (before, after) in enumerate(pairs, 1)
    ]
    return kept[::-1]


# ── projects


@given(names, long, names)
def test_a_project_card_keeps_discords_limits_whatever_people_typed(name, words, style):
    project = a_project(
        name=name,
        description=words,
        threads=Threads.DAY,
        rating=Rating.ADULT,
        workflow=words[:60] or "x",
        archived=NOW,
    )
    drawn_in = a_style(style)
    trouble = TargetGone(words or "x")
    for look in (
        cards.project_card(project, in_use=True, style=drawn_in, trouble=trouble),
        cards.project_choices(project, style=drawn_in, trouble=trouble),
        cards.project_edited(project, a_project(name=name), styles=(drawn_in, None)),
        cards.project_deletion(project, HELD),
        cards.project_archived(project),
        cards.project_restored(project),
        cards.project_deleted(project, HELD),
        cards.project_kept(project),
    ):
        check(look)


@pytest.mark.parametrize(
    ("threads", "kind", "words"),
    [
        (Threads.PROJECT, GalleryKind.TEXT, "in <#731>."),
        (Threads.CHARACTER, GalleryKind.TEXT, "in a thread for each character."),
        (Threads.DAY, GalleryKind.FORUM, "in a post of that forum for each day."),
    ],
)
def test_a_card_tells_how_pictures_are_spread_over_threads(threads, kind, words):
    project = a_project(threads=threads, gallery=a_gallery(kind=kind, thread=731))
    assert words in cards.project_card(project).text


def test_a_gallery_that_takes_nothing_is_told_with_what_happens_instead():
    project = a_project(rating=Rating.ADULT)
    for look in (
        cards.project_card(project, trouble=AdultsOnly(730)),
        cards.project_choices(project, style=None, trouble=AdultsOnly(730)),
    ):
        assert "<#730> is not age-restricted" in look.text
        assert "/project edit" in look.text


def test_only_what_became_different_is_told():
    before = a_project()
    after = replace(before, rating=Rating.ADULT, gallery=None)
    look = cards.project_edited(before, after, styles=(None, None))
    assert look.text.split("\n") == [
        "**channel** <#730> → none of its own",
        "**rating** for everyone → for adults: age-restricted channels only",
        "-# What was posted before stays where it is.",
    ]


def test_deleting_offers_the_harmless_ways_first_and_says_what_goes():
    look = cards.project_deletion(a_project(), HELD)
    assert "2 pictures (3.0 MiB), 1 character, for good" in look.text
    assert [button.label for button in look.buttons] == ["Keep it", "Archive instead", "Delete 2 pictures"]
    bare = replace(HELD, pictures=0)
    shelved = cards.project_deletion(a_project(archived=NOW), bare)
    assert [button.label for button in shelved.buttons] == ["Keep it", "Delete it"]
    assert "export" not in shelved.text


def test_of_a_project_that_holds_nothing_no_noughts_are_counted():
    nothing = replace(HELD, jobs=0, pictures=0, bytes=0, characters=0)
    assert cards.project_deletion(a_project(), nothing).text == "Delete **Harbour**? It holds nothing."
    assert cards.project_deleted(a_project(), nothing).text == "**Harbour** is deleted."


def test_what_can_be_changed_of_a_style_begins_with_its_name():
    look = cards.style_choices(a_style())
    assert look.text.startswith("**name** Ink\n")
    assert "`remove_lora`" in look.text


def test_an_adult_project_is_marked_in_the_list():
    listed = cards.project_list([a_project(rating=Rating.ADULT)])
    assert listed.text == "**Harbour** · <#730> · adult"
    assert "Nothing is archived" in cards.project_list([], archived=True).text


# ── styles


def test_styles_with_long_names_are_listed_as_far_as_there_is_room():
    sheet = StyleSheet(model="@everyone" * 6)
    listed = cards.style_list(a_project(), [a_style("@everyone" * 8, sheet=sheet)] * 30)
    check(listed)
    shown = listed.text.count("revision")
    assert f"-# and {30 - shown} more styles" in listed.text


@given(names, long, names)
def test_a_style_card_keeps_discords_limits_whatever_people_typed(name, words, other):
    sheet = StyleSheet(
        model=other,
        positive=words,
        negative=words,
        loras=tuple(Lora(name=f"{other}{number}") for number in range(8)),
    )
    style, project = a_style(name, sheet=sheet, why=words), a_project(name=other)
    history = told(sheet, EMPTY, sheet, INK, *[sheet, INK] * 12, why=words)
    for look in (
        cards.style_card(style, project),
        cards.style_created(style, project),
        cards.style_choices(style),
        cards.style_list(project, [style] * 30),
        cards.style_used(style, project),
        cards.style_used(None, project),
        cards.style_edited(style, a_style(other), changes(sheet, INK)),
    ):
        check(look)
    for look in (
        cards.style_history(style, history),
        cards.style_taken_back(style, history, changes(sheet, INK)),
    ):
        check(replace(look, buttons=()))
        (menu,) = look.buttons
        assert len(menu.options) <= 25
        assert all(len(option.label) <= 100 and len(option.description) <= 100 for option in menu.options)


def test_a_change_is_told_with_who_when_why_and_what_it_was_before():
    look = cards.style_history(a_style(), told(INK, replace(INK, steps=40)))
    newest, oldest = look.text.split("\n\n")
    assert newest.split("\n") == [
        f"**Revision 2** by <@{USER}> <t:1790000000:R>: because",
        "**steps** 28 → 40",
    ]
    assert oldest.split("\n")[1:] == [
        "**steps** 28",
        "**positive** ink, {prompt}",
        "**loras** ink\\_lines at 0.5",
    ]
    (menu,) = look.buttons
    assert [(option.label, option.value) for option in menu.options] == [("Take back revision 2: steps", "2")]


def test_a_style_that_was_never_changed_has_nothing_to_take_back():
    assert cards.style_history(a_style(), told(INK)).buttons == ()


def test_a_renamed_style_says_both_names():
    look = cards.style_edited(a_style(), a_style("Fine Ink", number=2, why=""), ())
    assert "**name** Ink → Fine Ink" in look.text
    assert "no reason given" in look.text
    renamed = [Told(revision=a_revision(2), changes=()), *told(INK)]
    assert "the name" in cards.style_history(a_style(), renamed).text


# ── exports


def an_export(**changes_of):
    packed = Packed(path="exports/harbour-2026-11-21.zip", bytes=40 * 1024**2)
    return replace(Exported(packed=packed, pictures=120, characters=2, styles=1), **changes_of)


@given(names, st.lists(long.map(lambda text: text or "x"), max_size=20))
def test_an_export_card_keeps_discords_limits(name, missing):
    project, export = a_project(name=name), an_export(missing=tuple(missing))
    check(cards.export_progress(project, Packing(done=1, of=3)))
    for content, path in ((b"zip", False), (None, True), (None, False)):
        check(cards.exported(project, export, content=content, limit=10 * 1024**2, shows_path=path))


def test_an_export_says_what_is_in_it_and_where_it_is_to_be_had():
    handed = cards.exported(a_project(), an_export(), content=b"zip", limit=1, shows_path=False)
    assert "120 pictures · 2 characters · 1 style · 40.0 MiB" in handed.text
    assert [file.name for file in handed.files] == ["harbour-2026-11-21.zip"]
    empty = replace(an_export(), pictures=0)
    assert (
        "without `pictures` all"
        in cards.exported(a_project(), empty, content=b"zip", limit=1, shows_path=False).text
    )
    told_where = cards.exported(a_project(), an_export(), content=None, limit=9 * 1024**2, shows_path=True)
    assert "more than can be sent here (9.0 MiB)" in told_where.text
    assert "`exports/harbour-2026-11-21.zip`" in told_where.text
    others = cards.exported(a_project(), an_export(), content=None, limit=9 * 1024**2, shows_path=False)
    assert "exports/" not in others.text
    assert "Manage Server" in others.text


def test_progress_is_a_true_count():
    look = cards.export_progress(a_project(), Packing(done=37, of=120))
    assert look.text == "Packing **Harbour**\n▰▰▰▱▱▱▱▱▱▱ 30 % · 37 of 120 pictures"
    assert "0 % · 0 of 0 pictures" in cards.export_progress(a_project(), Packing(done=0, of=0)).text


@pytest.mark.parametrize(
    ("count", "words"),
    [
        (0, "0 bytes"),
        (1, "1 byte"),
        (1023, "1023 bytes"),
        (14_400, "14 KiB"),
        (3_355_443, "3.2 MiB"),
        (5 * 1024**3, "5.0 GiB"),
    ],
)
def test_sizes_of_files_carry_the_unit_that_fits(count, words):
    assert file_size(count) == words
