import asyncio

import pytest

from bot.comfy.mailbox import Mailbox
from bot.core.errors import RendererAway
from bot.core.progress import Interrupted, NodeStarted, Preview, Rendered, Sampled, Started


def a_preview(content):
    return Preview(image=content, media_type="image/jpeg")


async def contents(mailbox):
    events = [await mailbox.get()]
    while events[-1] not in (Rendered(), Interrupted()):
        events.append(await mailbox.get())
    return events


async def test_events_keep_their_order():
    mailbox = Mailbox()
    events = [Started(), NodeStarted(node="3"), Sampled(node="3", step=1, of=2), Rendered()]
    for event in events:
        mailbox.put(event)

    assert await contents(mailbox) == events


async def test_of_previews_only_the_newest_waits():
    mailbox = Mailbox()
    for number in range(100):
        mailbox.put(a_preview(b"%d" % number))
        mailbox.put(Sampled(node="3", step=number, of=100))
    mailbox.put(Rendered())

    events = await contents(mailbox)

    assert [event for event in events if isinstance(event, Preview)] == [a_preview(b"99")]
    assert events[-3:-1] == [a_preview(b"99"), Sampled(node="3", step=99, of=100)]
    assert len([event for event in events if isinstance(event, Sampled)]) == 100


async def test_nothing_comes_after_an_end():
    mailbox = Mailbox()
    mailbox.put(Interrupted())
    mailbox.put(Rendered())

    assert await contents(mailbox) == [Interrupted()]
    assert mailbox.ended


async def test_a_reader_waits_for_the_next_event():
    mailbox = Mailbox()
    reader = asyncio.create_task(mailbox.get())
    await asyncio.sleep(0)
    mailbox.put(Started())

    assert await reader == Started()


async def test_a_fault_is_read_after_what_came_before_it():
    mailbox = Mailbox()
    mailbox.put(Started())
    mailbox.break_off(RendererAway("gone"))

    assert await mailbox.get() == Started()
    with pytest.raises(RendererAway):
        await mailbox.get()
