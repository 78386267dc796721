"""`/character`: somebody is made, described, pictured, changed, put away, and travels."""

import json
from io import BytesIO
from zipfile import ZipFile

import pytest
from PIL import Image
from PIL.ExifTags import GPS, Base

from bot.core.generation import Lora
from bot.sandbox.discord import Message, NotPossible
from tests.imaging.hostile import NO_PICTURES, SVG, animated, arrow, bomb, encoded, photo
from tests.journeys.studio import Studio, a_png, picture_in


@pytest.fixture
async def harbor(studio: Studio) -> Studio:
    """A studio with a project in use."""
    await studio.answer("/project create name:Harbor")
    await studio.answer("/project use project:Harbor")
    return studio


async def make(studio: Studio, text: str = "name:Yuki") -> Message:
    """Make a character, leaving the form that opens unanswered."""
    asked = await studio.command(f"/character create {text}")
    await asked.modal_shown()
    return (await asked.followed_up())[0]


async def add(studio: Studio, name: str, content: bytes, pose: str = "front") -> Message:
    return await studio.answer(
        f"/character reference add character:Yuki pose:{pose}", attachments={"picture": (name, content)}
    )


async def names_of(studio: Studio, command: str, option: str, typed: str = "", **more: str) -> list[str]:
    offered = await studio.artist.autocomplete(command, option, typed, channel=studio.general, **more)
    return [choice.name for choice in offered]


async def test_somebody_is_made_described_in_a_form_and_shown(harbor: Studio) -> None:
    asked = await harbor.command(
        "/character create name:Yuki design_prompt:1girl, calm trigger:yuki lora:watercolor_sd15 lora_strength:0.7"
    )
    form = await asked.modal_shown()
    assert form.title == "What Yuki looks like"
    assert [field["custom_id"] for field in form.inputs] == [
        "hair",
        "eyes",
        "clothing",
        "key_colours",
        "common_errors",
    ]
    told = (await asked.followed_up())[0]
    assert not told.ephemeral
    assert "Yuki** is a character of **Harbor** now. `@Yuki` in a prompt brings them in." in told.text
    await harbor.restart()
    sent = await harbor.artist.submit(asked, {"hair": "silver hair", "common_errors": "hat, short hair"})
    card = await sent.answered()
    assert card.ephemeral
    for words in ("1girl, calm", "silver hair", "hat, short hair · common errors", "at 0.7 · trigger `yuki`"):
        assert words in card.text
    again = await harbor.artist.click(told, "Appearance")
    prefilled = {field["custom_id"]: field.get("value") for field in (await again.modal_shown()).inputs}
    assert (prefilled["hair"], prefilled["eyes"]) == ("silver hair", None)
    at_once = await harbor.artist.click(told, "Appearance")
    await at_once.modal_shown()
    await (await harbor.artist.submit(again, {"eyes": "green"})).answered()
    clash = await (await harbor.artist.submit(at_once, {"eyes": "blue", "clothing": "a coat"})).answered()
    assert "**Eyes** `green`\n> you wrote `blue`" in clash.text
    shown = await harbor.answer("/character show character:yuki")
    assert "**Hair** silver hair" in shown.text
    assert "**Eyes** green" in shown.text
    assert "**Clothing** a coat" in shown.text
    form_again = await harbor.command("/character edit character:@Yuki")
    assert (await form_again.modal_shown()).title == "What Yuki looks like"


async def test_a_form_for_somebody_who_is_gone_says_so(harbor: Studio) -> None:
    told = await make(harbor)
    asked = await harbor.artist.click(told, "Appearance")
    await asked.modal_shown()
    await harbor.answer("/character archive character:Yuki")
    answer = await (await harbor.artist.submit(asked, {"hair": "red"})).answered()
    assert "“Yuki” is archived" in answer.text
    pressed = await harbor.artist.click(told, "Appearance")
    assert "is archived" in (await pressed.answered()).text
    for custom_id in ("character:999:looks", "character:1:dance", "character:x", "character:999:references"):
        old = harbor.a_message_with_button(custom_id)
        answer = await (await harbor.artist.click(old, custom_id)).answered()
        assert answer.ephemeral


