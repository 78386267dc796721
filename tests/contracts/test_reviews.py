from dataclasses import replace

import pytest

from bot.core.errors import NotFound, WrongState
from bot.core.families import ModelFamily
from bot.core.job import JobState
from bot.core.review import Reason, Review
from bot.ports.library import PictureFilter
from tests.builders import (
    GUILD,
    NOW,
    USER,
    a_new_job,
    a_pin,
    a_recipe,
    a_reference,
    a_verdict,
    an_artifact,
    an_origin,
)
from tests.contracts.shelves import a_member, drawn, drawn_alone, in_project

APPROVED, REJECTED, UNREVIEWED = Review.APPROVED, Review.REJECTED, Review.UNREVIEWED
SDXL, SD15 = ModelFamily.SDXL, ModelFamily.SD15


async def decided(stores, picture, after=APPROVED, **changes):
    return await stores.reviews.decide(a_verdict(artifact=picture.id, after=after, **changes))


async def mira_of(stores):
    return await a_member(stores, await in_project(stores), "Mira")


async def terms(stores, character, family=None):
    return [lesson.term for lesson in await stores.reviews.lessons(character.id, family)]


# ── deciding


async def test_a_decision_tells_who_when_before_and_after_and_why(stores):
    picture = await drawn_alone(stores)
    decision = await decided(
        stores, picture, REJECTED, reasons=(Reason.POSE, Reason.STYLE), note="arms crossed", at=NOW + 7
    )
    assert (decision.artifact, decision.by, decision.by_name, decision.at) == (
        picture.id,
        USER,
        "artist",
        NOW + 7,
    )
    assert (decision.before, decision.after) == (UNREVIEWED, REJECTED)
    assert (decision.reasons, decision.note) == ((Reason.POSE, Reason.STYLE), "arms crossed")
    assert await stores.artifacts.get(picture.id) == replace(picture, review=REJECTED)
    assert await stores.reviews.decisions(picture.id) == [decision]


async def test_every_change_of_mind_is_kept(stores):
    picture = await drawn_alone(stores)
    for after in (APPROVED, REJECTED, APPROVED):
        await decided(stores, picture, after)
    kept = await stores.reviews.decisions(picture.id)
    assert [(one.before, one.after) for one in kept] == [
        (UNREVIEWED, APPROVED),
        (APPROVED, REJECTED),
        (REJECTED, APPROVED),
    ]


async def test_the_same_decision_twice_is_one(stores):
    picture = await drawn_alone(stores)
    first = await decided(stores, picture, REJECTED, reasons=(Reason.POSE,), note="no")
    for again in ({}, {"reasons": (Reason.POSE,)}, {"note": "no"}, {"by": 77}):
        assert await decided(stores, picture, REJECTED, at=NOW + 9, **again) == first
    assert await stores.reviews.decisions(picture.id) == [first]


@pytest.mark.parametrize("new", [{"reasons": (Reason.SOLO,)}, {"note": "and a third hand"}])
async def test_a_new_reason_is_a_decision_of_its_own(stores, new):
    picture = await drawn_alone(stores)
    await decided(stores, picture, REJECTED)
    second = await decided(stores, picture, REJECTED, **new)
    assert (second.before, second.after) == (REJECTED, REJECTED)
    assert len(await stores.reviews.decisions(picture.id)) == 2


async def test_what_is_not_there_or_deleted_is_not_decided_about(stores):
    picture = await drawn_alone(stores)
    await stores.artifacts.delete([picture.id], at=NOW)
    with pytest.raises(NotFound, match="deleted"):
        await decided(stores, picture)
    with pytest.raises(NotFound, match="no such picture"):
        await stores.reviews.decide(a_verdict(artifact=99))
    assert await stores.reviews.decisions(picture.id) == []


async def test_many_are_decided_about_together_or_not_at_all(stores):
    first, second = await drawn_alone(stores), await drawn_alone(stores)
    verdicts = [a_verdict(artifact=picture.id) for picture in (first, second)]
    with pytest.raises(NotFound):
        await stores.reviews.decide_all([*verdicts, a_verdict(artifact=99)])
    assert await stores.reviews.decisions(first.id) == []
    made = await stores.reviews.decide_all(verdicts)
    assert [(one.artifact, one.after) for one in made] == [(first.id, APPROVED), (second.id, APPROVED)]
    assert (await stores.artifacts.get(second.id)).review is APPROVED


async def test_of_many_those_that_were_deleted_meanwhile_are_left_out(stores):
    first, gone, last = [await drawn_alone(stores) for _ in range(3)]
    await stores.artifacts.delete([gone.id], at=NOW)
    made = await stores.reviews.decide_all([a_verdict(artifact=one.id) for one in (first, gone, last)])
    assert [one.artifact for one in made] == [first.id, last.id]
    assert await stores.reviews.decisions(gone.id) == []


