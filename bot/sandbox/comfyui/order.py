"""Which nodes of a graph are run, and in which order."""

from collections.abc import Collection, Iterable

from bot.sandbox.comfyui.declarations import DECLARATIONS
from bot.sandbox.comfyui.shapes import Json

_FAR = 3


def run_order(graph: Json, outputs: Iterable[str], done: Collection[str] = ()) -> list[str]:
    """List what `outputs` need, sources first, and nothing behind a node that is done.

    Among the nodes that could run, the one nearest to an output goes first: people see pictures early.
    """
    waiting = _needed(graph, outputs, done)
    near = _distances(graph, waiting)
    order: list[str] = []
    while waiting:
        ready = (node_id for node_id, sources in waiting.items() if waiting.keys().isdisjoint(sources))
        chosen = min(ready, key=near.__getitem__)
        del waiting[chosen]
        order.append(chosen)
    return order


def links_of(graph: Json, node_id: str) -> dict[str, tuple[str, int]]:
    """Map each linked input of a node to its source node and slot."""
    node = graph[node_id]
    given: Json = node["inputs"]
    declared = DECLARATIONS[node["class_type"]].required
    return {
        name: (given[name][0], given[name][1])
        for name in declared
        if name in given and isinstance(given[name], list)
    }


def _needed(graph: Json, outputs: Iterable[str], done: Collection[str]) -> dict[str, set[str]]:
    """Map each node that is needed to its sources, in the order in which they are come upon."""
    needed: dict[str, set[str]] = {}
    for output in outputs:
        stack = [output]
        while stack:
            node_id = stack.pop()
            if node_id in needed:
                continue
            sources = [] if node_id in done else [source for source, _ in links_of(graph, node_id).values()]
            needed[node_id] = set(sources)
            stack += [source for source in sources if source not in done]
    return needed


def _distances(graph: Json, needed: dict[str, set[str]]) -> dict[str, int]:
    """Count the links from each node to the nearest output; from three on they are all as far."""
    near = {
        node_id: 0 if DECLARATIONS[graph[node_id]["class_type"]].output_node else _FAR for node_id in needed
    }
    for distance in range(_FAR - 1):
        for node_id, sources in needed.items():
            if near[node_id] == distance:
                for source in sources & near.keys():
                    near[source] = min(near[source], distance + 1)
    return near