async def test_who_cannot_be_is_refused_to_the_asker_alone(harbor: Studio) -> None:
    for options, words in (
        ("name:everyone", "cannot be a character's name"),
        ("name:\u202e\u200b", "name is empty"),
        ("name:[x]", "no prompt could name it"),
        ("name:Mira lora:mira", "no LoRA called `mira`"),
        ("name:Mira lora_strength:1", "no LoRA was named"),
        ("name:Mira project:Tower", "no project called `Tower`"),
    ):
        answer = await harbor.answer(f"/character create {options}")
        assert answer.ephemeral
        assert words in answer.text
    assert "Nobody yet" in (await harbor.answer("/character list")).text


async def test_names_of_all_kinds_are_kept_as_they_are_and_never_are_a_path(harbor: Studio) -> None:
    for name in ("../../etc", "雪 🦊", "Y" * 80, "**<b>** `x`", "7 of 9"):
        await make(harbor, f"name:{name}")
    listed = await harbor.answer("/character list")
    assert "../../etc" in listed.text
    assert "雪 🦊" in listed.text
    shown = await harbor.answer("/character show character:7 of 9")
    assert "`@[7 of 9]`" in shown.text
    assert harbor.discord.pings == []
    with pytest.raises(NotPossible, match="between 1 and 80"):
        await harbor.command(f"/character create name:{'Y' * 81}")
    twice = await harbor.answer("/character create name:yyyy".replace("yyyy", "y" * 80))
    assert "already" in twice.text


async def test_two_projects_each_have_their_own_and_they_never_mix(harbor: Studio) -> None:
    await make(harbor, "name:Yuki design_prompt:a heron")
    await harbor.answer("/project create name:Tower")
    elsewhere = await harbor.answer("/character show character:Yuki project:Tower")
    assert "“Yuki” is a character of “Harbor”, not of “Tower”" in elsewhere.text
    await make(harbor, "name:Yuki project:Tower design_prompt:a fox")
    assert "a heron" in (await harbor.answer("/character show character:Yuki")).text
    assert "a fox" in (await harbor.answer("/character show character:Yuki project:Tower")).text
    assert await names_of(harbor, "/character show", "character", "y", project="Tower") == ["Yuki"]
    assert await names_of(harbor, "/character show", "character", "", project="Nowhere") == []


async def test_without_any_project_the_first_one_is_what_to_make(studio: Studio) -> None:
    for command in ("list", "show character:Yuki", "create name:Yuki", "export character:Yuki"):
        answer = await studio.answer(f"/character {command}")
        assert answer.ephemeral
        assert "There is no project yet" in answer.text
    assert await names_of(studio, "/character restore", "character") == []
    assert await names_of(studio, "/character variation remove", "variation", character="Yuki") == []
    assert await names_of(studio, "/character reference remove", "reference", character="Yuki") == []


async def test_a_change_tells_before_and_after(harbor: Studio) -> None:
    await make(harbor, "name:Yuki trigger:yuki lora:watercolor_sd15")
    told = await harbor.answer("/character edit character:Yuki name:Yuki-hime trigger:snow lora_strength:0.4")
    assert "**Trigger** yuki → snow" in told.text
    assert "at 1 → `watercolor_sd15` at 0.4" in told.text
    gone = await harbor.answer("/character edit character:Yuki-hime clear:LoRA")
    assert "→ none" in gone.text
    both = await harbor.answer("/character edit character:Yuki-hime clear:trigger trigger:x")
    assert "given and cleared at once" in both.text
    unknown = await harbor.answer("/character edit character:Yuka trigger:x")
    assert "no character called `Yuka`" in unknown.text
    assert await names_of(harbor, "/character edit", "lora", "water", character="Yuki") == [
        "watercolor_sd15.safetensors"
    ]


