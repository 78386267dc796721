"""Rows of characters and the core's values: see `records`."""

from sqlite3 import Row

from bot.core.characters import Appearance, Character, CharacterReference, Pose, Variation, VariationKind
from bot.core.generation import Lora, Size
from bot.ports.library import NewCharacter, NewReference
from storage.records import Values


def values_of_new_character(new: NewCharacter) -> Values:
    return {
        "project": new.project,
        "slug": new.slug,
        "created": new.at,
        "created_by": new.by,
        **_values_of_name(new.name),
        "design_prompt": new.design_prompt,
        **_values_of_appearance(new.appearance),
        "trigger_word": new.trigger,
        **_values_of_lora(new.lora),
    }


def values_of_character(character: Character) -> Values:
    return {
        "id": character.id,
        **_values_of_name(character.name),
        "design_prompt": character.design_prompt,
        **_values_of_appearance(character.appearance),
        "trigger_word": character.trigger,
        **_values_of_lora(character.lora),
        "archived": character.archived,
    }


def _values_of_name(name: str) -> Values:
    return {"name": name, "folded": name.casefold()}


def _values_of_appearance(look: Appearance) -> Values:
    return {
        "hair": look.hair,
        "eyes": look.eyes,
        "clothing": look.clothing,
        "key_colours": look.key_colours,
        "common_errors": look.common_errors,
    }


def _values_of_lora(lora: Lora | None) -> Values:
    return {"lora": lora and lora.name, "lora_strength": lora and lora.strength}


def character_of(row: Row) -> Character:
    return Character(
        id=row["id"],
        project=row["project"],
        name=row["name"],
        slug=row["slug"],
        created=row["created"],
        created_by=row["created_by"],
        design_prompt=row["design_prompt"],
        appearance=Appearance(
            hair=row["hair"],
            eyes=row["eyes"],
            clothing=row["clothing"],
            key_colours=row["key_colours"],
            common_errors=row["common_errors"],
        ),
        trigger=row["trigger_word"],
        lora=None if row["lora"] is None else Lora(name=row["lora"], strength=row["lora_strength"]),
        archived=row["archived"],
    )


def variation_of(row: Row) -> Variation:
    return Variation(
        id=row["id"],
        character=row["character"],
        kind=VariationKind(row["kind"]),
        name=row["name"],
        prompt=row["prompt"],
    )


def values_of_reference(new: NewReference) -> Values:
    return {
        "character": new.character,
        "pose": new.pose.value,
        "path": new.path,
        "sha256": new.sha256,
        "bytes": new.bytes,
        "width": new.size.width,
        "height": new.size.height,
        "added": new.at,
        "added_by": new.by,
        "artifact": new.artifact,
    }


def reference_of(row: Row) -> CharacterReference:
    return CharacterReference(
        id=row["id"],
        character=row["character"],
        pose=Pose(row["pose"]),
        path=row["path"],
        sha256=row["sha256"],
        bytes=row["bytes"],
        size=Size(width=row["width"], height=row["height"]),
        added=row["added"],
        added_by=row["added_by"],
        artifact=row["artifact"],
    )
