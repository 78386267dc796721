from concurrent.futures import Executor, ThreadPoolExecutor
from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from bot.core.job import Job, JobState
from storage.database import Database
from storage.files import PictureShelf
from storage.fsck import Kind, check, mend_all
from storage.stores import SqliteStores
from tests.builders import a_new_job, a_picture, an_artifact, png


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    """A data folder in which one job has one picture."""

    data: Path
    job: Job
    picture: Path


@pytest.fixture
async def kept(tmp_path: Path) -> Kept:
    with ThreadPoolExecutor(1) as pool:
        return await _kept(tmp_path, pool)


async def _kept(tmp_path: Path, pool: Executor) -> Kept:
    async with Database.open(tmp_path / "genga.db") as database:
        stores = SqliteStores.over(database)
        job, _ = await stores.jobs.add(a_new_job(project=None, lineage=None))
        shelf = PictureShelf(tmp_path, pool)
        shelved = await shelf.put(a_picture(content=png()), project="_", day="2026-11-20", name="1_1")
        for state in (JobState.SUBMITTED, JobState.RUNNING):
            was, job = job.state, job.to(state, at=job.since)
            await stores.jobs.store(job, was=was)
        artifact = replace(
            an_artifact(job=job.id), path=shelved.path, sha256=shelved.sha256, bytes=shelved.bytes
        )
        await stores.jobs.rendered(
            job := job.to(JobState.RENDERED, at=job.since), was=JobState.RUNNING, artifacts=[artifact]
        )
    return Kept(data=tmp_path, job=job, picture=tmp_path / shelved.path)


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


async def test_a_reference_that_no_job_uses_is_a_stray(kept: Kept):
    unused = kept.data / "library" / "references" / "ab" / f"{'ab' * 32}.png"
    unused.parent.mkdir(parents=True)
    unused.write_bytes(png())
    assert faults(kept) == [Kind.STRAY]


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
