"""The critic: who may decide, what a decision teaches, and what cannot be decided about."""

from dataclasses import replace

import pytest

from bot.core.characters import Appearance
from bot.core.errors import BadRequest, NotAllowed, NotFound
from bot.core.families import ModelFamily
from bot.core.generation import CastMember
from bot.core.review import Reason, Review
from bot.ports.library import NewCharacter, PictureFilter
from bot.studio.control import Actor
from bot.studio.critic import MOST_AT_ONCE, MOST_NOTE, Together
from bot.studio.exhibition import MOST_ON_SHEET, Exhibition
from tests.builders import GUILD, NOW, USER, a_new_job, a_recipe, an_artifact, an_origin, png
from tests.contracts.shelves import drawn, drawn_alone, in_project
from tests.fakes import FakeDarkroom, FakePictures, FakeShelf, FakeStores
from tests.studio.house import AIKO, BOSS, Studio

REJECTED, APPROVED, WITHDRAWN, UNREVIEWED = (
    Review.REJECTED,
    Review.APPROVED,
    Review.WITHDRAWN,
    Review.UNREVIEWED,
)
SDXL = ModelFamily.SDXL
ALL = PictureFilter()
REVIEWERS = 555
STRANGER = Actor(user=USER + 9, guild=GUILD, name="stranger")


@pytest.fixture
def stores():
    return FakeStores()


@pytest.fixture
def critic(stores):
    return Studio(stores).critic


async def a_cast(stores, *names, errors=""):
    """Add characters and return them as a cast."""
    project = await in_project(stores)
    looks = Appearance(common_errors=errors)
    found = []
    for name in names:
        new = NewCharacter(
            project=project, name=name, slug=name.casefold(), by=USER, at=NOW, appearance=looks
        )
        found.append(await stores.characters.add(new))
    return tuple(CastMember(id=one.id, name=one.name, slug=one.slug) for one in found)


async def pictured(stores, cast=(), **recipe):
    new = a_new_job(recipe=a_recipe(cast=cast, family=SDXL, **recipe))
    (picture,) = await drawn(stores, new, an_artifact())
    return picture


async def in_force(stores, member):
    return [lesson.term for lesson in await stores.reviews.lessons(member.id, SDXL)]


# ── who may


@pytest.mark.parametrize("after", [APPROVED, REJECTED])
async def test_everybody_reviews_where_no_role_was_chosen(stores, critic, after):
    picture = await drawn_alone(stores)
    decision = (await critic.rule(picture.id, after, STRANGER)).decision
    assert (decision.by, decision.by_name, decision.at) == (STRANGER.user, "stranger", NOW)
    assert (await stores.artifacts.get(picture.id)).review is after


@pytest.mark.parametrize("after", [APPROVED, REJECTED])
async def test_with_a_role_only_those_who_have_it_or_manage_review(stores, critic, after):
    await stores.settings.set_reviewer_role(GUILD, REVIEWERS)
    picture = await drawn_alone(stores)
    with pytest.raises(NotAllowed, match=f"<@&{REVIEWERS}>"):
        await critic.rule(picture.id, after, AIKO)
    assert await stores.reviews.decisions(picture.id) == []
    await critic.rule(picture.id, after, replace(AIKO, roles=frozenset({REVIEWERS})))
    await critic.rule(picture.id, APPROVED, BOSS)


async def test_outside_a_server_everybody_reviews(stores, critic):
    new = a_new_job(origin=an_origin(guild=None))
    (picture,) = await drawn(stores, new, an_artifact())
    decision = (await critic.rule(picture.id, APPROVED, Actor(user=1, guild=None))).decision
    assert decision.after is APPROVED


async def test_only_its_own_person_withdraws_a_picture_whatever_the_role(stores, critic):
    await stores.settings.set_reviewer_role(GUILD, REVIEWERS)
    picture = await drawn_alone(stores)
    with pytest.raises(NotAllowed, match="not yours to withdraw"):
        await critic.rule(picture.id, WITHDRAWN, BOSS)
    decision = (await critic.rule(picture.id, WITHDRAWN, AIKO)).decision
    assert decision.after is WITHDRAWN


