"""A small bot on the unmodified discord.py that uses everything the page can show."""

import asyncio
import io
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress

import discord
import pytest
import yarl
from discord import app_commands
from PIL import Image, ImageDraw

from bot.sandbox.discord import SandboxDiscord

SAMPLERS = ("ddim", "dpmpp_2m", "euler", "euler_ancestral")
DONE = discord.Colour(0x57F287)
DRAWING = discord.Colour(0xFEE75C)


def picture(hue: int, size: tuple[int, int] = (208, 304)) -> bytes:
    """A moon over water, in one of 360 colours."""
    width, height = size
    image = Image.new("HSV", size, (hue * 255 // 360, 110, 70))
    draw = ImageDraw.Draw(image)
    draw.rectangle((0, height * 2 // 3, width, height), fill=(hue * 255 // 360, 150, 40))
    draw.ellipse(
        (width // 3, height // 5, width // 3 + width // 4, height // 5 + width // 4), fill=(30, 60, 240)
    )
    out = io.BytesIO()
    image.convert("RGB").save(out, "PNG")
    return out.getvalue()


class EditModal(discord.ui.Modal, title="Edit and draw again"):
    prompt: discord.ui.TextInput = discord.ui.TextInput(
        label="Prompt", default="a heron", style=discord.TextStyle.paragraph, max_length=200
    )
    seed: discord.ui.TextInput = discord.ui.TextInput(label="Seed", required=False, placeholder="any")

    async def on_submit(self, interaction: discord.Interaction) -> None:
        await interaction.response.send_message(f"Again with: {self.prompt.value}", ephemeral=True)


class PostButtons(discord.ui.View):
    def __init__(self) -> None:
        super().__init__(timeout=None)

    @discord.ui.button(label="Again", emoji="🔁", style=discord.ButtonStyle.primary, custom_id="again")
    async def again(self, interaction: discord.Interaction, _: discord.ui.Button) -> None:
        await interaction.response.send_message("#2 is in line.")

    @discord.ui.button(label="Edit", custom_id="edit")
    async def edit(self, interaction: discord.Interaction, _: discord.ui.Button) -> None:
        await interaction.response.send_modal(EditModal())

    @discord.ui.button(label="Silent", custom_id="silent")
    async def silent(self, interaction: discord.Interaction, _: discord.ui.Button) -> None:
        """Never answers."""

    @discord.ui.button(label="Sold out", disabled=True, style=discord.ButtonStyle.danger, custom_id="off")
    async def off(self, interaction: discord.Interaction, _: discord.ui.Button) -> None: ...

    @discord.ui.select(
        placeholder="Picture",
        custom_id="which",
        options=[discord.SelectOption(label=f"Picture {n}", value=str(n)) for n in (1, 2)],
    )
    async def which(self, interaction: discord.Interaction, select: discord.ui.Select) -> None:
        await interaction.response.send_message(f"Picture {select.values[0]} it is.", ephemeral=True)

    @discord.ui.select(
        placeholder="Reasons",
        custom_id="why",
        max_values=2,
        options=[discord.SelectOption(label=why, value=why) for why in ("pose", "style", "quality")],
    )
    async def why(self, interaction: discord.Interaction, select: discord.ui.Select) -> None:
        await interaction.response.send_message(f"Because of {' and '.join(select.values)}.", ephemeral=True)


class StudioBot(discord.Client):
    def __init__(self) -> None:
        intents = discord.Intents(guilds=True, guild_messages=True, guild_reactions=True)
        super().__init__(
            intents=intents, guild_ready_timeout=0.05, allowed_mentions=discord.AllowedMentions.none()
        )
        self.tree = app_commands.CommandTree(self)
        self.references: list[tuple[str, bytes]] = []
        self.galleries: list[str] = []
        self.may_finish = asyncio.Event()
        self.may_finish.set()
        self.may_suggest = asyncio.Event()
        self.may_suggest.set()

    async def setup_hook(self) -> None:
        self.add_view(PostButtons())
        for command in (generate, queue, settings, silent, blame):
            self.tree.add_command(command)
        await self.tree.sync()

    async def on_raw_reaction_add(self, payload: discord.RawReactionActionEvent) -> None:
        if self.user is not None and payload.user_id != self.user.id:
            channel = self.get_partial_messageable(payload.channel_id, guild_id=payload.guild_id)
            await channel.get_partial_message(payload.message_id).reply(f"Saw {payload.emoji}.")


@app_commands.command(description="Draw a picture and post it into the gallery")
@app_commands.describe(
    prompt="What to draw, in plain words or tags",
    count="How many pictures",
    model="The checkpoint that draws",
    sampler="How the noise is taken away",
    reference="A picture to start from",
)
@app_commands.choices(sampler=[app_commands.Choice(name=name, value=name) for name in SAMPLERS])
async def generate(
    interaction: discord.Interaction,
    prompt: app_commands.Range[str, 1, 300],
    count: app_commands.Range[int, 1, 8] = 1,
    model: str = "any model",
    sampler: str = "euler",
    reference: discord.Attachment | None = None,
) -> None:
    bot = interaction.client
    assert isinstance(bot, StudioBot)
    if prompt == "nothing":
        await interaction.response.send_message(
            "There is nothing to draw.\n-# No job was queued.", ephemeral=True
        )
        return
    await interaction.response.defer()
    if reference is not None:
        bot.references.append((reference.filename, await reference.read()))
    title = discord.utils.escape_markdown(f"#1 · {prompt}")
    embed = discord.Embed(title=title, description="▰▰▰▱▱▱▱▱▱▱ 31 % · sampling 8/25", colour=DRAWING)
    preview = discord.File(io.BytesIO(picture(200)), "preview.png")
    embed.set_image(url="attachment://preview.png")
    card = await interaction.edit_original_response(embed=embed, attachments=[preview])
    await bot.may_finish.wait()
    gallery = discord.utils.get(interaction.guild.text_channels, name="gallery")
    files = [
        discord.File(io.BytesIO(picture(40 * n)), f"1-{n}.png", description=f"{prompt}, picture {n}")
        for n in range(1, count + 1)
    ]
    words = f"**#1** {discord.utils.escape_markdown(prompt)}\n-# by {interaction.user.mention} · {model} · {sampler} · ×{count}"
    post = await gallery.send(words, files=files, view=PostButtons())
    done = discord.Embed(description=f"**#1** is done in 14.2 s → {post.jump_url}", colour=DONE)
    await card.edit(embed=done, attachments=[])


@generate.autocomplete("model")
async def complete_model(interaction: discord.Interaction, current: str) -> list[app_commands.Choice[str]]:
    await interaction.client.may_suggest.wait()
    names = [f"checkpoint-{n:02}" for n in range(1, 41)] + ["waiIllustriousSDXL"]
    return [app_commands.Choice(name=name, value=name) for name in names if current.lower() in name.lower()][
        :25
    ]


queue = app_commands.Group(name="queue", description="The line of drawings")


@queue.command(name="show", description="What is drawn now and what waits")
async def show_queue(interaction: discord.Interaction) -> None:
    await interaction.response.send_message("The line is empty.", ephemeral=True)


settings = app_commands.Group(
    name="settings", description="This server", default_permissions=discord.Permissions(manage_guild=True)
)


@settings.command(name="gallery", description="Where pictures go")
async def set_gallery(interaction: discord.Interaction, channel: discord.TextChannel) -> None:
    interaction.client.galleries.append(channel.name)
    await interaction.response.send_message(f"Pictures go to {channel.mention} from now on.")


@app_commands.command(name="silent", description="Never answers")
async def silent(interaction: discord.Interaction) -> None: ...


@app_commands.context_menu(name="Who drew this")
async def blame(interaction: discord.Interaction, message: discord.Message) -> None:
    await interaction.response.send_message(f"{message.author.name} did.", ephemeral=True)


@asynccontextmanager
async def running(sandbox: SandboxDiscord, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[StudioBot]:
    monkeypatch.setattr(discord.http.Route, "BASE", sandbox.api_url)
    monkeypatch.setattr(discord.gateway.DiscordWebSocket, "DEFAULT_GATEWAY", yarl.URL(sandbox.gateway_url))
    async with StudioBot() as bot:
        running_bot = asyncio.create_task(bot.start(sandbox.token))
        await sandbox.synced()
        await bot.wait_until_ready()
        try:
            yield bot
        finally:
            running_bot.cancel()
            with suppress(asyncio.CancelledError):
                await running_bot
