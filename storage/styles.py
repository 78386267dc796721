"""Styles and every state they ever had."""

from functools import partial
from sqlite3 import Connection, Row

from pydantic import TypeAdapter

from bot.core.errors import BadRequest, NotFound, WrongState
from bot.core.styles import Revision, Style, StyleSheet
from storage import deleting
from storage.database import Database

_SHEET = TypeAdapter(StyleSheet)
_BEYOND_ALL = 2**63 - 1


class SqliteStyles:
    """The port `Styles`."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def add(
        self, *, project: int, name: str, sheet: StyleSheet, by: int, at: int, why: str = ""
    ) -> Style:
        first = Revision(number=1, sheet=sheet, by=by, at=at, why=why)
        return await self._database.write(partial(_insert, project=project, name=name, first=first))

    async def get(self, style_id: int) -> Style:
        return await self._database.read(partial(_by_id, style_id=style_id))

    async def named(self, project: int, name: str) -> Style | None:
        return await self._database.read(partial(_named, project=project, name=name))

    async def of_project(self, project: int) -> list[Style]:
        return await self._database.read(partial(_of_project, project=project))

    async def matching(self, project: int, part: str, *, limit: int = 25) -> list[Style]:
        return await self._database.read(partial(_matching, project=project, part=part, limit=limit))

    async def revise(
        self, style: Style, *, sheet: StyleSheet, by: int, at: int, why: str, name: str | None = None
    ) -> Style:
        next_one = Revision(number=style.revision.number + 1, sheet=sheet, by=by, at=at, why=why)
        return await self._database.write(
            partial(_revise, style=style, revision=next_one, name=name or style.name)
        )

    async def history(self, style_id: int) -> list[Revision]:
        return await self._database.read(partial(_history, style_id=style_id))


_STYLES = """
    SELECT styles.*, number, sheet, by, at, why
    FROM styles
    JOIN style_revisions ON style = styles.id
         AND number = (SELECT max(number) FROM style_revisions WHERE style = styles.id)
"""


def _insert(db: Connection, *, project: int, name: str, first: Revision) -> Style:
    deleting.check_there(db, project=project)
    row = db.execute(
        """
        INSERT INTO styles (project, name, folded, created, created_by)
        VALUES (?, ?, ?, ?, ?)
        ON CONFLICT DO NOTHING
        RETURNING id
        """,
        (project, name, name.casefold(), first.at, first.by),
    ).fetchone()
    if row is None:
        raise _name_taken(db, project=project, name=name)
    _add_revision(db, style_id=row["id"], revision=first)
    return _by_id(db, style_id=row["id"])


def _name_taken(db: Connection, *, project: int, name: str) -> BadRequest:
    other = _named(db, project=project, name=name)
    taken = other.name if other else name
    return BadRequest(f"There is a style called `{taken}` already.", hint="Choose another name.")


def _add_revision(db: Connection, *, style_id: int, revision: Revision) -> None:
    db.execute(
        "INSERT INTO style_revisions (style, number, sheet, by, at, why) VALUES (?, ?, ?, ?, ?, ?)",
        (
            style_id,
            revision.number,
            _SHEET.dump_json(revision.sheet).decode(),
            revision.by,
            revision.at,
            revision.why,
        ),
    )


def _by_id(db: Connection, *, style_id: int) -> Style:
    row = db.execute(f"{_STYLES} WHERE styles.id = ?", (min(style_id, _BEYOND_ALL),)).fetchone()
    if row is None:
        raise NotFound("There is no such style.", hint="`/style list` shows those there are.")
    return _style_of(row)


def _named(db: Connection, *, project: int, name: str) -> Style | None:
    row = db.execute(
        f"{_STYLES} WHERE styles.project = ? AND folded = ?", (project, name.casefold())
    ).fetchone()
    return None if row is None else _style_of(row)


def _of_project(db: Connection, *, project: int) -> list[Style]:
    rows = db.execute(f"{_STYLES} WHERE styles.project = ? ORDER BY folded", (project,))
    return [_style_of(row) for row in rows]


def _matching(db: Connection, *, project: int, part: str, limit: int) -> list[Style]:
    """Find by a part of the name; names that begin with it come first."""
    rows = db.execute(
        f"""
        {_STYLES}
        WHERE styles.project = :project AND instr(folded, :part)
        ORDER BY instr(folded, :part) > 1, folded
        LIMIT :limit
        """,
        {"project": project, "part": part.casefold(), "limit": limit},
    )
    return [_style_of(row) for row in rows]


def _revise(db: Connection, *, style: Style, revision: Revision, name: str) -> Style:
    newest = _by_id(db, style_id=style.id)
    if newest.revision.number != style.revision.number:
        raise WrongState(
            f"Somebody else changed “{newest.name}” meanwhile.", hint="Look at it again with `/style show`."
        )
    other = _named(db, project=style.project, name=name)
    if other is not None and other.id != style.id:
        raise _name_taken(db, project=style.project, name=name)
    db.execute("UPDATE styles SET name = ?, folded = ? WHERE id = ?", (name, name.casefold(), style.id))
    _add_revision(db, style_id=style.id, revision=revision)
    return _by_id(db, style_id=style.id)


def _history(db: Connection, *, style_id: int) -> list[Revision]:
    rows = db.execute("SELECT * FROM style_revisions WHERE style = ? ORDER BY number DESC", (style_id,))
    return [_revision_of(row) for row in rows]


def _style_of(row: Row) -> Style:
    return Style(
        id=row["id"],
        project=row["project"],
        name=row["name"],
        created=row["created"],
        created_by=row["created_by"],
        revision=_revision_of(row),
    )


def _revision_of(row: Row) -> Revision:
    return Revision(
        number=row["number"],
        sheet=_SHEET.validate_json(row["sheet"]),
        by=row["by"],
        at=row["at"],
        why=row["why"],
    )
