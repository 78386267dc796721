"""The status board: keeps the cards of open jobs and batches true, within what Discord allows."""

import asyncio
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Final, assert_never

import discord

from bot.chat.faces import Face, Faces, Kind, Topic
from bot.chat.look import Look
from bot.chat.poster import CardPoster
from bot.chat.schedule import Allowance, Rank, Turn, Wait, next_turn
from bot.core.errors import DeliveryError, DiscordAway, NotFound, StudioError, ThreadAsleep
from bot.core.job import Card
from bot.core.pacing import OLD_AFTER_S
from bot.core.progress import Preview
from bot.ports.clock import Clock
from bot.ports.pictures import Pictures
from bot.studio.feed import BatchChanged, Feed, JobChanged, JobMoved, LineChanged, News
from bot.studio.incidents import Incidents

PREVIEW_EVERY_S: Final = 3.0
FIRST_RETRY_S: Final = 1.0
LAST_RETRY_S: Final = 60.0
MOST_ENDED: Final = 25
"""So many cards of a channel wait for their last edit; beyond, those that have waited longest come later."""
TAKEN_UP: Final = 100
"""So many cards that do not show the end are taken up at once."""
LET_BE: Final = 24
"""After so many times the age at which a message counts as old, nobody looks at it for the end."""


@dataclass(slots=True, kw_only=True)
class _Kept:
    """A card on the board: how it looks now, as far as we know, and the preview that is on it."""

    topic: Topic
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

    kept: dict[Topic, _Kept] = field(default_factory=dict[Topic, _Kept])
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
        faces: Mapping[Kind, Faces],
        poster: CardPoster,
        pictures: Pictures,
        incidents: Incidents,
        clock: Clock,
        old_after_s: float = OLD_AFTER_S,
    ) -> None:
        self._feed = feed
        self._faces = faces
        self._poster = poster
        self._pictures = pictures
        self._incidents = incidents
        self._clock = clock
        self._old_after_s = old_after_s
        self._columns: dict[int, _Column] = {}
        self._column_of: dict[Topic, _Column] = {}
        self._tasks: asyncio.TaskGroup | None = None
        self._owing = False

    async def adopt(self, job: int, card: Card, look: Look) -> None:
        """Keep this message true from now on as the job's card; `look` is what it shows now."""
        await self._adopt(Topic.job(job), card, look)

    async def adopt_batch(self, batch: int, card: Card, look: Look) -> None:
        """Keep this message true from now on as the batch's card."""
        await self._adopt(Topic.batch(batch), card, look)

    async def _adopt(self, topic: Topic, card: Card, look: Look) -> None:
        await self._faces[topic.kind].set_card(topic.id, card)
        self._keep(topic, card, look)

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
            face = await self._face(kept.topic)
            if face.resting is not None:
                with suppress(DeliveryError):
                    await self._poster.edit(kept.card, face.resting(kept.preview))

    async def _face(self, topic: Topic) -> Face:
        return await self._faces[topic.kind].face(topic.id)

    async def _take_up(self) -> None:
        """Keep the cards of what is open, which go first, and those that may not show their end yet."""
        for kind, faces in self._faces.items():
            for topic_id, card, rank in await faces.open():
                topic = Topic(kind=kind, id=topic_id)
                if topic not in self._column_of:
                    self._keep(topic, card, None, rank=rank)
        await self._take_up_ended()

    async def _take_up_ended(self) -> None:
        """Keep cards that do not show the end, as many as there is room for; we owe the others."""
        since = self._clock.now() - int(self._old_after_s * LET_BE * 1000)
        self._owing = False
        for kind, faces in self._faces.items():
            found = await faces.unsettled(since=since, limit=TAKEN_UP)
            self._owing = self._owing or len(found) == TAKEN_UP
            for topic_id, card in found:
                self._keep_ended(Topic(kind=kind, id=topic_id), card)

    def _keep_ended(self, topic: Topic, card: Card) -> None:
        column = self._columns.get(card.channel)
        if topic in self._column_of:
            return
        if column is not None and len(column.ended()) >= MOST_ENDED:
            self._owing = True
        else:
            self._keep(topic, card, None, ended=True)

    def _keep(
        self,
        topic: Topic,
        card: Card,
        shown: Look | None,
        *,
        rank: Rank = Rank.WAITING,
        ended: bool = False,
    ) -> None:
        self._forget(topic)
        now = self._clock.monotonic()
        column = self._columns.get(card.channel)
        if column is None:
            column = self._columns[card.channel] = _Column()
            if self._tasks is not None:
                self._tasks.create_task(self._tend(card.channel, column))
        turn = Turn(rank=rank, news=now)
        column.kept[topic] = _Kept(topic=topic, card=card, turn=turn, ended=ended, shown=shown)
        self._column_of[topic] = column
        column.stirred.set()

    def _forget(self, topic: Topic) -> None:
        column = self._column_of.pop(topic, None)
        if column is not None:
            del column.kept[topic]
            column.stirred.set()

    def _hear(self, news: News) -> None:
        match news:
            case JobChanged(job=job):
                self._stir(Topic.job(job.id), rank=Rank.of(job.state))
                if job.batch is not None:
                    self._stir_again(Topic.batch(job.batch))
            case JobMoved(job=job_id):
                self._stir(Topic.job(job_id), rank=Rank.DRAWING)
            case BatchChanged(batch=batch):
                self._stir_again(Topic.batch(batch.id))
            case LineChanged():
                for topic, column in self._column_of.items():
                    if not column.kept[topic].ended:
                        self._stir_again(topic)
            case _:
                assert_never(news)

    def _stir_again(self, topic: Topic) -> None:
        """Have a card looked at that is as urgent as it was."""
        column = self._column_of.get(topic)
        if column is not None:
            self._stir(topic, rank=column.kept[topic].turn.rank)

    def _stir(self, topic: Topic, *, rank: Rank) -> None:
        column = self._column_of.get(topic)
        if column is None:
            return
        kept = column.kept[topic]
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
            self._forget(late.topic)
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
        """Look at how things are and make the card so; trouble with one card stops no other."""
        news, kept.turn.news = kept.turn.news, None
        kept.turn.looked = self._clock.monotonic()
        try:
            await self._make_true(column, kept)
        except DiscordAway as away:
            kept.turn.news = kept.turn.looked if news is None else news
            column.pause = min(max(column.pause * 2, FIRST_RETRY_S), LAST_RETRY_S)
            await asyncio.sleep(max(column.pause, away.patience_s))
        except Exception as error:  # noqa: BLE001 - a card that trips us must not stop the others
            job = kept.topic.id if kept.topic.kind is Kind.JOB else None
            await self._incidents.report(error, where="status board", job=job)
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
            await self._faces[kept.topic.kind].settle_card(kept.topic.id, kept.card)
        self._drop(kept)
        if self._owing and not column.ended():
            await self._take_up_ended()

    def _drop(self, kept: _Kept) -> None:
        """Forget the card, unless its topic has got another one meanwhile."""
        column = self._column_of.get(kept.topic)
        if column is not None and column.kept.get(kept.topic) is kept:
            self._forget(kept.topic)

    async def _show(self, column: _Column, kept: _Kept) -> bool:
        """Make the card show how things are now; tell whether that is their end."""
        face = await self._face(kept.topic)
        kept.turn.rank = face.rank
        kept.ended = kept.ended or face.rank is Rank.END
        kept.turn.calm_until = self._clock.monotonic() + face.calm_s
        look = face.draw(await self._preview(kept, face))
        if look != kept.shown:
            await self._edit(column, kept, look)
        return face.rank is Rank.END

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
        faces = self._faces[kept.topic.kind]
        await faces.set_card(kept.topic.id, card)
        moved = await faces.moved(kept.topic.id, card)
        with suppress(DeliveryError):
            await self._poster.edit(old, moved)

    async def _preview(self, kept: _Kept, face: Face) -> bytes | None:
        """Return the newest picture that may be shown; it is replaced only every few seconds."""
        newest = face.preview
        now = self._clock.monotonic()
        if newest is not None and newest is not kept.preview_of and now >= kept.preview_at + PREVIEW_EVERY_S:
            kept.preview_of, kept.preview_at = newest, now
            with suppress(StudioError):
                kept.preview = await self._pictures.preview(newest.image)
        return kept.preview


async def _stirred_within(column: _Column, seconds: float) -> None:
    try:
        async with asyncio.timeout(seconds):
            await column.stirred.wait()
    except TimeoutError:
        return
