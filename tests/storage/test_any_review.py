"""Whatever people decide, move and delete, in whatever order: the database tells what the fake tells."""

import random
from dataclasses import replace

import pytest

from bot.core.errors import StudioError
from bot.core.families import ModelFamily
from bot.core.review import Reason, Review
from bot.ports.library import PictureFilter
from storage.stores import SqliteStores
from tests.builders import NOW, a_new_job, a_recipe, a_verdict, an_artifact
from tests.contracts.shelves import a_member, drawn, in_project
from tests.fakes import FakeStores

STEPS = 60
TERMS = ("red eyes", "Red Eyes", "six fingers", "crowd", "blurry")
SEEN = [PictureFilter(), *(PictureFilter(review=review) for review in Review)]
SEEN += [PictureFilter(character=1, review=review) for review in (None, *Review)]
SEEN += [PictureFilter(project=project) for project in (1, 2)]


async def a_studio(stores):
    """Make two projects, two characters of the first, and six pictures of them."""
    here = await in_project(stores)
    await in_project(stores, "Other")
    cast = tuple([await a_member(stores, here, name) for name in ("Mira", "Ren")])
    for number in range(3):
        new = a_new_job(project=here, recipe=a_recipe(cast=cast[: number + 1]))
        paths = [f"library/{number}-{index}.png" for index in range(2)]
        await drawn(stores, new, *(an_artifact(path=path, created=NOW + number) for path in paths))


def a_step(chance, at):
    """Return something that somebody does, to be done to both."""
    picture, job = chance.randint(1, 7), chance.randint(1, 4)
    verdict = a_verdict(
        artifact=picture,
        by=chance.randint(1, 3),
        at=at,
        after=chance.choice((Review.APPROVED, Review.REJECTED, Review.REJECTED, Review.WITHDRAWN)),
        reasons=tuple(chance.sample(list(Reason), chance.randint(0, 2))),
    )
    taught = {
        (chance.randint(1, 2), chance.choice((ModelFamily.SDXL, ModelFamily.SD15))): tuple(
            chance.sample(TERMS, chance.randint(1, 3))
        )
    }
    if verdict.after is Review.REJECTED:
        verdict = replace(verdict, lessons=taught)
    term = chance.choice(TERMS)
    steps = {
        "decide": lambda stores: stores.reviews.decide(verdict),
        "decide all": lambda stores: stores.reviews.decide_all(
            [verdict, replace(verdict, artifact=picture % 6 + 1)]
        ),
        "unlearn": lambda stores: unlearn(stores, job % 2 + 1, term, at=at),
        "move": lambda stores: stores.artifacts.move(job, project=at % 2 + 1),
        "delete": lambda stores: stores.artifacts.delete([picture], at=at),
    }
    name = chance.choices(list(steps), weights=(12, 4, 3, 2, 1))[0]
    return name, steps[name]


async def unlearn(stores, character, term, *, at):
    known = await stores.reviews.lessons(character)
    meant = [lesson.id for lesson in known if lesson.term.casefold() == term.casefold()]
    await stores.reviews.unlearn(meant, by=1, at=at)


async def outcome(stores, step):
    """Do it; what is refused is told by its words."""
    try:
        result = await step(stores)
    except StudioError as error:
        return error.message
    return result


async def told_by(stores):
    """Return all that can be asked."""
    pages = [await stores.artifacts.page(wanted, limit=99) for wanted in SEEN]
    counts = [await stores.reviews.counts(wanted) for wanted in SEEN]
    decisions = [await stores.reviews.decisions(number) for number in range(1, 8)]
    judged = [await stores.reviews.judged(character) for character in (1, 2)]
    taught = [
        [(lesson.family, lesson.term, lesson.by, lesson.at) for lesson in await stores.reviews.lessons(one)]
        for one in (1, 2)
    ]
    return (
        pages,
        counts,
        decisions,
        judged,
        [sorted(lessons) for lessons in taught],
        await stores.discards.due(),
    )


@pytest.mark.parametrize("seed", range(3))
async def test_any_story_of_reviews_is_told_alike(database, seed):
    chance = random.Random(seed)
    both = (SqliteStores.over(database), FakeStores())
    for stores in both:
        await a_studio(stores)
    for number in range(STEPS):
        name, step = a_step(chance, NOW + number)
        kept, remembered = [await outcome(stores, step) for stores in both]
        assert kept == remembered, (number, name)
    kept, remembered = [await told_by(stores) for stores in both]
    assert kept == remembered
