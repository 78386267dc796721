"""Lists that are turned by buttons: the name of a list says all that its next page needs."""

import re
from collections.abc import Iterable
from functools import partial

from bot.chat import cards
from bot.chat.answers import Announced, turn
from bot.chat.desk import Desk
from bot.chat.expired import known, meaning
from bot.chat.interaction import Interaction
from bot.chat.look import Look
from bot.chat.people import actor_of
from bot.core.job import JobState
from bot.core.leafing import Turn
from bot.ports.stores import JobFilter
from bot.studio.control import Actor
from bot.studio.leafing import leaf

PER_PAGE = 10
_FILTER = re.compile(
    rf"{cards.JOB_LIST}(?:\.u(?P<user>\d+))?(?:\.p(?P<project>\d+))?(?:\.s(?P<state>[a-z]+))?"
)


_ABOUT = re.compile(rf"(?P<list>[^:]{{1,60}}):(?P<at>{cards.TURN})")


async def turned(interaction: Interaction, rest: str) -> None:
    """Show another page in the message whose button was pressed."""
    about = meaning(_ABOUT, rest)
    async with interaction.client.reception.attend(interaction, Announced.IN_PLACE):
        look = await page_of(interaction.client.desk, about["list"], about["at"], actor=actor_of(interaction))
    await turn(interaction, known(look))


async def page_of(desk: Desk, name: str, at: str, *, actor: Actor) -> Look | None:
    """Return a page of the named list; None if there is no such list any more.

    The line is not kept by number: its pages are counted.
    """
    if name == cards.QUEUE_LIST:
        return await queue_page(desk, int(at))
    if name == cards.BATCH_LIST:
        return await batch_page(desk, actor, at=cards.turn_in(at))
    wanted = filter_of(name, guild=actor.guild)
    return None if wanted is None else await job_page(desk, wanted, at=cards.turn_in(at))


async def queue_page(desk: Desk, page: int = 0) -> Look:
    return cards.queue_card(await desk.line.queue(page), now=desk.clock.now())


async def batch_page(desk: Desk, actor: Actor, *, at: Turn = None) -> Look:
    return cards.batch_list(await desk.foreman.page(actor, at, size=PER_PAGE))


async def job_page(desk: Desk, wanted: JobFilter, *, at: Turn = None) -> Look:
    page = await leaf(partial(desk.jobs.page, wanted), at, size=PER_PAGE)
    return cards.job_list(page, list_name=name_of(wanted))


def name_of(wanted: JobFilter) -> str:
    """Return the list's name; the server is not in it, as a button is pressed where it hangs."""
    marks = (("u", wanted.user), ("p", wanted.project), ("s", wanted.state))
    return ".".join(_parts(marks))


def _parts(marks: Iterable[tuple[str, int | str | None]]) -> Iterable[str]:
    yield cards.JOB_LIST
    for mark, value in marks:
        if value is not None:
            yield f"{mark}{value}"


def filter_of(name: str, *, guild: int | None) -> JobFilter | None:
    match = _FILTER.fullmatch(name)
    if match is None or match["state"] not in {None, *JobState}:
        return None
    return JobFilter(
        guild=guild,
        user=int(match["user"]) if match["user"] else None,
        project=int(match["project"]) if match["project"] else None,
        state=JobState(match["state"]) if match["state"] else None,
    )
