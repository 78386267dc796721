"""Touching what hangs in Discord already: messages are changed, woken, taken down and reacted to."""

from collections.abc import Callable, Collection
from typing import Any, Final

import discord

from bot.chat.look import Look
from bot.chat.mishaps import Act, away, translated
from bot.core.errors import DeliveryError, TargetGone, ThreadAsleep
from bot.core.job import Card

NOBODY: Final = discord.AllowedMentions.none()
CLOSED: Final = 50007
"""Discord's code for somebody who takes no direct messages."""


class Touch:
    """Implements PostReader; `current` returns the client in use, None while there is none."""

    def __init__(self, current: Callable[[], discord.Client | None]) -> None:
        self._current = current

    async def attachment(self, card: Card, attachment: int) -> bytes:
        client = self._client()
        with translated(client, card.channel, Act.EDIT):
            message = await self._message(client, card).fetch()
            for one in message.attachments:
                if one.id == attachment:
                    return await one.read()
        raise TargetGone("The file is not in its post any more.", hint="Draw it again with `/job again`.")

    async def change(self, card: Card, look: Look, *, keep: Collection[int] | None = None) -> None:
        """Make the message look so and keep its files, or of them only those with these ids.

        Wakes an archived thread. Raises DeliveryError and its kin.
        """
        client = self._client()
        with translated(client, card.channel, Act.EDIT):
            changes: dict[str, Any] = {
                "content": look.content,
                "view": look.view(),
                "allowed_mentions": NOBODY,
            }
            if keep is not None:
                message = await self._message(client, card).fetch()
                changes["attachments"] = [one for one in message.attachments if one.id in keep]
        try:
            await self._change(client, card, changes)
        except ThreadAsleep:
            await self._wake(client, card.channel)
            await self._change(client, card, changes)

    async def _change(self, client: discord.Client, card: Card, changes: dict[str, Any]) -> None:
        with translated(client, card.channel, Act.EDIT):
            await self._message(client, card).edit(**changes)

    async def _wake(self, client: discord.Client, thread: int) -> None:
        with translated(client, thread, Act.EDIT):
            found = await client.fetch_channel(thread)
            if isinstance(found, discord.Thread):
                await found.edit(archived=False)

    async def remove(self, card: Card) -> None:
        """Delete the message; one that is gone already is fine."""
        client = self._client()
        try:
            with translated(client, card.channel, Act.EDIT):
                await self._message(client, card).delete()
        except TargetGone:
            return

    async def react(self, card: Card, emoji: str) -> None:
        client = self._client()
        with translated(client, card.channel, Act.EDIT):
            await self._message(client, card).add_reaction(emoji)

    async def unreact(self, card: Card, emoji: discord.PartialEmoji, user: int) -> None:
        """Take somebody's reaction off, which takes Manage Messages."""
        client = self._client()
        with translated(client, card.channel, Act.EDIT):
            await self._message(client, card).remove_reaction(emoji, discord.Object(user))

    async def write_to(self, user: int, look: Look) -> None:
        """Send a direct message; raise DeliveryError if the person takes none."""
        client = self._client()
        try:
            with translated(client, 0, Act.EDIT):
                place = await client.create_dm(discord.Object(user))
                await place.send(
                    look.content or None,
                    embeds=look.embeds(),
                    files=look.uploads(),
                    allowed_mentions=NOBODY,
                )
        except discord.Forbidden as error:
            if error.code != CLOSED:
                raise
            raise DeliveryError(
                "You take no direct messages from this server.",
                hint="Allow them in Discord's privacy settings, or use the button Params.",
            ) from error

    def _client(self) -> discord.Client:
        client = self._current()
        if client is None or client.is_closed() or client.user is None:
            raise away()
        return client

    def _message(self, client: discord.Client, card: Card) -> discord.PartialMessage:
        return client.get_partial_messageable(card.channel).get_partial_message(card.message)
