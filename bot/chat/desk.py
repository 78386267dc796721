"""What lies on the desk at which Discord's people are served: the use cases, and what the answers need."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Protocol

from bot.chat.look import Look
from bot.chat.poster import CardPoster
from bot.chat.posts import Posts
from bot.chat.touching import Touch
from bot.chat.wire import Wire
from bot.core.job import Card
from bot.ports.clock import Clock
from bot.ports.stores import Jobs, Journal, Settings
from bot.studio.albums import Album
from bot.studio.characters import Casting
from bot.studio.control import Control
from bot.studio.critic import Critic
from bot.studio.dossiers import Travel
from bot.studio.exhibition import Exhibition
from bot.studio.exporting import Exporter
from bot.studio.foreman import Foreman
from bot.studio.incidents import Incidents
from bot.studio.janitor import Janitor
from bot.studio.kinship import Kinship
from bot.studio.library import Library
from bot.studio.line import Line
from bot.studio.planner import Planner
from bot.studio.portraits import Portraits
from bot.studio.refining import Refining
from bot.studio.report import Reporter
from bot.studio.styles import StyleBook
from bot.studio.submit import Submit
from bot.studio.workshop import Workshop


class Board(Protocol):
    """What keeps the cards of jobs and batches true after they were first shown."""

    async def adopt(self, job: int, card: Card, look: Look) -> None:
        """Take over the message: `look` is what it shows now."""
        ...

    async def adopt_batch(self, batch: int, card: Card, look: Look) -> None: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Desk:
    """`guilds` are the servers that are served; empty means all.

    `places`: what lies where on the studio's own machines.
    """

    submit: Submit
    control: Control
    planner: Planner
    foreman: Foreman
    library: Library
    casting: Casting
    portraits: Portraits
    travel: Travel
    styles: StyleBook
    exporter: Exporter
    album: Album
    critic: Critic
    exhibition: Exhibition
    refining: Refining
    kinship: Kinship
    touch: Touch
    posts: Posts
    janitor: Janitor
    line: Line
    workshop: Workshop
    reporter: Reporter
    incidents: Incidents
    journal: Journal
    jobs: Jobs
    settings: Settings
    poster: CardPoster
    board: Board
    clock: Clock
    version: str
    wire: Wire
    guilds: frozenset[int] = frozenset()
    places: Mapping[str, str] = field(default_factory=dict[str, str])
