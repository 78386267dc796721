from dataclasses import replace

import pytest

from bot.core.casting import MOST_PER_POSE, Sketch
from bot.core.characters import Pose
from bot.core.errors import BadRequest, NotFound, UnknownName
from bot.core.job import JobState
from bot.core.review import Review
from tests.builders import GUILD, NOW, USER, a_new_project, a_verdict, an_artifact, png
from tests.studio.house import AIKO, a_studio


async def yuki_of(studio):
    home = await studio.stores.projects.add(a_new_project(name="Harbor"))
    return await studio.casting.create(Sketch(name="Yuki"), home, AIKO)


async def a_drawing(studio, *, count=2):
    """Have pictures drawn; return the job."""
    job = await studio.stored(JobState.SUBMITTED, JobState.RUNNING)
    pictures = [
        an_artifact(job=job.id, index=index, path=f"{job.id}_{index}") for index in range(1, count + 1)
    ]
    for one in pictures:
        studio.shelf.files[one.path] = png(grey=one.index)
    await studio.jobs.rendered(job.to(JobState.RENDERED, at=NOW), was=JobState.RUNNING, artifacts=pictures)
    return job


async def test_a_picture_is_kept_cleaned_and_has_a_name():
    async with a_studio() as studio:
        yuki = await yuki_of(studio)
        added = await studio.portraits.add(yuki, png(), pose=Pose.FRONT, actor=AIKO)
        assert (added.label, added.of_pose, added.drawing) == ("front 1", 1, None)
        reference = added.reference
        assert await studio.shelf.read(reference.path) == png()
        assert (reference.added, reference.added_by, reference.artifact) == (studio.clock.now(), USER, None)
        second = await studio.portraits.add(yuki, png(grey=2), pose=Pose.FRONT, actor=AIKO)
        assert (second.label, second.of_pose) == ("front 2", 2)


async def test_what_is_no_picture_is_refused_and_nothing_is_kept():
    async with a_studio() as studio:
        yuki = await yuki_of(studio)
        with pytest.raises(BadRequest):
            await studio.portraits.add(yuki, b"<svg/>", pose=Pose.FRONT, actor=AIKO)
        assert studio.shelf.files == {}
        assert await studio.portraits.of(yuki) == []


async def test_the_same_picture_twice_is_refused():
    async with a_studio() as studio:
        yuki = await yuki_of(studio)
        await studio.portraits.add(yuki, png(), pose=Pose.FRONT, actor=AIKO)
        with pytest.raises(BadRequest, match="already"):
            await studio.portraits.add(yuki, png(), pose=Pose.ACTION, actor=AIKO)


async def test_there_can_be_so_many_of_a_pose_and_no_file_is_kept_beyond():
    async with a_studio() as studio:
        yuki = await yuki_of(studio)
        for grey in range(MOST_PER_POSE):
            await studio.portraits.add(yuki, png(grey=grey), pose=Pose.FRONT, actor=AIKO)
        with pytest.raises(BadRequest, match="8 references"):
            await studio.portraits.add(yuki, png(grey=99), pose=Pose.FRONT, actor=AIKO)
        assert len(studio.shelf.files) == MOST_PER_POSE
        await studio.portraits.add(yuki, png(grey=99), pose=Pose.CASUAL, actor=AIKO)


async def test_who_is_archived_gets_no_new_picture():
    async with a_studio() as studio:
        yuki = await studio.casting.archive(await yuki_of(studio), AIKO)
        job = await a_drawing(studio)
        for change in (
            studio.portraits.add(yuki, png(), pose=Pose.FRONT, actor=AIKO),
            studio.portraits.add_drawing(yuki, job.id, 1, pose=Pose.FRONT, actor=AIKO),
        ):
            with pytest.raises(BadRequest, match="archived"):
                await change


async def test_a_drawing_that_is_taken_is_remembered():
    async with a_studio() as studio:
        yuki = await yuki_of(studio)
        job = await a_drawing(studio)
        added = await studio.portraits.add_drawing(yuki, job.id, 2, pose=Pose.FRONT, actor=AIKO)
        picture = (await studio.jobs.artifacts(job.id))[1]
        assert added.drawing == picture
        assert added.reference.artifact == picture.id
        assert await studio.shelf.read(added.reference.path) == png(grey=2)


