"""What the doctor sees on this machine: SQLite, the database, the disk, the file of secrets."""

import os
import shutil
import sqlite3
import stat
from pathlib import Path

from bot.cli.doctor.finding import Finding, bad, good, weak
from bot.imaging.lettering import Typefaces
from bot.imaging.typefaces import japanese_of, typefaces_of
from bot.settings import Settings
from storage.checking import inspect

SAFE_SQLITE = (3, 51, 3)
GIB = 1024**3
MIB = 1024**2


def look_at_data(settings: Settings) -> list[Finding]:
    return [
        _sqlite(),
        _database(settings.database),
        _disk(settings),
        typeface(settings.sheet_font, typefaces_of(settings.sheet_font)),
        *_secrets(Path(".env")),
    ]


def _sqlite() -> Finding:
    if sqlite3.sqlite_version_info < SAFE_SQLITE:
        return weak(
            "SQLite",
            f"{sqlite3.sqlite_version} may damage a file that two connections write at once",
            "Genga writes with one only; let no other program write. 3.51.3 mends it.",
        )
    return good("SQLite", sqlite3.sqlite_version)


def _database(path: Path) -> Finding:
    if not path.exists():
        return good("database", f"{path} will be made at the first start")
    try:
        seen = inspect(path)
    except sqlite3.Error as error:
        return bad("database", f"{path} cannot be read: {error}", "Put back a copy, or move it away.")
    if seen.problems:
        return bad("database", f"{path} is damaged: {seen.problems[0]}", "Put back a copy.")
    if seen.schema > seen.newest:
        return bad("database", f"schema {seen.schema}, this version knows {seen.newest}", "Update Genga.")
    pending = (
        f", will be brought from schema {seen.schema} to {seen.newest}" if seen.schema < seen.newest else ""
    )
    return good("database", f"{path} is sound{pending}")


def _disk(settings: Settings) -> Finding:
    existing = next(
        folder for folder in (settings.data_dir, *settings.data_dir.resolve().parents) if folder.exists()
    )
    if not os.access(existing, os.W_OK):
        return bad(
            "disk", f"{existing} cannot be written", "Give the bot's user the right, or change DATA_DIR."
        )
    free = shutil.disk_usage(existing).free
    if free < settings.min_free_disk_mib * MIB:
        return bad("disk", f"{free / GIB:.1f} GiB free", "Make room, or lower MIN_FREE_DISK_MIB.")
    return good("disk", f"{free / GIB:.1f} GiB free")


def typeface(chosen: Path | None, typefaces: Typefaces) -> Finding:
    """Tell what Japanese names on sheets are written in."""
    if chosen is not None and chosen not in typefaces:
        return weak("SHEET_FONT", f"{chosen} is no font that can be read", "Name another, or leave it out.")
    japanese = japanese_of(typefaces)
    if japanese is None:
        return weak(
            "typeface",
            "no font with Japanese letters was found: on sheets a name such as 葵 is only “…”",
            "Install one, fonts-noto-cjk for example, or name its file in SHEET_FONT.",
        )
    return good("typeface", f"Japanese names on sheets are written in {japanese.name}")


def _secrets(env: Path) -> list[Finding]:
    if os.name == "nt" or not env.exists() or not env.stat().st_mode & (stat.S_IRGRP | stat.S_IROTH):
        return []
    return [weak(".env", "others on this machine can read the token", "chmod 600 .env")]
