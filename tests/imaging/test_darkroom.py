import asyncio
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from bot.core.errors import BadRequest
from bot.core.quality import DEFAULT_THRESHOLDS, Finding, Thresholds
from bot.imaging import darkroom as module
from bot.imaging.budget import PixelBudget
from bot.imaging.darkroom import MOST_SHEETS, PillowDarkroom
from bot.ports.darkroom import Frame
from bot.sandbox.patience import PATIENCE_S
from tests.builders import png
from tests.imaging.hostile import NO_PICTURES, arrow, bomb, encoded, with_header
from tests.imaging.sketches import png_of, sketch


def frames_of(contents, **changes):
    def frame(number, content):
        async def read():
            return content

        return Frame(read=read, caption=f"#{number}", **changes)

    return [frame(number, content) for number, content in enumerate(contents)]


@pytest.mark.parametrize("content", NO_PICTURES.values(), ids=NO_PICTURES)
async def test_no_hostile_file_is_developed(darkroom, content):
    with pytest.raises(BadRequest, match="cannot be used"):
        await darkroom.develop(content)


@pytest.mark.parametrize("content", NO_PICTURES.values(), ids=NO_PICTURES)
async def test_no_hostile_file_spoils_a_sheet(darkroom, content):
    sheet = await darkroom.contact_sheet(frames_of([content, png()]))
    assert sheet.missing == ("#0",)


async def test_a_bomb_is_refused_by_its_header(darkroom):
    with pytest.raises(BadRequest, match=r"80\.5 megapixels"):
        await darkroom.develop(with_header(png(), 8_950, 9_000))
    with pytest.raises(BadRequest):
        await asyncio.wait_for(darkroom.develop(bomb()), PATIENCE_S)


async def test_a_finished_picture_is_encoded_as_any_other_post(darkroom, pictures):
    content = encoded(arrow(), "PNG")
    finished = await darkroom.finish(content)
    assert finished.post == await pictures.for_post(finished.picture, limit=10**9)


async def test_whatever_trips_over_a_picture_leaves_it_its_owner(darkroom, monkeypatch):
    def trip(*_):
        raise MemoryError("no more")

    content = encoded(arrow(), "PNG")
    monkeypatch.setattr("bot.imaging.darkroom.thumbnail_of", trip)
    unmeasured = await darkroom.finish(content)
    assert (unmeasured.picture.content, unmeasured.development) == (content, None)
    assert unmeasured.post is not None
    assert isinstance(unmeasured.fault, MemoryError)
    monkeypatch.setattr("bot.imaging.darkroom.post_of", trip)
    assert (await darkroom.finish(content)).post is None


async def test_a_reference_is_looked_at_once_and_only_so_many_are_remembered(darkroom, monkeypatch):
    looked, profile = [], module.profile

    def noted(content):
        looked.append(content)
        return profile(content)

    monkeypatch.setattr(module, "profile", noted)
    monkeypatch.setattr(module, "MOST_PROFILES", 2)
    pictures = [png_of(sketch(seed)) for seed in range(4)]
    first = await darkroom.likeness(pictures[0], pictures[1:3])
    assert await darkroom.likeness(pictures[0], pictures[1:3]) == first
    assert looked == [*pictures[:3], pictures[0]]
    await darkroom.likeness(pictures[0], [pictures[3]])
    await darkroom.likeness(pictures[0], [pictures[1]])
    assert looked[4:] == [pictures[0], pictures[3], pictures[0], pictures[1]]


async def test_a_picture_that_was_just_finished_is_compared_without_decoding_it_again(darkroom, monkeypatch):
    finished, other = png_of(sketch(1)), png_of(sketch(2))
    expected = await darkroom.likeness(finished, [other])
    await darkroom.finish(finished)
    decoded, profile = [], module.profile
    monkeypatch.setattr(module, "profile", lambda content: decoded.append(content) or profile(content))
    assert await darkroom.likeness(finished, [other]) == expected
    assert decoded == []
    monkeypatch.setattr(module, "MOST_GLANCES", 1)
    await darkroom.finish(other)
    await darkroom.finish(other)
    await darkroom.finish(png())
    assert await darkroom.likeness(other, [other]) is not None
    assert decoded == [other]


async def test_a_blank_picture_is_developed_without_a_fingerprint(darkroom):
    developed = await darkroom.develop(png(200, 200))
    assert developed.fingerprint is None
    assert Finding.BLANK in developed.measures.findings()


