"""ComfyUI's HTTP routes, one method each."""

import asyncio
from collections.abc import AsyncGenerator, Mapping
from contextlib import asynccontextmanager
from http import HTTPStatus
from types import TracebackType
from typing import Self

import aiohttp
import structlog
from pydantic import BaseModel, ValidationError
from yarl import URL

from bot.comfy.choices import choices_of
from bot.comfy.failures import node_complaints, refusal, refused_for
from bot.comfy.reading import dict_of, parse_json, text_of
from bot.comfy.records import Ended, Queue
from bot.comfy.timing import Timing
from bot.core.artifact import Output
from bot.core.errors import Misconfigured, NoOutput, Refused, RendererAway
from bot.core.workflow import Graph, Json

log = structlog.get_logger(__name__)

MOST_BYTES = 512 * 1024 * 1024
"""No file of ComfyUI's is fetched beyond this size."""

_CHUNK = 256 * 1024
_KEEP_ALIVE_S = 15.0  # well below the server's own, so that a POST never meets a connection just being closed


class AnswerLost(RendererAway):
    """The request went out and nobody knows whether it took effect."""


class System(BaseModel):
    """The part of `/system_stats` that says who answers there."""

    class About(BaseModel):
        comfyui_version: str

    class Device(BaseModel):
        name: str
        vram_total: int | None = None
        vram_free: int | None = None

    system: About
    devices: list[Device] = []


