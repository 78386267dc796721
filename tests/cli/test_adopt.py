"""`genga import`: old pictures become part of the library, and what did not is said."""

import asyncio
import signal
from io import BytesIO
from pathlib import Path

import pytest
from filelock import FileLock
from PIL import Image, PngImagePlugin

from bot.cli.adopt import Report
from bot.core.artifact import ArtifactKind
from bot.core.errors import BadRequest, Misconfigured, UnknownName
from bot.core.job import Job
from bot.ports.library import PictureFilter
from bot.studio.adopting import Outcome
from storage.database import Database
from storage.fsck import check
from storage.stores import SqliteStores
from tests.builders import GUILD, a_new_project
from tests.cli.test_care import data, genga

__all__ = ["data"]

INFOTEXT = (
    "a heron, 猫耳\nNegative prompt: fog\nSteps: 20, Sampler: Euler a, CFG scale: 5, Seed: 7, Model: inkwash"
)


def a_png(shade: int, *, text: str = "") -> bytes:
    told = PngImagePlugin.PngInfo()
    if text:
        told.add_itxt("parameters", text)
    out = BytesIO()
    noise = Image.effect_noise((48, 32), 40).point([min(255, value + shade) for value in range(256)])
    noise.save(out, "PNG", pnginfo=told)
    return out.getvalue()


@pytest.fixture
async def old(data: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    monkeypatch.setenv("DISCORD_GUILD_IDS", str(GUILD))
    async with Database.open(data / "genga.db") as database:
        await SqliteStores.over(database).projects.add(a_new_project(name="Harbor"))
    folder = tmp_path / "old"
    (folder / "2024").mkdir(parents=True)
    (folder / "a.png").write_bytes(a_png(1, text=INFOTEXT))
    (folder / "2024" / "b.png").write_bytes(a_png(2))
    return folder


async def library(data: Path) -> list[Job]:
    """Return the jobs of all pictures that were taken over, newest first."""
    async with Database.open(data / "genga.db") as database:
        stores = SqliteStores.over(database)
        pictures = await stores.artifacts.page(PictureFilter(guild=GUILD), limit=100)
        assert {picture.kind for picture in pictures} <= {ArtifactKind.IMPORTS}
        return [await stores.jobs.get(picture.job) for picture in pictures]


def squeezed(text: str) -> str:
    return " ".join(text.split())


def test_old_pictures_are_taken_over_once_with_what_their_files_tell(data: Path, old: Path):
    first = genga("import", str(old), "--project", "harbor")
    assert first.exit_code == 0
    assert "2 files taken" in first.output
    assert "0 files already there" in first.output
    told = next(job for job in asyncio.run(library(data)) if job.recipe.prompt)
    assert (told.request.prompt, told.recipe.seed, told.recipe.model) == ("a heron, 猫耳", 7, "inkwash")
    again = genga("import", str(old), "--project", "Harbor")
    assert "0 files taken" in again.output
    assert "2 files already there" in again.output
    assert len(asyncio.run(library(data))) == 2
    assert check(data) == []


def test_what_is_not_taken_is_named_with_its_reason(data: Path, old: Path, tmp_path: Path):
    (tmp_path / "secret.png").write_bytes(a_png(9))
    (old / "out.png").symlink_to(tmp_path / "secret.png")
    for number in range(7):
        (old / f"broken {number}.png").write_bytes(a_png(3)[:100])
    (old / "packed.png").write_bytes(a_png(4).replace(b"IDAT", b"iTXt", 1))
    for name in ("film.mp4", "loop.gif", "notes.txt", "README"):
        (old / name).write_bytes(b"x")
    result = genga("import", str(old), "--project", "Harbor")
    said = squeezed(result.output)
    assert result.exit_code == 1
    assert "2 files taken" in said
    assert "1 file not taken · It is a link, and links are not followed. out.png" in said
    assert "not taken · The picture cannot be used. It is damaged" in said
    assert "broken 0.png, broken 1.png" in said
    assert "more" in said
    assert "4 files left alone, no pictures · .gif, .mp4, .txt, without an ending" in said
    assert len(asyncio.run(library(data))) == 2


def test_it_says_what_it_needs_before_it_begins(data: Path, old: Path, monkeypatch: pytest.MonkeyPatch):
    with pytest.raises(UnknownName, match="Harbour") as unknown:
        genga("import", str(old), "--project", "Harbour")
    assert "Harbor" in unknown.value.hint
    with pytest.raises(BadRequest, match="is no folder"):
        genga("import", str(old / "nowhere"), "--project", "Harbor")
    with pytest.raises(UnknownName):
        genga("import", str(old), "--project", "Harbor", "--guild", "5")
    with FileLock(data / "genga.lock"), pytest.raises(Misconfigured, match="Another Genga"):
        genga("import", str(old), "--project", "Harbor")
    monkeypatch.setenv("DISCORD_GUILD_IDS", "")
    with pytest.raises(Misconfigured, match="Which server") as unsaid:
        genga("import", str(old), "--project", "Harbor")
    assert "--guild" in unsaid.value.hint
    assert asyncio.run(library(data)) == []


def test_ctrl_c_leaves_everything_whole_and_the_next_time_goes_on(
    data: Path, old: Path, monkeypatch: pytest.MonkeyPatch
):
    for number in range(30):
        (old / f"{number:03}.png").write_bytes(a_png(number))
    note = Report.note

    def interrupted_at_five(report: Report, outcome: Outcome) -> None:
        note(report, outcome)
        if report.seen == 5:
            signal.raise_signal(signal.SIGINT)

    monkeypatch.setattr(Report, "note", interrupted_at_five)
    result = genga("import", str(old), "--project", "Harbor")
    said = squeezed(result.output)
    assert result.exit_code == 1
    assert "4 of 32" in said
    assert "That was not all. It was interrupted. The same command again goes on" in said
    assert 5 <= len(asyncio.run(library(data))) < 32
    assert check(data) == []
    monkeypatch.undo()
    monkeypatch.chdir(data.parent)
    assert (
        "That was not all"
        not in genga("import", str(old), "--project", "Harbor", "--guild", str(GUILD)).output
    )
    assert len(asyncio.run(library(data))) == 32
    assert check(data) == []


def test_a_bar_shows_how_far_it_is_where_there_is_a_terminal(
    data: Path, old: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setenv("FORCE_COLOR", "1")
    result = genga("import", str(old), "--project", "Harbor")
    assert "1 of 2" not in result.output
    assert "2/2" in result.output
