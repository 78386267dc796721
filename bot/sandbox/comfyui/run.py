"""One prompt being executed, node after node, with everything that is said about it."""

import asyncio
import time
import traceback
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from functools import partial
from typing import ParamSpec, TypeVar

from PIL import Image

from bot.sandbox.comfyui.cache import Cache, signatures
from bot.sandbox.comfyui.faults import Faults, Once
from bot.sandbox.comfyui.folders import Folders, OutsideFolderError
from bot.sandbox.comfyui.hub import AtWork, Hub
from bot.sandbox.comfyui.machine import AcceptedPrompt, Machine, Outcome
from bot.sandbox.comfyui.nodes import NODES, Inputs, Made
from bot.sandbox.comfyui.order import links_of, run_order
from bot.sandbox.comfyui.pace import Pace
from bot.sandbox.comfyui.previews import preview, thumbnail
from bot.sandbox.comfyui.queue import Ended
from bot.sandbox.comfyui.shapes import Json
from bot.sandbox.comfyui.values import Latent, Sketch

P = ParamSpec("P")
T = TypeVar("T")


class InterruptedRunError(Exception):
    """Somebody asked for the running prompt to stop."""


class OrderedNodeError(Exception):
    """A failure that was ordered through the faults, under the name it has in ComfyUI."""

    def __init__(self, exception_type: str, message: str) -> None:
        super().__init__(message)
        self.exception_type = exception_type


@dataclass(slots=True, kw_only=True)
class NodeState:
    """What `progress_state` says about a node; whole numbers once the node counts its own steps."""

    value: float = 0.0
    max: float = 1.0
    state: str = "running"

    def finish(self) -> None:
        self.value, self.state = self.max, "finished"


@dataclass(frozen=True, slots=True, kw_only=True)
class Workshop:
    """What a run finds in the server: the models in memory and the cache outlive it."""

    machine: Machine
    hub: Hub
    cache: Cache
    loaded: set[str]
    interrupted: asyncio.Event
    threads: ThreadPoolExecutor


