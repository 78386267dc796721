"""The studio's troubles reach every channel that was chosen for them."""

import pytest

from bot.chat.alerts import DiscordAlerts
from bot.chat.cards import palette
from bot.chat.look import Look
from bot.core.alerting import Alert, AlertKind
from bot.core.errors import DeliveryError, DiscordAway
from bot.core.job import Card

ALERT = Alert(kind=AlertKind.AWAY, message="ComfyUI cannot be reached.", hint="Start it.", since=10**12)


class Wall:
    """Takes cards; channels in `closed` raise."""

    def __init__(self, closed: dict[int, DeliveryError]) -> None:
        self.closed = closed
        self.sent: list[tuple[int, Look]] = []

    async def send(self, channel: int, look: Look) -> Card:
        if channel in self.closed:
            raise self.closed[channel]
        self.sent.append((channel, look))
        return Card(channel=channel, message=1)

    async def edit(self, card: Card, look: Look, *, shown: Look | None = None) -> None:
        raise AssertionError


async def told(closed: dict[int, DeliveryError], channels: list[int], alert: Alert = ALERT) -> Wall:
    async def chosen() -> list[int]:
        return channels

    wall = Wall(closed)
    await DiscordAlerts(wall, chosen).tell(alert)
    return wall


async def test_every_channel_is_told_though_one_refuses() -> None:
    wall = await told({1: DeliveryError("no")}, [1, 2, 3])
    assert [channel for channel, _ in wall.sent] == [2, 3]


async def test_nobody_to_tell_is_no_error() -> None:
    assert (await told({}, [])).sent == []


async def test_what_reaches_nobody_is_said() -> None:
    with pytest.raises(DiscordAway):
        await told({1: DiscordAway("away")}, [1])


async def test_an_alert_says_what_what_to_do_and_since_when() -> None:
    (_, look) = (await told({}, [1])).sent[0]
    assert "**ComfyUI cannot be reached.**" in look.text
    assert "Start it." in look.text
    assert "<t:1000000000:R>" in look.text
    assert look.colour == palette.FAILED


async def test_good_news_is_green() -> None:
    over = Alert(kind=AlertKind.OVER, message="ComfyUI is back; drawing goes on.")
    (_, look) = (await told({}, [1], over)).sent[0]
    assert (look.text, look.colour) == ("**ComfyUI is back; drawing goes on.**", palette.DONE)


async def test_an_alert_says_since_when_in_a_sentence():
    ((_, look),) = (await told({}, [1])).sent
    assert look.text.endswith("\n-# It began at <t:1000000000:t> (<t:1000000000:R>).")
