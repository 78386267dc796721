"""`/batch`: a whole list drawn as one, a matrix, a night's work."""

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
from bot.core.generation import MAX_COUNT, MAX_PROMPT, Aspect, GenerationRequest, Size, parse_size
from cogs.options import BatchOption

Prompt = app_commands.Range[str, 1, MAX_PROMPT]
Count = app_commands.Range[int, 1, MAX_COUNT]
Names = app_commands.Range[str, 1, 1000]

_SAID = {
    "file": "A text file with one prompt per line; left out, a form asks for them",
    "project": "Whose thread it goes to; otherwise this channel's project or the one you use",
    "style": "The project's style to draw in",
    "size": "square, portrait, landscape, wide, or width x height such as 832x1216",
    "model": "The checkpoint to draw with",
    "count": "How many pictures of each",
    "negative": "What must not be in them, separated by commas",
    "sheet": "End with a contact sheet of all pictures",
    "prompt": "What every picture shows",
    "character": "Who is in every picture",
    "poses": "The character's poses, separated by commas, or all",
    "expressions": "The character's expressions, separated by commas, or all",
    "outfits": "The character's outfits, separated by commas, or all",
    "seeds": "Seeds such as 1, 2, 7 or from one to another as 100-108",
    "styles": "Styles of the project, separated by commas",
}


def _said(*names: str) -> dict[str, str]:
    return {name: _SAID[name] for name in names}


@app_commands.guild_only
class BatchCommands(commands.GroupCog, name="batch", description="Many drawings, planned and watched as one"):
    def __init__(self, desk: Desk, reception: Reception) -> None:
        super().__init__()
        self._desk = desk
        self._reception = reception

    @app_commands.command(description="Draw a list of prompts, one after the other")
    @app_commands.describe(**_said("file", "project", "style", "size", "model", "count", "negative", "sheet"))
    @app_commands.autocomplete(project=projects_here, style=styles_here, size=sizes_here, model=models_here)
    async def prompts(
        self,
        interaction: discord.Interaction[Any],
        file: discord.Attachment | None = None,
        project: str | None = None,
        style: str | None = None,
        size: str | None = None,
        model: str | None = None,
        count: Count | None = None,
        negative: Prompt | None = None,
        sheet: bool = False,  # noqa: FBT001, FBT002 - an option of a slash command
    ) -> None:
        base = GenerationRequest(
            prompt="",
            project=project,
            style=style,
            size=_size(size),
            model=model,
            count=count,
            negative=negative,
        )
        outline = Outline(kind=BatchKind.PROMPTS, base=base, ends_with_sheet=sheet)
        await _listed(interaction, outline, file)

    @app_commands.command(description="Draw every combination of poses, expressions, styles and seeds")
    @app_commands.describe(
        **_said(
            "prompt", "character", "poses", "expressions", "outfits", "seeds", "styles", "project", "size",
            "model", "count", "negative", "sheet",
        )
    )  # fmt: skip
    @app_commands.autocomplete(
        character=characters_here,
        poses=poses_here,
        expressions=expressions_here,
        outfits=outfits_here,
        styles=style_lists_here,
        project=projects_here,
        size=sizes_here,
        model=models_here,
    )
    async def matrix(
        self,
        interaction: discord.Interaction[Any],
        prompt: Prompt,
        character: str | None = None,
        poses: Names | None = None,
        expressions: Names | None = None,
        outfits: Names | None = None,
        seeds: Names | None = None,
        styles: Names | None = None,
        project: str | None = None,
        size: str | None = None,
        model: str | None = None,
        count: Count | None = None,
        negative: Prompt | None = None,
        sheet: bool = True,  # noqa: FBT001, FBT002 - an option of a slash command
    ) -> None:
        outline = Outline(
            kind=BatchKind.MATRIX,
            base=GenerationRequest(
                prompt=prompt,
                characters=names_in(character),
                project=project,
                size=_size(size),
                model=model,
                count=count,
                negative=negative,
            ),
            poses=names_in(poses),
            expressions=names_in(expressions),
            outfits=names_in(outfits),
            seeds=seeds_in(seeds),
            styles=names_in(styles),
            ends_with_sheet=sheet,
        )
        await propose(interaction, outline)

    @app_commands.command(description="Draw through the night, below everyone's own drawings, with a report")
    @app_commands.describe(
        **_said(
            "file", "prompt", "character", "poses", "expressions", "outfits", "seeds", "styles", "project",
            "size", "model", "count", "negative",
        )
    )  # fmt: skip
    @app_commands.autocomplete(
        character=characters_here,
        poses=poses_here,
        expressions=expressions_here,
        outfits=outfits_here,
        styles=style_lists_here,
        project=projects_here,
        size=sizes_here,
        model=models_here,
    )
    async def overnight(
        self,
        interaction: discord.Interaction[Any],
        file: discord.Attachment | None = None,
        prompt: Prompt | None = None,
        character: str | None = None,
        poses: Names | None = None,
        expressions: Names | None = None,
        outfits: Names | None = None,
        seeds: Names | None = None,
        styles: Names | None = None,
        project: str | None = None,
        size: str | None = None,
        model: str | None = None,
        count: Count | None = None,
        negative: Prompt | None = None,
    ) -> None:
        if file is not None and prompt is not None:
            raise BadRequest("Both a `file` and a `prompt` were given.", hint="Choose one of them.")
        outline = Outline(
            kind=BatchKind.OVERNIGHT,
            base=GenerationRequest(
                prompt=prompt or "",
                characters=names_in(character),
                project=project,
                size=_size(size),
                model=model,
                count=count,
                negative=negative,
            ),
            poses=names_in(poses),
            expressions=names_in(expressions),
            outfits=names_in(outfits),
            seeds=seeds_in(seeds),
            styles=names_in(styles),
        )
        if prompt is not None:
            await propose(interaction, outline)
        else:
            await _listed(interaction, outline, file)

    @app_commands.command(description="How far a batch is; the newest one if none is named")
    @app_commands.describe(batch="The batch's number")
    @app_commands.autocomplete(batch=batches_here)
    async def show(self, interaction: discord.Interaction[Any], batch: BatchOption | None = None) -> None:
        async with self._reception.attend(interaction):
            actor, foreman = actor_of(interaction), self._desk.foreman
            found = await foreman.newest_of(actor) if batch is None else await foreman.batch(batch, actor)
            look = cards.batch_card(await foreman.view(found.id))
        await say(interaction, look, ephemeral=True)

    @app_commands.command(description="Draw again what failed in a batch; of the newest one if none is named")
    @app_commands.describe(batch="The batch's number")
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


def _size(text: str | None) -> Size | Aspect | None:
    return None if text is None else parse_size(text)
