"""Which earlier pictures some look like."""

from collections.abc import Iterable, Sequence

from bot.core.artifact import Artifact
from bot.core.job import Job
from bot.ports.library import Artifacts


async def twins_of(pictures: Iterable[Artifact], artifacts: Artifacts) -> dict[int, Artifact]:
    """Return the look-alikes by their ids, without those that were deleted since."""
    found = [await artifacts.get(picture.near) for picture in pictures if picture.near is not None]
    return {twin.id: twin for twin in found if twin.deleted is None}


async def twin_words(job: Job, pictures: Sequence[Artifact], artifacts: Artifacts) -> tuple[str, ...]:
    """Name in one sentence what a job's pictures look like; that they look like their parent is no news."""
    twins = await twins_of(pictures, artifacts)
    alike = [(picture, twins.get(picture.near or 0)) for picture in pictures]
    told = [
        f"{_which(picture, pictures)} looks like #{twin.job}, picture {twin.index}"
        for picture, twin in alike
        if twin is not None and twin.job != job.parent
    ]
    return (f"{'; '.join(told)}.",) if told else ()


def _which(picture: Artifact, among: Sequence[Artifact]) -> str:
    return f"Picture {picture.index}" if len(among) > 1 else "It"
