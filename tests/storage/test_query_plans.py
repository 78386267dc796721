"""No question to the database gets slower as it grows: each is answered through an index."""

import inspect
import sqlite3
from dataclasses import replace
from itertools import combinations

import pytest

from bot.core.batching import BatchState
from bot.core.characters import Pose, VariationKind
from bot.core.families import ModelFamily
from bot.core.job import JobState
from bot.core.likeness import Fingerprint
from bot.core.review import Review
from bot.core.styles import StyleSheet
from bot.ports import batches, library, review
from bot.ports import stores as ports
from bot.ports.library import NewCharacter, NewReference, NewVariation, PictureFilter
from bot.ports.stores import JobFilter
from storage.stores import SqliteStores
from tests.builders import (
    GUILD,
    NOW,
    a_batch,
    a_card,
    a_catalogue,
    a_gallery,
    a_kind,
    a_likeness,
    a_new_job,
    a_new_project,
    a_pin,
    a_size,
    a_verdict,
    an_artifact,
    an_entry,
    an_origin,
    an_outline,
    some_timings,
)

PORTS = {
    "jobs": ports.Jobs,
    "outbox": ports.Outbox,
    "projects": ports.Projects,
    "settings": ports.Settings,
    "journal": ports.Journal,
    "styles": library.Styles,
    "characters": library.Characters,
    "discards": library.Discards,
    "artifacts": library.Artifacts,
    "reviews": review.Reviews,
    "pins": review.Pins,
    "batches": batches.Batches,
    "plans": batches.Plans,
}

SMALL = ("SCAN job_counts", "SCAN json_each", "SCAN CONSTANT ROW", "SCAN main.job_words_config")
"""Eight rows, the arguments, nothing at all, one row of the full-text index's own."""

BOUNDED = (
    "SCAN outbox USING INDEX outbox_due",
    "SCAN journal",
    "SCAN batches USING INDEX batches_unfinished",
    "SCAN batches USING INDEX batches_unreported",
    "SCAN discards",
    "SCAN job_words VIRTUAL TABLE INDEX 192:M",
    "SCAN job_words VIRTUAL TABLE INDEX 64:M",
    "SCAN (subquery",
)
"""Indexes that hold only what is due; rows in the order of the key, up to the limit; what a search found.

192 is the full-text index in the order of the newest first, 64 of the oldest, M that words are asked for.
"""


class Listening:
    """Stores of which every method that is called is remembered."""

    def __init__(self, store, called):
        self._store, self._called = store, called

    def __getattr__(self, name):
        self._called.add(name)
        return getattr(self._store, name)


async def a_day_at_the_studio(stores):
    """Call every method of every port."""
    await projects_are_made(stores)
    await a_job_is_drawn_and_posted(stores)
    await jobs_are_looked_for(stores)
    await a_server_settles_things(stores)
    await a_morning_of_casting(stores)
    await an_evening_of_review(stores)


async def projects_are_made(stores):
    gallery = a_gallery(channel=10, thread=11)
    await stores.projects.add(a_new_project(guild=7, gallery=gallery, by=1))
    await stores.projects.get(1)
    await stores.projects.named(7, "harbour")
    await stores.projects.of_guild(None)
    await stores.projects.matching(7, "a")
    await stores.projects.of_channel(11)
    await stores.projects.set_thread(1, 12)
    await stores.projects.use(guild=7, user=1, project=1)
    await stores.projects.in_use(guild=7, user=1)
    await stores.projects.use(guild=7, user=1, project=None)
    await stores.projects.slugs(7, "har")
    await stores.projects.set_thread(1, 13, subject="mira")
    await stores.projects.thread(1, "mira")
    await stores.projects.thread(1, "")
    await stores.projects.change(await stores.projects.get(1), was=await stores.projects.get(1))
    await stores.projects.holdings(1)


