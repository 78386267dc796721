"""Reactions on finished pictures: each emoji has its way on."""

import asyncio
from typing import Any

import pytest

from bot.core.job import Job, JobState
from bot.core.lineage import Descent
from bot.core.review import Review
from bot.sandbox.discord import Message, Permission, Person, Thread
from bot.studio.control import Actor
from tests.journeys.studio import Studio


async def drawn_by(studio: Studio, number: int) -> Job:
    return await studio.ended(await studio.next_job(number))


async def post_says(studio: Studio, post: Message, words: str) -> None:
    await studio.discord.wait_for(lambda _: words in post.content or None)


async def worn(studio: Studio, post: Message, *emoji: str) -> None:
    """Wait until the bot itself has put these reactions there."""
    bot = studio.discord.world.bot.id
    await studio.discord.wait_for(
        lambda _: {each.name for each, put in post.reactions.items() if bot in put.users} == {*emoji} or None
    )


def has_taken_off(post: Message, person: Person) -> bool:
    return all(person.user.id not in reaction.users for reaction in post.reactions.values())


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


async def test_who_reacts_before_the_post_is_stored_as_one_is_served_too(
    studio: Studio, monkeypatch: pytest.MonkeyPatch
) -> None:
    jobs, go_on = studio.app.stores.jobs, asyncio.Event()
    stored = jobs.delivered

    async def late(*given: Any, **more: Any) -> None:
        await go_on.wait()
        await stored(*given, **more)

    monkeypatch.setattr(jobs, "delivered", late)
    await studio.job_of(await studio.generate())
    post = await studio.discord.wait_for(lambda _: next(iter(studio.posts()), None))
    await studio.artist.react(post, "🔁")
    await studio.answer("/queue show")
    go_on.set()
    assert (await studio.ended(await studio.next_job(2))).parent == 1


async def test_other_reactions_mean_nothing(studio: Studio) -> None:
    _, post = await studio.drawn()
    await studio.artist.react(post, "👍")
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


async def test_the_bot_puts_the_first_reactions_there_and_each_server_chooses_which(studio: Studio) -> None:
    _, post = await studio.drawn("prompt:a heron size:64x64")
    await worn(studio, post, "🔁", "✅", "❌")
    shown = await studio.answer("/settings reactions", by=studio.director)
    assert "🔁 ✅ ❌" in shown.text
    refused = await studio.answer("/settings reactions emoji:🦀", by=studio.director)
    assert "knows no reaction `🦀`" in refused.text
    await studio.answer("/settings reactions emoji:🎲⬆️", by=studio.director)
    _, post = await studio.drawn("prompt:a heron size:64x64")
    await worn(studio, post, "🎲", "⬆️")
    none = await studio.answer("/settings reactions emoji:none", by=studio.director)
    assert "no reactions under its posts from now on" in none.text
    _, post = await studio.drawn("prompt:a heron size:64x64")
    assert len(await studio.jobs()) == 3
    await studio.answer("/settings reactions emoji:usual", by=studio.director)
    assert post.reactions == {}


async def test_every_reaction_has_its_way_on_also_after_a_restart_in_a_forum(studio: Studio) -> None:
    await studio.answer("/project create name:Harbor channel:projects")
    job, post = await studio.drawn("prompt:a heron project:Harbor seed:7 size:64x64")
    await studio.restart()
    assert isinstance(post.channel, Thread)
    studio.discord.world.archive(post.channel)
    await studio.director.say(post.channel, "this one")
    await studio.director.react(post, "🎲")
    varied = await drawn_by(studio, 2)
    assert varied.lineage is not None
    assert (varied.lineage.how, varied.recipe.workflow) == (Descent.VARY, "img2img")
    await studio.director.react(post, "⬆️")
    large = await drawn_by(studio, 3)
    assert large.lineage is not None
    assert (large.lineage.how, large.project) == (Descent.UPSCALE, job.project)

    await studio.director.react(post, "✅")
    await post_says(studio, post, f"✅ approved by {studio.director.user.mention}")
    await studio.director.react(post, "❌")
    await post_says(studio, post, f"❌ rejected by {studio.director.user.mention}")
    await studio.artist.react(post, "❌")
    await post_says(studio, post, f"↩️ withdrawn by {studio.artist.user.mention}")
    [picture] = await studio.app.stores.jobs.artifacts(1)
    assert picture.review is Review.WITHDRAWN

    await studio.director.react(post, "📌")
    pinned = await studio.said("is the reference for your next")
    refused = await (await studio.artist.click(pinned, "Without it")).answered()
    assert "somebody else" in refused.text
    laid_down = await (await studio.director.click(pinned, "Without it")).answered()
    assert "starts from no picture" in laid_down.text
    await studio.director.react(post, "✉️")
    letters = studio.director.direct_messages
    await studio.discord.wait_for(lambda _: letters() or None)
    [letter] = letters()
    assert "#1 · parameters" in letter.text
    assert [file.filename for file in letter.attachments] == [
        "genga-1-params.json",
        "genga-1-workflow.json",
        "genga-1-1.png",
    ]
    await studio.restart()
    for emoji in ("✉️", "✅"):
        await studio.director.unreact(post, emoji)
        await studio.director.react(post, emoji)
    await post_says(studio, post, f"✅ approved by {studio.director.user.mention}")
    assert letters() == [letter]


