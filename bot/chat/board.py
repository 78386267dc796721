"""The status board: keeps every open job's card true, within what Discord allows."""

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Final, assert_never

import discord

from bot.chat.cards import job_card, moved_card, resting_card
from bot.chat.look import Look
from bot.chat.poster import CardPoster
from bot.chat.schedule import Allowance, Rank, Turn, Wait, next_turn
from bot.core.errors import DeliveryError, DiscordAway, NotFound, StudioError, ThreadAsleep
from bot.core.job import Card, JobState
from bot.core.pacing import OLD_AFTER_S
from bot.core.progress import Preview
from bot.ports.clock import Clock
from bot.ports.pictures import Pictures
from bot.ports.stores import Jobs
from bot.studio.feed import Feed, JobChanged, JobMoved, LineChanged, News
from bot.studio.incidents import Incidents
from bot.studio.line import JobView

PREVIEW_EVERY_S: Final = 3.0
FIRST_RETRY_S: Final = 1.0
LAST_RETRY_S: Final = 60.0
TELLING: Final = 0.05
"""From this share of a drawing on, its speed says something about its end."""
TRUST: Final = 0.8
"""How much of a guessed time is relied upon."""
MOST_ENDED: Final = 25
"""So many cards of a channel wait for their last edit; beyond, those that have waited longest come later."""
TAKEN_UP: Final = 100
"""So many cards that do not show their job's end are taken up at once."""
LET_BE: Final = 24
"""After so many times the age at which a message counts as old, nobody looks at it for its job's end."""


@dataclass(slots=True, kw_only=True)
class _Kept:
    """A card on the board: how it looks now, as far as we know, and the preview that is on it."""

    job: int
    card: Card
    turn: Turn
    ended: bool = False
    shown: Look | None = None
    preview: bytes | None = None
    preview_of: Preview | None = None
    preview_at: float = float("-inf")


@dataclass(slots=True, kw_only=True)
class _Column:
    """The cards of one channel, which share an allowance."""

    kept: dict[int, _Kept] = field(default_factory=dict[int, _Kept])
    allowance: Allowance = field(default_factory=Allowance)
    stirred: asyncio.Event = field(default_factory=asyncio.Event)
    pause: float = 0.0

    def ended(self) -> list[_Kept]:
        """Return the cards that wait for their last edit, the one that has waited longest first."""
        return sorted((one for one in self.kept.values() if one.ended), key=lambda one: one.turn.due())


