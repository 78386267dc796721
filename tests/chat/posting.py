"""A card to be posted, and what Discord has of it."""

from bot.chat.look import Look


def a_look(**changes):
    return Look(**{"title": "#1 · a heron", "text": "next in line", "colour": 0x5865F2, **changes})


def message_of(sandbox, card):
    return sandbox.world.channels[card.channel].messages[card.message]
