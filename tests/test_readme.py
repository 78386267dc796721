"""What the documents name exists: tests, files, commands, settings."""

import re
from pathlib import Path
from typing import Any

import pytest
from typer.main import get_group

from bot.chat.client import GengaClient
from bot.cli import cli
from bot.settings import Settings
from cogs import COGS
from tests.chat.desks import a_desk

ROOT = Path(__file__).parents[1]
DOCUMENTS = ["README.md", "docs/running.md", "docs/architecture.md"]
FOLDERS = ("bot", "cogs", "storage", "tests", "docs")


def text_of(document: str) -> str:
    return (ROOT / document).read_text("utf-8")


def in_code(document: str) -> list[str]:
    """Return what stands between backticks, and the lines set as code."""
    text = text_of(document)
    indented = [line.strip() for line in text.splitlines() if line.startswith("    ")]
    return re.findall(r"`([^`\n]+)`", text) + indented


def test_every_test_that_the_table_of_rules_names_exists():
    named = re.findall(r"`([\w/]+\.py)::(test_\w+)`", text_of("tests/README.md"))
    assert len(named) > 60
    lacking = [
        f"{file}::{name}"
        for file, name in named
        if not re.search(rf"^ *(async )?def {name}\(", text_of(f"tests/{file}"), re.MULTILINE)
    ]
    assert lacking == []


def test_every_rule_has_its_row_or_is_said_to_be_missing():
    rows = re.findall(r"^\| F(\d+) \|", text_of("tests/README.md"), re.MULTILINE)
    assert [int(row) for row in rows] == list(range(1, 61))


@pytest.mark.parametrize("document", [*DOCUMENTS, "tests/README.md"])
def test_every_file_that_is_named_exists(document: str):
    words = [word.strip(",.:;()") for code in in_code(document) for word in code.split()]
    paths = [word for word in words if re.fullmatch(rf"({'|'.join(FOLDERS)})/[\w./-]*", word)]
    links = re.findall(r"\]\(([^)#:]+)\)", text_of(document))
    lacking = [path for path in paths if not (ROOT / path).exists()]
    assert lacking == []
    assert [link for link in links if not ((ROOT / document).parent / link).exists()] == []


@pytest.mark.parametrize("folder", ["bot/core", "bot/studio", "bot/chat", "bot/chat/cards"])
def test_the_map_names_every_module_and_no_other(folder: str):
    (story,) = re.findall(
        rf"^\*\*`{folder}/`\*\*(.*?)^(?=\*\*|##)", text_of("docs/architecture.md"), re.MULTILINE | re.DOTALL
    )
    named = [name for line in re.findall(r"^- .*?: (.*)$", story, re.MULTILINE) for name in line.split(", ")]
    assert sorted(named) == sorted(
        path.stem for path in (ROOT / folder).glob("*.py") if path.stem != "__init__"
    )


@pytest.mark.parametrize("document", DOCUMENTS)
def test_every_command_of_the_command_line_that_is_named_exists(document: str):
    known = get_group(cli).commands
    lines = [re.search(r"\bgenga ([a-z]+)(.*)", code) for code in in_code(document)]
    for line in filter(None, lines):
        command = known[line[1]]
        flags = {flag for option in command.params for flag in option.opts}
        assert set(re.findall(r"--[a-z-]+", line[2].split("'")[0])) <= flags, line[0]


@pytest.mark.parametrize("document", DOCUMENTS)
def test_every_program_of_the_tests_that_is_named_exists(document: str):
    for program in re.findall(r"python -m (tests\.\w+)", text_of(document)):
        assert (ROOT / program.replace(".", "/") / "__main__.py").is_file(), program


async def test_the_commands_of_the_table_are_the_commands_that_there_are():
    told = re.findall(r"^\| (`/.*?) \|", text_of("README.md"), re.MULTILINE)
    named = {f"{group} {sub}".strip() for row in told for group, sub in _said_in(row)}
    assert named == await _command_tree()


def _said_in(row: str) -> list[tuple[str, str]]:
    """Read `/queue show` · `cancel` as two of one group, and `/generate prompt` as one with its option."""
    first, *others = re.findall(r"`([^`]+)`", row)
    group, _, sub = first.removeprefix("/").partition(" ")
    return [(group, "" if group == "generate" else sub), *((group, other) for other in others)]


async def _command_tree() -> set[str]:
    desk = a_desk()
    async with GengaClient(desk, cogs=COGS) as client:
        for make in COGS:
            await client.add_cog(make(desk, client.reception))
        told = [command.to_dict(client.tree) for command in client.tree.get_commands()]
    return {path for command in told for path in _paths_of(command)}


def _paths_of(command: dict[str, Any]) -> list[str]:
    """Return the whole path of each command in it: those of a group, and of groups within it."""
    inner = [option for option in command.get("options", ()) if option["type"] in (1, 2)]
    below = [path for option in inner for path in _paths_of(option)]
    return [f"{command['name']} {path}" for path in below] or [command["name"]]


def test_every_setting_that_is_named_exists():
    known = {name.upper() for name in Settings.model_fields}
    for document in DOCUMENTS:
        named = re.findall(
            r"\b(?:DISCORD|COMFYUI|DATA|MAX|MIN|BACKUPS?|LOG|DEFAULT)_[A-Z_]+\b", text_of(document)
        )
        assert set(named) <= known, document
