"""The whole studio in one process: the real bot between a sandbox Discord and a sandbox ComfyUI."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path

from PIL import Image

from bot.app import App, open_app
from bot.chat.wire import Wire
from bot.core.job import Job, JobState
from bot.ports.stores import Entry
from bot.sandbox.comfyui import SandboxComfyUI
from bot.sandbox.discord import (
    Attachment,
    Channel,
    Interaction,
    InteractionOpened,
    Message,
    Person,
    SandboxDiscord,
)
from bot.sandbox.patience import PATIENCE_S
from bot.settings import Settings


@dataclass(slots=True)
class Life:
    """One run of the bot's process."""

    app: App
    stop: asyncio.Event


class Studio:
    def __init__(self, discord: SandboxDiscord, comfy: SandboxComfyUI, settings: Settings) -> None:
        self.discord = discord
        self.comfy = comfy
        self.settings = settings
        self._life: Life | None = None
        self._opened: asyncio.Task[None] | None = None

    # ── people and places

    @property
    def artist(self) -> Person:
        return self.discord.person("artist")

    @property
    def director(self) -> Person:
        return self.discord.person("director")

    @property
    def general(self) -> Channel:
        return self.discord.world.channel("general")

    @property
    def app(self) -> App:
        assert self._life is not None, "the bot does not run"
        return self._life.app

    # ── what people do

    async def generate(
        self, text: str = "prompt:a heron", *, by: Person | None = None, **more: object
    ) -> Interaction:
        return await self.command(f"/generate {text}", by=by, **more)

    async def command(
        self, text: str, *, by: Person | None = None, channel: Channel | None = None, **more: object
    ) -> Interaction:
        return await (by or self.artist).slash(text, channel=channel or self.general, **more)

    async def answer(self, text: str, **more: object) -> Message:
        """Say a command and return the answer."""
        return await (await self.command(text, **more)).answered(PATIENCE_S)

    async def drawn(self, text: str = "prompt:a heron", **more: object) -> tuple[Job, Message]:
        """Have something drawn; return the job and the message with its pictures."""
        job = await self.job_of(await self.generate(text, **more))
        job = await self.ended(job.id)
        assert job.state is JobState.DELIVERED, job.failure
        return job, self.post_of(job)

    # ── what can be seen of it

    async def job_of(self, interaction: Interaction) -> Job:
        await interaction.answered(PATIENCE_S)
        jobs = await self.app.stores.jobs.in_states(*JobState)
        return next(job for job in jobs if job.origin.key == str(interaction.id))

    async def jobs(self) -> list[Job]:
        return await self.app.stores.jobs.in_states(*JobState)

    async def ended(self, job: int) -> Job:
        return await self.until(job, *(state for state in JobState if state.is_end))

    async def until(self, job: int, *states: JobState) -> Job:
        """Wait until the job is in one of these states."""
        with self.app.studio.feed.listen() as news:
            async with asyncio.timeout(PATIENCE_S):
                while (seen := await self.app.stores.jobs.get(job)).state not in states:
                    async for _ in news:
                        break
                return seen

    def message(self, channel: int, message: int) -> Message:
        return next(one for one in self.discord.world.channels[channel].history if one.id == message)

    def post_of(self, job: Job) -> Message:
        assert job.post is not None
        return self.message(job.post.channel, job.post.message)

    def messages(self) -> list[Message]:
        return [message for channel in self.discord.world.channels.values() for message in channel.history]

    def posts(self) -> list[Message]:
        """Return the messages with finished pictures; a card may have one that is unfinished."""
        return [one for one in self.messages() if any("genga-" in file.filename for file in one.attachments)]

    async def card_says(self, interaction: Interaction, words: str) -> Message:
        """Wait until the card that answered says this."""
        card = await interaction.answered(PATIENCE_S)
        return await self.discord.wait_for(lambda _: card if words in card.text else None, timeout=PATIENCE_S)

    async def said(self, words: str) -> Message:
        """Wait until some message says this."""
        return await self.discord.wait_for(
            lambda _: next((message for message in self.messages() if words in message.text), None),
            timeout=PATIENCE_S,
        )

    async def pause(self) -> None:
        await self.answer("/queue pause", by=self.director)

    async def next_job(self, number: int, *, with_card: bool = True) -> int:
        """Wait until there is a job of that number, with a card, and return the number."""
        async with asyncio.timeout(PATIENCE_S):
            with self.app.studio.feed.listen() as news:
                while number not in {job.id for job in await self.jobs() if job.card or not with_card}:
                    async for _ in news:
                        break
        return number

    async def journal_has(self, count: int) -> list[Entry]:
        """Wait until so many things were written down since the start, oldest first."""
        async with asyncio.timeout(PATIENCE_S):
            while len(kept := await self.app.stores.journal.newest(limit=100)) < count:  # noqa: ASYNC110 - the journal rings no bell
                await asyncio.sleep(0.01)
        return kept[::-1]

    @property
    def guilds(self) -> int:
        """How many servers the bot knows that it is in."""
        assert self.app._client is not None
        return len(self.app._client.guilds)

    def a_message_with_button(self, custom_id: str) -> Message:
        """Return a message of the bot's from some other time."""
        message = self.discord.world.write(self.general, self.discord.world.bot, "from another version")
        button = {"type": 2, "id": 2, "style": 2, "label": custom_id, "custom_id": custom_id}
        message.components = [{"type": 1, "id": 1, "components": [button]}]
        return message

    def deliver_again(self, interaction: Interaction) -> None:
        """Have the gateway repeat an interaction, as it may after a resume."""
        self.discord.world.publish(InteractionOpened(interaction))

    # ── the bot's lives

    async def open(self) -> None:
        stop = asyncio.Event()
        self._opened = asyncio.create_task(self._live(stop))
        there = asyncio.create_task(self.discord.synced(timeout=PATIENCE_S))
        await asyncio.wait({there, self._opened}, return_when=asyncio.FIRST_COMPLETED)
        if self._opened.done():
            there.cancel()
            await self._opened
        await there

    async def _live(self, stop: asyncio.Event) -> None:
        wire = Wire(
            api_url=self.discord.api_url, gateway_url=self.discord.gateway_url, guild_ready_timeout=0.05
        )
        async with open_app(self.settings, wire=wire) as app:
            self._life = Life(app=app, stop=stop)
            await app.run(stop)

    async def leave(self) -> None:
        """Stop as on SIGTERM."""
        assert self._life is not None
        assert self._opened is not None
        self._life.stop.set()
        await self._opened

    async def ending(self) -> None:
        """Wait for the bot to end by itself; raise what it died of."""
        assert self._opened is not None
        await self._opened

    async def restart(self) -> None:
        await self.leave()
        await self.open()


@asynccontextmanager
async def open_studio(
    discord: SandboxDiscord, comfy: SandboxComfyUI, data: Path, **more: object
) -> AsyncIterator[Studio]:
    studio = Studio(discord, comfy, settings_for(discord, comfy, data, **more))
    await studio.open()
    try:
        yield studio
    finally:
        await studio.leave()


def settings_for(discord: SandboxDiscord, comfy: SandboxComfyUI, data: Path, **more: object) -> Settings:
    wanted: dict[str, object] = {
        "discord_token": discord.token,
        "discord_guild_ids": (),
        "discord_api_url": discord.api_url,
        "discord_gateway_url": discord.gateway_url,
        "comfyui_url": comfy.url,
        "data_dir": data,
        "min_free_disk_mib": 0,
    }
    return Settings.load(**{**wanted, **more})


def picture_in(attachment: Attachment) -> Image.Image:
    """Decode the attachment whole."""
    with Image.open(BytesIO(attachment.data)) as image:
        image.load()
        return image.copy()


def a_png(width: int = 96, height: int = 64) -> bytes:
    out = BytesIO()
    Image.effect_noise((width, height), 60).convert("RGB").save(out, "PNG")
    return out.getvalue()
