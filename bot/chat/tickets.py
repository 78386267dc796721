"""From a stored job to its card: the message that is edited until the job ends."""

import structlog

from bot.chat import cards
from bot.chat.answers import say, say_privately
from bot.chat.desk import Desk
from bot.chat.interaction import Interaction
from bot.chat.reception import GONE
from bot.chat.record import note_job
from bot.core.errors import DeliveryError, MissingPermission
from bot.core.job import Card
from bot.studio.submit import Ticket

log = structlog.get_logger(__name__)


async def show_ticket(desk: Desk, interaction: Interaction, ticket: Ticket) -> None:
    """Answer with the job's card; where Discord no longer takes the answer, post it in the channel."""
    note_job(interaction, ticket.job)
    channel = interaction.channel_id
    if channel is None:
        return
    look = cards.job_card(ticket.view, now=desk.clock.now())
    try:
        card = Card(channel=channel, message=await say(interaction, look))
    except GONE as gone:
        log.info("card.late", job=ticket.job.id, because=str(gone))
        await post_card(desk, ticket, channel)
        return
    await desk.board.adopt(ticket.job.id, card, look)
    if not interaction.app_permissions.view_channel:
        await say_privately(interaction, cards.refusal(MissingPermission("View Channel", f"<#{channel}>")))


async def post_card(desk: Desk, ticket: Ticket, channel: int) -> None:
    """Post the job's card with the bot's own token; the job goes on even if that is not allowed."""
    look = cards.job_card(ticket.view, now=desk.clock.now())
    try:
        card = await desk.poster.send(channel, look)
    except DeliveryError as error:
        log.warning("card.not_posted", job=ticket.job.id, channel=channel, because=error.message)
    else:
        await desk.board.adopt(ticket.job.id, card, look)
