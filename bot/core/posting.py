"""A message that must reach Discord exactly once."""

from base64 import b32encode
from dataclasses import dataclass
from enum import StrEnum
from hashlib import blake2s
from uuid import UUID


class PostingKind(StrEnum):
    PICTURES = "pictures"
    NOTICE = "notice"


class PostingState(StrEnum):
    PENDING = "pending"
    SENDING = "sending"
    SENT = "sent"
    DROPPED = "dropped"


@dataclass(frozen=True, slots=True, kw_only=True)
class Posting:
    """A row of the outbox. `nonce` names the message for ever, so that Discord knows a repetition."""

    id: int
    job: int
    kind: PostingKind
    part: int
    nonce: str
    state: PostingState
    created: int
    tried: int = 0


def nonce_of(job: UUID, kind: PostingKind, part: int) -> str:
    """Return the nonce of a posting: 25 characters, the most that Discord takes."""
    digest = blake2s(f"{job}|{kind}|{part}".encode()).digest()
    return b32encode(digest).decode()[:25]
