from dataclasses import replace

import pytest

from bot.core.casting import MOST_PER_POSE, MOST_VARIATIONS, Sketch
from bot.core.characters import Appearance, Pose, VariationKind
from bot.core.errors import BadRequest, DeliveryError
from bot.core.generation import Lora
from bot.core.library import slug_of
from bot.ports.dossiers import MIB, Dossier, DossierLesson, DossierReference, DossierVariation
from bot.studio import dossiers as module
from tests.builders import a_lora, a_new_project, png
from tests.studio.house import AIKO, a_studio

LIMIT = 10 * MIB
YUKI = Dossier(
    name="Yuki",
    design_prompt="1girl",
    appearance=Appearance(hair="silver"),
    trigger="yuki",
    lora=a_lora(),
    variations=(DossierVariation(kind=VariationKind.OUTFIT, name="kimono", prompt="white kimono"),),
    references=(
        DossierReference(pose=Pose.FRONT, content=png()),
        DossierReference(pose=Pose.ACTION, content=png(grey=2)),
    ),
)


async def a_home(studio, name="Harbor"):
    return await studio.stores.projects.add(a_new_project(name=name, slug=slug_of(name)))


async def arrived(studio, dossier=YUKI, home=None, **more):
    home = home or await a_home(studio)
    return await studio.travel.take_in(await studio.dossiers.pack(dossier), home, AIKO, **more)


async def refused(studio, dossier, words):
    """Take it in, in vain: nobody is there, and no file."""
    with pytest.raises(BadRequest, match=words):
        await arrived(studio, dossier)
    assert studio.stores.memory.characters == {}
    assert studio.shelf.files == {}


async def test_somebody_comes_with_all_they_have():
    async with a_studio() as studio:
        home = await a_home(studio)
        arrival = await arrived(studio, home=home)
        yuki = await studio.casting.named("Yuki", home)
        assert arrival.character == yuki
        assert (arrival.variations, arrival.references, arrival.repeated, arrival.lessons) == (1, 2, 0, 0)
        assert (yuki.design_prompt, yuki.trigger, yuki.lora) == ("1girl", "yuki", a_lora())
        assert yuki.appearance == Appearance(hair="silver")
        assert [one.name for one in await studio.casting.variations(yuki)] == ["kimono"]
        kept = await studio.portraits.of(yuki)
        assert [label for label, _ in kept] == ["front 1", "action 1"]
        assert await studio.shelf.read(kept[1][1].path) == png(grey=2)


async def test_who_went_out_comes_in_again_in_another_project():
    async with a_studio() as studio:
        arrival = await arrived(studio)
        packed = await studio.travel.export(arrival.character, limit=LIMIT)
        assert (packed.references, packed.smaller, packed.missing) == (2, False, ())
        tower = await a_home(studio, "Tower")
        copy = (await studio.travel.take_in(packed.content, tower, AIKO)).character
        assert replace(copy, id=0, project=0) == replace(arrival.character, id=0, project=0)
        assert [label for label, _ in await studio.portraits.of(copy)] == ["front 1", "action 1"]


async def test_a_taken_name_is_refused_and_another_one_can_be_given():
    async with a_studio() as studio:
        home = await a_home(studio)
        await arrived(studio, home=home)
        with pytest.raises(BadRequest, match="a character called “Yuki” already"):
            await arrived(studio, home=home)
        arrival = await arrived(studio, home=home, name="Yuki II")
        assert (arrival.character.name, arrival.character.slug) == ("Yuki II", "yuki-ii")


async def test_a_lora_that_cannot_be_used_here_stays_behind_and_why_is_said():
    async with a_studio() as studio:
        arrival = await arrived(studio, replace(YUKI, lora=Lora(name="elsewhere")))
        assert arrival.character.lora is None
        assert "no LoRA called `elsewhere`" in arrival.without_lora


async def test_the_same_picture_twice_is_kept_once():
    async with a_studio() as studio:
        arrival = await arrived(studio, replace(YUKI, references=YUKI.references * 2))
        assert (arrival.references, arrival.repeated) == (2, 2)


async def test_what_decisions_taught_stays_with_them_and_is_told():
    async with a_studio() as studio:
        learned = (DossierLesson(family="SDXL", term="extra fingers"),)
        assert (await arrived(studio, replace(YUKI, lessons=learned))).lessons == 1


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"name": ""}, "name is empty"),
        ({"name": "everyone"}, "cannot be a character's name"),
        ({"design_prompt": "x" * 2000}, "design prompt has 2,000"),
        ({"appearance": Appearance(eyes="x" * 500)}, "eyes has 500"),
        ({"variations": YUKI.variations * 2}, "two variations called “kimono”"),
        ({"variations": YUKI.variations * (MOST_VARIATIONS + 1)}, "has 76 variations"),
        ({"references": (*YUKI.references, DossierReference(pose=Pose.FRONT, content=b"x"))}, "no picture"),
        (
            {
                "references": tuple(
                    DossierReference(pose=Pose.FRONT, content=png(grey=grey))
                    for grey in range(MOST_PER_POSE + 1)
                )
            },
            "9 pictures of the pose front",
        ),
    ],
)
async def test_what_cannot_be_taken_in_whole_is_not_taken_in_at_all(changes, words):
    async with a_studio() as studio:
        await refused(studio, replace(YUKI, **changes), words)


async def test_pictures_that_would_fill_the_memory_are_refused(monkeypatch):
    monkeypatch.setattr(module, "MOST_TAKEN_IN", len(png()) + 10)
    async with a_studio() as studio:
        await refused(studio, YUKI, "MiB together")


async def test_a_file_that_is_none_is_refused():
    async with a_studio() as studio:
        with pytest.raises(BadRequest):
            await studio.travel.take_in(b"x", await a_home(studio), AIKO)


async def test_pictures_that_are_too_large_for_the_file_are_carried_as_smaller_copies():
    async with a_studio() as studio:
        yuki = (await arrived(studio)).character
        packed = await studio.travel.export(yuki, limit=MIB // 2 + 100)
        assert packed.smaller
        carried = studio.dossiers.packed[packed.content].references
        assert [one.media_type for one in carried] == ["image/webp"] * 2
        with pytest.raises(DeliveryError, match="do not fit"):
            await studio.travel.export(yuki, limit=MIB // 2)


async def test_a_picture_that_is_gone_is_left_out_and_named():
    async with a_studio() as studio:
        yuki = (await arrived(studio)).character
        _, (label, gone) = await studio.portraits.of(yuki)
        await studio.shelf.remove(gone.path)
        packed = await studio.travel.export(yuki, limit=LIMIT)
        assert (packed.references, packed.missing) == (1, (label,))


async def test_a_sketch_without_pictures_travels_too():
    async with a_studio() as studio:
        home = await a_home(studio)
        yuki = await studio.casting.create(Sketch(name="Yuki"), home, AIKO)
        packed = await studio.travel.export(yuki, limit=LIMIT)
        assert studio.dossiers.packed[packed.content] == Dossier(name="Yuki")
