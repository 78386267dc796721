"""Reproduction: whether a job drawn with the same seed gave the very same pictures, and if not, why."""

from collections.abc import Sequence

from bot.core.artifact import Artifact
from bot.core.errors import StudioError
from bot.core.generation import Recipe
from bot.core.job import Job
from bot.core.likeness import Difference
from bot.core.lineage import Descent
from bot.ports.darkroom import Darkroom
from bot.ports.shelf import Shelf
from bot.ports.stores import Jobs

SAMPLES = 255
_FROM_CACHE = "ComfyUI still had the result at hand and sampled nothing anew."


class Reproduction:
    def __init__(self, *, jobs: Jobs, shelf: Shelf, darkroom: Darkroom) -> None:
        self._jobs = jobs
        self._shelf = shelf
        self._darkroom = darkroom

    async def verdict(self, job: Job, pictures: Sequence[Artifact]) -> tuple[str, ...]:
        """Say how the pictures compare with those that were to be drawn again; nothing for other jobs."""
        if job.lineage is None or job.lineage.how is not Descent.SAME_SEED:
            return ()
        original = await self._jobs.get(job.lineage.parent)
        kept = {one.index: one for one in await self._jobs.artifacts(original.id) if one.deleted is None}
        pairs = [(kept[one.index], one) for one in pictures if one.index in kept]
        try:
            found = [await self._difference(*pair) for pair in pairs]
        except StudioError as error:
            return (f"Not compared with #{original.id}: {error.message}",)
        if not found:
            return (f"Not compared with #{original.id}: its pictures were deleted.",)
        if all(difference.identical for difference in found):
            identical = _identical(original, len(found), of=len(pictures))
            return (identical, _FROM_CACHE) if _was_cached(original, job) else (identical,)
        return (_differing(original, found), _why(original.recipe, job.recipe))

    async def _difference(self, a: Artifact, b: Artifact) -> Difference:
        return await self._darkroom.difference(await self._shelf.read(a.path), await self._shelf.read(b.path))


def _was_cached(original: Job, job: Job) -> bool:
    """Tell whether ComfyUI sampled the original, and for this one had the result still at hand."""
    measured = job.timings.drawing is not None and job.timings.sample is None
    return measured and bool(original.timings.sample)


def _identical(original: Job, compared: int, *, of: int) -> str:
    part = f" ({compared} of {of} compared)" if compared < of else ""
    return f"Identical to #{original.id}, pixel by pixel{part}."


def _differing(original: Job, found: Sequence[Difference]) -> str:
    different = [difference for difference in found if not difference.identical]
    which = f"{len(different)} of {len(found)} pictures differ" if len(found) > 1 else "Differs"
    return f"{which} from #{original.id}: {_how_much(different[0])}."


def _how_much(difference: Difference) -> str:
    before, now = difference.sizes
    if difference.pixels is None:
        return f"{now} instead of {before}"
    share = difference.pixels / before.pixels
    return f"{share:.1%} of the pixels, by {difference.most} of {SAMPLES} at most"


def _why(before: Recipe, now: Recipe) -> str:
    """Name what has changed since, as far as ComfyUI tells."""
    changes: list[str] = []
    if now.lightened_from is not None:
        changes.append("it was drawn in less, for the GPU's memory did not suffice")
    if before.renderer != now.renderer and before.renderer and now.renderer:
        changes.append(f"ComfyUI was {before.renderer} and is {now.renderer}")
    if before.model_hash and now.model_hash and before.model_hash != now.model_hash:
        changes.append(f"the file of the model {now.model} is another one")
    if changes:
        return f"What has changed since: {'; '.join(changes)}."
    told = before.model_hash and now.model_hash
    unknown = "" if told else " Whether the model's file is the same ComfyUI does not tell."
    return f"The workflow is the same, and no other version of ComfyUI is known to have drawn it.{unknown}"
