import asyncio
from dataclasses import replace

import pytest

from bot.core.casting import MOST_VARIATIONS
from bot.core.characters import Appearance, Pose, VariationKind
from bot.core.errors import BadRequest, NotFound, WrongState
from bot.core.generation import Lora
from bot.ports.library import NewCharacter, NewReference, NewVariation
from tests.builders import GUILD, NOW, USER, a_new_job, a_new_project, a_pin, a_recipe, a_reference, a_size

LOOK = Appearance(hair="silver", eyes="green", clothing="coat", key_colours="blue", common_errors="hat")


@pytest.fixture
async def project(stores):
    return await a_stored_project(stores, "Harbour")


async def a_stored_project(stores, name, guild=GUILD):
    slug = f"{name.casefold()}-{guild}"
    stored = await stores.projects.add(a_new_project(guild=guild, name=name, slug=slug))
    return stored.id


def new_character(project, name="Yuki", **changes):
    values = {"slug": name.casefold(), "by": USER, "at": NOW, **changes}
    return NewCharacter(project=project, name=name, **values)


def new_reference(character=0, number=1, **changes):
    sha256 = f"{number:064x}"
    path = f"library/references/{sha256[:2]}/{sha256}.png"
    values = {"pose": Pose.FRONT, "bytes": 90, "size": a_size(), "by": USER, "at": NOW, **changes}
    return NewReference(character=character, path=path, sha256=sha256, **values)


# ── characters


async def test_a_character_comes_back_as_it_was_given(stores, project):
    new = new_character(
        project,
        design_prompt="1girl, calm",
        appearance=LOOK,
        trigger="yuki",
        lora=Lora(name="yuki.safetensors", strength=0.7),
    )
    character = await stores.characters.add(new)
    assert (character.project, character.name, character.slug) == (project, "Yuki", "yuki")
    assert (character.created, character.created_by, character.archived) == (NOW, USER, None)
    assert (character.design_prompt, character.appearance) == ("1girl, calm", LOOK)
    assert (character.trigger, character.lora) == ("yuki", new.lora)
    assert await stores.characters.get(character.id) == character


async def test_a_character_comes_with_all_it_has(stores, project):
    variations = [
        NewVariation(kind=VariationKind.OUTFIT, name="kimono", prompt="white kimono"),
        NewVariation(kind=VariationKind.POSE, name="running", prompt="running"),
    ]
    character = await stores.characters.add(
        new_character(project), variations=variations, references=[new_reference(character=99)]
    )
    known = await stores.characters.variations(character.id)
    assert [(one.kind, one.name, one.prompt) for one in known] == [
        (VariationKind.OUTFIT, "kimono", "white kimono"),
        (VariationKind.POSE, "running", "running"),
    ]
    (reference,) = await stores.characters.references(character.id)
    assert (reference.character, reference.path) == (character.id, new_reference().path)


async def test_an_unknown_character_is_not_found(stores):
    for number in (3, 2**70):
        with pytest.raises(NotFound):
            await stores.characters.get(number)


@pytest.mark.parametrize(("name", "slug"), [("YUKI", "other"), ("Other", "yuki")])
async def test_name_and_slug_are_unique_in_a_project_archived_ones_too(stores, project, name, slug):
    first = await stores.characters.add(new_character(project))
    await stores.characters.change(replace(first, archived=NOW), was=first)
    with pytest.raises(BadRequest, match="“Yuki”"):
        await stores.characters.add(new_character(project, name, slug=slug))


async def test_another_project_may_have_a_character_of_the_same_name(stores, project):
    other = await a_stored_project(stores, "Other")
    await stores.characters.add(new_character(project))
    theirs = await stores.characters.add(new_character(other))
    assert await stores.characters.named(other, "yuki") == theirs


async def test_a_character_that_cannot_be_stored_whole_is_not_stored(stores, project):
    first = await stores.characters.add(new_character(project))
    kimono = NewVariation(kind=VariationKind.OUTFIT, name="kimono", prompt="white kimono")
    with pytest.raises(BadRequest):
        await stores.characters.add(new_character(project, slug="yuki-2"), variations=[kimono])
    assert await stores.characters.of_project(project) == [first]


async def test_a_name_is_found_in_any_case_and_by_its_slug(stores, project):
    character = await stores.characters.add(new_character(project, "Ève Straße", slug="eve-strasse"))
    for spelling in ("ève straße", "ÈVE STRASSE", "eve-strasse", "Eve-Strasse"):
        assert await stores.characters.named(project, spelling) == character
    assert await stores.characters.named(project, "eve") is None


