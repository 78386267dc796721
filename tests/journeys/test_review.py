"""`/review`, `/learn`: pictures judged one after another and together, and what that teaches."""

import pytest

from bot.core.job import Job
from bot.core.review import Review
from bot.sandbox.discord import Message
from tests.journeys.studio import Studio, picture_in


@pytest.fixture
async def harbor(studio: Studio) -> Studio:
    """A studio with a project in use, of which Yuki is."""
    await studio.answer("/project create name:Harbor")
    await studio.answer("/project use project:Harbor")
    asked = await studio.command("/character create name:Yuki design_prompt:1girl, calm")
    await asked.modal_shown()
    await asked.followed_up()
    return studio


async def reviews(studio: Studio, job: Job) -> list[Review]:
    return [picture.review for picture in await studio.app.stores.jobs.artifacts(job.id)]


async def pressed(studio: Studio, message: Message, label: str) -> Message:
    return await (await studio.artist.click(message, label)).answered()


async def menu_of(message: Message) -> str:
    return next(
        part["custom_id"]
        for row in message.components
        for part in row["components"]
        if part["custom_id"].startswith("menu:")
    )


async def test_pictures_are_judged_one_after_another_in_one_message(harbor: Studio) -> None:
    first, _ = await harbor.drawn("prompt:@Yuki, rain size:64x64")
    second, _ = await harbor.drawn("prompt:@Yuki, snow size:64x64")
    third, _ = await harbor.drawn("prompt:@Yuki, wind size:64x64")
    card = await harbor.answer("/review next project:Harbor character:Yuki")
    assert card.ephemeral
    assert f"#{third.id} · picture 1" in card.text
    assert "3 pictures waiting for review" in card.text
    assert picture_in(card.attachments[0]).size == (third.recipe.size.width, third.recipe.size.height)

    card = await pressed(harbor, card, "Skip")
    assert f"#{second.id} · picture 1" in card.text
    await harbor.restart()
    card = await pressed(harbor, card, "Approve")
    assert f"Picture 1 of #{second.id} is approved." in card.text
    assert f"#{first.id} · picture 1" in card.text
    assert await reviews(harbor, second) == [Review.APPROVED]

    asked = await pressed(harbor, card, "Reject")
    assert "Reasons teach negatives for **Yuki**" in asked.text
    back = await pressed(harbor, asked, "Back")
    assert f"#{first.id} · picture 1" in back.text
    asked = await pressed(harbor, back, "Reject")
    await harbor.restart()
    chosen = await harbor.artist.select(asked, await menu_of(asked), ["q", "p"])
    form = await chosen.modal_shown()
    assert form.title == f"Reject picture 1 of #{first.id}"
    await harbor.restart()
    words = {"note": "red eyes, six fingers", "prompt": "@Yuki, snow at night"}
    end = await (await harbor.artist.submit(chosen, words)).answered()
    assert "Drawn once more with the changed prompt: #4." in end.text
    again = await harbor.ended(await harbor.next_job(4))
    assert (again.parent, again.request.prompt) == (first.id, "@Yuki, snow at night")
    assert "red eyes" in again.recipe.negative
    assert "is rejected: bad quality, wrong pose" in end.text
    assert "Learned for **Yuki** with" in end.text
    assert "`red eyes`" in end.text
    assert "still waiting for review" in end.text
    assert await reviews(harbor, first) == [Review.REJECTED]

    newest = await pressed(harbor, end, "From the newest")
    assert f"#{again.id} · picture 1" in newest.text
    older = await pressed(harbor, newest, "Approve")
    assert f"#{third.id} · picture 1" in older.text
    asked = await pressed(harbor, older, "Reject")
    done = await pressed(harbor, asked, "Reject without a reason")
    assert "Nothing waits for review here." in done.text
    stats = await harbor.answer("/review stats project:Harbor")
    assert "**2** approved" in stats.text
    assert "**2** rejected" in stats.text
    assert "bad quality 1" in stats.text
    assert f"<@{harbor.artist.user.id}> 4" in stats.text