async def test_who_takes_no_direct_messages_is_told_once(studio: Studio) -> None:
    _, post = await studio.drawn("prompt:a heron size:64x64")
    studio.director.close_direct_messages()
    await studio.director.react(post, "✉️")
    told = await studio.said("You take no direct messages")
    assert studio.director.user.mention in told.text
    await studio.discord.wait_for(lambda _: has_taken_off(post, studio.director) or None)
    await studio.director.react(post, "✉️")
    await studio.answer("/queue show")
    await studio.discord.wait_for(lambda _: has_taken_off(post, studio.director) or None)
    studio.director.open_direct_messages()
    await studio.director.react(post, "✉️")
    letters = studio.director.direct_messages
    assert len(await studio.discord.wait_for(lambda _: letters() or None)) == 1
    assert sum("You take no direct messages" in message.text for message in studio.messages()) == 1


async def test_thirty_reactions_in_a_second_keep_the_limits_and_tell_once(studio: Studio) -> None:
    posts = [(await studio.drawn("prompt:a heron size:64x64"))[1] for _ in range(3)]
    await studio.pause()
    for _ in range(19):
        await studio.answer("/generate prompt:a heron")
    for post in posts:
        for emoji in ("🔁", "🎲", "⬆️"):
            await studio.director.react(post, emoji)
            await studio.artist.react(post, emoji)
    await studio.said("You have 20 jobs waiting")
    await studio.discord.wait_for(
        lambda _: all(has_taken_off(post, studio.artist) for post in posts[1:]) or None
    )
    told = [message for message in studio.messages() if "You have 20 jobs waiting" in message.text]
    assert len(told) == 1
    mine = [job for job in await studio.jobs() if job.origin.user == studio.artist.user.id]
    assert sum(not job.state.is_end for job in mine) == 20


async def test_on_several_pictures_a_reaction_asks_which_and_decides_about_all(studio: Studio) -> None:
    _, post = await studio.drawn("prompt:a heron count:2 size:64x64")
    await studio.director.react(post, "⬆️")
    asked = await studio.said("Which picture is to be made larger?")
    await studio.director.select(asked, "menu:picture:1:upscale", ["2"])
    await studio.discord.wait_for(lambda _: asked.deleted or None)
    large = await drawn_by(studio, 2)
    assert large.lineage is not None
    assert large.lineage.picture == 2
    await studio.director.react(post, "✅")
    await post_says(studio, post, f"✅ pictures 1, 2 approved by {studio.director.user.mention}")


async def test_who_may_not_review_is_told_so_and_the_reaction_goes(studio: Studio) -> None:
    _, post = await studio.drawn("prompt:a heron size:64x64", by=studio.director)
    role = studio.discord.world.add_role(studio.general.guild, "Reviewers", Permission(0))
    await studio.answer(f"/settings reviewers role:{role.id}", by=studio.director)
    await studio.artist.react(post, "✅")
    told = await studio.said("review pictures here")
    assert studio.artist.user.mention in told.text
    await studio.discord.wait_for(lambda _: has_taken_off(post, studio.artist) or None)
    [picture] = await studio.app.stores.jobs.artifacts(1)
    assert picture.review is Review.UNREVIEWED


async def test_a_reaction_on_deleted_pictures_says_so(studio: Studio) -> None:
    await studio.drawn("prompt:a heron count:2 size:64x64")
    [post] = studio.posts()
    await studio.app.desk.refining.delete(1, [1, 2], Actor(user=1, guild=post.channel.guild.id, manages=True))
    await studio.artist.react(post, "🎲")
    await studio.said("The pictures of #1 were deleted")
