"""Resemblance: how much drawn pictures are like the references of whom they show; advisory."""

from collections.abc import Sequence
from contextlib import suppress

from bot.core.errors import NotFound
from bot.core.job import Job
from bot.ports.darkroom import Darkroom
from bot.ports.library import Artifacts, Characters
from bot.ports.pictures import Picture
from bot.ports.shelf import Shelf
from bot.ports.stores import Jobs
from bot.studio.incidents import Incidents


class Resemblance:
    def __init__(
        self,
        *,
        jobs: Jobs,
        characters: Characters,
        artifacts: Artifacts,
        darkroom: Darkroom,
        shelf: Shelf,
        incidents: Incidents,
    ) -> None:
        self._jobs = jobs
        self._characters = characters
        self._artifacts = artifacts
        self._darkroom = darkroom
        self._shelf = shelf
        self._incidents = incidents

    async def look(self, job: Job, pictures: Sequence[Picture]) -> None:
        """Compare a recorded job's pictures with the references of the first of its cast.

        What goes wrong with that is an incident, and costs the job nothing: it stays “not measured”.
        """
        if not job.recipe.cast:
            return
        try:
            await self._compared(job, pictures, await self._references(job.recipe.cast[0].id))
        except Exception as error:  # noqa: BLE001 - whatever it is, the pictures are drawn, kept and posted
            await self._incidents.report(error, where="resemblance", job=job.id)

    async def _references(self, character: int) -> list[bytes]:
        """Read the character's references; one whose file is gone is left out."""
        contents: list[bytes] = []
        for reference in await self._characters.references(character):
            with suppress(NotFound):
                contents.append(await self._shelf.read(reference.path))
        return contents

    async def _compared(self, job: Job, pictures: Sequence[Picture], references: Sequence[bytes]) -> None:
        for artifact, picture in zip(await self._jobs.artifacts(job.id), pictures, strict=True):
            likeness = await self._darkroom.likeness(picture.content, references)
            if likeness is not None:
                await self._artifacts.liken(artifact.id, likeness)
