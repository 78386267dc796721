"""One interaction from the person's press to the last follow-up, as the person sees it."""

import asyncio
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from enum import IntEnum

from bot.sandbox.discord.commands import Choice, Command
from bot.sandbox.discord.model import Cause, Channel, Json, Message, User
from bot.sandbox.patience import PATIENCE_S

DID_NOT_RESPOND = "The application did not respond"


class InteractionKind(IntEnum):
    COMMAND = 2
    COMPONENT = 3
    AUTOCOMPLETE = 4
    MODAL_SUBMIT = 5


class Ack(IntEnum):
    MESSAGE = 4
    DEFER = 5
    DEFER_UPDATE = 6
    UPDATE = 7
    CHOICES = 8
    MODAL = 9


class Unanswered(Exception):
    """The bot did not answer, or not in time."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Modal:
    custom_id: str
    title: str
    components: tuple[Json, ...]

    @property
    def inputs(self) -> list[Json]:
        """The fields to fill in, wherever they are nested."""
        found: list[Json] = []
        for part in self.components:
            nested: list[Json] = [*part.get("components", ())] + [
                part[key] for key in ("component",) if key in part
            ]
            found += [field for field in nested if "custom_id" in field]
        return found


def _nobody(_: "Interaction") -> None:
    return


@dataclass(slots=True, kw_only=True, eq=False)
class Interaction:
    id: int
    token: str
    kind: InteractionKind
    user: User
    channel: Channel = field(repr=False)
    data: Json
    command: Command | None = field(default=None, repr=False)
    source: Message | None = field(default=None, repr=False)
    before: "Interaction | None" = field(default=None, repr=False)

    ack: Ack | None = None
    ephemeral: bool = False
    modal: Modal | None = None
    choices: list[Choice] | None = None
    failed: str | None = None
    original: Message | None = None
    followups: list[Message] = field(default_factory=list[Message])
    private_messages: dict[int, Message] = field(default_factory=dict[int, Message], repr=False)

    opened_at: float = field(default_factory=time.monotonic)
    acked_at: float | None = None
    answered_at: float | None = None
    notify: "Callable[[Interaction], None]" = field(default=_nobody, repr=False)
    _answer: Message | None = field(default=None, repr=False)
    _moved: asyncio.Event = field(default_factory=asyncio.Event, repr=False)

    @property
    def acknowledged(self) -> bool:
        return self.ack is not None

    @property
    def deferred(self) -> bool:
        return self.ack in {Ack.DEFER, Ack.DEFER_UPDATE} and self._answer is None

    @property
    def response(self) -> Message | None:
        """The message that answers, as the person sees it now; a loading one after a defer."""
        return self.original

    @property
    def from_component(self) -> bool:
        """Whether there is a message that its answer may update."""
        return self.source is not None and self.kind in {
            InteractionKind.COMPONENT,
            InteractionKind.MODAL_SUBMIT,
        }

    def cause(self) -> Cause:
        return Cause(
            interaction_id=self.id,
            kind=self.kind,
            user=self.user,
            command_name=self.data.get("name"),
            interacted_message_id=self.source.id
            if self.source and self.kind is InteractionKind.COMPONENT
            else None,
            target_message_id=int(self.data["target_id"]) if "target_id" in self.data else None,
            before=self.before.cause() if self.before and self.kind is InteractionKind.MODAL_SUBMIT else None,
        )

    def acknowledge(self, ack: Ack, *, ephemeral: bool = False) -> None:
        self.ack, self.ephemeral, self.acked_at = ack, ephemeral, time.monotonic()

    def answer(self, message: Message) -> None:
        """Give the first real message is what `answered()` waits for."""
        if self._answer is None:
            self._answer, self.answered_at = message, time.monotonic()

    def fail(self) -> None:
        if self.ack is None:
            self.failed = DID_NOT_RESPOND
            self.changed()

    def changed(self) -> None:
        self._moved.set()
        self._moved = asyncio.Event()
        self.notify(self)

    async def acked(self, timeout: float = PATIENCE_S) -> Ack:  # noqa: ASYNC109 - the callers wait, with their own patience
        await self._until(lambda: self.acknowledged, timeout)
        return self.ack or Ack.MESSAGE

    async def answered(self, timeout: float = PATIENCE_S) -> Message:  # noqa: ASYNC109 - the callers wait, with their own patience
        """Give the first real message: after a defer, the one that the loading message became."""
        await self._until(lambda: self._answer is not None, timeout)
        if self._answer is None:
            raise Unanswered(DID_NOT_RESPOND)
        return self._answer

    async def modal_shown(self, timeout: float = PATIENCE_S) -> Modal:  # noqa: ASYNC109 - the callers wait, with their own patience
        await self._until(lambda: self.modal is not None, timeout)
        if self.modal is None:
            raise Unanswered(DID_NOT_RESPOND)
        return self.modal

    async def choices_given(self, timeout: float = PATIENCE_S) -> list[Choice]:  # noqa: ASYNC109 - the callers wait, with their own patience
        await self._until(lambda: self.choices is not None, timeout)
        return self.choices or []

    async def followed_up(self, count: int = 1, timeout: float = PATIENCE_S) -> list[Message]:  # noqa: ASYNC109 - the callers wait, with their own patience
        """At least so many follow-up messages."""
        await self._until(lambda: len(self.followups) >= count, timeout)
        return self.followups

    async def _until(self, arrived: Callable[[], bool], timeout: float) -> None:  # noqa: ASYNC109 - the callers wait, with their own patience
        async with asyncio.timeout(timeout):
            while not arrived():
                if self.failed is not None:
                    raise Unanswered(self.failed)
                await self._moved.wait()
