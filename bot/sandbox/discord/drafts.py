"""A message as a request asks for it, checked as far as that goes without looking at the world."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from bot.sandbox.discord.components import check_components
from bot.sandbox.discord.embeds import check_embeds
from bot.sandbox.discord.errors import Form, refusal
from bot.sandbox.discord.model import Json, MessageFlag
from bot.sandbox.discord.rules import Rules

MOST_CONTENT = 2000
MOST_FILES = 10
MOST_ALT_TEXT = 1024
MESSAGE_KEYS = frozenset(
    [
        "content",
        "nonce",
        "tts",
        "embeds",
        "allowed_mentions",
        "message_reference",
        "components",
        "sticker_ids",
        "attachments",
        "flags",
        "enforce_nonce",
        "poll",
    ]
)
EDIT_KEYS = frozenset(
    ["content", "embeds", "flags", "allowed_mentions", "components", "attachments", "sticker_ids", "tts"]
)
WEBHOOK_KEYS = frozenset(
    [
        "content",
        "tts",
        "embeds",
        "allowed_mentions",
        "components",
        "attachments",
        "flags",
        "poll",
        "username",
        "avatar_url",
        "thread_name",
        "applied_tags",
    ]
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Upload:
    """One part `files[n]` of a multipart body."""

    index: int
    filename: str
    data: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class FileNote:
    """One entry of `attachments`: a file that comes, or one that stays."""

    id: int
    filename: str | None
    description: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """`None` stands for a field that the request does not touch."""

    content: str | None
    embeds: list[Json] | None
    components: list[Json] | None
    files: list[FileNote] | None
    flags: MessageFlag | None
    mentions: Json | None
    uploads: Mapping[int, Upload]
    body: Json

    @property
    def layout(self) -> bool:
        return self.flags is not None and MessageFlag.IS_COMPONENTS_V2 in self.flags

    @property
    def ephemeral(self) -> bool:
        return self.flags is not None and MessageFlag.EPHEMERAL in self.flags


def read_draft(
    body: Json,
    uploads: Mapping[int, Upload],
    rules: Rules,
    *,
    path: tuple[str | int, ...] = (),
    layout: bool = False,
) -> Draft:
    """Parse and check a message body; `layout` says that the message is one already (V2 is sticky)."""
    if any(len(upload.data) > rules.upload_limit for upload in uploads.values()):
        raise refusal(40005)
    draft = _parsed(body, uploads)
    form = Form()
    form.length((*path, "content"), draft.content, 0, MOST_CONTENT)
    check_embeds(form, (*path, "embeds"), draft.embeds or [])
    check_components(form, (*path, "components"), draft.components or [], layout=layout or draft.layout)
    _check_files(form, (*path, "attachments"), draft)
    _check_mentions(form, (*path, "allowed_mentions"), draft.mentions or {})
    if layout or draft.layout:
        _check_layout_alone(form, path, draft)
    form.check()
    return draft


def _parsed(body: Json, uploads: Mapping[int, Upload]) -> Draft:
    flags = body.get("flags")
    notes: list[Json] | None = body.get("attachments", None if "attachments" not in body else [])
    return Draft(
        content=_optional(body, "content", ""),
        embeds=_optional(body, "embeds", list[Json]()),
        components=_optional(body, "components", list[Json]()),
        files=None if "attachments" not in body else [_note(note) for note in notes or ()],
        flags=None if flags is None else MessageFlag(flags),
        mentions=body.get("allowed_mentions"),
        uploads=uploads,
        body=body,
    )


def _optional(body: Json, key: str, empty: Any) -> Any:  # noqa: ANN401 - the form check that follows looks at the type
    """Absent stays `None`; an explicit null empties the field."""
    return None if key not in body else body[key] or empty


def _note(raw: Json) -> FileNote:
    return FileNote(id=int(raw["id"]), filename=raw.get("filename"), description=raw.get("description"))


def _check_files(form: Form, path: tuple[str | int, ...], draft: Draft) -> None:
    form.count(path, draft.files or [], 0, MOST_FILES)
    form.count(path, list(draft.uploads), 0, MOST_FILES)
    for index, note in enumerate(draft.files or ()):
        form.length((*path, index, "description"), note.description, 0, MOST_ALT_TEXT)


def _check_mentions(form: Form, path: tuple[str | int, ...], mentions: Json) -> None:
    parse: list[str] = mentions.get("parse") or []
    for kind in ("users", "roles"):
        form.count((*path, kind), mentions.get(kind) or [], 0, 100)
        if kind in parse and mentions.get(kind):
            form.wrong(
                (*path, kind),
                "MESSAGE_ALLOWED_MENTIONS_PARSE_EXCLUSIVE",
                f'parse:["{kind}"] and {kind}: [ids] are mutually exclusive.',
            )


def _check_layout_alone(form: Form, path: tuple[str | int, ...], draft: Draft) -> None:
    for key in ("content", "embeds"):
        if draft.body.get(key):
            form.wrong(
                (*path, key),
                "MESSAGE_CANNOT_USE_LEGACY_FIELDS_WITH_COMPONENTS_V2",
                f"The '{key}' field cannot be used when using MessageFlags.IS_COMPONENTS_V2",
            )