async def test_who_is_archived_is_offered_nowhere_until_they_are_restored(harbor: Studio) -> None:
    await make(harbor)
    away = await harbor.answer("/character archive character:Yuki")
    assert "`/character restore`" in away.text
    assert await names_of(harbor, "/character show", "character") == []
    assert await names_of(harbor, "/character restore", "character") == ["Yuki"]
    assert "Yuki" in (await harbor.answer("/character list archived:True")).text
    for command in (
        "archive character:Yuki",
        "edit character:Yuki",
        "edit character:Yuki trigger:x",
        "variation add character:Yuki kind:pose name:x prompt:x",
    ):
        assert "is archived" in (await harbor.answer(f"/character {command}")).text
    assert "is archived" in (await add(harbor, "yuki.png", a_png())).text
    assert "Archived" in (await harbor.answer("/character show character:Yuki")).text
    back = await harbor.answer("/character restore character:Yuki")
    assert "is back" in back.text
    assert "not archived" in (await harbor.answer("/character restore character:Yuki")).text


async def test_variations_are_given_listed_and_taken(harbor: Studio) -> None:
    await make(harbor)
    assert "None yet" in (await harbor.answer("/character variation list character:Yuki")).text
    added = await harbor.answer(
        "/character variation add character:Yuki kind:outfit name:kimono prompt:white kimono, red obi"
    )
    assert "in place of the usual clothing" in added.text
    await harbor.answer("/character variation add character:Yuki kind:expression name:smile prompt:smiling")
    twice = await harbor.answer("/character variation add character:Yuki kind:pose name:Kimono prompt:x")
    assert "already" in twice.text
    listed = await harbor.answer("/character variation list character:Yuki")
    assert "**Outfits**\nkimono · white kimono, red obi" in listed.text
    offered = await names_of(harbor, "/character variation remove", "variation", "ki", character="Yuki")
    assert offered == ["kimono · outfit"]
    removed = await harbor.answer("/character variation remove character:Yuki variation:kimono")
    assert "has no outfit **kimono** any more" in removed.text
    unknown = await harbor.answer("/character variation remove character:Yuki variation:kimono")
    assert "no variation called `kimono`" in unknown.text


async def test_pictures_are_kept_clean_shown_on_a_sheet_and_given_up(harbor: Studio) -> None:
    await make(harbor)
    empty = await harbor.answer("/character reference list character:Yuki")
    assert "no reference of “Yuki”" in empty.text
    first = await add(harbor, "yuki.jpg", photo())
    assert "**front 1** of **Yuki** is kept: 40×80." in first.text
    exif = Image.Exif()
    exif.get_ifd(Base.GPSInfo)[GPS.GPSLatitude] = (35.0, 39.0, 31.0)
    exif[Base.Make] = "Telephone"
    await add(harbor, "yuki.png", encoded(arrow(), "PNG", exif=exif), pose="casual")
    await add(harbor, "side.png", a_png(), pose="action")
    yuki = (await harbor.app.stores.characters.projects_with(harbor.general.guild.id, "yuki"))[0]
    character = await harbor.app.stores.characters.named(yuki, "yuki")
    assert character is not None
    kept = await harbor.app.stores.characters.references(character.id)
    for one in kept:
        stored = await harbor.app.ports.shelf.read(one.path)
        with Image.open(BytesIO(stored)) as image:
            assert (image.format, dict(image.getexif()), image.info) == ("PNG", {}, {})
        assert b"Telephone" not in stored
        assert b"eXIf" not in stored
    sheet = await harbor.answer("/character reference list character:Yuki")
    assert picture_in(sheet.attachments[0]).width > 200
    assert "**front 1** · 40×80" in sheet.text
    shown = await harbor.answer("/character show character:Yuki")
    assert picture_in(shown.attachments[0]).size == (40, 80)
    assert "front 1 · casual 1 · action 1" in shown.text
    pressed = await harbor.artist.click(shown, "References")
    assert "References of Yuki" in (await pressed.answered()).text
    offered = await names_of(harbor, "/character reference remove", "reference", "", character="Yuki")
    assert offered == ["front 1", "casual 1", "action 1"]
    gone = await harbor.answer("/character reference remove character:Yuki reference:front 1")
    assert "is no reference of **Yuki** any more" in gone.text
    again = await harbor.answer("/character reference remove character:Yuki reference:front 1")
    assert "no reference called `front 1`" in again.text


