"""Pictures that somebody takes up, for the next drawing to start from."""

from dataclasses import replace

import pytest

from bot.core.errors import BadRequest, NotAllowed, NotFound
from bot.core.lineage import Descent
from tests.builders import (
    GUILD,
    NOW,
    USER,
    a_lineage,
    a_pin,
    a_reference,
    a_request,
    an_origin,
    png,
)
from tests.studio.house import AIKO
from tests.studio.refined import posted

# ── taken up


async def test_a_picture_taken_up_is_where_the_next_drawing_starts_once(studio):
    job = await posted(studio, pictures=2)
    pin = await studio.refining.pin(job.id, 2, AIKO)
    assert (pin.job, pin.picture) == (job.id, 2)
    ticket = await studio.refining.draw(a_request(), an_origin(), AIKO)
    assert ticket.job.lineage == a_lineage(parent=job.id, how=Descent.REFERENCE, picture=2)
    assert ticket.job.recipe.reference == pin.reference
    plain = await studio.refining.draw(a_request(), an_origin(), AIKO)
    assert (plain.job.lineage, plain.job.recipe.reference) == (None, None)


async def test_a_picture_of_ones_own_has_no_parent(studio):
    studio.shelf.files[a_reference().path] = png()
    await studio.refining.pin_reference(a_reference(), AIKO)
    ticket = await studio.refining.draw(a_request(), an_origin(), AIKO)
    assert (ticket.job.lineage, ticket.job.recipe.reference) == (None, a_reference())


async def test_a_picture_taken_up_waits_for_a_drawing_that_can_start_from_it(studio):
    job = await posted(studio)
    await studio.refining.pin(job.id, 1, AIKO)
    studio.shelf.files[a_reference().path] = png()
    for request in (a_request(workflow="txt2img"), a_request(reference=a_reference())):
        assert (await studio.refining.draw(request, an_origin(), AIKO)).job.lineage is None
    outside = replace(AIKO, guild=None)
    assert (await studio.refining.draw(a_request(), an_origin(), outside)).job.lineage is None
    with pytest.raises(BadRequest):
        await studio.refining.draw(a_request(prompt=" "), an_origin(), AIKO)
    later = await studio.refining.draw(a_request(workflow="img2img"), an_origin(), AIKO)
    assert later.job.parent == job.id


async def test_a_picture_taken_up_stays_so_when_the_drawing_from_it_was_not_stored(studio, monkeypatch):
    async def dies(_new):
        raise TimeoutError

    job = await posted(studio)
    pin = await studio.refining.pin(job.id, 1, AIKO)
    with monkeypatch.context() as patch:
        patch.setattr(studio.jobs, "add", dies)
        with pytest.raises(TimeoutError):
            await studio.refining.draw(a_request(), an_origin(), AIKO)
    assert (await studio.refining.draw(a_request(), an_origin(), AIKO)).job.recipe.reference == pin.reference


async def test_what_is_taken_up_while_another_drawing_is_stored_is_for_the_next_one(studio, monkeypatch):
    job = await posted(studio, pictures=2)
    await studio.refining.pin(job.id, 1, AIKO)
    add = studio.jobs.add

    async def meanwhile(new):
        await studio.stores.pins.put(guild=GUILD, user=USER, pin=a_pin(at=NOW + 5, job=job.id, picture=2))
        return await add(new)

    with monkeypatch.context() as patch:
        patch.setattr(studio.jobs, "add", meanwhile)
        first = await studio.refining.draw(a_request(), an_origin(), AIKO)
    second = await studio.refining.draw(a_request(), an_origin(), AIKO)
    assert [one.job.lineage.picture for one in (first, second)] == [1, 2]


async def test_a_picture_taken_up_can_be_laid_down_again(studio):
    job = await posted(studio)
    await studio.refining.pin(job.id, 1, AIKO)
    await studio.refining.unpin(replace(AIKO, guild=None))
    assert await studio.stores.pins.peek(guild=GUILD, user=USER) is not None
    await studio.refining.unpin(AIKO)
    await studio.refining.unpin(AIKO)
    assert (await studio.refining.draw(a_request(), an_origin(), AIKO)).job.lineage is None


async def test_a_picture_taken_up_and_deleted_since_is_used_as_it_was_kept(studio):
    job = await posted(studio)
    pin = await studio.refining.pin(job.id, 1, AIKO)
    await studio.refining.delete(job.id, [1], AIKO)
    assert (await studio.refining.draw(a_request(), an_origin(), AIKO)).job.recipe.reference == pin.reference


async def test_a_picture_taken_up_that_is_gone_for_good_is_said_once(studio):
    studio.shelf.files[a_reference().path] = png()
    await studio.refining.pin_reference(a_reference(), AIKO)
    del studio.shelf.files[a_reference().path]
    with pytest.raises(NotFound, match="The picture you took up is gone"):
        await studio.refining.draw(a_request(), an_origin(), AIKO)
    assert (await studio.refining.draw(a_request(), an_origin(), AIKO)).job.recipe.reference is None


async def test_pictures_are_taken_up_in_servers(studio):
    with pytest.raises(NotAllowed):
        await studio.refining.pin_reference(a_reference(), replace(AIKO, guild=None))
