"""What a studio stands on: projects, characters, styles and pictures, and who may do what with them."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

from bot.core.queueing import Limits
from bot.core.workflow import Workflow
from bot.ports.all import Ports
from bot.studio.albums import Album
from bot.studio.archive import Archive
from bot.studio.characters import Casting
from bot.studio.control import Control
from bot.studio.critic import Critic
from bot.studio.dossiers import Travel
from bot.studio.exhibition import Exhibition
from bot.studio.exporting import Exporter
from bot.studio.feed import Feed
from bot.studio.gate import Gate
from bot.studio.incidents import Incidents
from bot.studio.janitor import Janitor
from bot.studio.kinship import Kinship
from bot.studio.lane import Lane
from bot.studio.library import Library
from bot.studio.portraits import Portraits
from bot.studio.resemblance import Resemblance
from bot.studio.restoring import Restoring
from bot.studio.styles import StyleBook
from bot.studio.tidying import Tidying
from bot.studio.workshop import Workshop


@dataclass(frozen=True, slots=True, kw_only=True)
class Rules:
    """What whoever runs the studio has settled."""

    workflows: Mapping[str, Workflow]
    default_model: str | None
    limits: Limits
    min_free_bytes: int
    backup_every_hours: int


class Foundation:
    """Each part is made when it is first asked for, and is the same from then on."""

    def __init__(self, ports: Ports, rules: Rules) -> None:
        self.ports = ports
        self._stores = ports.stores
        self._clock = ports.clock
        self._rules = rules
        self._started = ports.clock.now()
        self.feed = Feed()
        self.gate = Gate(self.feed)
        self.lane = Lane(self.feed)

    @cached_property
    def workshop(self) -> Workshop:
        rules = self._rules
        return Workshop(rules.workflows, self._stores.settings, default_model=rules.default_model)

    @cached_property
    def control(self) -> Control:
        return Control(
            jobs=self._stores.jobs,
            settings=self._stores.settings,
            renderer=self.ports.renderer,
            lane=self.lane,
            gate=self.gate,
            feed=self.feed,
            clock=self._clock,
        )

    @cached_property
    def incidents(self) -> Incidents:
        return Incidents(journal=self._stores.journal, clock=self._clock, new_code=self.ports.new_code)

    # ── projects and what they are drawn with

    @cached_property
    def library(self) -> Library:
        return Library(
            projects=self._stores.projects,
            settings=self._stores.settings,
            workshop=self.workshop,
            poster=self.ports.poster,
            clock=self._clock,
        )

    @cached_property
    def styles(self) -> StyleBook:
        return StyleBook(
            styles=self._stores.styles,
            characters=self._stores.characters,
            projects=self._stores.projects,
            workshop=self.workshop,
            clock=self._clock,
        )

    @cached_property
    def casting(self) -> Casting:
        return Casting(
            characters=self._stores.characters,
            projects=self._stores.projects,
            artifacts=self._stores.artifacts,
            reviews=self._stores.reviews,
            styles=self._stores.styles,
            workshop=self.workshop,
            clock=self._clock,
        )

    @cached_property
    def portraits(self) -> Portraits:
        return Portraits(
            characters=self._stores.characters,
            projects=self._stores.projects,
            artifacts=self._stores.artifacts,
            jobs=self._stores.jobs,
            control=self.control,
            pictures=self.ports.pictures,
            shelf=self.ports.shelf,
            darkroom=self.ports.darkroom,
            clock=self._clock,
        )

    @cached_property
    def travel(self) -> Travel:
        return Travel(
            casting=self.casting,
            characters=self._stores.characters,
            reviews=self._stores.reviews,
            dossiers=self.ports.dossiers,
            pictures=self.ports.pictures,
            shelf=self.ports.shelf,
            clock=self._clock,
        )

    @cached_property
    def exporter(self) -> Exporter:
        return Exporter(
            artifacts=self._stores.artifacts,
            jobs=self._stores.jobs,
            characters=self._stores.characters,
            styles=self._stores.styles,
            archives=self.ports.archives,
            darkroom=self.ports.darkroom,
            shelf=self.ports.shelf,
            clock=self._clock,
            min_free_bytes=self._rules.min_free_bytes,
        )

    # ── pictures

    @cached_property
    def archive(self) -> Archive:
        return Archive(
            projects=self._stores.projects,
            artifacts=self._stores.artifacts,
            darkroom=self.ports.darkroom,
            shelf=self.ports.shelf,
            incidents=self.incidents,
        )

    @cached_property
    def tidying(self) -> Tidying:
        return Tidying(
            settings=self._stores.settings,
            jobs=self._stores.jobs,
            archive=self.archive,
            discards=self._stores.discards,
            shelf=self.ports.shelf,
        )

    @cached_property
    def resemblance(self) -> Resemblance:
        return Resemblance(
            jobs=self._stores.jobs,
            characters=self._stores.characters,
            artifacts=self._stores.artifacts,
            darkroom=self.ports.darkroom,
            shelf=self.ports.shelf,
            incidents=self.incidents,
        )

    @cached_property
    def janitor(self) -> Janitor:
        return Janitor(
            discards=self._stores.discards,
            shelf=self.ports.shelf,
            feed=self.feed,
            incidents=self.incidents,
        )

    @cached_property
    def exhibition(self) -> Exhibition:
        return Exhibition(shelf=self.ports.shelf, pictures=self.ports.pictures, darkroom=self.ports.darkroom)

    @cached_property
    def album(self) -> Album:
        return Album(
            jobs=self._stores.jobs,
            projects=self._stores.projects,
            artifacts=self._stores.artifacts,
            library=self.library,
            control=self.control,
            exhibition=self.exhibition,
            darkroom=self.ports.darkroom,
            shelf=self.ports.shelf,
        )

    @cached_property
    def kinship(self) -> Kinship:
        return Kinship(
            jobs=self._stores.jobs,
            library=self.library,
            shelf=self.ports.shelf,
            darkroom=self.ports.darkroom,
        )

    @cached_property
    def critic(self) -> Critic:
        return Critic(
            artifacts=self._stores.artifacts,
            jobs=self._stores.jobs,
            reviews=self._stores.reviews,
            characters=self._stores.characters,
            projects=self._stores.projects,
            settings=self._stores.settings,
            clock=self._clock,
        )

    @cached_property
    def restoring(self) -> Restoring:
        return Restoring(
            jobs=self._stores.jobs,
            shelf=self.ports.shelf,
            pictures=self.ports.pictures,
            darkroom=self.ports.darkroom,
            posts=self.ports.posts,
        )