async def test_lessons_are_listed_used_and_removed_and_counts_are_told(harbor: Studio) -> None:
    drawn, _ = await harbor.drawn("prompt:@Yuki, rain size:64x64")
    empty = await harbor.answer("/review lessons character:Yuki")
    assert "Nothing is learned about **Yuki**" in empty.text
    untold = await harbor.answer("/learn character:Yuki")
    assert "No picture of **Yuki** was approved or rejected yet" in untold.text
    asked = await pressed(harbor, await harbor.answer("/review next"), "Reject")
    chosen = await harbor.artist.select(asked, await menu_of(asked), ["s"])
    await chosen.modal_shown()
    words = {"note": "red eyes, six fingers", "prompt": "@Nobody, rain"}
    told = await (await harbor.artist.submit(chosen, words)).answered()
    assert "is rejected: wrong style" in told.text
    assert "It is not drawn once more" in told.text

    again, _ = await harbor.drawn("prompt:@Yuki, rain size:64x64")
    assert "red eyes" in again.recipe.negative
    assert "red eyes" not in drawn.recipe.negative
    preview = await harbor.answer("/prompt preview prompt:@Yuki, sun")
    assert "**Lessons in force** red eyes, six fingers" in preview.text
    learned = await harbor.answer("/learn character:Yuki")
    assert "**0 of 1** judged pictures were approved: too few" in learned.text
    assert "**0 of 1** judged pictures were approved: too few to tell." in learned.text
    assert "Nothing stands out yet." in learned.text

    listed = await harbor.answer("/review lessons character:Yuki")
    assert "`six fingers`" in listed.text
    lessons = await harbor.app.stores.reviews.lessons(1)
    await harbor.restart()
    chosen = await harbor.artist.select(listed, await menu_of(listed), [str(lessons[0].id)])
    left = await chosen.answered()
    assert "Removed: `red eyes`." in left.text
    assert "`six fingers`" in left.text
    last, _ = await harbor.drawn("prompt:@Yuki, rain size:64x64")
    assert "red eyes" not in last.recipe.negative
    assert "six fingers" in last.recipe.negative


async def test_many_are_shown_counted_and_decided_about_together(studio: Studio) -> None:
    first, _ = await studio.drawn("prompt:a heron count:2 size:64x64")
    question = await studio.answer("/review bulk action:approve")
    assert question.ephemeral
    assert "Approve 2 pictures?" in question.text
    assert picture_in(question.attachments[0]).width > 0
    labels = [part["label"] for row in question.components for part in row["components"]]
    assert labels == ["Leave them", "Approve 2 pictures"]
    second, _ = await studio.drawn("prompt:a fox size:64x64")
    await studio.restart()
    done = await pressed(studio, question, "Approve 2 pictures")
    assert "2 pictures approved." in done.text
    assert await reviews(studio, first) == [Review.APPROVED] * 2
    assert await reviews(studio, second) == [Review.UNREVIEWED]

    question = await studio.answer("/review bulk action:reject since:today")
    left = await pressed(studio, question, "Leave them")
    assert "Nothing was decided." in left.text
    question = await studio.answer("/review bulk action:reject")
    await pressed(studio, await studio.answer("/review next"), "Approve")
    changed = await pressed(studio, question, "Reject 1 picture")
    assert "Somebody decided about some of them meanwhile. There are no such pictures." in changed.text
    assert await reviews(studio, second) == [Review.APPROVED]
    refused = await studio.answer("/review bulk action:approve state:approved")
    assert "approved already" in refused.text


