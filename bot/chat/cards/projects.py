"""Projects: what they are, what was changed, and what would be lost."""

from collections.abc import Iterator, Sequence
from typing import Final

import discord

from bot.chat.cards import palette
from bot.chat.cards.measures import counted, dotted, file_size, relative, small
from bot.chat.look import Button, Look
from bot.chat.markdown import code, fitted, prose
from bot.core.errors import StudioError
from bot.core.library import GalleryKind, Project, Rating, Threads
from bot.core.styles import Style
from bot.ports.stores import Holdings

PROJECT: Final = "project"
"""The kind of our buttons; it stands on old messages."""
KEEP: Final = "keep"
ARCHIVE: Final = "archive"
DELETE: Final = "delete"

MOST_SHOWN: Final = 25

THREAD_WORDS: Final = {
    Threads.PROJECT: "one thread for the project",
    Threads.CHARACTER: "a thread for each character",
    Threads.DAY: "a thread for each day",
}
RATING_WORDS: Final = {
    Rating.EVERYONE: "for everyone",
    Rating.ADULT: "for adults: age-restricted channels only",
}
_FORUM_WORDS: Final = {
    Threads.PROJECT: "a post of that forum",
    Threads.CHARACTER: "a post of that forum for each character",
    Threads.DAY: "a post of that forum for each day",
}


def project_created(project: Project, *, in_use: bool) -> Look:
    """Show a new project; `in_use`: its maker works on it now."""
    chosen = (
        f"<@{project.created_by}> works on it from now on."
        if in_use
        else "`/project use` makes it your choice wherever you name none."
    )
    return Look(
        text=f"Project **{_name(project)}** exists now. {_where(project)} {chosen}"
        f"\n{small(f'Its pictures lie in the library under `{project.slug}`.')}",
        colour=palette.DONE,
    )


def project_used(project: Project | None) -> Look:
    """Answer `/project use`; None: the choice was dropped, or never made."""
    if project is None:
        return Look(
            text="You work on no project now. `/project use` chooses one, `/project list` shows them all.",
            colour=palette.IDLE,
        )
    return Look(
        text=f"You work on **{_name(project)}** now: what you ask for goes there unless you say otherwise.",
        colour=palette.DONE,
    )


def project_card(
    project: Project,
    *,
    in_use: bool = False,
    style: Style | None = None,
    trouble: StudioError | None = None,
) -> Look:
    """Show a project; `in_use`: it is the reader's own choice; `trouble`: why its gallery takes nothing."""
    usual = dotted(
        f"workflow {code(project.workflow)}" if project.workflow else "",
        f"style **{fitted(style.name, 100)}**" if style else "",
    )
    lines = [
        fitted(project.description, 1000),
        _where(project),
        _trouble(trouble),
        f"Rated {RATING_WORDS[project.rating]}.",
        f"Drawn with {usual} where nothing else is said." if usual else "",
        f"Made by <@{project.created_by}> {relative(project.created)}.",
        "You work on it now." if in_use else "",
        f"**Archived** {relative(project.archived)}. `/project restore` brings it back."
        if project.archived is not None
        else "",
        small(f"Its pictures lie in the library under `{project.slug}`."),
    ]
    return Look(title=_name(project), text="\n".join(line for line in lines if line), colour=_colour(project))


def project_list(
    projects: Sequence[Project], *, in_use: Project | None = None, archived: bool = False
) -> Look:
    title = "Archived projects" if archived else "Projects"
    if not projects:
        none = "Nothing is archived." if archived else "No projects yet. `/project create` makes one."
        return Look(title=title, text=none, colour=palette.IDLE)
    rows = [_row(project, in_use) for project in projects[:MOST_SHOWN]]
    hidden = len(projects) - len(rows)
    more = [f"-# and {counted(hidden, 'more project')}; `/project show` finds each by name"] if hidden else []
    return Look(title=title, text="\n".join([*rows, *more]), colour=palette.WAITING)


def project_choices(project: Project, *, style: Style | None, trouble: StudioError | None) -> Look:
    """Show what of a project can be changed, and what it is now."""
    values = [f"**{name}** {value}" for name, value in _values(project, style)]
    how = (
        "Give `/project edit` what is to be different. `clear` takes the description, the channel, the "
        "workflow or the style away."
    )
    lines = [*values, *filter(None, [_trouble(trouble)]), "", how]
    return Look(
        title=f"{_name(project)} · what can be changed", text="\n".join(lines), colour=_colour(project)
    )


def project_edited(before: Project, after: Project, *, styles: tuple[Style | None, Style | None]) -> Look:
    pairs = zip(_values(before, styles[0]), _values(after, styles[1]), strict=True)
    changed = [f"**{name}** {old} → {new}" for (name, old), (_, new) in pairs if old != new]
    if not changed:
        return Look(text=f"**{_name(after)}** is like that already: nothing changed.", colour=palette.IDLE)
    moved = before.gallery != after.gallery or before.threads != after.threads
    note = [small("What was posted before stays where it is.")] if moved else []
    return Look(title=_name(after), text="\n".join([*changed, *note]), colour=palette.DONE)