async def a_job_is_drawn_and_posted(stores):
    origin = an_origin(key="press")
    job, _ = await stores.jobs.add(a_new_job(origin=origin, project=1))
    await stores.jobs.add(a_new_job(origin=origin))
    await stores.jobs.add_ended(a_new_job(project=1), artifacts=[an_artifact(thumbnail="small.webp")])
    await stores.jobs.set_card(1, a_card())
    await stores.jobs.settle_card(1, a_card())
    await stores.jobs.unsettled_cards(since=NOW, limit=10)
    await stores.jobs.request_cancel(1)
    await stores.jobs.open_pictures(1)
    submitted = job.to(JobState.SUBMITTED, at=NOW)
    await stores.jobs.store(submitted, was=JobState.QUEUED)
    drawn = submitted.to(JobState.RENDERED, at=NOW)
    await stores.jobs.rendered(drawn, was=JobState.SUBMITTED, artifacts=[an_artifact(job=1)])
    (posting,) = await stores.outbox.due()
    await stores.outbox.sending(posting)
    delivered = drawn.to(JobState.DELIVERED, at=NOW)
    await stores.jobs.delivered(delivered, posting=posting, post=a_card(), attachments=[1], notice=True)
    (notice,) = await stores.outbox.due()
    await stores.outbox.sent(notice, a_card(), at=NOW)
    await stores.outbox.dropped(notice, at=NOW, reason="")


async def jobs_are_looked_for(stores):
    await stores.jobs.get(1)
    await stores.jobs.find("fox har", guild=GUILD)
    for page in ({"before": 9}, {"after": 0}):
        await stores.jobs.find("fox har", guild=GUILD, project=1, **page)
    await stores.jobs.children(1)
    await stores.jobs.family(1)
    await stores.jobs.in_states(JobState.SUBMITTED, JobState.RUNNING)
    await stores.jobs.waiting()
    await stores.jobs.count_waiting(user=1)
    await stores.jobs.by_message(720)
    await stores.jobs.events(1)
    await stores.jobs.artifacts(1)
    await stores.jobs.last_served()
    await stores.jobs.measured(a_kind())
    await stores.jobs.counts()
    for wanted in (
        {},
        {"guild": 7},
        {"user": 1},
        {"project": 1},
        {"state": JobState.FAILED},
        {"user": 1, "guild": 7},
    ):
        await stores.jobs.page(JobFilter(**wanted))


async def a_server_settles_things(stores):
    await stores.settings.set_gallery(7, a_gallery(channel=10, thread=11))
    await stores.settings.set_gallery_thread(10, 11)
    await stores.settings.set_admin_channel(7, 12)
    await stores.settings.admin_channels()
    await stores.settings.set_reactions(7, ["👍"])
    await stores.settings.set_reviewer_role(7, 13)
    await stores.settings.of_guild(7)
    await stores.settings.set_paused(NOW)
    await stores.settings.set_paused(None)
    await stores.settings.paused_since()
    await stores.settings.restored()
    await stores.settings.set_catalogue(a_catalogue())
    await stores.settings.catalogue()
    await stores.settings.set_commands_hash("7", "x")
    await stores.settings.commands_hash("7")
    await stores.journal.write(an_entry(job=1, incident="x"))
    await stores.journal.newest()
    await stores.journal.incidents(since=NOW)
    await stores.journal.served(1, user=1, emoji=["x"])


async def a_morning_of_casting(stores):
    """Call every method of the ports of styles and characters."""
    style = await stores.styles.add(project=1, name="Ink", sheet=StyleSheet(), by=1, at=NOW)
    await stores.styles.get(style.id)
    await stores.styles.named(1, "ink")
    await stores.styles.of_project(1)
    await stores.styles.matching(1, "i")
    await stores.styles.revise(style, sheet=StyleSheet(steps=9), by=1, at=NOW, why="finer")
    await stores.styles.history(style.id)
    picture = NewReference(
        character=1, pose=Pose.FRONT, path="a", sha256="ab" * 32, bytes=1, size=a_size(), by=1, at=NOW
    )
    kimono = NewVariation(kind=VariationKind.OUTFIT, name="kimono", prompt="kimono")
    new = NewCharacter(project=1, name="Mira", slug="mira", by=1, at=NOW)
    mira = await stores.characters.add(new, variations=[kimono], references=[picture])
    await stores.characters.get(mira.id)
    await stores.characters.named(1, "mira")
    await stores.characters.of_project(1)
    await stores.characters.matching(1, "m")
    await stores.characters.projects_with(7, "mira")
    await stores.characters.change(mira, was=mira)
    await stores.characters.change(replace(mira, name="Mira II"), was=mira)
    outfit = VariationKind.OUTFIT
    coat = await stores.characters.add_variation(character=1, kind=outfit, name="coat", prompt="coat")
    await stores.characters.variations(1)
    await stores.characters.remove_variation(coat.id)
    await stores.characters.add_reference(replace(picture, sha256="cd" * 32), most=2)
    for reference in await stores.characters.references(1):
        await stores.characters.remove_reference(reference.id, at=NOW)
    await stores.discards.gone(await stores.discards.due())
    await stores.discards.unneeded(["library/references/ab/stray.png"])


