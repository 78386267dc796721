"""Somebody who runs the studio and keeps what is told."""

from bot.core.alerting import Alert
from bot.core.errors import DeliveryError


class FakeAlerts:
    """`trouble` is raised instead of taking an alert."""

    def __init__(self) -> None:
        self.told: list[Alert] = []
        self.trouble: DeliveryError | None = None

    async def tell(self, alert: Alert) -> None:
        if self.trouble is not None:
            raise self.trouble
        self.told.append(alert)