async def test_a_characters_pictures_are_found_by_their_new_review(stores):
    mira = await mira_of(stores)
    (picture,) = await drawn(stores, a_new_job(recipe=a_recipe(cast=(mira,))), an_artifact())
    await decided(stores, picture)
    for review, found in ((APPROVED, [picture.id]), (UNREVIEWED, [])):
        page = await stores.artifacts.page(PictureFilter(character=mira.id, review=review))
        assert [one.id for one in page] == found


# ── lessons


async def test_lessons_are_learned_with_the_decision_by_character_and_family(stores):
    mira, picture = await mira_of(stores), await drawn_alone(stores)
    taught = {(mira.id, SDXL): ("bad hands", "Red Eyes"), (mira.id, SD15): ("blurry",)}
    decision = await decided(stores, picture, REJECTED, lessons=taught, at=NOW + 3)
    assert await terms(stores, mira, SDXL) == ["bad hands", "Red Eyes"]
    assert await terms(stores, mira) == ["bad hands", "Red Eyes", "blurry"]
    (lesson,) = await stores.reviews.lessons(mira.id, SD15)
    assert (lesson.character, lesson.family, lesson.decision) == (mira.id, SD15, decision.id)
    assert (lesson.at, lesson.by) == (NOW + 3, USER)


async def test_a_known_lesson_is_not_learned_twice(stores):
    mira, first, second = await mira_of(stores), await drawn_alone(stores), await drawn_alone(stores)
    learned = await decided(stores, first, REJECTED, lessons={(mira.id, SDXL): ("Bad Hands", "bad hands")})
    await decided(stores, second, REJECTED, lessons={(mira.id, SDXL): ("BAD HANDS", "red eyes")})
    found = await stores.reviews.lessons(mira.id)
    assert [(lesson.term, lesson.decision == learned.id) for lesson in found] == [
        ("Bad Hands", True),
        ("red eyes", False),
    ]


async def test_what_was_removed_is_forgotten_until_it_is_taught_again(stores):
    mira, first, second = await mira_of(stores), await drawn_alone(stores), await drawn_alone(stores)
    await decided(stores, first, REJECTED, lessons={(mira.id, SDXL): ("bad hands", "red eyes")})
    (hands, _) = await stores.reviews.lessons(mira.id)
    await stores.reviews.unlearn([hands.id, 999], by=7, at=NOW)
    assert await terms(stores, mira) == ["red eyes"]
    await decided(stores, second, REJECTED, lessons={(mira.id, SDXL): ("bad hands",)}, at=NOW + 5, by=8)
    relearned = (await stores.reviews.lessons(mira.id))[-1]
    assert (relearned.term, relearned.at, relearned.by) == ("bad hands", NOW + 5, 8)


async def test_a_rejection_taken_back_takes_back_what_it_taught(stores):
    mira, first, second = await mira_of(stores), await drawn_alone(stores), await drawn_alone(stores)
    await decided(stores, first, REJECTED, lessons={(mira.id, SDXL): ("bad hands",)})
    await decided(
        stores, first, REJECTED, note="more", lessons={(mira.id, SDXL): ("extra limbs",)}, at=NOW + 1
    )
    await decided(stores, second, REJECTED, lessons={(mira.id, SDXL): ("red eyes",)}, at=NOW + 2)
    assert await terms(stores, mira) == ["bad hands", "extra limbs", "red eyes"]
    await decided(stores, first, APPROVED)
    assert await terms(stores, mira) == ["red eyes"]


async def test_a_character_that_is_gone_learns_nothing(stores):
    picture = await drawn_alone(stores)
    await decided(stores, picture, REJECTED, lessons={})
    assert await stores.reviews.lessons(999) == []


# ── looking back


async def test_counts_tell_how_pictures_stand_and_who_decided_last_and_why(stores):
    here = await in_project(stores)
    made = [await drawn_alone(stores, project=here) for _ in range(5)]
    await drawn_alone(stores)
    await decided(stores, made[0], REJECTED, reasons=(Reason.POSE,), by=7)
    await decided(stores, made[0], APPROVED, by=8)
    await decided(stores, made[1], REJECTED, reasons=(Reason.POSE, Reason.SOLO), by=8)
    await decided(stores, made[2], REJECTED, by=9)
    counts = await stores.reviews.counts(PictureFilter(project=here))
    assert counts.by_review == {UNREVIEWED: 2, APPROVED: 1, REJECTED: 2, Review.WITHDRAWN: 0}
    assert counts.by_reason == {**dict.fromkeys(Reason, 0), Reason.POSE: 1, Reason.SOLO: 1}
    assert counts.by_person == {8: 2, 9: 1}
    approved = await stores.reviews.counts(PictureFilter(project=here, review=APPROVED))
    assert (sum(approved.by_review.values()), approved.by_person) == (1, {8: 1})
    everywhere = await stores.reviews.counts(PictureFilter(guild=GUILD))
    assert everywhere.by_review[UNREVIEWED] == 3


