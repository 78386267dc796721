import re
from pathlib import Path

import pytest
from pydantic_core import PydanticUndefined

from bot.core.errors import Misconfigured
from bot.settings import Settings

EXAMPLE = Path(__file__).parent.parent / ".env.example"


@pytest.fixture(autouse=True)
def _empty_environment(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for name in Settings.model_fields:
        monkeypatch.delenv(name.upper(), raising=False)
    monkeypatch.chdir(tmp_path)


def test_the_example_documents_every_setting_and_no_other():
    documented = re.findall(r"^#? ?([A-Z_]+)=", EXAMPLE.read_text("utf-8"), re.MULTILINE)
    assert sorted(documented) == sorted(name.upper() for name in Settings.model_fields)


def test_the_example_shows_the_defaults(tmp_path: Path):
    uncommented = re.sub(r"^# ([A-Z_]+=)", r"\1", EXAMPLE.read_text("utf-8"), flags=re.MULTILINE)
    (tmp_path / ".env").write_text(uncommented, "utf-8")
    from_example = Settings.load()
    (tmp_path / ".env").unlink()
    assert from_example == Settings.load()


def test_every_setting_has_a_default_so_that_the_bot_can_say_what_is_missing():
    assert all(field.default is not PydanticUndefined for field in Settings.model_fields.values())


@pytest.mark.parametrize(
    ("variable", "value"),
    [
        ("COMFYUI_URL", "not a url"),
        ("COMFYUI_URL", "ftp://127.0.0.1"),
        ("DISCORD_API_URL", "discord"),
        ("DISCORD_GATEWAY_URL", "http://gateway"),
        ("DISCORD_PROXY", "socks5://nowhere"),
        ("DISCORD_GUILD_IDS", "12, studio"),
        ("LOG_LEVEL", "LOUD"),
        ("LOG_FORMAT", "xml"),
        ("MAX_WAITING", "0"),
        ("MAX_WAITING_PER_USER", "many"),
        ("MIN_FREE_DISK_MIB", "-1"),
    ],
)
def test_a_wrong_value_is_one_line_that_names_the_variable(
    monkeypatch: pytest.MonkeyPatch, variable: str, value: str
):
    monkeypatch.setenv(variable, value)
    with pytest.raises(Misconfigured) as caught:
        Settings.load()
    assert caught.value.message.startswith(f"{variable}: ")
    assert "\n" not in caught.value.message
    assert value not in caught.value.message


def test_all_wrong_values_are_told_at_once(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("COMFYUI_URL", "nope")
    monkeypatch.setenv("LOG_LEVEL", "nope")
    with pytest.raises(Misconfigured) as caught:
        Settings.load()
    assert {line.split(":")[0] for line in caught.value.message.splitlines()} == {"COMFYUI_URL", "LOG_LEVEL"}


def test_guild_ids_are_separated_by_commas_or_blanks(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("DISCORD_GUILD_IDS", "12,34 56")
    assert Settings.load().discord_guild_ids == (12, 34, 56)


def test_urls_lose_their_last_slash(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("COMFYUI_URL", "http://127.0.0.1:8188/")
    assert Settings.load().comfyui_url == "http://127.0.0.1:8188"


def test_the_token_does_not_show_when_settings_are_printed(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("DISCORD_TOKEN", "very-secret")
    assert "very-secret" not in f"{Settings.load()!r} {Settings.load()}"