async def test_a_drawing_becomes_a_reference_and_is_remembered(harbor: Studio) -> None:
    await make(harbor)
    job, _ = await harbor.drawn("prompt:a heron count:2")
    added = await harbor.answer(
        f"/character reference add character:Yuki pose:portrait job:#{job.id} number:2"
    )
    assert f"picture 2 of #{job.id} · nobody has approved it yet" in added.text
    for options, words in (
        (f"job:{job.id} number:3", "no picture 3 any more; there is 1, 2"),
        ("job:999", "no job"),
        ("", "Give either `picture` or `job`"),
    ):
        answer = await harbor.answer(f"/character reference add character:Yuki pose:front {options}".strip())
        assert words in answer.text
    both = await harbor.answer(
        f"/character reference add character:Yuki pose:front job:{job.id}",
        attachments={"picture": ("yuki.png", a_png())},
    )
    assert "Give either `picture` or `job`" in both.text


async def test_what_is_no_picture_is_no_reference_and_nothing_is_kept(harbor: Studio) -> None:
    await make(harbor)
    large = BytesIO()
    Image.new("L", (8000, 5001)).save(large, "PNG")
    for name, content, words in (
        ("bomb.gif", animated("GIF"), "no PNG, JPEG or WebP"),
        ("yuki.svg", SVG, "no picture"),
        ("yuki.png", SVG, "no PNG, JPEG or WebP"),
        ("yuki.png", NO_PICTURES["truncated png"], "damaged"),
        ("yuki.png", bomb(), "cannot be used"),
        ("yuki.webp", animated("WEBP"), "animated"),
        ("yuki.png", large.getvalue(), "40.0 megapixels"),
        ("yuki.png", b"", "no PNG, JPEG or WebP"),
    ):
        answer = await add(harbor, name, content)
        assert answer.ephemeral
        assert words in answer.text, name
    assert "none yet" in (await harbor.answer("/character show character:Yuki")).text
    assert not list((harbor.settings.data_dir / "library").rglob("*.png"))
    picture = a_png()
    await add(harbor, "yuki.png", picture)
    assert "already" in (await add(harbor, "yuki.png", picture, pose="casual")).text


async def test_somebody_travels_as_a_file_into_another_project(harbor: Studio) -> None:
    await make(harbor, "name:Yuki design_prompt:1girl lora:watercolor_sd15 lora_strength:0.7")
    await add(harbor, "yuki.png", a_png())
    await harbor.answer("/character variation add character:Yuki kind:pose name:wave prompt:waving")
    out = await harbor.answer("/character export character:Yuki")
    packed = out.attachments[0]
    assert packed.filename == "yuki.zip"
    with ZipFile(BytesIO(packed.data)) as archive:
        assert sorted(archive.namelist()) == ["character.json", "references/front-1.png"]
        assert json.loads(archive.read("character.json"))["lora"] == {
            "name": "watercolor_sd15.safetensors",
            "strength": 0.7,
        }
    file = {"file": ("yuki.zip", packed.data)}
    taken = await harbor.answer("/character import", attachments=file)
    assert "“Harbor” has a character called “Yuki” already" in taken.text
    await harbor.answer("/project create name:Tower")
    told = await harbor.answer("/character import project:Tower", attachments=file)
    assert not told.ephemeral
    assert "of **Tower** now, with 1 variation · 1 reference" in told.text
    shown = await harbor.answer("/character show character:Yuki project:Tower")
    assert "1girl" in shown.text
    assert picture_in(shown.attachments[0]).size == (96, 64)
    tower = await harbor.app.stores.projects.named(harbor.general.guild.id, "Tower")
    assert tower is not None
    copy = await harbor.app.stores.characters.named(tower.id, "Yuki")
    assert copy is not None
    assert copy.lora == Lora(name="watercolor_sd15.safetensors", strength=0.7)


def a_zip(sheet: object, **files: bytes) -> bytes:
    out = BytesIO()
    with ZipFile(out, "w") as archive:
        archive.writestr("character.json", json.dumps(sheet))
        for name, content in files.items():
            archive.writestr(name, content)
    return out.getvalue()