async def test_a_projects_characters_are_in_the_order_of_their_names(stores, project):
    for name in ("gamma", "Alpha", "Beta"):
        await stores.characters.add(new_character(project, name))
    away = await stores.characters.named(project, "beta")
    away = await stores.characters.change(replace(away, archived=NOW), was=away)
    assert [one.name for one in await stores.characters.of_project(project)] == ["Alpha", "gamma"]
    assert await stores.characters.of_project(project, archived=True) == [away]
    assert await stores.characters.named(project, "beta") == away


async def test_a_part_of_the_name_matches_those_that_begin_with_it_first(stores, project):
    for name in ("Harbour", "Old harbour", "Barn", "Arbour", "Arbiter"):
        await stores.characters.add(new_character(project, name, slug=name.casefold().replace(" ", "-")))
    gone = await stores.characters.named(project, "Arbiter")
    await stores.characters.change(replace(gone, archived=NOW), was=gone)
    found = await stores.characters.matching(project, "ARB")
    assert [one.name for one in found] == ["Arbour", "Harbour", "Old harbour"]
    assert len(await stores.characters.matching(project, "", limit=2)) == 2
    assert await stores.characters.matching(project, "%") == []


async def test_the_projects_of_a_guild_that_have_somebody_of_that_name_are_known(stores, project):
    second, foreign = [await a_stored_project(stores, "Second", guild) for guild in (GUILD, 9)]
    archived = await a_stored_project(stores, "Archived")
    for one in (second, project, foreign, archived):
        await stores.characters.add(new_character(one))
    put_away = await stores.projects.get(archived)
    await stores.projects.change(replace(put_away, archived=NOW), was=put_away)
    assert await stores.characters.projects_with(GUILD, "YUKI") == [project, second]
    assert await stores.characters.projects_with(9, "yuki") == [foreign]
    assert await stores.characters.projects_with(GUILD, "mira") == []


async def test_all_of_a_character_can_be_changed_but_project_and_slug(stores, project):
    character = await stores.characters.add(new_character(project))
    wanted = replace(
        character,
        name="Yuki of the North",
        design_prompt="stern",
        appearance=LOOK,
        trigger="yk",
        lora=Lora(name="yk.safetensors"),
        archived=NOW,
    )
    changed = await stores.characters.change(replace(wanted, slug="other", project=99), was=character)
    assert changed == wanted
    assert await stores.characters.get(character.id) == wanted


async def test_a_character_keeps_its_name_in_another_case_and_takes_nobody_elses(stores, project):
    yuki = await stores.characters.add(new_character(project))
    await stores.characters.add(new_character(project, "Mira"))
    yuki = await stores.characters.change(replace(yuki, name="YUKI"), was=yuki)
    assert yuki.name == "YUKI"
    with pytest.raises(BadRequest, match="“Mira”"):
        await stores.characters.change(replace(yuki, name="mira"), was=yuki)


async def test_of_two_people_who_change_a_character_at_once_the_second_is_told(stores, project):
    yuki = await stores.characters.add(new_character(project))
    stern = await stores.characters.change(replace(yuki, design_prompt="stern"), was=yuki)
    with pytest.raises(WrongState, match="“Yuki” was changed by somebody meanwhile") as refusal:
        await stores.characters.change(replace(yuki, trigger="yk"), was=yuki)
    assert "/character show" in refusal.value.hint
    assert await stores.characters.get(yuki.id) == stern


# ── variations


async def test_variations_are_added_in_order_and_removed(stores, project):
    character = await stores.characters.add(new_character(project))
    added = [
        await stores.characters.add_variation(
            character=character.id, kind=VariationKind.EXPRESSION, name=name, prompt=f"{name} smile"
        )
        for name in ("wide", "faint")
    ]
    assert await stores.characters.variations(character.id) == added
    await stores.characters.remove_variation(added[0].id)
    await stores.characters.remove_variation(added[0].id)
    assert await stores.characters.variations(character.id) == added[1:]


async def test_a_variations_name_is_unique_for_its_character(stores, project):
    character = await stores.characters.add(new_character(project))
    outfit = {"kind": VariationKind.OUTFIT, "prompt": "white kimono"}
    await stores.characters.add_variation(character=character.id, name="Kimono", **outfit)
    with pytest.raises(BadRequest, match="“Kimono”"):
        await stores.characters.add_variation(character=character.id, name="KIMONO", **outfit)
    with pytest.raises(NotFound):
        await stores.characters.add_variation(character=99, name="kimono", **outfit)


