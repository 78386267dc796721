"""What takes less of the GPU's memory than a recipe did, and the words that advise it."""

from dataclasses import replace

from bot.core.generation import Load, Recipe, Size

SMALLER = 0.75
GRID = 64


def lighter(recipe: Recipe) -> Recipe | None:
    """Return the recipe with half the pictures, or a single one smaller; None if nothing can be less."""
    load = _lighter(recipe.load)
    if load is None:
        return None
    return replace(
        recipe, size=load.size, count=load.count, lightened_from=recipe.lightened_from or recipe.load
    )


def _lighter(load: Load) -> Load | None:
    if load.count > 1:
        return replace(load, count=load.count // 2)
    smaller = _smaller(load.size)
    return replace(load, size=smaller) if smaller.pixels < load.size.pixels else None


def advice(recipe: Recipe) -> str:
    """Say what was too much, and name what would be less."""
    smaller = _smaller(recipe.size)
    fewer = f"{recipe.count // 2} at once" if recipe.count > 1 else ""
    size = str(smaller) if smaller.pixels < recipe.size.pixels else ""
    ways = " or ".join(way for way in (fewer, size) if way) or "another model"
    return f"It was {recipe.load}. Try {ways}."


def change_words(recipe: Recipe) -> str:
    """Say how a lightened recipe differs from what was asked for; nothing for any other."""
    asked = recipe.lightened_from
    if asked is None:
        return ""
    return f"{recipe.load} instead of {asked}: the GPU's memory did not suffice"


def _smaller(size: Size) -> Size:
    return Size(width=_shorter(size.width), height=_shorter(size.height))


def _shorter(side: int) -> int:
    return max(int(side * SMALLER) // GRID * GRID, GRID)