@dataclass(slots=True, kw_only=True)
class Run:
    workshop: Workshop
    prompt: AcceptedPrompt
    ended: Ended
    _node_id: str = ""
    _executed: list[str] = field(default_factory=list[str])
    _results: dict[str, Made] = field(default_factory=dict[str, Made])
    _states: dict[str, NodeState] = field(default_factory=dict[str, NodeState])
    _given: Inputs = field(default_factory=lambda: Inputs({}))
    _thumbnail: Image.Image | None = None

    async def execute(self) -> Outcome:
        try:
            await self._execute()
        except InterruptedRunError:
            self._tell("execution_interrupted", self._where(), to_all=True)
            return "interrupted"
        except Exception as error:  # noqa: BLE001 - whatever a node raises is the node's failure, not the server's
            self._tell("execution_error", self._where() | self._failure(error))
            return "error"
        self._tell("execution_success", {})
        self.ended.succeeded = True
        return "success"

    async def _execute(self) -> None:
        self._tell("execution_start", {})
        cache = self.workshop.cache
        outputs = self.ended.item[4]
        signs = signatures(self.graph, run_order(self.graph, outputs), self.folders)
        cache.keep_only(signs.values())
        cached = {node_id: made for node_id in self.graph if (made := cache.get(signs.get(node_id, "")))}
        self._results |= cached
        self._tell("execution_cached", {"nodes": list(cached)})
        for node_id in run_order(self.graph, outputs, done=cached):
            if node_id in cached:
                self._show_again(node_id, cached[node_id])
            else:
                cache.put(signs[node_id], await self._execute_node(node_id))
        self._forget_cached_outputs(len(cached))

    async def _execute_node(self, node_id: str) -> Made:
        self._node_id = node_id
        self._given = Inputs({})
        self._thumbnail = None
        self._check_interrupt()
        state = self._states[node_id] = NodeState()
        self._send_progress_state()
        self.hub.at_work = AtWork(client_id=self.prompt.client_id, node_id=node_id)
        self._send("executing", {"node": node_id, "display_node": node_id, "prompt_id": self.prompt.id})
        await asyncio.sleep(0)
        await self._suffer_faults(node_id)
        self._given = self._inputs(node_id)
        made = await NODES[self.graph[node_id]["class_type"]](self, self._given)
        self._results[node_id] = made
        self._executed.append(node_id)
        self._show(node_id, made)
        state.finish()
        self._send_progress_state()
        return made

    def _inputs(self, node_id: str) -> Inputs:
        node = self.graph[node_id]
        links = links_of(self.graph, node_id)
        given: dict[str, object] = {
            name: value for name, value in node["inputs"].items() if name not in links
        }
        linked = {name: self._results[source].values[slot] for name, (source, slot) in links.items()}
        return Inputs(given | linked)

    async def _suffer_faults(self, node_id: str) -> None:
        if self.faults.befalls(Once.STALL):
            await self.workshop.interrupted.wait()
            raise InterruptedRunError
        if ordered := self.faults.failure_of_node(self.graph[node_id]["class_type"]):
            raise OrderedNodeError(ordered.exception_type, ordered.message)

    # What a node at work may use.

    @property
    def pace(self) -> Pace:
        return self.workshop.machine.pace

    @property
    def folders(self) -> Folders:
        return self.workshop.machine.folders

    @property
    def faults(self) -> Faults:
        return self.workshop.machine.faults

    @property
    def hub(self) -> Hub:
        return self.workshop.hub

    @property
    def graph(self) -> Json:
        return self.prompt.graph

    @property
    def extra_pnginfo(self) -> Json:
        return self.prompt.extra_data.get("extra_pnginfo") or {}

    async def pause(self, seconds: float) -> None:
        """Take time; an interrupt ends it at once, or only afterwards in the older versions."""
        if seconds <= 0:
            await asyncio.sleep(0)
        elif self.workshop.machine.dialect.fast_interrupt:
            try:
                async with asyncio.timeout(seconds):
                    await self.workshop.interrupted.wait()
            except TimeoutError:
                pass
        else:
            await asyncio.sleep(seconds)
        self._check_interrupt()

    async def load(self, checkpoint: str) -> None:
        if checkpoint not in self.workshop.loaded:
            await self.pause(self.pace.load_s)
            self.workshop.loaded.add(checkpoint)

    async def apart(self, work: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Do heavy work in a thread, so that HTTP and websockets are served meanwhile."""
        loop = asyncio.get_running_loop()
        done = await loop.run_in_executor(self.workshop.threads, partial(work, *args, **kwargs))
        self._check_interrupt()
        return done

    async def step(self, value: int, steps: int, sketch: Sketch, latent: Latent) -> None:
        state = self._states[self._node_id]
        state.value, state.max = value, steps
        self._send_progress_state()
        jpeg = await self._preview(value, steps, sketch, latent)
        with_metadata = self.hub.takes_metadata(self.prompt.client_id)
        if jpeg and with_metadata:
            self.hub.send_preview_with_metadata(jpeg, self._node_identity(), self.prompt.client_id)
        progress = {"value": value, "max": steps, "prompt_id": self.prompt.id, "node": self._node_id}
        self.hub.send("progress", progress, self.prompt.client_id)
        if jpeg and not with_metadata:
            self.hub.send_preview(jpeg, self.prompt.client_id)

    async def _preview(self, value: int, steps: int, sketch: Sketch, latent: Latent) -> bytes | None:
        if not self._wants_previews() or not self.hub.hears(self.prompt.client_id):
            return None
        if self._thumbnail is None:
            self._thumbnail = await self.apart(thumbnail, sketch, latent)
        return await self.apart(preview, self._thumbnail, latent, value, steps)

    def _wants_previews(self) -> bool:
        method = self.prompt.extra_data.get("preview_method")
        if self.workshop.machine.dialect.preview_method:
            match method:
                case "none":
                    return False
                case "auto" | "latent2rgb" | "taesd":
                    return True
                case _:
                    pass
        return self.workshop.machine.previews

    def _check_interrupt(self) -> None:
        if self.workshop.interrupted.is_set():
            raise InterruptedRunError

    # What is told.

    def _tell(self, event: str, data: Json, *, to_all: bool = False) -> None:
        """Tell an event that history keeps; without a client id hardly any of them goes to anybody."""
        told = {**data, "prompt_id": self.prompt.id, "timestamp": int(time.time() * 1000)}
        self.ended.messages.append((event, told))
        if self.prompt.client_id is not None or to_all:
            self.hub.send(event, told, self.prompt.client_id)

    def _send(self, event: str, data: Json) -> None:
        if self.prompt.client_id is not None:
            self.hub.send(event, data, self.prompt.client_id)

    def _show(self, node_id: str, made: Made) -> None:
        if made.shown is None:
            return
        self.ended.outputs[node_id] = made.shown
        self.ended.meta[node_id] = {
            "node_id": node_id,
            "display_node": node_id,
            "parent_node": None,
            "real_node_id": node_id,
        }
        about = {"node": node_id, "display_node": node_id, "output": made.shown, "prompt_id": self.prompt.id}
        self._send("executed", about)

    def _show_again(self, node_id: str, made: Made) -> None:
        self._show(node_id, made)
        self._states[node_id] = NodeState(value=1, max=1, state="finished")
        self._send_progress_state()

    def _forget_cached_outputs(self, cached: int) -> None:
        forgets = self.workshop.machine.dialect.forgets_cached_outputs
        if forgets and self.prompt.client_id is None and cached and not self._executed:
            self.ended.outputs.clear()

    def _send_progress_state(self) -> None:
        if not self.workshop.machine.dialect.progress_state:
            return
        nodes = {
            node_id: {"value": state.value, "max": state.max, "state": state.state} | self._identity(node_id)
            for node_id, state in self._states.items()
        }
        told = {"prompt_id": self.prompt.id, "nodes": nodes}
        self.hub.send("progress_state", told, self.prompt.client_id)

    def _node_identity(self) -> Json:
        return self._identity(self._node_id)

    def _identity(self, node_id: str) -> Json:
        return {
            "node_id": node_id,
            "prompt_id": self.prompt.id,
            "display_node_id": node_id,
            "parent_node_id": None,
            "real_node_id": node_id,
        }

    def _where(self) -> Json:
        return {
            "node_id": self._node_id,
            "node_type": self.graph[self._node_id]["class_type"],
            "executed": list(self._executed),
        }

    def _failure(self, error: Exception) -> Json:
        return {
            "exception_message": f"{error}\n",
            "exception_type": _type_name(error),
            "traceback": traceback.format_tb(error.__traceback__),
            "current_inputs": {name: [str(value)] for name, value in self._given.values.items()},
            "current_outputs": list(self._results),
        }


def _type_name(error: Exception) -> str:
    match error:
        case OrderedNodeError():
            return error.exception_type
        case OutsideFolderError():
            return "Exception"
        case _:
            kind = type(error)
            return kind.__name__ if kind.__module__ == "builtins" else f"{kind.__module__}.{kind.__name__}"