async def an_evening_of_review(stores):
    """Call every method of the ports of pictures, decisions and batches; the day's picture is there."""
    for wanted in ({}, {"guild": 7}, {"project": 1, "since": NOW}, {"character": 1, "until": NOW}):
        for reviewed in ({}, {"review": Review.APPROVED}):
            await stores.artifacts.page(PictureFilter(**wanted, **reviewed), before=9)
            await stores.artifacts.count(PictureFilter(**wanted, **reviewed), most=9)
        await stores.reviews.counts(PictureFilter(**wanted))
    await stores.artifacts.get(1)
    await stores.artifacts.with_hash("ab" * 32, project=1)
    await stores.artifacts.alike(Fingerprint(1), project=1)
    await stores.artifacts.alike(Fingerprint(1), project=None, guild=7)
    taught = {(1, ModelFamily.SDXL): ("bad hands",)}
    rejection = a_verdict(after=Review.REJECTED, lessons=taught)
    for verdict in (rejection, rejection, a_verdict(after=Review.APPROVED)):
        await stores.reviews.decide(verdict)
    await stores.reviews.decide_all([rejection])
    await stores.reviews.decisions(1)
    await stores.reviews.judged(1)
    await stores.reviews.lessons(1)
    await stores.reviews.lessons(1, ModelFamily.SDXL)
    await stores.reviews.unlearn([1, 2], by=1, at=NOW)
    await stores.pins.put(guild=7, user=1, pin=a_pin())
    await stores.pins.peek(guild=7, user=1)
    await stores.pins.take(guild=7, user=1, at=NOW)
    await stores.artifacts.liken(1, a_likeness())
    await stores.artifacts.move(1, project=None)
    await stores.artifacts.delete([1], at=NOW)
    for _ in range(2):
        await stores.batches.add(a_batch(key="press"), [a_new_job()])
    for state in (BatchState.PAUSED, BatchState.CANCELLED):
        await stores.batches.to(1, state, at=NOW)
    await stores.batches.get(1)
    await stores.batches.with_key("press")
    await stores.batches.set_card(1, a_card())
    await stores.batches.set_report(1, a_card())
    await stores.batches.counts(1)
    await stores.batches.jobs(1)
    await stores.batches.pictures(1)
    await stores.batches.of_guild(7)
    await stores.batches.unfinished()
    await stores.batches.count_open(7)
    await stores.batches.settle_card(1, a_card())
    await stores.batches.unsettled_cards(since=0, limit=9)
    plan = await stores.plans.keep(an_outline(), an_origin(), at=NOW, forget_before=0)
    await stores.plans.get(plan.id)
    await stores.plans.change(plan.id, plan.outline)
    await stores.plans.forget(plan.id)
    await stores.jobs.add_ended(a_new_job(project=1), artifacts=[an_artifact(path="other.png")])
    holdings = await stores.projects.holdings(1)
    await stores.projects.delete(1, pictures=holdings.pictures, at=NOW)


async def statements_of(database, story):
    """Return what both connections executed, with the values in their places."""
    heard = []
    for connection in (database._writer, database._reader):
        await connection.run(lambda db: db.set_trace_callback(heard.append))
    await story
    for connection in (database._writer, database._reader):
        await connection.run(lambda db: db.set_trace_callback(None))
    return [sql for sql in heard if sql.split()[0] in ("SELECT", "INSERT", "UPDATE", "DELETE")]


async def scans_of(database, statements):
    return [plan for plan in await plans_of(database, statements) if plan.startswith("SCAN")]


