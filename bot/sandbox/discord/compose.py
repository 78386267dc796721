"""From a checked draft to a message: files into the CDN, mentions evaluated, nothing empty."""

import re
from collections.abc import Iterable
from dataclasses import dataclass

from bot.sandbox.discord.cdn import Cdn, clean_filename
from bot.sandbox.discord.components import shown_files, tidy_components
from bot.sandbox.discord.drafts import Draft, FileNote
from bot.sandbox.discord.embeds import linked_files, tidy_embed
from bot.sandbox.discord.errors import form_error, refusal
from bot.sandbox.discord.model import Attachment, Json, Message, MessageFlag, User
from bot.sandbox.discord.permissions import Permission, permissions_in
from bot.sandbox.discord.snowflake import Snowflakes

KEPT_FLAGS = MessageFlag.SUPPRESS_EMBEDS | MessageFlag.SUPPRESS_NOTIFICATIONS | MessageFlag.IS_COMPONENTS_V2
BOT_DEFAULT: Json = {"parse": ["users", "roles", "everyone"], "replied_user": True}
WEBHOOK_DEFAULT: Json = {"parse": ["users"], "replied_user": True}


@dataclass(frozen=True, slots=True, kw_only=True)
class Ping:
    """Somebody was mentioned for real."""

    message: Message
    users: tuple[User, ...]
    roles: tuple[int, ...]
    everyone: bool
    by_edit: bool


class Composer:
    """Writes drafts into messages; what pings whom is noted in `pings`."""

    def __init__(self, cdn: Cdn, snowflakes: Snowflakes) -> None:
        self._cdn = cdn
        self._snowflakes = snowflakes
        self.pings: list[Ping] = []

    def fill(self, message: Message, draft: Draft) -> None:
        """Fill a new message: it takes everything from the draft."""
        message.flags |= (draft.flags or MessageFlag(0)) & KEPT_FLAGS
        message.tts = bool(draft.body.get("tts"))
        self._change(message, draft, self._new_files(message, draft))
        self._mention(message, draft, by_edit=False)

    def amend(self, message: Message, draft: Draft) -> None:
        """Change what the edit names; files that `attachments` does not list vanish."""
        if draft.flags is not None:
            sticky = message.flags & ~MessageFlag.SUPPRESS_EMBEDS
            message.flags = sticky | (
                draft.flags & (MessageFlag.SUPPRESS_EMBEDS | MessageFlag.IS_COMPONENTS_V2)
            )
        self._change(message, draft, self._kept_files(message, draft))
        if draft.content is not None or draft.mentions is not None:
            self._mention(message, draft, by_edit=True)

    def _change(self, message: Message, draft: Draft, files: list[Attachment]) -> None:
        content = message.content if draft.content is None else draft.content.strip()
        embeds = message.embeds if draft.embeds is None else [tidy_embed(embed) for embed in draft.embeds]
        parts = message.components if draft.components is None else tidy_components(draft.components)
        if not (
            content or embeds or parts or files or draft.body.get("sticker_ids") or draft.body.get("poll")
        ):
            raise refusal(50006)
        _check_links([*linked_files(embeds), *shown_files(parts)], files)
        message.content, message.embeds, message.components, message.attachments = (
            content,
            embeds,
            parts,
            files,
        )

    def _new_files(self, message: Message, draft: Draft) -> list[Attachment]:
        notes = {note.id: note for note in draft.files or ()}
        return [self._stored(message, draft, index, notes.get(index)) for index in sorted(draft.uploads)]

    def _kept_files(self, message: Message, draft: Draft) -> list[Attachment]:
        if draft.files is None:
            return message.attachments + self._new_files(message, draft)
        present = {attachment.id: attachment for attachment in message.attachments}
        kept: list[Attachment] = []
        for note in draft.files:
            if note.id in draft.uploads:
                kept.append(self._stored(message, draft, note.id, note))
            elif note.id in present:
                kept.append(_described(present[note.id], note))
            else:
                raise form_error(
                    ("attachments",), "ATTACHMENT_NOT_FOUND", f"Attachment data not found for {note.id}"
                )
        return kept

    def _stored(self, message: Message, draft: Draft, index: int, note: FileNote | None) -> Attachment:
        upload = draft.uploads[index]
        return self._cdn.store(
            self._snowflakes.next(),
            message.channel.id,
            (note.filename if note else None) or upload.filename,
            upload.data,
            description=note.description if note else None,
            ephemeral=message.ephemeral,
        )

    def _mention(self, message: Message, draft: Draft, *, by_edit: bool) -> None:
        allowed = draft.mentions
        if allowed is None:
            allowed = WEBHOOK_DEFAULT if message.by_webhook else BOT_DEFAULT
        members = message.channel.guild.members
        named = [
            members[user_id].user for user_id in _ids(r"<@!?(\d+)>", message.content) if user_id in members
        ]
        message.mentions = [user for user in named if _is_allowed(allowed, "users", user.id)]
        if (
            message.reply_to
            and allowed.get("replied_user", False)
            and message.reply_to.author not in message.mentions
        ):
            message.mentions.append(message.reply_to.author)
        roles = _ids(r"<@&(\d+)>", message.content)
        message.mention_roles = [
            role
            for role in roles
            if role in message.channel.guild.roles and _is_allowed(allowed, "roles", role)
        ]
        message.mentions_everyone = self._may_call_everyone(message) and "everyone" in (
            allowed.get("parse") or ()
        )
        self._note_ping(message, by_edit=by_edit)

    @staticmethod
    def _may_call_everyone(message: Message) -> bool:
        if not re.search(r"@(everyone|here)\b", message.content):
            return False
        member = message.channel.guild.members[message.author.id]
        return Permission.MENTION_EVERYONE in permissions_in(member, message.channel)

    def _note_ping(self, message: Message, *, by_edit: bool) -> None:
        others = tuple(user for user in message.mentions if user is not message.author)
        if others or message.mention_roles or message.mentions_everyone:
            self.pings.append(
                Ping(
                    message=message,
                    users=others,
                    roles=tuple(message.mention_roles),
                    everyone=message.mentions_everyone,
                    by_edit=by_edit,
                )
            )


def _ids(pattern: str, text: str) -> list[int]:
    return list(dict.fromkeys(int(found) for found in re.findall(pattern, text)))


def _is_allowed(allowed: Json, kind: str, target: int) -> bool:
    return kind in (allowed.get("parse") or ()) or target in {int(named) for named in allowed.get(kind) or ()}


def _described(attachment: Attachment, note: FileNote) -> Attachment:
    if note.description is not None:
        attachment.description = note.description
    return attachment


def _check_links(names: Iterable[str], files: list[Attachment]) -> None:
    present = {attachment.filename for attachment in files}
    for name in names:
        if clean_filename(name) not in present:
            raise form_error(
                ("embeds",),
                "UNFURLED_MEDIA_ITEM_REFERENCED_ATTACHMENT_NOT_FOUND",
                f"The attachment {name} is not in the message.",
            )