async def test_the_thresholds_may_be_the_studios_own(pool):
    strict = Thresholds(contrast=1.0)
    measures = (await PillowDarkroom(pool, thresholds=strict).develop(png_of(sketch(1)))).measures
    assert measures.findings() == (Finding.FLAT,)
    assert measures.thresholds != DEFAULT_THRESHOLDS


async def test_the_loop_goes_on_while_a_sheet_is_made(darkroom):
    pictures = [png_of(sketch(seed, 512, 768)) for seed in range(6)]
    work = asyncio.create_task(darkroom.contact_sheet(frames_of(pictures)))
    turns = 0
    while not work.done():
        await asyncio.sleep(0.001)
        turns += 1
    assert (await work).missing == ()
    assert turns > 5


async def test_pictures_are_read_one_by_one_when_their_turn_comes(darkroom):
    held = most = 0

    def frame():
        async def read():
            nonlocal held, most
            held += 1
            most = max(most, held)
            await asyncio.sleep(0)
            held -= 1
            return png()

        return Frame(read=read)

    await darkroom.contact_sheet([frame() for _ in range(40)])
    assert most == 1


ROOT = Path(__file__).parents[2]
SHEET_OF = """
import asyncio, resource, sys
from concurrent.futures import ThreadPoolExecutor
from bot.core.generation import Size
from bot.imaging.darkroom import PillowDarkroom
from bot.ports.darkroom import Frame
from tests.imaging.sketches import png_of, sketch

CONTENT = png_of(sketch(1, 512, 768))

async def read():
    return bytes(bytearray(CONTENT))

async def main():
    with ThreadPoolExecutor(2) as pool:
        frame = Frame(read=read, caption="#1", size=Size(width=512, height=768))
        await PillowDarkroom(pool).contact_sheet([frame] * int(sys.argv[1]))

asyncio.run(main())
print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * (1 if sys.platform == "darwin" else 1024))
"""


def test_four_times_the_pictures_take_no_more_memory():
    pytest.importorskip("resource", reason="this system does not tell the peak of a process")
    few, many = (
        int(
            subprocess.run(
                [sys.executable, "-c", SHEET_OF, count], check=True, capture_output=True, cwd=ROOT
            ).stdout
        )
        for count in ("150", "600")
    )
    assert many - few < 100 * 1024 * 1024  # all of them decoded would be 700 MB


async def test_only_so_many_sheets_are_in_memory_at_once(darkroom):
    begun, gate = asyncio.Queue(), asyncio.Event()

    async def read():
        begun.put_nowait(1)
        await gate.wait()
        return png()

    sheets = [asyncio.create_task(darkroom.contact_sheet([Frame(read=read)])) for _ in range(MOST_SHEETS + 2)]
    for _ in range(MOST_SHEETS):
        await begun.get()
    await darkroom.thumbnail(png())
    assert begun.empty()
    gate.set()
    assert len(await asyncio.gather(*sheets)) == MOST_SHEETS + 2


async def test_a_cancelled_sheet_leaves_room_for_the_next(darkroom):
    never = asyncio.Event()

    async def read():
        await never.wait()
        return png()

    for _ in range(MOST_SHEETS + 1):
        with pytest.raises(TimeoutError):
            await asyncio.wait_for(darkroom.contact_sheet([Frame(read=read)]), timeout=0.05)
    assert (await darkroom.contact_sheet(frames_of([png()]))).missing == ()


async def test_what_is_not_a_studio_error_is_not_hidden(darkroom):
    async def read():
        raise RuntimeError("a fault of ours")

    with pytest.raises(RuntimeError):
        await darkroom.contact_sheet([Frame(read=read)])


async def test_a_budget_may_be_shared(pool):
    budget = PixelBudget(pool, pixels=5_000)
    one, two = PillowDarkroom(pool, budget=budget), PillowDarkroom(pool, budget=budget)
    found = await asyncio.gather(
        *(room.thumbnail(png_of(sketch(1))) for room in (one, two) for _ in range(5))
    )
    assert len(set(found)) == 1


async def test_sheets_made_at_once_do_not_mix_their_letters():
    pictures = frames_of([png_of(sketch(seed, 64, 64)) for seed in range(8)])
    with ThreadPoolExecutor(4) as pool:
        darkroom = PillowDarkroom(pool)
        sheets = await asyncio.gather(*(darkroom.contact_sheet(pictures, title="Yuki") for _ in range(6)))
    assert len({sheet.content for sheet in sheets}) == 1
