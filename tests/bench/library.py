"""A database as after years: as many ended jobs as wanted and a line of waiting ones, made in one statement."""

import sqlite3
from collections.abc import Generator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path

from storage.database import Database
from storage.stores import SqliteStores
from tests.builders import GUILD, NOW, a_gallery, a_new_job, a_new_project, an_origin

OTHER_GUILD = GUILD + 1
PEOPLE = 50
PROJECTS = 20
FIRST_PERSON = 1000
BUSIEST = FIRST_PERSON
"""Half of all jobs are of this person."""
NEWCOMER = FIRST_PERSON + PEOPLE
"""Three jobs, the oldest of all."""
WAITING = 200

_EXCEPT = {"id", "uid", "origin_key", "user", "guild", "project", "created", "since", "state"}
_EXCEPT |= {"queued_ms", "load_ms", "sample_ms", "save_ms", "drawing_ms", "total_ms", "warmth"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Years:
    """How much is in the database: job numbers run from 1 to `jobs`, the last of them wait."""

    jobs: int
    waiting: int


async def fill(path: Path, *, jobs: int) -> Years:
    """Fill a new database; each job is the first one, stored by the real repository, in another's name."""
    async with Database.open(path) as database:
        stores = SqliteStores.over(database)
        for number in range(PROJECTS):
            name = f"project-{number}"
            await stores.projects.add(a_new_project(name=name, slug=name, gallery=a_gallery(), by=1))
        await stores.jobs.add(a_new_job(origin=an_origin(user=NEWCOMER, guild=GUILD), project=1))
    years = Years(jobs=jobs, waiting=min(WAITING, jobs // 10))
    with closing(sqlite3.connect(path, isolation_level=None)) as db:
        _multiply(db, years)
    return years


def _multiply(db: sqlite3.Connection, years: Years) -> None:
    """Copy the first job; what SQLite would do for each row is done once for all."""
    db.execute("PRAGMA journal_mode = OFF")
    db.execute("PRAGMA synchronous = OFF")
    db.execute("PRAGMA cache_size = -400000")
    db.execute("BEGIN")
    with without_indexes(db, "jobs"):
        alike = ", ".join(_columns(db) - _EXCEPT)
        db.execute(_COPIES.format(alike=alike), _numbers(years))
        db.execute("UPDATE jobs SET state = 'delivered' WHERE id = 1")
        db.execute("INSERT OR REPLACE INTO job_counts SELECT state, count(*) FROM jobs GROUP BY state")
    db.execute("COMMIT")


def _numbers(years: Years) -> dict[str, int]:
    return {
        "jobs": years.jobs,
        "ended": years.jobs - years.waiting,
        "now": NOW,
        "guild": GUILD,
        "other_guild": OTHER_GUILD,
        "first": FIRST_PERSON,
        "people": PEOPLE,
        "projects": PROJECTS,
    }


_COPIES = """
    WITH RECURSIVE
        numbers (n) AS (SELECT 2 UNION ALL SELECT n + 1 FROM numbers WHERE n < :jobs),
        dice (n, a, b) AS (SELECT n, n * 2654435761 % 9973, n * 40503 % 9967 FROM numbers),
        copies (id, uid, origin_key, user, guild, project, created, since, state, drawing_ms) AS (
            SELECT n,
                   printf('00000000-0000-4000-8000-%012x', n),
                   'copy ' || n,
                   CASE WHEN n <= 3 THEN :first + :people
                        WHEN n <= :ended AND a % 2 = 0 THEN :first
                        ELSE :first + b % :people END,
                   CASE WHEN n > 3 AND b % 10 = 0 THEN :other_guild ELSE :guild END,
                   CASE WHEN b % 10 = 0 OR a % 3 = 0 THEN NULL ELSE 1 + a % :projects END,
                   :now + n,
                   :now + n,
                   CASE WHEN n > :ended THEN 'queued'
                        WHEN a < 100 THEN 'failed'
                        WHEN a < 200 THEN 'cancelled'
                        WHEN a < 203 THEN 'shelved'
                        ELSE 'delivered' END,
                   3000 + b
            FROM dice
        )
    INSERT INTO jobs (id, uid, origin_key, user, guild, project, created, since, state,
                      queued_ms, load_ms, sample_ms, save_ms, drawing_ms, total_ms, warmth, {alike})
    SELECT copies.id, copies.uid, copies.origin_key, copies.user, copies.guild, copies.project,
           copies.created, copies.since, copies.state,
           40, 0, copies.drawing_ms - 200, 200, copies.drawing_ms, copies.drawing_ms + 900, 'warm', {alike}
    FROM copies, (SELECT * FROM jobs WHERE id = 1) AS first
"""


def _columns(db: sqlite3.Connection) -> set[str]:
    return {name for _, name, *_ in db.execute("PRAGMA table_info (jobs)")}


@contextmanager
def without_indexes(db: sqlite3.Connection, table: str) -> Generator[None]:
    """Take the table's indexes and triggers away meanwhile."""
    found = db.execute(
        "SELECT type, name, sql FROM sqlite_schema"
        " WHERE tbl_name = ? AND type IN ('index', 'trigger') AND sql IS NOT NULL",
        (table,),
    ).fetchall()
    for kind, name, _ in found:
        db.execute(f"DROP {kind} {name}")
    yield
    for _, _, sql in found:
        db.execute(sql)