async def plans_of(database, statements):
    """Return what SQLite means to do for these, step by step."""

    def explained(db: sqlite3.Connection):
        return [row["detail"] for sql in statements for row in db.execute(f"EXPLAIN QUERY PLAN {sql}")]

    return await database._writer.run(explained)


async def a_month_at_the_studio(stores):
    """Fill every table that grows, in one of seven people's and three servers' names at a time."""
    for number in range(2, 200):
        user, guild = number % 7, number % 3
        gallery = a_gallery(channel=number, thread=1000 + number)
        slug = f"project-{number}"
        await stores.projects.add(a_new_project(guild=guild, name=slug, slug=slug, gallery=gallery, by=user))
        await stores.projects.use(guild=number, user=user, project=number)
        await stores.settings.set_gallery(1000 + number, gallery)
        await stores.journal.write(an_entry())
        origin = an_origin(user=1000 + number, guild=guild)
        job, _ = await stores.jobs.add(a_new_job(origin=origin, project=number))
        if number % 10:
            await draw_and_post(stores, job)


async def draw_and_post(stores, job):
    submitted = job.to(JobState.SUBMITTED, at=NOW)
    await stores.jobs.store(submitted, was=JobState.QUEUED)
    drawn = replace(submitted.to(JobState.RENDERED, at=NOW), timings=some_timings())
    await stores.jobs.rendered(drawn, was=JobState.SUBMITTED, artifacts=[an_artifact(job=job.id)])
    posting, post = (await stores.outbox.due())[-1], a_card(message=5000 + job.id)
    delivered = drawn.to(JobState.DELIVERED, at=NOW)
    await stores.jobs.delivered(delivered, posting=posting, post=post, attachments=[1], notice=False)


@pytest.fixture(params=["empty", "filled and analysed"])
async def studio(request, database):
    """Return the stores after a day of work, and the statements of that day."""
    await database._writer.run(lambda db: db.execute("PRAGMA synchronous = OFF"))
    stores = SqliteStores.over(database)
    statements = await statements_of(database, a_day_at_the_studio(stores))
    if request.param != "empty":
        await a_month_at_the_studio(stores)
        await database._writer.run(lambda db: db.execute("ANALYZE"))
    return stores, statements


async def test_no_statement_scans_a_table_that_grows(database, studio):
    _, statements = studio
    assert len(statements) > 60
    scans = await scans_of(database, statements)
    assert [scan for scan in scans if not scan.startswith(SMALL + BOUNDED)] == []


FILTERS = [
    {"guild": 7, **dict(given)}
    for number in range(4)
    for given in combinations({"user": 1, "project": 1, "state": JobState.FAILED}.items(), number)
]


async def test_a_page_of_a_servers_jobs_reads_no_row_that_it_does_not_show(database, studio):
    stores, _ = studio
    for wanted in FILTERS:
        narrowing = wanted.keys() - {"guild"} if "project" in wanted else wanted.keys()
        for page in ({"before": 50}, {"after": 50}):
            asked = stores.jobs.page(JobFilter(**wanted), **page)
            (plan,) = await plans_of(database, await statements_of(database, asked))
            assert all(f"{column}=?" in plan for column in narrowing), wanted
            assert plan.startswith("SEARCH jobs USING INDEX"), wanted
            assert plan.endswith("id>? AND id<?)"), wanted


async def test_a_page_of_a_servers_batches_is_read_from_their_index_in_either_direction(database, studio):
    stores, _ = studio
    for page in ({"before": 50}, {"after": 50}):
        asked = stores.batches.of_guild(GUILD, **page)
        plans = await plans_of(database, await statements_of(database, asked))
        assert plans == ["SEARCH batches USING INDEX batches_by_guild (guild=? AND id>? AND id<?)"]


async def test_the_story_above_calls_every_method_of_every_port(database):
    stores = SqliteStores.over(database)
    called = {name: set() for name in PORTS}
    listening = {name: Listening(getattr(stores, name), called[name]) for name in PORTS}
    await a_day_at_the_studio(type("Stores", (), listening))
    for name, port in PORTS.items():
        methods = {method for method, _ in inspect.getmembers(port, inspect.isfunction) if method[0] != "_"}
        assert called[name] == methods
