"""From whatever schema a database has to the one this version knows, or not at all."""

import os
import re
import sqlite3
from contextlib import closing
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path

from bot.core.errors import Misconfigured
from storage.files import sync_folder
from storage.words import findable


@dataclass(frozen=True, slots=True, kw_only=True)
class Migration:
    """One step: the SQL that leads from the version before to `version`."""

    version: int
    name: str
    sql: str


def migrations() -> list[Migration]:
    """Return the steps that come with this package, in order."""
    folder = files("storage").joinpath("migrations")
    named = [(match, file) for file in folder.iterdir() if (match := _FILE_NAME.fullmatch(file.name))]
    steps = [
        Migration(version=int(match[1]), name=match[2], sql=file.read_text("utf-8")) for match, file in named
    ]
    return sorted(steps, key=lambda step: step.version)


_FILE_NAME = re.compile(r"(\d{4})_([a-z0-9_]+)\.sql")


def migrate(connection: sqlite3.Connection, path: Path, steps: list[Migration] | None = None) -> None:
    """Bring the database up to date, a copy kept beside it.

    Raises Misconfigured, with nothing changed, for a newer schema or one that no migration made.
    """
    steps = migrations() if steps is None else steps
    version = _version(connection)
    if version > len(steps):
        raise Misconfigured(
            f"The database {path} was written by a newer Genga: its schema is {version}, "
            f"this version knows {len(steps)}.",
            hint="Update Genga, or put back the copy that was kept when the database was migrated.",
        )
    _check_schema(connection, path, steps[:version])
    if 0 < version < len(steps):
        keep_copy(connection, path.with_name(f"{path.name}.v{version}.bak"))
    for step in steps[version:]:
        _apply(connection, step)


def _version(connection: sqlite3.Connection) -> int:
    (version,) = connection.execute("PRAGMA user_version").fetchone()
    return version


def _apply(connection: sqlite3.Connection, step: Migration) -> None:
    """Take one step as one transaction; foreign keys are checked at its end: a step may rebuild tables."""
    connection.create_function("findable", 1, findable, deterministic=True)
    try:
        connection.executescript(f"BEGIN IMMEDIATE;\n{step.sql}")
        _check_foreign_keys(connection, step)
        connection.execute(f"PRAGMA user_version = {step.version}")
        connection.execute("COMMIT")
    except BaseException:
        if connection.in_transaction:
            connection.execute("ROLLBACK")
        raise


def _check_foreign_keys(connection: sqlite3.Connection, step: Migration) -> None:
    orphan = connection.execute("PRAGMA foreign_key_check").fetchone()
    if orphan is not None:
        raise sqlite3.IntegrityError(f"the step {step.name} leaves a row of {orphan[0]} without its parent")


def _check_schema(connection: sqlite3.Connection, path: Path, steps: list[Migration]) -> None:
    """Compare what is there with what the steps make in an empty database."""
    with closing(sqlite3.connect(":memory:", isolation_level=None)) as model:
        for step in steps:
            _apply(model, step)
        expected, actual = _schema(model), _schema(connection)
    if expected == actual:
        return
    findings = [
        *(f"{name} is missing" for name in sorted(expected.keys() - actual.keys())),
        *(f"{name} is foreign" for name in sorted(actual.keys() - expected.keys())),
        *(
            f"{name} differs"
            for name in sorted(expected.keys() & actual.keys())
            if expected[name] != actual[name]
        ),
    ]
    raise Misconfigured(
        f"The database {path} does not have the schema of its number {len(steps)}: {'; '.join(findings)}.",
        hint="It was changed by something else. Put back a copy, or move it away to begin with an empty one.",
    )


def _schema(connection: sqlite3.Connection) -> dict[str, str]:
    """Return what was declared, by kind and name; blanks do not matter.

    The tables behind a full-text index are SQLite's own business: another version may make others.
    """
    rows = connection.execute(
        """
        SELECT type, name, sql FROM sqlite_schema
        WHERE name NOT LIKE 'sqlite~_%' ESCAPE '~'
              AND name NOT IN (SELECT name FROM pragma_table_list WHERE type = 'shadow')
        """
    )
    return {f"{kind} {name}": " ".join(sql.split()) for kind, name, sql in rows}


def keep_copy(connection: sqlite3.Connection, target: Path, *, ending: str = "new") -> None:
    """Copy the database in one step, prove the copy and only then give it its name.

    Until then it has an `ending`; where two may copy to one target at once, each has its own.
    """
    unproven = target.with_name(f"{target.name}.{ending}")
    unproven.unlink(missing_ok=True)
    with closing(sqlite3.connect(unproven)) as copy:
        connection.backup(copy, pages=-1)
        copy.execute("PRAGMA journal_mode = DELETE")
        (verdict,) = copy.execute("PRAGMA integrity_check").fetchone()
    if verdict != "ok":
        raise sqlite3.DatabaseError(f"the copy {unproven} is damaged: {verdict}")
    with unproven.open("rb+") as file:
        os.fsync(file.fileno())
    unproven.replace(target)
    sync_folder(target.parent)
