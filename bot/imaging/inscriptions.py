"""What is written in a picture's file about its making: read wherever it was drawn, added to what we drew."""

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import fields
from types import MappingProxyType
from typing import Final

from bot.core.inscription import Inscription, Parameters, Provenance
from bot.core.workflow import Json, Node
from bot.imaging import editor_graph, exif_text, graph_reading, png_text
from bot.imaging.graph_reading import parameters_of
from bot.imaging.infotext import parsed, written
from bot.imaging.png_text import Texts

_GRAPH, _WORKFLOW, _INFOTEXT = "prompt", "workflow", "parameters"
_KEYWORDS = frozenset({_GRAPH, _WORKFLOW, _INFOTEXT})

_NODES: Final[Mapping[Provenance, Callable[[Json], dict[str, Node]]]] = MappingProxyType(
    {
        Provenance.GRAPH: graph_reading.nodes_of,
        Provenance.EDITOR: editor_graph.nodes_of,
    }
)


def inscription(content: bytes) -> Inscription:
    """Read all that is known to be written by ComfyUI, A1111 and their kin; never raises."""
    texts = png_text.texts_of(content, _KEYWORDS) if png_text.is_png(content) else exif_text.texts_of(content)
    remarks = list(texts.remarks)
    told = dict(_told(texts, remarks))
    return Inscription(
        parameters=_merged(*told.values()) if told else None,
        found=tuple(told),
        graph=texts.by_keyword.get(_GRAPH),
        workflow=texts.by_keyword.get(_WORKFLOW),
        remarks=tuple(remarks),
    )


def inscribed(
    content: bytes, parameters: Parameters, *, graph: str | None = None, workflow: str | None = None
) -> bytes:
    """Return the PNG with the parameters, other formats as they came; raise Undecodable for a damaged PNG."""
    if not png_text.is_png(content):
        return content
    there = png_text.keywords_of(content)
    given = {_GRAPH: graph, _WORKFLOW: workflow}
    missing = {keyword: text for keyword, text in given.items() if text is not None and keyword not in there}
    return png_text.with_texts(content, {_INFOTEXT: written(parameters), **missing})


def _told(texts: Texts, remarks: list[str]) -> Iterator[tuple[Provenance, Parameters]]:
    """Yield what each text tells; the graph that was drawn goes before the one that was on the screen."""
    for provenance, keyword in ((Provenance.GRAPH, _GRAPH), (Provenance.EDITOR, _WORKFLOW)):
        told = _in_graph(texts, keyword, _NODES[provenance], remarks)
        if told is not None:
            yield provenance, told
            break
    told = parsed(texts.by_keyword.get(_INFOTEXT, ""))
    if told is not None:
        yield Provenance.INFOTEXT, told


def _in_graph(
    texts: Texts, keyword: str, nodes_of: Callable[[Json], dict[str, Node]], remarks: list[str]
) -> Parameters | None:
    text = texts.by_keyword.get(keyword)
    if text is None:
        return None
    try:
        document: Json = json.loads(text)
    except (ValueError, RecursionError):
        remarks.append(f"The text `{keyword}` is no JSON that can be read.")
        return None
    return parameters_of(nodes_of(document))


def _merged(first: Parameters, *others: Parameters) -> Parameters:
    """Fill what one leaves open from the next."""
    found: dict[str, object] = {}
    for each in fields(Parameters):
        values = (getattr(told, each.name) for told in (first, *others))
        found[each.name] = next((value for value in values if value not in (None, ())), each.default)
    return Parameters(**found)  # pyright: ignore[reportArgumentType] each value is of its own field
