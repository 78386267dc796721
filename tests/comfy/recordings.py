"""What a real ComfyUI once said (0.33.0, and 0.3.64 where the name tells), as far as the tests need it."""

import json
import struct
from functools import cache
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).parent / "recorded"

TXT2IMG = "c429c29a-ec04-45be-af1e-44ab72716298"
TXT2IMG_OLD = "943f9998-8161-4a59-8114-1de9b57b2531"
CACHED = "4b77c466-0ff7-49d2-bb4c-57ec240df012"
INTERRUPTED = "acd8626b-89b0-4e49-8969-ed3184f9dbda"
FAILED = "11110b02-af73-4f42-b42b-9baccd84e1b7"

JPEG = b"\xff\xd8\xff\xe0 a picture \xff\xd9"


@cache
def document(name: str) -> Any:
    return json.loads((FOLDER / name).read_text(encoding="utf-8"))


@cache
def frames(name: str) -> tuple[str | bytes, ...]:
    """Return a recorded run's frames in order; a small picture stands for those that were not kept."""
    lines = (FOLDER / name).read_text(encoding="utf-8").splitlines()
    return tuple(_frame(json.loads(line)) for line in lines)


def _frame(recorded: dict[str, Any]) -> str | bytes:
    match recorded:
        case {"binary": {"event_type": 4, "metadata": metadata}}:
            return preview_frame(metadata)
        case {"binary": {"event_type": kind, "image_format": image_format}}:
            return struct.pack(">II", kind, image_format) + JPEG
        case _:
            return json.dumps(recorded)


def preview_frame(metadata: object, image: bytes = JPEG) -> bytes:
    about = json.dumps(metadata).encode()
    return struct.pack(">II", 4, len(about)) + about + image


def said(kind: str, **data: Any) -> str:
    return json.dumps({"type": kind, "data": data})
