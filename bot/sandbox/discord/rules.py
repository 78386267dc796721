"""The numbers Discord plays by, each of which a test may change."""

from dataclasses import dataclass, field
from typing import Literal

from bot.sandbox.patience import PATIENCE_S

MIB = 1024 * 1024


@dataclass(frozen=True, slots=True)
class Bucket:
    limit: int
    per_s: float


def discord_buckets() -> dict[str, Bucket | None]:
    """Route class → its bucket for each channel or token. Discord publishes none of these; all may differ."""
    return {
        "messages.create": Bucket(5, 5.0),
        "messages.edit": Bucket(5, 5.0),
        "messages.delete": Bucket(5, 1.0),
        "messages.read": Bucket(5, 5.0),
        "reactions": Bucket(1, 0.25),
        "threads.create": Bucket(50, 300.0),
        "threads.edit": Bucket(5, 5.0),
        "typing": Bucket(5, 5.0),
        "webhooks": Bucket(5, 2.0),
        "commands": Bucket(20, 20.0),
    }


@dataclass(slots=True, kw_only=True)
class Rules:
    """Times are in seconds, sizes in bytes; the defaults are Discord's own where they are known."""

    ack_deadline_s: float = 3.0
    token_ttl_s: float = 900.0
    upload_limit: int = 10 * MIB
    request_limit: int = 25 * MIB
    url_ttl_s: float = 86_400.0
    max_active_threads: int = 1000
    archive_minute_s: float = 60.0
    """How long one minute of a thread's auto-archive duration lasts here."""
    nonce_memory_s: float = 300.0

    buckets: dict[str, Bucket | None] = field(default_factory=discord_buckets)
    old_message_edits: Bucket = Bucket(3, 20.0)
    old_message_s: float = 3600.0
    global_per_s: int = 50
    invalid_limit: int = 10_000
    invalid_window_s: float = 600.0

    heartbeat_interval_s: float = 41.25
    resume_window_s: float = 120.0
    replay_limit: int = 5000
    identify_budget: int = 1000
    gateway_events_per_minute: int = 120
    gateway_payload_limit: int = 4096
    privileged_intents: int = 0
    """Intents switched on in the developer portal; asking for another privileged one closes with 4014."""
    compression: Literal["text", "zlib"] = "text"
    message_before_answer: bool = True
    """Whether the gateway tells of a message before the HTTP answer or right after it."""
    log_limit: int = 20_000
    """The older half of the recorded requests is forgotten beyond so many."""
    command_creates_per_day: int = 200

    def without_hurry(self) -> "Rules":
        """Have nobody told that the application did not respond, while it does as fast as its machine can."""
        self.ack_deadline_s = PATIENCE_S
        return self

    def without_rate_limits(self) -> "Rules":
        self.buckets.clear()
        self.global_per_s = 1_000_000
        return self
