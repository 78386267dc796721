"""The REST routes, one module per noun."""

from bot.sandbox.discord.rest import (
    applications,
    channels,
    guilds,
    interactions,
    messages,
    reactions,
    threads,
    webhooks,
)
from bot.sandbox.discord.rest.call import Route

ROUTES: list[Route] = [
    *applications.ROUTES,
    *channels.ROUTES,
    *guilds.ROUTES,
    *interactions.ROUTES,
    *messages.ROUTES,
    *reactions.ROUTES,
    *threads.ROUTES,
    *webhooks.ROUTES,
]
