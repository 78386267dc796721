"""Pictures, found: by what they belong to, by how they were reviewed, by what they look like."""

from collections.abc import Iterable, Sequence
from functools import partial
from sqlite3 import Connection, Row

from bot.core.artifact import Artifact
from bot.core.errors import NotFound
from bot.core.likeness import Fingerprint, Likeness
from bot.ports.library import PictureFilter
from storage import artifacts, deleting
from storage.database import Database
from storage.leafing import newest_first, order
from storage.records import Values, artifact_of, text_of_likeness
from storage.transitions import no_such_job

_BEYOND_ALL = 2**63 - 1


class SqliteArtifacts:
    """The port `Artifacts`."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def get(self, artifact_id: int) -> Artifact:
        return await self._database.read(partial(by_id, artifact_id=artifact_id))

    async def page(
        self,
        wanted: PictureFilter,
        *,
        before: int | None = None,
        after: int | None = None,
        limit: int = 10,
    ) -> list[Artifact]:
        return await self._database.read(
            partial(_page, wanted=wanted, before=before, after=after, limit=limit)
        )

    async def count(self, wanted: PictureFilter, *, most: int) -> int:
        return await self._database.read(partial(count, wanted=wanted, most=most))

    async def with_hash(self, sha256: str, *, project: int | None) -> Artifact | None:
        return await self._database.read(partial(_with_hash, sha256=sha256, project=project))

    async def alike(
        self,
        fingerprint: Fingerprint,
        *,
        project: int | None,
        guild: int | None = None,
        among: int = 2000,
    ) -> int | None:
        work = _alike_in_project if project is not None else _alike_outside_projects
        scope: Values = {"project": project, "guild": guild, "among": among}
        return await self._database.read(partial(work, fingerprint=fingerprint, scope=scope))

    async def liken(self, artifact_id: int, likeness: Likeness) -> None:
        await self._database.write(partial(_liken, artifact_id=artifact_id, likeness=likeness))

    async def move(self, job_id: int, *, project: int | None) -> None:
        await self._database.write(partial(_move, job_id=job_id, project=project))

    async def delete(self, artifact_ids: Sequence[int], *, at: int) -> None:
        await self._database.write(partial(artifacts.delete, artifact_ids=artifact_ids, at=at))


def _liken(db: Connection, *, artifact_id: int, likeness: Likeness) -> None:
    value = text_of_likeness(likeness)
    if not db.execute("UPDATE artifacts SET likeness = ? WHERE id = ?", (value, artifact_id)).rowcount:
        raise no_such_picture()


def by_id(db: Connection, *, artifact_id: int) -> Artifact:
    row = db.execute("SELECT * FROM artifacts WHERE id = ?", (min(artifact_id, _BEYOND_ALL),)).fetchone()
    if row is None:
        raise no_such_picture()
    return artifact_of(row)


def no_such_picture() -> NotFound:
    return NotFound("There is no such picture.", hint="`/gallery` shows those there are.")


def _page(
    db: Connection, *, wanted: PictureFilter, before: int | None, after: int | None, limit: int
) -> list[Artifact]:
    source, values = asked(db, wanted=wanted, before=before, after=after)
    rows = db.execute(
        f"SELECT artifacts.* {source} LIMIT :limit",
        {**values, "limit": limit},
    )
    return newest_first([artifact_of(row) for row in rows], after=after)


def count(db: Connection, *, wanted: PictureFilter, most: int) -> int:
    source, values = asked(db, wanted=wanted)
    row = db.execute(
        f"SELECT count(*) AS pictures FROM (SELECT 1 {source} LIMIT :most)",  # noqa: S608 as above
        {**values, "most": most},
    ).fetchone()
    return row["pictures"]


def asked(
    db: Connection, *, wanted: PictureFilter, before: int | None = None, after: int | None = None
) -> tuple[str, Values]:
    """Return FROM … ORDER BY for such pictures, the newest first or those next above `after`, and its values.

    One index leads whatever is asked for: that of the character, else of the project, else of the guild,
    each with the review or without it, and all by id; a span of time is a span of ids.
    """
    source, key, leading = _lead(wanted)
    dates = ["artifacts.created >= :since"] * (wanted.since is not None)
    dates += ["artifacts.created < :until"] * (wanted.until is not None)
    values: Values = {
        "guild": wanted.guild,
        "project": wanted.project,
        "character": wanted.character,
        "review": wanted.review and wanted.review.value,
        "since": wanted.since,
        "until": wanted.until,
    }
    low, below = _span(db, wanted)
    if before is not None:
        below = min(below, before)
    if after is not None:
        low = max(low, after + 1)
    conditions = [*leading, f"{key} >= :low", f"{key} < :below", "artifacts.deleted IS NULL", *dates]
    return (
        f"FROM {source} WHERE {' AND '.join(conditions)} ORDER BY {key} {order(after=after)}",
        {**values, "low": low, "below": below},
    )


def _lead(wanted: PictureFilter) -> tuple[str, str, list[str]]:
    """Return the source, its id and its conditions; the unary plus keeps a condition from leading."""
    reviewed = "_review" if wanted.review else ""
    review = ["artifacts.review = :review"] if wanted.review else []
    guild = ["+artifacts.guild = :guild"] if wanted.guild is not None else []
    project = ["+artifacts.project = :project"] if wanted.project is not None else []
    if wanted.character is not None:
        index = f"artifact_characters_by{reviewed or '_character'}"
        source = (
            f"artifact_characters INDEXED BY {index} "
            "CROSS JOIN artifacts ON artifacts.id = artifact_characters.artifact"
        )
        own = ["artifact_characters.character = :character"]
        own += ["artifact_characters.review = :review"] if wanted.review else []
        return source, "artifact_characters.artifact", [*own, *project, *guild]
    if wanted.project is not None:
        source = f"artifacts INDEXED BY artifacts_by_project{reviewed}"
        return source, "artifacts.id", ["artifacts.project = :project", *review, *guild]
    if wanted.guild is not None:
        source = f"artifacts INDEXED BY artifacts_by_guild{reviewed}"
        return source, "artifacts.id", ["artifacts.guild = :guild", *review]
    return "artifacts NOT INDEXED", "artifacts.id", review


def _span(db: Connection, wanted: PictureFilter) -> tuple[int, int]:
    """Return the ids from which and below which the dates lie."""
    low = 0 if wanted.since is None else _first_since(db, at=wanted.since)
    below = _BEYOND_ALL if wanted.until is None else _first_since(db, at=wanted.until)
    return low, below


def _first_since(db: Connection, *, at: int) -> int:
    row = db.execute(
        """
        SELECT id FROM artifacts INDEXED BY artifacts_by_created
        WHERE created >= ? ORDER BY created, id LIMIT 1
        """,
        (at,),
    ).fetchone()
    return _BEYOND_ALL if row is None else row["id"]


def _with_hash(db: Connection, *, sha256: str, project: int | None) -> Artifact | None:
    row = db.execute(
        """
        SELECT * FROM artifacts INDEXED BY artifacts_by_origin
        WHERE origin_sha256 = ? AND deleted IS NULL AND project IS ?
        ORDER BY id LIMIT 1
        """,
        (sha256, project),
    ).fetchone()
    return None if row is None else artifact_of(row)


def _alike_in_project(db: Connection, *, fingerprint: Fingerprint, scope: Values) -> int | None:
    rows = db.execute(
        """
        SELECT id, fingerprint FROM artifacts INDEXED BY artifacts_by_project
        WHERE project = :project AND deleted IS NULL
        ORDER BY id DESC LIMIT :among
        """,
        scope,
    )
    return _first_near(fingerprint, rows)


def _alike_outside_projects(db: Connection, *, fingerprint: Fingerprint, scope: Values) -> int | None:
    rows = db.execute(
        """
        SELECT id, iif(project IS NULL, fingerprint, NULL) AS fingerprint
        FROM artifacts INDEXED BY artifacts_by_guild
        WHERE guild IS :guild AND deleted IS NULL
        ORDER BY id DESC LIMIT :among
        """,
        scope,
    )
    return _first_near(fingerprint, rows)


def _first_near(fingerprint: Fingerprint, rows: Iterable[Row]) -> int | None:
    kept = ((row["id"], row["fingerprint"]) for row in rows if row["fingerprint"] is not None)
    near = (found for found, bits in kept if Fingerprint.from_signed(bits).near(fingerprint))
    return next(near, None)


def _move(db: Connection, *, job_id: int, project: int | None) -> None:
    deleting.check_there(db, project=project)
    moved = db.execute("UPDATE jobs SET project = ? WHERE id = ?", (project, job_id)).rowcount
    if not moved:
        raise no_such_job(job_id)
    artifacts.move(db, job_id=job_id, project=project)
