"""From every schema there ever was, with rows in every table, to the newest: nothing is lost on the way."""

import json
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from bot.core.job import JobState
from bot.core.library import Gallery, GalleryKind
from bot.core.posting import PostingState
from bot.core.review import Review
from bot.ports.library import PictureFilter
from storage.database import Database
from storage.migrating import migrate, migrations
from storage.stores import SqliteStores

STEPS = migrations()
EARLIER = [step.version for step in STEPS[:-1]]
ROWS = Path(__file__).parent / "earlier"
"""What was written under each schema; a step that adds a table or a column brings a file with rows for it."""

SOURCES = {1: 700, 3: 700}
"""Of which server the jobs are that have pictures."""

NEW: dict[str, Callable[[dict[str, Any]], object]] = {
    "interrupted": lambda _row: 0,
    "opened": lambda _row: 0,
    "admin_channel": lambda _row: None,
    "card_settled": lambda row: int(JobState(row["state"]).is_end),
    "description": lambda _row: "",
    "threads": lambda _row: "project",
    "rating": lambda _row: "everyone",
    "style": lambda _row: None,
    "workflow": lambda _row: None,
    "archived": lambda _row: None,
    "deleted": lambda _row: None,
    "reference": lambda row: (json.loads(row["recipe"])["reference"] or {}).get("path"),
    "kind": lambda _row: "images",
    "guild": lambda row: SOURCES[row["job"]],
    "project": lambda row: 1 if row["job"] == 1 else None,
    "created": lambda row: 1780000000100 if row["job"] == 1 else 1780000000200,
    "origin_sha256": lambda row: row["sha256"],
    "review": lambda _row: "unreviewed",
    "thumbnail": lambda _row: None,
    "measures": lambda _row: None,
    "fingerprint": lambda _row: None,
    "likeness": lambda _row: None,
    "near": lambda _row: None,
    "descent": lambda row: row["parent"] and "again",
    "parent_picture": lambda _row: None,
    "batch": lambda _row: None,
    "reactions": lambda _row: None,
    "reviewer_role": lambda _row: None,
}
"""What an old row has in each column that came later."""

CHANGED = {("artifacts", "attachment")}
"""What may be forgotten on the way: see below."""

Rows = dict[str, list[dict[str, Any]]]


@pytest.fixture(params=EARLIER, ids=lambda version: f"from_{version:04}")
def version(request):
    return request.param


@pytest.fixture
def before(version, path):
    """Write a database as the bot of that version left it; return all its rows."""
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        migrate(connection, path, STEPS[:version])
        for number in range(1, version + 1):
            written = ROWS / f"{number:04}.sql"
            connection.executescript(written.read_text("utf-8") if written.exists() else "")
    return rows_of(path)


def rows_of(path: Path) -> Rows:
    with closing(sqlite3.connect(path)) as connection:
        connection.row_factory = sqlite3.Row
        tables = connection.execute(
            """
            SELECT name FROM pragma_table_list
            WHERE schema = 'main' AND type = 'table' AND name NOT LIKE 'sqlite_%'
            """
        )
        return {
            name: [dict(row) for row in connection.execute(f"SELECT * FROM {name} ORDER BY 1, 2")]
            for (name,) in tables.fetchall()
        }


def without_news(rows: list[dict[str, Any]], known: dict[str, Any]) -> list[dict[str, Any]]:
    return [{column: row[column] for column in known} for row in rows]


