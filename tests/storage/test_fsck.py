import hashlib
from concurrent.futures import Executor, ThreadPoolExecutor
from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from bot.core.characters import Pose
from bot.core.generation import Reference
from bot.core.job import Job, JobState
from bot.ports.library import NewCharacter, NewReference
from bot.ports.shelf import Place
from storage.database import Database
from storage.files import PictureShelf
from storage.fsck import Kind, check, mend_all
from storage.stores import SqliteStores
from tests.builders import a_new_job, a_new_project, a_picture, a_pin, a_recipe, a_reference, an_artifact, png


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    """A data folder in which one job has one picture with its thumbnail."""

    data: Path
    job: Job
    picture: Path
    thumbnail: Path


@pytest.fixture
async def kept(tmp_path: Path) -> Kept:
    with ThreadPoolExecutor(1) as pool:
        return await _kept(tmp_path, pool)


async def _kept(tmp_path: Path, pool: Executor) -> Kept:
    async with Database.open(tmp_path / "genga.db") as database:
        stores = SqliteStores.over(database)
        job, _ = await stores.jobs.add(a_new_job(project=None, lineage=None))
        shelf = PictureShelf(tmp_path, pool)
        shelved, small = [
            await shelf.put(a_picture(content=png()), place=place(kind), name="1_1")
            for kind in ("images", "thumbnails")
        ]
        for state in (JobState.SUBMITTED, JobState.RUNNING):
            was, job = job.state, job.to(state, at=job.since)
            await stores.jobs.store(job, was=was)
        artifact = replace(
            an_artifact(job=job.id),
            path=shelved.path,
            sha256=shelved.sha256,
            bytes=shelved.bytes,
            thumbnail=small.path,
        )
        await stores.jobs.rendered(
            job := job.to(JobState.RENDERED, at=job.since), was=JobState.RUNNING, artifacts=[artifact]
        )
    return Kept(data=tmp_path, job=job, picture=tmp_path / shelved.path, thumbnail=tmp_path / small.path)


def place(kind: str) -> Place:
    return Place(project="_", day="2026-11-20", kind=kind)


def faults(kept: Kept) -> list[Kind]:
    return [trouble.kind for trouble in check(kept.data) if trouble.is_fault]


async def test_where_everything_fits_there_are_no_faults(kept: Kept):
    assert faults(kept) == []


async def test_a_job_that_is_not_at_its_end_is_said_and_is_no_fault(kept: Kept):
    (trouble,) = check(kept.data)
    assert (trouble.kind, trouble.is_fault) == (Kind.OPEN, False)
    assert f"#{kept.job.id} is rendered" in trouble.what


async def test_a_row_without_its_file_is_found(kept: Kept):
    kept.picture.unlink()
    assert faults(kept) == [Kind.MISSING]


async def test_a_row_without_its_thumbnail_is_found(kept: Kept):
    kept.thumbnail.unlink()
    (trouble,) = [trouble for trouble in check(kept.data) if trouble.is_fault]
    assert trouble.kind is Kind.MISSING
    assert trouble.what.endswith("(small picture) of #1 is not there")


@pytest.mark.parametrize("content", [b"", b"something else"])
async def test_a_file_that_was_changed_is_found(kept: Kept, content: bytes):
    kept.picture.write_bytes(content)
    assert faults(kept) == [Kind.CHANGED]


async def test_a_file_of_the_same_length_with_other_bytes_is_found(kept: Kept):
    content = bytearray(kept.picture.read_bytes())
    content[-20] ^= 1
    kept.picture.write_bytes(content)
    assert faults(kept) == [Kind.CHANGED]


async def test_a_file_without_its_row_is_found_and_moved_not_deleted(kept: Kept):
    stray = kept.picture.with_name("stray.png")
    stray.write_bytes(b"someone's")
    assert faults(kept) == [Kind.STRAY]
    assert mend_all(kept.data, check(kept.data), at=1) == 1
    assert faults(kept) == []
    (found,) = (kept.data / "lost-and-found").rglob("stray.png")
    assert found.read_bytes() == b"someone's"


async def test_what_was_found_earlier_under_the_same_name_stays(kept: Kept):
    stray = kept.picture.with_name("stray.png")
    for content in (b"first", b"second", b"third"):
        stray.write_bytes(content)
        mend_all(kept.data, check(kept.data), at=1)
    found = {path.name: path.read_bytes() for path in (kept.data / "lost-and-found").rglob("stray*.png")}
    assert found == {"stray.png": b"first", "stray-2.png": b"second", "stray-3.png": b"third"}


async def test_a_reference_that_nothing_uses_is_a_stray(kept: Kept):
    a_reference_file(kept)
    assert faults(kept) == [Kind.STRAY]


def a_reference_file(kept: Kept, content: bytes = png()) -> Reference:
    """Keep a picture under the hash of its content, as the shelf does."""
    sha256 = hashlib.sha256(content).hexdigest()
    path = kept.data / "library" / "references" / sha256[:2] / f"{sha256}.png"
    path.parent.mkdir(parents=True)
    path.write_bytes(content)
    relative = path.relative_to(kept.data).as_posix()
    return a_reference(sha256=sha256, path=relative)


