"""The page in a real Chromium, used as a person uses it: keys, mouse, eyes."""

import time
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bot.sandbox.discord import Channel, Message, SandboxDiscord
from bot.sandbox.page import SandboxPage
from tests.browser import WHY_NOT, Browser, Tab, chromium
from tests.sandbox.page.studio_bot import StudioBot, picture

pytestmark = pytest.mark.skipif(chromium() is None, reason=WHY_NOT)
VALUES = "[...document.querySelectorAll('.chip [data-field]')].map(it => it.value)"


@pytest.fixture
async def tab(browser: Browser, page: SandboxPage, bot: StudioBot) -> AsyncIterator[Tab]:
    tab = await browser.open(page.url)
    await tab.sees("and choose generate")
    yield tab
    assert tab.errors == []
    assert [url for url in tab.requested if not url.startswith((page.url, "about:"))] == []


def general(discord: SandboxDiscord) -> Channel:
    return discord.world.channel("general")


async def posted(discord: SandboxDiscord, prompt: str = "a heron") -> Message:
    """A finished post in #gallery, with its buttons."""
    await discord.person("artist").slash("/generate", channel=general(discord), prompt=prompt, count=2)
    (post,) = await discord.wait_for(lambda world: world.channel("gallery").history)
    return post


async def open_channel(tab: Tab, channel: Channel) -> None:
    await tab.click(f"[data-channel='{channel.id}']")
    await tab.until(f"document.querySelector('[data-channel=\"{channel.id}\"]').getAttribute('aria-current')")


# ── writing


async def test_a_picture_is_drawn_with_nothing_but_the_keyboard(
    discord: SandboxDiscord, bot: StudioBot, tab: Tab
) -> None:
    bot.may_finish.clear()
    await tab.click("textarea.text")
    await tab.type("/")
    await tab.sees("Draw a picture and post it into the gallery", within=".menu")
    await tab.type("gen")
    await tab.press("Tab")
    await tab.type("a heron under paper lanterns")
    await tab.press("Tab")
    await tab.type("cou")
    await tab.press("Enter")
    await tab.type("2")
    await tab.press("Tab")
    await tab.press("Escape")
    await tab.type("/gen")
    await tab.press("Tab")
    assert await tab.evaluate(VALUES) == ["a heron under paper lanterns", "2"]
    await tab.press("Enter")
    await tab.sees("31 % · sampling 8/25")
    await tab.until("document.querySelector('.embed img').naturalWidth > 0")
    bot.may_finish.set()
    await tab.sees("#1 is done in 14.2 s → #gallery")
    await tab.until("document.querySelector('.unread')?.innerText === 'gallery'")
    await tab.click(".embed .mention")
    await tab.sees("by @artist · any model · euler · ×2")
    await tab.until(
        "[...document.querySelectorAll('.grid img')].filter(it => it.naturalWidth === 208).length === 2"
    )
    assert (
        await tab.evaluate("document.querySelector('.grid img').alt")
        == "a heron under paper lanterns, picture 1"
    )
    assert len(discord.world.channel("gallery").history[0].attachments) == 2
    assert not await tab.evaluate("Boolean(document.querySelector('.unread'))")


async def test_a_command_can_be_typed_in_one_go(discord: SandboxDiscord, bot: StudioBot, tab: Tab) -> None:
    await tab.click("textarea.text")
    await tab.type("/generate prompt:a fox, at a: window count:2 model:ink")
    await tab.until(f"{VALUES}.length === 3")
    assert await tab.evaluate(VALUES) == ["a fox, at a: window", "2", "ink"]
    await tab.press("Enter")
    (post,) = await discord.wait_for(lambda world: world.channel("gallery").history)
    assert "a fox, at a: window" in post.content


