"""What lies on the desk at which Discord's people are served: the use cases, and what the answers need."""

from collections.abc import Mapping
from typing import Protocol

from bot.chat.look import Look
from bot.chat.poster import CardPoster
from bot.chat.posts import Posts
from bot.chat.touching import Touch
from bot.chat.wire import Wire
from bot.core.job import Card
from bot.studio.parts import Studio


class Board(Protocol):
    """What keeps the cards of jobs and batches true after they were first shown."""

    async def adopt(self, job: int, card: Card, look: Look) -> None:
        """Take over the message: `look` is what it shows now."""
        ...

    async def adopt_batch(self, batch: int, card: Card, look: Look) -> None: ...


class Desk:
    """`guilds` are the servers that are served; empty means all.

    `places`: what lies where on the studio's own machines.
    """

    def __init__(
        self,
        studio: Studio,
        *,
        board: Board,
        poster: CardPoster,
        posts: Posts,
        touch: Touch,
        version: str,
        wire: Wire,
        places: Mapping[str, str],
        guilds: frozenset[int] = frozenset(),
    ) -> None:
        self.submit = studio.submit
        self.control = studio.control
        self.planner = studio.planner
        self.foreman = studio.foreman
        self.library = studio.library
        self.casting = studio.casting
        self.portraits = studio.portraits
        self.travel = studio.travel
        self.styles = studio.styles
        self.exporter = studio.exporter
        self.album = studio.album
        self.critic = studio.critic
        self.exhibition = studio.exhibition
        self.refining = studio.refining
        self.kinship = studio.kinship
        self.janitor = studio.janitor
        self.line = studio.line
        self.workshop = studio.workshop
        self.reporter = studio.reporter
        self.incidents = studio.incidents
        self.journal = studio.ports.stores.journal
        self.jobs = studio.ports.stores.jobs
        self.settings = studio.ports.stores.settings
        self.clock = studio.ports.clock
        self.feed = studio.feed
        self.board = board
        self.poster = poster
        self.posts = posts
        self.touch = touch
        self.version = version
        self.wire = wire
        self.places = places
        self.guilds = guilds
