"""What is remembered of a project's styles, its characters and its pictures."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Protocol

from bot.core.artifact import Artifact
from bot.core.characters import (
    Appearance,
    Character,
    CharacterReference,
    Pose,
    Variation,
    VariationKind,
)
from bot.core.generation import Lora, Size
from bot.core.likeness import Fingerprint, Likeness
from bot.core.review import Review
from bot.core.styles import Revision, Style, StyleSheet


class Styles(Protocol):
    async def add(
        self, *, project: int, name: str, sheet: StyleSheet, by: int, at: int, why: str = ""
    ) -> Style:
        """Store a style with its first revision; raise BadRequest if the project has one of that name."""
        ...

    async def get(self, style_id: int) -> Style:
        """Return the style; raise NotFound."""
        ...

    async def named(self, project: int, name: str) -> Style | None: ...

    async def of_project(self, project: int) -> list[Style]: ...

    async def matching(self, project: int, part: str, *, limit: int = 25) -> list[Style]: ...

    async def revise(
        self, style: Style, *, sheet: StyleSheet, by: int, at: int, why: str, name: str | None = None
    ) -> Style:
        """Add a revision; raise WrongState if somebody else did since `style` was read."""
        ...

    async def history(self, style_id: int) -> list[Revision]:
        """Return every revision, the newest first."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class NewCharacter:
    project: int
    name: str
    slug: str
    by: int
    at: int
    design_prompt: str = ""
    appearance: Appearance = field(default_factory=Appearance)
    trigger: str = ""
    lora: Lora | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class NewVariation:
    kind: VariationKind
    name: str
    prompt: str


@dataclass(frozen=True, slots=True, kw_only=True)
class NewReference:
    character: int
    pose: Pose
    path: str
    sha256: str
    bytes: int
    size: Size
    by: int
    at: int
    artifact: int | None = None


class Characters(Protocol):
    async def add(
        self,
        new: NewCharacter,
        *,
        variations: Sequence[NewVariation] = (),
        references: Sequence[NewReference] = (),
    ) -> Character:
        """Store it with all that comes with it (whose `character` is ignored), in one transaction.

        Raises BadRequest if the project has one of that name or slug, archived ones too.
        """
        ...

    async def get(self, character_id: int) -> Character:
        """Return the character; raise NotFound."""
        ...

    async def named(self, project: int, name: str) -> Character | None:
        """Find by name, whatever its case, or by slug; archived ones too."""
        ...

    async def of_project(self, project: int, *, archived: bool = False) -> list[Character]:
        """Return the project's characters by name, or its archived ones."""
        ...

    async def matching(self, project: int, part: str, *, limit: int = 25) -> list[Character]:
        """Return those not archived by a part of the name."""
        ...

    async def projects_with(self, guild: int | None, name: str) -> list[int]:
        """Return the open projects of the guild that have a character of that name."""
        ...

    async def change(self, character: Character, *, was: Character) -> Character:
        """Write all of it but project and slug; raise BadRequest for a taken name.

        Raises WrongState if somebody changed it since `was` was read.
        """
        ...

    async def add_variation(
        self, *, character: int, kind: VariationKind, name: str, prompt: str
    ) -> Variation:
        """Store it; raise BadRequest if the character has one of that name, or as many as there can be."""
        ...

    async def variations(self, character: int) -> list[Variation]: ...

    async def remove_variation(self, variation_id: int) -> None: ...

    async def add_reference(self, new: NewReference, *, most: int) -> CharacterReference:
        """Store it; raise BadRequest if the character has this picture already, or `most` of this pose."""
        ...

    async def references(self, character: int) -> list[CharacterReference]:
        """Return them by pose, oldest first."""
        ...

    async def remove_reference(self, reference_id: int, *, at: int) -> None:
        """Forget it; its file is discarded if nothing else needs it."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class PictureFilter:
    """Which pictures a gallery shows; None means all. UTC milliseconds: from `since` on, before `until`."""

    guild: int | None = None
    project: int | None = None
    character: int | None = None
    review: Review | None = None
    since: int | None = None
    until: int | None = None


class Artifacts(Protocol):
    """The pictures of all jobs; deleted ones are only found by job or id."""

    async def get(self, artifact_id: int) -> Artifact:
        """Return it; raise NotFound."""
        ...

    async def page(
        self,
        wanted: PictureFilter,
        *,
        before: int | None = None,
        after: int | None = None,
        limit: int = 10,
    ) -> list[Artifact]:
        """Return the newest with an id below `before`; with `after`, the oldest above it; newest first."""
        ...

    async def count(self, wanted: PictureFilter, *, most: int) -> int:
        """Count them, up to `most`."""
        ...

    async def with_hash(self, sha256: str, *, project: int | None) -> Artifact | None:
        """Return the project's picture that was this very file when it was taken over or drawn."""
        ...

    async def alike(
        self,
        fingerprint: Fingerprint,
        *,
        project: int | None,
        guild: int | None = None,
        among: int = 2000,
    ) -> int | None:
        """Return the id of the newest picture that looks the same, among the project's newest so many.

        Without a project, among the guild's newest those that have none either.
        """
        ...

    async def liken(self, artifact_id: int, likeness: Likeness) -> None:
        """Note how much it is like its character's references; that takes until after it was recorded."""
        ...

    async def move(self, job_id: int, *, project: int | None) -> None:
        """Let the job and its pictures belong to another project; the files stay where they are."""
        ...

    async def delete(self, artifact_ids: Sequence[int], *, at: int) -> None:
        """Mark them as deleted and their files as discarded, in one transaction."""
        ...


class Discards(Protocol):
    """Files that nothing needs any more: noted with the change that made it so, removed afterwards."""

    async def due(self, *, limit: int = 100) -> list[str]:
        """Return paths below the data folder; not those that something needs again."""
        ...

    async def gone(self, paths: Sequence[str]) -> None: ...

    async def unneeded(self, paths: Sequence[str]) -> list[str]:
        """Return those of the files that nothing needs, noted or not."""
        ...
