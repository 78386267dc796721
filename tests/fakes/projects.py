"""Projects in the fakes' memory."""

from dataclasses import replace

from bot.core.artifact import Artifact
from bot.core.errors import BadRequest, NotFound, WrongState
from bot.core.library import Gallery, Project, Threads, check_seen
from bot.ports.stores import Holdings, NewProject
from tests.fakes.artifacts import FakeArtifacts, discard_in
from tests.fakes.memory import Memory, check_there


class FakeProjects:
    def __init__(self, memory: Memory) -> None:
        self._memory = memory

    async def add(self, new: NewProject) -> Project:
        for other in self._of(new.guild):
            same_name = other.name.casefold() == new.name.casefold() and other.deleted is None
            if same_name or other.slug == new.slug:
                raise _taken(other.name)
        project = Project(
            id=len(self._memory.projects) + 1,
            guild=new.guild,
            name=new.name,
            slug=new.slug,
            created=new.at,
            created_by=new.by,
            gallery=new.gallery,
            description=new.description,
            threads=new.threads,
            rating=new.rating,
            workflow=new.workflow,
        )
        self._memory.projects[project.id] = project
        return project

    async def get(self, project_id: int) -> Project:
        if project_id not in self._memory.projects:
            raise _gone()
        return self._memory.projects[project_id]

    async def named(self, guild: int | None, name: str) -> Project | None:
        projects = [project for project in self._of(guild) if project.deleted is None]
        by_name = (project for project in projects if project.name.casefold() == name.casefold())
        by_slug = (project for project in projects if project.slug == name)
        return next(by_name, None) or next(by_slug, None)

    async def of_guild(self, guild: int | None, *, archived: bool = False) -> list[Project]:
        found = [
            project
            for project in self._of(guild)
            if project.deleted is None and (project.archived is not None) is archived
        ]
        return sorted(found, key=lambda project: project.name.casefold())

    async def matching(
        self, guild: int | None, part: str, *, limit: int = 25, archived: bool = False
    ) -> list[Project]:
        wanted = part.casefold()
        known = await self.of_guild(guild, archived=archived)
        found = [project for project in known if wanted in project.name.casefold()]
        return sorted(found, key=lambda project: not project.name.casefold().startswith(wanted))[:limit]

    async def slugs(self, guild: int | None, stem: str) -> set[str]:
        return {project.slug for project in self._of(guild) if project.slug.startswith(stem)}

    async def of_channel(self, channel: int) -> Project | None:
        known = [project for project in self._memory.projects.values() if project.is_open]
        by_subject = {project for (project, _), thread in self._memory.threads.items() if thread == channel}
        by_thread = [
            project
            for project in known
            if project.id in by_subject or (project.gallery and project.gallery.thread == channel)
        ]
        by_channel = [project for project in known if project.gallery and project.gallery.channel == channel]
        found = by_thread or by_channel
        return found[0] if len(found) == 1 else None

    async def thread(self, project_id: int, subject: str) -> int | None:
        gallery = (await self.get(project_id)).gallery
        if not subject:
            return gallery.thread if gallery else None
        return self._memory.threads.get((project_id, subject))

    async def set_thread(self, project_id: int, thread: int | None, *, subject: str = "") -> None:
        project = await self.get(project_id)
        if subject:
            self._memory.threads.pop((project_id, subject), None)
            if thread is not None:
                self._memory.threads[project_id, subject] = thread
            return
        assert project.gallery is not None, "a thread is a gallery's"
        gallery = replace(project.gallery, thread=thread)
        self._memory.projects[project_id] = replace(project, gallery=gallery)

    async def change(self, project: Project, *, was: Project) -> Project:
        stored = await self.get(project.id)
        if stored.deleted is not None:
            raise _gone()
        if _without_thread(stored) != _without_thread(was):
            raise WrongState(
                f"“{stored.name}” was changed by somebody meanwhile.",
                hint="Look at it again with `/project show`, then repeat what is still to be changed.",
            )
        for other in self._of(project.guild):
            same = other.name.casefold() == project.name.casefold() and other.deleted is None
            if same and other.id != project.id:
                raise _taken(other.name)
        kept = _where(stored) == _where(project)
        if not kept:
            self._forget_threads(project.id)
        thread = stored.gallery.thread if kept and stored.gallery else None
        gallery = replace(project.gallery, thread=thread) if project.gallery else None
        changed = replace(project, gallery=gallery, slug=stored.slug)
        self._memory.projects[project.id] = changed
        return changed

    async def holdings(self, project_id: int) -> Holdings:
        jobs = [job for job in self._memory.jobs.values() if job.project == project_id]
        pictures = self._pictures(project_id)
        return Holdings(
            jobs=len(jobs),
            open_jobs=sum(not job.state.is_end for job in jobs),
            pictures=len(pictures),
            bytes=sum(picture.bytes for picture in pictures),
            characters=len(self._characters(project_id)),
            styles=sum(style.project == project_id for style in self._memory.styles.values()),
        )

    async def delete(self, project_id: int, *, pictures: int, at: int) -> None:
        check_there(self._memory, project_id)
        holdings = await self.holdings(project_id)
        if waiting := holdings.open_jobs:
            raise WrongState(
                f"{waiting} of the project's jobs wait or are being drawn.",
                hint="Let them end or cancel them first.",
            )
        memory = self._memory
        project = await self.get(project_id)
        check_seen(project, pictures=holdings.pictures, seen=pictures)
        memory.projects[project_id] = replace(project, deleted=at, style=None)
        self._forget_threads(project_id)
        for owner in [owner for owner, chosen in memory.choices.items() if chosen == project_id]:
            del memory.choices[owner]
        for style in [style for style in memory.styles.values() if style.project == project_id]:
            del memory.styles[style.id]
        self._forget_characters(project_id, at)
        given_up = [picture.id for picture in self._pictures(project_id)]
        await FakeArtifacts(memory).delete(given_up, at=at)

    def _forget_characters(self, project_id: int, at: int) -> None:
        gone = self._characters(project_id)
        references = self._memory.character_references
        for reference in [one for one in references.values() if one.character in gone]:
            del references[reference.id]
            discard_in(self._memory, {reference.path}, at=at)
        for character in gone:
            del self._memory.characters[character]

    def _forget_threads(self, project_id: int) -> None:
        for key in [key for key in self._memory.threads if key[0] == project_id]:
            del self._memory.threads[key]

    def _characters(self, project_id: int) -> set[int]:
        return {one.id for one in self._memory.characters.values() if one.project == project_id}

    def _pictures(self, project_id: int) -> list[Artifact]:
        jobs = {job.id for job in self._memory.jobs.values() if job.project == project_id}
        return [one for one in self._memory.artifacts if one.job in jobs and one.deleted is None]

    def _of(self, guild: int | None) -> list[Project]:
        return [project for project in self._memory.projects.values() if project.guild == guild]

    async def in_use(self, *, guild: int | None, user: int) -> Project | None:
        chosen = self._memory.choices.get((guild, user))
        return None if chosen is None else self._memory.projects[chosen]

    async def use(self, *, guild: int | None, user: int, project: int | None) -> None:
        if project is None:
            self._memory.choices.pop((guild, user), None)
        else:
            check_there(self._memory, project)
            self._memory.choices[guild, user] = (await self.get(project)).id


def _gone() -> NotFound:
    return NotFound("There is no such project.", hint="`/project list` shows those there are.")


def _taken(name: str) -> BadRequest:
    return BadRequest(f"There is a project called `{name}` already.", hint="Choose another name.")


def _where(project: Project) -> tuple[Gallery | None, Threads]:
    return (_without_thread(project).gallery, project.threads)


def _without_thread(project: Project) -> Project:
    return replace(project, gallery=replace(project.gallery, thread=None) if project.gallery else None)
