"""A small bot on the unmodified discord.py, which uses every part of it that the sandbox must satisfy."""

import asyncio
import io
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from typing import Self

import discord
import pytest
import yarl
from discord import app_commands

from bot.sandbox.discord import SandboxDiscord


class AgainButton(
    discord.ui.DynamicItem[discord.ui.Button[discord.ui.View]], template=r"job:(?P<job>\d+):again"
):
    def __init__(self, job: int) -> None:
        super().__init__(discord.ui.Button(label="Again", custom_id=f"job:{job}:again"))
        self.job = job

    @classmethod
    async def from_custom_id(
        cls, interaction: discord.Interaction, item: discord.ui.Item, match: re.Match[str]
    ) -> Self:
        return cls(int(match["job"]))

    async def callback(self, interaction: discord.Interaction) -> None:
        await interaction.response.send_message(f"job {self.job} again", ephemeral=True)


class Note(discord.ui.Modal, title="A note"):
    text: discord.ui.TextInput = discord.ui.TextInput(label="Text", custom_id="text")

    async def on_submit(self, interaction: discord.Interaction) -> None:
        await interaction.response.send_message(f"noted: {self.text.value}")


class LibraryBot(discord.Client):
    def __init__(self) -> None:
        intents = discord.Intents(guilds=True, guild_messages=True, guild_reactions=True)
        super().__init__(
            intents=intents, guild_ready_timeout=0.05, allowed_mentions=discord.AllowedMentions.none()
        )
        self.tree = app_commands.CommandTree(self)
        self.readies = 0
        self.resumes = 0

    async def setup_hook(self) -> None:
        self.add_dynamic_items(AgainButton)
        for command in (generate, note, queue):
            self.tree.add_command(command)
        await self.tree.sync()

    async def before_identify_hook(self, shard_id: int | None, *, initial: bool = False) -> None:
        """A second identify need not wait five seconds here."""

    async def on_ready(self) -> None:
        self.readies += 1

    async def on_resumed(self) -> None:
        self.resumes += 1

    async def on_raw_reaction_add(self, payload: discord.RawReactionActionEvent) -> None:
        if self.user is not None and payload.user_id != self.user.id:
            channel = self.get_partial_messageable(payload.channel_id, guild_id=payload.guild_id)
            await channel.get_partial_message(payload.message_id).reply(f"saw {payload.emoji}")


@app_commands.command(description="Draws.")
async def generate(
    interaction: discord.Interaction,
    prompt: str,
    count: app_commands.Range[int, 1, 8] = 1,
    model: str = "any",
    reference: discord.Attachment | None = None,
) -> None:
    await interaction.response.defer()
    if reference is not None:
        assert await reference.read() == b"sketch"
    view = discord.ui.View(timeout=None).add_item(AgainButton(7))
    message = await interaction.edit_original_response(content=f"{prompt} ×{count} with {model}", view=view)
    channel = interaction.client.get_partial_messageable(message.channel.id, guild_id=interaction.guild_id)
    for step in range(3):
        await channel.get_partial_message(message.id).edit(content=f"{prompt} {step}/2")
    picture = discord.File(io.BytesIO(b"png"), "heron at dawn.png", description=prompt)
    embed = discord.Embed(title="Done").set_image(url=f"attachment://{picture.filename.replace(' ', '_')}")
    await channel.send("here it is", file=picture, embed=embed)


@generate.autocomplete("model")
async def complete_model(interaction: discord.Interaction, current: str) -> list[app_commands.Choice[str]]:
    return [app_commands.Choice(name=name, value=name) for name in ("anime", "ink") if current in name]


@app_commands.command(description="Takes a note.")
async def note(interaction: discord.Interaction) -> None:
    await interaction.response.send_modal(Note())


queue = app_commands.Group(name="queue", description="The queue.")


@queue.command(name="show", description="Shows it.")
async def show_queue(interaction: discord.Interaction) -> None:
    await interaction.response.send_message("empty", ephemeral=True)


@asynccontextmanager
async def running(sandbox: SandboxDiscord, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[LibraryBot]:
    """The bot, started and ready; stopped the way that closes its session with 1000."""
    monkeypatch.setattr(discord.http.Route, "BASE", sandbox.api_url)
    monkeypatch.setattr(discord.gateway.DiscordWebSocket, "DEFAULT_GATEWAY", yarl.URL(sandbox.gateway_url))
    async with LibraryBot() as bot:
        running_bot = asyncio.create_task(bot.start(sandbox.token))
        await sandbox.synced()
        await bot.wait_until_ready()
        try:
            yield bot
        finally:
            running_bot.cancel()
            with suppress(asyncio.CancelledError):
                await running_bot
