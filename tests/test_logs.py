import json
import logging

import pytest
import structlog
from hypothesis import given
from hypothesis import strategies as st

from bot.logs import REDACTED, Redactor, set_up


@pytest.fixture(autouse=True)
def _restored_logging():
    root = logging.getLogger()
    handlers, level, before = root.handlers, root.level, structlog.get_config()
    yield
    root.handlers = handlers
    root.setLevel(level)
    structlog.configure(**before)


def test_a_known_secret_never_reaches_the_log_not_even_in_a_traceback(capsys: pytest.CaptureFixture[str]):
    set_up(level="INFO", style="json", secrets=["hunter-two"])
    try:
        raise RuntimeError("login with hunter-two failed")
    except RuntimeError:
        structlog.get_logger("x").exception("refused", token="hunter-two")
    written = capsys.readouterr().err
    assert "hunter-two" not in written
    assert REDACTED in written


def test_a_librarys_lines_are_redacted_too(capsys: pytest.CaptureFixture[str]):
    set_up(level="INFO", style="console", secrets=["hunter-two"])
    logging.getLogger("aiohttp.client").warning("sent %s", "hunter-two")
    assert "hunter-two" not in capsys.readouterr().err


def test_an_interactions_token_in_a_url_is_redacted():
    line = "PATCH /webhooks/123456/aW50ZXJhY3Rpb246MTIzNDU2Nzg5MDEyMzQ1/messages/@original"
    assert "aW50ZXJhY3Rpb24" not in Redactor([])(line)


def test_an_authorization_header_is_redacted():
    assert "abcdefghij" not in Redactor([])("Authorization: Bot abcdefghijklmnopqrstuvwxyz")


@given(st.text())
def test_ordinary_text_without_secrets_comes_out_as_it_went_in(text: str):
    assert Redactor(["a secret that is not there"])(text) == text or REDACTED in Redactor([])(text)


def test_a_prompt_cannot_forge_a_line(capsys: pytest.CaptureFixture[str]):
    set_up(level="INFO", style="console", secrets=[])
    structlog.get_logger("x").info("accepted", prompt="a heron\n2026-01-01 [error] forged")
    assert len(capsys.readouterr().err.splitlines()) == 1


def test_json_lines_are_json(capsys: pytest.CaptureFixture[str]):
    set_up(level="INFO", style="json", secrets=[])
    structlog.get_logger("x").info("accepted", job=7)
    assert json.loads(capsys.readouterr().err)["job"] == 7