def without_changed(table: str, rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return [
        {column: value for column, value in row.items() if (table, column) not in CHANGED} for row in rows
    ]


@pytest.fixture
async def stores(before, path):
    async with Database.open(path) as database:
        yield SqliteStores.over(database)


def test_there_are_rows_in_every_table(before):
    assert [table for table, rows in before.items() if not rows] == []


async def test_every_row_comes_through_as_it_was(before, path):
    async with Database.open(path) as database:
        assert await database.problems() == []
    after = rows_of(path)
    for table, rows in before.items():
        come_through = without_news(after[table], rows[0])
        assert without_changed(table, come_through) == without_changed(table, rows), table


async def test_what_is_new_has_its_default(before, path):
    async with Database.open(path):
        pass
    after = rows_of(path)
    assert [table for table in after.keys() - before.keys() if after[table]] == []
    for table, rows in before.items():
        known = rows[0]
        for row in after[table]:
            news = {column: value for column, value in row.items() if column not in known}
            assert news == {column: NEW[column](row) for column in news}, table


async def test_a_copy_as_it_was_is_kept_beside_it(before, version, path):
    async with Database.open(path):
        pass
    copy = path.with_name(f"{path.name}.v{version}.bak")
    assert rows_of(copy) == before
    with closing(sqlite3.connect(copy)) as kept:
        assert kept.execute("PRAGMA user_version").fetchone() == (version,)


async def test_the_copy_can_be_opened_and_migrated_again(before, version, path, tmp_path):
    async with Database.open(path):
        pass
    again = tmp_path / "again.sqlite3"
    path.with_name(f"{path.name}.v{version}.bak").replace(again)
    async with Database.open(again):
        pass
    assert rows_of(again) == rows_of(path)


async def test_attachments_are_forgotten_where_they_were_written_down_one_off(stores, version):
    (first,) = await stores.jobs.artifacts(1)
    assert first.attachment == 9100
    if version >= 4:
        assert [one.attachment for one in await stores.jobs.artifacts(3)] == [None, None]


async def test_the_jobs_are_found_by_their_words(stores):
    for words, jobs in (("heron lant", [1]), ("pier", [4, 3])):
        assert [job.id for job in await stores.jobs.find(words, guild=700)] == jobs


async def test_the_pictures_are_found_by_what_they_belong_to(stores, version):
    for wanted in (PictureFilter(guild=700), PictureFilter(project=1)):
        assert 1 in [one.id for one in await stores.artifacts.page(wanted)]
    review = Review.APPROVED if version >= 5 else Review.UNREVIEWED
    assert await stores.artifacts.count(PictureFilter(project=1, review=review), most=9) == 1


async def test_the_jobs_are_read_as_what_they_were(stores, version):
    drawn, running, failed, waiting = [await stores.jobs.get(number) for number in (1, 2, 3, 4)]
    assert (drawn.state, drawn.recipe.seed, drawn.timings.drawing) == (JobState.DELIVERED, 2**64 - 1, 8312)
    assert drawn.graph.nodes["3"].inputs["seed"] == 2**64 - 1
    assert (running.state, running.parent, running.cancel_requested) == (JobState.RUNNING, 1, True)
    assert (running.interrupted, running.opened) == ((1, 3) if version >= 2 else (0, 0))
    assert (failed.failure.kind, failed.recipe.model) == ("rejected", None)
    assert waiting.request.allow_smaller is False
    assert waiting.recipe.lightened_from is None
    assert [turn.job for turn in await stores.jobs.waiting()] == [4]


async def test_what_hangs_on_the_jobs_is_found(stores):
    assert [event.state for event in await stores.jobs.events(1)] == [JobState.QUEUED, JobState.DELIVERED]
    (picture,) = await stores.jobs.artifacts(1)
    assert (picture.path, picture.attachment) == ("library/cafe-noir/2026-05-28/1_0.png", 9100)
    (due,) = await stores.outbox.due()
    assert (due.nonce, due.state, due.tried) == ("nonce-2", PostingState.SENDING, 2)
    assert await stores.jobs.last_served() == {42: 5}
    counts = await stores.jobs.counts()
    assert {state: number for state, number in counts.items() if number} == {
        JobState.DELIVERED: 1,
        JobState.RUNNING: 1,
        JobState.FAILED: 1,
        JobState.QUEUED: 1,
    }


async def test_projects_choices_and_settings_are_found(stores, version):
    forum = Gallery(channel=710, kind=GalleryKind.FORUM, thread=711)
    in_use = await stores.projects.in_use(guild=700, user=42)
    assert (in_use.name, in_use.gallery) == ("Café Noir", forum)
    assert (await stores.projects.named(700, "CAFÉ NOIR")).id == 1
    assert (await stores.settings.of_guild(700)).gallery.thread == 721
    assert await stores.settings.admin_channels() == ([730] if version >= 2 else [])
    assert await stores.settings.paused_since() == 1780000009900
    assert (await stores.settings.catalogue()).checkpoints == ("xl.safetensors",)
    assert [entry.name for entry in await stores.journal.newest()] == ["worker", "generate"]
