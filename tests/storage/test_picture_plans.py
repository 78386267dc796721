"""A page of pictures is read from one index, whatever it is filtered by and however many there are."""

from dataclasses import fields
from itertools import product

import pytest

from bot.core.generation import CastMember
from bot.core.review import Review
from bot.ports.library import PictureFilter
from storage.stores import SqliteStores
from tests.builders import NOW, a_new_job, a_new_project, a_recipe, an_artifact, an_origin
from tests.contracts.shelves import drawn
from tests.storage.test_query_plans import plans_of, statements_of

LEADS = {
    "character": (
        "artifact_characters_by_character (character=?",
        "artifact_characters_by_review (character=?",
    ),
    "project": ("artifacts_by_project (project=?", "artifacts_by_project_review (project=?"),
    "guild": ("artifacts_by_guild (guild=?", "artifacts_by_guild_review (guild=?"),
}
"""Which index answers, without the review and with it: the narrowest one that was asked for."""

SCOPES = [{"character"}, {"project"}, {"guild"}, {"guild", "project"}, {"guild", "project", "character"}]
SPANS = [{}, {"since": NOW}, {"until": NOW}, {"since": NOW, "until": NOW + 9}]
FILTERS = [
    PictureFilter(**dict.fromkeys(scope, 1), **review, **span)
    for scope, review, span in product(SCOPES, ({}, {"review": Review.APPROVED}), SPANS)
]


def named(wanted):
    return "+".join(one.name for one in fields(wanted) if getattr(wanted, one.name) is not None)


@pytest.fixture(params=[False, True], ids=["empty", "filled and analysed"])
async def stores(request, database):
    stores = SqliteStores.over(database)
    if request.param:
        await fill(stores)
        await database._writer.run(lambda db: db.execute("ANALYZE"))
    return stores


async def fill(stores):
    """Draw pictures of which nearly all are one project's, unreviewed and of one day."""
    for number in range(3):
        await stores.projects.add(a_new_project(guild=1, name=f"p{number}", slug=f"p{number}", by=1))
    cast = (CastMember(id=1, name="Mira", slug="mira"),)
    for number in range(60):
        review = Review.UNREVIEWED if number % 20 else Review.APPROVED
        project = 1 if number % 10 else 2
        new = a_new_job(project=project, recipe=a_recipe(cast=cast), origin=an_origin(guild=1))
        await drawn(stores, new, an_artifact(review=review, created=NOW))


async def test_every_page_and_count_is_read_from_the_narrowest_index(database, stores):
    for wanted in FILTERS:
        lead = next(index for name, index in LEADS.items() if getattr(wanted, name))[bool(wanted.review)]
        key = "artifact" if wanted.character else "id"
        for asked in (
            stores.artifacts.page(wanted, before=50),
            stores.artifacts.page(wanted, after=5),
            stores.artifacts.count(wanted, most=50),
        ):
            *dates, question = await statements_of(database, asked)
            plan = await plans_of(database, [question])
            (led,) = [step for step in plan if "artifact_characters" in step or "artifacts_by" in step]
            assert lead in led, (named(wanted), plan)
            assert led.endswith(f"{key}>? AND {key}<?)"), (named(wanted), plan)
            assert not [step for step in plan if "TEMP B-TREE" in step], (named(wanted), plan)
            for step in await plans_of(database, dates):
                assert step.startswith("SEARCH artifacts USING COVERING INDEX artifacts_by_created")
