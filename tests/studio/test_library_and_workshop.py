"""Projects and galleries; workflows and what ComfyUI has for them."""

import pytest

from bot.core.errors import BadRequest, NotAllowed, UnknownName
from bot.studio.control import Actor
from bot.studio.workshop import Workshop
from tests.builders import GUILD, a_catalogue, a_gallery, a_request
from tests.studio.house import AIKO, BOSS, a_studio


async def test_a_project_is_made_under_its_clean_name():
    async with a_studio() as studio:
        project = await studio.library.create(" Harbour\u202e  at Dusk ", gallery=a_gallery(), actor=AIKO)
        assert (project.name, project.slug, project.guild) == ("Harbour at Dusk", "harbour-at-dusk", GUILD)
        assert await studio.library.projects(AIKO) == [project]
        assert await studio.library.named("harbour AT dusk", AIKO) == project
        assert await studio.library.matching("dusk", AIKO) == [project]


async def test_a_name_that_is_taken_is_refused():
    async with a_studio() as studio:
        await studio.library.create("Harbour", gallery=None, actor=AIKO)
        with pytest.raises(BadRequest):
            await studio.library.create("HARBOUR", gallery=None, actor=AIKO)


async def test_projects_without_a_letter_get_folders_of_their_own():
    async with a_studio() as studio:
        slugs = [
            (await studio.library.create(name, gallery=None, actor=AIKO)).slug
            for name in ("Project 2", "🌊", "原画", "火")
        ]
    assert slugs == ["project-2", "project-1", "project-3", "project-4"]


async def test_an_unknown_project_is_answered_with_the_nearest():
    async with a_studio() as studio:
        await studio.library.create("Harbour", gallery=None, actor=AIKO)
        with pytest.raises(UnknownName) as refusal:
            await studio.library.use("Harbor", AIKO)
    assert refusal.value.nearest == ("Harbour",)


async def test_projects_of_another_server_do_not_exist():
    async with a_studio() as studio:
        await studio.library.create("Harbour", gallery=None, actor=AIKO)
        with pytest.raises(UnknownName):
            await studio.library.named("Harbour", Actor(user=1, guild=GUILD + 1))


async def test_a_choice_of_project_is_kept_and_dropped():
    async with a_studio() as studio:
        project = await studio.library.create("Harbour", gallery=None, actor=AIKO)
        assert await studio.library.use("Harbour", AIKO) == project
        assert await studio.library.in_use(AIKO) == project
        assert await studio.library.in_use(BOSS) is None
        assert await studio.library.use(None, AIKO) is None
        assert await studio.library.in_use(AIKO) is None


async def test_the_servers_gallery_is_chosen_by_those_who_manage_it():
    async with a_studio() as studio:
        with pytest.raises(NotAllowed):
            await studio.library.set_gallery(a_gallery(), AIKO)
        assert await studio.library.gallery(AIKO) is None
        await studio.library.set_gallery(a_gallery(), BOSS)
        assert await studio.library.gallery(AIKO) == a_gallery()


async def test_outside_a_server_there_is_no_gallery():
    alone = Actor(user=1, guild=None, manages=True)
    async with a_studio() as studio:
        with pytest.raises(BadRequest):
            await studio.library.set_gallery(a_gallery(), alone)
        assert await studio.library.gallery(alone) is None


async def test_a_catalogue_outlives_a_restart():
    async with a_studio() as studio:
        await studio.workshop.learn(a_catalogue(seen=5))
        reborn = Workshop(studio.workflows, studio.stores.settings)
        await reborn.remember()
        assert reborn.catalogue == a_catalogue(seen=5)
        reborn.catalogue = a_catalogue(seen=9)
        await reborn.remember()
        assert reborn.catalogue.seen == 9


async def test_a_workflow_whose_nodes_comfyui_lacks_is_refused_by_their_names():
    async with a_studio() as studio:
        studio.workshop.catalogue = a_catalogue(nodes=a_catalogue().nodes - {"KSampler"})
        with pytest.raises(BadRequest, match="KSampler") as refusal:
            studio.workshop.choose(a_request())
    assert refusal.value.hint


async def test_while_comfyui_was_never_seen_no_workflow_is_refused():
    async with a_studio() as studio:
        studio.workshop.catalogue = None
        assert studio.workshop.choose(a_request()).name == "txt2img"


async def test_an_unknown_workflow_is_answered_with_the_nearest():
    async with a_studio() as studio:
        assert studio.workshop.named("img2img").name == "img2img"
        with pytest.raises(UnknownName):
            studio.workshop.named("img3img")


async def test_the_admin_channel_is_chosen_by_who_manages_the_server_and_shown_to_all():
    async with a_studio() as studio:
        assert await studio.library.admin_channel(AIKO) is None
        with pytest.raises(NotAllowed, match="Manage Server"):
            await studio.library.set_admin_channel(5, AIKO)
        await studio.library.set_admin_channel(5, BOSS)
        assert await studio.library.admin_channel(AIKO) == 5


async def test_outside_of_a_server_there_is_no_admin_channel():
    async with a_studio() as studio:
        nowhere = Actor(user=1, guild=None, manages=True)
        assert await studio.library.admin_channel(nowhere) is None
        with pytest.raises(BadRequest):
            await studio.library.set_admin_channel(5, nowhere)


async def test_the_reactions_under_posts_are_chosen_by_who_manages_the_server_and_shown_to_all():
    async with a_studio() as studio:
        nowhere = Actor(user=1, guild=None, manages=True)
        assert await studio.library.reactions(AIKO) is None
        assert await studio.library.reactions(nowhere) is None
        for actor, refusal in ((AIKO, NotAllowed), (nowhere, BadRequest)):
            with pytest.raises(refusal):
                await studio.library.set_reactions(("🎲",), actor)
        await studio.library.set_reactions(("🎲",), BOSS)
        assert await studio.library.reactions(AIKO) == ("🎲",)
