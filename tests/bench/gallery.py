"""A gallery as after years: pictures of ended jobs, each with its words, its review and who is in it."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from random import Random

from bot.ports.library import NewCharacter
from storage import artifacts
from storage.database import Database
from storage.stores import SqliteStores
from storage.words import findable
from tests.bench.library import PROJECTS, fill, without_indexes
from tests.builders import GUILD, NOW, USER, a_likeness, an_artifact

PER_JOB = 10
CAST = 5
"""So many characters are in the pictures of each project."""
COMMON = ("1girl", "silver", "hair", "harbour", "night")
"""Words of prompts, each of which is in more of them than the next: in 100 %, 50 %, 25 %, 12 % and 6 %."""
VOCABULARY = 4000
PROMPT_WORDS = 25
NAMED = 10_000

_EXCEPT = {"id", "job", "position", "path", "sha256", "origin_sha256", "created", "guild", "project"}
_EXCEPT |= {"review", "fingerprint", "thumbnail"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Hung:
    """How much there is: jobs from 1 to `jobs`, pictures from 1 to `pictures`, so many names to choose from."""

    jobs: int
    pictures: int
    names: int


async def hang(path: Path, *, pictures: int) -> Hung:
    """Fill a new database; each picture is the first one, stored by the real repository, in another's name."""
    hung = Hung(jobs=pictures // PER_JOB, pictures=pictures, names=min(NAMED, pictures))
    await fill(path, jobs=hung.jobs)
    async with Database.open(path) as database:
        first = an_artifact(likeness=a_likeness(), origin_sha256="ab" * 32)
        await database.write(partial(artifacts.insert, artifacts=[first]))
        stores = SqliteStores.over(database)
        for number in range(PROJECTS * CAST):
            new = NewCharacter(
                project=1 + number // CAST, name=f"who {number}", slug=f"who-{number}", by=USER, at=NOW
            )
            await stores.characters.add(new)
    with closing(sqlite3.connect(path, isolation_level=None)) as db:
        for pragma in ("journal_mode = OFF", "synchronous = OFF", "cache_size = -400000"):
            db.execute(f"PRAGMA {pragma}")
        db.execute("BEGIN")
        _write_words(db, hung)
        _hang_pictures(db, hung)
        _name_many(db, hung)
        db.execute("COMMIT")
    return hung


def prompts(count: int) -> Iterator[str]:
    """Yield prompts of words of which few are common and most are rare, the same ones each time."""
    dice = Random(count)
    for number in range(count):
        common = [word for place, word in enumerate(COMMON) if number % 2**place == 0]
        rare = [word(int(VOCABULARY ** dice.random())) for _ in range(PROMPT_WORDS - len(common))]
        yield ", ".join([*common, *rare])


def word(number: int) -> str:
    """Return a word of syllables; that with the smallest number is the most common one."""
    scattered = number * 2654435761 % 1_000_003
    return "".join(_SYLLABLES[scattered // 100**place % 100] for place in range(3))


_SYLLABLES = [consonant + vowel for consonant in "bcdfghjklmnpqrstvwyz" for vowel in "aeiou"]


def _write_words(db: sqlite3.Connection, hung: Hung) -> None:
    written = ((number, findable(text), findable(text)) for number, text in enumerate(prompts(hung.jobs), 1))
    db.execute("INSERT INTO job_words (job_words) VALUES ('delete-all')")
    db.executemany("INSERT INTO job_words (rowid, typed, drawn, cast) VALUES (?, ?, ?, '')", written)


def _hang_pictures(db: sqlite3.Connection, hung: Hung) -> None:
    columns = {name for _, name, *_ in db.execute("PRAGMA table_info (artifacts)")}
    values = {"pictures": hung.pictures, "per_job": PER_JOB, "now": NOW, "cast": CAST}
    with without_indexes(db, "artifact_characters"), without_indexes(db, "artifacts"):
        db.execute("DELETE FROM artifacts WHERE id > 1")
        db.execute(_COPIES.format(alike=", ".join(columns - _EXCEPT)), values)
        db.execute("UPDATE artifacts SET guild = ?, project = 1 WHERE id = 1", (GUILD,))
        db.execute(_CAST, values)


_COPIES = """
    WITH RECURSIVE
        numbers (n) AS (SELECT 2 UNION ALL SELECT n + 1 FROM numbers WHERE n < :pictures),
        dice (n, a, b) AS (SELECT n, n * 2654435761 % 9973, n * 40503 % 9967 FROM numbers)
    INSERT INTO artifacts (id, job, position, path, sha256, origin_sha256, created, guild, project, review,
                           fingerprint, thumbnail, {alike})
    SELECT n, jobs.id, (n - 1) % :per_job, printf('library/project/who/2026-01-01/images/%d-%d.png', jobs.id, n),
           printf('%064x', n), printf('%064x', -n), :now + n, jobs.guild, jobs.project,
           CASE WHEN a < 6000 THEN 'unreviewed' WHEN a < 9000 THEN 'approved'
                WHEN a < 9970 THEN 'rejected' ELSE 'withdrawn' END,
           n * 2654435761 * 40, printf('library/project/who/2026-01-01/thumbnails/%d.webp', n), {alike}
    FROM dice CROSS JOIN jobs ON jobs.id = 1 + (n - 1) / :per_job,
         (SELECT * FROM artifacts WHERE id = 1) AS first
"""

_CAST = """
    INSERT OR IGNORE INTO artifact_characters (artifact, character, review)
    SELECT id, (project - 1) * :cast + 1 + id % :cast, review FROM artifacts WHERE project IS NOT NULL
"""


def _name_many(db: sqlite3.Connection, hung: Hung) -> None:
    """Let the server have as many projects, and the first of them as many characters, as wanted."""
    db.execute(_MORE_PROJECTS, {"from": PROJECTS + 1, "to": hung.names, "guild": GUILD, "now": NOW})
    db.execute(_MORE_CHARACTERS, {"from": CAST + 1, "to": hung.names, "now": NOW})


_MORE_PROJECTS = """
    WITH RECURSIVE numbers (n) AS (SELECT :from UNION ALL SELECT n + 1 FROM numbers WHERE n < :to)
    INSERT INTO projects (guild, name, folded, slug, created, created_by)
    SELECT :guild, 'Harbour at night ' || n, 'harbour at night ' || n, 'harbour-' || n, :now, 1 FROM numbers
"""

_MORE_CHARACTERS = """
    WITH RECURSIVE numbers (n) AS (SELECT :from UNION ALL SELECT n + 1 FROM numbers WHERE n < :to)
    INSERT INTO characters (project, name, folded, slug, created, created_by, design_prompt, hair, eyes,
                            clothing, key_colours, common_errors, trigger_word)
    SELECT 1, 'Mira the ' || n, 'mira the ' || n, 'mira-' || n, :now, 1, design_prompt, hair, eyes,
           clothing, key_colours, common_errors, trigger_word
    FROM numbers, (SELECT * FROM characters WHERE id = 1) AS first
"""
