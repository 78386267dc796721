"""The studio's own nouns: projects, and where their pictures go."""

import re
import unicodedata
from collections.abc import Container
from dataclasses import dataclass
from enum import StrEnum
from itertools import chain, count

from bot.core.errors import BadRequest, WrongState

MAX_NAME = 80


class GalleryKind(StrEnum):
    TEXT = "text"
    FORUM = "forum"


class Threads(StrEnum):
    """How a project's pictures are spread over threads."""

    PROJECT = "project"
    CHARACTER = "character"
    DAY = "day"


class Rating(StrEnum):
    """Who may see a project's pictures; adult ones go to age-restricted channels only."""

    EVERYONE = "everyone"
    ADULT = "adult"


@dataclass(frozen=True, slots=True, kw_only=True)
class Gallery:
    """A channel whose threads take finished pictures, and the thread in use, if there is one already."""

    channel: int
    kind: GalleryKind
    thread: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Project:
    """A production. `slug` names its folder and is unique in its guild; times are UTC milliseconds.

    `style` is the id of the style it is drawn in. A deleted one stays, for its jobs to name it.
    """

    id: int
    guild: int | None
    name: str
    slug: str
    created: int
    created_by: int
    gallery: Gallery | None = None
    description: str = ""
    threads: Threads = Threads.PROJECT
    rating: Rating = Rating.EVERYONE
    workflow: str | None = None
    style: int | None = None
    archived: int | None = None
    deleted: int | None = None

    @property
    def is_open(self) -> bool:
        return self.archived is None and self.deleted is None


@dataclass(frozen=True, slots=True, kw_only=True)
class GuildSettings:
    """What a server has chosen for itself."""

    guild: int
    gallery: Gallery | None = None
    admin_channel: int | None = None
    reactions: tuple[str, ...] | None = None
    """The emoji that the bot puts on its own posts; None: the usual ones."""
    reviewer_role: int | None = None
    """Who may approve and reject; None: everybody."""


def clean_name(kind: str, text: str) -> str:
    """Return a name fit to show: no control or direction marks, no doubled blanks, not too long."""
    visible = "".join(char for char in text if unicodedata.category(char) not in ("Cc", "Cf", "Cs"))
    name = " ".join(visible.split())
    if not name:
        raise BadRequest(f"The {kind}'s name is empty.", hint="Give it a name of letters.")
    if len(name) > MAX_NAME:
        raise BadRequest(
            f"The {kind}'s name has {len(name)} characters; the most is {MAX_NAME}.", hint="Shorten it."
        )
    return name


def listable_name(kind: str, text: str) -> str:
    """Return a clean name that can stand in a list: `all` and commas mean something there."""
    name = clean_name(kind, text)
    if "," in name or name.casefold() == "all":
        raise BadRequest(
            f"A {kind} cannot be called “{name}”.",
            hint="Lists of them are separated by commas, and `all` means every one: choose a name without.",
        )
    return name


def clean_text(what: str, text: str, *, most: int) -> str:
    """Return a longer text on one line, without control and direction marks."""
    printable = "".join(" " if char.isspace() else char for char in text)
    visible = "".join(char for char in printable if unicodedata.category(char) not in ("Cc", "Cf", "Cs"))
    line = " ".join(visible.split())
    if len(line) > most:
        raise BadRequest(
            f"The {what} has {len(line):,} characters; the most is {most:,}.", hint="Shorten it."
        )
    return line


def slug_of(name: str) -> str:
    """Return a name for folders: `[a-z0-9-]`, at most 40; empty if nothing of the name can be kept.

    A name that Windows keeps for a device, or the library for itself, gets a tail.
    """
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode()
    slug = re.sub(r"[^a-z0-9]+", "-", plain.casefold()).strip("-")[:40].rstrip("-")
    return f"{slug}-0" if _KEPT.fullmatch(slug) else slug


_KEPT = re.compile(r"con|prn|aux|nul|(com|lpt)[0-9]|references|thumbnails")


def spare_slug(slug: str, taken: Container[str], *, noun: str) -> str:
    """Return the slug, with a number if it is taken, or `<noun>-<number>` where there is none."""
    names = chain([slug] if slug else [], (f"{slug or noun}-{number}" for number in count(2 if slug else 1)))
    return next(name for name in names if name not in taken)


def check_seen(project: Project, *, pictures: int, seen: int) -> None:
    """Raise WrongState if it has another number of pictures than who decides about it has seen."""
    if pictures != seen:
        raise WrongState(
            f"“{project.name}” has {pictures} picture{'' if pictures == 1 else 's'} by now, not {seen}.",
            hint="Look again with `/project delete`.",
        )


def check_there(project: Project) -> None:
    if project.deleted is not None:
        raise WrongState(f"“{project.name}” was deleted.", hint="`/project list` shows those there are.")


def check_open(project: Project) -> Project:
    """Return the project; raise WrongState if it is archived or deleted."""
    check_there(project)
    if project.archived is not None:
        raise WrongState(
            f"“{project.name}” is archived: it is not changed, and nothing new is drawn for it.",
            hint="`/project restore` opens it again; otherwise name another one.",
        )
    return project


def check_audience(rating: Rating, channel: int, *, restricted: bool) -> None:
    """Raise BadRequest if pictures of this rating may not go to the channel."""
    if rating is Rating.ADULT and not restricted:
        raise BadRequest(
            f"An adult project's pictures go to age-restricted channels only, and <#{channel}> is not one.",
            hint="Make that channel age-restricted in Discord's channel settings, or choose another.",
        )
