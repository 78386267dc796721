"""What became of everything, told from outside: by Discord's messages, ComfyUI's prompts, the files and the database."""

import re
import sqlite3
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from io import BytesIO
from itertools import pairwise
from pathlib import Path
from uuid import UUID

from PIL import Image

from bot.core.recovery import MAX_OPENED
from bot.sandbox.comfyui import AcceptedPrompt, SandboxComfyUI
from bot.sandbox.discord import Message, SandboxDiscord
from tests.chaos.crowd import Seen, is_cancel
from tests.chaos.moments import is_post
from tests.chaos.order import DUE, disorder, reported_again

ENDS = {"delivered", "shelved", "failed", "cancelled"}
PREFIX = re.compile(r"genga/([0-9a-f]{32})")
FORGOTTEN_ENOUGH = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """All lists but the last hold one sentence per offence."""

    jobs: int
    lost: list[str]
    duplicated: list[str]
    extra_gpu_runs: list[str]
    damaged: list[str]
    stale_cards: list[int]
    """No offences: jobs that have ended and of which some message still offers the cancelling."""

    @property
    def is_clean(self) -> bool:
        return not (self.lost or self.duplicated or self.extra_gpu_runs or self.damaged)

    @property
    def sentences(self) -> list[str]:
        return [*self.lost, *self.duplicated, *self.extra_gpu_runs, *self.damaged]

    def line(self, kills: int) -> str:
        integrity = "bad" if self.damaged else "ok"
        return (
            f"kills={kills} lost={len(self.lost)} duplicated={len(self.duplicated)} "
            f"extra_gpu_runs={len(self.extra_gpu_runs)} integrity={integrity}"
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """A job as the database has it in the end."""

    id: int
    uid: str
    state: str
    attempt: int
    count: int
    opened: int
    failure: str | None
    given_up: int
    """How many of its pictures somebody deleted."""


def verdict(
    discord: SandboxDiscord,
    comfy: SandboxComfyUI,
    data: Path,
    *,
    seen: Seen,
    told: set[int],
    deaths: Sequence[float],
    may_fail: bool = False,
) -> Verdict:
    """Judge a run that has settled.

    `told` are the jobs whose cancelling was confirmed to somebody, `deaths` the monotonic times at which
    ComfyUI was killed. Jobs that `may_fail` only have to say why.
    """
    with sqlite3.connect(data / "genga.db") as database:
        rows = {row.id: row for row in _rows(database)}
        damaged = [*_damage(database), *disorder(database, data)]
    database.close()
    posts = _posts(discord)
    runs = _runs(comfy)
    return Verdict(
        jobs=len(rows),
        lost=[*_lost(rows, posts, seen), *_undone(rows, told), *_unexplained(rows, runs, may_fail=may_fail)],
        duplicated=[
            *_duplicated(rows, posts),
            *_notices(discord),
            *_threads(discord),
            *reported_again(discord),
        ],
        extra_gpu_runs=[*_extra(rows, runs, deaths), *_side_by_side(comfy)],
        damaged=damaged,
        stale_cards=sorted(stale_cards(discord)),
    )


def is_settled(data: Path) -> bool:
    """Tell whether every job is at an end, and nothing is left to send, to tell or to remove. Reads while the bot lives."""
    database = sqlite3.connect(f"{(data / 'genga.db').resolve().as_uri()}?mode=ro", uri=True)
    try:
        (jobs,) = database.execute(
            "SELECT count(*) FROM jobs WHERE state NOT IN ('delivered', 'shelved', 'failed', 'cancelled')"
        ).fetchone()
        (posts,) = database.execute(
            "SELECT count(*) FROM outbox WHERE state IN ('pending', 'sending')"
        ).fetchone()
        (discards,) = database.execute(f"SELECT count(*) FROM ({DUE})").fetchone()
        (reports,) = database.execute(
            "SELECT count(*) FROM batches WHERE state <> 'cancelled' AND report_message IS NULL"
        ).fetchone()
    finally:
        database.close()
    return not (jobs or posts or discards or reports)


def _rows(database: sqlite3.Connection) -> Iterator[Row]:
    for values in database.execute(
        """
        SELECT id, uid, state, attempt, count, opened, failure_message,
               (SELECT count(*) FROM artifacts WHERE job = jobs.id AND deleted IS NOT NULL)
        FROM jobs
        """
    ):
        yield Row(**dict(zip(Row.__slots__, values, strict=True)))


def _posts(discord: SandboxDiscord) -> dict[int, list[Message]]:
    posts: dict[int, list[Message]] = defaultdict(list)
    for message in _messages(discord):
        if is_post(message):
            number = re.match(r"\*\*#(\d+)\*\*", message.content)
            assert number, message.content
            posts[int(number[1])].append(message)
    return posts


def _messages(discord: SandboxDiscord) -> Iterator[Message]:
    for channel in discord.world.channels.values():
        yield from channel.history


def _runs(comfy: SandboxComfyUI) -> dict[str, list[AcceptedPrompt]]:
    runs: dict[str, list[AcceptedPrompt]] = defaultdict(list)
    for prompt in comfy.prompts:
        found = PREFIX.search(str(prompt.graph))
        runs[str(UUID(found[1])) if found else "nobody's"].append(prompt)
    return runs


def stale_cards(discord: SandboxDiscord) -> set[int]:
    """Return the jobs that can be cancelled, as far as the buttons tell: `job:<number>:cancel`."""
    return {
        int(part["custom_id"].split(":")[1])
        for message in _messages(discord)
        for part in message.controls
        if is_cancel(part)
    }


# ── lost


def _lost(rows: dict[int, Row], posts: dict[int, list[Message]], seen: Seen) -> Iterator[str]:
    for number in sorted(seen.shown - rows.keys()):
        yield f"#{number} was shown to somebody and does not exist"
    for row in rows.values():
        if row.state not in ENDS:
            yield f"#{row.id} is {row.state} for ever"
        if row.state == "delivered" and not posts[row.id] and row.given_up < row.count:
            yield f"#{row.id} is delivered and nowhere to be seen"
        for post in posts[row.id]:
            if _pictures_in(post) not in {row.count, row.count - row.given_up}:
                yield f"#{row.id} shows {_pictures_in(post)} of {row.count} pictures"


def _pictures_in(post: Message) -> int:
    """Count the pictures that can be decoded whole."""
    whole = 0
    for attachment in post.attachments:
        with Image.open(BytesIO(attachment.data)) as image:
            image.load()
            whole += 1
    return whole


def _undone(rows: dict[int, Row], told: set[int]) -> Iterator[str]:
    for number in sorted(told):
        if number in rows and rows[number].state != "cancelled":
            yield f"#{number} was told to be cancelled and is {rows[number].state}"


def _unexplained(
    rows: dict[int, Row], runs: dict[str, list[AcceptedPrompt]], *, may_fail: bool
) -> Iterator[str]:
    """A job may fail for two reasons here: ComfyUI was killed under it, more than once, or we were.

    We are so often only while its pictures are read: what that happens to again and again is given up.
    """
    for row in rows.values():
        given_up = row.state == "failed" and row.opened >= MAX_OPENED
        if row.state not in {"failed", "shelved"} or given_up or (may_fail and row.failure):
            continue
        forgotten = sum(prompt.outcome == "lost" for prompt in runs[row.uid])
        if row.state == "shelved" or forgotten < FORGOTTEN_ENOUGH:
            yield f"#{row.id} is {row.state} ({row.failure}) though ComfyUI was killed {forgotten} times"


# ── twice


def _duplicated(rows: dict[int, Row], posts: dict[int, list[Message]]) -> Iterator[str]:
    for number, messages in posts.items():
        wanted = 1 if number in rows and rows[number].state == "delivered" else 0
        if len(messages) > wanted:
            yield f"#{number} was posted {len(messages)} times, wanted were {wanted}"


def _notices(discord: SandboxDiscord) -> Iterator[str]:
    """Notices are the plain messages to the one who asked; of each job there is one at most."""
    told = Counter(
        found[1]
        for message in _messages(discord)
        if message.author.bot
        and not message.by_webhook
        and not message.embeds
        and not message.attachments
        and (found := re.match(r"<@\d+> \*\*#(\d+)\*\*", message.content))
    )
    return (f"#{number} was told of {times} times" for number, times in told.items() if times > 1)


def _threads(discord: SandboxDiscord) -> Iterator[str]:
    """Name the galleries that were opened twice."""
    opened = Counter(thread.name for thread in discord.world.guild.threads.values())
    return (f"{times} threads are called {name}" for name, times in opened.items() if times > 1)


# ── the GPU


def _extra(
    rows: dict[int, Row], runs: dict[str, list[AcceptedPrompt]], deaths: Sequence[float]
) -> Iterator[str]:
    """Name each prompt beyond the first of a job, unless ComfyUI died in between and forgot the earlier one."""
    known = {row.uid: row.id for row in rows.values()}
    for uid, prompts in runs.items():
        if uid not in known:
            yield f"ComfyUI was given a prompt of no job: {prompts[0].id}"
            continue
        for earlier, later in pairwise(prompts):
            if not any(earlier.submitted <= death <= later.submitted for death in deaths):
                yield f"#{known[uid]} was given to ComfyUI again, which was {earlier.outcome} before"


def _side_by_side(comfy: SandboxComfyUI) -> Iterator[str]:
    for earlier, later in pairwise(comfy.prompts):
        if earlier.ended is None or later.submitted < earlier.ended:
            yield f"two prompts were in ComfyUI at once: {earlier.id} and {later.id}"


# ── the disk


def _damage(database: sqlite3.Connection) -> Iterator[str]:
    for (found,) in database.execute("PRAGMA integrity_check"):
        if found != "ok":
            yield f"integrity_check: {found}"
    for found in database.execute("PRAGMA foreign_key_check"):
        yield f"foreign_key_check: {found}"
    due = "SELECT job, kind, state FROM outbox WHERE state IN ('pending', 'sending')"
    for job, kind, state in database.execute(due):
        yield f"the outbox still holds the {kind} of #{job}: {state}"
    counted = dict(database.execute("SELECT state, jobs FROM job_counts WHERE jobs > 0"))
    if counted != dict(database.execute("SELECT state, count(*) FROM jobs GROUP BY state")):
        yield f"the counts are wrong: {counted}"
