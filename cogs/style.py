"""`/style`: how a project draws, with every change kept."""

from typing import Any

import discord
from discord import app_commands
from discord.ext import commands

from bot.chat import cards
from bot.chat.answers import Announced, say
from bot.chat.casts import jobs_here, loras_here, project_meant, projects_here
from bot.chat.desk import Desk
from bot.chat.look import Look
from bot.chat.offers import (
    fields_of_style_here,
    loras_of_style_here,
    models_here,
    samplers_here,
    schedulers_here,
    sizes_here,
    styles_here,
)
from bot.chat.people import actor_of
from bot.chat.reception import Reception
from bot.core.errors import BadRequest
from bot.core.generation import parse_size
from bot.core.library import MAX_NAME
from bot.core.styles import StyleSheet
from bot.core.styling import EMPTY, MOST_TEMPLATE, StyleField, changed, style_field
from bot.studio.styles import MOST_WHY
from cogs.options import SIZES, Cfg, JobOption, Steps, Strength, loras_of
from cogs.unfolding import option, options, unfolded

Name = app_commands.Range[str, 1, MAX_NAME]
Why = app_commands.Range[str, 1, MOST_WHY]
Words = app_commands.Range[str, 1, MOST_TEMPLATE]

_PROJECT = "Whose style; otherwise this channel's project or the one you use"
_STYLE = "The style"


@options
class SheetOptions:
    """What a style says, as somebody writes it in Discord."""

    model: str | None = option("The checkpoint to draw with", offers=models_here)
    sampler: str | None = option("ComfyUI's sampler", offers=samplers_here)
    scheduler: str | None = option("ComfyUI's scheduler", offers=schedulers_here)
    steps: Steps | None = option("More steps take longer and settle the details")
    cfg: Cfg | None = option("How strictly the prompt is followed")
    size: str | None = option(SIZES, offers=sizes_here)
    positive: Words | None = option(
        "Words for every prompt, which goes where {prompt} stands, or else before them"
    )
    negative: Words | None = option("What must not be in it, separated by commas")
    lora: str | None = option("A LoRA to draw with; more can be added with /style edit", offers=loras_here)
    lora_strength: Strength | None = option("How strongly the LoRA counts; 1 if left out")

    def sheet(self) -> StyleSheet:
        """Return what is said; raise BadRequest."""
        return StyleSheet(
            model=self.model,
            sampler=self.sampler,
            scheduler=self.scheduler,
            steps=self.steps,
            cfg=self.cfg,
            size=parse_size(self.size) if self.size is not None else None,
            positive=self.positive or "",
            negative=self.negative or "",
            loras=loras_of(self.lora, self.lora_strength),
        )


