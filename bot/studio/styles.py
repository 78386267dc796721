"""The style book: how each project draws, with every change kept and none that cannot be taken back."""

from collections.abc import Collection
from contextlib import suppress
from dataclasses import dataclass, replace
from itertools import pairwise

from bot.core.errors import BadRequest, NotFound, UnknownName
from bot.core.job import Job
from bot.core.library import Project, check_open, clean_text, listable_name
from bot.core.styles import Change, Revision, Style, StyleSheet
from bot.core.styling import EMPTY, StyleField, changed, changes, checked, sheet_of, taken_back
from bot.ports.clock import Clock
from bot.ports.library import Characters, Styles
from bot.ports.stores import Projects
from bot.studio.actor import Actor
from bot.studio.rights import check_changes
from bot.studio.workshop import Workshop

MOST_WHY = 300


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """A revision and what it changed."""

    revision: Revision
    changes: tuple[Change, ...]


class StyleBook:
    def __init__(
        self,
        *,
        styles: Styles,
        characters: Characters,
        projects: Projects,
        workshop: Workshop,
        clock: Clock,
    ) -> None:
        self._styles = styles
        self._characters = characters
        self._projects = projects
        self._workshop = workshop
        self._clock = clock

    async def create(
        self, name: str, sheet: StyleSheet, *, project: Project, actor: Actor, why: str = ""
    ) -> Style:
        """Make a style of the project; raise BadRequest for a taken name or what ComfyUI cannot draw with."""
        clean = listable_name("style", name)
        fit = checked(sheet, self._workshop.catalogue)
        if fit == EMPTY:
            raise BadRequest(
                "A style that says nothing changes nothing.",
                hint="Give it a model, a sampler, words, or take it over with `from_job`.",
            )
        return await self._styles.add(
            project=project.id,
            name=clean,
            sheet=fit,
            by=actor.user,
            at=self._clock.now(),
            why=_reason(why),
        )

    async def sheet_from(self, job: Job) -> StyleSheet:
        """Return what the job was drawn with; the words are those of the style that it was drawn in."""
        return sheet_of(
            job.recipe, template=await self._template_of(job), not_of_style=await self._brought_by_cast(job)
        )

    async def named(self, name: str, project: Project) -> Style:
        style = await self._styles.named(project.id, name)
        if style is None:
            known = [style.name for style in await self._styles.of_project(project.id)]
            raise UnknownName("style", name, known)
        return style

    async def of_project(self, project: Project) -> list[Style]:
        return await self._styles.of_project(project.id)

    async def matching(self, part: str, project: Project) -> list[Style]:
        return await self._styles.matching(project.id, part)

    async def of_id(self, style_id: int, actor: Actor) -> tuple[Style, Project]:
        """Return a style of the actor's server, with its project; raise NotFound for a foreign one."""
        style = await self._styles.get(style_id)
        project = await self._projects.get(style.project)
        if project.guild != actor.guild or project.deleted is not None:
            raise NotFound("There is no such style here.", hint="`/style list` shows those there are.")
        return style, project

    async def edit(
        self,
        style: Style,
        said: StyleSheet,
        *,
        actor: Actor,
        why: str,
        clear: Collection[StyleField] = (),
        without_lora: str | None = None,
        name: str | None = None,
    ) -> tuple[Style, tuple[Change, ...]]:
        """Change what is said and keep who, when and why; return what became of it.

        Raises WrongState if somebody else changed the style meanwhile.
        """
        fit = checked(said, self._workshop.catalogue)
        sheet = checked(
            changed(style.sheet, fit, clear=clear, without_lora=without_lora), self._workshop.catalogue
        )
        clean = listable_name("style", name) if name is not None else style.name
        if sheet == style.sheet and clean == style.name:
            raise BadRequest(
                f"That is what “{style.name}” says already: nothing would change.",
                hint="`/style show` lists all it says.",
            )
        revised = await self._styles.revise(
            style, sheet=sheet, by=actor.user, at=self._clock.now(), why=_reason(why), name=clean
        )
        return revised, changes(style.sheet, sheet)

    async def history(self, style: Style) -> list[Told]:
        """Return every revision with what it changed, the newest first."""
        revisions = await self._styles.history(style.id)
        told = [
            Told(revision=later, changes=changes(earlier.sheet, later.sheet))
            for later, earlier in pairwise(revisions)
        ]
        return [*told, Told(revision=revisions[-1], changes=changes(EMPTY, revisions[-1].sheet))]

    async def take_back(
        self, style: Style, number: int, *, project: Project, actor: Actor
    ) -> tuple[Style, tuple[Change, ...]]:
        """Undo what one revision changed, by a new one that says so; raise WrongState if that is no more."""
        check_open(project)
        by_number = {revision.number: revision for revision in await self._styles.history(style.id)}
        if number not in by_number or number - 1 not in by_number:
            raise NotFound(
                f"“{style.name}” has no revision {number} to take back.",
                hint="`/style history` shows what was changed.",
            )
        sheet = taken_back(style.sheet, before=by_number[number - 1].sheet, after=by_number[number].sheet)
        revised = await self._styles.revise(
            style,
            sheet=checked(sheet, self._workshop.catalogue),
            by=actor.user,
            at=self._clock.now(),
            why=f"takes back revision {number}",
        )
        return revised, changes(style.sheet, revised.sheet)

    async def use(self, style: Style | None, project: Project, actor: Actor) -> Project:
        """Make it the way the project draws wherever no style is named; None: no style at all.

        Raises NotAllowed for whom may not change the project.
        """
        check_open(project)
        check_changes(project, actor)
        return await self._projects.change(replace(project, style=style.id if style else None), was=project)

    async def in_use(self, project: Project) -> Style | None:
        return await self._styles.get(project.style) if project.style is not None else None

    async def _brought_by_cast(self, job: Job) -> set[str]:
        """Name the LoRAs that came with the job's characters, of those that there still are."""
        brought: set[str] = set()
        for member in job.recipe.cast:
            with suppress(NotFound):
                who = await self._characters.get(member.id)
                brought |= {who.lora.name} if who.lora else set()
        return brought

    async def _template_of(self, job: Job) -> StyleSheet:
        used = job.recipe.style
        if used is None:
            return EMPTY
        sheets = {revision.number: revision.sheet for revision in await self._styles.history(used.id)}
        sheet = sheets.get(used.revision, EMPTY)
        return replace(EMPTY, positive=sheet.positive, negative=sheet.negative)


def _reason(why: str) -> str:
    return clean_text("reason", why, most=MOST_WHY)
