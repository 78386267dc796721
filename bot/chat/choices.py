"""Autocomplete: what is offered while somebody types, best matches first, from memory or one quick look."""

from collections.abc import Iterable, Sequence

from discord import app_commands

from bot.chat.cards.measures import STATE_WORDS
from bot.chat.cards.recipes import subject
from bot.chat.desk import Desk
from bot.chat.markdown import cut
from bot.core.characters import Character, Variation
from bot.core.errors import BadRequest, NotFound
from bot.core.generation import Aspect, Size
from bot.core.job import Job, JobState
from bot.core.library import Project
from bot.core.workflow import Workflow
from bot.ports.stores import JobFilter
from bot.studio.control import Actor

MOST = 25
MOST_CHARACTERS = 100
JOBS_LOOKED_AT = 100

Choice = app_commands.Choice[str]


def offered(names: Iterable[str], typed: str) -> list[Choice]:
    """Offer the names that fit what was typed; one that is too long to be sent is left out."""
    return [
        Choice(name=name, value=name)
        for name in matching([name for name in names if len(name) <= MOST_CHARACTERS], typed)
    ]


def matching(names: Sequence[str], typed: str) -> list[str]:
    """Return what begins with `typed`, then where a word does, then what contains it."""
    wanted = typed.strip().casefold()
    ranked = [(rank, name) for name in names if (rank := _rank(name.casefold(), wanted)) is not None]
    return [name for _, name in sorted(ranked, key=lambda pair: pair[0])][:MOST]


def last_of(typed: str) -> tuple[list[str], str]:
    """Return what stands before the last comma, and what is being typed behind it."""
    *before, last = (part.strip() for part in typed.split(","))
    return [name for name in before if name], last


def listed(before: Sequence[str], names: Iterable[str]) -> list[Choice]:
    """Offer what was typed before the last comma with one of the names behind it."""
    lists = (", ".join([*before, name]) for name in names)
    return [Choice(name=one, value=one) for one in lists if len(one) <= MOST_CHARACTERS][:MOST]


def extended(names: Iterable[str], typed: str) -> list[Choice]:
    """Offer a list with one more of the names that are not in it yet, best matches first."""
    before, last = last_of(typed)
    return listed(before, matching([name for name in names if name not in before], last))


def _rank(name: str, wanted: str) -> int | None:
    at = name.find(wanted)
    if at < 0:
        return None
    if at == 0:
        return 0
    return 2 if name[at - 1].isalnum() else 1


def sizes(typed: str) -> list[Choice]:
    """Offer the named sizes, or what was typed if it is one."""
    try:
        typed_size = Size.parse(typed)
    except BadRequest:
        return offered(Aspect, typed)
    return [Choice(name=str(typed_size), value=f"{typed_size.width}x{typed_size.height}")]


def workflows(known: Iterable[Workflow], typed: str) -> list[Choice]:
    """Offer workflows by name or title."""
    labels = {cut(f"{workflow.name} · {workflow.title}", MOST_CHARACTERS): workflow for workflow in known}
    return [Choice(name=label, value=labels[label].name) for label in matching(list(labels), typed)]


def projects(found: Iterable[Project]) -> list[Choice]:
    return [Choice(name=project.name, value=project.name) for project in found][:MOST]


def characters(found: Iterable[Character]) -> list[Choice]:
    return [Choice(name=character.name, value=character.name) for character in found][:MOST]


def variations(found: Iterable[Variation], typed: str) -> list[Choice]:
    """Offer variations by name, or by what kind they are."""
    labels = {f"{one.name} · {one.kind}": one for one in found}
    return [Choice(name=label, value=labels[label].name) for label in matching(list(labels), typed)]


async def jobs(desk: Desk, actor: Actor, typed: str, *states: JobState) -> list[Choice]:
    """Offer jobs of the actor's server by number or words of the prompt, newest first, in these states."""
    wanted = typed.strip().removeprefix("#")
    newest = await desk.jobs.page(JobFilter(guild=actor.guild), limit=JOBS_LOOKED_AT)
    known = [*await _exactly(desk, actor, wanted), *newest]
    labels = {_label(job): job for job in known if not states or job.state in states}
    return [Choice(name=label, value=str(labels[label].id)) for label in matching(list(labels), wanted)]


async def _exactly(desk: Desk, actor: Actor, number: str) -> list[Job]:
    """Find a job by its number, however old it is."""
    if not (number.isascii() and number.isdigit() and len(number) < len(str(2**63))):
        return []
    try:
        return [await desk.control.job(int(number), actor)]
    except NotFound:
        return []


def _label(job: Job) -> str:
    return cut(f"{job.id} · {STATE_WORDS[job.state]} · {subject(job)}", MOST_CHARACTERS)
