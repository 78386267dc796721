"""One small story, told to a bot that breaks at a chosen point: a gallery is chosen, two pictures are drawn."""

import asyncio
from collections.abc import Coroutine
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bot.sandbox.comfyui import SandboxComfyUI
from bot.sandbox.discord import Channel, Rules, SandboxDiscord, Unanswered
from bot.sandbox.patience import PATIENCE_S
from tests.chaos.breaking import VARIABLE, Break, Way, mark_of
from tests.chaos.cradle import Cradle, Life
from tests.chaos.crowd import Seen
from tests.chaos.stage import environment
from tests.chaos.verdict import Verdict, is_settled, verdict


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """`broke` tells whether the point was reached at all; `lives` how many the story took."""

    broke: bool
    lives: int
    verdict: Verdict


class Story:
    def __init__(
        self, discord: SandboxDiscord, comfy: SandboxComfyUI, cradle: Cradle, data: Path, planned: Break
    ) -> None:
        self._discord = discord
        self._comfy = comfy
        self._cradle = cradle
        self._data = data
        self._planned = planned
        self._life: Life | None = None
        self._lives = 0
        self._known = 0
        self._seen = Seen()
        discord.world.listen(self._seen.hear)

    async def tell(self) -> Outcome:
        async with asyncio.timeout(PATIENCE_S):
            await self._ask("settings gallery", channel=self._discord.world.channel("gallery"))
            await self._ask("generate", prompt="a heron under lanterns", size="64x96", steps=1, count=2)
            while not is_settled(self._data):
                await self._alive()
                await asyncio.sleep(0.02)
            await self._leave()
        return Outcome(broke=mark_of(self._data).exists(), lives=self._lives, verdict=self._judge())

    async def _ask(self, command: str, **options: str | int | Channel) -> None:
        """Have the director ask until there is an answer, as a person would."""
        general = self._discord.world.channel("general")
        answered = False
        while not answered:
            life = await self._alive()
            if await _while_it_lives(life, self._discord.synced(timeout=PATIENCE_S)):
                director = self._discord.person("director")
                asked = await director.slash(command, channel=general, options=options)
                answered = await _while_it_lives(life, asked.answered(PATIENCE_S))

    async def _alive(self) -> Life:
        """Return a living bot; the first is the one that breaks."""
        if self._life is None or self._life.is_over:
            self._known = self._discord.gateway.identifies
            told = {VARIABLE: str(self._planned)} if self._life is None else {}
            self._life = await self._cradle.bear(
                **environment(self._discord, self._comfy, self._data), **told
            )
            self._lives += 1
        return self._life

    async def _leave(self) -> None:
        """Ask the bot to leave; one that breaks while it does is started and asked again."""
        code = None
        while code != 0:
            life = await self._alive()
            await _while_it_lives(life, self._identified())
            life.ask_to_leave()
            code = await asyncio.shield(life.ended)

    async def _identified(self) -> None:
        """Wait until this life is known to Discord: by then it hears that it is asked."""
        await self._discord.wait_for(
            lambda _: self._discord.gateway.identifies > self._known, timeout=PATIENCE_S
        )

    def _judge(self) -> Verdict:
        return verdict(
            self._discord,
            self._comfy,
            self._data,
            seen=self._seen,
            told=set(),
            deaths=(),
            may_fail=self._planned.way is Way.RAISE,
        )


async def _while_it_lives(life: Life, awaited: Coroutine[Any, Any, object]) -> bool:
    """Tell whether it came about, and not the death of the bot or an answer of Discord's own."""
    task = asyncio.create_task(awaited)
    await asyncio.wait({task, life.ended}, return_when=asyncio.FIRST_COMPLETED)
    if task.done():
        return not isinstance(task.exception(), Unanswered)
    task.cancel()
    await asyncio.wait({task})
    return False


async def tell(folder: Path, cradle: Cradle, planned: Break) -> Outcome:
    rules = Rules(resume_window_s=0.2).without_rate_limits()
    async with SandboxDiscord(rules=rules) as discord, SandboxComfyUI(previews=False) as comfy:
        try:
            return await Story(discord, comfy, cradle, folder, planned).tell()
        finally:
            await cradle.end()