async def test_options_become_chips_and_enter_sends(
    discord: SandboxDiscord, bot: StudioBot, tab: Tab
) -> None:
    await tab.click("textarea.text")
    await tab.type("/generate ")
    await tab.until("document.activeElement.id === 'field-prompt'")
    await tab.type("a fox")
    await tab.press("Tab")
    for option, value in (("count", "12"), ("model", "wai")):
        await tab.type(option)
        await tab.press("Enter")
        await tab.until(f"document.activeElement.id === 'field-{option}'")
        await tab.type(value)
        if option == "model":
            await tab.sees("waiIllustriousSDXL", within=".menu")
        await tab.press("Tab")
        await tab.until("document.activeElement.classList.contains('tail')")
    await tab.type("sam")
    await tab.press("Tab")
    await tab.sees("dpmpp_2m", within=".menu")
    await tab.press("ArrowDown")
    await tab.press("Enter")
    await tab.press("Enter")
    await tab.sees("count takes a number from 1 to 8.", within="#composer")
    await tab.until("document.activeElement.id === 'field-count'")
    await tab.press("Backspace")
    await tab.press("Enter")

    (post,) = await discord.wait_for(lambda world: world.channel("gallery").history)
    assert "waiIllustriousSDXL · dpmpp_2m · ×1" in post.content
    await tab.until("document.activeElement.classList.contains('text')")


async def test_the_bots_suggestions_are_waited_for_visibly_and_end_at_25(bot: StudioBot, tab: Tab) -> None:
    bot.may_suggest.clear()
    await tab.click("textarea.text")
    await tab.type("/generate ")
    await tab.type("x")
    await tab.press("Tab")
    await tab.type("model")
    await tab.press("Enter")
    await tab.sees("loading choices…", within=".menu")
    bot.may_suggest.set()
    await tab.sees("checkpoint-25", within=".menu")
    assert await tab.evaluate("document.querySelectorAll('.menu [role=option]').length") == 25


async def test_a_reference_picture_travels_with_the_command(bot: StudioBot, tab: Tab, tmp_path: Path) -> None:
    sketch = tmp_path / "sketch.png"
    sketch.write_bytes(picture(90))
    await tab.click("textarea.text")
    await tab.type("/generate ")
    await tab.type("x")
    await tab.press("Tab")
    await tab.type("ref")
    await tab.press("Enter")
    await tab.choose_file("#field-reference", sketch)
    await tab.sees("sketch.png", within=".chips")
    await tab.press("Enter")
    await tab.sees("is done")
    assert bot.references == [("sketch.png", sketch.read_bytes())]


async def test_what_the_client_hides_from_a_person_is_not_offered(tab: Tab) -> None:
    await tab.click("textarea.text")
    await tab.type("/set")
    await tab.sees("No command fits.", within=".menu")
    await tab.press("Escape")
    await tab.click(".person[aria-checked=false]")
    await tab.click("textarea.text")
    await tab.type("/set")
    await tab.press("Enter")
    await tab.sees("#admin", within=".menu")
    assert "#projects" not in await tab.text(".menu")


async def test_plain_words_are_sent_and_markup_in_them_stays_text(discord: SandboxDiscord, tab: Tab) -> None:
    payload = "<img src=x onerror=alert(1)> <b>bold</b> [x](javascript:alert(2)) **true**"
    await tab.click("textarea.text")
    await tab.type(payload)
    await tab.press("Enter")
    await tab.sees("<img src=x onerror=alert(1)> <b>bold</b> [x](javascript:alert(2)) true")
    assert (
        await tab.evaluate("document.querySelectorAll('#timeline img, #timeline b, #timeline a').length") == 0
    )
    assert await tab.evaluate("document.querySelector('#timeline strong').innerText") == "true"
    assert general(discord).history[0].content == payload


async def test_markup_in_a_prompt_stays_text_wherever_it_is_shown(discord: SandboxDiscord, tab: Tab) -> None:
    hostile = "<script>alert(1)</script><img src=x onerror=alert(2)>"
    post = await posted(discord, hostile)
    await tab.sees("is done")
    await open_channel(tab, post.channel)
    await tab.sees(hostile)
    await tab.until("document.querySelectorAll('.grid img').length === 2")
    assert (
        await tab.evaluate("document.querySelectorAll('#timeline script, #timeline [onerror]').length") == 0
    )
    assert hostile in await tab.evaluate("document.querySelector('.grid img').alt")


# ── reading


