"""The commands as Discord is told of them."""

from collections.abc import AsyncIterator, Iterator
from typing import Any

import pytest

from bot.chat.client import GengaClient
from cogs import COGS
from tests.chat.desks import a_desk

Payload = dict[str, Any]

SUB_COMMAND = 1
GROUP = 2
BATCH_OPTIONS = (
    "character",
    "poses",
    "expressions",
    "outfits",
    "styles",
    "project",
    "size",
    "model",
)
DRAWING_OPTIONS = (
    "project",
    "character",
    "variation",
    "style",
    "size",
    "sampler",
    "model",
    "lora",
    "workflow",
)
STYLE_OPTIONS = ("model", "sampler", "scheduler", "size", "lora")
CHARACTER_COMMANDS = {
    *("archive", "create", "edit", "export", "import", "list", "restore", "sheet", "show"),
    *(f"{group} {name}" for group in ("reference", "variation") for name in ("add", "list", "remove")),
}
REVIEW_COMMANDS = ("bulk", "lessons", "next", "stats")
MANAGE_GUILD = str(1 << 5)


@pytest.fixture
async def commands() -> AsyncIterator[dict[str, Payload]]:
    desk = a_desk()
    client = GengaClient(desk, cogs=COGS)
    async with client:
        for make in COGS:
            await client.add_cog(make(desk, client.reception))
        yield {command.name: command.to_dict(client.tree) for command in client.tree.get_commands()}


def commands_in(command: Payload, path: str = "") -> Iterator[tuple[str, Payload]]:
    """Yield what can be called, with its whole path: a command, or the commands of its groups."""
    path = f"{path} {command['name']}".strip()
    inner = [option for option in command.get("options", ()) if option["type"] in (SUB_COMMAND, GROUP)]
    if inner:
        for option in inner:
            yield from commands_in(option, path)
    else:
        yield path, command


def options_of(command: Payload) -> Iterator[tuple[str, Payload]]:
    for path, callable_one in commands_in(command):
        yield from ((path, option) for option in callable_one.get("options", ()))


def paths_of(command: Payload) -> list[str]:
    return [path for path, _ in commands_in(command)]


def letters_of(command: Payload) -> int:
    """Count as Discord does: names, descriptions and the values of choices, all the way down."""
    own = sum(len(str(command.get(key, ""))) for key in ("name", "description", "value"))
    below = [*command.get("options", ()), *command.get("choices", ())]
    return own + sum(letters_of(one) for one in below)


async def test_these_are_the_commands(commands: dict[str, Payload]) -> None:
    assert sorted(path for command in commands.values() for path in paths_of(command)) == [
        "batch list",
        "batch matrix",
        "batch overnight",
        "batch prompts",
        "batch retry",
        "batch show",
        "character archive",
        "character create",
        "character edit",
        "character export",
        "character import",
        "character list",
        "character reference add",
        "character reference list",
        "character reference remove",
        "character restore",
        "character sheet",
        "character show",
        "character variation add",
        "character variation list",
        "character variation remove",
        "compare",
        "find",
        "gallery",
        "generate",
        "job again",
        "job list",
        "job params",
        "job show",
        "job tree",
        "learn",
        "project archive",
        "project create",
        "project delete",
        "project edit",
        "project export",
        "project list",
        "project restore",
        "project show",
        "project use",
        "prompt preview",
        "queue cancel",
        "queue clear",
        "queue pause",
        "queue resume",
        "queue show",
        "review bulk",
        "review lessons",
        "review next",
        "review stats",
        "settings admin",
        "settings gallery",
        "settings reactions",
        "settings reviewers",
        "status",
        "style create",
        "style edit",
        "style history",
        "style list",
        "style show",
        "style use",
    ]


async def test_every_option_says_what_it_is_for(commands: dict[str, Payload]) -> None:
    for command in commands.values():
        for path, option in options_of(command):
            assert option["description"] not in {"", "…"}, (path, option["name"])


async def test_every_command_is_for_servers_only(commands: dict[str, Payload]) -> None:
    for command in commands.values():
        assert command["contexts"] == [0] or command["dm_permission"] is False


async def test_settings_are_for_those_who_manage_the_server(commands: dict[str, Payload]) -> None:
    needed = {name: command["default_member_permissions"] for name, command in commands.items()}
    assert {name for name, permission in needed.items() if permission is not None} == {"settings"}
    assert str(needed["settings"]) == MANAGE_GUILD


async def test_numbers_have_the_ranges_that_the_studio_takes(commands: dict[str, Payload]) -> None:
    ranges = {
        option["name"]: (option["min_value"], option["max_value"])
        for _, option in options_of(commands["generate"])
        if "max_value" in option
    }
    assert ranges == {
        "count": (1, 8),
        "seed": (0, 2**53 - 1),
        "steps": (1, 150),
        "cfg": (0, 30),
        "lora_strength": (-4, 4),
    }


async def test_what_has_a_list_to_choose_from_is_completed_while_typing(commands: dict[str, Payload]) -> None:
    completed = {
        f"{path} {option['name']}"
        for command in commands.values()
        for path, option in options_of(command)
        if option.get("autocomplete")
    }
    assert completed == {
        *(f"character {name} project" for name in CHARACTER_COMMANDS),
        *(f"character {name} character" for name in CHARACTER_COMMANDS - {"create", "list", "import"}),
        *(f"character {name} lora" for name in ("create", "edit")),
        *(f"character sheet {name}" for name in ("poses", "expressions", "outfits")),
        "character reference add job",
        "character reference remove reference",
        "character variation remove variation",
        *(f"{command} {name}" for command in ("generate", "prompt preview") for name in DRAWING_OPTIONS),
        *(f"batch prompts {name}" for name in ("project", "style", "size", "model")),
        *(f"batch {name} {option}" for name in ("matrix", "overnight") for option in BATCH_OPTIONS),
        *(f"batch {name} batch" for name in ("show", "retry")),
        *("compare job_a", "compare job_b", "find project", "gallery project", "gallery character"),
        *(f"job {name} job" for name in ("show", "again", "params", "tree")),
        "job list project",
        "project create workflow",
        *(f"project {name} project" for name in ("show", "edit", "use", "archive", "restore")),
        *(f"project {name} project" for name in ("delete", "export")),
        *(f"project edit {name}" for name in ("workflow", "style")),
        *(f"style {name} project" for name in ("create", "list", "show", "edit", "use", "history")),
        *(f"style {name} style" for name in ("show", "edit", "use", "history")),
        *(f"style {name} {option}" for name in ("create", "edit") for option in STYLE_OPTIONS),
        "style create from_job",
        *(f"style edit {name}" for name in ("remove_lora", "clear")),
        "queue cancel job",
        *(f"review {name} {option}" for name in REVIEW_COMMANDS for option in ("project", "character")),
        *(f"learn {option}" for option in ("project", "character")),
    }


async def test_each_command_stays_within_discords_eight_thousand_characters(
    commands: dict[str, Payload],
) -> None:
    for name, command in commands.items():
        assert letters_of(command) <= 8000, name