class ComfyClient:
    """Speaks to one ComfyUI; used as `async with`.

    Every method raises RendererAway when nobody answers: AnswerLost if the request may have arrived, the
    plain one if it certainly did not.
    """

    def __init__(self, url: str, timing: Timing | None = None) -> None:
        self.url = url.rstrip("/")
        self.timing = timing or Timing()
        self._session: aiohttp.ClientSession | None = None
        self._reached: bool | None = None

    async def __aenter__(self) -> Self:
        self._session = aiohttp.ClientSession(
            connector=aiohttp.TCPConnector(keepalive_timeout=_KEEP_ALIVE_S, limit=16)
        )
        return self

    @property
    def address(self) -> str:
        """Where ComfyUI is, without a name or password that may stand in the URL."""
        return str(URL(self.url).with_user(None))

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._session is not None:
            await self._session.close()
            self._session = None

    # ── prompts

    async def submit(
        self, graph: Graph, *, prompt_id: str, client_id: str, extra: Mapping[str, Json]
    ) -> Json:
        """Give ComfyUI a prompt and return its answer; raise Refused when validation says no."""
        body = {
            "prompt": graph.to_api(),
            "prompt_id": prompt_id,
            "client_id": client_id,
            "extra_data": dict(extra),
        }
        async with self._asked("POST", "/prompt", json=body, patience=self.timing.post) as response:
            answer = parse_json(await response.read())
            match response.status:
                case HTTPStatus.OK if text_of(dict_of(answer).get("prompt_id")):
                    return answer
                case HTTPStatus.OK:
                    raise self._foreign()
                case HTTPStatus.BAD_REQUEST:
                    raise await self._refusal(answer, graph)
                case HTTPStatus.REQUEST_ENTITY_TOO_LARGE:
                    raise Refused("The workflow is too large for ComfyUI.", hint="Raise its upload limit.")
                case HTTPStatus.BAD_GATEWAY | HTTPStatus.SERVICE_UNAVAILABLE | HTTPStatus.GATEWAY_TIMEOUT:
                    raise AnswerLost("Something else answers in ComfyUI's place.", hint=_WAITS)
                case HTTPStatus.INTERNAL_SERVER_ERROR:
                    raise Refused(
                        "ComfyUI stumbled over the workflow and did not say why.",
                        hint="ComfyUI's own log tells more.",
                    )
                case _:
                    raise self._odd(response)

    async def _refusal(self, answer: Json, graph: Graph) -> Refused:
        """Put a refusal into words; what a long list would have to offer is asked for."""
        titles = {node_id: node.title for node_id, node in graph.nodes.items()}
        complaints = node_complaints(answer, titles)
        if not complaints:
            return refusal(answer, titles)
        first, choices = complaints[0], complaints[0].choices
        if first.kind == "value_not_in_list" and not choices:
            choices = choices_of(await self.class_info(first.class_type), first.class_type, first.input)
        return refused_for(first, choices=choices, others=len(complaints) - 1)

    async def queue(self) -> Queue:
        async with self._asked("GET", "/queue") as response:
            queue = Queue.read(await self._document(response))
        if queue is None:
            raise self._foreign()
        return queue

    async def history(self, prompt_id: str) -> Ended | None:
        async with self._asked("GET", f"/history/{prompt_id}") as response:
            answer = await self._document(response)
        if not isinstance(answer, dict):
            raise self._foreign()
        return Ended.read(answer, prompt_id)

    async def dequeue(self, prompt_id: str) -> None:
        await self._told("/queue", {"delete": [prompt_id]})

    async def interrupt(self, prompt_id: str) -> None:
        """Interrupt this prompt; a ComfyUI before 0.3.57 ignores the id and interrupts whatever runs."""
        await self._told("/interrupt", {"prompt_id": prompt_id})

    async def cancel_job(self, prompt_id: str) -> bool:
        """Cancel a prompt, waiting or running; return False if this ComfyUI has no such route."""
        async with self._asked("POST", f"/api/jobs/{prompt_id}/cancel", json={}) as response:
            if response.status in {HTTPStatus.NOT_FOUND, HTTPStatus.METHOD_NOT_ALLOWED}:
                return False
            self._check(response)
            return True

    # ── files

    async def view(self, output: Output) -> bytes:
        """Return the bytes of a file; raise NoOutput if it is not there, is empty or beyond all measure."""
        query = {"filename": output.filename, "subfolder": output.subfolder, "type": output.type}
        async with self._asked("GET", "/view", params=query, patience=self.timing.transfer) as response:
            if response.status == HTTPStatus.NOT_FOUND:
                raise NoOutput(
                    f"ComfyUI no longer has the file `{output.filename}`.",
                    hint="Draw it again with `/job again`.",
                )
            if response.status < HTTPStatus.BAD_GATEWAY and response.status != HTTPStatus.OK:
                raise NoOutput(
                    f"ComfyUI does not give out the file `{output.filename}` (HTTP {response.status}).",
                    hint="Look at the file name in the workflow's save node.",
                )
            self._check(response)
            return await _bytes_of(response, output)

    async def has(self, output: Output) -> bool:
        """Tell whether there is such a file."""
        query = {"filename": output.filename, "subfolder": output.subfolder, "type": output.type}
        async with self._asked("HEAD", "/view", params=query) as response:
            if response.status >= HTTPStatus.INTERNAL_SERVER_ERROR:
                raise self._odd(response)
            return response.status == HTTPStatus.OK

    async def upload(self, name: str, content: bytes) -> str:
        """Put a picture into ComfyUI's input folder, over one of the same name; return the name it got."""
        form = aiohttp.FormData(quote_fields=False)  # ComfyUI does not decode percent signs in file names
        form.add_field("image", content, filename=name, content_type="image/png")
        form.add_field("type", "input")
        form.add_field("overwrite", "true")
        async with self._asked("POST", "/upload/image", data=form, patience=self.timing.transfer) as response:
            if HTTPStatus.BAD_REQUEST <= response.status < HTTPStatus.BAD_GATEWAY:
                raise Refused(
                    f"ComfyUI did not take the reference picture (HTTP {response.status}).",
                    hint="Try a smaller one.",
                )
            answer = dict_of(await self._document(response))
        folder, given = text_of(answer.get("subfolder")), text_of(answer.get("name"))
        return f"{folder}/{given}" if folder else given

    # ── what it is and has

    async def system(self) -> System:
        """Return what ComfyUI tells of itself; raise Misconfigured if something else answers there."""
        async with self._asked("GET", "/system_stats") as response:
            if response.status >= HTTPStatus.INTERNAL_SERVER_ERROR:
                raise self._odd(response)
            body = await response.read()
        try:
            return System.model_validate_json(body)
        except ValidationError as error:
            raise Misconfigured(
                "What answers at ComfyUI's address is not ComfyUI.", hint="Check `COMFYUI_URL`."
            ) from error

    async def class_info(self, class_type: str) -> Json:
        """Return what ComfyUI says of one node class; an empty object if it has none of that name."""
        async with self._asked("GET", f"/object_info/{class_type}") as response:
            return await self._document(response)

    async def object_info(self) -> bytes:
        """Return what ComfyUI says of all its node classes, unread: it may be megabytes."""
        async with self._asked("GET", "/object_info", patience=self.timing.transfer) as response:
            self._check(response)
            return await response.read()

    async def view_metadata(self, folder: str, name: str) -> Json:
        """Return what a model file's header says of it; None for a file that says nothing."""
        query = {"filename": name}
        async with self._asked("GET", f"/view_metadata/{folder}", params=query) as response:
            return parse_json(await response.read()) if response.status == HTTPStatus.OK else None

    async def free(self) -> None:
        """Ask ComfyUI to give back the GPU's memory between two prompts."""
        await self._told("/free", {"unload_models": True, "free_memory": True})

    @asynccontextmanager
    async def websocket(self, client_id: str) -> AsyncGenerator[aiohttp.ClientWebSocketResponse]:
        """Open the websocket on which prompts given under `client_id` are told of."""
        try:
            async with asyncio.timeout(self.timing.connect):
                socket = await self._open_session.ws_connect(
                    f"{self.url}/ws",
                    params={"clientId": client_id},
                    max_msg_size=0,  # a picture or the state of a large graph may exceed aiohttp's 4 MiB
                    heartbeat=self.timing.heartbeat,
                )
            async with socket:
                yield socket
        except (aiohttp.ClientError, TimeoutError) as error:
            raise RendererAway("ComfyUI does not answer.", hint=_WAITS) from error

    # ── how all of them ask

    @property
    def _open_session(self) -> aiohttp.ClientSession:
        if self._session is None:
            raise AssertionError("the client is not open")
        return self._session

    @asynccontextmanager
    async def _asked(
        self,
        method: str,
        path: str,
        *,
        json: Mapping[str, Json] | None = None,
        data: aiohttp.FormData | None = None,
        params: Mapping[str, str] | None = None,
        patience: float | None = None,
    ) -> AsyncGenerator[aiohttp.ClientResponse]:
        timeout = aiohttp.ClientTimeout(
            total=patience or self.timing.answer,
            connect=self.timing.connect,
            sock_connect=self.timing.connect,
        )
        try:
            async with self._open_session.request(
                method, self.url + path, json=json, data=data, params=params, timeout=timeout
            ) as response:
                self._note(reached=True)
                yield response
        except (aiohttp.ClientConnectorError, aiohttp.ConnectionTimeoutError) as error:
            self._note(reached=False, because=str(error))
            raise RendererAway("ComfyUI does not answer.", hint=_WAITS) from error
        except (aiohttp.ClientError, TimeoutError) as error:
            self._note(reached=False, because=str(error) or type(error).__name__)
            raise AnswerLost("ComfyUI did not answer.", hint=_WAITS) from error

    def _note(self, *, reached: bool, because: str = "") -> None:
        """Log, with the address that people are not told, that ComfyUI went away or came back."""
        if reached is not self._reached:
            log.info("comfyui", url=self.address, reached=reached, because=because)
            self._reached = reached

    async def _told(self, path: str, body: Mapping[str, Json]) -> None:
        async with self._asked("POST", path, json=body) as response:
            self._check(response)

    async def _document(self, response: aiohttp.ClientResponse) -> Json:
        self._check(response)
        return parse_json(await response.read())

    def _check(self, response: aiohttp.ClientResponse) -> None:
        if response.status != HTTPStatus.OK:
            raise self._odd(response)

    def _odd(self, response: aiohttp.ClientResponse) -> RendererAway:
        return RendererAway(f"ComfyUI answers with HTTP {response.status}.", hint=_WAITS)

    def _foreign(self) -> RendererAway:
        return RendererAway("What answers in ComfyUI's place does not speak as it does.", hint=_WAITS)


_WAITS = "Nothing is lost: jobs wait until it is back."


async def _bytes_of(response: aiohttp.ClientResponse, output: Output) -> bytes:
    content = bytearray()
    async for chunk in response.content.iter_chunked(_CHUNK):
        content += chunk
        if len(content) > MOST_BYTES:
            raise NoOutput(f"The file `{output.filename}` is too large to be fetched.")
    if not content:
        raise NoOutput(f"The file `{output.filename}` is empty.", hint="Draw it again with `/job again`.")
    return bytes(content)


def class_names(object_info: bytes) -> frozenset[str]:
    """Return the names in the answer to `/object_info`."""
    return frozenset(dict_of(parse_json(object_info)))