async def test_of_very_many_the_next_ones_are_asked_about_until_somebody_stops(
    studio: Studio, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.studio.critic.MOST_AT_ONCE", 2)
    made = [(await studio.drawn(f"prompt:heron {number} size:64x64"))[0] for number in range(5)]
    question = await studio.answer("/review bulk action:approve")
    assert "3 left after these" in question.text
    first = next(part["custom_id"] for part in question.controls if part["label"] == "Approve 2 pictures")
    going_on = await pressed(studio, question, "Approve 2 pictures")
    for words in ("2 pictures approved.", "Approve the next 2 pictures?", "1 left after these"):
        assert words in going_on.text
    twice = await pressed(studio, studio.a_message_with_button(first), first)
    assert "Somebody decided about some of them meanwhile." in twice.text
    assert "Nothing more was decided" in (await pressed(studio, going_on, "Stop here")).text
    reviewed = [await reviews(studio, job) for job in made]
    assert reviewed == [[Review.UNREVIEWED]] * 3 + [[Review.APPROVED]] * 2


async def test_only_reviewers_review_where_a_role_was_chosen(studio: Studio) -> None:
    await studio.drawn("prompt:a heron size:64x64")
    shown = await studio.answer("/settings reviewers", by=studio.director)
    assert "Everybody" in shown.text
    card = await studio.answer("/review next")
    asked = await pressed(studio, await studio.answer("/review next"), "Reject")
    world, guild = studio.discord.world, studio.general.guild
    role = world.add_role(guild, "Reviewers")
    chosen = await studio.answer(f"/settings reviewers role:{role.id}", by=studio.director)
    assert f"<@&{role.id}>" in chosen.text
    form = await (await studio.artist.select(asked, await menu_of(asked), ["q"])).answered()
    for refused in (form, await pressed(studio, card, "Approve"), await studio.answer("/review next")):
        assert "review pictures here" in refused.text
    assert "waiting for review" in (await studio.answer("/review next", by=studio.director)).text
    world.give(guild.members[studio.artist.user.id], role)
    assert "is approved" in (await pressed(studio, card, "Approve")).text
    everybody = await studio.answer(f"/settings reviewers role:{guild.id}", by=studio.director)
    assert "Everybody in this server may approve and reject pictures from now on" in everybody.text


async def test_pictures_of_an_adult_project_are_judged_where_adults_are(studio: Studio) -> None:
    world = studio.discord.world
    night = world.add_channel(world.guild, "night", nsfw=True)
    await studio.answer("/project create name:Night channel:night rating:adult")
    await studio.drawn("prompt:a heron project:Night size:64x64")
    for place, shown in ((studio.general, False), (night, True)):
        card = await (await studio.command("/review next project:Night", channel=place)).answered()
        many = await (await studio.command("/review bulk action:reject", channel=place)).answered()
        assert ("review it in an age-restricted one" in card.text) is not shown
        assert ("1 picture for adults not shown" in many.text) is not shown
        for message in (card, many, await pressed(studio, card, "Reject")):
            assert bool(message.attachments) is shown


async def test_what_a_command_asks_for_is_offered_while_typing(harbor: Studio) -> None:
    for command in ("review next", "review stats", "review bulk", "review lessons", "learn"):
        for option, typed, name in (("character", "yu", "Yuki"), ("project", "har", "Harbor")):
            offered = await harbor.artist.autocomplete(command, option, typed, channel=harbor.general)
            assert [choice.name for choice in offered] == [name]


@pytest.mark.parametrize(
    "custom_id", ["review:approve:1", "review:dance:1:all", "review:approve:1:x9", "bulk:approved:1:1:zz"]
)
async def test_a_control_of_another_version_is_answered_in_words(studio: Studio, custom_id: str) -> None:
    answer = await pressed(studio, studio.a_message_with_button(custom_id), custom_id)
    assert "/job list" in answer.text


async def test_a_picture_that_is_gone_says_so(studio: Studio) -> None:
    job, _ = await studio.drawn("prompt:a heron size:64x64")
    card = await studio.answer("/review next")
    (picture,) = await studio.app.stores.jobs.artifacts(job.id)
    await studio.app.stores.artifacts.delete([picture.id], at=1)
    answer = await pressed(studio, card, "Approve")
    assert f"Picture 1 of #{job.id} was deleted." in answer.text
    foreign = studio.a_message_with_button("review:approve:404:all")
    assert "no such picture" in (await pressed(studio, foreign, "review:approve:404:all")).text
