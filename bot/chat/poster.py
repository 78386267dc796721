"""Posts to Discord with the bot's own token: pictures, notices, and the cards that are edited."""

from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any, Final, Protocol

import discord
import structlog

from bot.chat import cards, forums
from bot.chat.look import Look
from bot.chat.markdown import cut
from bot.chat.mishaps import Act, away, translated
from bot.core.errors import DeliveryError, TargetGone
from bot.core.job import Card, Job
from bot.core.library import Gallery
from bot.ports.poster import BatchReport, Notice, PicturePost, Posted

log = structlog.get_logger(__name__)

MIB: Final = 1024 * 1024
DEFAULT_UPLOAD: Final = 10 * MIB
MARGIN: Final = 64 * 1024
"""What is left of a file's limit for what is sent around it."""
REQUEST_LIMIT: Final = 24 * MIB
THREAD_NAME: Final = 100
FAR_BACK: Final = 1000
"""So many messages since the job ended its drawing are looked through for an earlier try."""
CLOCKS_DIFFER: Final = timedelta(minutes=5)
NOBODY: Final = discord.AllowedMentions.none()


class CardPoster(Protocol):
    """What sends and edits cards."""

    async def send(self, channel: int, look: Look) -> Card:
        """Post a card; raise MissingPermission, TargetGone or DiscordAway."""
        ...

    async def edit(self, card: Card, look: Look, *, shown: Look | None = None) -> None:
        """Make the card look so; `shown` is how it looks now, if that is known. Raises as `send` does."""
        ...