async def test_what_was_judged_of_a_character_comes_with_its_recipe_the_newest_first(stores):
    mira = await mira_of(stores)
    made = []
    for steps in (20, 25, 30, 35):
        new = a_new_job(recipe=a_recipe(cast=(mira,), steps=steps))
        made += await drawn(stores, new, an_artifact(), an_artifact())
    for picture, after in zip(made, (APPROVED, REJECTED, REJECTED, APPROVED, REJECTED), strict=False):
        await decided(stores, picture, after)
    await decided(stores, made[6], Review.WITHDRAWN)
    judged = await stores.reviews.judged(mira.id)
    assert [(one.artifact, one.review, one.recipe.steps) for one in judged] == [
        (made[4].id, REJECTED, 30),
        (made[3].id, APPROVED, 25),
        (made[2].id, REJECTED, 25),
        (made[1].id, REJECTED, 20),
        (made[0].id, APPROVED, 20),
    ]
    assert await stores.reviews.judged(mira.id, limit=2) == judged[:2]
    await stores.artifacts.delete([made[4].id], at=NOW)
    assert await stores.reviews.judged(mira.id) == judged[1:]


# ── pins


async def test_a_pin_is_taken_once(stores):
    pin = a_pin(reference=a_reference(path="library/references/ab/1.png"))
    await stores.pins.put(guild=GUILD, user=USER, pin=pin)
    assert await stores.pins.peek(guild=GUILD, user=USER) == pin
    assert await stores.pins.take(guild=GUILD, user=USER, at=NOW) == pin
    assert await stores.pins.take(guild=GUILD, user=USER, at=NOW) is None
    assert await stores.pins.peek(guild=GUILD, user=USER) is None


async def test_a_pin_is_used_up_by_the_very_change_that_stores_the_drawing_from_it(stores):
    first, second = a_pin(), a_pin(at=NOW + 1)
    await stores.pins.put(guild=GUILD, user=USER, pin=first)
    origin = an_origin(key="once")
    await stores.jobs.add(a_new_job(origin=origin, pin=first))
    assert await stores.pins.peek(guild=GUILD, user=USER) is None
    await stores.pins.put(guild=GUILD, user=USER, pin=second)
    await stores.jobs.add(a_new_job(origin=origin, pin=second))
    await stores.jobs.add(a_new_job(pin=first))
    assert await stores.pins.peek(guild=GUILD, user=USER) == second


async def test_of_two_drawings_that_start_from_one_pin_at_once_one_is_stored(stores):
    pin = a_pin()
    await stores.pins.put(guild=GUILD, user=USER, pin=pin)
    await stores.jobs.add(a_new_job(pin=pin))
    with pytest.raises(WrongState, match="in this very moment"):
        await stores.jobs.add(a_new_job(pin=pin))
    assert (await stores.jobs.counts())[JobState.QUEUED] == 1


async def test_each_person_has_one_pin_per_server_the_last_one(stores):
    picture = await drawn_alone(stores)
    first, last = a_pin(), a_pin(job=picture.job, picture=2, at=NOW + 1)
    for pin in (first, last):
        await stores.pins.put(guild=GUILD, user=USER, pin=pin)
    await stores.pins.put(guild=9, user=USER, pin=first)
    assert await stores.pins.take(guild=GUILD, user=77, at=NOW) is None
    assert await stores.pins.take(guild=GUILD, user=USER, at=NOW) == last
    assert await stores.pins.take(guild=9, user=USER, at=NOW) == first


async def test_the_picture_of_an_earlier_pin_is_given_up_unless_a_job_starts_from_it(stores):
    used, unused, last = [a_reference(path=f"library/references/ab/{name}.png") for name in "abc"]
    await stores.jobs.add(a_new_job(recipe=a_recipe(reference=used)))
    for reference in (used, unused, last, last):
        await stores.pins.put(guild=GUILD, user=USER, pin=a_pin(reference=reference))
    assert await stores.discards.due() == [unused.path]


async def test_the_picture_of_a_pin_that_is_laid_down_is_given_up_unless_a_job_starts_from_it(stores):
    used, unused = [a_reference(path=f"library/references/ab/{name}.png") for name in "ab"]
    await stores.jobs.add(a_new_job(recipe=a_recipe(reference=used)))
    for reference in (used, unused):
        await stores.pins.put(guild=GUILD, user=USER, pin=a_pin(reference=reference))
        await stores.pins.take(guild=GUILD, user=USER, at=NOW)
    assert await stores.discards.due() == [unused.path]
