"""The formats of pictures that are taken in and kept, and how their files end."""

from collections.abc import Mapping
from typing import Final

ENDINGS: Final[Mapping[str, str]] = {"image/png": "png", "image/jpeg": "jpg", "image/webp": "webp"}


def ending_of(media_type: str) -> str:
    """Return how a picture's file ends, without the dot."""
    return ENDINGS[media_type]
