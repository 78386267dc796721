"""Plays recorded traffic of a real ComfyUI against the sandbox and compares the shape of every answer."""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import aiohttp

from bot.sandbox.comfyui import SandboxComfyUI
from tests.sandbox.comfyui.person import Ear, Preview

RECORDED = Path(__file__).parent / "recorded"

# Where the two may differ: lists whose length depends on the moment or the machine, words in free text.
_ANY_LENGTH = {
    "queue_running",
    "queue_pending",
    "jobs",
    "traceback",
    "current_outputs",
    "argv",
    "comfy_package_versions",
}
_NOT_COMPARED = {"current_inputs", "tooltip"}
_NAMES = re.compile(r"[0-9a-f]{8}-[0-9a-f-]{27}|[0-9a-f]{32}|.*\.png")


def recorded(name: str) -> list[dict[str, Any]]:
    lines = (RECORDED / f"{name}.jsonl").read_text(encoding="utf-8").splitlines()
    return [json.loads(line) for line in lines]


@dataclass
class Replay:
    """`statuses` are left out where their order depends on who is quicker, as with two prompts at once."""

    comfy: SandboxComfyUI
    http: aiohttp.ClientSession
    statuses: bool = True
    names: dict[str, str] = field(default_factory=dict)
    ears: dict[str, Ear] = field(default_factory=dict)
    compared: int = 0

    async def play(self, name: str) -> None:
        answers: dict[str, Any] = {}
        for number, row in enumerate(recorded(name)):
            where = f"{name}:{number + 1}"
            match row:
                case {"dir": "connect"}:
                    self.ears[row["src"]] = await self._connect(row["path"])
                case {"dir": "send"}:
                    await self.ears[row["src"]].socket.send_json(row["msg"])
                case {"dir": "req"}:
                    answers[row["src"]] = await self._ask(row)
                case {"dir": "resp"}:
                    answer = answers.pop(row["src"])
                    if "body" in row:
                        self._compare(self._answer(row), answer, where)
                case {"dir": "recv" | "recv_bin"} if self._counts(row):
                    await self._hear(row, where)
                case {"dir": "closed"}:
                    await self.ears.pop(row["src"]).close()
                case _:
                    pass

    async def _connect(self, path: str) -> Ear:
        return Ear(await self.http.ws_connect(self.comfy.url + path, max_msg_size=0))

    async def _ask(self, row: dict[str, Any]) -> dict[str, Any]:
        path = self._translated(row["path"])
        options: dict[str, Any] = {"headers": row.get("headers")}
        if "json" in row:
            options["data"] = self._translated(json.dumps(row["json"]))
        elif "data" in row:
            options["data"] = row["data"]
        async with self.http.request(row["method"], self.comfy.url + path, **options) as response:
            body = await response.read()
            answer: dict[str, Any] = {"status": response.status, "type": response.content_type}
            if response.content_type == "application/json":
                return answer | {"body": json.loads(body)}
            if body and response.content_type.startswith("image/"):
                return answer | {"body": {"magic": body[:2].hex()}}
            return answer | {"body": body.decode()}

    def _answer(self, row: dict[str, Any]) -> dict[str, Any]:
        kind = row.get("headers", {}).get("Content-Type", "application/octet-stream").partition(";")[0]
        body = row["body"]
        if isinstance(body, dict) and "magic" in body:
            body = {"magic": body["magic"][:4]}
        return {"status": row["status"], "type": kind, "body": body}

    def _counts(self, row: dict[str, Any]) -> bool:
        is_status = (
            row["dir"] == "recv" and row["msg"]["type"] == "status" and "sid" not in row["msg"]["data"]
        )
        return self.statuses or not is_status

    async def _hear(self, row: dict[str, Any], where: str) -> None:
        ear = self.ears[row["src"]]
        heard = await ear.next()
        while (
            not self.statuses and isinstance(heard, tuple) and heard[0] == "status" and "sid" not in heard[1]
        ):
            heard = await ear.next()
        if row["dir"] == "recv":
            assert isinstance(heard, tuple), f"{where}: {row['msg']['type']} expected, a preview came"
            self._compare(row["msg"], {"type": heard[0], "data": heard[1]}, where)
            assert row["msg"]["type"] == heard[0], where
        else:
            assert isinstance(heard, Preview), f"{where}: a preview expected, {heard} came"
            assert heard.kind == row["bin"]["event_type"], where
            assert heard.picture[:4].hex() == row["bin"]["image_magic"], where
            self._compare(row["bin"].get("metadata", {}), heard.about, where)

    def _compare(self, theirs: Any, ours: Any, where: str) -> None:
        self.compared += 1
        for difference in self._differences(theirs, ours, ""):
            raise AssertionError(f"{where}: {difference}")

    def _differences(self, theirs: Any, ours: Any, at: str) -> Iterator[str]:
        match theirs, ours:
            case dict(), dict():
                yield from self._differing_keys(theirs, ours, at)
            case list(), list():
                yield from self._differing_items(theirs, ours, at)
            case str(), str():
                if at.endswith((".type", ".status_str", ".state", ".magic")) and theirs != ours:
                    yield f"{at}: {theirs!r} became {ours!r}"
                if theirs != ours and _NAMES.fullmatch(theirs) and _NAMES.fullmatch(ours):
                    self.names[theirs] = ours
            case _:
                if at == ".status" and theirs != ours:
                    yield f"status {theirs} became {ours}"
                if type(theirs) is not type(ours):
                    yield f"{at}: {theirs!r} became {ours!r}"

    def _differing_keys(self, theirs: dict[str, Any], ours: dict[str, Any], at: str) -> Iterator[str]:
        strange = [key for key in theirs if _NAMES.fullmatch(key) and key not in self.names]
        self.names |= dict(zip(strange, (key for key in ours if _NAMES.fullmatch(key)), strict=False))
        known = {self.names.get(key, key): value for key, value in theirs.items() if key not in _NOT_COMPARED}
        mine = {key: value for key, value in ours.items() if key not in _NOT_COMPARED}
        if known.keys() != mine.keys():
            yield f"{at}: keys {sorted(known)} became {sorted(mine)}"
            return
        for key, value in known.items():
            yield from self._differences(value, mine[key], f"{at}.{key}")

    def _differing_items(self, theirs: list[Any], ours: list[Any], at: str) -> Iterator[str]:
        if at.rpartition(".")[2] not in _ANY_LENGTH and len(theirs) != len(ours):
            yield f"{at}: {theirs} became {ours}"
        for one, other in zip(theirs, ours, strict=False):
            yield from self._differences(one, other, at)

    def _translated(self, text: str) -> str:
        for theirs, ours in self.names.items():
            text = text.replace(theirs, ours)
        return text
