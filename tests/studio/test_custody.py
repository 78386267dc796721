"""What is taken up and what is removed at the same moment: the file is there, or whoever wants it is told."""

import asyncio

import pytest

from bot.core.casting import Sketch
from bot.core.characters import Character, Pose
from bot.core.errors import NotFound
from tests.builders import (
    GUILD,
    NOW,
    USER,
    a_new_job,
    a_new_project,
    a_recipe,
    a_reference,
    a_request,
    an_origin,
    png,
)
from tests.studio.house import AIKO, Studio, a_studio, settled


class Halt:
    """Stops whoever calls a method, before it is done, until they are let go on."""

    def __init__(self, owner, name):
        self._act = getattr(owner, name)
        self.reached, self.go_on = asyncio.Event(), asyncio.Event()
        setattr(owner, name, self)

    async def __call__(self, *given, **named):
        self.reached.set()
        await self.go_on.wait()
        return await self._act(*given, **named)


async def given_up_reference(studio: Studio) -> tuple[Character, str]:
    """Return a character and the path of a picture that they had, whose file is due to be removed."""
    home = await studio.stores.projects.add(a_new_project(name="Harbor"))
    yuki = await studio.casting.create(Sketch(name="Yuki"), home, AIKO)
    added = await studio.portraits.add(yuki, png(), pose=Pose.FRONT, actor=AIKO)
    await studio.stores.characters.remove_reference(added.reference.id, at=NOW)
    assert await studio.stores.discards.due() == [added.reference.path]
    return yuki, added.reference.path


async def test_a_picture_that_comes_back_while_its_file_is_being_removed_is_kept():
    async with a_studio() as studio:
        yuki, path = await given_up_reference(studio)
        removing = Halt(studio.shelf, "remove")
        janitor = asyncio.create_task(studio.janitor.run_once())
        await removing.reached.wait()
        taking = asyncio.create_task(studio.portraits.add(yuki, png(), pose=Pose.FRONT, actor=AIKO))
        await settled()
        removing.go_on.set()
        await asyncio.gather(janitor, taking)
        assert await studio.shelf.read(path) == png()


async def test_a_picture_whose_need_is_being_stored_is_not_removed():
    async with a_studio() as studio:
        yuki, path = await given_up_reference(studio)
        storing = Halt(studio.stores.characters, "add_reference")
        taking = asyncio.create_task(studio.portraits.add(yuki, png(), pose=Pose.FRONT, actor=AIKO))
        await storing.reached.wait()
        janitor = asyncio.create_task(studio.janitor.run_once())
        await settled()
        storing.go_on.set()
        await asyncio.gather(janitor, taking)
        assert await studio.shelf.read(path) == png()


async def test_what_is_taken_up_too_late_is_refused_and_nothing_is_stored_of_it():
    async with a_studio() as studio:
        job, _ = await studio.jobs.add(a_new_job(recipe=a_recipe(reference=a_reference())))
        studio.shelf.files.clear()
        with pytest.raises(NotFound, match="no longer on the shelf"):
            await studio.submit.again(job, an_origin(key="again"))
        assert len(await studio.jobs.children(job.id)) == 0
        with pytest.raises(NotFound, match="no longer on the shelf"):
            await studio.refining.pin_reference(a_reference(), AIKO)
        assert await studio.stores.pins.peek(guild=GUILD, user=USER) is None


async def test_who_starts_from_no_picture_waits_for_nobody_who_does():
    async with a_studio() as studio:
        studio.shelf.files[a_reference().path] = png()
        async with studio.shelf.custody:
            from_one = asyncio.create_task(studio.submit(a_request(reference=a_reference()), an_origin()))
            await settled()
            plain = await studio.submit(a_request(), an_origin())
        assert (await from_one).job.id == plain.job.id + 1
