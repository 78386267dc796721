"""`/project`: productions, each with its own place for pictures and its own way to draw."""

from dataclasses import replace
from typing import Any

import discord
from discord import app_commands
from discord.ext import commands

from bot.chat import cards
from bot.chat.answers import Announced, say
from bot.chat.cards.projects import RATING_WORDS, THREAD_WORDS
from bot.chat.casts import projects_here
from bot.chat.desk import Desk
from bot.chat.exports import hand_out
from bot.chat.galleries import chosen_gallery, gallery_here
from bot.chat.look import Look
from bot.chat.offers import all_projects_here, archived_projects_here, styles_here, workflows_here
from bot.chat.people import actor_of
from bot.chat.reception import Reception
from bot.core.library import MAX_NAME, Project, Rating, Threads
from bot.core.review import Review
from bot.core.styles import Style
from bot.studio.library import MOST_DESCRIPTION, NOTHING, Clearable, Wishes
from cogs.options import GalleryOption
from cogs.unfolding import option, options, unfolded

Name = app_commands.Range[str, 1, MAX_NAME]
Description = app_commands.Range[str, 1, MOST_DESCRIPTION]

_THREADS = [app_commands.Choice(name=words, value=kind.value) for kind, words in THREAD_WORDS.items()]
_RATINGS = [app_commands.Choice(name=words, value=kind.value) for kind, words in RATING_WORDS.items()]
_PICTURES = [
    app_commands.Choice(name="approved ones only", value=Review.APPROVED.value),
    app_commands.Choice(name="those not reviewed yet", value=Review.UNREVIEWED.value),
]
_ABOUT = "What it is about"
_CLEARABLE = [
    app_commands.Choice(name="channel" if one is Clearable.GALLERY else one.value, value=one.value)
    for one in Clearable
]


@options
class ProjectOptions:
    """How a project is drawn and shown."""

    threads: str | None = option("How its pictures are spread over threads", choices=_THREADS)
    rating: str | None = option("Who may see its pictures", choices=_RATINGS)
    workflow: str | None = option("The workflow it is drawn with where none is named", offers=workflows_here)

    def wishes(self) -> Wishes:
        return Wishes(
            threads=None if self.threads is None else Threads(self.threads),
            rating=None if self.rating is None else Rating(self.rating),
            workflow=self.workflow,
        )