# ── what cannot be decided about


async def test_pictures_of_another_server_are_not_found(stores, critic):
    picture = await drawn_alone(stores)
    with pytest.raises(NotFound, match="here"):
        await critic.rule(picture.id, APPROVED, Actor(user=USER, guild=9))
    with pytest.raises(NotFound):
        await critic.decisions(picture.id, Actor(user=USER, guild=9))


async def test_a_deleted_picture_says_so(stores, critic):
    picture = await drawn_alone(stores)
    await stores.artifacts.delete([picture.id], at=NOW)
    with pytest.raises(NotFound, match=f"#{picture.job} was deleted"):
        await critic.rule(picture.id, APPROVED, AIKO)


async def test_a_note_that_is_too_long_decides_nothing(stores, critic):
    picture = await drawn_alone(stores)
    with pytest.raises(BadRequest, match=f"the most is {MOST_NOTE}"):
        await critic.rule(picture.id, REJECTED, AIKO, note="x" * (MOST_NOTE + 1))
    assert await critic.decisions(picture.id, AIKO) == []


# ── what is taught


async def test_a_rejection_teaches_each_character_in_the_picture(stores, critic):
    cast = await a_cast(stores, "Mira", "Ren")
    picture = await pictured(stores, cast)
    ruling = await critic.rule(
        picture.id, REJECTED, AIKO, reasons=[Reason.SOLO, Reason.STYLE], note=" red\teyes , six fingers"
    )
    assert ruling.decision.note == "red eyes , six fingers"
    assert [one.character.name for one in ruling.teachings] == ["Mira", "Ren"]
    for member in cast:
        assert await in_force(stores, member) == ["red eyes", "six fingers"]


async def test_what_was_taught_before_is_named_as_known(stores, critic):
    cast = await a_cast(stores, "Mira", errors="short hair")
    first, second = await pictured(stores, cast), await pictured(stores, cast)
    await critic.rule(first.id, REJECTED, AIKO, reasons=[Reason.APPEARANCE])
    ruling = await critic.rule(second.id, REJECTED, AIKO, reasons=[Reason.APPEARANCE], note="red eyes")
    (teaching,) = ruling.teachings
    assert (teaching.learned, teaching.known) == (("red eyes",), ("short hair",))


async def test_approval_teaches_nothing(stores, critic):
    cast = await a_cast(stores, "Mira")
    picture = await pictured(stores, cast)
    ruling = await critic.rule(picture.id, APPROVED, AIKO, note="good hands")
    assert ruling.teachings == ()
    assert await in_force(stores, cast[0]) == []


async def test_without_a_model_or_a_character_nothing_is_taught(stores, critic):
    cast = await a_cast(stores, "Mira")
    (unknown,) = await drawn(stores, a_new_job(recipe=a_recipe(cast=cast, model=None)), an_artifact())
    for picture in (unknown, await pictured(stores)):
        ruling = await critic.rule(picture.id, REJECTED, AIKO, reasons=[Reason.QUALITY], note="red eyes")
        assert ruling.teachings == ()
        assert ruling.decision.reasons == (Reason.QUALITY,)
    assert await in_force(stores, cast[0]) == []


async def test_a_character_that_is_gone_is_left_out(stores, critic):
    ghost = CastMember(id=999, name="Nobody", slug="nobody")
    picture = await pictured(stores, (*await a_cast(stores, "Mira"), ghost))
    ruling = await critic.rule(picture.id, REJECTED, AIKO, reasons=[Reason.SOLO])
    assert [one.character.name for one in ruling.teachings] == ["Mira"]
    assert "crowd" in ruling.teachings[0].learned


