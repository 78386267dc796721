"""`/character`: who is drawn, project by project."""

from typing import Any

import discord
from discord import app_commands
from discord.ext import commands

from bot.chat import cards
from bot.chat.answers import Announced, open_form, say
from bot.chat.attachments import check_archive, read_archive
from bot.chat.axes import expressions_here, outfits_here, poses_here
from bot.chat.casts import (
    archived_here,
    character_meant,
    characters_here,
    check_shown_here,
    loras_here,
    project_meant,
    projects_here,
)
from bot.chat.character_acts import character_look, introduce, plan_sheet
from bot.chat.desk import Desk
from bot.chat.people import actor_of
from bot.chat.reception import Reception
from bot.core.batching import names_in
from bot.core.casting import MOST_DESIGN, MOST_TRIGGER, Clearable, Sketch
from bot.core.generation import GenerationRequest, Seed
from bot.core.library import MAX_NAME
from bot.core.turnaround import ALL, SETTING, turnaround
from cogs.options import WHOSE_CHARACTER, OneCharacter, SeedOption, Strength
from cogs.reference import ReferenceCommands
from cogs.unfolding import option, options, unfolded
from cogs.variation import VariationCommands

_ROOM = 64 * 1024
"""What is left of a file's limit for what is sent around it."""

Name = app_commands.Range[str, 1, MAX_NAME]
Design = app_commands.Range[str, 1, MOST_DESIGN]
Trigger = app_commands.Range[str, 1, MOST_TRIGGER]
Names = app_commands.Range[str, 1, 300]


@options
class SketchOptions:
    """What is said of a character, beside the name."""

    design_prompt: Design | None = option("How they are drawn, as words of a prompt")
    trigger: Trigger | None = option("The word that the LoRA was trained with")
    lora: str | None = option("The LoRA that brings them", offers=loras_here)
    lora_strength: Strength | None = option("How strongly the LoRA counts; 1 if left out")

    def sketch(self, name: str | None) -> Sketch:
        return Sketch(
            name=name,
            design_prompt=self.design_prompt,
            trigger=self.trigger,
            lora=self.lora,
            lora_strength=self.lora_strength,
        )


