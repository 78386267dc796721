"""All that a studio needs from outside, in one piece."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

from bot.core.generation import Seed
from bot.ports.alerts import Alerts
from bot.ports.archives import Archives
from bot.ports.backups import Backups
from bot.ports.batches import Batches, Plans
from bot.ports.clock import Clock
from bot.ports.darkroom import Darkroom
from bot.ports.dossiers import Dossiers
from bot.ports.library import Artifacts, Characters, Discards, Styles
from bot.ports.pictures import Pictures
from bot.ports.poster import Poster, PostReader
from bot.ports.renderer import Renderer
from bot.ports.review import Pins, Reviews
from bot.ports.shelf import Shelf
from bot.ports.stores import Jobs, Journal, Outbox, Projects, Settings


class Stores(Protocol):
    """All that is remembered."""

    @property
    def jobs(self) -> Jobs: ...
    @property
    def outbox(self) -> Outbox: ...
    @property
    def projects(self) -> Projects: ...
    @property
    def settings(self) -> Settings: ...
    @property
    def journal(self) -> Journal: ...
    @property
    def styles(self) -> Styles: ...
    @property
    def characters(self) -> Characters: ...
    @property
    def discards(self) -> Discards: ...
    @property
    def artifacts(self) -> Artifacts: ...
    @property
    def reviews(self) -> Reviews: ...
    @property
    def pins(self) -> Pins: ...
    @property
    def batches(self) -> Batches: ...
    @property
    def plans(self) -> Plans: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Ports:
    """All that a studio needs from outside."""

    stores: Stores
    renderer: Renderer
    pictures: Pictures
    darkroom: Darkroom
    shelf: Shelf
    archives: Archives
    dossiers: Dossiers
    backups: Backups
    poster: Poster
    posts: PostReader
    alerts: Alerts
    clock: Clock
    new_seed: Callable[[], Seed]
    new_code: Callable[[], str]