async def test_what_was_learned_is_taken_out_of_force_by_those_who_review(stores, critic):
    cast = await a_cast(stores, "Mira", "Ren")
    picture = await pictured(stores, cast)
    await critic.rule(picture.id, REJECTED, AIKO, note="red eyes, six fingers")
    mira, ren = [await stores.characters.get(member.id) for member in cast]
    eyes, _ = await critic.lessons(mira)
    (foreign, _) = await critic.lessons(ren)
    taken = await critic.unlearn(mira, [eyes.id, foreign.id], AIKO)
    assert taken == [eyes]
    assert [lesson.term for lesson in await critic.lessons(mira)] == ["six fingers"]
    assert len(await critic.lessons(ren)) == 2
    await stores.settings.set_reviewer_role(GUILD, REVIEWERS)
    with pytest.raises(NotAllowed):
        await critic.unlearn(mira, [eyes.id], AIKO)


async def test_what_goes_with_approval_is_counted_over_the_characters_judged_pictures(stores, critic):
    cast = await a_cast(stores, "Mira")
    for cfg, after in ((5.0, APPROVED), (9.0, REJECTED), (9.0, WITHDRAWN)):
        await critic.rule((await pictured(stores, cast, cfg=cfg)).id, after, AIKO)
    learned = await critic.learn(await stores.characters.get(cast[0].id))
    assert (learned.all.approved, learned.all.judged) == (1, 2)
    assert {tally.what: tally.approved for tally in learned.parameters["cfg"]} == {"5": 1, "9": 0}


# ── one after another


async def test_the_newest_that_nobody_decided_about_is_next_of_ones_own_server(stores, critic):
    old, new = await drawn_alone(stores), await drawn_alone(stores)
    await drawn(stores, a_new_job(origin=an_origin(guild=9)), an_artifact())
    found = await critic.next_of(ALL, AIKO)
    assert (found.picture, found.job.id) == (new, new.job)
    skipped = await critic.next_of(ALL, AIKO, before=new.id)
    assert skipped.picture == old
    assert await critic.waiting(ALL, AIKO, most=9) == 2
    for picture in (old, new):
        await critic.rule(picture.id, APPROVED, AIKO)
    assert await critic.next_of(ALL, AIKO) is None
    counts = await critic.counts(ALL, AIKO)
    assert (counts.by_review[APPROVED], counts.by_review[UNREVIEWED]) == (2, 0)


# ── many at once


async def test_many_are_decided_about_as_they_were_shown(stores, critic):
    made = [await drawn_alone(stores) for _ in range(3)]
    await critic.rule(made[0].id, REJECTED, AIKO)
    wanted = PictureFilter(review=UNREVIEWED)
    shown = await critic.gather(wanted, APPROVED, AIKO)
    assert (shown.span, shown.pictures, shown.left) == ((made[2].id, made[1].id), (made[2], made[1]), 0)
    later = await drawn_alone(stores)
    meant = await critic.gather(wanted, APPROVED, AIKO, span=shown.span)
    assert await critic.decide_all(meant, AIKO) == Together(decided=meant.pictures)
    assert (await stores.artifacts.get(made[2].id)).review is APPROVED
    assert (await stores.artifacts.get(made[0].id)).review is REJECTED
    assert (await stores.artifacts.get(later.id)).review is UNREVIEWED
    (one, _) = await critic.exhibits(shown.pictures)
    assert one.job.id == made[2].job


async def test_of_a_post_those_pictures_are_decided_about_that_nobody_deleted_meanwhile(stores, critic):
    first, gone = await drawn(stores, a_new_job(), an_artifact(index=1), an_artifact(index=2))
    job = await stores.jobs.get(first.job)
    await stores.artifacts.delete([gone.id], at=NOW)
    assert await critic.rule_all(job, [first, gone], APPROVED, AIKO) == Together(
        decided=(first,), left_out=(gone,)
    )
    assert (await stores.artifacts.get(first.id)).review is APPROVED
    await stores.artifacts.delete([first.id], at=NOW)
    with pytest.raises(NotFound, match="were deleted"):
        await critic.rule_all(job, [first, gone], REJECTED, AIKO)


