"""Keeps a Discord client alive: whatever kills it, the next one is built, unless that is pointless."""

import asyncio
from collections.abc import Callable

import aiohttp
import discord
import structlog

from bot.core.errors import Misconfigured

log = structlog.get_logger(__name__)

FIRST_PAUSE_S = 2.0
LAST_PAUSE_S = 300.0
STEADY_S = 600.0
"""A client that lived this long starts the pauses anew: some 300 identifies a day of 1,000 at the worst."""

_FATAL_CODES = {
    4004: ("Discord does not accept the token.", "Put the right one into DISCORD_TOKEN."),
    4010: ("Discord refuses this shard.", "Report it: Genga uses no shards."),
    4011: ("Genga is in too many servers for one connection.", "Serve fewer servers with one bot."),
    4012: ("Discord no longer speaks this version of its gateway.", "Update discord.py."),
    4013: ("Discord does not know the intents that were asked for.", "Update discord.py."),
    4014: ("Discord refuses the intents.", "Genga needs no privileged ones: update it."),
}
_NOT_THERE = (OSError, aiohttp.ClientError, TimeoutError, discord.HTTPException, discord.GatewayNotFound)


async def serve(
    make_client: Callable[[], discord.Client],
    token: str,
    *,
    first_pause_s: float = FIRST_PAUSE_S,
    monotonic: Callable[[], float],
) -> None:
    """Be in Discord until cancelled, which closes properly; raise Misconfigured if that can never work."""
    pause = first_pause_s
    while True:
        began = monotonic()
        problem = await _live(make_client(), token)
        if monotonic() - began > STEADY_S:
            pause = first_pause_s
        log.warning("discord.lost", problem=problem, again_in_s=pause)
        await asyncio.sleep(pause)
        pause = min(pause * 2, LAST_PAUSE_S)


async def _live(client: discord.Client, token: str) -> str:
    """Run the client for as long as it lives and return what it died of."""
    try:
        async with client:
            await client.start(token)
    except discord.LoginFailure:
        raise _misconfigured(4004) from None
    except discord.PrivilegedIntentsRequired:
        raise _misconfigured(4014) from None
    except discord.ConnectionClosed as closed:
        if closed.code in _FATAL_CODES:
            raise _misconfigured(closed.code) from None
        return f"the gateway closed with {closed.code}"
    except _NOT_THERE as error:
        return f"{type(error).__name__}: {error}"
    except Exception as error:
        # discord.py 2.7.1 trips over its own feet when the first connection fails (Rapptz/discord.py#10520),
        # and a dispatch that one of its parsers cannot read ends the client as well.
        log.exception("discord.died")
        return f"{type(error).__name__}: {error}"
    return "the client stopped"


def _misconfigured(code: int) -> Misconfigured:
    message, hint = _FATAL_CODES[code]
    return Misconfigured(f"DISCORD_TOKEN: {message}" if code == 4004 else message, hint=hint)  # noqa: PLR2004 - Discord's own numbers
