"""Misfortunes that a test or a demo can order."""

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from enum import Enum
from typing import Literal

Moment = Literal["before_effect", "after_effect"]


class Once(Enum):
    """What can befall the next run, picture or cancel, once for each order."""

    STALL = "stall"
    LOST_CANCEL = "lost cancel"
    BLANK_OUTPUT = "blank output"
    CORRUPT_OUTPUT = "corrupt output"
    MISSING_OUTPUT = "missing output"


@dataclass(frozen=True, slots=True, kw_only=True)
class Failure:
    """An answer given instead of the real one, which is then never made."""

    method: str
    path: str
    status: int
    body: str


@dataclass(frozen=True, slots=True, kw_only=True)
class NodeFailure:
    node_class: str
    exception_type: str
    message: str


_OUT_OF_MEMORY = (
    "Allocation on device \nThis error means you ran out of memory on your GPU.\n\n"
    "TIPS: If the workflow worked before you might have accidentally set the batch_size to a large number."
)


@dataclass(slots=True, kw_only=True)
class Faults:
    """Orders wait here until the server meets the occasion.

    A path matches itself and everything below it, without `/api`: `/history` also means `/history/{id}`.
    """

    drop_websockets: Callable[[], None]
    """End every websocket without a close frame."""
    deafen: Callable[[], None]
    """Leave every websocket open, answering pings, and never send on it again."""
    kill_worker: Callable[[], None]
    """Stop the thread that runs prompts: HTTP answers on, the queue fills, nothing runs until a restart."""
    _once: Counter[Once] = field(default_factory=Counter[Once])
    _delays: dict[str, float] = field(default_factory=dict[str, float])
    _failures: list[Failure] = field(default_factory=list[Failure])
    _resets: list[tuple[str, Moment]] = field(default_factory=list[tuple[str, Moment]])
    _node_failures: list[NodeFailure] = field(default_factory=list[NodeFailure])
    _history_races: list[int] = field(default_factory=list[int])

    def delay(self, path: str, seconds: float) -> None:
        """Answer every request to `path` late from now on; 0 ends it."""
        self._delays[path] = seconds

    def fail_next(self, method: str, path: str, status: int, body: str = "") -> None:
        self._failures.append(Failure(method=method, path=path, status=status, body=body))

    def reset_next(self, path: str, moment: Moment = "before_effect") -> None:
        """Cut the connection of the next request to `path`, before or after it took effect."""
        self._resets.append((path, moment))

    def out_of_memory_next(self, node_class: str = "KSampler") -> None:
        self._fail_node(node_class, "torch.OutOfMemoryError", _OUT_OF_MEMORY)

    def execution_error_next(self, node_class: str, message: str) -> None:
        self._fail_node(node_class, "RuntimeError", message)

    def stall_next(self) -> None:
        """Stop the next run in its first node, without a word, until it is interrupted."""
        self._once[Once.STALL] += 1

    def lose_history_race(self, times: int = 1) -> None:
        """Keep `/history/{id}` empty for so many look-ups after the next `execution_success` (at most 1 s).

        Until then the prompt is still in `queue_running`, as in the real race.
        """
        self._history_races.append(times)

    def lose_next_cancel(self) -> None:
        """Answer the next interrupt or cancel of a running prompt as done, and do nothing."""
        self._once[Once.LOST_CANCEL] += 1

    def blank_output_next(self) -> None:
        """Save the next picture all black, as a VAE that yields NaN makes it."""
        self._once[Once.BLANK_OUTPUT] += 1

    def corrupt_output_next(self) -> None:
        """Break the next saved file off in the middle."""
        self._once[Once.CORRUPT_OUTPUT] += 1

    def missing_output_next(self) -> None:
        """Announce the next picture and do not save it."""
        self._once[Once.MISSING_OUTPUT] += 1

    # What the server asks.

    def befalls(self, what: Once) -> bool:
        if self._once[what] == 0:
            return False
        self._once[what] -= 1
        return True

    def delay_of(self, path: str) -> float:
        return max(
            (seconds for below, seconds in self._delays.items() if _is_below(path, below)), default=0.0
        )

    def failure_of(self, method: str, path: str) -> Failure | None:
        for failure in self._failures:
            if failure.method == method and _is_below(path, failure.path):
                self._failures.remove(failure)
                return failure
        return None

    def resets(self, path: str, moment: Moment) -> bool:
        for order in self._resets:
            if order[1] == moment and _is_below(path, order[0]):
                self._resets.remove(order)
                return True
        return False

    def failure_of_node(self, node_class: str) -> NodeFailure | None:
        for failure in self._node_failures:
            if failure.node_class == node_class:
                self._node_failures.remove(failure)
                return failure
        return None

    def next_history_race(self) -> int:
        return self._history_races.pop(0) if self._history_races else 0

    def _fail_node(self, node_class: str, exception_type: str, message: str) -> None:
        self._node_failures.append(
            NodeFailure(node_class=node_class, exception_type=exception_type, message=message)
        )


def _is_below(path: str, top: str) -> bool:
    return path == top or path.startswith(top.rstrip("/") + "/")
