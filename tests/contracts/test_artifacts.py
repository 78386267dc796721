from dataclasses import replace
from itertools import product

import pytest

from bot.core.characters import Pose
from bot.core.errors import NotFound
from bot.core.generation import CastMember
from bot.core.job import JobState
from bot.core.likeness import Fingerprint, Likeness
from bot.core.review import Review
from bot.ports.library import NewCharacter, NewReference, PictureFilter
from tests.builders import (
    GUILD,
    NOW,
    USER,
    a_likeness,
    a_new_job,
    a_recipe,
    a_reference,
    an_artifact,
    an_origin,
)
from tests.contracts.shelves import a_member, drawn, drawn_alone, in_project

ALL = PictureFilter()


async def ids(stores, wanted=ALL, **how):
    return [picture.id for picture in await stores.artifacts.page(wanted, **how)]


# ── getting


async def test_a_picture_comes_back_as_it_was_given(stores):
    given = {
        "origin_sha256": "ef" * 32,
        "thumbnail": "library/thumbnails/1-0.webp",
        "fingerprint": Fingerprint(2**64 - 1),
        "likeness": Likeness(score=0.5, colour=0.25, structure=0.75, mean=0.5, references=2),
        "created": NOW,
    }
    picture = await drawn_alone(stores, **given)
    assert picture == replace(an_artifact(job=picture.job, **given), id=picture.id, path=picture.path)
    assert await stores.artifacts.get(picture.id) == picture


@pytest.mark.parametrize("artifact_id", [0, -1, 99, 2**63, 2**70])
async def test_a_picture_that_never_was_is_not_found(stores, artifact_id):
    with pytest.raises(NotFound):
        await stores.artifacts.get(artifact_id)


async def test_how_much_a_picture_is_like_its_references_is_noted_afterwards(stores):
    picture = await drawn_alone(stores)
    await stores.artifacts.liken(picture.id, a_likeness())
    assert await stores.artifacts.get(picture.id) == replace(picture, likeness=a_likeness())
    with pytest.raises(NotFound):
        await stores.artifacts.liken(99, a_likeness())


# ── pages


async def test_pages_go_from_the_newest_to_the_oldest_and_meet(stores):
    made = [(await drawn_alone(stores)).id for _ in range(5)]
    assert await ids(stores, limit=2) == [made[4], made[3]]
    assert await ids(stores, limit=2, before=made[3]) == [made[2], made[1]]
    assert await ids(stores, limit=2, before=made[1]) == [made[0]]
    assert await ids(stores, before=made[0]) == []
    assert await ids(stores, limit=2, after=made[0]) == [made[2], made[1]]
    assert await ids(stores, limit=2, after=made[0], before=made[2]) == [made[1]]
    assert await ids(stores, after=made[4]) == []


async def a_studio_with_pictures(stores):
    """Draw a picture for every guild, project, character and review there is, a day apart each."""
    here, there = [await in_project(stores, guild=guild) for guild in (GUILD, 9)]
    mira, ren = [await a_member(stores, here, name) for name in ("Mira", "Ren")]
    where = [(GUILD, None, ()), (GUILD, here, ()), (GUILD, here, (mira,)), (GUILD, here, (mira, ren))]
    where += [(9, there, ()), (None, None, ())]
    places = product(where, (Review.UNREVIEWED, Review.APPROVED, Review.REJECTED))
    for day, ((guild, project, cast), review) in enumerate(places):
        new = a_new_job(origin=an_origin(guild=guild), project=project, recipe=a_recipe(cast=cast))
        await drawn(stores, new, an_artifact(review=review, created=NOW + day * 1000))
    return here, mira, ren


SCOPES = ({}, {"guild": GUILD}, {"guild": 9}, {"guild": 5})
WITHIN = ((), ("project",), ("mira",), ("ren",), ("project", "mira"))
REVIEWS = ({}, {"review": Review.APPROVED}, {"review": Review.WITHDRAWN})
SPANS = ({}, {"since": NOW + 4000}, {"until": NOW + 11_000}, {"since": NOW + 3000, "until": NOW + 12_000})