async def test_a_moment_counts_down_by_itself(discord: SandboxDiscord, tab: Tab) -> None:
    discord.world.write(general(discord), discord.world.bot, f"done <t:{int(time.time()) + 80}:R>")
    await tab.sees("done in 1 minute")
    discord.world.write(general(discord), discord.world.bot, f"soon <t:{int(time.time()) + 40}:R>")
    shown = "[...document.querySelectorAll('.stamp')].at(-1).innerText"
    first = await tab.until(f"/^in \\d\\d seconds$/.test({shown}) && {shown}")
    later = await tab.until(f"{shown} !== '{first}' && {shown}")
    assert 0 < int(later.split()[1]) < int(first.split()[1])


async def test_news_elsewhere_are_marked_until_read(discord: SandboxDiscord, tab: Tab) -> None:
    gallery = discord.world.channel("gallery")
    await discord.person("director").say(gallery, f"look here {discord.world.user('artist').mention}")
    await tab.until(
        "document.querySelector('.channel.unread')?.innerText.replace(/\\s+/g, ' ') === 'gallery 1'"
    )
    await open_channel(tab, gallery)
    await tab.sees("look here @artist")
    await tab.until("!document.querySelector('.channel.unread')")


async def test_the_view_follows_the_end_but_never_a_reader_who_went_up(
    discord: SandboxDiscord, tab: Tab
) -> None:
    director = discord.world.user("director")
    for number in range(40):
        discord.world.write(general(discord), director, f"line {number}\nand more")
    at_end = "scroller.scrollHeight - scroller.scrollTop - scroller.clientHeight < 2"
    await tab.sees("line 39")
    await tab.until(at_end)
    await tab.evaluate("scroller.scrollTop = 300")
    await tab.until("scroller.scrollTop === 300")
    discord.world.write(general(discord), director, "the newest")
    await tab.sees("the newest")
    assert await tab.evaluate("scroller.scrollTop") == 300
    await tab.click("#jump")
    await tab.until(at_end)


async def test_whoever_writes_sees_what_comes_of_it(discord: SandboxDiscord, tab: Tab) -> None:
    for number in range(40):
        discord.world.write(general(discord), discord.world.user("director"), f"line {number}\nand more")
    await tab.sees("line 39")
    await tab.evaluate("scroller.scrollTop = 300")
    await tab.until("scroller.scrollTop === 300")
    await tab.click("textarea.text")
    await tab.type("mine")
    await tab.press("Enter")
    await tab.sees("mine", within="#timeline")
    await tab.until("scroller.scrollHeight - scroller.scrollTop - scroller.clientHeight < 2")


async def test_an_ephemeral_answer_is_one_persons_alone_and_can_be_dismissed(
    discord: SandboxDiscord, tab: Tab
) -> None:
    await discord.person("artist").slash("/queue show", channel=general(discord))
    await tab.sees("The line is empty.")
    await tab.sees("Only you can see this")
    await tab.click(".person[aria-checked=false]")
    await tab.until("!document.body.innerText.includes('The line is empty.')")
    await tab.click(".person[aria-checked=false]")
    await tab.sees("The line is empty.")
    await tab.click(".onlyyou .textlink")
    await tab.until("!document.body.innerText.includes('The line is empty.')")


async def test_switching_the_person_keeps_the_view(discord: SandboxDiscord, tab: Tab) -> None:
    await open_channel(tab, discord.world.channel("admin"))
    await tab.click(".person[aria-checked=true]")
    await tab.press("ArrowRight")
    await tab.until("document.querySelector('.person[aria-checked=true]').ariaLabel === 'director'")
    assert await tab.text("#head h2") == "admin"


async def test_a_stopped_page_says_so_and_comes_back_by_itself(
    discord: SandboxDiscord, bot: StudioBot, browser: Browser
) -> None:
    async with SandboxPage(discord) as page:
        tab = await browser.open(page.url)
        await tab.sees("and choose")
    await tab.sees("does not answer")
    discord.world.write(general(discord), discord.world.user("director"), "while you were away")
    async with SandboxPage(discord, port=int(page.url.rstrip("/").rpartition(":")[2])):
        await tab.sees("while you were away", seconds=20)
        await tab.until("document.querySelector('#offline').hidden")


