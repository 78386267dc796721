"""What is wrong with a prompt, in ComfyUI's own words."""

import traceback
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from bot.sandbox.comfyui.declarations import DECLARATIONS, Declaration, Input
from bot.sandbox.comfyui.dialect import Dialect
from bot.sandbox.comfyui.folders import Folders, OutsideFolderError
from bot.sandbox.comfyui.models import Models
from bot.sandbox.comfyui.shapes import Json, is_list

_LONGEST_LIST_SHOWN = 20
_CONVERSIONS: dict[str, type[int | float | str]] = {"INT": int, "FLOAT": float, "STRING": str}


class RefusedPromptError(Exception):
    """The whole prompt is refused with status 400."""

    def __init__(
        self,
        kind: str,
        message: str,
        *,
        details: str = "",
        extra_info: Json | None = None,
        node_errors: Json | None = None,
    ) -> None:
        super().__init__(message)
        self.body: Json = {
            "error": {"type": kind, "message": message, "details": details, "extra_info": extra_info or {}},
            "node_errors": node_errors or {},
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class ValidGraph:
    """The outputs that will be run, and what is wrong with those that will not."""

    outputs: list[str]
    node_errors: Json


@dataclass(frozen=True, slots=True, kw_only=True)
class Checker:
    models: Models
    folders: Folders
    dialect: Dialect

    def check(self, graph: Json, targets: list[str] | None) -> ValidGraph:
        """Refuse the prompt if no output of it can be run; plain values are converted in place."""
        self._check_classes(graph)
        outputs = [
            node_id
            for node_id, node in graph.items()
            if DECLARATIONS[node["class_type"]].output_node and (targets is None or node_id in targets)
        ]
        if not outputs:
            raise RefusedPromptError("prompt_no_outputs", "Prompt has no outputs")
        visit = _Visit(checker=self, graph=graph)
        good = [node_id for node_id in outputs if visit.output_is_valid(node_id)]
        errors = visit.node_errors()
        if not good:
            raise RefusedPromptError(
                "prompt_outputs_failed_validation",
                "Prompt outputs failed validation",
                details="\n".join(visit.complaints_of(outputs)),
                node_errors=errors,
            )
        return ValidGraph(outputs=good, node_errors=errors)

    def _check_classes(self, graph: Json) -> None:
        for node_id, node in graph.items():
            if "class_type" not in node:
                self._refuse_classless(node_id, node)
            if node["class_type"] not in DECLARATIONS:
                self._refuse_unknown(node_id, node)

    def _refuse_classless(self, node_id: str, node: Json) -> None:
        if not self.dialect.missing_node_type:
            message = "Cannot execute because a node is missing the class_type property."
            raise RefusedPromptError("invalid_prompt", message, details=f"Node ID '#{node_id}'")
        title = _title(node)
        raise RefusedPromptError(
            "missing_node_type",
            f"Node '{title or f'ID #{node_id}'}' has no class_type. "
            "The workflow may be corrupted or a custom node is missing.",
            details=f"Node ID '#{node_id}'",
            extra_info={"node_id": node_id, "class_type": None, "node_title": title},
        )

    def _refuse_unknown(self, node_id: str, node: Json) -> None:
        class_type: str = node["class_type"]
        if not self.dialect.missing_node_type:
            message = f"Cannot execute because node {class_type} does not exist."
            raise RefusedPromptError("invalid_prompt", message, details=f"Node ID '#{node_id}'")
        title = _title(node) or class_type
        raise RefusedPromptError(
            "missing_node_type",
            f"Node '{title}' not found. The custom node may not be installed.",
            details=f"Node ID '#{node_id}'",
            extra_info={"node_id": node_id, "class_type": class_type, "node_title": title},
        )


def _title(node: Json) -> str | None:
    return node.get("_meta", {}).get("title")


class _CycleError(Exception):
    def __init__(self, nodes: list[str]) -> None:
        super().__init__()
        self.nodes = nodes


@dataclass(slots=True, kw_only=True)
class _Visit:
    """One walk over a graph; `found` holds the complaints of every node that was reached."""

    checker: Checker
    graph: Json
    found: dict[str, list[Json]] = field(default_factory=dict[str, list[Json]])
    valid: dict[str, bool] = field(default_factory=dict[str, bool])
    dependents: dict[str, list[str]] = field(default_factory=dict[str, list[str]])
    path: list[str] = field(default_factory=list[str])

    def output_is_valid(self, node_id: str) -> bool:
        before = {name for name, complaints in self.found.items() if complaints}
        try:
            valid = self._node_is_valid(node_id)
        except _CycleError as cycle:
            self._complain_of_cycle(cycle.nodes)
            valid = False
        except Exception as error:  # noqa: BLE001 - ComfyUI reports whatever its own check raises
            self._complain(
                node_id, _exception("exception_during_validation", "Exception when validating node", error)
            )
            valid = False
        self.path.clear()
        self._blame(node_id, before)
        return valid

    def node_errors(self) -> Json:
        return {
            node_id: {
                "errors": complaints,
                "dependent_outputs": self.dependents.get(node_id, []),
                "class_type": self.graph[node_id]["class_type"],
            }
            for node_id, complaints in self.found.items()
            if complaints
        }

    def complaints_of(self, outputs: Iterable[str]) -> list[str]:
        """List the outputs' own errors; what is wrong further up is told by `node_errors` alone."""
        return [
            f"{complaint['message']}: {complaint['details']}"
            for node_id in outputs
            for complaint in self.found.get(node_id, [])
            if complaint["type"] != "dependency_cycle"
        ]

    def _blame(self, output: str, before: set[str]) -> None:
        for node_id, complaints in self.found.items():
            upstream = node_id not in before or node_id in self._upstream(output)
            if complaints and upstream:
                self.dependents.setdefault(node_id, []).append(output)

    def _upstream(self, node_id: str) -> set[str]:
        reached: set[str] = set()
        waiting = [node_id]
        while waiting:
            current = waiting.pop()
            if current in reached or current not in self.graph:
                continue
            reached.add(current)
            given = self.graph[current].get("inputs", {})
            waiting += [value[0] for value in given.values() if isinstance(value, list) and value]
        return reached

    def _node_is_valid(self, node_id: str) -> bool:
        if node_id in self.path:
            raise _CycleError(self.path[self.path.index(node_id) :])
        if node_id in self.valid:
            return self.valid[node_id]
        self.path.append(node_id)
        node = self.graph[node_id]
        given: Json = node["inputs"]
        declared = DECLARATIONS[node["class_type"]]
        sources_valid = [self._input_is_valid(node_id, declared, name, given) for name in declared.required]
        self.path.pop()
        self.valid[node_id] = all(sources_valid) and not self.found.get(node_id)
        return self.valid[node_id]

    def _input_is_valid(self, node_id: str, declared: Declaration, name: str, given: Json) -> bool:
        """Whether the input and all that is upstream of it are valid; own complaints are noted here."""
        wanted = declared.required[name]
        if name not in given:
            self._complain(node_id, _complaint("required_input_missing", name, {"input_name": name}))
            return False
        value: Any = given[name]
        if is_list(value):
            return self._link_is_valid(node_id, name, wanted, value)
        for complaint in self._value_complaints(name, wanted, given, own_check=name in declared.own_check):
            self._complain(node_id, complaint)
            return False
        return True

    def _link_is_valid(self, node_id: str, name: str, wanted: Input, link: list[Any]) -> bool:
        about: Json = {"input_name": name, "input_config": self._config(wanted)}
        if len(link) != 2:
            self._complain(node_id, _complaint("bad_linked_input", name, about | {"received_value": link}))
            return False
        source: str = link[0]
        slot: int = link[1]
        received: str = DECLARATIONS[self.graph[source]["class_type"]].outputs[slot]
        if received != wanted.kind:
            details = f"{name}, received_type({received}) mismatch input_type({wanted.kind})"
            about |= {"received_type": received, "linked_node": link}
            self._complain(node_id, _complaint("return_type_mismatch", details, about))
            return False
        return self._source_is_valid(source, about | {"linked_node": link})

    def _source_is_valid(self, source: str, about: Json) -> bool:
        try:
            return self._node_is_valid(source)
        except _CycleError:
            raise
        except Exception as error:  # noqa: BLE001 - ComfyUI reports whatever its own check raises
            message = "Exception when validating inner node"
            complaint = _exception("exception_during_inner_validation", message, error)
            complaint["extra_info"] = about | complaint["extra_info"]
            self._complain(source, complaint)
            return False

    def _value_complaints(self, name: str, wanted: Input, given: Json, *, own_check: bool) -> list[Json]:
        if own_check:
            return self._file_complaints(name, given[name])
        if wanted.options is not None:
            return self._choice_complaints(name, wanted, given[name])
        if wanted.kind not in _CONVERSIONS:
            return []
        received = given[name]
        try:
            given[name] = _CONVERSIONS[wanted.kind](received)
        except (ValueError, TypeError) as error:
            about = {
                "input_name": name,
                "input_config": self._config(wanted),
                "received_value": received,
                "exception_message": str(error),
            }
            details = f"{name}, {received}, {error}"
            message = f"Failed to convert an input value to a {wanted.kind} value"
            return [_complaint("invalid_input_type", details, about, message=message)]
        return self._range_complaints(name, wanted, given[name])

    def _range_complaints(self, name: str, wanted: Input, value: Any) -> list[Json]:  # noqa: ANN401 - a number or a text
        settings = wanted.settings or {}
        about = {"input_name": name, "input_config": self._config(wanted), "received_value": value}
        if "min" in settings and value < settings["min"]:
            message = f"Value {value} smaller than min of {settings['min']}"
            return [_complaint("value_smaller_than_min", name, about, message=message)]
        if "max" in settings and value > settings["max"]:
            message = f"Value {value} bigger than max of {settings['max']}"
            return [_complaint("value_bigger_than_max", name, about, message=message)]
        return []

    def _choice_complaints(self, name: str, wanted: Input, value: object) -> list[Json]:
        options = wanted.options(self.checker.models, self.checker.folders) if wanted.options else []
        if value in options:
            return []
        too_long = len(options) > _LONGEST_LIST_SHOWN
        listed = f"(list of length {len(options)})" if too_long else str(options)
        config = None if too_long else self._config(wanted)
        about = {"input_name": name, "input_config": config, "received_value": value}
        return [_complaint("value_not_in_list", f"{name}: '{value}' not in {listed}", about)]

    def _file_complaints(self, name: str, value: object) -> list[Json]:
        try:
            if self.checker.folders.input_file(str(value)).is_file():
                return []
        except (OutsideFolderError, ValueError):
            pass
        details = f"{name} - Invalid image file: {value}"
        return [_complaint("custom_validation_failed", details, {"input_name": name})]

    def _config(self, wanted: Input) -> list[Any]:
        return wanted.described(self.checker.models, self.checker.folders)

    def _complain(self, node_id: str, complaint: Json) -> None:
        self.found.setdefault(node_id, []).append(complaint)
        self.valid[node_id] = False

    def _complain_of_cycle(self, nodes: list[str]) -> None:
        if not self.checker.dialect.dependency_cycle:
            return
        names = [f"{node_id} ({self.graph[node_id]['class_type']})" for node_id in (*nodes, nodes[0])]
        for node_id in nodes:
            about = {"node_id": node_id, "cycle_nodes": nodes}
            self._complain(node_id, _complaint("dependency_cycle", " -> ".join(names), about))


_MESSAGES = {
    "required_input_missing": "Required input is missing",
    "bad_linked_input": "Bad linked input, must be a length-2 list of [node_id, slot_index]",
    "return_type_mismatch": "Return type mismatch between linked nodes",
    "value_not_in_list": "Value not in list",
    "custom_validation_failed": "Custom validation failed for node",
    "dependency_cycle": "Dependency cycle detected",
}


def _complaint(kind: str, details: str, about: Json, *, message: str = "") -> Json:
    return {"type": kind, "message": message or _MESSAGES[kind], "details": details, "extra_info": about}


def _exception(kind: str, message: str, error: Exception) -> Json:
    about: Json = {
        "exception_message": str(error),
        "exception_type": type(error).__name__,
        "traceback": traceback.format_tb(error.__traceback__),
    }
    return _complaint(kind, str(error), about, message=message)
