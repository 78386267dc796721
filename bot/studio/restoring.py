"""Restoring: a picture whose file is gone is fetched again from its post, if it is still the same."""

from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from hashlib import sha256

from bot.core.artifact import Artifact
from bot.core.errors import BadRequest, DeliveryError, DiscordAway, NotFound
from bot.core.generation import Reference
from bot.core.job import Job
from bot.ports.darkroom import Darkroom
from bot.ports.pictures import Pictures
from bot.ports.poster import PostReader
from bot.ports.shelf import Shelf
from bot.ports.stores import Jobs
from bot.studio.custody import held

MOST_ANCESTORS = 50


@dataclass(frozen=True, slots=True, kw_only=True)
class Original:
    """A picture's bytes; `restored`: its file is gone, these are of the post, which is encoded anew."""

    content: bytes
    media_type: str
    restored: bool = False


class Restoring:
    def __init__(
        self, *, jobs: Jobs, shelf: Shelf, pictures: Pictures, darkroom: Darkroom, posts: PostReader
    ) -> None:
        self._jobs = jobs
        self._shelf = shelf
        self._pictures = pictures
        self._darkroom = darkroom
        self._posts = posts

    async def original(self, picture: Artifact) -> Original:
        """Return the file as it is kept, else the picture from its post; raise NotFound if both are gone."""
        try:
            content = await self._shelf.read(picture.path)
        except NotFound:
            return Original(content=await self._from_post(picture), media_type="image/webp", restored=True)
        return Original(content=content, media_type=picture.media_type)

    async def reference_to(self, picture: Artifact) -> Reference:
        """Return the picture as one to start from; raise NotFound if file and post are gone."""
        if await self._is_kept(picture.path):
            return Reference(sha256=picture.sha256, path=picture.path, size=picture.size)
        clean = await self._pictures.reference(await self._from_post(picture))
        kept = await self._shelf.put_reference(clean)
        return Reference(sha256=kept.sha256, path=kept.path, size=clean.size)

    async def reference_of(self, job: Job) -> Reference | None:
        """Return the picture that the job starts from, restored if its file is gone."""
        reference = job.recipe.reference
        if reference is None or await self._is_kept(reference.path):
            return reference
        picture = await self._picture_at(reference.path, job)
        if picture is None:
            raise NotFound(
                f"The picture that #{job.id} starts from is gone from the disk.",
                hint="Start from another picture, or give it once more with `/generate`.",
            )
        return await self.reference_to(picture)

    def held(self, reference: Reference) -> AbstractAsyncContextManager[None]:
        """Keep its file from being removed until its need is stored; raises NotFound if it is gone."""
        return held(self._shelf, reference)

    async def kept(self, reference: Reference) -> Reference:
        """Return it; raise NotFound if its file is gone."""
        await self._shelf.read(reference.path)
        return reference

    async def _is_kept(self, path: str) -> bool:
        try:
            await self._shelf.read(path)
        except NotFound:
            return False
        return True

    async def _picture_at(self, path: str, job: Job) -> Artifact | None:
        """Look for the picture among those of the jobs that this one came from."""
        for _ in range(MOST_ANCESTORS):
            if job.parent is None:
                return None
            job = await self._jobs.get(job.parent)
            for picture in await self._jobs.artifacts(job.id):
                if picture.path == path:
                    return picture
        return None

    async def _from_post(self, picture: Artifact) -> bytes:
        job = await self._jobs.get(picture.job)
        if job.post is None or picture.attachment is None:
            raise _gone(picture)
        try:
            content = await self._posts.attachment(job.post, picture.attachment)
        except DiscordAway:
            raise
        except DeliveryError as error:
            raise _gone(picture) from error
        if not await self._is(picture, content):
            raise _gone(picture)
        return content

    async def _is(self, picture: Artifact, content: bytes) -> bool:
        """Tell by the hash whether it is that picture: of the bytes, or of what it looks like."""
        if sha256(content).hexdigest() in {picture.sha256, picture.origin_sha256}:
            return True
        if picture.fingerprint is None:
            return False
        try:
            found = (await self._darkroom.develop(content)).fingerprint
        except BadRequest:
            return False
        return found is not None and found.near(picture.fingerprint)


def _gone(picture: Artifact) -> NotFound:
    return NotFound(
        f"The file of picture {picture.index} of #{picture.job} is gone, and its post does not have it "
        "either.",
        hint="Draw it again with `/job again`.",
    )
