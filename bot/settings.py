"""Settings from the environment or `.env`, each checked at the door."""

from pathlib import Path
from typing import Annotated, Literal, Self
from urllib.parse import urlsplit

from pydantic import AfterValidator, BeforeValidator, Field, SecretStr, ValidationError
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

from bot.core.errors import Misconfigured


def _split_ids(value: object) -> object:
    """Read `1, 2` as two ids."""
    if isinstance(value, str):
        return [part for part in value.replace(",", " ").split() if part]
    return value


def _http_url(value: str) -> str:
    """Check that it is an address, and take off its last slash."""
    parts = urlsplit(value)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise ValueError("must be an address such as http://127.0.0.1:8188")
    return value.rstrip("/")


def _blank_is_none(value: object) -> object:
    return None if value == "" else value


Url = Annotated[str, AfterValidator(_http_url)]
GatewayUrl = Annotated[str, Field(pattern=r"^wss?://[^\s/]+")]
GuildIds = Annotated[tuple[int, ...], NoDecode, BeforeValidator(_split_ids)]


class Settings(BaseSettings):
    """One field per variable; the name in capitals is the variable's."""

    model_config = SettingsConfigDict(
        env_file=".env", env_file_encoding="utf-8", extra="ignore", frozen=True, validate_default=True
    )

    discord_token: SecretStr = SecretStr("")
    discord_guild_ids: GuildIds = ()
    discord_api_url: Url = "https://discord.com/api/v10"
    discord_gateway_url: GatewayUrl = "wss://gateway.discord.gg"
    discord_proxy: Annotated[str | None, BeforeValidator(_blank_is_none)] = Field(
        default=None, pattern=r"^https?://\S+$"
    )

    comfyui_url: Url = "http://127.0.0.1:8188"
    default_model: Annotated[str | None, BeforeValidator(_blank_is_none)] = None

    data_dir: Path = Path("data")
    min_free_disk_mib: int = Field(default=2048, ge=0)
    backup_every_hours: int = Field(default=24, ge=0)
    backups_kept: int = Field(default=7, ge=1)

    max_waiting_per_user: int = Field(default=20, ge=1)
    max_waiting: int = Field(default=200, ge=1)

    sheet_font: Annotated[Path | None, BeforeValidator(_blank_is_none)] = None

    log_level: Literal["DEBUG", "INFO", "WARNING", "ERROR"] = "INFO"
    log_format: Literal["console", "json"] = "console"

    @property
    def database(self) -> Path:
        return self.data_dir / "genga.db"

    @property
    def backups(self) -> Path:
        return self.data_dir / "backups"

    @classmethod
    def load(cls, **overrides: object) -> Self:
        """Read the settings; raise Misconfigured with one line for each wrong variable."""
        try:
            return cls.model_validate({**cls().model_dump(), **overrides}) if overrides else cls()
        except ValidationError as error:
            lines = (_line(problem["loc"], problem["msg"]) for problem in error.errors())
            raise Misconfigured("\n".join(lines), hint="Correct it in the environment or in .env.") from None


def _line(loc: tuple[int | str, ...], message: str) -> str:
    """Name the variable and what is wrong with it, never its value: it may be a secret."""
    variable = str(loc[0]).upper() if loc else "settings"
    return f"{variable}: {message.removeprefix('Value error, ')}"
