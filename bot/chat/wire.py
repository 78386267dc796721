"""Where Discord is: the real one, or what stands before it."""

from dataclasses import dataclass
from urllib.parse import urlsplit

import yarl
from discord.gateway import DiscordWebSocket
from discord.http import Route

API_URL = "https://discord.com/api/v10"
GATEWAY_URL = "wss://gateway.discord.gg"
CDN_HOSTS = frozenset({"cdn.discordapp.com", "media.discordapp.net"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Wire:
    """How Discord is reached; `guild_ready_timeout` is how long to wait for another guild, in seconds."""

    api_url: str = API_URL
    gateway_url: str = GATEWAY_URL
    proxy: str | None = None
    guild_ready_timeout: float = 2.0

    @property
    def file_hosts(self) -> frozenset[str]:
        """Name the hosts from which people's attachments may be read."""
        return CDN_HOSTS if self.api_url == API_URL else CDN_HOSTS | {urlsplit(self.api_url).netloc}

    def point_discord_there(self) -> None:
        """Make discord.py use these addresses, in the whole process."""
        # Large bots set the same two class attributes to go through their REST and gateway proxies.
        Route.BASE = self.api_url
        DiscordWebSocket.DEFAULT_GATEWAY = yarl.URL(self.gateway_url)
