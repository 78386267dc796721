"""Checks recorded requests and answers against Discord's own OpenAPI description, where that file is at hand."""

import copy
import json
import os
from collections.abc import Iterable
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import quote

import jsonschema_rs

from bot.sandbox.discord import Exchange

Json = dict[str, Any]


def description_path() -> Path:
    told = os.environ.get("DISCORD_OPENAPI")
    return Path(told) if told else Path(__file__).parents[3] / ".." / "shared" / "discord-openapi.json"


@cache
def description() -> "Description | None":
    """Discord's description, or nothing where the file is not at hand."""
    path = description_path()
    return Description(json.loads(path.read_bytes())) if path.is_file() else None


def wire_faults(log: Iterable[Exchange]) -> list[str]:
    """What Discord's own description finds wrong with the recorded requests and answers."""
    told = description()
    return [] if told is None else told.faults_of(log)


class Description:
    """The description's verdict on each exchange, as sentences; no sentence means that all is well."""

    def __init__(self, document: Json) -> None:
        self._document = document
        self._registry = jsonschema_rs.Registry([("urn:discord", document)])
        self._validators: dict[str, jsonschema_rs.Draft202012Validator] = {}

    def faults_of(self, log: Iterable[Exchange]) -> list[str]:
        return [
            fault
            for exchange in log
            if exchange.effect and exchange.status
            for fault in self.faults(exchange)
        ]

    def faults(self, exchange: Exchange) -> list[str]:
        operation = self._document["paths"].get(exchange.route, {}).get(exchange.method.lower())
        if operation is None:
            return []
        found = [] if exchange.status >= 400 else self._request_faults(exchange, operation)
        found += self._answer_faults(exchange, operation)
        return [f"{exchange.method} {exchange.route} {exchange.status}: {fault}" for fault in found]

    def _request_faults(self, exchange: Exchange, operation: Json) -> list[str]:
        kinds = operation.get("requestBody", {}).get("content", {})
        if exchange.content_type not in kinds or exchange.body is None:
            return []
        where = _pointer(exchange, "requestBody", "content", exchange.content_type, "schema")
        return self._verdict(where, _normal_request(exchange.body), "request")

    def _answer_faults(self, exchange: Exchange, operation: Json) -> list[str]:
        responses = operation["responses"]
        code = next(
            (c for c in (str(exchange.status), f"{exchange.status // 100}XX") if c in responses), None
        )
        if code is None:
            return [] if exchange.status >= 500 else ["the description knows no such status"]
        where = _pointer(exchange, "responses", code)
        if "$ref" in responses[code]:
            where = responses[code]["$ref"]
        content = self._at(where).get("content")
        if content is None:
            return [] if exchange.answer is None else ["the answer should be empty"]
        where += "/" + "/".join(_escaped(step) for step in ("content", "application/json", "schema"))
        return self._verdict(where, _normal_answer(exchange.answer), "answer")

    def _at(self, pointer: str) -> Json:
        node = self._document
        for step in pointer.removeprefix("#/").split("/"):
            node = node[_unescaped(step)]
        return node

    def _verdict(self, pointer: str, value: Any, what: str) -> list[str]:
        validator = self._validators.get(pointer)
        if validator is None:
            schema = {"$ref": "urn:discord" + quote(pointer, safe="#/~@")}
            validator = jsonschema_rs.Draft202012Validator(schema, registry=self._registry)
            self._validators[pointer] = validator
        return [
            f"{what} {list(error.instance_path)}: {error.message[:300]}"
            for error in validator.iter_errors(value)
        ]


def _pointer(exchange: Exchange, *steps: str) -> str:
    path = ("paths", exchange.route, exchange.method.lower(), *steps)
    return "#/" + "/".join(_escaped(step) for step in path)


_MENTIONED = ("users", "roles")


def _escaped(step: str) -> str:
    return step.replace("~", "~0").replace("/", "~1")


def _unescaped(step: str) -> str:
    return step.replace("~1", "/").replace("~0", "~")


def _normal_request(body: Any) -> Any:
    """Ids may be numbers on the wire, and permissions texts, though the description has it the other way."""
    if not isinstance(body, dict):
        return body
    normal = copy.deepcopy(body)
    for holder in (normal, normal.get("data"), normal.get("message")):
        if isinstance(holder, dict):
            for note in holder.get("attachments") or ():
                note["id"] = str(note["id"])
            allowed = holder.get("allowed_mentions") or {}
            allowed.update(
                {kind: [str(one) for one in allowed[kind]] for kind in _MENTIONED if kind in allowed}
            )
            holder.update({key: int(holder[key]) for key in ("allow", "deny") if key in holder})
            holder.update({key: str(holder[key]) for key in ("recipient_id",) if key in holder})
            reference = holder.get("message_reference") or {}
            reference.update({key: str(value) for key, value in reference.items() if key.endswith("_id")})
    return normal


def _normal_answer(answer: Any) -> Any:
    """The codes inside a form error are words, though the description calls them numbers."""
    if not isinstance(answer, dict) or "errors" not in answer:
        return answer
    normal = copy.deepcopy(answer)
    _number_codes(normal["errors"])
    return normal


def _number_codes(tree: Json) -> None:
    for key, branch in tree.items():
        if key == "_errors":
            for error in branch:
                error["code"] = 0
        else:
            _number_codes(branch)
