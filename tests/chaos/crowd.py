"""The people of the studio, who ask, ask again and change their minds, whatever befalls the bot."""

import asyncio
import re
from dataclasses import dataclass, field
from random import Random

from bot.sandbox.discord import (
    Change,
    Interaction,
    InteractionChanged,
    Message,
    MessageCreated,
    MessageUpdated,
    NotPossible,
    Person,
    SandboxDiscord,
)
from bot.sandbox.discord.model import Json
from tests.chaos.moments import is_post

PEOPLE = ("artist", "director", "colourist", "animator")
MOST_OPEN = 6
"""With so many jobs open the people wait, so that the end of a run is near when it is left alone."""

JOB = re.compile(r"(?<!<)#(\d+)\b")
ENDED = re.compile(r"\*\*#(\d+)\*\* (?!is being cancelled)")
"""Open jobs stand in titles; bold is only what has come to an end."""
TAKEN_BACK = re.compile(r"#(\d+)\*\* is cancelled")


@dataclass(slots=True)
class Seen:
    """What the people were ever shown: jobs by number."""

    shown: set[int] = field(default_factory=set[int])
    posted: set[int] = field(default_factory=set[int])
    ended: set[int] = field(default_factory=set[int])

    @property
    def open(self) -> int:
        return len(self.shown - self.posted - self.ended)

    def hear(self, change: Change) -> None:
        match change:
            case MessageCreated(message=message) | MessageUpdated(message=message):
                self.read(message)
            case InteractionChanged(interaction=interaction):
                for message in interaction.private_messages.values():
                    self.read(message)
            case _:
                pass

    def read(self, message: Message) -> None:
        if not message.author.bot:
            return
        numbers = {int(number) for number in JOB.findall(message.text)}
        self.shown |= numbers
        self.ended |= {int(number) for number in ENDED.findall(message.text)}
        if is_post(message):
            self.posted |= {int(number) for number in JOB.findall(message.content)[:1]}


def is_cancel(part: Json) -> bool:
    """Tell whether it takes back a single job: `job:<number>:cancel`."""
    return bool(re.fullmatch(r"job:\d+:cancel", part["custom_id"]))


class Crowd:
    """Does something every now and then while the bot is there to hear it."""

    def __init__(self, discord: SandboxDiscord, dice: Random, *, pause_s: float) -> None:
        self._discord = discord
        self._dice = dice
        self._pause_s = pause_s
        self.seen = Seen()
        self.cancels: list[Interaction] = []
        discord.world.listen(self.seen.hear)
        for name in PEOPLE:
            if name not in {user.name for user in discord.world.users.values()}:
                discord.world.add_person(name, discord.world.guild)

    async def live(self) -> None:
        while True:
            await asyncio.sleep(self._dice.uniform(0, 2 * self._pause_s))
            await self._discord.connected(timeout=60)
            who = self._discord.person(self._dice.choice(PEOPLE))
            roll, pick = self._dice.random(), self._dice.random()
            try:
                await self._act(who, roll, pick)
            except NotPossible:
                continue

    async def _act(self, who: Person, roll: float, pick: float) -> None:
        if roll < 0.05:
            await self._cancel(pick)
        elif self.seen.open >= MOST_OPEN:
            return
        elif roll < 0.22 and (post := self._one_of(self._posts(), pick)):
            await who.click(post, "Again")
        elif roll < 0.37 and (post := self._one_of(self._posts(), pick)):
            await who.react(post, "🔁")
        else:
            await self._generate(who, pick)

    async def _generate(self, who: Person, pick: float) -> None:
        channel = self._discord.world.channel("general" if pick < 0.7 else "admin")
        await who.slash(
            "generate",
            channel=channel,
            prompt=f"a heron under paper lanterns, {int(pick * 1e6)}",
            size="64x96",
            steps=2,
            count=2 if pick < 0.3 else 1,
        )

    async def _cancel(self, pick: float) -> None:
        cards = [
            message
            for channel in self._discord.world.channels.values()
            for message in channel.history[-40:]
            if any(is_cancel(part) for part in message.controls)
        ]
        card = self._one_of(cards, pick)
        if card is not None:
            owner = JOB.search(card.text)
            asker = re.search(r"for <@(\d+)>", card.text)
            assert owner, card.text
            by = self._discord.world.users[int(asker[1])] if asker else self._discord.world.user("director")
            self.cancels.append(await self._discord.person(by.name).click(card, "Cancel"))

    def told_cancelled(self) -> set[int]:
        """Return the jobs of which somebody was told that they are cancelled."""
        answers = [answer.text for cancel in self.cancels for answer in cancel.private_messages.values()]
        return {int(found[1]) for answer in answers if (found := TAKEN_BACK.search(answer))}

    def _posts(self) -> list[Message]:
        return [
            message
            for channel in self._discord.world.channels.values()
            for message in channel.history[-60:]
            if is_post(message)
        ]

    @staticmethod
    def _one_of(messages: list[Message], pick: float) -> Message | None:
        return messages[int(pick * len(messages))] if messages else None
