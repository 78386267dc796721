"""What buttons, selects and layouts may hold."""

from collections.abc import Iterator
from enum import IntEnum
from itertools import count

from bot.sandbox.discord.errors import Form
from bot.sandbox.discord.model import Json

Path = tuple[str | int, ...]


class Part(IntEnum):
    ACTION_ROW = 1
    BUTTON = 2
    STRING_SELECT = 3
    TEXT_INPUT = 4
    USER_SELECT = 5
    ROLE_SELECT = 6
    MENTIONABLE_SELECT = 7
    CHANNEL_SELECT = 8
    SECTION = 9
    TEXT_DISPLAY = 10
    THUMBNAIL = 11
    MEDIA_GALLERY = 12
    FILE = 13
    SEPARATOR = 14
    CONTAINER = 17
    LABEL = 18
    FILE_UPLOAD = 19


SELECTS = {
    Part.STRING_SELECT,
    Part.USER_SELECT,
    Part.ROLE_SELECT,
    Part.MENTIONABLE_SELECT,
    Part.CHANNEL_SELECT,
}
LINK, PREMIUM = 5, 6
MOST_ROWS = 5
MOST_PARTS = 40
MOST_TEXT = 4000
Placed = tuple[Path, Json]


def check_components(form: Form, path: Path, components: list[Json], *, layout: bool) -> None:
    """Check the components of a message; `layout` is the V2 flag."""
    parts = list(_walk(path, components))
    if layout:
        _check_layout(form, path, parts)
    else:
        _check_rows(form, path, components)
    for where, part in parts:
        _check_part(form, where, part)
    _check_unique(form, parts)


def _walk(path: Path, components: list[Json]) -> Iterator[Placed]:
    for index, part in enumerate(components):
        where = (*path, index)
        yield where, part
        yield from _walk((*where, "components"), part.get("components") or [])
        for key in ("accessory", "component"):
            if part.get(key):
                yield (*where, key), part[key]


def _check_layout(form: Form, path: Path, parts: list[Placed]) -> None:
    if len(parts) > MOST_PARTS:
        form.wrong(path, "BASE_TYPE_MAX_LENGTH", f"Must be {MOST_PARTS} or fewer in length.")
    if sum(len(part.get("content", "")) for _, part in parts) > MOST_TEXT:
        form.wrong(path, "COMPONENT_MAX_TEXT_SIZE", f"Displayable text exceeds {MOST_TEXT} characters")


def _check_rows(form: Form, path: Path, components: list[Json]) -> None:
    form.count(path, components, 0, MOST_ROWS)
    for index, row in enumerate(components):
        if row.get("type") != Part.ACTION_ROW:
            form.wrong((*path, index, "type"), "BASE_TYPE_CHOICES", "Value must be one of {1}.")


def _check_part(form: Form, path: Path, part: Json) -> None:
    match part.get("type"):
        case Part.ACTION_ROW:
            _check_row(form, path, part)
        case Part.BUTTON:
            _check_button(form, path, part)
        case kind if kind in SELECTS:
            _check_select(form, path, part)
        case Part.MEDIA_GALLERY:
            form.count((*path, "items"), part.get("items") or [], 1, 10)
            for index, item in enumerate(part.get("items") or ()):
                form.length((*path, "items", index, "description"), item.get("description"), 0, 1024)
        case Part.TEXT_DISPLAY:
            form.length((*path, "content"), part.get("content", ""), 1, MOST_TEXT)
        case kind if kind in set(Part):
            pass
        case _:
            form.wrong((*path, "type"), "BASE_TYPE_CHOICES", "This is no component type.")


def _check_row(form: Form, path: Path, row: Json) -> None:
    held: list[Json] = row.get("components") or []
    width = sum(5 if part.get("type") in SELECTS else 1 for part in held)
    if not held:
        form.wrong((*path, "components"), "BASE_TYPE_BAD_LENGTH", "Must be between 1 and 5 in length.")
    if width > 5:
        form.wrong((*path, "components"), "COMPONENT_LAYOUT_WIDTH_EXCEEDED", "The row is wider than 5.")


def _check_button(form: Form, path: Path, button: Json) -> None:
    form.length((*path, "label"), button.get("label"), 0, 80)
    style = button.get("style")
    form.choice((*path, "style"), style, {1, 2, 3, LINK, PREMIUM, 4})
    if style == LINK:
        if not button.get("url") or "custom_id" in button:
            form.wrong(path, "BUTTON_COMPONENT_INVALID_LINK", "A link button has a url and no custom_id.")
        return
    form.length((*path, "custom_id"), button.get("custom_id", ""), 1, 100)
    if not button.get("label") and not button.get("emoji"):
        form.wrong(path, "BUTTON_COMPONENT_INVALID", "A button needs a label or an emoji.")


