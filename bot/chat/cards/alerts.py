"""What those who run the studio read of its troubles."""

from bot.chat.cards import palette
from bot.chat.cards.measures import moment
from bot.chat.look import Look
from bot.chat.markdown import prose
from bot.core.alerting import Alert, AlertKind


def alert_card(alert: Alert) -> Look:
    began = f"-# It began at {moment(alert.since)}." if alert.since else ""
    lines = (f"**{prose(alert.message, 600)}**", prose(alert.hint, 400), began)
    return Look(
        text="\n".join(line for line in lines if line),
        colour=palette.DONE if alert.kind is AlertKind.OVER else palette.FAILED,
    )
