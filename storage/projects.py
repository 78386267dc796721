"""Projects, and which one each person is at."""

from dataclasses import replace
from functools import partial
from sqlite3 import Connection

from bot.core.errors import BadRequest, NotFound, WrongState
from bot.core.library import Project
from bot.ports.stores import Holdings, NewProject
from storage import deleting
from storage.database import Database
from storage.records import Values, project_of, values_of_gallery, values_of_project


class SqliteProjects:
    """The port `Projects`."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def add(self, new: NewProject) -> Project:
        values: Values = {
            "guild": new.guild,
            "name": new.name,
            "folded": new.name.casefold(),
            "slug": new.slug,
            "created": new.at,
            "created_by": new.by,
            **values_of_gallery(new.gallery),
            "description": new.description,
            "threads": new.threads.value,
            "rating": new.rating.value,
            "workflow": new.workflow,
        }
        return await self._database.write(partial(_insert, values=values))

    async def get(self, project_id: int) -> Project:
        return await self._database.read(partial(_by_id, project_id=project_id))

    async def named(self, guild: int | None, name: str) -> Project | None:
        return await self._database.read(partial(_named, guild=guild, name=name))

    async def of_guild(self, guild: int | None, *, archived: bool = False) -> list[Project]:
        return await self._database.read(partial(_of_guild, guild=guild, archived=archived))

    async def matching(
        self, guild: int | None, part: str, *, limit: int = 25, archived: bool = False
    ) -> list[Project]:
        return await self._database.read(
            partial(_matching, guild=guild, part=part, limit=limit, archived=archived)
        )

    async def slugs(self, guild: int | None, stem: str) -> set[str]:
        return await self._database.read(partial(_slugs, guild=guild, stem=stem))

    async def of_channel(self, channel: int) -> Project | None:
        return await self._database.read(partial(_of_channel, channel=channel))

    async def thread(self, project_id: int, subject: str) -> int | None:
        return await self._database.read(partial(_thread_of, project_id=project_id, subject=subject))

    async def set_thread(self, project_id: int, thread: int | None, *, subject: str = "") -> None:
        write = partial(_set_thread, project_id=project_id, thread=thread)
        if subject:
            write = partial(_set_subject, project_id=project_id, thread=thread, subject=subject)
        await self._database.write(write)

    async def change(self, project: Project, *, was: Project) -> Project:
        return await self._database.write(partial(_change, project=project, was=was))

    async def holdings(self, project_id: int) -> Holdings:
        return await self._database.read(partial(deleting.holdings, project_id=project_id))

    async def delete(self, project_id: int, *, pictures: int, at: int) -> None:
        await self._database.write(partial(deleting.delete, project_id=project_id, pictures=pictures, at=at))

    async def in_use(self, *, guild: int | None, user: int) -> Project | None:
        return await self._database.read(partial(_in_use, guild=guild, user=user))

    async def use(self, *, guild: int | None, user: int, project: int | None) -> None:
        await self._database.write(partial(_use, guild=guild, user=user, project=project))


def _insert(db: Connection, *, values: Values) -> Project:
    row = db.execute(
        """
        INSERT INTO projects (guild, name, folded, slug, created, created_by,
                              gallery_channel, gallery_kind, gallery_thread,
                              description, threads, rating, workflow)
        VALUES (:guild, :name, :folded, :slug, :created, :created_by,
                :gallery_channel, :gallery_kind, :gallery_thread,
                :description, :threads, :rating, :workflow)
        ON CONFLICT DO NOTHING
        RETURNING *
        """,
        values,
    ).fetchone()
    if row is None:
        raise _taken(_name_in_the_way(db, values=values))
    return project_of(row)


def _taken(name: str) -> BadRequest:
    return BadRequest(f"There is a project called `{name}` already.", hint="Choose another name.")


def _name_in_the_way(db: Connection, *, values: Values) -> str:
    row = db.execute(
        """
        SELECT name FROM projects
        WHERE ifnull(guild, 0) = ifnull(:guild, 0) AND (folded = :folded OR slug = :slug)
        """,
        values,
    ).fetchone()
    return row["name"]


def _by_id(db: Connection, *, project_id: int) -> Project:
    row = db.execute("SELECT * FROM projects WHERE id = ?", (project_id,)).fetchone()
    if row is None:
        raise _no_such_project()
    return project_of(row)


def _no_such_project() -> NotFound:
    return NotFound("There is no such project.", hint="`/project list` shows those there are.")


def _named(db: Connection, *, guild: int | None, name: str) -> Project | None:
    """Find by name, whatever its case; by slug if no name fits."""
    row = db.execute(
        """
        SELECT * FROM projects
        WHERE ifnull(guild, 0) = ifnull(:guild, 0) AND (folded = :folded OR slug = :name)
              AND deleted IS NULL
        ORDER BY folded = :folded DESC
        """,
        {"guild": guild, "folded": name.casefold(), "name": name},
    ).fetchone()
    return None if row is None else project_of(row)


def _of_guild(db: Connection, *, guild: int | None, archived: bool) -> list[Project]:
    rows = db.execute(
        """
        SELECT * FROM projects
        WHERE ifnull(guild, 0) = ifnull(?, 0) AND deleted IS NULL AND (archived IS NOT NULL) = ?
        ORDER BY folded
        """,
        (guild, archived),
    )
    return [project_of(row) for row in rows]


def _matching(db: Connection, *, guild: int | None, part: str, limit: int, archived: bool) -> list[Project]:
    """Find by a part of the name; names that begin with it come first."""
    rows = db.execute(
        """
        SELECT * FROM projects
        WHERE ifnull(guild, 0) = ifnull(:guild, 0) AND instr(folded, :part)
              AND deleted IS NULL AND (archived IS NOT NULL) = :archived
        ORDER BY instr(folded, :part) > 1, folded
        LIMIT :limit
        """,
        {"guild": guild, "part": part.casefold(), "limit": limit, "archived": archived},
    )
    return [project_of(row) for row in rows]


def _slugs(db: Connection, *, guild: int | None, stem: str) -> set[str]:
    rows = db.execute(
        "SELECT slug FROM projects WHERE ifnull(guild, 0) = ifnull(?, 0) AND slug >= ? AND slug < ?",
        (guild, stem, f"{stem}{_AFTER_ALL}"),
    )
    return {row["slug"] for row in rows}


_AFTER_ALL = "{"
"""The character after the last one that a slug can have."""


def _of_channel(db: Connection, *, channel: int) -> Project | None:
    """Find by gallery: a thread tells the project, a channel only if it is the gallery of no other."""
    rows = db.execute(
        """
        SELECT projects.*, 1 AS by_thread FROM projects
        WHERE gallery_thread = :channel AND archived IS NULL AND deleted IS NULL
        UNION ALL
        SELECT projects.*, 1 FROM project_threads JOIN projects ON projects.id = project
        WHERE thread = :channel AND archived IS NULL AND deleted IS NULL
        UNION ALL
        SELECT projects.*, 0 FROM projects
        WHERE gallery_channel = :channel AND archived IS NULL AND deleted IS NULL
        LIMIT 3
        """,
        {"channel": channel},
    ).fetchall()
    by_thread = [row for row in rows if row["by_thread"]]
    match by_thread or rows:
        case [row]:
            return project_of(row)
        case _:
            return None


def _set_thread(db: Connection, *, project_id: int, thread: int | None) -> None:
    cursor = db.execute("UPDATE projects SET gallery_thread = ? WHERE id = ?", (thread, project_id))
    if not cursor.rowcount:
        raise _no_such_project()


def _change(db: Connection, *, project: Project, was: Project) -> Project:
    """Write it; the threads in use are kept unless there is another gallery or another way of threads."""
    _check_unchanged(_by_id(db, project_id=project.id), was)
    values = values_of_project(project)
    other = db.execute(
        """
        SELECT name FROM projects
        WHERE ifnull(guild, 0) = ifnull(:guild, 0) AND folded = :folded AND deleted IS NULL AND id <> :id
        """,
        values,
    ).fetchone()
    if other is not None:
        raise _taken(other["name"])
    db.execute(
        """
        DELETE FROM project_threads
        WHERE project = :id AND NOT EXISTS (
            SELECT 1 FROM projects WHERE id = :id AND gallery_channel IS :gallery_channel
                   AND gallery_kind IS :gallery_kind AND threads = :threads)
        """,
        values,
    )
    row = db.execute(
        """
        UPDATE projects
        SET name = :name, folded = :folded, description = :description, threads = :threads,
            rating = :rating, workflow = :workflow, style = :style, archived = :archived,
            gallery_thread = iif(gallery_channel IS :gallery_channel AND gallery_kind IS :gallery_kind
                                 AND threads = :threads, gallery_thread, NULL),
            gallery_channel = :gallery_channel, gallery_kind = :gallery_kind
        WHERE id = :id
        RETURNING *
        """,
        values,
    ).fetchone()
    return project_of(row)


def _check_unchanged(stored: Project, was: Project) -> None:
    if stored.deleted is not None:
        raise _no_such_project()
    if _without_thread(stored) != _without_thread(was):
        raise WrongState(
            f"“{stored.name}” was changed by somebody meanwhile.",
            hint="Look at it again with `/project show`, then repeat what is still to be changed.",
        )


def _without_thread(project: Project) -> Project:
    gallery = replace(project.gallery, thread=None) if project.gallery else None
    return replace(project, gallery=gallery)


def _thread_of(db: Connection, *, project_id: int, subject: str) -> int | None:
    row = db.execute(
        """
        SELECT gallery_thread AS thread FROM projects WHERE id = :project AND :subject = ''
        UNION ALL
        SELECT thread FROM project_threads WHERE project = :project AND subject = :subject
        """,
        {"project": project_id, "subject": subject},
    ).fetchone()
    return None if row is None else row["thread"]


def _set_subject(db: Connection, *, project_id: int, thread: int | None, subject: str) -> None:
    _by_id(db, project_id=project_id)
    db.execute("DELETE FROM project_threads WHERE project = ? AND subject = ?", (project_id, subject))
    if thread is not None:
        db.execute("INSERT INTO project_threads VALUES (?, ?, ?)", (project_id, subject, thread))


def _in_use(db: Connection, *, guild: int | None, user: int) -> Project | None:
    row = db.execute(
        """
        SELECT projects.*
        FROM project_choices JOIN projects ON projects.id = project_choices.project
        WHERE ifnull(project_choices.guild, 0) = ifnull(?, 0) AND project_choices.user = ?
        """,
        (guild, user),
    ).fetchone()
    return None if row is None else project_of(row)


def _use(db: Connection, *, guild: int | None, user: int, project: int | None) -> None:
    if project is None:
        _use_none(db, guild=guild, user=user)
        return
    _by_id(db, project_id=project)
    deleting.check_there(db, project=project)
    db.execute(
        """
        INSERT INTO project_choices (guild, user, project)
        VALUES (?, ?, ?)
        ON CONFLICT (ifnull(guild, 0), user) DO UPDATE SET project = excluded.project
        """,
        (guild, user, project),
    )


def _use_none(db: Connection, *, guild: int | None, user: int) -> None:
    db.execute(
        "DELETE FROM project_choices WHERE ifnull(guild, 0) = ifnull(?, 0) AND user = ?", (guild, user)
    )
