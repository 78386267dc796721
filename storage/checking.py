"""A look at a database without touching it: for whoever asks whether it is sound."""

import sqlite3
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from storage.migrating import migrations


@dataclass(frozen=True, slots=True, kw_only=True)
class Inspection:
    """`schema` is the database's, `newest` the one this version knows; `problems` are SQLite's own words."""

    schema: int
    newest: int
    problems: tuple[str, ...]


def inspect(path: Path) -> Inspection:
    """Read the schema's number and run SQLite's quick check; raises sqlite3.Error if it cannot be read."""
    with closing(sqlite3.connect(f"{path.resolve().as_uri()}?mode=ro", uri=True)) as connection:
        (schema,) = connection.execute("PRAGMA user_version").fetchone()
        found = tuple(str(row[0]) for row in connection.execute("PRAGMA quick_check"))
    return Inspection(schema=schema, newest=len(migrations()), problems=() if found == ("ok",) else found)
