"""What ComfyUI has on record: who is in its queue, and what became of those who left it."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Self, TypeAlias

from bot.comfy.failures import Broke
from bot.comfy.reading import dict_of, list_of, text_of
from bot.core.artifact import Output
from bot.core.progress import Interrupted, Rendered
from bot.core.workflow import Json

OUTPUT_KEYS = ("images", "gifs", "videos", "animated", "audio")
"""Under which nodes report files; videos come as `images` or, from a common custom node, as `gifs`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Queue:
    """Prompt ids in ComfyUI's hands, those that wait in the order in which they will run.

    `names` are the client ids under which they were given, where they were given under one.
    """

    running: tuple[str, ...]
    pending: tuple[str, ...]
    names: Mapping[str, str] = field(default_factory=dict[str, str])

    @classmethod
    def read(cls, answer: Json) -> Self | None:
        match answer:
            case {"queue_running": list(running), "queue_pending": list(pending)}:
                names = _names([*running, *pending])
                return cls(running=_in_order(running), pending=_in_order(pending), names=names)
            case _:
                return None

    def __contains__(self, prompt_id: str) -> bool:
        return prompt_id in self.running or prompt_id in self.pending

    def ahead_of(self, prompt_id: str) -> int:
        """Count the prompts that run or will run before this one, which waits."""
        return len(self.running) + self.pending.index(prompt_id)


def _in_order(items: list[Json]) -> tuple[str, ...]:
    """Sort as ComfyUI runs them: what it lists is a heap."""
    found: list[tuple[float, str]] = []
    for item in items:
        match item:
            case [int(number) | float(number), str(prompt_id), *_]:
                found.append((number, prompt_id))
            case _:
                pass
    return tuple(prompt_id for _, prompt_id in sorted(found))


def _names(items: list[Json]) -> dict[str, str]:
    names: dict[str, str] = {}
    for item in items:
        match item:
            case [_, str(prompt_id), _, {"client_id": str(name)}, *_]:
                names[prompt_id] = name
            case _:
                pass
    return names


Outcome: TypeAlias = Rendered | Interrupted | Broke


@dataclass(frozen=True, slots=True, kw_only=True)
class Ended:
    """A prompt's entry in the history: how it ended, what it made, and what its nodes are called."""

    outcome: Outcome
    outputs: tuple[Output, ...]
    titles: Mapping[str, str]

    @classmethod
    def read(cls, answer: Json, prompt_id: str) -> Self | None:
        """Return None if there is no entry: pending, running, unknown, deleted and lost look alike."""
        entry = dict_of(dict_of(answer).get(prompt_id))
        if not entry:
            return None
        return cls(
            outcome=_outcome(dict_of(entry.get("status"))),
            outputs=_outputs(dict_of(entry.get("outputs"))),
            titles=_titles(entry.get("prompt")),
        )


def _outcome(status: Mapping[str, Json]) -> Outcome:
    """Read how it ended: `status_str` says error for an interruption too, so the last message decides."""
    for message in reversed(list_of(status.get("messages"))):
        match message:
            case ["execution_success", *_]:
                return Rendered()
            case ["execution_interrupted", *_]:
                return Interrupted()
            case ["execution_error", dict(data), *_] if (broke := Broke.read(data)).is_end:
                return broke
            case _:
                pass
    if status.get("status_str", "success") == "success":
        return Rendered()
    return Broke.read({"exception_message": "ComfyUI reports an error and no reason."})


def _outputs(made: Mapping[str, Json]) -> tuple[Output, ...]:
    """Return what was saved; if nothing was, what only lies in the temporary folder."""
    files = tuple(
        output
        for node, kinds in made.items()
        for key in OUTPUT_KEYS
        for output in _files(node, dict_of(kinds).get(key))
    )
    return tuple(file for file in files if file.type == "output") or files


def _files(node: str, items: Json) -> Iterator[Output]:
    for item in list_of(items):
        match item:
            case {"filename": str(filename)} if filename:
                yield Output(
                    filename=filename,
                    subfolder=text_of(item.get("subfolder")),
                    type=text_of(item.get("type"), "output"),
                    node=node,
                )
            case _:
                pass


def _titles(prompt: Json) -> Mapping[str, str]:
    match prompt:
        case [_, _, dict(nodes), *_]:
            return {
                node: text_of(dict_of(dict_of(content).get("_meta")).get("title"))
                for node, content in nodes.items()
            }
        case _:
            return {}
