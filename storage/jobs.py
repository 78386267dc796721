"""Jobs, as the use cases remember and find them."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import partial
from sqlite3 import Connection

from bot.core.artifact import Artifact
from bot.core.job import Card, Job, JobEvent, JobState
from bot.core.posting import Posting, PostingKind
from bot.core.queueing import Kind, Waiting
from bot.ports.stores import JobFilter, NewJob
from storage import artifacts, deleting, events, finding, outbox, pins, searching, transitions, turns, words
from storage.database import Database


class SqliteJobs:
    """The port `Jobs`: each method is one hop to the database's threads, each change one transaction."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def add(self, new: NewJob) -> tuple[Job, bool]:
        return await self._database.write(partial(_add, new=new))

    async def add_ended(self, new: NewJob, *, artifacts: Sequence[Artifact]) -> Job:
        return await self._database.write(partial(_add_ended, new=new, made=artifacts))

    async def store(self, job: Job, *, was: JobState, note: str = "", notice: bool = False) -> None:
        await self._database.write(partial(_store, job=job, was=was, note=note, notice=notice))

    async def rendered(self, job: Job, *, was: JobState, artifacts: Sequence[Artifact]) -> None:
        await self._database.write(partial(_rendered, job=job, was=was, made=artifacts))

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
        await self._database.write(
            partial(
                _delivered,
                job=job,
                posting=posting,
                post=post,
                attachments=attachments,
                notice=notice,
                note=note,
            )
        )

    async def set_card(self, job_id: int, card: Card) -> None:
        await self._database.write(partial(transitions.set_card, job_id=job_id, card=card))

    async def settle_card(self, job_id: int, card: Card) -> None:
        await self._database.write(partial(transitions.settle_card, job_id=job_id, card=card))

    async def request_cancel(self, job_id: int) -> None:
        await self._database.write(partial(transitions.request_cancel, job_id=job_id))

    async def open_pictures(self, job_id: int) -> None:
        await self._database.write(partial(transitions.open_pictures, job_id=job_id))

    async def get(self, job_id: int) -> Job:
        return await self._database.read(partial(finding.by_id, job_id=job_id))

    async def in_states(self, *states: JobState) -> list[Job]:
        return await self._database.read(partial(finding.in_states, states=states))

    async def unsettled_cards(self, *, since: int, limit: int) -> list[Job]:
        return await self._database.read(partial(finding.unsettled_cards, since=since, limit=limit))

    async def waiting(self) -> list[Waiting]:
        return await self._database.read(finding.waiting)

    async def count_waiting(self, *, user: int) -> tuple[int, int]:
        return await self._database.read(partial(_count_waiting, user=user))

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
        return await self._database.read(
            partial(
                searching.find,
                words=words,
                guild=guild,
                project=project,
                before=before,
                after=after,
                limit=limit,
            )
        )

    async def children(self, job_id: int) -> list[Job]:
        return await self._database.read(partial(searching.children, job_id=job_id))

    async def family(self, job_id: int, *, limit: int = 200) -> list[Job]:
        return await self._database.read(partial(searching.family, job_id=job_id, limit=limit))

    async def page(
        self, wanted: JobFilter, *, before: int | None = None, after: int | None = None, limit: int = 10
    ) -> list[Job]:
        return await self._database.read(
            partial(finding.page, wanted=wanted, before=before, after=after, limit=limit)
        )

    async def by_message(self, message: int) -> Job | None:
        return await self._database.read(partial(finding.by_message, message=message))

    async def events(self, job_id: int) -> list[JobEvent]:
        return await self._database.read(partial(events.of_job, job_id=job_id))

    async def artifacts(self, job_id: int) -> list[Artifact]:
        return await self._database.read(partial(artifacts.of_job, job_id=job_id))

    async def last_served(self) -> Mapping[int, int]:
        return await self._database.read(turns.of_waiting_users)

    async def measured(self, kind: Kind, *, limit: int = 20) -> list[int]:
        return await self._database.read(partial(finding.measured, kind=kind, limit=limit))

    async def counts(self) -> Mapping[JobState, int]:
        return await self._database.read(finding.counts)


def _add(db: Connection, *, new: NewJob) -> tuple[Job, bool]:
    known = finding.by_origin(db, key=new.origin.key)
    if known is not None:
        return known, False
    if new.pin is not None:
        pins.use(db, guild=new.origin.guild, user=new.origin.user, pin=new.pin)
    return insert_new(db, new), True


def _add_ended(db: Connection, *, new: NewJob, made: Sequence[Artifact]) -> Job:
    known = finding.by_origin(db, key=new.origin.key)
    if known is not None:
        return known
    job = insert_new(db, new, state=JobState.SHELVED)
    artifacts.insert(db, [replace(artifact, job=job.id) for artifact in made])
    return job


def insert_new(db: Connection, new: NewJob, *, state: JobState = JobState.QUEUED) -> Job:
    """Store a job, its first event and its words; raise WrongState for a project that was deleted."""
    deleting.check_there(db, project=new.project)
    job = _as_stored(new, transitions.insert(db, new, state=state), state=state)
    events.append(db, job, note="")
    words.keep(db, new, job_id=job.id)
    return job


def _as_stored(new: NewJob, job_id: int, *, state: JobState) -> Job:
    return Job(
        id=job_id,
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


def _store(db: Connection, *, job: Job, was: JobState, note: str = "", notice: bool = False) -> None:
    transitions.move(db, job, was=was)
    events.append(db, job, note=note)
    if job.state is JobState.SUBMITTED:
        turns.take(db, job)
    if notice:
        outbox.append(db, job, PostingKind.NOTICE)


def _rendered(db: Connection, *, job: Job, was: JobState, made: Sequence[Artifact]) -> None:
    _store(db, job=job, was=was)
    artifacts.insert(db, made)
    outbox.append(db, job, PostingKind.PICTURES)


def _delivered(
    db: Connection,
    *,
    job: Job,
    posting: Posting,
    post: Card,
    attachments: Sequence[int],
    notice: bool,
    note: str,
) -> None:
    _store(db, job=job, was=JobState.RENDERED, note=note, notice=notice)
    transitions.set_post(db, job_id=job.id, post=post)
    outbox.close_sent(db, posting_id=posting.id, message=post, at=job.since)
    artifacts.posted(db, job_id=job.id, message=post.message, attachments=attachments)


def _count_waiting(db: Connection, *, user: int) -> tuple[int, int]:
    return finding.count_in_line_of(db, user=user), finding.count_in_line(db)