async def drawn_from(stores: SqliteStores, reference: Reference) -> None:
    await stores.jobs.add(a_new_job(lineage=None, recipe=a_recipe(reference=reference)))


async def taken_up(stores: SqliteStores, reference: Reference) -> None:
    await stores.pins.put(guild=1, user=1, pin=a_pin(reference=reference))


async def of_a_character(stores: SqliteStores, reference: Reference) -> None:
    project = await stores.projects.add(a_new_project(guild=1, name="H", by=1, at=1))
    mira = await stores.characters.add(NewCharacter(project=project.id, name="Mira", slug="mira", by=1, at=1))
    new = NewReference(
        character=mira.id,
        pose=Pose.FRONT,
        path=reference.path,
        sha256=reference.sha256,
        bytes=len(png()),
        size=reference.size,
        by=1,
        at=1,
    )
    await stores.characters.add_reference(new, most=3)


@pytest.mark.parametrize("needed_by", [drawn_from, taken_up, of_a_character])
async def test_a_reference_is_needed_by_jobs_by_pins_and_by_characters(kept: Kept, needed_by):
    reference = a_reference_file(kept)
    async with Database.open(kept.data / "genga.db") as database:
        await needed_by(SqliteStores.over(database), reference)
    assert faults(kept) == []
    file = kept.data / reference.path
    file.write_bytes(b"something else")
    assert faults(kept) == [Kind.CHANGED]
    file.unlink()
    assert faults(kept) == [Kind.MISSING]


async def test_a_reference_that_was_given_up_and_came_back_is_needed(kept: Kept):
    reference = a_reference_file(kept)
    async with Database.open(kept.data / "genga.db") as database:
        stores = SqliteStores.over(database)
        for taken in (reference, a_reference()):
            await taken_up(stores, taken)
        await stores.pins.take(guild=1, user=1, at=1)
        await drawn_from(stores, reference)
    assert [trouble.kind for trouble in check(kept.data)] == [Kind.OPEN, Kind.OPEN]


# ── what was deleted


async def deleted(kept: Kept) -> None:
    async with Database.open(kept.data / "genga.db") as database:
        await SqliteStores.over(database).artifacts.delete([1], at=1)


async def test_the_files_of_a_deleted_picture_are_unfinished_work_and_no_strays(kept: Kept):
    await deleted(kept)
    troubles = [trouble for trouble in check(kept.data) if trouble.kind is not Kind.OPEN]
    assert [(trouble.kind, trouble.is_fault, trouble.mend) for trouble in troubles] == [
        (Kind.DISCARDED, False, "")
    ] * 2
    assert {trouble.what.split(" ")[0] for trouble in troubles} == {
        path.relative_to(kept.data).as_posix() for path in (kept.picture, kept.thumbnail)
    }


async def test_the_files_of_a_deleted_picture_are_not_missed(kept: Kept):
    await deleted(kept)
    for path in (kept.picture, kept.thumbnail):
        path.unlink()
    async with Database.open(kept.data / "genga.db") as database:
        discards = SqliteStores.over(database).discards
        await discards.gone(await discards.due())
    assert faults(kept) == []


async def test_a_deleted_pictures_file_that_was_forgotten_is_a_stray(kept: Kept):
    await deleted(kept)
    async with Database.open(kept.data / "genga.db") as database:
        discards = SqliteStores.over(database).discards
        await discards.gone(await discards.due())
    assert faults(kept) == [Kind.STRAY] * 2


async def test_what_an_ended_job_was_drawn_from_may_be_deleted(kept: Kept):
    path = kept.picture.relative_to(kept.data).as_posix()
    reference = a_reference(path=path, sha256=hashlib.sha256(kept.picture.read_bytes()).hexdigest())
    async with Database.open(kept.data / "genga.db") as database:
        stores = SqliteStores.over(database)
        job, _ = await stores.jobs.add(a_new_job(lineage=None, recipe=a_recipe(reference=reference)))
        await stores.jobs.store(job.to(JobState.CANCELLED, at=job.since), was=JobState.QUEUED)
    await deleted(kept)
    kept.picture.unlink()
    assert faults(kept) == []


async def test_a_post_whose_job_has_ended_otherwise_is_found_and_dropped(kept: Kept):
    async with Database.open(kept.data / "genga.db") as database:
        jobs = SqliteStores.over(database).jobs
        await jobs.store(kept.job.to(JobState.SHELVED, at=kept.job.since), was=JobState.RENDERED)
    assert faults(kept) == [Kind.STUCK]
    assert mend_all(kept.data, check(kept.data), at=1) == 1
    assert faults(kept) == []


async def test_checking_changes_nothing(kept: Kept):
    kept.picture.with_name("stray.png").write_bytes(b"someone's")
    before = {path: path.read_bytes() for path in kept.data.rglob("*") if path.is_file()}
    check(kept.data)
    after = {path: path.read_bytes() for path in kept.data.rglob("*") if path.is_file()}
    assert after.keys() - {kept.data / "genga.db-shm", kept.data / "genga.db-wal"} == before.keys()
    assert all(after[path] == content for path, content in before.items())


async def test_a_mend_that_takes_a_person_is_left_to_them(kept: Kept):
    kept.picture.unlink()
    assert mend_all(kept.data, check(kept.data), at=1) == 0
    assert faults(kept) == [Kind.MISSING]
