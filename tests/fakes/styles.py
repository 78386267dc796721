"""Styles in the fakes' memory."""

from dataclasses import replace

from bot.core.errors import BadRequest, NotFound, WrongState
from bot.core.styles import Revision, Style, StyleSheet
from tests.fakes.memory import Memory, check_there


class FakeStyles:
    def __init__(self, memory: Memory) -> None:
        self._memory = memory

    async def add(
        self, *, project: int, name: str, sheet: StyleSheet, by: int, at: int, why: str = ""
    ) -> Style:
        check_there(self._memory, project)
        self._check_free(project, name, but=None)
        first = Revision(number=1, sheet=sheet, by=by, at=at, why=why)
        number = len(self._memory.styles) + 1
        style = Style(id=number, project=project, name=name, created=at, created_by=by, revision=first)
        self._memory.styles[number] = style
        self._memory.revisions[number] = [first]
        return style

    async def get(self, style_id: int) -> Style:
        if style_id not in self._memory.styles:
            raise NotFound("There is no such style.", hint="`/style list` shows those there are.")
        return self._memory.styles[style_id]

    async def named(self, project: int, name: str) -> Style | None:
        known = await self.of_project(project)
        return next((style for style in known if style.name.casefold() == name.casefold()), None)

    async def of_project(self, project: int) -> list[Style]:
        known = [style for style in self._memory.styles.values() if style.project == project]
        return sorted(known, key=lambda style: style.name.casefold())

    async def matching(self, project: int, part: str, *, limit: int = 25) -> list[Style]:
        wanted = part.casefold()
        found = [style for style in await self.of_project(project) if wanted in style.name.casefold()]
        return sorted(found, key=lambda style: not style.name.casefold().startswith(wanted))[:limit]

    async def revise(
        self, style: Style, *, sheet: StyleSheet, by: int, at: int, why: str, name: str | None = None
    ) -> Style:
        newest = await self.get(style.id)
        if newest.revision.number != style.revision.number:
            raise WrongState(
                f"Somebody else changed “{newest.name}” meanwhile.",
                hint="Look at it again with `/style show`.",
            )
        self._check_free(style.project, name or style.name, but=style.id)
        revision = Revision(number=newest.revision.number + 1, sheet=sheet, by=by, at=at, why=why)
        revised = replace(newest, name=name or style.name, revision=revision)
        self._memory.styles[style.id] = revised
        self._memory.revisions[style.id].insert(0, revision)
        return revised

    async def history(self, style_id: int) -> list[Revision]:
        return list(self._memory.revisions.get(style_id, []))

    def _check_free(self, project: int, name: str, *, but: int | None) -> None:
        for other in self._memory.styles.values():
            same = other.project == project and other.name.casefold() == name.casefold()
            if same and other.id != but:
                raise BadRequest(
                    f"There is a style called `{other.name}` already.", hint="Choose another name."
                )
