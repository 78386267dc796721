"""`genga demo --once`, in a process of its own as a script would call it."""

import asyncio
import json
import sys
from pathlib import Path
from typing import Any

from PIL import Image


async def genga(*arguments: str, cwd: Path) -> tuple[int, list[str]]:
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "bot", *arguments, cwd=cwd, stdout=asyncio.subprocess.PIPE
    )
    written, _ = await process.communicate()
    return process.returncode or 0, written.decode().splitlines()


async def once(command: str, tmp_path: Path) -> tuple[int, dict[str, Any]]:
    code, lines = await genga("demo", "--once", command, "--out", "pictures", cwd=tmp_path)
    return code, json.loads(lines[-1])


def drawn(path: Path) -> Image.Image:
    with Image.open(path) as picture:
        return picture.copy()


async def test_one_command_writes_its_pictures_and_says_where(tmp_path: Path):
    code, told = await once("/generate prompt:a heron, rain count:2 steps:2 size:64x64 seed:7", tmp_path)
    assert code == 0
    assert (told["state"], told["seed"]) == ("delivered", 7)
    assert [drawn(tmp_path / file).size for file in told["files"]] == [(64, 64), (64, 64)]


async def test_the_same_seed_draws_the_same_picture_another_day(tmp_path: Path):
    command = "/generate prompt:a heron steps:2 size:64x64 seed:7"
    pictures: list[bytes] = []
    for day in ("monday", "tuesday"):
        (tmp_path / day).mkdir()
        _, told = await once(command, tmp_path / day)
        pictures.append(drawn(tmp_path / day / told["files"][0]).tobytes())
    assert pictures[0] == pictures[1]


async def test_a_refused_command_says_what_and_what_to_do_and_exits_with_one(tmp_path: Path):
    code, told = await once("/generate prompt:a heron model:nosuchmodel", tmp_path)
    assert code == 1
    assert "nosuchmodel" in told["error"]
    assert told["hint"]


async def test_a_command_that_does_not_exist_is_refused_too(tmp_path: Path):
    code, told = await once("/paint prompt:a heron", tmp_path)
    assert (code, set(told)) == (1, {"error", "hint"})


async def test_a_command_without_a_job_exits_with_one(tmp_path: Path):
    code, told = await once("/status", tmp_path)
    assert (code, set(told)) == (1, {"error", "hint"})
