"""One ComfyUI as we know it: what it can do, where a prompt stands there, and whether it works at all."""

import asyncio

from bot.comfy.client import ComfyClient, System, class_names
from bot.comfy.records import Ended, Queue
from bot.comfy.versions import OLDEST, Features
from bot.core.errors import Lost, Misconfigured, RendererAway, WorkerDead
from bot.core.recovery import Standing
from bot.ports.clock import Clock


class Server:
    """Asks the client, and remembers what stays true for as long as a connection holds."""

    def __init__(self, client: ComfyClient, clock: Clock) -> None:
        self.client = client
        self.timing = client.timing
        self._pulse = Pulse(client.timing.stuck)
        self._clock = clock
        self._features: Features | None = None
        self._nodes: frozenset[str] | None = None
        self._dead = False

    def forget(self) -> None:
        """Ask anew from now on: it may have been restarted as another version, with other nodes."""
        self._features = None
        self._nodes = None
        self._dead = False

    async def system(self) -> System:
        """Return what it tells of itself; raise Misconfigured if it is no ComfyUI or too old a one."""
        system = await self.client.system()
        version = system.system.comfyui_version
        features = Features.of(version)
        if not features.usable:
            oldest = ".".join(map(str, OLDEST))
            raise Misconfigured(
                f"This ComfyUI is {version}; Genga needs {oldest} or newer.", hint="Update ComfyUI."
            )
        self._features = features
        return system

    async def features(self) -> Features:
        """Return what it can do; one that is unusable counts as away: jobs wait for a better."""
        if self._features is None:
            try:
                await self.system()
            except Misconfigured as error:
                raise RendererAway(error.message, hint=error.hint) from error
        return self._features or Features.of("")

    async def node_names(self) -> frozenset[str]:
        """Return the classes of nodes; new ones come with a restart only."""
        if self._nodes is None:
            self._nodes = await asyncio.to_thread(class_names, await self.client.object_info())
        return self._nodes

    # ── prompts

    async def queue(self) -> Queue:
        """Return its queue, and feel its pulse by it."""
        queue = await self.client.queue()
        self._pulse.feel(queue, at=self._clock.monotonic())
        if queue.running:
            self._dead = False
        return queue

    def check_alive(self) -> None:
        """Raise RendererAway if its worker is dead: it takes prompts then and draws none."""
        if self._pulse.stopped or self._dead:
            raise WorkerDead(
                "ComfyUI takes drawings and draws none: its worker has died.",
                hint="Restart ComfyUI; the jobs wait until then.",
            )

    async def standing(self, prompt_id: str) -> Queue | Ended | None:
        """Return the queue the prompt is in, or its end; None if it is in neither.

        The queue is read first: a prompt leaves it for the history in one step, so none slips between.
        """
        queue = await self.queue()
        return queue if prompt_id in queue else await self.client.history(prompt_id)

    async def leave_dead(self, prompt_id: str) -> None:
        """Take a prompt from a dead worker, which is no less dead for the empty queue that it has now."""
        await self.client.dequeue(prompt_id)
        self._dead = True

    async def looked_up(self, prompt_id: str) -> Standing:
        """Return where a prompt is, GONE after several looks; raise RendererAway without an answer."""
        pauses = (0.0, *(self.timing.confirm,) * (self.timing.confirmations - 1))
        match await self._looked(prompt_id, after=pauses):
            case Queue() as queue:
                return Standing.RUNNING if prompt_id in queue.running else Standing.WAITING
            case Ended():
                return Standing.ENDED
            case None:
                return Standing.GONE

    async def found(self, prompt_id: str, *, after: tuple[float, ...]) -> bool:
        """Look for a prompt, with a pause before each look: one that is still being validated is nowhere yet.

        Raises RendererAway if the last look had no answer, so that nothing is known.
        """
        return await self._looked(prompt_id, after=after) is not None

    async def _looked(self, prompt_id: str, *, after: tuple[float, ...]) -> Queue | Ended | None:
        away: RendererAway | None = None
        for pause in after:
            await asyncio.sleep(pause)
            try:
                seen = await self.standing(prompt_id)
                away = None
            except RendererAway as error:
                away = error
                continue
            if seen is not None:
                return seen
        if away is not None:
            raise away
        return None

    async def ended(self, prompt_id: str) -> Ended:
        """Return the history of a prompt that has ended; it is written a moment after the end is told.

        Raises Lost if there is none, RendererAway if the last look had no answer.
        """
        problem: Lost | RendererAway = lost()
        for pause in (0.0, *self.timing.looks_for_history):
            await asyncio.sleep(pause)
            try:
                ended = await self.client.history(prompt_id)
            except RendererAway as away:
                problem = away
                continue
            if ended is not None:
                return ended
            problem = lost()
        raise problem

    async def take_out(self, prompt_id: str) -> None:
        """Ask once that this prompt be dropped, waiting or running, and never another's."""
        features = await self.features()
        if features.cancels_jobs and await self.client.cancel_job(prompt_id):
            return
        await self.client.dequeue(prompt_id)
        if features.interrupts_by_id or prompt_id in (await self.queue()).running:
            await self.client.interrupt(prompt_id)

    async def take_back(self, prompt_id: str) -> None:
        """Ask for it, again if need be, until the prompt is out of the queue."""
        for _ in range(self.timing.confirmations):
            await self.take_out(prompt_id)
            if prompt_id not in await self.queue():
                return
            await asyncio.sleep(self.timing.cancel_again)


class Pulse:
    """Tells a dead worker by a queue whose first prompt waits and waits though nothing runs."""

    def __init__(self, patience: float) -> None:
        self._patience = patience
        self._first: str | None = None
        self._since = 0.0
        self.stopped = False

    def feel(self, queue: Queue, *, at: float) -> None:
        first = queue.pending[0] if queue.pending and not queue.running else None
        if first != self._first:
            self._first, self._since = first, at
        self.stopped = first is not None and at - self._since >= self._patience


def lost() -> Lost:
    return Lost("ComfyUI no longer knows the drawing: it was restarted.", hint="It is drawn again.")
