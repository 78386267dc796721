"""Posts kept true: what is decided about a picture, or taken away, is seen where it hangs."""

import asyncio
from typing import Final

import structlog

from bot.chat import cards
from bot.chat.cards.posts import Hanging
from bot.chat.touching import Touch
from bot.core.errors import DeliveryError, DiscordAway
from bot.core.job import JobState
from bot.ports.review import Reviews
from bot.ports.stores import Jobs, Projects
from bot.studio.incidents import Incidents

log = structlog.get_logger(__name__)

PAUSE_S: Final = 5.0


class Posts:
    """`changed` may be called at any time; `run` makes the posts true, each as it is by then."""

    def __init__(
        self, *, jobs: Jobs, projects: Projects, reviews: Reviews, touch: Touch, incidents: Incidents
    ) -> None:
        self._jobs = jobs
        self._projects = projects
        self._reviews = reviews
        self._touch = touch
        self._incidents = incidents
        self._stale: dict[int, None] = {}
        self._some = asyncio.Event()

    def changed(self, job_id: int) -> None:
        """Note that the post of this job shows what is not so any more."""
        self._stale[job_id] = None
        self._some.set()

    async def run(self) -> None:
        while True:
            await self._some.wait()
            self._some.clear()
            if not await self.run_once():
                await asyncio.sleep(PAUSE_S)
                self._some.set()

    async def run_once(self) -> bool:
        """Make every stale post true; tell whether Discord took part."""
        while self._stale:
            job_id = next(iter(self._stale))
            del self._stale[job_id]
            try:
                await self.renew(job_id)
            except DiscordAway:
                self._stale[job_id] = None
                return False
            except DeliveryError as error:
                log.info("post.unchanged", job=job_id, because=error.message)
            except Exception as error:  # noqa: BLE001 - one post that trips us must not stop the others
                await self._incidents.report(error, where="posts", job=job_id)
        return True

    async def renew(self, job_id: int) -> None:
        """Show in the post how its pictures stand; one that has none left is taken down."""
        hung = await self._hung(job_id)
        post = hung.job.post
        if post is None:
            return
        left = [picture for picture in hung.pictures if picture.deleted is None]
        if not left:
            await self._touch.remove(post)
            return
        keep = None
        if len(left) < len(hung.pictures):
            keep = {picture.attachment for picture in left if picture.attachment is not None}
        await self._touch.change(post, cards.changed_post(hung), keep=keep)

    async def _hung(self, job_id: int) -> Hanging:
        job = await self._jobs.get(job_id)
        pictures = await self._jobs.artifacts(job_id)
        events = await self._jobs.events(job_id)
        decisions = {one.id: await self._reviews.decisions(one.id) for one in pictures}
        return Hanging(
            job=job,
            project=await self._projects.get(job.project) if job.project is not None else None,
            pictures=pictures,
            parent=await self._jobs.get(job.parent) if job.parent is not None else None,
            told="\n".join(event.note for event in events if event.state is JobState.DELIVERED),
            decisions={artifact: made[-1] for artifact, made in decisions.items() if made},
        )
