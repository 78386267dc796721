"""What an export tells of pictures, characters and styles: plain JSON that other tools can read."""

import json
from collections.abc import Sequence
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import PurePosixPath
from typing import Any

from bot.core.artifact import Artifact
from bot.core.characters import Character, CharacterReference, Variation
from bot.core.job import Job
from bot.core.library import Project
from bot.core.styles import Revision, Style

_BELOW_PROJECT = 2
"""So many folders, the library's and the project's, stand before what tells pictures apart."""


def place_of(artifact: Artifact) -> str:
    """Return where a picture lies in the archive: as in the library, below its project."""
    return "/".join(["pictures", *PurePosixPath(artifact.path).parts[_BELOW_PROJECT:]])


def beside(place: str) -> str:
    """Return where the parameters of a picture lie: beside it."""
    return str(PurePosixPath(place).with_suffix(".json"))


def reference_place(character: Character, reference: CharacterReference) -> str:
    ending = PurePosixPath(reference.path).suffix
    return f"characters/{character.slug}/{reference.pose}-{reference.id}{ending}"


def picture_record(job: Job, artifact: Artifact) -> bytes:
    """Tell all that is known of how a picture was made; null is “not measured” or “not said”."""
    return _json(
        {
            **entry_of(artifact),
            "drawn": moment(artifact.created),
            "by": {"id": job.origin.user, "name": job.origin.user_name},
            "typed": asdict(job.request),
            "recipe": asdict(job.recipe),
            "from": asdict(job.lineage) if job.lineage else None,
            "measures": asdict(artifact.measures) if artifact.measures else None,
            "likeness": asdict(artifact.likeness) if artifact.likeness else None,
            "comfyui_prompt": job.graph.to_api() if job.graph else None,
        }
    )


def entry_of(artifact: Artifact) -> dict[str, Any]:
    """Return a picture's line in the index."""
    place = place_of(artifact)
    return {
        "file": place,
        "parameters": beside(place),
        "job": artifact.job,
        "picture": artifact.index,
        "sha256": artifact.sha256,
        "bytes": artifact.bytes,
        "width": artifact.size.width,
        "height": artifact.size.height,
        "review": artifact.review,
    }


def project_record(project: Project) -> dict[str, Any]:
    return {
        "name": project.name,
        "slug": project.slug,
        "description": project.description,
        "rating": project.rating,
        "workflow": project.workflow,
        "created": moment(project.created),
    }


def character_record(
    character: Character, variations: Sequence[Variation], references: Sequence[CharacterReference]
) -> bytes:
    return _json(
        {
            "name": character.name,
            "design_prompt": character.design_prompt,
            "appearance": asdict(character.appearance),
            "trigger": character.trigger,
            "lora": asdict(character.lora) if character.lora else None,
            "archived": character.archived is not None,
            "variations": [{"kind": one.kind, "name": one.name, "prompt": one.prompt} for one in variations],
            "references": [
                {"pose": one.pose, "file": reference_place(character, one), "sha256": one.sha256}
                for one in references
            ],
        }
    )


def style_record(style: Style, history: Sequence[Revision]) -> bytes:
    """Tell a style and all it ever was, the newest first."""
    return _json(
        {
            "name": style.name,
            "says": dict(_said(style.revision)),
            "history": [
                {
                    "number": one.number,
                    "by": one.by,
                    "at": moment(one.at),
                    "why": one.why,
                    "says": dict(_said(one)),
                }
                for one in history
            ],
        }
    )


def _said(revision: Revision) -> list[tuple[str, Any]]:
    whole = asdict(revision.sheet)
    return [(name, whole[name]) for name, _ in revision.sheet.given()]


def line_of(value: Any) -> str:  # noqa: ANN401 - whatever json can write
    return json.dumps(value, ensure_ascii=False)


def moment(at: int) -> str:
    """Write a moment in UTC milliseconds as ISO 8601."""
    return datetime.fromtimestamp(at / 1000, UTC).isoformat(timespec="seconds")


def _json(value: dict[str, Any]) -> bytes:
    return json.dumps(value, ensure_ascii=False, indent=2).encode()
