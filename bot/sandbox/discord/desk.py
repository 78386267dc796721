"""Keeps every interaction: opens it, watches its deadline and shows its messages to whom they are for."""

import asyncio
import time
from dataclasses import replace

from bot.sandbox.discord.changes import InteractionChanged, InteractionOpened
from bot.sandbox.discord.commands import CommandKind
from bot.sandbox.discord.compose import Composer
from bot.sandbox.discord.drafts import Draft
from bot.sandbox.discord.errors import refusal
from bot.sandbox.discord.interactions import Ack, Interaction, InteractionKind
from bot.sandbox.discord.model import Message, MessageFlag, MessageKind
from bot.sandbox.discord.rules import Rules
from bot.sandbox.discord.world import World


class Desk:
    def __init__(self, world: World, composer: Composer, rules: Rules) -> None:
        self._world = world
        self._composer = composer
        self._rules = rules
        self._by_token: dict[str, Interaction] = {}
        self._deadlines: set[asyncio.TimerHandle] = set()

    def open(self, interaction: Interaction) -> Interaction:
        """Send it to the bot; the clock of the first answer starts now."""
        self._world.interactions[interaction.id] = interaction
        self._by_token[interaction.token] = interaction
        interaction.notify = lambda changed: self._world.publish(InteractionChanged(changed))
        interaction.opened_at = time.monotonic()
        self._world.publish(InteractionOpened(interaction))
        self._watch(interaction)
        return interaction

    def _watch(self, interaction: Interaction) -> None:
        def expire() -> None:
            self._deadlines.discard(handle)
            interaction.fail()

        handle = asyncio.get_running_loop().call_later(self._rules.ack_deadline_s, expire)
        self._deadlines.add(handle)

    def close(self) -> None:
        for handle in self._deadlines:
            handle.cancel()

    def is_late(self, interaction: Interaction) -> bool:
        return time.monotonic() - interaction.opened_at > self._rules.ack_deadline_s

    def by_token(self, application_id: int, token: str) -> Interaction:
        """Give the interaction behind a webhook call, if its token still lives and was acknowledged."""
        interaction = self._by_token.get(token)
        if interaction is None or application_id != self._world.application_id:
            raise refusal(10015)
        if time.monotonic() - interaction.opened_at > self._rules.token_ttl_s:
            raise refusal(50027)
        if not interaction.acknowledged:
            raise refusal(10015)
        return interaction

    def new_message(self, interaction: Interaction, *, ephemeral: bool) -> Message:
        message = Message(
            id=self._world.snowflakes.next(),
            channel=interaction.channel,
            author=self._world.bot,
            kind=_kind_of(interaction),
            by_webhook=True,
            cause=interaction.cause(),
            visible_to=interaction.user if ephemeral else None,
        )
        if ephemeral:
            message.flags |= MessageFlag.EPHEMERAL
        return message

    def compose(self, interaction: Interaction, draft: Draft, *, ephemeral: bool) -> Message:
        message = self.new_message(interaction, ephemeral=ephemeral)
        self._composer.fill(message, draft)
        return message

    def show(self, interaction: Interaction, message: Message) -> None:
        """Public messages go into the channel; ephemeral ones stay with the interaction."""
        if message.ephemeral:
            interaction.private_messages[message.id] = message
        else:
            self._world.post(message)

    def amend(self, interaction: Interaction, message: Message, draft: Draft) -> None:
        """Edit through the token; the first edit after a defer is the answer."""
        self._composer.amend(message, draft)
        message.flags &= ~MessageFlag.LOADING
        self._world.edited(message)
        if message is interaction.original:
            interaction.answer(message)
        interaction.changed()

    def follow_up(self, interaction: Interaction, draft: Draft) -> Message:
        """Another message; the first after a defer becomes the loading message's text."""
        loading = interaction.original
        if interaction.ack is Ack.DEFER and loading is not None and loading.loading and not loading.deleted:
            self._composer.fill(loading, draft)
            loading.flags &= ~MessageFlag.LOADING
            self._world.edited(loading)
            message = loading
        else:
            message = self.compose(interaction, draft, ephemeral=draft.ephemeral)
            if interaction.original is not None and message.cause is not None:
                message.kind = MessageKind.REPLY
                message.cause = replace(message.cause, original_response_id=interaction.original.id)
            interaction.followups.append(message)
            self.show(interaction, message)
        interaction.answer(message)
        interaction.changed()
        return message

    def find(self, interaction: Interaction, name: str) -> Message:
        """Look up a message of this interaction by its id or as `@original`."""
        if name == "@original":
            found = interaction.original
        elif not name.isdigit():
            found = None
        else:
            found = self._own(interaction, int(name))
        if found is None or found.deleted:
            raise refusal(10008)
        return found

    @staticmethod
    def _own(interaction: Interaction, number: int) -> Message | None:
        known = [*interaction.followups, *filter(None, [interaction.original, interaction.source])]
        return next((message for message in known if message.id == number), None)

    def delete(self, interaction: Interaction, message: Message) -> None:
        if message.ephemeral:
            message.deleted = True
            interaction.private_messages.pop(message.id, None)
        else:
            self._world.delete_message(message)
        interaction.changed()


def _kind_of(interaction: Interaction) -> MessageKind:
    if interaction.kind is InteractionKind.COMMAND and interaction.command is not None:
        by_menu = interaction.command.kind is not CommandKind.CHAT_INPUT
        return MessageKind.CONTEXT_MENU_COMMAND if by_menu else MessageKind.CHAT_INPUT_COMMAND
    return MessageKind.REPLY if interaction.source else MessageKind.CHAT_INPUT_COMMAND