def _check_select(form: Form, path: Path, select: Json) -> None:
    form.length((*path, "custom_id"), select.get("custom_id", ""), 1, 100)
    form.length((*path, "placeholder"), select.get("placeholder"), 0, 150)
    if select.get("type") != Part.STRING_SELECT:
        return
    options: list[Json] = select.get("options") or []
    form.count((*path, "options"), options, 1, 25)
    for index, option in enumerate(options):
        for key, low in (("label", 1), ("value", 1), ("description", 0)):
            form.length((*path, "options", index, key), option.get(key), low, 100)
    if len({option.get("value") for option in options}) < len(options):
        form.wrong((*path, "options"), "SELECT_COMPONENT_OPTION_VALUE_DUPLICATED", "The values must differ.")


def _check_unique(form: Form, parts: list[Placed]) -> None:
    seen: set[str] = set()
    for where, part in parts:
        custom_id: str | None = part.get("custom_id")
        if custom_id in seen:
            form.wrong(
                (*where, "custom_id"),
                "COMPONENT_CUSTOM_ID_DUPLICATED",
                "Component custom id cannot be duplicated",
            )
        if custom_id:
            seen.add(custom_id)


def check_modal(modal: Json) -> None:
    form = Form()
    form.length(("data", "title"), modal.get("title", ""), 1, 45)
    form.length(("data", "custom_id"), modal.get("custom_id", ""), 1, 100)
    rows: list[Json] = modal.get("components") or []
    form.count(("data", "components"), rows, 1, 5)
    parts = list(_walk(("data", "components"), rows))
    for where, part in parts:
        _check_modal_part(form, where, part)
    _check_unique(form, parts)
    form.check()


def _check_modal_part(form: Form, path: Path, part: Json) -> None:
    match part.get("type"):
        case Part.LABEL:
            form.length((*path, "label"), part.get("label", ""), 1, 45)
            form.length((*path, "description"), part.get("description"), 0, 100)
        case Part.TEXT_INPUT:
            form.length((*path, "custom_id"), part.get("custom_id", ""), 1, 100)
            form.length((*path, "label"), part.get("label"), 0, 45)
            form.length((*path, "placeholder"), part.get("placeholder"), 0, 100)
            form.length((*path, "value"), part.get("value"), 0, 4000)
        case kind if kind in SELECTS:
            _check_select(form, path, part)
        case _:
            pass


def tidy_components(components: list[Json]) -> list[Json]:
    """As Discord stores them: each with a number of its own and its defaults filled in."""
    numbers = count(1)
    return [_tidy(part, numbers) for part in components]


def _tidy(part: Json, numbers: Iterator[int]) -> Json:
    tidied = {**_DEFAULTS.get(part["type"], {}), **_present(part)}
    tidied["id"] = part.get("id") or next(numbers)
    if "components" in part:
        tidied["components"] = [_tidy(nested, numbers) for nested in part["components"]]
    if part.get("accessory"):
        tidied["accessory"] = _tidy(part["accessory"], numbers)
    if "items" in part:
        tidied["items"] = [{"description": None, "spoiler": False, **item} for item in part["items"]]
    if part["type"] == Part.STRING_SELECT:
        tidied["options"] = [_present(option) for option in part["options"]]
    return tidied


def _present(part: Json) -> Json:
    """Leave out what is null, also in an emoji, which has an id only if it is a guild's own."""
    told = {key: value for key, value in part.items() if value is not None}
    return {**told, "emoji": _present(told["emoji"])} if "emoji" in told else told


_DEFAULTS: dict[int, Json] = {
    **{kind: {"min_values": 1, "max_values": 1} for kind in SELECTS},
    Part.CONTAINER: {"accent_color": None, "spoiler": False},
    Part.THUMBNAIL: {"description": None, "spoiler": False},
    Part.FILE: {"spoiler": False},
    Part.SEPARATOR: {"spacing": 1, "divider": True},
}


def shown_files(components: list[Json]) -> list[str]:
    """Give the file names that `attachment://` names in a layout."""
    media = [part.get(key) for _, part in _walk((), components) for key in ("media", "file")]
    media += [item.get("media") for _, part in _walk((), components) for item in part.get("items") or ()]
    urls: list[str] = [held["url"] for held in media if held]
    return [url.removeprefix("attachment://") for url in urls if url.startswith("attachment://")]
