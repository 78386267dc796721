"""Any sequence of calls leaves SQLite and the fake, which is a few dictionaries, with the same memory."""

import asyncio
from contextlib import AsyncExitStack
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from bot.core.errors import StudioError
from bot.core.job import TRANSITIONS, JobState, Priority
from bot.ports.stores import JobFilter
from storage.database import Database
from storage.stores import SqliteStores
from tests.builders import (
    GUILD,
    NOW,
    a_card,
    a_kind,
    a_lineage,
    a_new_job,
    a_request,
    an_artifact,
    an_origin,
    some_timings,
)
from tests.fakes import FakeStores

users = st.integers(1, 3)
prompts = st.lists(
    st.sampled_from(["fox", "Foxes", "港", "夜の港", "Café", "a_b", '"', "*"]), max_size=3
).map(" ".join)


class AnyStory(RuleBasedStateMachine):
    """`seen` holds jobs as they were at some time: acting on them later is what a race looks like."""

    def __init__(self):
        super().__init__()
        self.runner = asyncio.Runner()
        self.folder = TemporaryDirectory()
        self.fake = FakeStores()
        self.now = NOW
        self.seen = []
        self.postings = []
        self.open()

    def open(self):
        self.stack = AsyncExitStack()
        path = Path(self.folder.name) / "genga.sqlite3"
        database = self.runner.run(self.stack.enter_async_context(Database.open(path)))
        self.real = SqliteStores.over(database)

    def teardown(self):
        self.runner.run(self.stack.aclose())
        self.runner.close()
        self.folder.cleanup()

    def both(self, call):
        """Do the same to both, expect the same of both, and return it."""
        by_sqlite, by_fake = (
            self.runner.run(self.outcome(call, stores)) for stores in (self.real, self.fake)
        )
        assert by_sqlite == by_fake
        return by_sqlite

    @staticmethod
    async def outcome(call, stores):
        try:
            return await call(stores)
        except StudioError as error:
            return type(error), error.message

    def look(self):
        self.seen += self.both(lambda stores: stores.jobs.in_states(*JobState))
        self.postings += self.both(lambda stores: stores.outbox.due())

    @rule(key=st.integers(0, 12), user=users, priority=st.sampled_from(Priority), data=st.data())
    def ask(self, key, user, priority, data):
        self.now += 1
        parent = data.draw(st.none() | st.sampled_from(sorted({job.id for job in self.seen}) or [None]))
        new = a_new_job(
            origin=an_origin(key=str(key), user=user),
            request=a_request(prompt=data.draw(prompts)),
            created=self.now,
            priority=priority,
            lineage=None if parent is None else a_lineage(parent=parent),
        )
        self.both(lambda stores: stores.jobs.add(new))
        self.look()

    @rule(key=st.integers(20, 24), pictures=st.integers(0, 2), prompt=prompts)
    def take_over(self, key, pictures, prompt):
        self.now += 1
        new = a_new_job(origin=an_origin(key=str(key)), request=a_request(prompt=prompt), created=self.now)
        made = [an_artifact(index=index) for index in range(pictures)]
        self.both(lambda stores: stores.jobs.add_ended(new, artifacts=made))
        self.look()

    @rule(words=prompts, job=st.integers(1, 9), limit=st.integers(1, 4))
    def find(self, words, job, limit):
        self.both(lambda stores: stores.jobs.find(words, guild=GUILD, limit=limit))
        self.both(lambda stores: stores.jobs.find(words, guild=GUILD, before=job))
        self.both(lambda stores: stores.jobs.find(words, guild=GUILD, after=job, limit=limit))
        self.both(lambda stores: stores.jobs.children(job))
        self.both(lambda stores: stores.jobs.family(job, limit=limit))

    @precondition(lambda self: self.seen)
    @rule(data=st.data(), notice=st.booleans())
    def move(self, data, notice):
        was = data.draw(st.sampled_from(self.seen[::-1]))
        ways = sorted(TRANSITIONS[was.state] - {JobState.RENDERED, JobState.DELIVERED})
        if ways:
            self.now += 1
            job = replace(was.to(data.draw(st.sampled_from(ways)), at=self.now), attempt=was.attempt + 1)
            self.both(lambda stores: stores.jobs.store(job, was=was.state, note="so", notice=notice))
            self.look()

    @precondition(lambda self: any(job.state.in_renderer for job in self.seen))
    @rule(data=st.data(), pictures=st.integers(1, 3), drawing=st.integers(1, 9))
    def render(self, data, pictures, drawing):
        was = data.draw(st.sampled_from([job for job in self.seen[::-1] if job.state.in_renderer]))
        self.now += 1
        job = replace(was.to(JobState.RENDERED, at=self.now), timings=some_timings(drawing=drawing))
        made = [an_artifact(job=job.id, index=index) for index in range(pictures)]
        self.both(lambda stores: stores.jobs.rendered(job, was=was.state, artifacts=made))
        self.look()

    @precondition(lambda self: any(job.state is JobState.RENDERED for job in self.seen))
    @rule(data=st.data(), notice=st.booleans())
    def deliver(self, data, notice):
        was = data.draw(st.sampled_from([job for job in self.seen[::-1] if job.state is JobState.RENDERED]))
        posting = next(posting for posting in self.postings if posting.job == was.id)
        self.now += 1
        job, post = was.to(JobState.DELIVERED, at=self.now), a_card(message=self.now)
        self.both(
            lambda stores: stores.jobs.delivered(
                job, posting=posting, post=post, attachments=[self.now], notice=notice
            )
        )
        self.look()

    @precondition(lambda self: self.postings)
    @rule(data=st.data(), what=st.sampled_from(["sending", "sent", "dropped"]))
    def post(self, data, what):
        posting = data.draw(st.sampled_from(self.postings[::-1]))
        self.now += 1
        calls = {
            "sending": lambda stores: stores.outbox.sending(posting),
            "sent": lambda stores: stores.outbox.sent(posting, a_card(), at=self.now),
            "dropped": lambda stores: stores.outbox.dropped(posting, at=self.now, reason="gone"),
        }
        self.both(calls[what])

    @rule(job=st.integers(1, 5), wish=st.booleans())
    def mark(self, job, wish):
        self.now += 1
        card = a_card(message=self.now)
        self.both(lambda stores: stores.jobs.request_cancel(job) if wish else stores.jobs.set_card(job, card))

    @rule()
    def restart(self):
        self.runner.run(self.stack.aclose())
        self.open()

    @invariant()
    def they_remember_the_same(self):
        self.both(lambda stores: stores.jobs.in_states(*JobState))
        self.both(lambda stores: stores.outbox.due())
        self.both(lambda stores: stores.jobs.counts())
        self.both(lambda stores: stores.jobs.waiting())
        self.both(lambda stores: stores.jobs.last_served())
        self.both(lambda stores: stores.jobs.measured(a_kind()))

    @rule(
        job=st.integers(1, 5),
        user=users,
        state=st.none() | st.sampled_from(JobState),
        limit=st.integers(1, 4),
    )
    def ask_about(self, job, user, state, limit):
        self.both(lambda stores: stores.jobs.get(job))
        self.both(lambda stores: stores.jobs.events(job))
        self.both(lambda stores: stores.jobs.artifacts(job))
        self.both(lambda stores: stores.jobs.count_waiting(user=user))
        self.both(lambda stores: stores.jobs.by_message(self.now))
        wanted = JobFilter(user=user, state=state)
        self.both(lambda stores: stores.jobs.page(wanted, before=job, limit=limit))
        self.both(lambda stores: stores.jobs.page(wanted, after=job, limit=limit))


TestAnyStory = AnyStory.TestCase
if settings.get_current_profile_name() != "thorough":
    TestAnyStory.settings = settings(max_examples=25, stateful_step_count=40)
