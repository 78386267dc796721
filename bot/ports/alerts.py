"""Whoever runs the studio, seen from it."""

from typing import Protocol

from bot.core.alerting import Alert


class Alerts(Protocol):
    async def tell(self, alert: Alert) -> None:
        """Tell those who run the studio; raise DiscordAway if it may be tried again, DeliveryError if not.

        Where nobody chose to be told it is no error.
        """
        ...