async def test_earlier_messages_are_fetched_when_the_reader_comes_to_them(
    discord: SandboxDiscord, bot: StudioBot, page: SandboxPage, browser: Browser
) -> None:
    for number in range(150):
        discord.world.write(general(discord), discord.world.user("director"), f"line {number}.")
    tab = await browser.open(page.url)
    await tab.sees("line 149.")
    assert "line 20." not in await tab.text()
    for line in ("line 80.", "line 20.", "This is the beginning of #general."):
        await tab.until(f"(scroller.scrollTop = 0, document.body.innerText.includes('{line}'))")
    assert await tab.evaluate("document.querySelectorAll('.message').length") == 150


async def test_a_forum_lists_its_posts(discord: SandboxDiscord, tab: Tab) -> None:
    forum = discord.world.channel("projects")
    thread = discord.world.add_thread(forum, "Paper Lanterns", discord.world.bot)
    await discord.person("director").say(thread, "the **first** sketch", attachments=[("a.png", picture(20))])
    await open_channel(tab, forum)
    await tab.sees("the first sketch", within=".post")
    assert await tab.evaluate("document.querySelector('textarea.text').disabled")
    await tab.click(".post")
    await tab.sees("This is the beginning of the thread Paper Lanterns.")


async def test_a_link_to_a_message_leads_there(discord: SandboxDiscord, tab: Tab) -> None:
    gallery = discord.world.channel("gallery")
    target = await discord.person("director").say(gallery, "here it is")
    guild = discord.world.guild.id
    await discord.person("director").say(
        general(discord), f"see https://discord.com/channels/{guild}/{gallery.id}/{target.id}"
    )
    await tab.click("#timeline .mention")
    await tab.until(f"document.activeElement.dataset.message === '{target.id}'")
    assert await tab.text("#head h2") == "gallery"


async def test_a_spoiler_is_hidden_until_it_is_pressed(discord: SandboxDiscord, tab: Tab) -> None:
    await discord.person("director").say(general(discord), "it was ||the heron||")
    await tab.until("getComputedStyle(document.querySelector('.spoiler > span')).opacity === '0'")
    await tab.click(".spoiler")
    await tab.until("getComputedStyle(document.querySelector('.spoiler > span')).opacity === '1'")


async def test_a_layout_shows_its_parts(discord: SandboxDiscord, tab: Tab) -> None:
    button = {"type": 2, "id": 5, "style": 2, "label": "Pause", "custom_id": "pause"}
    section = {
        "type": 9,
        "id": 3,
        "components": [{"type": 10, "id": 4, "content": "not paused"}],
        "accessory": button,
    }
    parts = [{"type": 17, "id": 1, "components": [{"type": 10, "id": 2, "content": "### Queue"}, section]}]
    message = Message(
        id=discord.world.snowflakes.next(),
        channel=general(discord),
        author=discord.world.bot,
        components=parts,
    )
    discord.world.post(message)
    await tab.sees("not paused", within=".container .section")
    assert await tab.text(".container h5") == "Queue"
    assert await tab.text(".section .button") == "Pause"


# ── pressing


async def test_buttons_answer_wait_and_fail_visibly(discord: SandboxDiscord, tab: Tab) -> None:
    post = await posted(discord)
    await open_channel(tab, post.channel)
    assert await tab.evaluate("document.querySelector('[data-custom-id=off]').disabled")
    await tab.click("[data-custom-id=again]")
    await tab.sees("#2 is in line.")
    discord.rules.ack_deadline_s = 1.0
    await tab.click("[data-custom-id=silent]")
    await tab.until("document.querySelector('[data-custom-id=silent]').disabled")
    await tab.sees("This interaction failed. The application did not respond.")
    assert not await tab.evaluate("document.querySelector('[data-custom-id=silent]').disabled")


async def test_a_form_opens_as_a_dialog_and_is_sent(discord: SandboxDiscord, tab: Tab) -> None:
    post = await posted(discord)
    await open_channel(tab, post.channel)
    await tab.click("[data-custom-id=edit]")
    await tab.sees("Edit and draw again", within="#modal[open]")
    await tab.evaluate("document.querySelector('#modal textarea').select()")
    await tab.type("a crane")
    await tab.click("#modal [type=submit]")
    await tab.sees("Again with: a crane")
    await tab.until("!document.querySelector('#modal').open")


