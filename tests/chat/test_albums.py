"""What stands on the buttons of pages, and how pages and findings are written."""

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.chat import cards
from bot.chat.albums import coded, decoded
from bot.chat.cards.findings import finding_words, measured_lines
from bot.chat.look import Button
from bot.core.comparing import Differing
from bot.core.dates import DAY_MS
from bot.core.generation import Size
from bot.core.leafing import Newer, Older
from bot.core.likeness import Difference
from bot.core.lineage import Descent
from bot.core.quality import Measures
from bot.core.review import Review
from bot.ports.darkroom import Sheet
from bot.ports.library import PictureFilter
from bot.studio.albums import MOST_WORDS, AlbumPage, Comparison, FoundPage, Leaf
from bot.studio.kinship import Tree
from tests.builders import GUILD, NOW, a_card, a_job, a_likeness, a_lineage, a_size, an_artifact
from tests.chat.looks import check, jobs, long

SHEET = Sheet(content=b"x", size=a_size(), media_type="image/webp", missing=("#1 · 2",))
numbers = st.one_of(st.none(), st.integers(1, 10**15 - 1))
days = st.one_of(st.none(), st.integers(0, 99_999).map(lambda day: day * DAY_MS))
filters = st.builds(
    PictureFilter,
    guild=st.just(GUILD),
    project=numbers,
    character=numbers,
    review=st.one_of(st.none(), st.sampled_from(Review)),
    since=days,
    until=days,
)


def some_measures(**changes):
    usual = Measures(
        size=a_size(), span=200, exposure=0.444, contrast=0.2, shadows=0.0, highlights=0.0, blackness=0.0
    )
    return replace(usual, **{"sharpness": 0.0312, **changes})


@given(filters)
def test_a_button_says_all_that_the_next_page_needs(wanted):
    assert decoded(coded(wanted), guild=GUILD) == wanted
    button = Button(kind=cards.ALBUM, rest=f"+{10**15 - 1}:{coded(wanted)}", label="Newer")
    assert len(button.custom_id) <= 100


@pytest.mark.parametrize("text", ["x", "p", "r7", "p1q2", "s12345678901", " ", "p1 "])
def test_what_no_version_ever_wrote_means_nothing(text):
    assert decoded(text, guild=GUILD) is None


@settings(max_examples=10)
@given(jobs(), long)
def test_pages_keep_discords_limits_whatever_was_typed(job, words):
    job = replace(job, post=a_card(channel=2**63, message=2**63))
    leaves = tuple(
        Leaf(picture=an_artifact(id=number, job=job.id, index=number), job=replace(job, id=job.id + number))
        for number in range(9)
    )
    page = AlbumPage(leaves=leaves, sheet=SHEET, hidden=3, older=Older(7), newer=Newer(9))
    check(cards.album_page(page, of=words, filter_name="p1"))
    found = FoundPage(jobs=(job,) * 8, sheet=SHEET, hidden=8, older=Older(7), newer=Newer(9))
    check(cards.found_page(found, words=words[:MOST_WORDS] or "x", filter_name=":x"))
    family = Tree(sheet=SHEET, jobs=(job,) * 60, hidden=frozenset(range(60)), left_out=1)
    check(cards.tree_card(job, family))
    rows = tuple(Differing(name="prompt", left=words, right=words[::-1]) for _ in range(20))
    sizes = (a_size(), a_size())
    for difference in (
        None,
        Difference(sizes=sizes, pixels=0, most=0),
        Difference(sizes=sizes, pixels=5, most=9),
    ):
        compared = Comparison(
            left=leaves[0], right=leaves[1], sheet=SHEET, differing=rows, difference=difference
        )
        check(cards.comparison_card(compared))


def test_pictures_of_one_job_stand_on_one_line_with_what_was_decided():
    job = a_job(post=a_card())
    reviews = (Review.REJECTED, Review.APPROVED, Review.UNREVIEWED)
    leaves = tuple(
        Leaf(picture=an_artifact(id=9 - index, index=index, review=review), job=job)
        for index, review in zip((3, 2, 1), reviews, strict=True)
    )
    page = AlbumPage(leaves=leaves, sheet=None)
    assert "**#1** pictures 1, 2 ✅, 3 ❌" in cards.album_page(page, of="", filter_name="").text