class DiscordPoster:
    """Implements Poster and CardPoster; `current` returns the client in use, None while there is none."""

    def __init__(self, current: Callable[[], discord.Client | None]) -> None:
        self._current = current

    async def upload_limit(self, channel: int, *, count: int) -> int:
        return min(self._file_limit(channel), REQUEST_LIMIT // count)

    def _file_limit(self, channel: int) -> int:
        client = self._current()
        known = client.get_channel(channel) if client else None
        match known:
            case discord.abc.GuildChannel() | discord.Thread():
                return known.guild.filesize_limit - MARGIN
            case _:
                return DEFAULT_UPLOAD - MARGIN

    async def is_restricted(self, channel: int) -> bool:
        client = self._client()
        with translated(client, channel, Act.LOOK):
            match client.get_channel(channel) or await client.fetch_channel(channel):
                case discord.TextChannel() | discord.ForumChannel() | discord.Thread() as known:
                    return known.is_nsfw()
                case _:
                    return False

    async def open_thread(self, gallery: Gallery, *, name: str, tags: Sequence[str] = ()) -> int:
        client = self._client()
        with translated(client, gallery.channel, Act.OPEN):
            channel = client.get_channel(gallery.channel) or await client.fetch_channel(gallery.channel)
            match channel:
                case discord.TextChannel():
                    return await _unused_in(client, channel, name) or await _thread_in(channel, name)
                case discord.ForumChannel():
                    return await _unused_in(client, channel, name) or await forums.post_in(
                        channel, _named(name), cards.forum_starter(name).content, tags
                    )
                case _:
                    raise TargetGone(
                        f"<#{gallery.channel}> is neither a text channel nor a forum.",
                        hint="Choose another gallery with `/settings gallery`.",
                    )

    async def tag(self, thread: int, tags: Sequence[str]) -> None:
        try:
            client = self._client()
            with translated(client, thread, Act.EDIT):
                await forums.tag(client, thread, tags)
        except DeliveryError as error:
            log.info("forum.untagged", thread=thread, because=error.message)

    async def post(self, channel: int, post: PicturePost) -> Posted:
        look = cards.picture_post(post)
        asked_here = post.job.origin.channel == channel and post.job.batch is None
        message = await self._send_once(
            channel, look, post, mentions=_only_asker(post.job) if asked_here else NOBODY
        )
        return Posted(
            message=_card(message), attachments=tuple(attachment.id for attachment in message.attachments)
        )

    async def notify(self, channel: int, notice: Notice) -> Card:
        look = cards.notice(notice.job)
        return _card(await self._send_once(channel, look, notice, mentions=_only_asker(notice.job)))

    async def report(self, channel: int, report: BatchReport) -> Card:
        look, mentions = cards.batch_report(report), _only(report.batch.user)
        sent = await self._sent_before(channel, look, since=report.batch.since) if report.doubtful else None
        return _card(sent or await self._send(channel, look, nonce=report.nonce, mentions=mentions))

    async def send(self, channel: int, look: Look) -> Card:
        return _card(await self._send(channel, look))

    async def edit(self, card: Card, look: Look, *, shown: Look | None = None) -> None:
        if look == shown:
            return
        client = self._client()
        message = client.get_partial_messageable(card.channel).get_partial_message(card.message)
        with translated(client, card.channel, Act.EDIT):
            await message.edit(**_changes(look, shown))

    async def _send_once(
        self, channel: int, look: Look, post: PicturePost | Notice, *, mentions: discord.AllowedMentions
    ) -> discord.Message:
        sent = await self._sent_before(channel, look, since=post.job.since) if post.doubtful else None
        return sent or await self._send(channel, look, nonce=post.nonce, mentions=mentions)

    async def _sent_before(self, channel: int, look: Look, *, since: int) -> discord.Message | None:
        """Look for the message itself: Discord forgets a nonce, but not what was made with it."""
        client = self._client()
        after = datetime.fromtimestamp(since / 1000, UTC) - CLOCKS_DIFFER
        with translated(client, channel, Act.POST):
            history = client.get_partial_messageable(channel).history(after=after, limit=FAR_BACK)
            async for message in history:
                if message.author == client.user and _is_made_of(message, look):
                    return message
        return None

    async def _send(
        self,
        channel: int,
        look: Look,
        *,
        nonce: str | None = None,
        mentions: discord.AllowedMentions = NOBODY,
    ) -> discord.Message:
        client = self._client()
        arguments: dict[str, Any] = {"nonce": nonce} if nonce else {}
        if (view := look.view()) is not None:
            arguments["view"] = view
        with translated(client, channel, Act.POST):
            return await client.get_partial_messageable(channel).send(
                look.content or None,
                embeds=look.embeds(),
                files=look.uploads(),
                allowed_mentions=mentions,
                **arguments,
            )

    def _client(self) -> discord.Client:
        client = self._current()
        if client is None or client.is_closed() or client.user is None:
            raise away()
        return client


async def _unused_in(
    client: discord.Client, channel: discord.TextChannel | discord.ForumChannel, name: str
) -> int | None:
    """Return the thread of that name that we opened and never used: the answer to an earlier try was lost.

    Discord is asked, as it is right after a restart that the client knows of no threads yet.
    """
    for thread in await channel.guild.active_threads():
        ours = client.user is not None and thread.owner_id == client.user.id
        here = thread.parent_id == channel.id and thread.name == _named(name)
        if ours and here and not (thread.locked or thread.message_count):
            return thread.id
    return None


async def _thread_in(channel: discord.TextChannel, name: str) -> int:
    thread = await channel.create_thread(
        name=_named(name),
        type=discord.ChannelType.public_thread,
        auto_archive_duration=forums.LONGEST_ARCHIVE_MINUTES,
    )
    return thread.id


def _named(name: str) -> str:
    return cut(name, THREAD_NAME)


def _changes(look: Look, shown: Look | None) -> dict[str, Any]:
    """Return the arguments of an edit; files that are there already are not sent again."""
    changes: dict[str, Any] = {
        "content": look.content or None,
        "embeds": look.embeds(),
        "view": look.view(),
        "allowed_mentions": NOBODY,
    }
    if shown is None or (look.image, look.files) != (shown.image, shown.files):
        changes["attachments"] = look.uploads()
    return changes


def _is_made_of(message: discord.Message, look: Look) -> bool:
    """Tell it by the files' names, whatever they were encoded as; without files by the first line."""
    if look.files:
        return [_stem(sent.filename) for sent in message.attachments] == [_stem(f.name) for f in look.files]
    return _first_line(message.content) == _first_line(look.content.strip())


def _first_line(text: str) -> str:
    return text.partition("\n")[0]


def _stem(name: str) -> str:
    return name.rpartition(".")[0]


def _only_asker(job: Job) -> discord.AllowedMentions:
    return _only(job.origin.user)


def _only(user: int) -> discord.AllowedMentions:
    return discord.AllowedMentions(
        everyone=False, roles=False, replied_user=False, users=[discord.Object(user)]
    )


def _card(message: discord.Message) -> Card:
    return Card(channel=message.channel.id, message=message.id)
