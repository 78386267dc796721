"""Direct messages: between the bot and one person, told to nobody else."""

from bot.sandbox.discord import DirectChannel, SandboxDiscord
from tests.sandbox.discord.wire import WireBot


async def test_the_bot_opens_one_place_with_a_person_and_writes_there(bot: WireBot, sandbox: SandboxDiscord):
    artist = sandbox.person("artist")
    opened = await bot("POST", "/users/@me/channels", {"recipient_id": str(artist.user.id)})
    again = await bot("POST", "/users/@me/channels", {"recipient_id": str(artist.user.id)})
    assert (opened.status, opened.body["type"], opened.body["id"]) == (200, 1, again.body["id"])
    assert [user["id"] for user in opened.body["recipients"]] == [str(artist.user.id)]
    sent = await bot.send(int(opened.body["id"]), "for you")
    assert "guild_id" not in sent.body
    (message,) = artist.direct_messages()
    assert message.content == "for you"
    assert isinstance(message.channel, DirectChannel)
    assert artist.can_see(message)


async def test_a_person_may_take_none(bot: WireBot, sandbox: SandboxDiscord):
    artist = sandbox.person("artist")
    artist.close_direct_messages()
    opened = await bot("POST", "/users/@me/channels", {"recipient_id": str(artist.user.id)})
    assert opened.status == 200
    assert (await bot.send(int(opened.body["id"]), "for you")).refusal == (403, 50007)
    assert artist.direct_messages() == []


async def test_there_is_none_with_bots_or_with_nobody(bot: WireBot, sandbox: SandboxDiscord):
    other = sandbox.world.add_user("Otherbot", bot=True)
    assert (await bot("POST", "/users/@me/channels", {"recipient_id": str(other.id)})).refusal == (403, 50007)
    assert (await bot("POST", "/users/@me/channels", {"recipient_id": "1"})).refusal == (404, 10013)
