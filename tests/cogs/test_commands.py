"""The commands as Discord is told of them."""

from collections.abc import AsyncIterator, Iterator
from typing import Any

import pytest

from bot.chat.client import GengaClient
from cogs import COGS
from tests.chat.desks import a_desk

Payload = dict[str, Any]

SUB_COMMAND = 1
STYLE_OPTIONS = ("model", "sampler", "scheduler", "size", "lora")
MANAGE_GUILD = str(1 << 5)


@pytest.fixture
async def commands() -> AsyncIterator[dict[str, Payload]]:
    desk = a_desk()
    client = GengaClient(desk, cogs=COGS)
    async with client:
        for make in COGS:
            await client.add_cog(make(desk, client.reception))
        yield {command.name: command.to_dict(client.tree) for command in client.tree.get_commands()}


def options_of(command: Payload) -> Iterator[tuple[str, Payload]]:
    for option in command.get("options", ()):
        if option["type"] == SUB_COMMAND:
            yield from ((f"{command['name']} {option['name']}", inner) for inner in option["options"])
        else:
            yield command["name"], option


def paths_of(command: Payload) -> list[str]:
    subs = [option["name"] for option in command.get("options", ()) if option["type"] == SUB_COMMAND]
    return [f"{command['name']} {sub}" for sub in subs] or [command["name"]]


async def test_these_are_the_commands(commands: dict[str, Payload]) -> None:
    assert sorted(path for command in commands.values() for path in paths_of(command)) == [
        "batch list",
        "batch matrix",
        "batch overnight",
        "batch prompts",
        "batch show",
        "generate",
        "job again",
        "job list",
        "job params",
        "job show",
        "project archive",
        "project create",
        "project delete",
        "project edit",
        "project export",
        "project list",
        "project restore",
        "project show",
        "project use",
        "queue cancel",
        "queue clear",
        "queue pause",
        "queue resume",
        "queue show",
        "settings admin",
        "settings gallery",
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
        *(f"generate {name}" for name in ("project", "size", "sampler", "model", "lora", "workflow")),
        *(f"job {name} job" for name in ("show", "again", "params")),
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
    }


async def test_each_command_stays_within_discords_eight_thousand_characters(
    commands: dict[str, Payload],
) -> None:
    for command in commands.values():
        assert len(str(command)) < 8000
