"""`genga backup`, `genga restore`, `genga fsck`: care for what is kept."""

import sqlite3
from collections.abc import Sequence
from contextlib import nullcontext
from pathlib import Path
from typing import Final

import typer
from rich.console import Console
from rich.markup import escape

from bot.app import alone_in
from bot.clock import SystemClock
from bot.core.errors import Misconfigured
from bot.settings import Settings
from storage.backups import back_up, backups_in, prove, restore
from storage.fsck import Kind, Trouble, check, mend_all

console = Console(highlight=False)


def take_backup(settings: Settings, folder: Path | None) -> None:
    """Copy the database while the bot may be running; print where the copy is."""
    target = folder or settings.backups
    try:
        copy = back_up(settings.database, target, at=SystemClock().now(), keep=settings.backups_kept)
    except (OSError, sqlite3.Error) as error:
        raise Misconfigured(
            f"The database could not be copied: {error}.", hint="Make room, or run `genga doctor`."
        ) from error
    console.print(f"{escape(str(copy))} · {copy.stat().st_size / 1024**2:.1f} MiB, proven sound")
    console.print(f"{len(backups_in(target))} of at most {settings.backups_kept} copies are kept there.")


def put_back(settings: Settings, backup: Path, *, sure: bool) -> None:
    """Say what will be replaced, ask, and do it."""
    with alone_in(settings.data_dir):
        prove(backup)
        console.print(f"{escape(str(backup))} takes the place of {escape(str(settings.database))}.")
        console.print("What is there now is kept beside it under another name.")
        if not sure:
            typer.confirm("Go on?", abort=True)
        try:
            restored = restore(backup, settings.database, at=SystemClock().now())
        except (OSError, sqlite3.Error) as error:
            raise Misconfigured(
                f"The copy could not be put in place: {error}.", hint="Make room, and try again."
            ) from error
    console.print("Restored." + (f" The old one is {escape(str(restored.kept))}." if restored.kept else ""))


def check_all(settings: Settings, *, fix: bool, sure: bool) -> int:
    """Print what does not fit; with `fix` say what would be done, ask, and do it. Return what is left."""
    if not settings.database.exists():
        console.print("There is no database yet, so there is nothing to check.")
        return 0
    with alone_in(settings.data_dir) if fix else nullcontext():  # what is mended must be what was seen
        troubles = _seen(settings)
        if fix and any(trouble.mend for trouble in troubles):
            return _mended(settings, troubles, sure=sure)
    faults = [trouble for trouble in troubles if trouble.is_fault]
    console.print(f"{_faults(len(faults))}." if faults else "Database and files fit together.")
    if any(trouble.mend for trouble in troubles):
        console.print("`genga fsck --fix` does what stands behind the arrows, after asking.")
    _advise(faults)
    return len(faults)


def _mended(settings: Settings, troubles: list[Trouble], *, sure: bool) -> int:
    mendable = sum(bool(trouble.mend) for trouble in troubles)
    if not sure:
        typer.confirm(f"Mend {mendable} of {len(troubles)}, as said after the arrows?", abort=True)
    mend_all(settings.data_dir, troubles, at=SystemClock().now())
    left = [trouble for trouble in troubles if trouble.is_fault and not trouble.mend]
    console.print(f"{mendable} mended, {_faults(len(left))} left.")
    _advise(left)
    return len(left)


def _seen(settings: Settings) -> list[Trouble]:
    """Print and return what does not fit."""
    try:
        troubles = check(settings.data_dir)
    except sqlite3.Error as error:
        raise Misconfigured(
            f"{settings.database} cannot be read: {error}.", hint="`genga restore` puts a copy back."
        ) from error
    for trouble in troubles:
        console.print(_line(trouble))
    return troubles


def _faults(count: int) -> str:
    return "1 fault" if count == 1 else f"{count} faults"


def _advise(faults: Sequence[Trouble]) -> None:
    """Say what a person can do about what is not mended by itself."""
    for advice, kinds in _ADVICE.items():
        found = [kind for kind in kinds if any(fault.kind is kind and not fault.mend for fault in faults)]
        if found:
            console.print(f"{' or '.join(found)}: {advice}")


_ADVICE: Final = {
    "`genga restore` puts a copy back.": (Kind.DAMAGED,),
    "put it back from a copy of the library, or delete the picture in Discord.": (Kind.MISSING, Kind.CHANGED),
}


def _line(trouble: Trouble) -> str:
    mend = f" [dim]→ {escape(trouble.mend)}[/]" if trouble.mend else ""
    colour = "red" if trouble.is_fault else "cyan"
    return f"[{colour}]{trouble.kind}[/] · {escape(trouble.what)}{mend}"
