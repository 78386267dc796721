"""Implements Alerts: the studio's troubles, posted to the channels that servers chose for them."""

from collections.abc import Awaitable, Callable, Sequence

from bot.chat.cards.alerts import alert_card
from bot.chat.poster import CardPoster
from bot.core.alerting import Alert
from bot.core.errors import DeliveryError


class DiscordAlerts:
    """`channels` returns those that want to be told."""

    def __init__(self, poster: CardPoster, channels: Callable[[], Awaitable[Sequence[int]]]) -> None:
        self._poster = poster
        self._channels = channels

    async def tell(self, alert: Alert) -> None:
        """Post it to each channel; one that does not take it keeps no other from being told."""
        look, failed, reached = alert_card(alert), None, False
        for channel in await self._channels():
            try:
                await self._poster.send(channel, look)
                reached = True
            except DeliveryError as error:
                failed = error
        if failed is not None and not reached:
            raise failed
