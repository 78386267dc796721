from bot.core.library import GalleryKind
from tests.builders import GUILD, NOW, a_catalogue, a_gallery, some_guild_settings


async def test_a_guild_that_chose_nothing_has_no_gallery(stores):
    assert await stores.settings.of_guild(GUILD) == some_guild_settings()


async def test_a_guilds_gallery_is_set_changed_and_taken_back(stores):
    for gallery in (a_gallery(), a_gallery(channel=9, kind=GalleryKind.FORUM, thread=10), None):
        await stores.settings.set_gallery(GUILD, gallery)
        assert await stores.settings.of_guild(GUILD) == some_guild_settings(gallery=gallery)
    assert await stores.settings.of_guild(9) == some_guild_settings(guild=9)


async def test_a_servers_gallery_gets_its_thread_and_loses_it(stores):
    await stores.settings.set_gallery(GUILD, a_gallery(channel=10))
    await stores.settings.set_gallery(9, a_gallery(channel=20))
    for thread in (11, None):
        await stores.settings.set_gallery_thread(10, thread)
        assert (await stores.settings.of_guild(GUILD)).gallery == a_gallery(channel=10, thread=thread)
    assert (await stores.settings.of_guild(9)).gallery == a_gallery(channel=20)


async def test_a_channel_that_is_no_gallery_gets_no_thread(stores):
    await stores.settings.set_gallery_thread(10, 11)
    assert await stores.settings.of_guild(GUILD) == some_guild_settings()


async def test_the_queue_is_paused_until_it_is_resumed(stores):
    assert await stores.settings.paused_since() is None
    assert await stores.settings.restored() is None
    await stores.settings.set_paused(NOW)
    assert await stores.settings.paused_since() == NOW
    await stores.settings.set_paused(None)
    assert await stores.settings.paused_since() is None


async def test_the_last_catalogue_is_remembered(stores):
    assert await stores.settings.catalogue() is None
    for catalogue in (a_catalogue(), a_catalogue(checkpoints=(), nodes=frozenset(), seen=NOW + 1)):
        await stores.settings.set_catalogue(catalogue)
        assert await stores.settings.catalogue() == catalogue


async def test_each_scope_has_its_own_commands_hash(stores):
    await stores.settings.set_commands_hash("global", "a")
    await stores.settings.set_commands_hash("700", "b")
    await stores.settings.set_commands_hash("global", "c")
    assert await stores.settings.commands_hash("global") == "c"
    assert await stores.settings.commands_hash("700") == "b"
    assert await stores.settings.commands_hash("701") is None


async def test_servers_choose_where_troubles_are_told_and_take_it_back(stores):
    await stores.settings.set_gallery(GUILD, a_gallery())
    await stores.settings.set_admin_channel(GUILD, 31)
    await stores.settings.set_admin_channel(9, 30)
    assert await stores.settings.admin_channels() == [30, 31]
    assert await stores.settings.of_guild(GUILD) == some_guild_settings(gallery=a_gallery(), admin_channel=31)
    await stores.settings.set_admin_channel(9, None)
    await stores.settings.set_admin_channel(GUILD, 32)
    assert await stores.settings.admin_channels() == [32]


async def test_a_servers_reactions_are_its_own_none_at_all_or_the_usual_ones(stores):
    for emoji in (["🔁", "<:star:77>"], [], None):
        await stores.settings.set_reactions(GUILD, emoji)
        kept = (await stores.settings.of_guild(GUILD)).reactions
        assert kept == (None if emoji is None else tuple(emoji))
    assert await stores.settings.of_guild(9) == some_guild_settings(guild=9)


async def test_a_servers_reviewers_are_chosen_and_everybody_again(stores):
    await stores.settings.set_gallery(GUILD, a_gallery())
    for role in (555, None):
        await stores.settings.set_reviewer_role(GUILD, role)
        assert await stores.settings.of_guild(GUILD) == some_guild_settings(
            gallery=a_gallery(), reviewer_role=role
        )
