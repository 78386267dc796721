"""`genga import`: old outputs become part of the library, and a report says what did not."""

import asyncio
import os
from collections import defaultdict
from collections.abc import Generator, Mapping
from concurrent.futures import Executor, ThreadPoolExecutor
from contextlib import aclosing, contextmanager
from dataclasses import dataclass, field
from math import ceil
from pathlib import Path
from typing import Final

from rich.console import Console
from rich.markup import escape
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from bot.app import alone_in
from bot.chat.cards.measures import file_size
from bot.cli.leaving import stop_on_signals
from bot.clock import SystemClock
from bot.core.errors import Misconfigured, StudioError, UnknownName
from bot.core.library import Project
from bot.imaging.darkroom import PillowDarkroom
from bot.ports.hoard import Hoard, Passed
from bot.settings import Settings
from bot.studio.adopting import Adopting, Known, Outcome, Taken
from storage.database import Database
from storage.files import LIBRARY, PictureShelf
from storage.hoard import FolderHoard
from storage.projects import SqliteProjects
from storage.stores import SqliteStores

NAMED: Final = 5
"""So many files are named for each reason."""
DISK_THREADS: Final = 4
"""They mostly wait: the disk takes several files at once as fast as one."""
TELLINGS: Final = 20
"""Where there is no terminal, so many lines tell how far it is."""


@dataclass(slots=True)
class Report:
    """What became of the files so far."""

    taken: int = 0
    bytes: int = 0
    known: int = 0
    passed: dict[str, list[str]] = field(default_factory=lambda: defaultdict[str, list[str]](list))
    remarks: dict[str, list[str]] = field(default_factory=lambda: defaultdict[str, list[str]](list))
    others: Mapping[str, int] = field(default_factory=dict[str, int])
    """How many files are no pictures, by their endings."""
    broken_off: str = ""
    """Why it did not come to its end; empty if it did."""

    @property
    def seen(self) -> int:
        return self.taken + self.known + sum(map(len, self.passed.values()))

    def note(self, outcome: Outcome) -> None:
        match outcome:
            case Taken(find=find, remarks=remarks):
                self.taken += 1
                self.bytes += find.bytes
                for remark in remarks:
                    self.remarks[remark].append(find.name)
            case Known():
                self.known += 1
            case Passed(name=name, why=why):
                self.passed[why].append(name)


def adopt(settings: Settings, folder: Path, *, project: str, guild: int | None) -> int:
    """Take over the folder's pictures; return 0 if each of them is in the library now."""
    console = Console(highlight=False)
    with alone_in(settings.data_dir):
        report = asyncio.run(_adopt(settings, folder, project, guild, console))
    for line in lines_of(report):
        console.print(line)
    return int(bool(report.broken_off or report.passed))


async def _adopt(settings: Settings, folder: Path, name: str, guild: int | None, console: Console) -> Report:
    with threads() as pools:
        hoard = FolderHoard(folder, pools.disk, library=settings.data_dir / LIBRARY)
        async with Database.open(settings.database) as database:
            stores = SqliteStores.over(database)
            project = await _project(stores.projects, name, _guild(settings, guild))
            adopting = adopting_into(settings.data_dir, hoard, project, stores=stores, pools=pools)
            return await _watched(adopting, hoard, console)


@dataclass(frozen=True, slots=True, kw_only=True)
class Pools:
    """The disk has threads of its own: a picture is looked at while others are written."""

    disk: Executor
    pictures: Executor


@contextmanager
def threads() -> Generator[Pools]:
    with (
        ThreadPoolExecutor(DISK_THREADS, thread_name_prefix="disk") as disk,
        ThreadPoolExecutor(os.cpu_count(), thread_name_prefix="pictures") as pictures,
    ):
        yield Pools(disk=disk, pictures=pictures)


def adopting_into(
    data: Path, hoard: Hoard, project: Project, *, stores: SqliteStores, pools: Pools
) -> Adopting:
    return Adopting(
        hoard,
        project,
        jobs=stores.jobs,
        artifacts=stores.artifacts,
        discards=stores.discards,
        darkroom=PillowDarkroom(pools.pictures),
        shelf=PictureShelf(data, pools.disk),
        clock=SystemClock(),
    )


def _guild(settings: Settings, said: int | None) -> int:
    match said, settings.discord_guild_ids:
        case int(), _:
            return said
        case None, (only,):
            return only
        case _:
            raise Misconfigured(
                "Which server's project is it?",
                hint="Name it with --guild; Discord copies its id in Developer Mode, by a right click on it.",
            )


async def _project(projects: SqliteProjects, name: str, guild: int) -> Project:
    project = await projects.named(guild, name)
    if project is None:
        raise UnknownName("project", name, [known.name for known in await projects.of_guild(guild)])
    return project


async def _watched(adopting: Adopting, hoard: FolderHoard, console: Console) -> Report:
    """Adopt one file after the other, showing how far it is."""
    stop, report = asyncio.Event(), Report()
    total = len([None async for _ in hoard.walk()])
    with stop_on_signals(stop), _bar(console) as bar:
        task = bar.add_task("", total=total)
        try:
            async with aclosing(adopting.run(stop)) as outcomes:
                async for outcome in outcomes:
                    report.note(outcome)
                    bar.update(task, completed=report.seen, description=f"{report.taken} taken")
                    if not console.is_terminal and report.seen % max(ceil(total / TELLINGS), 1) == 0:
                        console.print(f"{report.seen} of {total} · {report.taken} taken")
        except StudioError as error:
            report.broken_off = f"{error.message} {error.hint}".strip()
    report.others = hoard.others
    if stop.is_set() and report.seen < total:
        report.broken_off = "It was interrupted."
    return report


def _bar(console: Console) -> Progress:
    return Progress(
        BarColumn(),
        MofNCompleteColumn(),
        TextColumn("{task.description}"),
        TimeRemainingColumn(),
        console=console,
        disable=not console.is_terminal,
        transient=True,
    )


def lines_of(report: Report) -> list[str]:
    """Write the report, each file's name as it is."""
    lines = [
        f"[bold]{_files(report.taken)}[/] taken · {file_size(report.bytes)}",
        f"{_files(report.known)} already there",
    ]
    for why, names in report.passed.items():
        lines.append(f"[red]{_files(len(names))} not taken[/] · {escape(why)}\n  {_some(names)}")
    for remark, names in report.remarks.items():
        lines.append(f"[cyan]{_files(len(names))} taken without that[/] · {escape(remark)}\n  {_some(names)}")
    if report.others:
        endings = sorted(ending or "without an ending" for ending in report.others)
        lines.append(f"{_files(sum(report.others.values()))} left alone, no pictures · {_some(endings)}")
    if report.broken_off:
        again = "The same command again goes on where this one stopped."
        lines.append(f"[bold red]That was not all.[/] {escape(report.broken_off)} {again}")
    return lines


def _files(count: int) -> str:
    return f"{count:,} file" if count == 1 else f"{count:,} files"


def _some(names: list[str]) -> str:
    more = f" and {len(names) - NAMED:,} more" if len(names) > NAMED else ""
    return f"[dim]{escape(', '.join(sorted(names)[:NAMED]))}{more}[/]"
