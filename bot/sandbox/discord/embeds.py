"""What an embed may hold."""

from typing import Any

from bot.sandbox.discord.errors import Form
from bot.sandbox.discord.model import Json

Path = tuple[str | int, ...]

MOST_EMBEDS = 10
MOST_CHARACTERS = 6000


def check_embeds(form: Form, path: Path, embeds: list[Json]) -> None:
    form.count(path, embeds, 0, MOST_EMBEDS)
    for index, embed in enumerate(embeds):
        _check_embed(form, (*path, index), embed)
    if sum(map(_characters, embeds)) > MOST_CHARACTERS:
        form.wrong(path, "MAX_EMBED_SIZE_EXCEEDED", f"Embed size exceeds maximum size of {MOST_CHARACTERS}")


def _check_embed(form: Form, path: Path, embed: Json) -> None:
    form.length((*path, "title"), embed.get("title"), 0, 256)
    form.length((*path, "description"), embed.get("description"), 0, 4096)
    form.length((*path, "footer", "text"), _inner(embed, "footer", "text"), 0, 2048)
    form.length((*path, "author", "name"), _inner(embed, "author", "name"), 0, 256)
    fields: list[Json] = embed.get("fields") or []
    form.count((*path, "fields"), fields, 0, 25)
    for index, field in enumerate(fields):
        form.length((*path, "fields", index, "name"), field.get("name") or "", 1, 256)
        form.length((*path, "fields", index, "value"), field.get("value") or "", 1, 1024)
    for picture in ("image", "thumbnail"):
        _check_link(form, (*path, picture, "url"), _inner(embed, picture, "url"))
    _check_link(form, (*path, "url"), embed.get("url"), schemes=("http://", "https://"))
    color = embed.get("color")
    if color is not None and not 0 <= color <= 0xFFFFFF:
        form.wrong((*path, "color"), "NUMBER_TYPE_MAX", "int value should be less than or equal to 16777215.")


def _check_link(
    form: Form,
    path: Path,
    url: str | None,
    schemes: tuple[str, ...] = ("http://", "https://", "attachment://"),
) -> None:
    if url and not url.startswith(schemes):
        form.wrong(path, "URL_TYPE_INVALID_SCHEME", f"Scheme must be one of {schemes}.")


def _inner(embed: Json, part: str, key: str) -> Any:  # noqa: ANN401 - a foreign body's value, checked by the caller
    inner: Json = embed.get(part) or {}
    return inner.get(key)


def _characters(embed: Json) -> int:
    texts: list[str | None] = [embed.get("title"), embed.get("description")]
    texts += [_inner(embed, "footer", "text"), _inner(embed, "author", "name")]
    texts += [str(field.get(key, "")) for field in embed.get("fields") or () for key in ("name", "value")]
    return sum(len(text or "") for text in texts)


def tidy_embed(embed: Json) -> Json:
    """As Discord stores it: typed, without empty parts, every field with its `inline`."""
    kept = {key: value for key, value in embed.items() if value not in (None, [], {}, "")}
    if "fields" in kept:
        kept["fields"] = [{"inline": False, **field} for field in kept["fields"]]
    return {**kept, "type": "rich"}


def linked_files(embeds: list[Json]) -> list[str]:
    """Give the file names that `attachment://` names."""
    urls = [_inner(embed, part, "url") for embed in embeds for part in ("image", "thumbnail")]
    urls += [_inner(embed, part, "icon_url") for embed in embeds for part in ("footer", "author")]
    return [url.removeprefix("attachment://") for url in urls if url and url.startswith("attachment://")]
