"""How long Genga waits for ComfyUI, and how often it looks."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Timing:
    """All in seconds. The defaults suit a ComfyUI in the same house; tests use far smaller ones."""

    connect: float = 5.0
    answer: float = 15.0
    """For small questions. ComfyUI shares one thread with its worker: a model load can hold an answer up."""
    post: float = 30.0
    transfer: float = 120.0
    """For a picture on its way, in either direction."""
    heartbeat: float = 30.0
    reconnect_first: float = 0.5
    reconnect_most: float = 10.0
    socket_patience: float = 1.0
    """How long a fresh order waits for a websocket that is just being mended."""
    poll: float = 2.0
    """Between two looks at a prompt that is followed, beside what the websocket says."""
    confirm: float = 0.5
    """Between two looks at a prompt that seems to be gone."""
    confirmations: int = 3
    cancel_again: float = 1.0
    deaf: float = 10.0
    """An accepted prompt makes ComfyUI speak to all websockets; one that hears nothing then is deaf."""
    stuck: float = 15.0
    """With prompts waiting and none running for so long, ComfyUI's worker is dead."""
    looks_after_post: tuple[float, ...] = (0.3, 1.0, 3.0, 6.0)
    """The pauses before each look for a prompt whose POST was not answered."""
    looks_for_history: tuple[float, ...] = (0.02, 0.05, 0.1, 0.2, 0.4, 0.8, 1.6)
    """The pauses before each further look for the history of a prompt that has ended."""