@app_commands.guild_only
class CharacterCommands(commands.GroupCog, name="character", description="Who is drawn, project by project"):
    def __init__(self, desk: Desk, reception: Reception) -> None:
        super().__init__()
        self._desk = desk
        self._reception = reception
        group = self.app_command
        if isinstance(group, app_commands.Group):
            group.add_command(ReferenceCommands(desk, reception))
            group.add_command(VariationCommands(desk, reception))

    @app_commands.command(description="Make a character; a form asks what they look like")
    @app_commands.describe(name="What they are called, in prompts after an @", project=WHOSE_CHARACTER)
    @app_commands.autocomplete(project=projects_here)
    @unfolded
    async def create(
        self,
        interaction: discord.Interaction[Any],
        name: Name,
        project: str | None = None,
        *,
        said: SketchOptions,
    ) -> None:
        sketch = said.sketch(name)
        async with self._reception.attend(interaction, Announced.TO_ALL):
            home = await project_meant(interaction, project)
            character = await self._desk.casting.create(sketch, home, actor_of(interaction))
        await introduce(interaction, character, home)

    @app_commands.command(name="list", description="Who there is in a project")
    @app_commands.describe(project=WHOSE_CHARACTER, archived="Those put away")
    @app_commands.autocomplete(project=projects_here)
    async def every(
        self,
        interaction: discord.Interaction[Any],
        project: str | None = None,
        archived: bool = False,  # noqa: FBT001, FBT002 - an option of a slash command
    ) -> None:
        async with self._reception.attend(interaction):
            home = await project_meant(interaction, project)
            characters = await self._desk.casting.of_project(home, archived=archived)
        await say(interaction, cards.character_list(home, characters, archived=archived), ephemeral=True)

    @app_commands.command(description="Everything about a character, with their picture")
    @unfolded
    async def show(self, interaction: discord.Interaction[Any], who: OneCharacter) -> None:
        async with self._reception.attend(interaction):
            found = await who.meant(interaction)
            look = await character_look(interaction, found)
        await say(interaction, look, ephemeral=True)

    @app_commands.command(description="Change a character; without an option, the form for the appearance")
    @app_commands.describe(
        character="Who", name="Another name", project=WHOSE_CHARACTER, clear="What is to be taken away"
    )
    @app_commands.choices(clear=[app_commands.Choice(name=one, value=one) for one in Clearable])
    @app_commands.autocomplete(character=characters_here, project=projects_here)
    @unfolded
    async def edit(
        self,
        interaction: discord.Interaction[Any],
        character: str,
        name: Name | None = None,
        *,
        said: SketchOptions,
        clear: str | None = None,
        project: str | None = None,
    ) -> None:
        sketch = said.sketch(name)
        if clear is not None:
            sketch = sketch.without(Clearable(clear))
        if sketch == Sketch():
            await self._ask_for_looks(interaction, character, project)
            return
        async with self._reception.attend(interaction):
            before = await character_meant(interaction, character, project)
            after = await self._desk.casting.edit(before, sketch)
        await say(interaction, cards.character_changed(before, after), ephemeral=True)

    async def _ask_for_looks(
        self, interaction: discord.Interaction[Any], character: str, project: str | None
    ) -> None:
        found = await self._desk.casting.active(character, await project_meant(interaction, project))
        await open_form(interaction, cards.appearance_form(found))

    @app_commands.command(description="Put a character away: offered nowhere, and nothing is lost")
    @unfolded
    async def archive(self, interaction: discord.Interaction[Any], who: OneCharacter) -> None:
        async with self._reception.attend(interaction):
            found = await who.meant(interaction)
            archived = await self._desk.casting.archive(found, actor_of(interaction))
        await say(interaction, cards.character_archived(archived), ephemeral=True)

    @app_commands.command(description="Bring an archived character back")
    @app_commands.autocomplete(character=archived_here)
    @unfolded
    async def restore(self, interaction: discord.Interaction[Any], who: OneCharacter) -> None:
        async with self._reception.attend(interaction):
            found = await who.meant(interaction)
            restored = await self._desk.casting.restore(found, actor_of(interaction))
        await say(interaction, cards.character_restored(restored), ephemeral=True)

    @app_commands.command(description="Draw a turnaround: every pose with every expression, as one batch")
    @app_commands.describe(
        character="Who",
        poses="Which of their poses, separated by commas; all if left out",
        expressions="Which of their expressions, separated by commas; all if left out",
        outfits="Which of their outfits, separated by commas; the usual clothing if left out",
        prompt="What is drawn around them; a full body before a simple background if left out",
        seed="The same for all pictures makes them more alike; left out, each has its own",
        project=WHOSE_CHARACTER,
    )
    @app_commands.autocomplete(
        character=characters_here,
        poses=poses_here,
        expressions=expressions_here,
        outfits=outfits_here,
        project=projects_here,
    )
    async def sheet(
        self,
        interaction: discord.Interaction[Any],
        character: str,
        poses: Names | None = None,
        expressions: Names | None = None,
        outfits: Names | None = None,
        prompt: Design | None = None,
        seed: SeedOption | None = None,
        project: str | None = None,
    ) -> None:
        async with self._reception.attend(interaction, Announced.TO_ALL):
            home = await project_meant(interaction, project)
            found = await self._desk.casting.active(character, home)
        base = GenerationRequest(
            prompt=prompt or SETTING,
            project=home.name,
            characters=(found.name,),
            seed=None if seed is None else Seed(seed),
        )
        outline = turnaround(
            found,
            base=base,
            outfits=names_in(outfits),
            poses=names_in(poses) or ALL,
            expressions=names_in(expressions) or ALL,
        )
        await plan_sheet(interaction, found, outline)

    @app_commands.command(description="A character as one file, with all their pictures")
    @unfolded
    async def export(self, interaction: discord.Interaction[Any], who: OneCharacter) -> None:
        async with self._reception.attend(interaction, slow=True):
            found = await who.meant(interaction)
            await check_shown_here(interaction, found)
            packed = await self._desk.travel.export(found, limit=interaction.filesize_limit - _ROOM)
        await say(interaction, cards.character_exported(found, packed), ephemeral=True)

    @app_commands.command(name="import", description="Make a character of a file from /character export")
    @app_commands.describe(
        file="The zip that /character export made",
        project="Where they go; otherwise this channel's project or the one you use",
        name="Another name than the one in the file",
    )
    @app_commands.autocomplete(project=projects_here)
    async def take_in(
        self,
        interaction: discord.Interaction[Any],
        file: discord.Attachment,
        project: str | None = None,
        name: Name | None = None,
    ) -> None:
        check_archive(file, hosts=self._desk.wire.file_hosts)
        async with self._reception.attend(interaction, Announced.TO_ALL, slow=True):
            home = await project_meant(interaction, project)
            content = await read_archive(file, hosts=self._desk.wire.file_hosts)
            arrival = await self._desk.travel.take_in(content, home, actor_of(interaction), name=name)
        await say(interaction, cards.character_imported(arrival, home))
