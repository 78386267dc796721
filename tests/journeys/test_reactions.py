"""🔁 on finished pictures draws them again."""

import pytest

from bot.core.job import JobState
from bot.sandbox.discord import Permission
from tests.journeys.studio import Studio


async def test_the_reaction_draws_again_with_a_new_seed_for_the_one_who_reacted(studio: Studio) -> None:
    job, post = await studio.drawn("prompt:a heron seed:7")
    await studio.director.react(post, "🔁")
    card = await studio.said("#2")
    again = await studio.ended(2)
    assert again.state is JobState.DELIVERED
    assert (again.parent, again.origin.user) == (job.id, studio.director.user.id)
    assert again.recipe.seed != 7
    assert card.channel is post.channel


async def test_in_a_thread_the_new_card_stands_below_the_post(studio: Studio) -> None:
    await studio.answer("/project create name:Harbor channel:gallery")
    _, post = await studio.drawn("prompt:a heron project:Harbor")
    await studio.artist.react(post, "🔁")
    again = await studio.ended(await studio.next_job(2))
    assert again.card is not None
    assert again.card.channel == post.channel.id


async def test_an_old_post_that_the_client_never_saw_is_drawn_again_too(studio: Studio) -> None:
    _, post = await studio.drawn()
    await studio.restart()
    await studio.artist.react(post, "🔁")
    again = await studio.ended(await studio.next_job(2))
    assert again.state is JobState.DELIVERED


async def test_reacting_again_after_taking_it_back_counts_once(studio: Studio) -> None:
    _, post = await studio.drawn()
    await studio.artist.react(post, "🔁")
    await studio.ended(await studio.next_job(2))
    await studio.artist.unreact(post, "🔁")
    await studio.artist.react(post, "🔁")
    await studio.director.react(post, "🔁")
    third = await studio.ended(await studio.next_job(3))
    assert third.origin.user == studio.director.user.id
    assert len(await studio.jobs()) == 3


@pytest.mark.parametrize("emoji", ["🎲", "👍"])
async def test_other_reactions_mean_nothing(studio: Studio, emoji: str) -> None:
    _, post = await studio.drawn()
    await studio.artist.react(post, emoji)
    await studio.answer("/queue show")
    assert len(await studio.jobs()) == 1


async def test_a_reaction_on_what_is_no_drawing_or_not_finished_means_nothing(studio: Studio) -> None:
    await studio.pause()
    said = await studio.artist.say(studio.general, "hello")
    await studio.director.react(said, "🔁")
    card = await (await studio.generate()).answered()
    await studio.director.react(card, "🔁")
    await studio.answer("/queue show")
    assert len(await studio.jobs()) == 1


async def test_bots_are_not_drawn_for(studio: Studio) -> None:
    _, post = await studio.drawn()
    world = studio.discord.world
    other = world.add_user("Otherbot", bot=True)
    world.add_member(world.guild, other, permissions=Permission.ADMINISTRATOR)
    await studio.discord.person("otherbot").react(post, "🔁")
    await studio.answer("/queue show")
    assert len(await studio.jobs()) == 1


async def test_what_cannot_be_drawn_is_told_briefly_in_the_channel(studio: Studio) -> None:
    _, post = await studio.drawn()
    await studio.pause()
    for _ in range(20):
        await studio.answer("/generate prompt:a heron")
    pings = len(studio.discord.pings)
    await studio.artist.react(post, "🔁")
    told = await studio.said("You have 20 jobs waiting")
    assert studio.artist.user.mention in told.text
    assert len(studio.discord.pings) == pings
