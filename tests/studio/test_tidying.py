"""What an earlier life put on the shelf and never recorded is removed at the start, and nothing else."""

from bot.core.errors import StudioError
from bot.core.job import JobState
from bot.studio.tidying import Tidying
from tests.builders import a_picture, an_artifact, png
from tests.fakes import FakeShelf
from tests.studio.house import Studio, a_studio

FOLDER = "library/_/_/2026-09-21"


async def test_files_of_open_jobs_and_references_that_nothing_needs_are_removed():
    async with a_studio() as studio:
        job = await studio.stored(JobState.SUBMITTED, JobState.RUNNING)
        for name in ("images/1_1.png", "thumbnails/1_1.webp", "images/11_1.png"):
            studio.shelf.files[f"{FOLDER}/{name}"] = png()
        stray = await studio.shelf.put_reference(a_picture(content=png(grey=9)))
        needed = await studio.submit.reference(png())
        await studio.ask(reference=needed, denoise=0.5)
        assert await studio.tidying.tidy() == 3
        assert sorted(studio.shelf.files) == [f"{FOLDER}/images/11_1.png", needed.path]
        assert stray.path not in studio.shelf.files
        assert job.state is JobState.RUNNING


async def test_what_was_recorded_stays():
    async with a_studio() as studio:
        job = await studio.stored(JobState.SUBMITTED, JobState.RUNNING)
        path = f"{FOLDER}/images/{job.id}_1.png"
        studio.shelf.files[path] = png()
        done = job.to(JobState.RENDERED, at=studio.clock.now())
        await studio.jobs.rendered(done, was=job.state, artifacts=[an_artifact(job=job.id, path=path)])
        assert await studio.tidying.tidy() == 0
        assert path in studio.shelf.files


async def test_what_lay_there_when_a_database_was_put_back_is_left_for_the_one_that_was_replaced():
    async with a_studio() as studio:
        before, after = [
            await studio.shelf.put_reference(a_picture(content=png(grey=grey))) for grey in (1, 2)
        ]
        studio.stores.settings.was_restored = 100
        studio.shelf.times.update({before.path: 100, after.path: 101})
        assert await studio.tidying.tidy() == 1
        assert list(studio.shelf.files) == [before.path]


def tidying_of(studio: Studio, shelf: FakeShelf) -> Tidying:
    return Tidying(
        jobs=studio.jobs,
        settings=studio.stores.settings,
        archive=studio.archive,
        discards=studio.stores.discards,
        shelf=shelf,
    )


class Vanishing(FakeShelf):
    async def written(self, path: str) -> int:
        del self.files[path]
        return await super().written(path)


async def test_what_somebody_else_removes_meanwhile_stops_nothing():
    async with a_studio() as studio:
        shelf = Vanishing()
        await shelf.put_reference(a_picture())
        studio.stores.settings.was_restored = 100
        assert await tidying_of(studio, shelf).tidy() == 0


class Stuck(FakeShelf):
    async def remove(self, path: str) -> None:
        raise StudioError(f"{path} cannot be removed: it is held open.")


async def test_what_cannot_be_removed_stops_nothing():
    async with a_studio() as studio:
        shelf = Stuck()
        await shelf.put_reference(a_picture())
        assert await tidying_of(studio, shelf).tidy() == 1
        assert len(shelf.files) == 1


async def test_pictures_that_the_store_would_not_take_are_not_left_lying(monkeypatch):
    async with a_studio() as studio:
        job = await studio.ask()
        monkeypatch.setattr(studio.jobs, "rendered", _refused)
        await studio.worker.run_once()
        failed = await studio.until(job, JobState.FAILED)
        assert failed.failure.kind == "failed"
        assert studio.shelf.files == {}


async def _refused(*_: object, **__: object) -> None:
    raise OSError("the disk is gone")
