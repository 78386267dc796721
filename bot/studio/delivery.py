"""The courier: carries finished pictures into their thread, and the news to the one who asked."""

import asyncio
from collections.abc import Awaitable, Sequence
from contextlib import suppress
from dataclasses import replace
from typing import assert_never

from bot.core.addressing import tags_of
from bot.core.artifact import Artifact
from bot.core.errors import (
    DeliveryError,
    DiscordAway,
    NotFound,
    StudioError,
    TooLarge,
    Withdrawn,
)
from bot.core.job import Failure, Job, JobState
from bot.core.posting import Posting, PostingKind
from bot.ports.clock import Clock
from bot.ports.pictures import Picture, Pictures
from bot.ports.poster import Notice, PicturePost, Posted, Poster
from bot.ports.shelf import Shelf
from bot.ports.stores import Jobs, Outbox, Projects, Settings
from bot.studio.addresses import Address, Addresses, around
from bot.studio.feed import Feed, JobChanged, News
from bot.studio.incidents import Incidents
from bot.studio.mounting import Mounting
from bot.studio.together import together

FIRST_RETRY_S = 1.0
LAST_RETRY_S = 60.0


NONCE_LASTS_MS = 2 * 60 * 1000
"""Discord knows a repeated nonce for a few minutes; a try older than this may have arrived unknown to it."""


