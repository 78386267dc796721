"""What an input of a node can be set to, in both shapes in which `/object_info` says it."""

from bot.comfy.reading import dict_of, strings_of
from bot.core.workflow import Json


def choices_in(declaration: Json) -> tuple[str, ...]:
    """Return the choices of an input's declaration; none for an input that is no list of names.

    `[["a", "b"], {…}]` is the old shape, `["COMBO", {"options": ["a", "b"]}]` the new one.
    """
    match declaration:
        case [list(choices), *_]:
            return strings_of(choices)
        case ["COMBO", dict(options), *_]:
            return strings_of(options.get("options"))
        case _:
            return ()


def choices_of(object_info: Json, class_type: str, name: str) -> tuple[str, ...]:
    """Return the choices of one input from the answer to `GET /object_info/{class_type}`."""
    inputs = dict_of(dict_of(dict_of(object_info).get(class_type)).get("input"))
    declared = (dict_of(inputs.get(group)).get(name) for group in ("required", "optional"))
    return next((choices for declaration in declared if (choices := choices_in(declaration))), ())
