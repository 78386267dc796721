"""`/character reference`: the pictures that say what a character looks like."""

from typing import Any

import discord
from discord import app_commands

from bot.chat import cards
from bot.chat.answers import say
from bot.chat.attachments import check_description, read_picture
from bot.chat.casts import character_meant, characters_here, jobs_here, projects_here, references_here
from bot.chat.character_acts import reference_look
from bot.chat.desk import Desk
from bot.chat.people import actor_of
from bot.chat.reception import Reception
from bot.core.characters import Character, Pose
from bot.core.errors import BadRequest
from bot.core.generation import MAX_COUNT
from bot.studio.portraits import Added
from cogs.options import WHOSE_CHARACTER, JobOption, OneCharacter
from cogs.unfolding import unfolded


class ReferenceCommands(app_commands.Group, name="reference", description="Pictures of a character"):
    def __init__(self, desk: Desk, reception: Reception) -> None:
        super().__init__()
        self._desk = desk
        self._reception = reception

    @app_commands.command(description="Keep a picture of a character, or one that was drawn here")
    @app_commands.describe(
        character="Who is in it",
        pose="What it shows",
        picture="The picture (PNG, JPEG or WebP, up to 20 MiB)",
        job="The job that drew it, instead of a picture of yours",
        number="Which of the job's pictures, counted from 1",
        project=WHOSE_CHARACTER,
    )
    @app_commands.choices(pose=[app_commands.Choice(name=pose, value=pose) for pose in Pose])
    @app_commands.autocomplete(character=characters_here, job=jobs_here, project=projects_here)
    async def add(
        self,
        interaction: discord.Interaction[Any],
        character: str,
        pose: str,
        picture: discord.Attachment | None = None,
        job: JobOption | None = None,
        number: app_commands.Range[int, 1, MAX_COUNT] = 1,
        project: str | None = None,
    ) -> None:
        if (picture is None) == (job is None):
            raise BadRequest(
                "One picture is kept at a time: yours or a job's.", hint="Give either `picture` or `job`."
            )
        if picture is not None:
            check_description(picture, hosts=self._desk.wire.file_hosts)
        async with self._reception.attend(interaction, slow=True):
            found = await character_meant(interaction, character, project)
            added = await self._added(interaction, found, Pose(pose), picture or (job or 0, number))
        await say(interaction, cards.reference_added(found, added), ephemeral=True)

    async def _added(
        self,
        interaction: discord.Interaction[Any],
        character: Character,
        pose: Pose,
        source: discord.Attachment | tuple[int, int],
    ) -> Added:
        actor, portraits = actor_of(interaction), self._desk.portraits
        match source:
            case discord.Attachment():
                content = await read_picture(source, hosts=self._desk.wire.file_hosts)
                return await portraits.add(character, content, pose=pose, actor=actor)
            case (job, number):
                return await portraits.add_drawing(character, job, number, pose=pose, actor=actor)

    @app_commands.command(description="Give up a picture of a character")
    @app_commands.describe(character="Who is in it", reference="Which one, such as front 2")
    @app_commands.autocomplete(reference=references_here)
    @unfolded
    async def remove(self, interaction: discord.Interaction[Any], who: OneCharacter, reference: str) -> None:
        async with self._reception.attend(interaction):
            found = await who.meant(interaction)
            label = await self._desk.portraits.remove(found, reference, actor_of(interaction))
            self._desk.janitor.ring()
        await say(interaction, cards.reference_removed(found, label), ephemeral=True)

    @app_commands.command(name="list", description="All pictures of a character on one sheet")
    @unfolded
    async def every(self, interaction: discord.Interaction[Any], who: OneCharacter) -> None:
        async with self._reception.attend(interaction):
            found = await who.meant(interaction)
            look = await reference_look(interaction, found)
        await say(interaction, look, ephemeral=True)