async def test_the_pictures_of_a_post_are_withdrawn_by_its_own_person_and_judged_by_reviewers(stores, critic):
    made = await drawn(stores, a_new_job(), an_artifact(index=1), an_artifact(index=2))
    job = await stores.jobs.get(made[0].job)
    await critic.set_reviewers(REVIEWERS, BOSS)
    with pytest.raises(NotAllowed):
        await critic.rule_all(job, made, APPROVED, AIKO)
    with pytest.raises(NotAllowed):
        await critic.rule_all(job, made, WITHDRAWN, BOSS)
    await critic.rule_all(job, made, WITHDRAWN, AIKO)
    assert [(await stores.artifacts.get(one.id)).review for one in made] == [WITHDRAWN] * 2


async def test_no_more_than_so_many_are_decided_about_at_once(stores, critic):
    nothing = await critic.gather(ALL, APPROVED, AIKO)
    assert (nothing.pictures, nothing.left) == ((), 0)
    await drawn(stores, a_new_job(), *[an_artifact()] * (MOST_AT_ONCE + 1))
    unreviewed = PictureFilter(review=UNREVIEWED)
    shown = await critic.gather(unreviewed, APPROVED, AIKO)
    assert (len(shown.pictures), shown.left) == (MOST_AT_ONCE, 1)
    await critic.decide_all(shown, AIKO)
    pressed_twice = await critic.gather(unreviewed, APPROVED, AIKO, span=shown.span)
    assert pressed_twice.pictures == ()
    rest = await critic.gather(unreviewed, APPROVED, AIKO)
    assert (len(rest.pictures), rest.left) == (1, 0)


@pytest.mark.parametrize(
    ("wanted", "after", "words"),
    [
        (ALL, WITHDRAWN, "one by one"),
        (ALL, UNREVIEWED, "one by one"),
        (PictureFilter(review=APPROVED), APPROVED, "approved already"),
    ],
)
async def test_what_cannot_be_decided_of_many_is_refused(critic, wanted, after, words):
    with pytest.raises(BadRequest, match=words):
        await critic.gather(wanted, after, AIKO)


async def test_many_are_decided_about_by_reviewers_only(stores, critic):
    await drawn_alone(stores)
    shown = await critic.gather(ALL, REJECTED, AIKO)
    await critic.set_reviewers(REVIEWERS, BOSS)
    for attempt in (critic.gather(ALL, REJECTED, AIKO), critic.decide_all(shown, AIKO)):
        with pytest.raises(NotAllowed):
            await attempt


async def test_who_reviews_is_chosen_by_those_who_manage_the_server(critic):
    assert await critic.reviewers(AIKO) is None
    with pytest.raises(NotAllowed, match="Manage Server"):
        await critic.set_reviewers(REVIEWERS, AIKO)
    with pytest.raises(BadRequest, match="reviewers of a server"):
        await critic.set_reviewers(REVIEWERS, Actor(user=1, guild=None, manages=True))
    await critic.set_reviewers(REVIEWERS, BOSS)
    assert await critic.reviewers(AIKO) == REVIEWERS
    await critic.set_reviewers(None, BOSS)
    assert await critic.reviewers(AIKO) is None


# ── shown


async def test_a_picture_is_shown_as_it_would_be_posted_or_not_at_all(stores):
    shelf, pictures = FakeShelf(), FakePictures()
    exhibition = Exhibition(shelf=shelf, pictures=pictures, darkroom=FakeDarkroom(pictures))
    picture = await drawn_alone(stores)
    assert await exhibition.shown(picture) is None
    shelf.files[picture.path] = png()
    shown = await exhibition.shown(picture)
    assert shown is not None


async def test_a_sheet_has_the_thumbnails_of_the_first_so_many(stores):
    shelf, pictures = FakeShelf(), FakePictures()
    exhibition = Exhibition(shelf=shelf, pictures=pictures, darkroom=FakeDarkroom(pictures))
    picture = await drawn_alone(stores, thumbnail="library/small.webp", review=REJECTED)
    shelf.files["library/small.webp"] = png()
    sheet = await exhibition.sheet([picture] * (MOST_ON_SHEET + 5), title="")
    assert sheet.missing == ()
