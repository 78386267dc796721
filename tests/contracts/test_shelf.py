from hashlib import sha256

import pytest

from bot.core.errors import NotFound
from bot.ports.shelf import Place
from tests.builders import a_picture, png

PLACE = {"place": Place(project="harbour", day="2026-11-21", kind="images"), "name": "12-0"}


async def test_a_picture_lies_in_its_projects_folder_of_the_day(shelf):
    kept = await shelf.put(a_picture(), **PLACE)
    assert kept.path == "library/harbour/_/2026-11-21/images/12-0.png"
    assert (kept.sha256, kept.bytes) == (sha256(png()).hexdigest(), len(png()))
    assert await shelf.read(kept.path) == png()


@pytest.mark.parametrize(
    ("media_type", "ending"), [("image/png", "png"), ("image/jpeg", "jpg"), ("image/webp", "webp")]
)
async def test_the_ending_tells_what_it_is(shelf, media_type, ending):
    kept = await shelf.put(a_picture(media_type=media_type), **PLACE)
    assert kept.path.endswith(f"/12-0.{ending}")


async def test_the_same_picture_again_is_the_same_file(shelf):
    assert await shelf.put(a_picture(), **PLACE) == await shelf.put(a_picture(), **PLACE)


async def test_another_picture_of_the_same_name_takes_nothing_away(shelf):
    first = await shelf.put(a_picture(), **PLACE)
    second = await shelf.put(a_picture(content=png(grey=9)), **PLACE)
    assert second.path == f"library/harbour/_/2026-11-21/images/12-0-{second.sha256[:8]}.png"
    assert await shelf.read(first.path) == png()
    assert await shelf.read(second.path) == png(grey=9)
    assert await shelf.put(a_picture(content=png(grey=9)), **PLACE) == second


async def test_a_reference_is_kept_under_its_content(shelf):
    kept = await shelf.put_reference(a_picture())
    digest = sha256(png()).hexdigest()
    assert kept.path == f"library/references/{digest[:2]}/{digest}.png"
    assert await shelf.put_reference(a_picture()) == kept
    assert await shelf.read(kept.path) == png()


async def test_a_file_that_is_gone_is_not_found(shelf):
    with pytest.raises(NotFound, match="12-9"):
        await shelf.read("library/harbour/_/2026-11-21/images/12-9.png")


async def test_the_room_that_is_left_is_known(shelf):
    assert await shelf.free_bytes() > 0


async def test_a_characters_picture_lies_below_the_character(shelf):
    place = Place(project="harbour", character="yuki", day="2026-11-21", kind="upscales")
    kept = await shelf.put(a_picture(), place=place, name="12-0")
    assert kept.path == "library/harbour/yuki/2026-11-21/upscales/12-0.png"


async def test_a_removed_file_is_gone_and_may_be_removed_again(shelf):
    kept = await shelf.put(a_picture(), **PLACE)
    await shelf.remove(kept.path)
    await shelf.remove(kept.path)
    with pytest.raises(NotFound):
        await shelf.read(kept.path)


async def test_what_lies_in_a_place_is_found_by_how_its_name_begins(shelf):
    place = Place(project="harbour", day="2026-11-21", kind="images")
    kept = [await shelf.put(a_picture(), place=place, name=name) for name in ("1_1", "1_2", "11_1")]
    elsewhere = Place(project="harbour", day="2026-11-22", kind="images")
    await shelf.put(a_picture(), place=elsewhere, name="1_3")
    assert await shelf.lying(place, "1_") == [one.path for one in kept[:2]]
    assert await shelf.lying(Place(project="summit", day="2026-11-21", kind="images"), "1_") == []


async def test_it_is_known_when_a_file_was_written(shelf):
    kept = await shelf.put_reference(a_picture())
    first = await shelf.written(kept.path)
    await shelf.put_reference(a_picture())
    assert first <= await shelf.written(kept.path)
    with pytest.raises(NotFound):
        await shelf.written("library/references/aa/none.png")


async def test_all_references_are_found(shelf):
    assert await shelf.references() == []
    kept = [await shelf.put_reference(a_picture(content=png(grey=grey))) for grey in (1, 2)]
    assert await shelf.references() == sorted(one.path for one in kept)