async def test_every_filter_shows_just_those_that_fit_it(stores):
    here, mira, ren = await a_studio_with_pictures(stores)
    named = {
        "project": {"project": here},
        "mira": {"character": mira.id},
        "ren": {"character": ren.id},
    }
    every = await stores.artifacts.page(ALL, limit=100)
    of_job = {picture.id: await stores.jobs.get(picture.job) for picture in every}
    for scope, within, review, span in product(SCOPES, WITHIN, REVIEWS, SPANS):
        wanted = PictureFilter(
            **scope, **review, **span, **{key: one for name in within for key, one in named[name].items()}
        )
        fitting = [picture.id for picture in every if fits(wanted, picture, of_job[picture.id])]
        assert await ids(stores, wanted, limit=100) == fitting, wanted
        assert await stores.artifacts.count(wanted, most=100) == len(fitting), wanted


def fits(wanted, picture, job):
    return (
        wanted.guild in (None, job.origin.guild)
        and wanted.project in (None, job.project)
        and (wanted.character is None or wanted.character in [member.id for member in job.recipe.cast])
        and wanted.review in (None, picture.review)
        and (wanted.since or 0) <= picture.created < (wanted.until or NOW * 2)
    )


async def test_no_day_is_shown_where_there_is_nothing_since_then(stores):
    await drawn_alone(stores, created=NOW)
    assert await ids(stores, PictureFilter(since=NOW + 1)) == []
    assert await ids(stores, PictureFilter(until=NOW)) == []
    assert len(await ids(stores, PictureFilter(since=NOW, until=NOW + 1))) == 1


async def test_counting_stops_where_it_was_told_to(stores):
    for _ in range(4):
        await drawn_alone(stores)
    assert await stores.artifacts.count(ALL, most=3) == 3
    assert await stores.artifacts.count(ALL, most=9) == 4


async def test_a_character_nobody_knows_keeps_no_picture_from_the_shelf(stores):
    ghost = CastMember(id=999, name="Nobody", slug="nobody")
    await drawn(stores, a_new_job(recipe=a_recipe(cast=(ghost,))), an_artifact())
    assert len(await ids(stores)) == 1


# ── the same and alike


async def test_a_file_that_is_there_is_known_by_its_hash_within_its_project(stores):
    here = await in_project(stores)
    kept = await drawn_alone(stores, project=here, origin_sha256="ef" * 32)
    nobodys = await drawn_alone(stores, origin_sha256="ef" * 32)
    assert await stores.artifacts.with_hash("ef" * 32, project=here) == kept
    assert await stores.artifacts.with_hash("ef" * 32, project=None) == nobodys
    assert await stores.artifacts.with_hash("ef" * 32, project=77) is None
    assert await stores.artifacts.with_hash("00" * 32, project=here) is None
    await stores.artifacts.delete([kept.id], at=NOW)
    assert await stores.artifacts.with_hash("ef" * 32, project=here) is None


async def test_the_newest_alike_picture_of_the_project_is_named(stores):
    here = await in_project(stores)
    bits = [0b0, 0b111, 2**64 - 1, None]
    made = [
        await drawn_alone(stores, project=here, fingerprint=None if one is None else Fingerprint(one))
        for one in bits
    ]
    await drawn_alone(stores, fingerprint=Fingerprint(0))

    async def alike(one, **how):
        return await stores.artifacts.alike(Fingerprint(one), project=here, **how)

    assert await alike(0) == made[1].id
    assert await alike(2**64 - 1) == made[2].id
    assert await alike(0b1111111 << 20) is None
    assert await alike(0, among=2) is None
    await stores.artifacts.delete([made[1].id], at=NOW)
    assert await alike(0) == made[0].id


async def test_outside_projects_only_the_servers_own_pictures_are_alike(stores):
    here = await in_project(stores)
    await drawn_alone(stores, project=here, fingerprint=Fingerprint(5))
    assert await stores.artifacts.alike(Fingerprint(5), project=None, guild=GUILD) is None
    ours = await drawn_alone(stores, fingerprint=Fingerprint(5))
    assert await stores.artifacts.alike(Fingerprint(5), project=None, guild=GUILD) == ours.id
    assert await stores.artifacts.alike(Fingerprint(5), project=None, guild=9) is None
    assert await stores.artifacts.alike(Fingerprint(5), project=None) is None


