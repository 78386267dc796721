"""What the last prompt left behind, so that the next one need not make it again."""

import hashlib
import json
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from bot.sandbox.comfyui.declarations import DECLARATIONS
from bot.sandbox.comfyui.folders import Folders
from bot.sandbox.comfyui.nodes import Made
from bot.sandbox.comfyui.order import links_of
from bot.sandbox.comfyui.shapes import Json


@dataclass(slots=True)
class Cache:
    """Keeps a node's result by its signature: its class, its inputs and all that is upstream of it."""

    _made: dict[str, Made] = field(default_factory=dict[str, Made])

    def keep_only(self, signatures: Iterable[str]) -> None:
        """Only the nodes of the prompt that starts now are remembered any longer."""
        self._made = {sign: self._made[sign] for sign in set(signatures) & self._made.keys()}

    def get(self, signature: str) -> Made | None:
        return self._made.get(signature)

    def put(self, signature: str, made: Made) -> None:
        self._made[signature] = made

    def clear(self) -> None:
        self._made.clear()


def signatures(graph: Json, order: Iterable[str], folders: Folders) -> dict[str, str]:
    """One signature per node; `order` must name sources first."""
    signs: dict[str, str] = {}
    for node_id in order:
        node = graph[node_id]
        links = links_of(graph, node_id)
        inputs: dict[str, Any] = {
            name: [signs[links[name][0]], links[name][1]] if name in links else node["inputs"].get(name)
            for name in DECLARATIONS[node["class_type"]].required
        }
        text = json.dumps([node["class_type"], inputs, _file_content(node, folders)], sort_keys=True)
        signs[node_id] = hashlib.sha256(text.encode()).hexdigest()
    return signs


def _file_content(node: Json, folders: Folders) -> str:
    """Tell a picture from another one that was stored over it under the same name."""
    if node["class_type"] != "LoadImage":
        return ""
    path = folders.input_file(node["inputs"]["image"])
    return hashlib.sha256(path.read_bytes()).hexdigest() if path.is_file() else "gone"
