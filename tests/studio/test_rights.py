"""Whose it is may; Manage Server may; nobody else may: the same rule, whichever way somebody asks."""

from dataclasses import replace

import pytest

from bot.core.casting import Sketch
from bot.core.characters import CharacterReference, Pose
from bot.core.errors import NotAllowed, WrongState
from bot.core.job import JobState
from bot.core.library import Rating
from bot.studio.actor import Actor
from bot.studio.library import Wishes
from bot.studio.rights import (
    check_cancels,
    check_changes,
    check_deletes_projects,
    check_gives_up,
    check_holds,
    check_puts_away,
    check_removes,
    check_shows_to_all,
)
from tests.builders import (
    GUILD,
    NOW,
    a_batch,
    a_job,
    a_project,
    a_request,
    a_size,
    an_artifact,
    an_origin,
    png,
)
from tests.studio.house import BOSS, a_studio

MAKER, PERSON, GIVER, STRANGER = (Actor(user=user, guild=GUILD) for user in (11, 12, 13, 14))
PROJECT = replace(a_project(), created_by=MAKER.user)
ADULT = replace(PROJECT, rating=Rating.ADULT)
JOB = a_job(origin=an_origin(user=PERSON.user))
REFERENCE = CharacterReference(
    id=1,
    character=1,
    pose=Pose.FRONT,
    path="library/references/aa/aa.png",
    sha256="a" * 64,
    bytes=1,
    size=a_size(),
    added=NOW,
    added_by=GIVER.user,
)


async def yuki_of(studio, project, actor=PERSON):
    return await studio.casting.create(Sketch(name="Yuki"), project, actor)


async def test_each_thing_belongs_to_whose_it_is_and_to_manage_server():
    async with a_studio() as studio:
        home = await studio.library.create("Harbour", gallery=None, actor=MAKER)
        yuki = await yuki_of(studio, home)
    rules = (
        (lambda actor: check_changes(PROJECT, actor), {MAKER}),
        (check_deletes_projects, set()),
        (lambda actor: check_cancels(JOB, actor), {PERSON}),
        (lambda actor: check_gives_up(JOB, actor), {PERSON}),
        (lambda actor: check_holds(replace(a_batch(), user=PERSON.user), actor), {PERSON}),
        (lambda actor: check_puts_away(yuki, PROJECT, actor), {PERSON, MAKER}),
        (lambda actor: check_removes(REFERENCE, yuki, PROJECT, actor), {GIVER, PERSON, MAKER}),
        (lambda actor: check_shows_to_all(ADULT, PROJECT, actor), {MAKER}),
        (lambda actor: check_shows_to_all(ADULT, None, actor), {MAKER}),
    )
    for check, allowed in rules:
        check(BOSS)
        for actor in (MAKER, PERSON, GIVER, STRANGER):
            if actor in allowed:
                check(actor)
            else:
                with pytest.raises(NotAllowed) as refused:
                    check(actor)
                assert refused.value.hint


@pytest.mark.parametrize(
    ("source", "target"), [(None, PROJECT), (None, None), (PROJECT, PROJECT), (PROJECT, None), (ADULT, ADULT)]
)
def test_what_everybody_sees_already_or_only_adults_will_anybody_may_take_along(source, target):
    check_shows_to_all(source, target, STRANGER)


async def test_a_projects_style_is_changed_by_the_same_people_whichever_command_is_used():
    async with a_studio() as studio:
        home = await studio.library.create("Harbour", gallery=None, actor=MAKER)
        for change in (
            studio.styles.use(None, home, STRANGER),
            studio.library.edit(home, Wishes(description="mine now"), STRANGER),
        ):
            with pytest.raises(NotAllowed, match="is not yours"):
                await change


async def test_a_character_is_put_away_and_back_by_whose_they_are():
    async with a_studio() as studio:
        yuki = await yuki_of(studio, await studio.library.create("Harbour", gallery=None, actor=MAKER))
        with pytest.raises(NotAllowed):
            await studio.casting.archive(yuki, STRANGER)
        away = await studio.casting.archive(yuki, PERSON)
        with pytest.raises(NotAllowed):
            await studio.casting.restore(away, STRANGER)
        assert (await studio.casting.restore(away, MAKER)).archived is None


async def test_a_reference_is_removed_by_who_gave_it_and_not_by_everybody():
    async with a_studio() as studio:
        yuki = await yuki_of(studio, await studio.library.create("Harbour", gallery=None, actor=MAKER))
        await studio.portraits.add(yuki, png(), pose=Pose.FRONT, actor=GIVER)
        with pytest.raises(NotAllowed):
            await studio.portraits.remove(yuki, "front 1", STRANGER)
        assert await studio.portraits.remove(yuki, "front 1", GIVER) == "front 1"


async def test_pictures_for_adults_are_taken_to_everyone_by_their_projects_maker_only():
    async with a_studio() as studio:
        adult = await studio.library.create(
            "Night", gallery=None, actor=MAKER, wishes=Wishes(rating=Rating.ADULT)
        )
        day = await studio.library.create("Day", gallery=None, actor=PERSON)
        job = await studio.stored(
            JobState.SUBMITTED, JobState.RUNNING, project=adult.id, origin=an_origin(user=PERSON.user)
        )
        picture = an_artifact(job=job.id, index=1, path="library/night.png")
        studio.shelf.files[picture.path] = png()
        drawn = job.to(JobState.RENDERED, at=NOW)
        await studio.jobs.rendered(drawn, was=JobState.RUNNING, artifacts=[picture])
        await studio.jobs.store(drawn.to(JobState.SHELVED, at=NOW), was=JobState.RENDERED)
        yuki = await yuki_of(studio, day)
        with pytest.raises(NotAllowed, match="for adults"):
            await studio.refining.move(job.id, day, PERSON)
        with pytest.raises(NotAllowed, match="for adults"):
            await studio.portraits.add_drawing(yuki, job.id, 1, pose=Pose.FRONT, actor=PERSON)
        pin = await studio.refining.pin(job.id, 1, PERSON)
        with pytest.raises(NotAllowed, match="“Day” is for everyone"):
            await studio.refining.draw(a_request(project="Day"), an_origin(user=PERSON.user), PERSON)
        assert await studio.stores.pins.peek(guild=GUILD, user=PERSON.user) == pin
        await studio.portraits.add_drawing(yuki, job.id, 1, pose=Pose.FRONT, actor=MAKER)
        assert (await studio.refining.move(job.id, day, BOSS)).project == day.id


async def test_the_form_of_somebody_whose_project_rests_changes_nothing():
    async with a_studio() as studio:
        home = await studio.library.create("Harbour", gallery=None, actor=MAKER)
        yuki = await yuki_of(studio, home)
        await studio.library.archive(home, MAKER)
        with pytest.raises(WrongState, match="archived"):
            await studio.casting.describe(yuki.id, replace(yuki.appearance, hair="red"), PERSON)
        with pytest.raises(WrongState, match="archived"):
            await studio.casting.add_usual(yuki, [])
