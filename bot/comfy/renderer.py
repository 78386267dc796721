"""ComfyUI as a renderer: its websocket is taken as a hint, its queue and history as the truth."""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from types import TracebackType
from typing import Self

from bot.comfy.choices import choices_of
from bot.comfy.client import AnswerLost, ComfyClient, class_names
from bot.comfy.ear import Ear
from bot.comfy.failures import Broke, node_complaints, refused_for
from bot.comfy.mailbox import END, Mailbox
from bot.comfy.protocol import Frame, Narrator, Over, Said, StatusSeen, Told
from bot.comfy.reading import dict_of, text_of
from bot.comfy.records import Ended, Queue
from bot.comfy.versions import OLDEST, Features
from bot.core.artifact import Output
from bot.core.catalogue import Catalogue
from bot.core.errors import Lost, Misconfigured, NoOutput, Refused, RendererAway, RenderError
from bot.core.progress import Accepted, Interrupted, RenderEvent, RenderFailed, Started
from bot.core.workflow import Json
from bot.ports.clock import Clock
from bot.ports.renderer import Order, RendererHealth, Upload


@dataclass(slots=True, kw_only=True, eq=False)
class Following:
    """One prompt that somebody follows: what was told of it, and what is wanted with it."""

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
    still_since: float | None = None

    def hear(self, said: Said) -> None:
        if isinstance(said, Over):
            self.look_now.set()
        self.started = self.started or isinstance(said, Started)
        event = self.narrator.tell(said)
        if event is not None:
            self.mailbox.put(event)


