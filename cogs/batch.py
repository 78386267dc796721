"""`/batch`: a whole list drawn as one, a matrix, a night's work."""

from dataclasses import replace
from typing import Any

import discord
from discord import app_commands
from discord.ext import commands

from bot.chat import cards
from bot.chat.answers import say
from bot.chat.axes import batches_here, expressions_here, outfits_here, poses_here, style_lists_here
from bot.chat.batch_acts import ask_for_prompts, propose, propose_file, redraw
from bot.chat.casts import characters_here, projects_here
from bot.chat.desk import Desk
from bot.chat.offers import models_here, sizes_here, styles_here
from bot.chat.pages import batch_page
from bot.chat.people import actor_of
from bot.chat.reception import Reception
from bot.core.batching import BatchKind, Outline, names_in, seeds_in
from bot.core.errors import BadRequest
from bot.core.generation import MAX_COUNT, MAX_PROMPT, GenerationRequest, parse_size
from cogs.options import SIZES, BatchOption
from cogs.unfolding import option, options, unfolded

Prompt = app_commands.Range[str, 1, MAX_PROMPT]
Names = app_commands.Range[str, 1, 1000]

_PROMPT = "What every picture shows"
_FILE = "A text file with one prompt per line; left out, a form asks for them"
_SHEET = "End with a contact sheet of all pictures"
_BATCH = "The batch's number"


@options
class Common:
    """What all drawings of a batch have in common."""

    project: str | None = option(
        "Whose thread it goes to; otherwise this channel's project or the one you use", offers=projects_here
    )
    size: str | None = option(SIZES, offers=sizes_here)
    model: str | None = option("The checkpoint to draw with", offers=models_here)
    count: app_commands.Range[int, 1, MAX_COUNT] | None = option("How many pictures of each")
    negative: Prompt | None = option("What must not be in them, separated by commas")

    def base(
        self, prompt: str = "", *, characters: tuple[str, ...] = (), style: str | None = None
    ) -> GenerationRequest:
        """Return what every drawing is made from; raise BadRequest."""
        return GenerationRequest(
            prompt=prompt,
            project=self.project,
            characters=characters,
            style=style,
            size=None if self.size is None else parse_size(self.size),
            model=self.model,
            count=self.count,
            negative=self.negative,
        )


@options
class Axes:
    """What is combined with what."""

    character: str | None = option("Who is in every picture", offers=characters_here)
    poses: Names | None = option("The character's poses, separated by commas, or all", offers=poses_here)
    expressions: Names | None = option(
        "The character's expressions, separated by commas, or all", offers=expressions_here
    )
    outfits: Names | None = option(
        "The character's outfits, separated by commas, or all", offers=outfits_here
    )
    seeds: Names | None = option("Seeds such as 1, 2, 7 or from one to another as 100-108")
    styles: Names | None = option("Styles of the project, separated by commas", offers=style_lists_here)

    def outline(self, kind: BatchKind, common: Common, prompt: str = "") -> Outline:
        """Return every combination of these, over a prompt or a list of them; raise BadRequest."""
        return Outline(
            kind=kind,
            base=common.base(prompt, characters=names_in(self.character)),
            poses=names_in(self.poses),
            expressions=names_in(self.expressions),
            outfits=names_in(self.outfits),
            seeds=seeds_in(self.seeds),
            styles=names_in(self.styles),
        )


@app_commands.guild_only
class BatchCommands(commands.GroupCog, name="batch", description="Many drawings, planned and watched as one"):
    def __init__(self, desk: Desk, reception: Reception) -> None:
        super().__init__()
        self._desk = desk
        self._reception = reception

    @app_commands.command(description="Draw a list of prompts, one after the other")
    @app_commands.describe(file=_FILE, style="The project's style to draw in", sheet=_SHEET)
    @app_commands.autocomplete(style=styles_here)
    @unfolded
    async def prompts(
        self,
        interaction: discord.Interaction[Any],
        file: discord.Attachment | None = None,
        *,
        style: str | None = None,
        common: Common,
        sheet: bool = False,
    ) -> None:
        outline = Outline(kind=BatchKind.PROMPTS, base=common.base(style=style), ends_with_sheet=sheet)
        await _listed(interaction, outline, file)

    @app_commands.command(description="Draw every combination of poses, expressions, styles and seeds")
    @app_commands.describe(prompt=_PROMPT, sheet=_SHEET)
    @unfolded
    async def matrix(
        self,
        interaction: discord.Interaction[Any],
        prompt: Prompt,
        *,
        axes: Axes,
        common: Common,
        sheet: bool = True,
    ) -> None:
        outline = axes.outline(BatchKind.MATRIX, common, prompt)
        await propose(interaction, replace(outline, ends_with_sheet=sheet))

    @app_commands.command(description="Draw through the night, below everyone's own drawings, with a report")
    @app_commands.describe(file=_FILE, prompt=_PROMPT)
    @unfolded
    async def overnight(
        self,
        interaction: discord.Interaction[Any],
        file: discord.Attachment | None = None,
        prompt: Prompt | None = None,
        *,
        axes: Axes,
        common: Common,
    ) -> None:
        if file is not None and prompt is not None:
            raise BadRequest("Both a `file` and a `prompt` were given.", hint="Choose one of them.")
        outline = axes.outline(BatchKind.OVERNIGHT, common, prompt or "")
        if prompt is not None:
            await propose(interaction, outline)
        else:
            await _listed(interaction, outline, file)

    @app_commands.command(description="How far a batch is; the newest one if none is named")
    @app_commands.describe(batch=_BATCH)
    @app_commands.autocomplete(batch=batches_here)
    async def show(self, interaction: discord.Interaction[Any], batch: BatchOption | None = None) -> None:
        async with self._reception.attend(interaction):
            actor, foreman = actor_of(interaction), self._desk.foreman
            found = await foreman.newest_of(actor) if batch is None else await foreman.batch(batch, actor)
            look = cards.batch_card(await foreman.view(found.id))
        await say(interaction, look, ephemeral=True)

    @app_commands.command(description="Draw again what failed in a batch; of the newest one if none is named")
    @app_commands.describe(batch=_BATCH)
    @app_commands.autocomplete(batch=batches_here)
    async def retry(self, interaction: discord.Interaction[Any], batch: BatchOption | None = None) -> None:
        if batch is None:
            batch = (await self._desk.foreman.newest_of(actor_of(interaction))).id
        await redraw(interaction, batch)

    @app_commands.command(name="list", description="The newest batches")
    async def newest(self, interaction: discord.Interaction[Any]) -> None:
        async with self._reception.attend(interaction):
            look = await batch_page(self._desk, actor_of(interaction))
        await say(interaction, look, ephemeral=True)


async def _listed(
    interaction: discord.Interaction[Any], outline: Outline, file: discord.Attachment | None
) -> None:
    """Take the list from the file, or ask for it."""
    if file is None:
        await ask_for_prompts(interaction, outline)
    else:
        await propose_file(interaction, outline, file)