class Courier:
    def __init__(
        self,
        *,
        jobs: Jobs,
        outbox: Outbox,
        projects: Projects,
        settings: Settings,
        shelf: Shelf,
        pictures: Pictures,
        mounting: Mounting,
        poster: Poster,
        incidents: Incidents,
        feed: Feed,
        clock: Clock,
    ) -> None:
        self._jobs = jobs
        self._outbox = outbox
        self._addresses = Addresses(projects=projects, settings=settings, poster=poster)
        self._shelf = shelf
        self._pictures = pictures
        self._mounting = mounting
        self._poster = poster
        self._incidents = incidents
        self._feed = feed
        self._clock = clock
        self._some = asyncio.Event()
        self._leaving = False
        self._at_hand: dict[int, list[Picture]] = {}
        self._patience_s = 0.0

    def take(self, job: Job, pictures: list[Picture]) -> None:
        """Note that the job is RENDERED; its pictures are encoded already, as for a place with much room."""
        self._at_hand[job.id] = pictures
        self.wake()

    def wake(self) -> None:
        self._some.set()

    def leave(self) -> None:
        """Let `run` return once what is due now is delivered, or at once while Discord is away."""
        self._leaving = True
        self.wake()

    async def run(self) -> None:
        """Deliver until told to leave; while Discord is away, what is drawn waits and is posted in order."""
        pause = FIRST_RETRY_S
        with self._feed.telling(self._hear):
            while True:
                self._some.clear()
                reached = await self.run_once()
                if self._leaving:
                    return
                if reached:
                    pause = FIRST_RETRY_S
                    await self._some.wait()
                else:
                    await self._woken_within(max(pause, self._patience_s))
                    pause = min(pause * 2, LAST_RETRY_S)

    async def run_once(self) -> bool:
        """Deliver all that is due, oldest first; tell whether Discord took part."""
        while due := await self._outbox.due():
            for posting in due:
                try:
                    await self._deliver(posting)
                except (DiscordAway, _Unrecorded) as fault:
                    self._at_hand.clear()  # they are on the shelf; an outage may be longer than our memory
                    self._patience_s = fault.patience_s if isinstance(fault, DiscordAway) else 0.0
                    return False
                except Exception as error:  # noqa: BLE001 - a post that trips us must not stop the others
                    await self._give_up(posting, error)
                self._at_hand.pop(posting.job, None)
        return True

    def _hear(self, news: News) -> None:
        """Whatever ends or is drawn may have left something to post."""
        match news:
            case JobChanged(job=job) if job.state.is_end or job.state is JobState.RENDERED:
                self.wake()
            case _:
                pass

    async def _woken_within(self, seconds: float) -> None:
        with suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                await self._some.wait()

    async def _give_up(self, posting: Posting, error: Exception) -> None:
        incident = await self._incidents.report(error, where="delivery", job=posting.job)
        job = await self._jobs.get(posting.job)
        if job.state is JobState.RENDERED:
            await self._shelve(posting, job, incident)
        else:
            await self._outbox.dropped(posting, at=self._clock.now(), reason=incident.message)

    async def _deliver(self, posting: Posting) -> None:
        job = await self._jobs.get(posting.job)
        await self._outbox.sending(posting)
        match posting.kind:
            case PostingKind.PICTURES:
                await self._post_pictures(posting, job)
            case PostingKind.NOTICE:
                await self._notify(posting, job)
            case _:
                assert_never(posting.kind)

    async def _post_pictures(self, posting: Posting, job: Job) -> None:
        if job.state is not JobState.RENDERED:
            reason = f"the job is {job.state} already"
            await self._outbox.dropped(posting, at=self._clock.now(), reason=reason)
            return
        artifacts = await self._jobs.artifacts(job.id)
        try:
            await self._post_somewhere(posting, job, artifacts)
        except DiscordAway:
            raise
        except Withdrawn as error:
            await self._was_delivered(posting, job, error)
        except (DeliveryError, NotFound) as error:
            await self._shelve(posting, job, error)

    async def _post_somewhere(self, posting: Posting, job: Job, artifacts: Sequence[Artifact]) -> None:
        """Post where the pictures belong, else in the next place that is right for them, saying why."""
        address = await self._addresses.of(job)
        tags = tags_of(job.recipe, (artifact.kind for artifact in artifacts))
        while True:
            try:
                channel = await self._addresses.channel_at(address, tags=tags)
                await self._post_at(posting, job, artifacts, address, channel)
            except (DiscordAway, Withdrawn, TooLarge):
                raise
            except DeliveryError as barred:
                address = around(address, barred, job)
            else:
                if address.in_forum:
                    await self._poster.tag(channel, tags)
                return

    async def _post_at(
        self,
        posting: Posting,
        job: Job,
        artifacts: Sequence[Artifact],
        address: Address,
        channel: int,
    ) -> None:
        limit = await self._poster.upload_limit(channel, count=self._mounting.files(job, artifacts))
        post = PicturePost(
            job=job,
            project=address.project,
            artifacts=artifacts,
            pictures=await self._encoded(job, artifacts, limit),
            nonce=posting.nonce,
            doubtful=self._is_doubtful(posting),
            detour=address.detour,
        )
        post = await self._mounting.mounted(post, limit=limit)
        posted = await self._sent(channel, post)
        now = self._clock.now()
        delivered = replace(
            job.to(JobState.DELIVERED, at=now),
            post=posted.message,
            timings=replace(job.timings, post=now - job.since, total=now - job.created),
        )
        recorded = self._jobs.delivered(
            delivered,
            posting=posting,
            post=posted.message,
            attachments=posted.attachments,
            notice=job.stands_alone and job.origin.channel not in (None, channel),
            note=post.told,
        )
        await self._taken_down(recorded, job)
        self._feed.publish(JobChanged(job=delivered))

    async def _sent(self, channel: int, post: PicturePost) -> Posted:
        """Post it; what Discord finds too large is sent once more at half its size."""
        try:
            return await self._poster.post(channel, post)
        except TooLarge:
            limit = max(len(picture.content) for picture in post.pictures) // 2
            smaller = await self._encoded(post.job, post.artifacts, limit)
            return await self._poster.post(channel, replace(post, pictures=smaller))

    async def _encoded(self, job: Job, artifacts: Sequence[Artifact], limit: int) -> list[Picture]:
        ready = self._at_hand.get(job.id, [])
        if len(ready) == len(artifacts) and all(len(picture.content) <= limit for picture in ready):
            return ready
        originals = [await self._original(artifact) for artifact in artifacts]
        return await together(self._pictures.for_post(original, limit=limit) for original in originals)

    def _is_doubtful(self, posting: Posting) -> bool:
        return posting.tried > 0 and self._clock.now() - posting.created > NONCE_LASTS_MS

    async def _original(self, artifact: Artifact) -> Picture:
        content = await self._shelf.read(artifact.path)
        return Picture(content=content, size=artifact.size, media_type=artifact.media_type)

    async def _was_delivered(self, posting: Posting, job: Job, withdrawn: Withdrawn) -> None:
        """Somebody saw the pictures and deleted them before we heard that they had arrived."""
        now = self._clock.now()
        delivered = replace(
            job.to(JobState.DELIVERED, at=now), timings=replace(job.timings, total=now - job.created)
        )
        await self._jobs.store(delivered, was=job.state, note=withdrawn.message)
        await self._outbox.dropped(posting, at=now, reason=withdrawn.message)
        self._feed.publish(JobChanged(job=delivered))

    async def _shelve(self, posting: Posting, job: Job, error: StudioError) -> None:
        """Keep the pictures in the library and say why they are nowhere else.

        The job first: a crash before the second step finds the posting again, and a job that is not RENDERED.
        """
        now = self._clock.now()
        shelved = replace(
            job.to(JobState.SHELVED, at=now),
            failure=Failure(kind="not_posted", message=error.message, hint=error.hint),
            timings=replace(job.timings, total=now - job.created),
        )
        await self._jobs.store(shelved, was=job.state, note=error.message, notice=shelved.stands_alone)
        await self._outbox.dropped(posting, at=now, reason=error.message)
        self._feed.publish(JobChanged(job=shelved))

    async def _notify(self, posting: Posting, job: Job) -> None:
        channel = job.card.channel if job.card else job.origin.channel
        if channel is None:
            await self._outbox.dropped(posting, at=self._clock.now(), reason="there is nobody to tell")
            return
        notice = Notice(job=job, nonce=posting.nonce, doubtful=self._is_doubtful(posting))
        try:
            message = await self._poster.notify(channel, notice)
        except DiscordAway:
            raise
        except DeliveryError as error:
            await self._outbox.dropped(posting, at=self._clock.now(), reason=error.message)
        else:
            await self._taken_down(self._outbox.sent(posting, message, at=self._clock.now()), job)

    async def _taken_down(self, recorded: Awaitable[None], job: Job) -> None:
        """Take down what stands in Discord already: no trouble with that may make it undone or dropped."""
        try:
            await recorded
        except Exception as error:
            await self._incidents.report(error, where="delivery", job=job.id)
            raise _Unrecorded from error


class _Unrecorded(Exception):
    """It is posted, and the store would not take that down; the next try finds it by its nonce."""
