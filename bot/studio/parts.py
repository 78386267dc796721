"""The studio in one piece: every part, wired to the others over the same ports."""

import asyncio
from functools import cached_property

from bot.core.job import Job
from bot.ports.pictures import Picture
from bot.studio.alarm import Alarm
from bot.studio.collect import Collector
from bot.studio.delivery import Courier
from bot.studio.drafting import Drafting
from bot.studio.endings import Endings
from bot.studio.finishing import Finisher
from bot.studio.foreman import Foreman
from bot.studio.foundation import Foundation
from bot.studio.keeper import Keeper
from bot.studio.line import Line
from bot.studio.mounting import Mounting
from bot.studio.planner import Planner
from bot.studio.recovery import Recovery
from bot.studio.refining import Refining
from bot.studio.report import Reporter
from bot.studio.reproduction import Reproduction
from bot.studio.room import Room
from bot.studio.stall import Silence
from bot.studio.submit import Submit
from bot.studio.vigil import Vigil
from bot.studio.worker import Worker


class Studio(Foundation):
    """A whole studio: to what is kept come the parts that draw, post and watch over it."""

    # ── asking for a drawing

    @cached_property
    def line(self) -> Line:
        return Line(
            jobs=self._stores.jobs,
            projects=self._stores.projects,
            lane=self.lane,
            gate=self.gate,
            clock=self._clock,
        )

    @cached_property
    def drafting(self) -> Drafting:
        return Drafting(
            casting=self.casting,
            characters=self._stores.characters,
            styles=self._stores.styles,
            reviews=self._stores.reviews,
            shelf=self.ports.shelf,
            workshop=self.workshop,
        )

    @cached_property
    def submit(self) -> Submit:
        return Submit(
            jobs=self._stores.jobs,
            projects=self._stores.projects,
            shelf=self.ports.shelf,
            pictures=self.ports.pictures,
            workshop=self.workshop,
            drafting=self.drafting,
            line=self.line,
            gate=self.gate,
            feed=self.feed,
            clock=self._clock,
            limits=self._rules.limits,
            new_seed=self.ports.new_seed,
        )

    @cached_property
    def refining(self) -> Refining:
        return Refining(
            jobs=self._stores.jobs,
            artifacts=self._stores.artifacts,
            projects=self._stores.projects,
            pins=self._stores.pins,
            control=self.control,
            submit=self.submit,
            workshop=self.workshop,
            restoring=self.restoring,
            clock=self._clock,
        )

    @cached_property
    def planner(self) -> Planner:
        return Planner(
            plans=self._stores.plans,
            casting=self.casting,
            submit=self.submit,
            line=self.line,
            clock=self._clock,
        )

    @cached_property
    def foreman(self) -> Foreman:
        return Foreman(
            batches=self._stores.batches,
            planner=self.planner,
            jobs=self._stores.jobs,
            control=self.control,
            finisher=self.finisher,
            line=self.line,
            gate=self.gate,
            feed=self.feed,
            incidents=self.incidents,
            clock=self._clock,
        )

    @cached_property
    def finisher(self) -> Finisher:
        return Finisher(
            batches=self._stores.batches,
            projects=self._stores.projects,
            shelf=self.ports.shelf,
            darkroom=self.ports.darkroom,
            poster=self.ports.poster,
        )

    # ── drawing it

    def worker_with(self, errands: asyncio.TaskGroup) -> Worker:
        """Return a worker who leaves to `errands` what need not hold up the next drawing."""
        return Worker(
            jobs=self._stores.jobs,
            line=self.line,
            lane=self.lane,
            gate=self.gate,
            renderer=self.ports.renderer,
            collector=self.collector,
            endings=self.endings,
            recovery=self.recovery,
            silence=self.silence,
            room=self.room,
            workshop=self.workshop,
            drafting=self.drafting,
            shelf=self.ports.shelf,
            incidents=self.incidents,
            feed=self.feed,
            clock=self._clock,
            tasks=errands,
        )

    @cached_property
    def collector(self) -> Collector:
        return Collector(
            jobs=self._stores.jobs,
            renderer=self.ports.renderer,
            workflows=self.workshop.workflows,
            darkroom=self.ports.darkroom,
            archive=self.archive,
            tidying=self.tidying,
            resemblance=self.resemblance,
            feed=self.feed,
            clock=self._clock,
            collected=self.hand_over,
        )

    @cached_property
    def endings(self) -> Endings:
        return Endings(
            jobs=self._stores.jobs,
            collector=self.collector,
            renderer=self.ports.renderer,
            workshop=self.workshop,
            gate=self.gate,
            feed=self.feed,
            clock=self._clock,
            new_seed=self.ports.new_seed,
        )

    @cached_property
    def recovery(self) -> Recovery:
        return Recovery(
            jobs=self._stores.jobs,
            renderer=self.ports.renderer,
            collector=self.collector,
            endings=self.endings,
            gate=self.gate,
            clock=self._clock,
        )

    # ── posting it

    def hand_over(self, job: Job, pictures: list[Picture]) -> None:
        """Give the courier what has just been drawn, so that nobody need read it again."""
        self.courier.take(job, pictures)

    @cached_property
    def courier(self) -> Courier:
        return Courier(
            jobs=self._stores.jobs,
            outbox=self._stores.outbox,
            projects=self._stores.projects,
            settings=self._stores.settings,
            shelf=self.ports.shelf,
            pictures=self.ports.pictures,
            mounting=self.mounting,
            poster=self.ports.poster,
            incidents=self.incidents,
            feed=self.feed,
            clock=self._clock,
        )

    @cached_property
    def mounting(self) -> Mounting:
        return Mounting(
            jobs=self._stores.jobs,
            artifacts=self._stores.artifacts,
            shelf=self.ports.shelf,
            darkroom=self.ports.darkroom,
            reproduction=self.reproduction,
            incidents=self.incidents,
        )

    @cached_property
    def reproduction(self) -> Reproduction:
        return Reproduction(jobs=self._stores.jobs, shelf=self.ports.shelf, darkroom=self.ports.darkroom)

    # ── watching over it all

    @cached_property
    def room(self) -> Room:
        return Room(shelf=self.ports.shelf, gate=self.gate, min_free_bytes=self._rules.min_free_bytes)

    @cached_property
    def vigil(self) -> Vigil:
        return Vigil(
            renderer=self.ports.renderer,
            workshop=self.workshop,
            gate=self.gate,
            clock=self._clock,
            room=self.room,
            incidents=self.incidents,
        )

    @cached_property
    def alarm(self) -> Alarm:
        return Alarm(alerts=self.ports.alerts, gate=self.gate, feed=self.feed, clock=self._clock)

    @cached_property
    def silence(self) -> Silence:
        return Silence(renderer=self.ports.renderer, line=self.line, alarm=self.alarm, clock=self._clock)

    @cached_property
    def keeper(self) -> Keeper:
        return Keeper(
            backups=self.ports.backups,
            clock=self._clock,
            every_hours=self._rules.backup_every_hours,
        )

    @cached_property
    def reporter(self) -> Reporter:
        return Reporter(
            jobs=self._stores.jobs,
            renderer=self.ports.renderer,
            shelf=self.ports.shelf,
            workshop=self.workshop,
            gate=self.gate,
            backups=self.ports.backups,
            journal=self._stores.journal,
            clock=self._clock,
            started=self._started,
        )
