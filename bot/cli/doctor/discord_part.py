"""What the doctor asks Discord: is the token right, where is the bot, what may it do there."""

from collections.abc import Iterable

import aiohttp
import discord

from bot.chat.wire import Wire
from bot.cli.doctor.finding import Finding, bad, good
from bot.settings import Settings

PART = "Discord"
NEEDED = discord.Permissions(
    view_channel=True,
    send_messages=True,
    send_messages_in_threads=True,
    create_public_threads=True,
    embed_links=True,
    attach_files=True,
    read_message_history=True,
    add_reactions=True,
)


async def look_at_discord(settings: Settings) -> list[Finding]:
    token = settings.discord_token.get_secret_value()
    if not token:
        return [
            bad(
                PART,
                "there is no token",
                "Put the bot's token into DISCORD_TOKEN (portal: Bot → Reset Token).",
            )
        ]
    Wire(
        api_url=settings.discord_api_url,
        gateway_url=settings.discord_gateway_url,
        proxy=settings.discord_proxy,
    ).point_discord_there()
    client = discord.Client(intents=discord.Intents.none(), proxy=settings.discord_proxy)
    try:
        async with client:
            await client.login(token)
            return [
                good(PART, f"logged in as {client.user}"),
                *await _guilds(client, settings.discord_guild_ids),
            ]
    except discord.LoginFailure:
        return [
            bad(PART, "the token is not accepted", "Reset it in the portal and put the new one into .env.")
        ]
    except (aiohttp.ClientError, OSError, discord.HTTPException) as error:
        return [
            bad(
                PART,
                f"cannot be reached ({type(error).__name__})",
                "Check the network, DISCORD_API_URL and DISCORD_PROXY.",
            )
        ]


async def _guilds(client: discord.Client, chosen: Iterable[int]) -> list[Finding]:
    ids = list(chosen) or [guild.id async for guild in client.fetch_guilds(limit=20)]
    if not ids:
        return [
            bad(PART, "the bot is in no server", "Invite it with the scopes bot and applications.commands.")
        ]
    return [await _guild(client, guild_id) for guild_id in ids]


async def _guild(client: discord.Client, guild_id: int) -> Finding:
    part = f"server {guild_id}"
    try:
        guild = await client.fetch_guild(guild_id, with_counts=False)
        member = await guild.fetch_member(client.user.id if client.user else 0)
    except (discord.NotFound, discord.Forbidden):
        return bad(part, "the bot is not in it", "Invite it there, or take the id out of DISCORD_GUILD_IDS.")
    lacking = NEEDED & ~member.guild_permissions
    names = [name.replace("_", " ") for name, needed in lacking if needed]
    if names and not member.guild_permissions.administrator:
        return bad(part, f"{guild.name}: the bot lacks {', '.join(names)}", "Grant them to the bot's role.")
    return good(part, f"{guild.name}: every permission is there")
