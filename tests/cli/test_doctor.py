from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bot.cli.doctor import examine
from bot.cli.doctor.data_part import typeface
from bot.cli.doctor.finding import Verdict
from bot.imaging.typefaces import JAPANESE, typefaces_of
from bot.sandbox.comfyui import SandboxComfyUI
from bot.sandbox.discord import SandboxDiscord
from bot.settings import Settings
from tests.imaging.fonts import a_font


@pytest.fixture
async def discord() -> AsyncIterator[SandboxDiscord]:
    async with SandboxDiscord() as sandbox:
        yield sandbox


@pytest.fixture
async def comfy() -> AsyncIterator[SandboxComfyUI]:
    async with SandboxComfyUI() as sandbox:
        yield sandbox


@pytest.fixture
def env(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, discord: SandboxDiscord, comfy: SandboxComfyUI
) -> pytest.MonkeyPatch:
    """An environment in which nothing is wrong."""
    for name in Settings.model_fields:
        monkeypatch.delenv(name.upper(), raising=False)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("DISCORD_TOKEN", discord.token)
    monkeypatch.setenv("DISCORD_API_URL", discord.api_url)
    monkeypatch.setenv("DISCORD_GATEWAY_URL", discord.gateway_url)
    monkeypatch.setenv("COMFYUI_URL", comfy.url)
    monkeypatch.setenv("MIN_FREE_DISK_MIB", "0")
    return monkeypatch


async def seen(verdict: Verdict) -> dict[str, str]:
    """Return what was found with that verdict, by part."""
    return {finding.part: finding.seen for finding in await examine() if finding.verdict is verdict}


async def mends() -> str:
    return "\n".join(finding.mend for finding in await examine())


async def test_where_nothing_is_wrong_nothing_is_bad(env: pytest.MonkeyPatch):
    assert await seen(Verdict.BAD) == {}
    assert {"Discord", "ComfyUI", "database", "disk", "workflow txt2img"} <= (await seen(Verdict.GOOD)).keys()


async def test_all_findings_come_at_once(env: pytest.MonkeyPatch):
    env.setenv("DISCORD_TOKEN", "")
    env.setenv("COMFYUI_URL", "http://127.0.0.1:9")
    assert {"Discord", "ComfyUI"} <= (await seen(Verdict.BAD)).keys()


async def test_the_address_at_which_nobody_answers_is_told(env: pytest.MonkeyPatch):
    env.setenv("COMFYUI_URL", "http://127.0.0.1:9")
    assert "http://127.0.0.1:9: ComfyUI does not answer." in (await seen(Verdict.BAD))["ComfyUI"]
    assert any("COMFYUI_URL" in finding.mend for finding in await examine())


async def test_every_bad_finding_has_its_mend(env: pytest.MonkeyPatch):
    env.setenv("DISCORD_TOKEN", "wrong")
    env.setenv("COMFYUI_URL", "http://127.0.0.1:9")
    assert all(found.mend for found in await examine() if found.verdict is Verdict.BAD)


async def test_a_wrong_setting_is_named(env: pytest.MonkeyPatch):
    env.setenv("LOG_LEVEL", "LOUD")
    assert (await seen(Verdict.BAD))["settings"].startswith("LOG_LEVEL: ")


async def test_a_token_that_discord_refuses_is_said_and_not_shown(env: pytest.MonkeyPatch):
    env.setenv("DISCORD_TOKEN", "wrong-token")
    bad = (await seen(Verdict.BAD))["Discord"]
    assert "token" in bad
    assert "wrong-token" not in bad


async def test_a_server_the_bot_is_not_in_is_named(env: pytest.MonkeyPatch):
    env.setenv("DISCORD_GUILD_IDS", "123456789")
    assert "server 123456789" in await seen(Verdict.BAD)


async def test_something_else_than_comfyui_is_recognised(env: pytest.MonkeyPatch, discord: SandboxDiscord):
    env.setenv("COMFYUI_URL", discord.api_url)
    assert "ComfyUI" in (await seen(Verdict.BAD))["ComfyUI"]


async def test_a_comfyui_that_is_too_old_is_named(env: pytest.MonkeyPatch):
    async with SandboxComfyUI(version="0.3.40") as old:
        env.setenv("COMFYUI_URL", old.url)
        assert "0.3.40" in (await seen(Verdict.BAD))["ComfyUI"]


async def test_a_default_model_that_comfyui_lacks_is_named(env: pytest.MonkeyPatch):
    env.setenv("DEFAULT_MODEL", "nosuch.safetensors")
    assert "nosuch.safetensors" in (await seen(Verdict.BAD))["DEFAULT_MODEL"]


async def test_a_broken_workflow_of_the_owner_is_named(env: pytest.MonkeyPatch, tmp_path: Path):
    folder = tmp_path / "data" / "workflows"
    folder.mkdir(parents=True)
    (folder / "mine.toml").write_text("title = 'Mine'", "utf-8")
    (folder / "mine.json").write_text("{", "utf-8")
    assert any("mine" in part for part in await seen(Verdict.BAD))


async def test_a_file_that_is_no_database_is_said(env: pytest.MonkeyPatch, tmp_path: Path):
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "genga.db").write_bytes(b"not a database, but long enough to be read as one" * 20)
    assert "genga.db" in (await seen(Verdict.BAD))["database"]


async def test_too_little_room_is_said(env: pytest.MonkeyPatch):
    env.setenv("MIN_FREE_DISK_MIB", str(2**40))
    assert "GiB free" in (await seen(Verdict.BAD))["disk"]


async def test_a_token_file_that_others_can_read_is_warned_of(env: pytest.MonkeyPatch, tmp_path: Path):
    (tmp_path / ".env").write_text("", "utf-8")
    (tmp_path / ".env").chmod(0o644)
    assert ".env" in await seen(Verdict.WEAK)
    assert "chmod 600" in await mends()


def test_it_says_what_japanese_names_are_written_in(tmp_path: Path):
    folder = tmp_path / "fonts"
    assert typeface(None, typefaces_of(None, (folder,))).verdict is Verdict.WEAK
    file = a_font(folder / "NotoSansCJK-Regular.ttc", JAPANESE)
    typefaces_of.cache_clear()
    assert typeface(None, typefaces_of(None, (folder,))).seen.endswith(file.name)
    own = a_font(tmp_path / "own.ttf", "A" + JAPANESE)
    assert typeface(own, typefaces_of(own, (folder,))).seen.endswith("own.ttf")


def test_a_sheet_font_that_is_none_is_named(tmp_path: Path):
    finding = typeface(tmp_path / "gone.ttf", typefaces_of(tmp_path / "gone.ttf", ()))
    assert (finding.part, finding.verdict) == ("SHEET_FONT", Verdict.WEAK)
