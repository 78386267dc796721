"""Following one prompt to its end: the websocket is heard, and what it may not say is looked for."""

import asyncio
from dataclasses import dataclass, field

from bot.comfy.ear import Ear
from bot.comfy.mailbox import Mailbox
from bot.comfy.overhearing import Overhearing
from bot.comfy.protocol import Narrator, Over, Said
from bot.comfy.records import Ended, Queue
from bot.comfy.server import Server, lost
from bot.core.errors import RendererAway
from bot.core.progress import Accepted, Interrupted, RenderFailed, Started
from bot.ports.clock import Clock
from bot.ports.renderer import Order


@dataclass(slots=True, kw_only=True, eq=False)
class Following:
    """One prompt that somebody follows: what was told of it, and what is wanted with it.

    `connection` is the one on which the prompt was given, None if there was none; `posted_at` is the
    monotonic time at which it was given, until ComfyUI has been heard after that.
    """

    order: Order
    narrator: Narrator
    mailbox: Mailbox = field(default_factory=Mailbox)
    look_now: asyncio.Event = field(default_factory=asyncio.Event)
    cancelled: bool = False
    started: bool = False
    ahead: int = 0
    gone: int = 0
    connection: int | None = None
    posted_at: float | None = None

    @classmethod
    def of(cls, order: Order) -> "Following":
        return cls(order=order, narrator=Narrator(order.graph))

    @property
    def prompt_id(self) -> str:
        return self.order.prompt_id

    def hear(self, said: Said) -> None:
        if isinstance(said, Over):
            self.look_now.set()
        self.started = self.started or isinstance(said, Started)
        event = self.narrator.tell(said)
        if event is not None:
            self.mailbox.put(event)

    def see_ahead(self, ahead: int) -> None:
        if ahead != self.ahead and not self.started:
            self.ahead = ahead
            self.mailbox.put(Accepted(ahead=ahead))


class Watch:
    """Looks at a prompt now and then, whatever the websocket says, until its end is known."""

    def __init__(
        self, following: Following, *, server: Server, ear: Ear, overhearing: Overhearing, clock: Clock
    ) -> None:
        self._following = following
        self._server = server
        self._timing = server.timing
        self._ear = ear
        self._overhearing = overhearing
        self._clock = clock

    async def run(self) -> None:
        """Look until the end; while nobody answers, nothing is known and nothing is given up."""
        mailbox = self._following.mailbox
        try:
            while not mailbox.ended:
                try:
                    await self._look()
                except RendererAway:
                    self._following.gone = 0
                await self._pause()
        except Exception as error:  # noqa: BLE001 - it belongs to the reader of the events, and is raised there
            mailbox.break_off(error)

    async def _look(self) -> None:
        await self._check_hearing()
        match await self._server.standing(self._following.prompt_id):
            case Queue() as queue:
                await self._see_in_queue(queue)
            case Ended(outcome=outcome):
                self._following.hear(outcome)
            case None:
                self._see_gone()

    async def _see_in_queue(self, queue: Queue) -> None:
        following = self._following
        following.gone = 0
        name = queue.names.get(following.prompt_id)
        if name is not None and name != self._ear.client_id:
            self._overhearing.listen(name)
        if following.cancelled:
            await self._server.take_out(following.prompt_id)
        if following.prompt_id in queue.running:
            following.hear(Started())
            return
        following.see_ahead(queue.ahead_of(following.prompt_id))
        try:
            self._server.check_alive()
        except RendererAway as dead:
            await self._server.leave_dead(following.prompt_id)
            following.mailbox.break_off(dead)

    def _see_gone(self) -> None:
        """Believe that a prompt is gone only after several looks, unless it was cancelled.

        One that vanished before it began, while the connection held, was taken out by somebody.
        """
        following = self._following
        following.gone += 1
        if following.gone < self._timing.confirmations and not following.cancelled:
            return
        held = following.connection is not None and following.connection == self._ear.connection
        if following.cancelled or (held and not following.started):
            following.mailbox.put(Interrupted())
        else:
            following.mailbox.put(RenderFailed(error=lost()))

    async def _check_hearing(self) -> None:
        """Have a websocket replaced that said nothing though ComfyUI took a prompt."""
        posted_at = self._following.posted_at
        if posted_at is None:
            return
        deaf = self._clock.monotonic() - posted_at > self._timing.deaf
        if deaf or self._ear.heard_at >= posted_at:
            self._following.posted_at = None
        if deaf and self._ear.heard_at < posted_at:
            await self._ear.renew()

    async def _pause(self) -> None:
        """Wait for the next look, less long if there is something to see."""
        following = self._following
        pause = self._timing.poll
        if following.gone:
            pause = self._timing.confirm
        elif following.cancelled:
            pause = self._timing.cancel_again
        try:
            async with asyncio.timeout(pause):
                await following.look_now.wait()
        except TimeoutError:
            pass
        following.look_now.clear()