@app_commands.guild_only
class ProjectCommands(commands.GroupCog, name="project", description="Productions and their galleries"):
    def __init__(self, desk: Desk, reception: Reception) -> None:
        super().__init__()
        self._desk = desk
        self._reception = reception

    @app_commands.command(description="Make a project; its finished pictures get a thread of their own")
    @app_commands.describe(
        name="What it is called",
        channel="Where its thread is opened; otherwise the server's gallery, or else this channel",
        description=_ABOUT,
    )
    @unfolded
    async def create(
        self,
        interaction: discord.Interaction[Any],
        name: Name,
        channel: GalleryOption | None = None,
        description: Description | None = None,
        *,
        said: ProjectOptions,
    ) -> None:
        actor = actor_of(interaction)
        chosen = chosen_gallery(channel) if channel is not None else None
        wishes = replace(said.wishes(), description=description)
        async with self._reception.attend(interaction, Announced.TO_ALL):
            gallery = chosen or gallery_here(interaction, await self._desk.library.gallery(actor))
            project = await self._desk.library.create(name, gallery=gallery, actor=actor, wishes=wishes)
            in_use = await self._desk.library.in_use(actor)
        await say(interaction, cards.project_created(project, in_use=in_use == project))

    @app_commands.command(name="list", description="All projects of this server")
    @app_commands.describe(archived="Those put away")
    async def every(
        self,
        interaction: discord.Interaction[Any],
        archived: bool = False,  # noqa: FBT001, FBT002 - an option of a slash command
    ) -> None:
        actor = actor_of(interaction)
        async with self._reception.attend(interaction):
            projects = await self._desk.library.projects(actor, archived=archived)
            in_use = None if archived else await self._desk.library.in_use(actor)
        look = cards.project_list(projects, in_use=in_use, archived=archived)
        await say(interaction, look, ephemeral=True)

    @app_commands.command(description="Where a project's pictures go, how it is drawn, and who made it")
    @app_commands.describe(project="The project; the one you use if left out")
    @app_commands.autocomplete(project=all_projects_here)
    async def show(self, interaction: discord.Interaction[Any], project: str | None = None) -> None:
        actor = actor_of(interaction)
        async with self._reception.attend(interaction):
            in_use = await self._desk.library.in_use(actor)
            shown = in_use if project is None else await self._desk.library.named(project, actor)
            look = cards.project_used(None) if shown is None else await self._card(shown, in_use)
        await say(interaction, look, ephemeral=True)

    async def _card(self, project: Project, in_use: Project | None) -> Look:
        return cards.project_card(
            project,
            in_use=in_use is not None and in_use.id == project.id,
            style=await self._desk.styles.in_use(project),
            trouble=await self._desk.library.gallery_trouble(project),
        )

    @app_commands.command(description="Change a project; without an option, what can be changed is shown")
    @app_commands.describe(
        project="The project",
        name="Another name; the folder of its pictures stays",
        channel="Where its threads are opened from now on",
        style="The style it is drawn in where none is named",
        clear="What is to be taken away",
        description=_ABOUT,
    )
    @app_commands.choices(clear=_CLEARABLE)
    @app_commands.autocomplete(project=projects_here, style=styles_here)
    @unfolded
    async def edit(
        self,
        interaction: discord.Interaction[Any],
        project: str,
        name: Name | None = None,
        description: Description | None = None,
        channel: GalleryOption | None = None,
        *,
        said: ProjectOptions,
        style: str | None = None,
        clear: str | None = None,
    ) -> None:
        wishes = replace(
            said.wishes(),
            name=name,
            description=description,
            gallery=chosen_gallery(channel) if channel is not None else None,
            clear=frozenset({Clearable(clear)}) if clear is not None else frozenset(),
        )
        async with self._reception.attend(interaction):
            look = await self._edited(interaction, project, wishes, style)
        await say(interaction, look, ephemeral=True)

    async def _edited(
        self, interaction: discord.Interaction[Any], name: str, wishes: Wishes, style: str | None
    ) -> Look:
        library, actor = self._desk.library, actor_of(interaction)
        project = await library.open_named(name, actor)
        before = await self._desk.styles.in_use(project)
        if wishes == NOTHING and style is None:
            trouble = await library.gallery_trouble(project)
            return cards.project_choices(project, style=before, trouble=trouble)
        chosen = await self._desk.styles.named(style, project) if style is not None else None
        changed = await library.edit(project, wishes.drawn_in(chosen), actor)
        after: Style | None = await self._desk.styles.in_use(changed)
        return cards.project_edited(project, changed, styles=(before, after))

    @app_commands.command(description="Make a project your own choice wherever you name none")
    @app_commands.describe(project="The project; left out, your choice is dropped")
    @app_commands.autocomplete(project=projects_here)
    async def use(self, interaction: discord.Interaction[Any], project: str | None = None) -> None:
        async with self._reception.attend(interaction):
            chosen = await self._desk.library.use(project, actor_of(interaction))
        await say(interaction, cards.project_used(chosen), ephemeral=True)

    @app_commands.command(description="Put a project away: not offered, not drawn for, and nothing is lost")
    @app_commands.describe(project="The project")
    @app_commands.autocomplete(project=projects_here)
    async def archive(self, interaction: discord.Interaction[Any], project: str) -> None:
        actor = actor_of(interaction)
        async with self._reception.attend(interaction, Announced.TO_ALL):
            found = await self._desk.library.named(project, actor)
            archived = await self._desk.library.archive(found, actor)
        await say(interaction, cards.project_archived(archived))

    @app_commands.command(description="Bring an archived project back")
    @app_commands.describe(project="The project")
    @app_commands.autocomplete(project=archived_projects_here)
    async def restore(self, interaction: discord.Interaction[Any], project: str) -> None:
        async with self._reception.attend(interaction, Announced.TO_ALL):
            restored = await self._desk.library.restore(project, actor_of(interaction))
        await say(interaction, cards.project_restored(restored))

    @app_commands.command(description="Delete a project with its pictures; asks first; needs Manage Server")
    @app_commands.describe(project="The project")
    @app_commands.autocomplete(project=all_projects_here)
    async def delete(self, interaction: discord.Interaction[Any], project: str) -> None:
        actor = actor_of(interaction)
        async with self._reception.attend(interaction):
            found = await self._desk.library.named(project, actor)
            holdings = await self._desk.library.holdings(found, actor)
        await say(interaction, cards.project_deletion(found, holdings), ephemeral=True)

    @app_commands.command(
        description="A project as one file: pictures, how each was made, characters, styles"
    )
    @app_commands.describe(project="The project", pictures="Which pictures; all of them if left out")
    @app_commands.choices(pictures=_PICTURES)
    @app_commands.autocomplete(project=all_projects_here)
    async def export(
        self, interaction: discord.Interaction[Any], project: str, pictures: str | None = None
    ) -> None:
        review = None if pictures is None else Review(pictures)
        await hand_out(interaction, project, review=review)
