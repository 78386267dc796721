"""The stores over one memory, as the tables of one database."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from bot.core.artifact import Artifact
from bot.core.batching import BatchState
from bot.core.catalogue import Catalogue
from bot.core.errors import (
    NotFound,
    WrongState,
)
from bot.core.job import Card, Job, JobEvent, JobState, Warmth
from bot.core.library import Gallery, GuildSettings
from bot.core.posting import Posting, PostingKind, PostingState, nonce_of
from bot.core.queueing import Kind, Waiting
from bot.ports.review import Pin
from bot.ports.stores import Entry, EntryKind, JobFilter, NewJob
from tests.fakes.artifacts import FakeArtifacts
from tests.fakes.batches import FakeBatches, FakePlans
from tests.fakes.characters import FakeCharacters
from tests.fakes.discards import FakeDiscards
from tests.fakes.leafing import page_of
from tests.fakes.memory import IN_LINE, STILL_DUE, Memory, check_there
from tests.fakes.projects import FakeProjects
from tests.fakes.reviews import FakePins, FakeReviews
from tests.fakes.searching import family_of, has_words
from tests.fakes.styles import FakeStyles

DRAWN = (JobState.RENDERED, JobState.DELIVERED, JobState.SHELVED)


class FakeJobs:
    def __init__(self, memory: Memory) -> None:
        self._memory = memory

    async def add(self, new: NewJob) -> tuple[Job, bool]:
        known = self._with_key(new.origin.key)
        if known is not None:
            return known, False
        if new.pin is not None:
            self._use(new.pin, person=(new.origin.guild, new.origin.user))
        return self._keep(new, JobState.QUEUED), True

    def _use(self, pin: Pin, *, person: tuple[int | None, int]) -> None:
        there = self._memory.pins.get(person)
        if there is None:
            raise WrongState(
                "The picture you took up was used, or laid down, in this very moment.",
                hint="Ask once more to draw without it.",
            )
        if there == pin:
            del self._memory.pins[person]

    async def add_ended(self, new: NewJob, *, artifacts: Sequence[Artifact]) -> Job:
        known = self._with_key(new.origin.key)
        if known is not None:
            return known
        job = self._keep(new, JobState.SHELVED)
        self._keep_pictures(replace(artifact, job=job.id) for artifact in artifacts)
        return job

    def _with_key(self, key: str) -> Job | None:
        return next((job for job in self._memory.jobs.values() if job.origin.key == key), None)

    def _keep(self, new: NewJob, state: JobState) -> Job:
        check_there(self._memory, new.project)
        job = Job(
            id=len(self._memory.jobs) + 1,
            uid=new.uid,
            request=new.request,
            recipe=new.recipe,
            origin=new.origin,
            created=new.created,
            since=new.created,
            state=state,
            project=new.project,
            lineage=new.lineage,
            batch=new.batch,
            priority=new.priority,
            graph=new.graph,
        )
        self._memory.jobs[job.id] = job
        self._memory.events.append(JobEvent(job=job.id, state=job.state, at=job.since))
        return job

    def _keep_pictures(self, artifacts: Iterable[Artifact]) -> None:
        for artifact in artifacts:
            self._memory.artifacts.append(replace(artifact, id=len(self._memory.artifacts) + 1))

    async def get(self, job_id: int) -> Job:
        if job_id not in self._memory.jobs:
            raise NotFound(f"There is no job #{job_id}.", hint="`/job list` shows those there are.")
        return self._memory.jobs[job_id]

    async def store(self, job: Job, *, was: JobState, note: str = "", notice: bool = False) -> None:
        stored = await self.get(job.id)
        if stored.state is not was:
            raise WrongState(f"#{job.id} is {stored.state} by now.", hint="Look at it with `/job show`.")
        self._memory.jobs[job.id] = replace(
            stored,
            state=job.state,
            since=job.since,
            attempt=job.attempt,
            interrupted=job.interrupted,
            opened=job.opened,
            recipe=job.recipe,
            graph=job.graph,
            timings=job.timings,
            failure=job.failure,
        )
        self._memory.events.append(
            JobEvent(job=job.id, state=job.state, at=job.since, attempt=job.attempt, note=note)
        )
        if job.state is JobState.SUBMITTED:
            self._memory.turns[job.origin.user] = max(self._memory.turns.values(), default=0) + 1
            if job.batch is not None:
                self._memory.served_batches[job.batch] = job.since
        if notice:
            self._post(job, PostingKind.NOTICE)

    async def rendered(self, job: Job, *, was: JobState, artifacts: Sequence[Artifact]) -> None:
        await self.store(job, was=was)
        self._keep_pictures(artifacts)
        self._post(job, PostingKind.PICTURES)

    async def delivered(
        self,
        job: Job,
        *,
        posting: Posting,
        post: Card,
        attachments: Sequence[int],
        notice: bool,
        note: str = "",
    ) -> None:
        await self.store(job, was=JobState.RENDERED, notice=notice, note=note)
        self._memory.jobs[job.id] = replace(self._memory.jobs[job.id], post=post)
        self._memory.change_posting(posting, state=PostingState.SENT)
        made = await self.artifacts(job.id)
        ids = dict(zip((artifact.id for artifact in made), attachments, strict=False))
        self._memory.artifacts[:] = [
            replace(artifact, message=post.message, attachment=ids.get(artifact.id))
            if artifact.job == job.id
            else artifact
            for artifact in self._memory.artifacts
        ]

    def _post(self, job: Job, kind: PostingKind) -> None:
        if any(posting.nonce == nonce_of(job.uid, kind, 0) for posting in self._memory.postings.values()):
            return
        posting = Posting(
            id=len(self._memory.postings) + 1,
            job=job.id,
            kind=kind,
            part=0,
            nonce=nonce_of(job.uid, kind, 0),
            state=PostingState.PENDING,
            created=job.since,
        )
        self._memory.postings[posting.id] = posting

    async def set_card(self, job_id: int, card: Card) -> None:
        self._memory.jobs[job_id] = replace(await self.get(job_id), card=card)
        self._memory.settled.discard(job_id)

    async def settle_card(self, job_id: int, card: Card) -> None:
        if self._memory.jobs[job_id].card == card:
            self._memory.settled.add(job_id)

    async def unsettled_cards(self, *, since: int, limit: int) -> list[Job]:
        found = [
            job
            for job in self._memory.jobs.values()
            if job.state.is_end and job.since > since and job.card and job.id not in self._memory.settled
        ]
        return sorted(found, key=lambda job: (job.since, job.id), reverse=True)[:limit]

    async def request_cancel(self, job_id: int) -> None:
        self._memory.jobs[job_id] = replace(await self.get(job_id), cancel_requested=True)

    async def open_pictures(self, job_id: int) -> None:
        job = await self.get(job_id)
        self._memory.jobs[job_id] = replace(job, opened=job.opened + 1)

    async def in_states(self, *states: JobState) -> list[Job]:
        return [job for job in self._memory.jobs.values() if job.state in states]

    async def waiting(self) -> list[Waiting]:
        return [
            Waiting(
                job=job.id,
                user=job.origin.user,
                since=max(job.created, self._memory.served_batches.get(job.batch or 0, 0)),
                kind=kind_of(job),
                priority=job.priority,
                batch=job.batch,
            )
            for job in await self.in_states(JobState.QUEUED)
            if job.batch is None or self._memory.batches[job.batch].state is not BatchState.PAUSED
        ]

    async def count_waiting(self, *, user: int) -> tuple[int, int]:
        jobs = [job for job in await self.in_states(*IN_LINE) if job.batch is None]
        return sum(job.origin.user == user for job in jobs), len(jobs)

    async def find(
        self,
        words: str,
        *,
        guild: int | None,
        project: int | None = None,
        before: int | None = None,
        after: int | None = None,
        limit: int = 10,
    ) -> list[Job]:
        found = [
            job
            for job in reversed(self._memory.jobs.values())
            if job.origin.guild == guild and project in (None, job.project) and has_words(job, words)
        ]
        return page_of(found, before=before, after=after, limit=limit)

    async def children(self, job_id: int) -> list[Job]:
        return [job for job in self._memory.jobs.values() if job.parent == job_id]

    async def family(self, job_id: int, *, limit: int = 200) -> list[Job]:
        return family_of(self._memory.jobs, job_id, limit=limit)

    async def page(
        self, wanted: JobFilter, *, before: int | None = None, after: int | None = None, limit: int = 10
    ) -> list[Job]:
        found = [
            job
            for job in reversed(self._memory.jobs.values())
            if wanted.guild in (None, job.origin.guild)
            and wanted.user in (None, job.origin.user)
            and wanted.project in (None, job.project)
            and wanted.state in (None, job.state)
        ]
        return page_of(found, before=before, after=after, limit=limit)

    async def by_message(self, message: int) -> Job | None:
        return next((job for job in self._memory.jobs.values() if message in _messages(job)), None)

    async def events(self, job_id: int) -> list[JobEvent]:
        return [event for event in self._memory.events if event.job == job_id]

    async def artifacts(self, job_id: int) -> list[Artifact]:
        found = [artifact for artifact in self._memory.artifacts if artifact.job == job_id]
        return sorted(found, key=lambda artifact: artifact.index)

    async def last_served(self) -> Mapping[int, int]:
        users = {waiting.user for waiting in await self.waiting()}
        return {user: turn for user, turn in self._memory.turns.items() if user in users}

    async def measured(self, kind: Kind, *, limit: int = 20) -> list[int]:
        drawings = [
            job.timings.drawing
            for job in reversed(await self.in_states(*DRAWN))
            if kind_of(job) == kind and job.timings.warmth is Warmth.WARM and job.timings.drawing is not None
        ]
        return drawings[:limit]

    async def counts(self) -> Mapping[JobState, int]:
        counted = Counter(job.state for job in self._memory.jobs.values())
        return {state: counted[state] for state in JobState}


def kind_of(job: Job) -> Kind:
    recipe = job.recipe
    return Kind(
        workflow=recipe.workflow,
        model=recipe.model,
        pixels=recipe.size.pixels,
        steps=recipe.steps,
        count=recipe.count,
    )


def _messages(job: Job) -> set[int]:
    return {card.message for card in (job.card, job.post) if card is not None}


class FakeOutbox:
    def __init__(self, memory: Memory) -> None:
        self._memory = memory

    async def due(self) -> list[Posting]:
        return [posting for posting in self._memory.postings.values() if posting.state in STILL_DUE]

    async def sending(self, posting: Posting) -> None:
        tried = self._memory.postings[posting.id].tried + 1
        self._memory.change_posting(posting, state=PostingState.SENDING, tried=tried)

    async def sent(self, posting: Posting, message: Card, *, at: int) -> None:
        self._memory.change_posting(posting, state=PostingState.SENT)

    async def dropped(self, posting: Posting, *, at: int, reason: str) -> None:
        self._memory.change_posting(posting, state=PostingState.DROPPED)


class FakeSettings:
    def __init__(self, memory: Memory) -> None:
        self._galleries = memory.galleries
        self._paused_since: int | None = None
        self.was_restored: int | None = None
        self._catalogue: Catalogue | None = None
        self._hashes: dict[str, str] = {}
        self._admin_channels: dict[int, int] = {}
        self._reactions: dict[int, tuple[str, ...] | None] = {}
        self._reviewers: dict[int, int | None] = {}

    async def of_guild(self, guild: int) -> GuildSettings:
        return GuildSettings(
            guild=guild,
            gallery=self._galleries.get(guild),
            admin_channel=self._admin_channels.get(guild),
            reactions=self._reactions.get(guild),
            reviewer_role=self._reviewers.get(guild),
        )

    async def set_reactions(self, guild: int, emoji: Sequence[str] | None) -> None:
        self._reactions[guild] = None if emoji is None else tuple(emoji)

    async def set_reviewer_role(self, guild: int, role: int | None) -> None:
        self._reviewers[guild] = role

    async def set_gallery(self, guild: int, gallery: Gallery | None) -> None:
        self._galleries[guild] = gallery

    async def set_admin_channel(self, guild: int, channel: int | None) -> None:
        self._admin_channels.pop(guild, None)
        if channel is not None:
            self._admin_channels[guild] = channel

    async def admin_channels(self) -> list[int]:
        return sorted(self._admin_channels.values())

    async def set_gallery_thread(self, channel: int, thread: int | None) -> None:
        for guild, gallery in self._galleries.items():
            if gallery is not None and gallery.channel == channel:
                self._galleries[guild] = replace(gallery, thread=thread)

    async def paused_since(self) -> int | None:
        return self._paused_since

    async def set_paused(self, since: int | None) -> None:
        self._paused_since = since

    async def restored(self) -> int | None:
        return self.was_restored

    async def catalogue(self) -> Catalogue | None:
        return self._catalogue

    async def set_catalogue(self, catalogue: Catalogue) -> None:
        self._catalogue = catalogue

    async def commands_hash(self, scope: str) -> str | None:
        return self._hashes.get(scope)

    async def set_commands_hash(self, scope: str, value: str) -> None:
        self._hashes[scope] = value


class FakeJournal:
    def __init__(self, memory: Memory) -> None:
        self.entries = memory.entries

    async def write(self, entry: Entry) -> None:
        self.entries.append(entry)

    async def newest(self, *, limit: int = 50) -> list[Entry]:
        return self.entries[::-1][:limit]

    async def served(self, job: int, *, user: int, emoji: Sequence[str]) -> bool:
        return any(
            (entry.kind, entry.job, entry.user) == (EntryKind.REACTION, job, user)
            and entry.name in emoji
            and "error" not in entry.detail
            for entry in self.entries
        )

    async def incidents(self, *, since: int) -> int:
        return sum(entry.kind is EntryKind.INCIDENT and entry.at >= since for entry in self.entries)


class FakeStores:
    """All stores over one memory."""

    def __init__(self) -> None:
        self.memory = Memory()
        self.jobs = FakeJobs(self.memory)
        self.outbox = FakeOutbox(self.memory)
        self.projects = FakeProjects(self.memory)
        self.settings = FakeSettings(self.memory)
        self.journal = FakeJournal(self.memory)
        self.artifacts = FakeArtifacts(self.memory)
        self.styles = FakeStyles(self.memory)
        self.discards = FakeDiscards(self.memory)
        self.characters = FakeCharacters(self.memory)
        self.reviews = FakeReviews(self.memory)
        self.pins = FakePins(self.memory)
        self.batches = FakeBatches(self.memory, self.jobs)
        self.plans = FakePlans(self.memory)