@app_commands.guild_only
class StyleCommands(commands.GroupCog, name="style", description="How a project draws"):
    def __init__(self, desk: Desk, reception: Reception) -> None:
        super().__init__()
        self._desk = desk
        self._reception = reception

    @app_commands.command(description="Make a style, from options or from how a job was drawn")
    @app_commands.describe(
        name="What it is called",
        from_job="Take over how this job was drawn; options count more",
        why="What it is for",
        project=_PROJECT,
    )
    @app_commands.autocomplete(project=projects_here, from_job=jobs_here)
    @unfolded
    async def create(
        self,
        interaction: discord.Interaction[Any],
        name: Name,
        from_job: JobOption | None = None,
        *,
        said: SheetOptions,
        why: Why | None = None,
        project: str | None = None,
    ) -> None:
        own = said.sheet()
        actor = actor_of(interaction)
        async with self._reception.attend(interaction, Announced.TO_ALL):
            home = await project_meant(interaction, project)
            sheet = changed(await self._drawn(interaction, from_job), own)
            reason = why or (f"as #{from_job} was drawn" if from_job is not None else "")
            style = await self._desk.styles.create(name, sheet, project=home, actor=actor, why=reason)
        await say(interaction, cards.style_created(style, home))

    async def _drawn(self, interaction: discord.Interaction[Any], job_id: int | None) -> StyleSheet:
        if job_id is None:
            return EMPTY
        job = await self._desk.control.job(job_id, actor_of(interaction))
        return await self._desk.styles.sheet_from(job)

    @app_commands.command(name="list", description="The styles of a project")
    @app_commands.describe(project=_PROJECT)
    @app_commands.autocomplete(project=projects_here)
    async def every(self, interaction: discord.Interaction[Any], project: str | None = None) -> None:
        async with self._reception.attend(interaction):
            home = await project_meant(interaction, project)
            styles = await self._desk.styles.of_project(home)
        await say(interaction, cards.style_list(home, styles), ephemeral=True)

    @app_commands.command(description="All that a style says")
    @app_commands.describe(style=_STYLE, project=_PROJECT)
    @app_commands.autocomplete(style=styles_here, project=projects_here)
    async def show(
        self, interaction: discord.Interaction[Any], style: str, project: str | None = None
    ) -> None:
        async with self._reception.attend(interaction):
            home = await project_meant(interaction, project)
            found = await self._desk.styles.named(style, home)
        await say(interaction, cards.style_card(found, home), ephemeral=True)

    @app_commands.command(description="Change a style; without an option, what can be changed is shown")
    @app_commands.describe(
        style=_STYLE,
        why="Why it is changed; kept in its history",
        name="Another name",
        lora="A LoRA to add, or one of the style's to give another strength",
        remove_lora="One of the style's LoRAs to take away",
        clear="What is to be taken away, several with commas between them",
        project=_PROJECT,
    )
    @app_commands.autocomplete(
        style=styles_here,
        project=projects_here,
        remove_lora=loras_of_style_here,
        clear=fields_of_style_here,
    )
    @unfolded
    async def edit(
        self,
        interaction: discord.Interaction[Any],
        style: str,
        why: Why | None = None,
        name: Name | None = None,
        *,
        said: SheetOptions,
        remove_lora: str | None = None,
        clear: str | None = None,
        project: str | None = None,
    ) -> None:
        own = said.sheet()
        async with self._reception.attend(interaction):
            home = await project_meant(interaction, project)
            before = await self._desk.styles.named(style, home)
            if (own, name, remove_lora, clear) == (EMPTY, None, None, None):
                look: Look = cards.style_choices(before)
            else:
                after, changes = await self._desk.styles.edit(
                    before,
                    own,
                    actor=actor_of(interaction),
                    why=_reason(why),
                    clear=_fields(clear),
                    without_lora=remove_lora,
                    name=name,
                )
                look = cards.style_edited(before, after, changes)
        await say(interaction, look, ephemeral=True)

    @app_commands.command(description="Let a project draw in a style wherever none is named")
    @app_commands.describe(style="The style; left out, the project draws in none", project=_PROJECT)
    @app_commands.autocomplete(style=styles_here, project=projects_here)
    async def use(
        self, interaction: discord.Interaction[Any], style: str | None = None, project: str | None = None
    ) -> None:
        async with self._reception.attend(interaction, Announced.TO_ALL):
            home = await project_meant(interaction, project)
            chosen = await self._desk.styles.named(style, home) if style is not None else None
            home = await self._desk.styles.use(chosen, home, actor_of(interaction))
        await say(interaction, cards.style_used(chosen, home))

    @app_commands.command(description="Who changed what of a style, when and why; changes can be taken back")
    @app_commands.describe(style=_STYLE, project=_PROJECT)
    @app_commands.autocomplete(style=styles_here, project=projects_here)
    async def history(
        self, interaction: discord.Interaction[Any], style: str, project: str | None = None
    ) -> None:
        async with self._reception.attend(interaction):
            found = await self._desk.styles.named(style, await project_meant(interaction, project))
            told = await self._desk.styles.history(found)
        await say(interaction, cards.style_history(found, told), ephemeral=True)


def _fields(clear: str | None) -> frozenset[StyleField]:
    return frozenset(style_field(part) for part in (clear or "").split(",") if part.strip())


def _reason(why: str | None) -> str:
    if why is None:
        raise BadRequest(
            "It is not said why the style is to be changed.",
            hint="Add `why`: whoever reads the history later will be glad of it.",
        )
    return why
