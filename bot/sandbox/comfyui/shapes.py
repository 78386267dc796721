"""What is asked of JSON and of pictures everywhere here, typed once."""

from typing import Any, TypeGuard

from PIL import Image

Json = dict[str, Any]
Size = tuple[int, int]


def is_object(value: object) -> TypeGuard[Json]:
    return isinstance(value, dict)


def is_list(value: object) -> TypeGuard[list[Any]]:
    return isinstance(value, list)


def resized(
    picture: Image.Image, size: Size, resample: Image.Resampling = Image.Resampling.BICUBIC
) -> Image.Image:
    return picture.resize(size, resample)  # pyright: ignore[reportUnknownMemberType] - its signature names numpy


def remapped(picture: Image.Image, table: list[int]) -> Image.Image:
    """Replace every value of a one-channel picture by its entry in the table of 256."""
    return picture.point(table)  # pyright: ignore[reportUnknownMemberType] - its signature names an undefined type