class StatusBoard:
    def __init__(
        self,
        *,
        feed: Feed,
        view: Callable[[int], Awaitable[JobView]],
        jobs: Jobs,
        poster: CardPoster,
        pictures: Pictures,
        incidents: Incidents,
        clock: Clock,
        old_after_s: float = OLD_AFTER_S,
    ) -> None:
        self._feed = feed
        self._view = view
        self._jobs = jobs
        self._poster = poster
        self._pictures = pictures
        self._incidents = incidents
        self._clock = clock
        self._old_after_s = old_after_s
        self._columns: dict[int, _Column] = {}
        self._column_of: dict[int, _Column] = {}
        self._tasks: asyncio.TaskGroup | None = None
        self._owing = False

    async def adopt(self, job: int, card: Card, look: Look) -> None:
        """Keep this message true from now on; `look` is what it shows now."""
        await self._jobs.set_card(job, card)
        self._keep(job, card, look)

    async def run(self) -> None:
        """Keep the board for ever; what was open before a restart is taken up again."""
        with self._feed.listen() as news:
            await self._take_up()
            try:
                async with asyncio.TaskGroup() as self._tasks:
                    for channel, column in self._columns.items():
                        self._tasks.create_task(self._tend(channel, column))
                    async for one in news:
                        self._hear(one)
            finally:
                self._tasks = None

    async def leave(self) -> None:
        """Say on the cards of what is drawn, once `run` has ended, that it goes on after a restart."""
        drawn = [
            kept
            for column in self._columns.values()
            for kept in column.kept.values()
            if kept.turn.rank is Rank.DRAWING
        ]
        for kept in drawn:
            view = await self._view(kept.job)
            if view.job.state.in_renderer:
                look = resting_card(view, now=self._clock.now(), preview=kept.preview)
                with suppress(DeliveryError):
                    await self._poster.edit(kept.card, look)

    async def _take_up(self) -> None:
        """Keep the cards of open jobs, and those that may not show their end yet; the open ones go first."""
        for job in await self._jobs.in_states(*(state for state in JobState if not state.is_end)):
            if job.card is not None and job.id not in self._column_of:
                self._keep(job.id, job.card, None, rank=Rank.of(job.state))
        await self._take_up_ended()

    async def _take_up_ended(self) -> None:
        """Keep cards that do not show their job's end, as many as there is room for; we owe the others."""
        since = self._clock.now() - int(self._old_after_s * LET_BE * 1000)
        found = await self._jobs.unsettled_cards(since=since, limit=TAKEN_UP)
        self._owing = len(found) == TAKEN_UP
        for job in found:
            if job.card is None or job.id in self._column_of:
                continue
            column = self._columns.get(job.card.channel)
            if column is not None and len(column.ended()) >= MOST_ENDED:
                self._owing = True
            else:
                self._keep(job.id, job.card, None, ended=True)

    def _keep(
        self,
        job_id: int,
        card: Card,
        shown: Look | None,
        *,
        rank: Rank = Rank.WAITING,
        ended: bool = False,
    ) -> None:
        self._forget(job_id)
        now = self._clock.monotonic()
        column = self._columns.get(card.channel)
        if column is None:
            column = self._columns[card.channel] = _Column()
            if self._tasks is not None:
                self._tasks.create_task(self._tend(card.channel, column))
        turn = Turn(rank=rank, news=now)
        column.kept[job_id] = _Kept(job=job_id, card=card, turn=turn, ended=ended, shown=shown)
        self._column_of[job_id] = column
        column.stirred.set()

    def _forget(self, job_id: int) -> None:
        column = self._column_of.pop(job_id, None)
        if column is not None:
            del column.kept[job_id]
            column.stirred.set()

    def _hear(self, news: News) -> None:
        match news:
            case JobChanged(job=job):
                self._stir(job.id, rank=Rank.of(job.state))
            case JobMoved(job=job_id):
                self._stir(job_id, rank=Rank.DRAWING)
            case LineChanged():
                for job_id, column in self._column_of.items():
                    if not column.kept[job_id].ended:
                        self._stir(job_id, rank=column.kept[job_id].turn.rank)
            case _:
                assert_never(news)

    def _stir(self, job_id: int, *, rank: Rank) -> None:
        column = self._column_of.get(job_id)
        if column is None:
            return
        kept = column.kept[job_id]
        turn = kept.turn
        if turn.rank is not Rank.END:
            turn.rank = rank
        if turn.news is None:
            turn.news = self._clock.monotonic()
        column.stirred.set()
        if rank is Rank.END:
            kept.ended = True
            self._make_room(column)

    def _make_room(self, column: _Column) -> None:
        ended = column.ended()
        for late in ended[: max(len(ended) - MOST_ENDED, 0)]:
            self._forget(late.job)
            self._owing = True

    async def _tend(self, channel: int, column: _Column) -> None:
        """Edit the cards of one channel, one at a time, until there are none."""
        while column.kept:
            column.stirred.clear()
            by_turn = {id(kept.turn): kept for kept in column.kept.values()}
            turns = [kept.turn for kept in column.kept.values()]
            match next_turn(turns, column.allowance, now=self._clock.monotonic()):
                case Wait(seconds=seconds):
                    await _stirred_within(column, seconds)
                case turn:
                    await self._update(column, by_turn[id(turn)])
        del self._columns[channel]

    async def _update(self, column: _Column, kept: _Kept) -> None:
        """Look at the job and make its card so; trouble with one card stops no other."""
        news, kept.turn.news = kept.turn.news, None
        kept.turn.looked = self._clock.monotonic()
        try:
            await self._make_true(column, kept)
        except DiscordAway as away:
            kept.turn.news = kept.turn.looked if news is None else news
            column.pause = min(max(column.pause * 2, FIRST_RETRY_S), LAST_RETRY_S)
            await asyncio.sleep(max(column.pause, away.patience_s))
        except Exception as error:  # noqa: BLE001 - a card that trips us must not stop the others
            await self._incidents.report(error, where="status board", job=kept.job)
            self._drop(kept)
            self._owing = False
        else:
            column.pause = 0.0

    async def _make_true(self, column: _Column, kept: _Kept) -> None:
        try:
            at_its_end = await self._show(column, kept)
        except DiscordAway:
            raise
        except (DeliveryError, NotFound):
            await self._settle(column, kept)
        else:
            if at_its_end:
                await self._settle(column, kept)

    async def _settle(self, column: _Column, kept: _Kept) -> None:
        """Leave the card as it is; was it the last one of its channel, take up what we owe."""
        if kept.ended:
            await self._jobs.settle_card(kept.job, kept.card)
        self._drop(kept)
        if self._owing and not column.ended():
            await self._take_up_ended()

    def _drop(self, kept: _Kept) -> None:
        """Forget the card, unless the job has got another one meanwhile."""
        column = self._column_of.get(kept.job)
        if column is not None and column.kept.get(kept.job) is kept:
            self._forget(kept.job)

    async def _show(self, column: _Column, kept: _Kept) -> bool:
        """Make the card show the job as it is now; tell whether that is its end."""
        view = await self._view(kept.job)
        kept.turn.rank = Rank.of(view.job.state)
        kept.ended = kept.ended or view.job.state.is_end
        kept.turn.calm_until = self._clock.monotonic() + _calm_s(view, now=self._clock.now())
        look = job_card(view, now=self._clock.now(), preview=await self._preview(kept, view))
        if look != kept.shown:
            await self._edit(column, kept, look)
        return view.job.state.is_end

    async def _edit(self, column: _Column, kept: _Kept, look: Look) -> None:
        if kept.turn.rank is not Rank.END and self._is_old(kept.card):
            await self._move(kept, look)
            return
        began = self._clock.monotonic()
        try:
            await self._poster.edit(kept.card, look, shown=kept.shown)
        except ThreadAsleep:
            await self._move(kept, look)
        now = self._clock.monotonic()
        column.allowance = column.allowance.edited(kept.turn.rank, now=now, took=now - began)
        kept.shown, kept.turn.edited = look, began

    def _is_old(self, card: Card) -> bool:
        created = discord.utils.snowflake_time(card.message).timestamp() * 1000
        return self._clock.now() - created > self._old_after_s * 1000

    async def _move(self, kept: _Kept, look: Look) -> None:
        """Go on in a new message, which also wakes an archived thread, and say so in the old one."""
        card = await self._poster.send(kept.card.channel, look)
        old, kept.card, kept.shown = kept.card, card, look
        await self._jobs.set_card(kept.job, card)
        job = await self._jobs.get(kept.job)
        with suppress(DeliveryError):
            await self._poster.edit(old, moved_card(job, card))

    async def _preview(self, kept: _Kept, view: JobView) -> bytes | None:
        """Return the newest picture that may be shown; it is replaced only every few seconds."""
        newest = view.progress.preview if view.progress else None
        now = self._clock.monotonic()
        if newest is not None and newest is not kept.preview_of and now >= kept.preview_at + PREVIEW_EVERY_S:
            kept.preview_of, kept.preview_at = newest, now
            with suppress(StudioError):
                kept.preview = await self._pictures.preview(newest.image)
        return kept.preview


def _calm_s(view: JobView, *, now: int) -> float:
    """Guess for how many seconds the drawing will not end, from its speed so far or from drawings like it."""
    progress = view.progress
    if progress is None or progress.started is None:
        return 0.0
    if progress.fraction > TELLING:
        left = (now - progress.started) * (1 - progress.fraction) / progress.fraction
    else:
        left = view.ends - now if view.ends is not None else 0
    return left * TRUST / 1000


async def _stirred_within(column: _Column, seconds: float) -> None:
    try:
        async with asyncio.timeout(seconds):
            await column.stirred.wait()
    except TimeoutError:
        return
