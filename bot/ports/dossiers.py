"""A character as it travels: everything about it in one file."""

from dataclasses import dataclass, field
from typing import Final, Protocol

from bot.core.characters import Appearance, Pose, VariationKind
from bot.core.generation import Lora

MIB: Final = 1024 * 1024
MOST_PACKED: Final = 20 * MIB
"""The largest file that is taken in."""
MOST_UNPACKED: Final = 128 * MIB
"""So much may come out of it in all."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DossierVariation:
    kind: VariationKind
    name: str
    prompt: str


@dataclass(frozen=True, slots=True, kw_only=True)
class DossierReference:
    """A reference picture: `content` is a whole file of this `media_type`."""

    pose: Pose
    content: bytes
    media_type: str = "image/png"


@dataclass(frozen=True, slots=True, kw_only=True)
class DossierLesson:
    """What a rejection taught, for people to read: it belongs to decisions that stay behind."""

    family: str
    term: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Dossier:
    name: str
    design_prompt: str = ""
    appearance: Appearance = field(default_factory=Appearance)
    trigger: str = ""
    lora: Lora | None = None
    variations: tuple[DossierVariation, ...] = ()
    references: tuple[DossierReference, ...] = ()
    lessons: tuple[DossierLesson, ...] = ()


class Dossiers(Protocol):
    """Works off the event loop."""

    async def pack(self, dossier: Dossier) -> bytes:
        """Return a zip of `character.json` and the pictures."""
        ...

    async def unpack(self, content: bytes) -> Dossier:
        """Read such a zip; raise BadRequest for anything else, having written nothing anywhere.

        What the pictures are is not looked at here, only that none is too large.
        """
        ...