def project_archived(project: Project) -> Look:
    return Look(
        text=f"**{_name(project)}** is archived: it is not offered and nothing is drawn for it. "
        "All it has is kept; `/project restore` brings it back.",
        colour=palette.IDLE,
    )


def project_restored(project: Project) -> Look:
    return Look(text=f"**{_name(project)}** is back. {_where(project)}", colour=palette.DONE)


def project_deletion(project: Project, holdings: Holdings) -> Look:
    """Ask before anything is lost: the harmless choices first."""
    history = f"Its history ({counted(holdings.jobs, 'job')}) and what is posted in Discord stay."
    lines = [
        f"Delete **{_name(project)}**? {_lost(holdings)}",
        history if holdings.jobs else "",
        small("`/project export` keeps a copy first.") if holdings.pictures else "",
    ]
    return Look(
        text="\n".join(line for line in lines if line),
        colour=palette.FAILED,
        buttons=tuple(_ways_out(project, holdings)),
    )


def _lost(holdings: Holdings) -> str:
    held = [
        f"{counted(holdings.pictures, 'picture')} ({file_size(holdings.bytes)})" if holdings.pictures else "",
        counted(holdings.characters, "character") if holdings.characters else "",
        counted(holdings.styles, "style") if holdings.styles else "",
    ]
    return f"This would take {', '.join(filter(None, held))}, for good." if any(held) else "It holds nothing."


def _ways_out(project: Project, holdings: Holdings) -> Iterator[Button]:
    yield Button(kind=PROJECT, rest=f"{project.id}:{KEEP}", label="Keep it")
    if project.archived is None:
        yield Button(
            kind=PROJECT,
            rest=f"{project.id}:{ARCHIVE}",
            label="Archive instead",
            style=discord.ButtonStyle.primary,
        )
    pictures = holdings.pictures
    yield Button(
        kind=PROJECT,
        rest=f"{project.id}:{DELETE}:{pictures}",
        label=f"Delete {counted(pictures, 'picture')}" if pictures else "Delete it",
        style=discord.ButtonStyle.danger,
    )


def project_kept(project: Project) -> Look:
    return Look(text=f"**{_name(project)}** stays as it is.", colour=palette.IDLE)


def project_deleted(project: Project, took: Holdings) -> Look:
    if not took.pictures:
        return Look(text=f"**{_name(project)}** is deleted.", colour=palette.IDLE)
    return Look(
        text=f"**{_name(project)}** is deleted, with {counted(took.pictures, 'picture')}. The files are "
        f"removed within minutes, which frees {file_size(took.bytes)}.",
        colour=palette.IDLE,
    )


def _values(project: Project, style: Style | None) -> list[tuple[str, str]]:
    return [
        ("name", _name(project)),
        ("description", fitted(project.description, 300) or "none"),
        ("channel", f"<#{project.gallery.channel}>" if project.gallery else "none of its own"),
        ("threads", THREAD_WORDS[project.threads]),
        ("rating", RATING_WORDS[project.rating]),
        ("workflow", code(project.workflow) if project.workflow else "the usual one"),
        ("style", fitted(style.name, 100) if style else "none"),
    ]


def _row(project: Project, in_use: Project | None) -> str:
    gallery = project.gallery
    return dotted(
        f"**{_name(project)}**",
        f"<#{gallery.thread or gallery.channel}>" if gallery else "",
        "adult" if project.rating is Rating.ADULT else "",
        "you work on it" if in_use and in_use.id == project.id else "",
    )


def _where(project: Project) -> str:
    gallery = project.gallery
    if gallery is None:
        return "Its pictures go to the server's gallery, or where they were asked for."
    return f"Its pictures go to <#{gallery.channel}>, in {_thread(project)}."


def _thread(project: Project) -> str:
    gallery = project.gallery
    if gallery is not None and gallery.thread is not None and project.threads is Threads.PROJECT:
        return f"<#{gallery.thread}>"
    if gallery is not None and gallery.kind is GalleryKind.FORUM:
        return _FORUM_WORDS[project.threads]
    return "a thread there" if project.threads is Threads.PROJECT else THREAD_WORDS[project.threads]


def _trouble(trouble: StudioError | None) -> str:
    if trouble is None:
        return ""
    return (
        f"⚠️ {prose(trouble.message, 300)} Until another channel is chosen with `/project edit`, "
        "pictures are posted where they were asked for, or kept in the library."
    )


def _colour(project: Project) -> int:
    return palette.WAITING if project.is_open else palette.IDLE


def _name(project: Project) -> str:
    return fitted(project.name, 100)