@pytest.mark.parametrize(
    ("of", "said"), [("", "There are no pictures here."), ("Mira", "No pictures fit that.")]
)
def test_an_empty_gallery_does_not_send_people_to_itself(of, said):
    empty = AlbumPage(leaves=(), sheet=None)
    assert cards.album_page(empty, of=of, filter_name="").text.startswith(said)


def test_two_pictures_of_one_job_are_named_as_in_the_gallery():
    job = a_job()
    one, three = (Leaf(picture=an_artifact(index=index), job=job) for index in (1, 3))
    look = cards.comparison_card(
        Comparison(left=one, right=three, sheet=SHEET, differing=(), difference=None)
    )
    assert look.text.startswith("**#1** picture 1 and **#1** picture 3\n")
    assert look.image is not None
    assert look.image.alt == "Contact sheet: #1 · 1, #1 · 3"


def test_a_family_says_how_many_were_drawn_with_the_same_seed():
    jobs = (a_job(), a_job(id=2, lineage=a_lineage(parent=1, how=Descent.SAME_SEED)))
    family = Tree(sheet=SHEET, jobs=jobs, hidden=frozenset(), left_out=0)
    assert (
        cards.tree_card(jobs[0], family).text == "2 jobs, 1 with the same seed\n-# without a picture: #1 · 2"
    )


def test_of_long_prompts_the_words_that_differ_are_shown():
    leaf, start = Leaf(picture=an_artifact(), job=a_job()), "masterpiece, best quality, " * 9
    row = Differing(name="prompt", left=f"{start}a fox, ink", right=f"{start}a heron, ink")
    compared = Comparison(left=leaf, right=leaf, sheet=SHEET, differing=(row,), difference=None)
    assert "**prompt** `… fox, …` → `… heron, …`" in cards.comparison_card(compared).text


def test_pixels_are_told_as_they_were_measured():
    leaf = Leaf(picture=an_artifact(), job=a_job())
    one, other = Size(width=8, height=8), Size(width=16, height=8)
    said = {
        None: "not measured, as a file cannot be read",
        Difference(sizes=(one, one), pixels=0, most=0): "identical",
        Difference(sizes=(one, one), pixels=3, most=7): "3 of 64 pixels differ, by 7 of 255",
        Difference(sizes=(one, other), pixels=None, most=None): "the sizes differ (8×8 and 16×8)",
    }
    for difference, words in said.items():
        compared = Comparison(left=leaf, right=leaf, sheet=SHEET, differing=(), difference=difference)
        assert words in cards.comparison_card(compared).text


def test_findings_are_named_by_picture_and_only_so_many():
    fine, dark = an_artifact(measures=some_measures()), some_measures(exposure=0.01, sharpness=0.001)
    assert finding_words([fine, an_artifact()]) == []
    assert finding_words([an_artifact(measures=dark)]) == ["-# measured: blurred, dark"]
    many = [an_artifact(index=index, measures=dark) for index in range(1, 8)]
    assert finding_words(many)[0].startswith("-# measured: picture 1: blurred, dark · picture 2:")
    assert finding_words(many)[0].endswith("3 more in `/job show`")


def test_numbers_stand_beside_the_thresholds_that_they_miss():
    twin = an_artifact(id=5, job=121, index=2)
    pictures = [
        an_artifact(index=1, measures=some_measures(sharpness=0.00912), likeness=a_likeness(), near=5),
        an_artifact(index=2, measures=some_measures(sharpness=None, aspect=0.5)),
        an_artifact(index=3),
        an_artifact(index=4, measures=some_measures(), deleted=NOW),
        an_artifact(index=5),
    ]
    rest, looks = "contrast 0.2 · light 0.44", "looks like #121, picture 2"
    assert measured_lines(pictures, {5: twin}) == [
        f"-# picture 1: sharpness 0.0091 (blurred: < 0.012) · {rest} · like the references 0.5 (advisory) · {looks}",
        f"-# picture 2: sharpness not measured · {rest} · wrong aspect",
        "-# picture 3: not measured",
        "-# picture 4: deleted",
        "-# … and 1 more",
    ]