async def test_escape_closes_a_form_without_sending(discord: SandboxDiscord, tab: Tab) -> None:
    post = await posted(discord)
    await open_channel(tab, post.channel)
    await tab.click("[data-custom-id=edit]")
    await tab.until("document.querySelector('#modal').open")
    await tab.press("Escape")
    await tab.until("!document.querySelector('#modal').open")
    assert "Again with" not in await tab.text()


async def test_a_choice_from_a_select_reaches_the_bot(discord: SandboxDiscord, tab: Tab) -> None:
    post = await posted(discord)
    await open_channel(tab, post.channel)
    await tab.until("document.querySelector('[data-custom-id=which]')")
    await tab.evaluate(
        """(() => {
            const select = document.querySelector('[data-custom-id=which]');
            select.value = '2';
            select.dispatchEvent(new Event('change', {bubbles: true}));
        })()"""
    )
    await tab.sees("Picture 2 it is.")


async def test_several_choices_of_one_select_reach_the_bot_together(
    discord: SandboxDiscord, tab: Tab
) -> None:
    post = await posted(discord)
    await open_channel(tab, post.channel)
    await tab.click("[data-custom-id=why] summary")
    for choice in ("pose", "quality"):
        await tab.click(f"[data-custom-id=why] [value={choice}]")
    assert await tab.evaluate("document.querySelector('[data-custom-id=why] [value=style]').disabled")
    await tab.click("[data-custom-id=why] button")
    await tab.sees("Because of pose and quality.")
    await tab.click("[data-custom-id=why] summary")
    await tab.click("[data-custom-id=why] button")
    await tab.until("document.body.innerText.split('Because of pose and quality.').length === 3")


async def test_a_reaction_is_picked_counted_and_taken_back(discord: SandboxDiscord, tab: Tab) -> None:
    message = discord.world.write(general(discord), discord.world.user("director"), "look")
    await tab.click(".toolbar .addreaction")
    await tab.click(".picker [aria-label=approve]")
    await tab.until("document.querySelector('.reaction[aria-pressed=true] .count')?.innerText === '1'")
    await discord.person("director").react(message, "✅")
    await tab.until("document.querySelector('.reaction .count').innerText === '2'")
    await tab.click(".reaction")
    await tab.until("document.querySelector('.reaction[aria-pressed=false] .count')?.innerText === '1'")


async def test_a_picture_enlarges_with_its_words_and_arrows_turn_the_page(
    discord: SandboxDiscord, tab: Tab
) -> None:
    post = await posted(discord)
    await open_channel(tab, post.channel)
    await tab.click(".grid .enlarge")
    await tab.sees("a heron, picture 1", within="#lightbox[open]")
    await tab.press("ArrowRight")
    await tab.sees("a heron, picture 2", within="#lightbox[open]")
    await tab.press("Escape")
    await tab.until("!document.querySelector('#lightbox').open")


# ── on a small screen


async def test_a_phone_shows_everything_without_scrolling_sideways(discord: SandboxDiscord, tab: Tab) -> None:
    await tab.resize(390, 844)
    post = await posted(discord)
    await tab.sees("is done")
    await tab.click(".menubutton")
    await open_channel(tab, post.channel)
    await tab.until("getComputedStyle(document.querySelector('#sidebar')).visibility === 'hidden'")
    await tab.click("textarea.text")
    await tab.type("/generate ")
    await tab.type("a long prompt " * 12)
    await tab.press("Tab")
    assert await tab.evaluate("document.documentElement.scrollWidth") == 390
    assert await tab.evaluate("scroller.scrollWidth === scroller.clientWidth")
    send = await tab.evaluate("document.querySelector('.send').getBoundingClientRect().right")
    assert send <= 390


async def test_the_page_says_that_it_is_a_sandbox(tab: Tab) -> None:
    await tab.sees("Sandbox: nothing leaves this machine · pictures are simulated", within="#notice")
