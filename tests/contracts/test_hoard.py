from hashlib import sha256

import pytest

from bot.core.errors import NotFound
from bot.ports.hoard import Find, Passed
from storage.hoard import FolderHoard
from tests.builders import png
from tests.fakes import FakeHoard

FILES = {"a.png": png(), "deeper/b.webp": b"no picture", "deeper/still/c.JPG": png(grey=3)}


@pytest.fixture(params=["memory", "disk"])
def hoard(request, tmp_path, pool):
    if request.param == "memory":
        return FakeHoard({**FILES, "link.png": None})
    folder = tmp_path / "old"
    for name, content in FILES.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
    (folder / "link.png").symlink_to(folder / "a.png")
    return FolderHoard(folder, pool, library=tmp_path / "data" / "library")


async def test_every_picture_below_the_folder_is_found_and_links_are_passed_by(hoard):
    sights = [sight async for sight in hoard.walk()]
    finds = {sight.name: sight.bytes for sight in sights if isinstance(sight, Find)}
    assert finds == {name: len(content) for name, content in FILES.items()}
    (link,) = (sight for sight in sights if isinstance(sight, Passed))
    assert (link.name, "link" in link.why) == ("link.png", True)


async def test_a_file_is_read_with_its_hash(hoard):
    finds = [sight async for sight in hoard.walk() if isinstance(sight, Find)]
    for find in finds:
        file = await hoard.read(find)
        assert (file.content, file.sha256) == (FILES[find.name], sha256(FILES[find.name]).hexdigest())


async def test_a_file_that_went_away_meanwhile_is_not_found(hoard):
    with pytest.raises(NotFound, match="cannot be opened"):
        await hoard.read(Find(name="never.png", bytes=1, changed=0))