# ── moving


async def test_a_job_moves_with_its_pictures_and_their_files_stay(stores):
    here, there = await in_project(stores), await in_project(stores, name="Other")
    picture = await drawn_alone(stores, project=here)
    await stores.artifacts.move(picture.job, project=there)
    assert (await stores.jobs.get(picture.job)).project == there
    assert await stores.artifacts.page(PictureFilter(project=there)) == [picture]
    assert await stores.artifacts.page(PictureFilter(project=here)) == []
    await stores.artifacts.move(picture.job, project=None)
    assert await ids(stores, PictureFilter(project=there)) == []
    with pytest.raises(NotFound):
        await stores.artifacts.move(99, project=there)


# ── deleting


async def test_a_deleted_picture_is_found_by_id_and_job_only(stores):
    here = await in_project(stores)
    mira = await a_member(stores, here, "Mira")
    new = a_new_job(project=here, recipe=a_recipe(cast=(mira,)))
    gone, kept = await drawn(stores, new, an_artifact(), an_artifact())
    await stores.artifacts.delete([gone.id, 999], at=NOW + 5)
    for wanted in (ALL, PictureFilter(guild=GUILD), PictureFilter(project=here)):
        assert await ids(stores, wanted) == [kept.id]
    assert await ids(stores, PictureFilter(character=mira.id)) == [kept.id]
    assert await stores.artifacts.get(gone.id) == replace(gone, deleted=NOW + 5)
    assert await stores.jobs.artifacts(gone.job) == [replace(gone, deleted=NOW + 5), kept]


async def test_what_is_deleted_already_stays_as_it_was_deleted(stores):
    picture = await drawn_alone(stores)
    for at in (NOW, NOW + 1):
        await stores.artifacts.delete([picture.id], at=at)
    assert (await stores.artifacts.get(picture.id)).deleted == NOW


async def test_the_files_of_a_deleted_picture_are_discarded(stores):
    picture = await drawn_alone(stores, thumbnail="library/thumbnails/1.webp")
    await stores.artifacts.delete([picture.id], at=NOW)
    assert sorted(await stores.discards.due()) == sorted([picture.path, "library/thumbnails/1.webp"])


async def test_a_file_that_another_picture_needs_is_kept(stores):
    shared = "library/thumbnails/shared.webp"
    first = await drawn_alone(stores, thumbnail=shared)
    second = await drawn_alone(stores, thumbnail=shared, path=first.path)
    await stores.artifacts.delete([first.id], at=NOW)
    assert await stores.discards.due() == []
    await stores.artifacts.delete([second.id], at=NOW)
    assert sorted(await stores.discards.due()) == sorted([first.path, shared])


async def test_a_file_that_a_job_in_line_is_drawn_from_is_kept(stores):
    picture = await drawn_alone(stores)
    recipe = a_recipe(reference=a_reference(path=picture.path))
    job, _ = await stores.jobs.add(a_new_job(recipe=recipe))
    await stores.artifacts.delete([picture.id], at=NOW)
    assert await stores.discards.due() == []
    assert job.state is JobState.QUEUED


async def test_the_file_of_a_characters_reference_is_kept(stores):
    picture = await drawn_alone(stores)
    here = await in_project(stores)
    new = NewCharacter(project=here, name="Mira", slug="mira", by=USER, at=NOW)
    character = await stores.characters.add(new)
    reference = NewReference(
        character=character.id,
        pose=Pose.FRONT,
        path=picture.path,
        sha256=picture.sha256,
        bytes=picture.bytes,
        size=picture.size,
        by=USER,
        at=NOW,
    )
    await stores.characters.add_reference(reference, most=3)
    await stores.artifacts.delete([picture.id], at=NOW)
    assert await stores.discards.due() == []