async def test_a_character_has_no_more_variations_than_there_can_be(stores, project):
    full = [
        NewVariation(kind=VariationKind.POSE, name=f"p{number}", prompt="x")
        for number in range(MOST_VARIATIONS - 1)
    ]
    character = await stores.characters.add(new_character(project), variations=full)
    adding = [
        stores.characters.add_variation(
            character=character.id, kind=VariationKind.POSE, name=name, prompt="x"
        )
        for name in ("last", "more")
    ]
    added, refused = await asyncio.gather(*adding, return_exceptions=True)
    assert added.name == "last"
    assert "that is the most" in refused.message
    assert len(await stores.characters.variations(character.id)) == MOST_VARIATIONS


# ── pictures of them


async def test_references_are_in_the_order_of_their_poses(stores, project):
    character = await stores.characters.add(new_character(project))
    for number, pose in enumerate((Pose.CASUAL, Pose.FRONT, Pose.FRONT), start=1):
        new = new_reference(character.id, number, pose=pose)
        stored = await stores.characters.add_reference(new, most=2)
        assert (stored.sha256, stored.bytes, stored.size) == (new.sha256, new.bytes, new.size)
        assert (stored.added, stored.added_by, stored.artifact) == (NOW, USER, None)
    known = await stores.characters.references(character.id)
    assert [int(one.sha256, 16) for one in known] == [2, 3, 1]


async def test_a_picture_is_a_characters_reference_once_and_a_pose_has_only_so_many(stores, project):
    character = await stores.characters.add(new_character(project))
    await stores.characters.add_reference(new_reference(character.id, 1), most=1)
    with pytest.raises(BadRequest, match="this picture"):
        await stores.characters.add_reference(new_reference(character.id, 1, pose=Pose.ACTION), most=1)
    with pytest.raises(BadRequest, match="front"):
        await stores.characters.add_reference(new_reference(character.id, 2), most=1)
    with pytest.raises(NotFound):
        await stores.characters.add_reference(new_reference(99, 2), most=1)


async def a_character_with_a_reference(stores, project):
    character = await stores.characters.add(new_character(project))
    reference = await stores.characters.add_reference(new_reference(character.id), most=3)
    return character, reference


async def test_a_removed_references_file_is_discarded(stores, project):
    character, reference = await a_character_with_a_reference(stores, project)
    for _ in range(2):
        await stores.characters.remove_reference(reference.id, at=NOW)
    assert await stores.characters.references(character.id) == []
    assert await stores.discards.due() == [reference.path]


async def test_a_file_that_another_character_needs_is_kept(stores, project):
    _, reference = await a_character_with_a_reference(stores, project)
    other = await stores.characters.add(new_character(project, "Mira"))
    await stores.characters.add_reference(new_reference(other.id), most=3)
    await stores.characters.remove_reference(reference.id, at=NOW)
    assert await stores.discards.due() == []


async def test_a_removed_references_file_that_came_back_is_not_due(stores, project):
    character, reference = await a_character_with_a_reference(stores, project)
    await stores.characters.remove_reference(reference.id, at=NOW)
    await stores.characters.add_reference(new_reference(character.id), most=3)
    assert await stores.discards.due() == []


async def test_a_file_that_somebody_took_up_is_kept(stores, project):
    _, reference = await a_character_with_a_reference(stores, project)
    taken = a_reference(path=reference.path, sha256=reference.sha256)
    await stores.pins.put(guild=GUILD, user=USER, pin=a_pin(reference=taken))
    await stores.characters.remove_reference(reference.id, at=NOW)
    assert await stores.discards.due() == []


async def test_a_file_that_a_job_started_from_is_kept(stores, project):
    _, reference = await a_character_with_a_reference(stores, project)
    taken = a_reference(path=reference.path, sha256=reference.sha256)
    await stores.jobs.add(a_new_job(recipe=a_recipe(reference=taken)))
    await stores.characters.remove_reference(reference.id, at=NOW)
    assert await stores.discards.due() == []


async def test_a_deleted_projects_characters_give_up_their_files(stores, project):
    _, reference = await a_character_with_a_reference(stores, project)
    await stores.projects.delete(project, pictures=0, at=NOW)
    assert await stores.characters.of_project(project) == []
    assert await stores.discards.due() == [reference.path]