class ComfyRenderer:
    """Draws with one ComfyUI; used as `async with`, inside its client's own."""

    def __init__(self, client: ComfyClient, clock: Clock) -> None:
        self._client = client
        self._timing = client.timing
        self._clock = clock
        self._ear = Ear(client, clock, heard=self._hear, connected=self._connected)
        self._listening: asyncio.Task[None] | None = None
        self._followed: dict[str, Following] = {}
        self._doubtful: set[str] = set()
        self._features: Features | None = None
        self._nodes: frozenset[str] | None = None
        self._stuck = False

    async def __aenter__(self) -> Self:
        self._listening = asyncio.create_task(self._ear.run(), name="listening to ComfyUI")
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._listening is not None:
            await _ended(self._listening)

    # ── the port

    async def render(self, order: Order) -> AsyncGenerator[RenderEvent]:
        """See the port. Orders whose fate was left open are looked for first, even if they are fresh."""
        following = Following(order=order, narrator=Narrator(order.graph))
        self._followed[order.prompt_id] = following
        try:
            yield await self._given(following)
            async with self._watched(following):
                while not isinstance(event := await following.mailbox.get(), END):
                    yield event
            yield event
        finally:
            if self._followed.get(order.prompt_id) is following:
                del self._followed[order.prompt_id]

    async def outputs(self, prompt_id: str) -> tuple[Output, ...]:
        """See the port. ComfyUI announces a success before it writes the history, so we look again."""
        ended = await self._history(prompt_id)
        match ended.outcome:
            case Broke() as broke:
                raise broke.in_words(ended.titles)
            case Interrupted():
                raise RenderError("The drawing was interrupted.", hint="Draw it again with `/job again`.")
            case _ if not ended.outputs:
                raise NoOutput(
                    "ComfyUI finished without a picture.",
                    hint="Check that the workflow ends in a node that saves one.",
                )
            case _:
                return ended.outputs

    async def fetch(self, output: Output) -> bytes:
        return await self._client.view(output)

    async def cancel(self, prompt_id: str) -> None:
        """See the port. A cancel may be lost on ComfyUI's side, so it is repeated until the end is seen."""
        following = self._followed.get(prompt_id)
        if following is None:
            await self._cancel_unfollowed(prompt_id)
        else:
            following.cancelled = True
            await self._take_out(prompt_id)
            following.look_now.set()

    async def catalogue(self) -> Catalogue:
        checkpoints = await self._client.class_info("CheckpointLoaderSimple")
        loras = await self._client.class_info("LoraLoader")
        sampler = await self._client.class_info("KSampler")
        return Catalogue(
            checkpoints=choices_of(checkpoints, "CheckpointLoaderSimple", "ckpt_name"),
            loras=choices_of(loras, "LoraLoader", "lora_name"),
            samplers=choices_of(sampler, "KSampler", "sampler_name"),
            schedulers=choices_of(sampler, "KSampler", "scheduler"),
            nodes=await self._node_names(),
            seen=self._clock.now(),
        )

    async def health(self) -> RendererHealth:
        """See the port. A ComfyUI whose worker is dead counts as away: it takes prompts and draws none."""
        system = await self._client.system()
        self._features = _usable(system.system.comfyui_version)
        queue = await self._client.queue()
        self._stuck = self._stuck and queue.stands_still
        if self._stuck:
            raise _stuck()
        device = system.devices[0] if system.devices else None
        return RendererHealth(
            version=system.system.comfyui_version,
            device=device.name if device else "",
            vram_total=device.vram_total if device else None,
            vram_free=device.vram_free if device else None,
            running=len(queue.running),
            pending=len(queue.pending),
        )

    # ── giving an order to ComfyUI, at most once

    async def _given(self, following: Following) -> Accepted:
        """Return once ComfyUI has the order, from now or from before."""
        order = following.order
        following.connection = self._ear.connection
        try:
            if order.fresh and order.prompt_id not in self._doubtful:
                await self._ear.ready()
            elif await self._found(order.prompt_id, (0.0, *(self._timing.confirm,) * 2)):
                return Accepted()
            await self._post(following)
        except RendererAway:
            self._doubtful.add(order.prompt_id)
            raise
        self._doubtful.discard(order.prompt_id)
        return Accepted()

    async def _post(self, following: Following) -> None:
        """Post the prompt; if no answer comes, look for it before posting it once more."""
        await self._upload(following.order.uploads)
        try:
            await self._submit(following)
        except AnswerLost:
            if not await self._found(following.order.prompt_id, self._timing.looks_after_post):
                await self._submit(following)

    async def _submit(self, following: Following) -> None:
        order = following.order
        extra: dict[str, Json] = {}
        if (await self._known_features()).preview_methods:
            extra["preview_method"] = "auto"
        following.posted_at = self._clock.monotonic()
        following.connection = self._ear.connection
        answer = await self._client.submit(
            order.graph, prompt_id=order.prompt_id, client_id=self._ear.client_id, extra=extra
        )
        await self._check_accepted(order, answer)

    async def _check_accepted(self, order: Order, answer: Json) -> None:
        """Take back a prompt of which ComfyUI would draw only a part, or under a name of its own."""
        given = text_of(dict_of(answer).get("prompt_id"))
        titles = {node_id: node.title for node_id, node in order.graph.nodes.items()}
        complaints = node_complaints(answer, titles)
        if complaints:
            await self._cancel_unfollowed(given)
            raise refused_for(complaints[0], choices=complaints[0].choices, others=len(complaints) - 1)
        if given != order.prompt_id:
            await self._cancel_unfollowed(given)
            raise RendererAway("ComfyUI names prompts itself: it is too old or something stands between.")

    async def _upload(self, uploads: tuple[Upload, ...]) -> None:
        for upload in uploads:
            name = await self._client.upload(upload.name, upload.content)
            if name != upload.name:
                raise Refused(
                    f"ComfyUI stored the reference picture as `{name}`, not as `{upload.name}`.",
                    hint="Check that its input folder can be written.",
                )

    async def _found(self, prompt_id: str, pauses: tuple[float, ...]) -> bool:
        """Look for a prompt several times: one whose POST is still being validated is nowhere yet."""
        away: RendererAway | None = None
        for pause in pauses:
            await asyncio.sleep(pause)
            try:
                if await self._standing(prompt_id) is not None:
                    return True
                away = None
            except RendererAway as error:
                away = error
        if away is not None:
            raise away
        return False

    async def _standing(self, prompt_id: str) -> Queue | Ended | None:
        """Return the queue the prompt is in, or its end; None if ComfyUI knows nothing of it.

        The queue is read first: a prompt leaves it for the history in one step, so none slips between.
        """
        queue = await self._client.queue()
        return queue if prompt_id in queue else await self._client.history(prompt_id)

    # ── following it to its end

    def _hear(self, frame: Frame) -> None:
        match frame:
            case Told(prompt_id=prompt_id, said=said) if prompt_id in self._followed:
                for one in said:
                    self._followed[prompt_id].hear(one)
            case StatusSeen():
                for following in self._followed.values():
                    if following.cancelled or following.ahead:
                        following.look_now.set()
            case _:
                pass

    def _connected(self) -> None:
        """Take a new connection as a reason to look: ComfyUI may have been restarted meanwhile."""
        self._features = None
        self._nodes = None
        for following in self._followed.values():
            following.look_now.set()

    @asynccontextmanager
    async def _watched(self, following: Following) -> AsyncGenerator[None]:
        watch = asyncio.create_task(self._watch(following), name=f"watching {following.order.prompt_id}")
        try:
            yield
        finally:
            await _ended(watch)

    async def _watch(self, following: Following) -> None:
        """Look at the prompt now and then, whatever the websocket says, until its end is known."""
        try:
            while not following.mailbox.ended:
                try:
                    await self._look(following)
                except RendererAway:
                    following.gone = 0
                await self._pause(following)
        except Exception as error:  # noqa: BLE001 - it is the follower's: raised where the events are read
            following.mailbox.break_off(error)

    async def _look(self, following: Following) -> None:
        await self._check_hearing(following)
        match await self._standing(following.order.prompt_id):
            case Queue() as queue:
                following.gone = 0
                await self._see_in_queue(following, queue)
            case Ended(outcome=outcome):
                following.hear(outcome)
            case None:
                self._see_gone(following)

    async def _see_in_queue(self, following: Following, queue: Queue) -> None:
        prompt_id = following.order.prompt_id
        if following.cancelled:
            await self._take_out(prompt_id)
        if prompt_id in queue.running:
            following.still_since = None
            following.hear(Started())
            return
        await self._check_worker(following, queue)
        ahead = queue.ahead_of(prompt_id)
        if ahead != following.ahead and not following.started:
            following.ahead = ahead
            following.mailbox.put(Accepted(ahead=ahead))

    def _see_gone(self, following: Following) -> None:
        """Believe that a prompt is gone only after several looks, unless it was cancelled.

        One that vanished before it began, while the connection held, was taken out by somebody.
        """
        following.gone += 1
        if following.gone < self._timing.confirmations and not following.cancelled:
            return
        held = following.connection is not None and following.connection == self._ear.connection
        if following.cancelled or (held and not following.started):
            following.mailbox.put(Interrupted())
        else:
            following.mailbox.put(RenderFailed(error=_lost()))

    async def _check_hearing(self, following: Following) -> None:
        if following.posted_at is None:
            return
        if self._ear.heard_at >= following.posted_at:
            following.posted_at = None
        elif self._clock.monotonic() - following.posted_at > self._timing.deaf:
            following.posted_at = None
            await self._ear.renew()

    async def _check_worker(self, following: Following, queue: Queue) -> None:
        """Give up on a ComfyUI that runs nothing though prompts wait: its worker is dead."""
        now = self._clock.monotonic()
        if not queue.stands_still:
            following.still_since = None
        elif following.still_since is None:
            following.still_since = now
        elif now - following.still_since > self._timing.stuck:
            self._stuck = True
            self._doubtful.add(following.order.prompt_id)
            await self._client.dequeue(following.order.prompt_id)
            following.mailbox.break_off(_stuck())

    async def _pause(self, following: Following) -> None:
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

    # ── the rest

    async def _take_out(self, prompt_id: str) -> None:
        """Ask ComfyUI once to drop this prompt, and never another's."""
        features = await self._known_features()
        if features.cancels_jobs and await self._client.cancel_job(prompt_id):
            return
        await self._client.dequeue(prompt_id)
        if features.interrupts_by_id or prompt_id in (await self._client.queue()).running:
            await self._client.interrupt(prompt_id)

    async def _cancel_unfollowed(self, prompt_id: str) -> None:
        for _ in range(self._timing.confirmations):
            await self._take_out(prompt_id)
            if prompt_id not in await self._client.queue():
                return
            await asyncio.sleep(self._timing.cancel_again)

    async def _history(self, prompt_id: str) -> Ended:
        problem: Lost | RendererAway = _lost()
        for pause in (0.0, *self._timing.looks_for_history):
            await asyncio.sleep(pause)
            try:
                ended = await self._client.history(prompt_id)
            except RendererAway as away:
                problem = away
                continue
            if ended is not None:
                return ended
            problem = _lost()
        raise problem

    async def _known_features(self) -> Features:
        """Return what this ComfyUI can do; one that is unusable counts as away: jobs wait for a better."""
        if self._features is None:
            try:
                self._features = _usable((await self._client.system()).system.comfyui_version)
            except Misconfigured as error:
                raise RendererAway(error.message, hint=error.hint) from error
        return self._features

    async def _node_names(self) -> frozenset[str]:
        """Return the classes of nodes, asked for once per connection: nodes come with a restart."""
        if self._nodes is None:
            self._nodes = await asyncio.to_thread(class_names, await self._client.object_info())
        return self._nodes


def _usable(version: str) -> Features:
    features = Features.of(version)
    if not features.usable:
        oldest = ".".join(map(str, OLDEST))
        raise Misconfigured(
            f"This ComfyUI is {version}; Genga needs {oldest} or newer.", hint="Update ComfyUI."
        )
    return features


def _lost() -> Lost:
    return Lost("ComfyUI no longer knows the drawing: it was restarted.", hint="It is drawn again.")


def _stuck() -> RendererAway:
    return RendererAway(
        "ComfyUI takes drawings and draws none: its worker has died.",
        hint="Restart ComfyUI; the jobs wait until then.",
    )


async def _ended(task: asyncio.Task[None]) -> None:
    """Cancel the task and wait until it is over; an error that ended it before is raised."""
    task.cancel()
    await asyncio.wait({task})
    if not task.cancelled() and (error := task.exception()) is not None:
        raise error
