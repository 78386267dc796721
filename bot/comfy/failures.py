"""ComfyUI's complaints, put into words for the person whose drawing it was."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from bot.comfy.choices import choices_in
from bot.comfy.reading import count_of, dict_of, list_of, text_of
from bot.core.errors import ExecutionFailed, OutOfMemory, Refused, RenderError, nearest_names
from bot.core.workflow import Json

MOST_CHARACTERS = 300

_OUT_OF_MEMORY = re.compile(r"OutOfMemory|out of memory|Allocation on device", re.IGNORECASE)
_PATH = re.compile(r"""(?:[A-Za-z]:[\\/]|(?<![\w.])[\\/])(?:[^\\/\n'"<>|:*?]+[\\/])+""")
_NOISE = re.compile(r"^[\s*]*(?:ERROR:\s*)?")


@dataclass(frozen=True, slots=True, kw_only=True)
class Broke:
    """A node failed while it ran, as ComfyUI tells it."""

    node: str
    class_type: str
    exception: str
    message: str

    @classmethod
    def read(cls, data: Mapping[str, Json]) -> "Broke":
        return cls(
            node=text_of(data.get("node_id")),
            class_type=text_of(data.get("node_type"), "a node"),
            exception=text_of(data.get("exception_type")),
            message=text_of(data.get("exception_message")),
        )

    @property
    def is_end(self) -> bool:
        """Tell whether the run ends with it: a blocked branch is reported alike, and the others go on."""
        return self.exception.rpartition(".")[2] != "ExecutionBlocked"

    def in_words(self, titles: Mapping[str, str]) -> RenderError:
        where = _where(titles.get(self.node), self.class_type)
        if _OUT_OF_MEMORY.search(self.exception) or _OUT_OF_MEMORY.search(self.message):
            return OutOfMemory(
                f"The GPU's memory did not suffice in {where}.",
                hint="Draw smaller or fewer pictures at once, or without LoRAs.",
            )
        reason = cleaned(self.message) or self.exception or "it gave no reason"
        return ExecutionFailed(f"{where} failed: {reason}", hint="ComfyUI's own log tells more.")


def cleaned(message: str) -> str:
    """Return the first line that says something, without the folders of the machine it happened on."""
    lines = (_PATH.sub("", _NOISE.sub("", line)).strip() for line in message.splitlines())
    first = next((line for line in lines if line), "")
    return first if len(first) <= MOST_CHARACTERS else first[: MOST_CHARACTERS - 1] + "…"


def refusal(answer: Json, titles: Mapping[str, str]) -> Refused:
    """Put the answer of a refused `POST /prompt` into words: which node, which input, why, what would do."""
    error = dict_of(dict_of(answer).get("error"))
    complaints = node_complaints(answer, titles)
    if complaints:
        first, *others = complaints
        return refused_for(first, choices=first.choices, others=len(others))
    match text_of(error.get("type")):
        case "missing_node_type" | "invalid_prompt":
            return _missing_node(error, titles)
        case "prompt_no_outputs":
            return Refused(
                "The workflow makes no pictures: it has no node that saves one.",
                hint="Add a SaveImage node in ComfyUI and export the workflow again.",
            )
        case _:
            said = cleaned(text_of(error.get("message"))) or "it gave no reason"
            return Refused(f"ComfyUI refused the drawing: {said}", hint="Check the workflow in ComfyUI.")


@dataclass(frozen=True, slots=True, kw_only=True)
class Complaint:
    """One thing that ComfyUI's validation has against one node."""

    where: str
    kind: str
    input: str
    received: str
    message: str
    details: str
    config: Json
    class_type: str

    @property
    def choices(self) -> tuple[str, ...]:
        return choices_in(self.config)


def node_complaints(answer: Json, titles: Mapping[str, str]) -> list[Complaint]:
    """Return what is wrong with the nodes; an accepted prompt may have complaints about a part of it."""
    return [
        _complaint(text_of(report.get("class_type"), "a node"), titles.get(node), dict_of(error))
        for node, report in (
            (node, dict_of(report)) for node, report in dict_of(dict_of(answer).get("node_errors")).items()
        )
        for error in list_of(report.get("errors"))
    ]


def _complaint(class_type: str, title: str | None, error: Mapping[str, Json]) -> Complaint:
    extra = dict_of(error.get("extra_info"))
    received = extra.get("received_value")
    return Complaint(
        where=_where(title, class_type),
        kind=text_of(error.get("type")),
        input=text_of(extra.get("input_name")),
        received="" if received is None else cleaned(str(received)),
        message=cleaned(text_of(error.get("message"))),
        details=cleaned(text_of(error.get("details"))),
        config=extra.get("input_config"),
        class_type=class_type,
    )


def refused_for(complaint: Complaint, *, choices: tuple[str, ...] = (), others: int = 0) -> Refused:
    """Say one complaint; `choices` are what the input would have taken, where they are known."""
    reason = _REASONS.get(complaint.kind, _other)(complaint)
    more = f" ({others} more like this.)" if others else ""
    return Refused(f"ComfyUI refused {complaint.where}: {reason}{more}", hint=_hint(complaint, choices))


def _missing_node(error: Mapping[str, Json], titles: Mapping[str, str]) -> Refused:
    extra = dict_of(error.get("extra_info"))
    class_type = text_of(extra.get("class_type"))
    title = titles.get(text_of(extra.get("node_id")))
    named = f" (“{title}” in the workflow)" if title and title != class_type else ""
    said = cleaned(text_of(error.get("message"))) or "a node of the workflow is missing."
    return Refused(
        f"ComfyUI has no node `{class_type}`{named}."
        if class_type
        else f"ComfyUI refused the drawing: {said}",
        hint="Install the custom nodes the workflow needs, or choose another workflow.",
    )


def _where(title: str | None, class_type: str) -> str:
    return f"“{title}” ({class_type})" if title and title != class_type else class_type


def _hint(complaint: Complaint, choices: tuple[str, ...]) -> str:
    if complaint.kind != "value_not_in_list":
        return "Change the option, or the workflow in ComfyUI."
    if not choices:
        return "Choose a name that ComfyUI lists."
    return f"Nearest: {', '.join(f'`{name}`' for name in nearest_names(complaint.received, choices))}."


def _limit(complaint: Complaint, name: str) -> str:
    match complaint.config:
        case [_, dict(options)] if (limit := count_of(options.get(name))) is not None:
            return f"; {'at most' if name == 'max' else 'at least'} {limit} is possible"
        case _:
            return ""


def _other(complaint: Complaint) -> str:
    said = ": ".join(part for part in (complaint.message, complaint.input) if part)
    return f"{said or 'ComfyUI refused it'}."


_REASONS: Mapping[str, Callable[[Complaint], str]] = {
    "required_input_missing": lambda it: f"the input `{it.input or it.details}` is missing.",
    "value_not_in_list": lambda it: f"`{it.received}` is not among the choices for `{it.input}`.",
    "value_bigger_than_max": lambda it: f"`{it.input}` is {it.received}{_limit(it, 'max')}.",
    "value_smaller_than_min": lambda it: f"`{it.input}` is {it.received}{_limit(it, 'min')}.",
    "invalid_input_type": lambda it: f"`{it.input}` cannot be `{it.received}`.",
    "return_type_mismatch": lambda it: f"`{it.input}` is fed a wrong kind of thing ({it.details}).",
    "bad_linked_input": lambda it: f"the link to `{it.input}` is broken.",
    "custom_validation_failed": lambda it: f"{it.details or it.message}.",
    "dependency_cycle": lambda it: f"the nodes feed each other in a circle ({it.details}).",
    "exception_during_inner_validation": lambda it: f"ComfyUI could not check its input `{it.input}`.",
    "exception_during_validation": lambda _: "ComfyUI could not check it.",
}
