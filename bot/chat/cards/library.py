"""Projects and galleries: where pictures go."""

from collections.abc import Sequence
from typing import Final

from bot.chat.cards import palette
from bot.chat.cards.measures import counted, relative
from bot.chat.look import Look
from bot.chat.markdown import fitted
from bot.core.library import Gallery, GalleryKind, Project

MOST_SHOWN: Final = 25


def project_created(project: Project) -> Look:
    return Look(
        text=f"Project **{_name(project)}** exists now. {_where(project)} "
        "`/project use` makes it your choice wherever you name none.",
        colour=palette.DONE,
    )


def project_used(project: Project | None) -> Look:
    """Answer `/project use`; None: the choice was dropped."""
    if project is None:
        return Look(text="You work on no project now.", colour=palette.IDLE)
    return Look(
        text=f"You work on **{_name(project)}** now: what you ask for goes there unless you say otherwise.",
        colour=palette.DONE,
    )


def project_card(project: Project, *, in_use: bool = False) -> Look:
    """Show a project; `in_use`: it is the reader's own choice."""
    lines = [
        _where(project),
        f"Made by <@{project.created_by}> {relative(project.created)}.",
        "You work on it now." if in_use else "",
        f"-# Its pictures lie in the library under `{project.slug}`.",
    ]
    return Look(title=_name(project), text="\n".join(line for line in lines if line), colour=palette.WAITING)


def project_list(projects: Sequence[Project], *, in_use: Project | None = None) -> Look:
    if not projects:
        return Look(
            title="Projects", text="No projects yet. `/project create` makes one.", colour=palette.IDLE
        )
    rows = [_row(project, in_use) for project in projects[:MOST_SHOWN]]
    hidden = len(projects) - len(rows)
    more = [f"-# and {counted(hidden, 'more project')}; `/project show` finds each by name"] if hidden else []
    return Look(title="Projects", text="\n".join([*rows, *more]), colour=palette.WAITING)


def _row(project: Project, in_use: Project | None) -> str:
    gallery = f" · <#{project.gallery.thread or project.gallery.channel}>" if project.gallery else ""
    chosen = " · you work on it" if in_use and in_use.id == project.id else ""
    return f"**{_name(project)}**{gallery}{chosen}"


def gallery_card(gallery: Gallery | None, *, changed: bool = False) -> Look:
    """Show where pictures without a project's gallery go; `changed`: it was chosen just now."""
    if gallery is None:
        return Look(
            text="There is no gallery: pictures are posted where they were asked for. "
            "`/settings gallery` chooses a channel.",
            colour=palette.IDLE,
        )
    now = " from now on" if changed else ""
    return Look(
        text=f"Pictures without a project's own gallery go to <#{gallery.channel}>{now}, "
        f"in {_THREAD[gallery.kind]}.",
        colour=palette.DONE if changed else palette.WAITING,
    )


def admin_channel_card(channel: int | None, *, changed: bool = False) -> Look:
    """Show where the studio's troubles are told; `changed`: it was chosen just now."""
    if channel is None:
        return Look(
            text="Nobody in this server is told when ComfyUI is away or the disk is full. "
            "`/settings admin` chooses a channel for that.",
            colour=palette.IDLE,
        )
    now = " from now on" if changed else ""
    return Look(
        text=f"<#{channel}> is told{now} when ComfyUI is away, the disk is full or a job is given up.",
        colour=palette.DONE if changed else palette.WAITING,
    )


_THREAD = {GalleryKind.TEXT: "a thread there", GalleryKind.FORUM: "a post of that forum"}


def _where(project: Project) -> str:
    gallery = project.gallery
    if gallery is None:
        return "Its pictures go to the server's gallery, or where they were asked for."
    thread = f"<#{gallery.thread}>" if gallery.thread else _THREAD[gallery.kind]
    return f"Its pictures go to <#{gallery.channel}>, in {thread}."


def _name(project: Project) -> str:
    return fitted(project.name, 100)