async def test_a_file_that_is_none_takes_nobody_in(harbor: Studio) -> None:
    yuki = {"format": "genga character", "version": 1, "name": "Yuki"}
    pictured = yuki | {"references": [{"pose": "front", "file": "front.png"}]}
    for content, words in (
        (b"not a zip", "no zip"),
        (a_png(), "no zip"),
        (a_zip(yuki, **{"../evil.png": a_png()}), "points out of it"),
        (a_zip([]), "cannot be read"),
        (a_zip(yuki | {"name": "here"}), "cannot be a character's name"),
        (a_zip(pictured), "is not in the zip"),
        (a_zip(pictured, **{"front.png": SVG}), "no PNG, JPEG or WebP"),
        (a_zip(pictured, **{"front.png": bomb()}), "cannot be used"),
    ):
        answer = await harbor.answer("/character import", attachments={"file": ("yuki.zip", content)})
        assert words in answer.text
        assert answer.ephemeral
    assert "Nobody yet" in (await harbor.answer("/character list")).text
    assert not list((harbor.settings.data_dir / "library").rglob("*.png"))
    harbor.discord.rules.upload_limit = 32 * 1024 * 1024
    large = await harbor.answer(
        "/character import", attachments={"file": ("yuki.zip", bytes(21 * 1024 * 1024))}
    )
    assert "21.0 MiB" in large.text


def the_sheet(studio: Studio) -> Message | None:
    """Return the message with the sheet, which is posted where the pictures are."""
    posted = (one for one in studio.messages() if one.channel.name == "Harbor" and "turnaround" in one.text)
    return next(posted, None)


async def test_a_turnaround_is_planned_shown_and_drawn_as_one_batch_with_one_sheet(harbor: Studio) -> None:
    await make(harbor)
    lacks = await harbor.answer("/character sheet character:Yuki")
    assert lacks.ephemeral
    assert "too few poses and expressions" in lacks.text
    plan = await (await harbor.artist.click(lacks, "Add them and plan the sheet")).answered()
    assert "16 pictures" in plan.text
    assert "front view · neutral" in plan.text
    assert "how long it takes is not measured yet" in plan.text
    assert await harbor.jobs() == []
    listed = await harbor.answer("/character variation list character:Yuki")
    assert "**Poses**\nfront view" in listed.text
    small = await harbor.answer("/character sheet character:Yuki poses:side view expressions:smile, sad")
    assert "2 pictures" in small.text
    await harbor.artist.click(small, "Start")
    sheet = await harbor.discord.wait_for(lambda _: the_sheet(harbor))
    assert picture_in(sheet.attachments[0]).width > 300
    assert len(await harbor.jobs()) == 2
    again = await harbor.artist.click(lacks, "Add them and plan the sheet")
    assert "16 pictures" in (await again.answered()).text
    unknown = await harbor.answer("/character sheet character:Yuki poses:handstand")
    assert "handstand" in unknown.text
    await harbor.answer("/character archive character:Yuki")
    assert "is archived" in (await harbor.answer("/character sheet character:Yuki")).text


async def test_who_waits_too_long_for_the_form_gets_a_button_for_it(
    harbor: Studio, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.chat.reception.QUICK_S", 0.0)
    told = await harbor.answer("/character create name:Yuki")
    assert "is a character of **Harbor** now" in told.text
    assert (
        await (await harbor.artist.click(told, "Appearance")).modal_shown()
    ).title == "What Yuki looks like"


async def test_pictures_of_an_adult_projects_characters_are_for_adults_only(harbor: Studio) -> None:
    world = harbor.discord.world
    night = world.add_channel(world.guild, "night", nsfw=True)
    await harbor.answer("/project create name:Night channel:night rating:adult")
    await make(harbor, "name:Yuki project:Night")
    add_one = "/character reference add character:Yuki pose:front project:Night"
    await harbor.answer(add_one, attachments={"picture": ("yuki.png", a_png())})
    shown = await harbor.answer("/character show character:Yuki project:Night")
    assert shown.attachments == []
    assert "the pictures are for adults" in shown.text
    for command in ("reference list", "export"):
        refused = await harbor.answer(f"/character {command} character:Yuki project:Night")
        assert "“Night” is for adults" in refused.text
    at_night = await harbor.answer("/character show character:Yuki project:Night", channel=night)
    assert len(at_night.attachments) == 1
