"""Jobs, found by their words and by where they came from."""

import json
from sqlite3 import Connection

from bot.core.job import Job
from storage.leafing import newest_first, order
from storage.records import job_of
from storage.words import question

_BEYOND_ALL = 2**63 - 1


def find(
    db: Connection,
    *,
    words: str,
    guild: int | None,
    project: int | None,
    before: int | None,
    after: int | None,
    limit: int,
) -> list[Job]:
    """Walk what the index of words finds, by number; whose it is, other indexes tell.

    Only what lies between the first and the last job of the guild, or of the project, is walked.
    """
    asked = question(words)
    oldest, newest = _span(db, guild=guild, project=project)
    if asked is None or oldest is None:
        return []
    in_project = "" if project is None else _IN_PROJECT
    direction = order(after=after)
    rows = db.execute(
        f"""
        SELECT jobs.*
        FROM (SELECT job_words.rowid AS found
              FROM job_words
                   {in_project}
                   CROSS JOIN jobs AS scope INDEXED BY jobs_by_guild
                   ON scope.guild IS :guild AND scope.id = job_words.rowid
              WHERE job_words MATCH :asked AND job_words.rowid BETWEEN :oldest AND :newest
              ORDER BY job_words.rowid {direction}
              LIMIT :limit)
             CROSS JOIN jobs ON jobs.id = found
        ORDER BY found {direction}
        """,  # noqa: S608 the parts above
        {
            "asked": asked,
            "guild": guild,
            "project": project,
            "oldest": oldest if after is None else max(oldest, after + 1),
            "newest": newest if before is None else min(newest, before - 1),
            "limit": limit,
        },
    )
    return newest_first([job_of(row) for row in rows], after=after)


_IN_PROJECT = """
                   CROSS JOIN jobs AS its INDEXED BY jobs_by_project
                   ON its.project = :project AND its.id = job_words.rowid
"""


def _span(db: Connection, *, guild: int | None, project: int | None) -> tuple[int | None, int]:
    """Return the first and the last job of the project, else of the guild; None: there is none."""
    whose = "guild IS :guild" if project is None else "project = :project"
    first, last = (
        db.execute(
            f"SELECT {end}(id) AS job FROM jobs WHERE {whose}",  # noqa: S608 one of the two above
            {"guild": guild, "project": project},
        ).fetchone()["job"]
        for end in ("min", "max")
    )
    return first, last or 0


def children(db: Connection, *, job_id: int) -> list[Job]:
    rows = db.execute("SELECT * FROM jobs WHERE parent = ? ORDER BY id", (min(job_id, _BEYOND_ALL),))
    return [job_of(row) for row in rows]


def family(db: Connection, *, job_id: int, limit: int) -> list[Job]:
    """Take the job's own line first, then the eldest's other descendants, the oldest of them first."""
    line = _line(db, job_id=min(job_id, _BEYOND_ALL), limit=limit)
    kin = _descendants(db, job_id=min(line, default=0), limit=limit)
    members = [*line, *(other for other in kin if other not in line)][:limit]
    rows = db.execute(
        "SELECT * FROM jobs WHERE id IN (SELECT value FROM json_each(?)) ORDER BY id", (json.dumps(members),)
    )
    return [job_of(row) for row in rows]


def _line(db: Connection, *, job_id: int, limit: int) -> list[int]:
    """Return the job and its ancestors, the job itself first."""
    rows = db.execute(
        """
        WITH RECURSIVE line (id, parent) AS (
            SELECT id, parent FROM jobs WHERE id = :job
            UNION
            SELECT jobs.id, jobs.parent FROM line CROSS JOIN jobs ON jobs.id = line.parent
            LIMIT :limit
        )
        SELECT id FROM line
        """,
        {"job": job_id, "limit": limit},
    )
    return [row["id"] for row in rows]


def _descendants(db: Connection, *, job_id: int, limit: int) -> list[int]:
    rows = db.execute(
        """
        WITH RECURSIVE kin (id) AS (
            SELECT id FROM jobs WHERE id = :job
            UNION
            SELECT jobs.id FROM kin CROSS JOIN jobs INDEXED BY jobs_by_parent ON jobs.parent = kin.id
            ORDER BY 1
            LIMIT :limit
        )
        SELECT id FROM kin
        """,
        {"job": job_id, "limit": limit},
    )
    return [row["id"] for row in rows]
