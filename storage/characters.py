"""Characters, what they can be shown in, and the pictures of them that people chose."""

from collections.abc import Sequence
from dataclasses import replace
from functools import partial
from sqlite3 import Connection

from bot.core.casting import check_room_for_variation
from bot.core.characters import Character, CharacterReference, Pose, Variation, VariationKind
from bot.core.errors import BadRequest, NotFound, WrongState
from bot.ports.library import NewCharacter, NewReference, NewVariation
from storage import artifacts, deleting
from storage.character_records import (
    character_of,
    reference_of,
    values_of_character,
    values_of_new_character,
    values_of_reference,
    variation_of,
)
from storage.database import Database

_BEYOND_ALL = 2**63 - 1


class SqliteCharacters:
    """The port `Characters`."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def add(
        self,
        new: NewCharacter,
        *,
        variations: Sequence[NewVariation] = (),
        references: Sequence[NewReference] = (),
    ) -> Character:
        return await self._database.write(
            partial(_add, new=new, variations=variations, references=references)
        )

    async def get(self, character_id: int) -> Character:
        return await self._database.read(partial(_by_id, character_id=character_id))

    async def named(self, project: int, name: str) -> Character | None:
        return await self._database.read(partial(_named, project=project, name=name))

    async def of_project(self, project: int, *, archived: bool = False) -> list[Character]:
        return await self._database.read(partial(_of_project, project=project, archived=archived))

    async def matching(self, project: int, part: str, *, limit: int = 25) -> list[Character]:
        return await self._database.read(partial(_matching, project=project, part=part, limit=limit))

    async def projects_with(self, guild: int | None, name: str) -> list[int]:
        return await self._database.read(partial(_projects_with, guild=guild, name=name))

    async def change(self, character: Character, *, was: Character) -> Character:
        return await self._database.write(partial(_change, character=character, was=was))

    async def add_variation(
        self, *, character: int, kind: VariationKind, name: str, prompt: str
    ) -> Variation:
        new = NewVariation(kind=kind, name=name, prompt=prompt)
        return await self._database.write(partial(_add_variation, character_id=character, new=new))

    async def variations(self, character: int) -> list[Variation]:
        return await self._database.read(partial(_variations, character_id=character))

    async def remove_variation(self, variation_id: int) -> None:
        await self._database.write(partial(_remove_variation, variation_id=variation_id))

    async def add_reference(self, new: NewReference, *, most: int) -> CharacterReference:
        return await self._database.write(partial(_add_reference, new=new, most=most))

    async def references(self, character: int) -> list[CharacterReference]:
        return await self._database.read(partial(_references, character_id=character))

    async def remove_reference(self, reference_id: int, *, at: int) -> None:
        await self._database.write(partial(_remove_reference, reference_id=reference_id, at=at))


# ── characters


def _add(
    db: Connection,
    *,
    new: NewCharacter,
    variations: Sequence[NewVariation],
    references: Sequence[NewReference],
) -> Character:
    deleting.check_there(db, project=new.project)
    _check_free(db, project=new.project, name=new.name, slug=new.slug, but=None)
    row = db.execute(
        """
        INSERT INTO characters (project, name, folded, slug, created, created_by, design_prompt,
                                hair, eyes, clothing, key_colours, common_errors,
                                trigger_word, lora, lora_strength)
        VALUES (:project, :name, :folded, :slug, :created, :created_by, :design_prompt,
                :hair, :eyes, :clothing, :key_colours, :common_errors,
                :trigger_word, :lora, :lora_strength)
        RETURNING *
        """,
        values_of_new_character(new),
    ).fetchone()
    character = character_of(row)
    for variation in variations:
        _insert_variation(db, character_id=character.id, new=variation)
    for reference in references:
        _insert_reference(db, replace(reference, character=character.id))
    return character


def _check_free(db: Connection, *, project: int, name: str, slug: str, but: int | None) -> None:
    row = db.execute(
        """
        SELECT name FROM characters
        WHERE project = :project AND (folded = :folded OR slug = :slug) AND id IS NOT :but
        ORDER BY folded = :folded DESC
        """,
        {"project": project, "folded": name.casefold(), "slug": slug, "but": but},
    ).fetchone()
    if row is not None:
        raise BadRequest(f"There is a character called “{row['name']}” already.", hint="Choose another name.")


def _by_id(db: Connection, *, character_id: int) -> Character:
    row = db.execute("SELECT * FROM characters WHERE id = ?", (min(character_id, _BEYOND_ALL),)).fetchone()
    if row is None:
        raise NotFound("There is no such character.", hint="`/character list` shows those there are.")
    return character_of(row)


def _named(db: Connection, *, project: int, name: str) -> Character | None:
    row = db.execute(
        """
        SELECT * FROM characters
        WHERE project = :project AND (folded = :folded OR slug = :folded)
        ORDER BY folded = :folded DESC
        """,
        {"project": project, "folded": name.casefold()},
    ).fetchone()
    return None if row is None else character_of(row)


def _of_project(db: Connection, *, project: int, archived: bool) -> list[Character]:
    rows = db.execute(
        "SELECT * FROM characters WHERE project = ? AND (archived IS NOT NULL) = ? ORDER BY folded",
        (project, archived),
    )
    return [character_of(row) for row in rows]


def _matching(db: Connection, *, project: int, part: str, limit: int) -> list[Character]:
    """Find by a part of the name; names that begin with it come first."""
    rows = db.execute(
        """
        SELECT * FROM characters
        WHERE project = :project AND archived IS NULL AND instr(folded, :part)
        ORDER BY instr(folded, :part) > 1, folded
        LIMIT :limit
        """,
        {"project": project, "part": part.casefold(), "limit": limit},
    )
    return [character_of(row) for row in rows]


def _projects_with(db: Connection, *, guild: int | None, name: str) -> list[int]:
    rows = db.execute(
        """
        SELECT DISTINCT projects.id
        FROM characters INDEXED BY characters_by_folded
             CROSS JOIN projects ON projects.id = characters.project
        WHERE characters.folded = ? AND characters.archived IS NULL
              AND projects.guild IS ? AND projects.archived IS NULL AND projects.deleted IS NULL
        ORDER BY projects.id
        """,
        (name.casefold(), guild),
    )
    return [row["id"] for row in rows]


def _change(db: Connection, *, character: Character, was: Character) -> Character:
    stored = _by_id(db, character_id=character.id)
    if stored != was:
        raise WrongState(
            f"“{stored.name}” was changed by somebody meanwhile.",
            hint="Look at them again with `/character show`, then repeat what is still to be changed.",
        )
    if character.name.casefold() != stored.name.casefold():
        _check_free(db, project=stored.project, name=character.name, slug=stored.slug, but=stored.id)
    row = db.execute(
        """
        UPDATE characters
        SET name = :name, folded = :folded, design_prompt = :design_prompt,
            hair = :hair, eyes = :eyes, clothing = :clothing, key_colours = :key_colours,
            common_errors = :common_errors, trigger_word = :trigger_word,
            lora = :lora, lora_strength = :lora_strength, archived = :archived
        WHERE id = :id
        RETURNING *
        """,
        values_of_character(character),
    ).fetchone()
    return character_of(row)


# ── variations


def _add_variation(db: Connection, *, character_id: int, new: NewVariation) -> Variation:
    character = _by_id(db, character_id=character_id)
    known = _variations(db, character_id=character_id)
    for one in known:
        if one.name.casefold() == new.name.casefold():
            raise BadRequest(
                f"There is a variation called “{one.name}” already.", hint="Choose another name."
            )
    check_room_for_variation(character, len(known))
    return _insert_variation(db, character_id=character_id, new=new)


def _insert_variation(db: Connection, *, character_id: int, new: NewVariation) -> Variation:
    row = db.execute(
        "INSERT INTO variations (character, kind, name, folded, prompt) VALUES (?, ?, ?, ?, ?) RETURNING *",
        (character_id, new.kind.value, new.name, new.name.casefold(), new.prompt),
    ).fetchone()
    return variation_of(row)


def _variations(db: Connection, *, character_id: int) -> list[Variation]:
    rows = db.execute("SELECT * FROM variations WHERE character = ? ORDER BY id", (character_id,))
    return [variation_of(row) for row in rows]


def _remove_variation(db: Connection, *, variation_id: int) -> None:
    db.execute("DELETE FROM variations WHERE id = ?", (variation_id,))


# ── pictures of them


def _add_reference(db: Connection, *, new: NewReference, most: int) -> CharacterReference:
    _by_id(db, character_id=new.character)
    known = _references(db, character_id=new.character)
    if any(one.sha256 == new.sha256 for one in known):
        raise BadRequest("The character has this picture already.", hint="Attach another one.")
    if sum(one.pose is new.pose for one in known) >= most:
        raise BadRequest(
            f"The character has {most} pictures of the pose {new.pose} already.", hint="Remove one first."
        )
    return _insert_reference(db, new)


def _insert_reference(db: Connection, new: NewReference) -> CharacterReference:
    row = db.execute(
        """
        INSERT INTO character_references (character, pose, path, sha256, bytes, width, height,
                                          added, added_by, artifact)
        VALUES (:character, :pose, :path, :sha256, :bytes, :width, :height, :added, :added_by, :artifact)
        RETURNING *
        """,
        values_of_reference(new),
    ).fetchone()
    return reference_of(row)


def _references(db: Connection, *, character_id: int) -> list[CharacterReference]:
    rows = db.execute("SELECT * FROM character_references WHERE character = ? ORDER BY id", (character_id,))
    order = list(Pose)
    return sorted(map(reference_of, rows), key=lambda one: (order.index(one.pose), one.added, one.id))


def _remove_reference(db: Connection, *, reference_id: int, at: int) -> None:
    """Forget the picture; its file stays if a job ever started from it: that can be drawn again."""
    row = db.execute(
        "DELETE FROM character_references WHERE id = ? RETURNING path", (reference_id,)
    ).fetchone()
    if row is not None:
        artifacts.discard(db, files=[row["path"]], at=at)