@pytest.mark.parametrize("review", [Review.REJECTED, Review.WITHDRAWN])
async def test_a_drawing_that_was_rejected_is_no_reference(review):
    async with a_studio() as studio:
        yuki = await yuki_of(studio)
        job = await a_drawing(studio)
        picture = (await studio.jobs.artifacts(job.id))[0]
        await studio.stores.reviews.decide(a_verdict(artifact=picture.id, after=review))
        with pytest.raises(BadRequest, match=f"was {review}"):
            await studio.portraits.add_drawing(yuki, job.id, 1, pose=Pose.FRONT, actor=AIKO)


async def test_a_drawing_that_is_not_there_is_named():
    async with a_studio() as studio:
        yuki = await yuki_of(studio)
        job = await a_drawing(studio)
        first, second = await studio.jobs.artifacts(job.id)
        await studio.stores.artifacts.delete([first.id], at=NOW)
        with pytest.raises(BadRequest, match="no picture 1 any more; there is 2"):
            await studio.portraits.add_drawing(yuki, job.id, 1, pose=Pose.FRONT, actor=AIKO)
        await studio.shelf.remove(second.path)
        with pytest.raises(NotFound):
            await studio.portraits.add_drawing(yuki, job.id, 2, pose=Pose.FRONT, actor=AIKO)
        await studio.stores.artifacts.delete([second.id], at=NOW)
        with pytest.raises(BadRequest, match="no picture in the library"):
            await studio.portraits.add_drawing(yuki, job.id, 2, pose=Pose.FRONT, actor=AIKO)


async def test_a_drawing_of_another_server_does_not_exist():
    async with a_studio() as studio:
        yuki = await yuki_of(studio)
        job = await a_drawing(studio)
        stranger = replace(AIKO, guild=GUILD + 1)
        with pytest.raises(NotFound):
            await studio.portraits.add_drawing(yuki, job.id, 1, pose=Pose.FRONT, actor=stranger)


async def test_a_picture_is_given_up_by_its_name():
    async with a_studio() as studio:
        yuki = await yuki_of(studio)
        for grey, pose in enumerate((Pose.FRONT, Pose.FRONT, Pose.ACTION)):
            await studio.portraits.add(yuki, png(grey=grey), pose=pose, actor=AIKO)
        assert await studio.portraits.remove(yuki, " Front  2 ", AIKO) == "front 2"
        assert [label for label, _ in await studio.portraits.of(yuki)] == ["front 1", "action 1"]
        with pytest.raises(UnknownName, match="no reference called `front 2`"):
            await studio.portraits.remove(yuki, "front 2", AIKO)


async def test_a_portrait_is_small_and_may_be_lacking():
    async with a_studio() as studio:
        yuki = await yuki_of(studio)
        assert await studio.portraits.portrait(yuki) is None
        added = await studio.portraits.add(yuki, png(), pose=Pose.FRONT, actor=AIKO)
        assert (await studio.portraits.portrait(yuki) or b"").startswith(b"RIFF")
        await studio.shelf.remove(added.reference.path)
        assert await studio.portraits.portrait(yuki) is None


async def test_the_board_shows_all_pictures_and_names_those_that_are_gone():
    async with a_studio() as studio:
        yuki = await yuki_of(studio)
        with pytest.raises(NotFound, match="no reference"):
            await studio.portraits.board(yuki)
        job = await a_drawing(studio)
        brought = await studio.portraits.add(yuki, png(), pose=Pose.FRONT, actor=AIKO)
        drawn = await studio.portraits.add_drawing(yuki, job.id, 2, pose=Pose.FRONT, actor=AIKO)
        await studio.shelf.remove(brought.reference.path)
        board = await studio.portraits.board(yuki)
        assert [label for label, _ in board.references] == ["front 1", "front 2"]
        assert board.drawings == {drawn.reference.id: drawn.drawing}
        assert board.sheet.missing == ("front 1",)
