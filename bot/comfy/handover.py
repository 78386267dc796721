"""Giving an order to ComfyUI, which does not mind being given it twice: so once at most."""

from bot.comfy.client import AnswerLost
from bot.comfy.ear import Ear
from bot.comfy.failures import node_complaints, refused_for
from bot.comfy.following import Following
from bot.comfy.reading import dict_of, text_of
from bot.comfy.server import Server
from bot.core.errors import InDoubt, Refused, RendererAway
from bot.core.workflow import Json
from bot.ports.clock import Clock
from bot.ports.renderer import Order, Upload


class Handover:
    """Remembers orders whose fate was left open: should they come again, they are looked for first."""

    def __init__(self, server: Server, ear: Ear, clock: Clock) -> None:
        self._server = server
        self._ear = ear
        self._clock = clock
        self._open: set[str] = set()

    async def give(self, following: Following) -> None:
        """Return once ComfyUI has the order, from now or from before.

        Raises Refused when its validation says no, RendererAway when it cannot be reached, InDoubt if it may
        have the order nevertheless.
        """
        order, timing = following.order, self._server.timing
        following.connection = self._ear.connection
        try:
            if order.fresh and order.prompt_id not in self._open:
                await self._ear.ready()
            elif await self._found(order.prompt_id, after=(0.0, *(timing.confirm,) * 2)):
                return
            await self._upload(order.uploads)
            await self._post(following)
        except RendererAway:
            self._open.add(order.prompt_id)
            raise
        self._open.discard(order.prompt_id)

    async def _post(self, following: Following) -> None:
        """Post the prompt; if no answer comes, look for it before posting it once more."""
        try:
            await self._post_once(following)
        except AnswerLost:
            pauses = self._server.timing.looks_after_post
            if not await self._found(following.prompt_id, after=pauses):
                await self._post_again(following)

    async def _post_again(self, following: Following) -> None:
        try:
            await self._post_once(following)
        except AnswerLost as error:
            raise InDoubt(error.message, hint=error.hint) from error

    async def _found(self, prompt_id: str, *, after: tuple[float, ...]) -> bool:
        try:
            return await self._server.found(prompt_id, after=after)
        except RendererAway as error:
            raise InDoubt(error.message, hint=error.hint) from error

    async def _post_once(self, following: Following) -> None:
        order = following.order
        extra: dict[str, Json] = {}
        if (await self._server.features()).preview_methods:
            extra["preview_method"] = "auto"
        following.posted_at = self._clock.monotonic()
        following.connection = self._ear.connection
        answer = await self._server.client.submit(
            order.graph, prompt_id=order.prompt_id, client_id=self._ear.client_id, extra=extra
        )
        await self._check_accepted(order, answer)

    async def _check_accepted(self, order: Order, answer: Json) -> None:
        """Take back a prompt of which ComfyUI would draw only a part, or under a name of its own."""
        given = text_of(dict_of(answer).get("prompt_id"))
        titles = {node_id: node.title for node_id, node in order.graph.nodes.items()}
        complaints = node_complaints(answer, titles)
        if complaints:
            await self._server.take_back(given)
            raise refused_for(complaints[0], choices=complaints[0].choices, others=len(complaints) - 1)
        if given != order.prompt_id:
            await self._server.take_back(given)
            raise RendererAway("ComfyUI names prompts itself: it is too old, or something stands between.")

    async def _upload(self, uploads: tuple[Upload, ...]) -> None:
        for upload in uploads:
            name = await self._server.client.upload(upload.name, upload.content)
            if name != upload.name:
                raise Refused(
                    f"ComfyUI stored the reference picture as `{name}`, not as `{upload.name}`.",
                    hint="Check that its input folder can be written.",
                )
