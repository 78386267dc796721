"""What people are told when something goes wrong."""

import re

import pytest

from bot.core import errors
from bot.core.errors import Incident, MissingPermission, StudioError, UnknownName, UnusedOption, nearest_names

KNOWN = ("illustrious_xl.safetensors", "counterfeit_v3.safetensors", "pony.safetensors", "ink.safetensors")


def test_an_unknown_name_is_answered_with_the_nearest():
    error = UnknownName("model", "ilustrious_xl", KNOWN)
    assert "`ilustrious_xl`" in error.message
    assert error.nearest[0] == "illustrious_xl.safetensors"
    assert "`illustrious_xl.safetensors`" in error.hint


def test_a_part_of_a_name_finds_it():
    assert "pony.safetensors" in nearest_names("ony", KNOWN)


def test_at_most_three_names_are_suggested():
    assert len(nearest_names("safetensors", KNOWN)) == 3


def test_where_nothing_looks_alike_the_first_names_are_told():
    assert nearest_names("zzzzzz", KNOWN) == KNOWN[:3]


def test_where_there_is_nothing_to_choose_from_that_is_said_with_the_way_to_the_first_one():
    assert UnknownName("LoRA", "mira", ()).hint == "There is no LoRA to choose from yet."
    assert UnknownName("style", "ink", ()).hint == "There is none yet; `/style create` makes one."


def test_an_endless_name_is_echoed_short():
    assert len(UnknownName("project", "x" * 4000, ()).message) < 150


def test_an_unused_option_is_answered_with_those_that_are_used():
    error = UnusedOption("lora", "flux", ["seed", "prompt"])
    assert "`lora`" in error.message
    assert error.hint == "It uses: `prompt`, `seed`."


def test_a_missing_permission_is_named_with_its_place():
    error = MissingPermission("Attach Files", "<#5>")
    assert "Attach Files" in error.message
    assert "<#5>" in error.message
    assert error.permission == "Attach Files"


def test_an_incident_tells_its_code_and_nothing_of_the_error():
    assert "`k7x2`" in Incident("k7x2").hint


def test_the_kinds_of_failures_are_distinct_so_that_they_can_be_counted():
    kinds = [kind.kind for kind in errors.RenderError.__subclasses__()]
    assert len(set(kinds)) == len(kinds)


@pytest.mark.parametrize("name", [name for name in dir(errors) if name[0].isupper()])
def test_the_tree_in_the_docstring_names_every_error(name):
    error = getattr(errors, name)
    if isinstance(error, type) and issubclass(error, StudioError):
        assert name in (errors.__doc__ or "")


def test_the_tree_at_the_top_has_every_error_in_its_place():
    assert _drawn(errors.__doc__) == {kind.__name__: kind.__bases__[0].__name__ for kind in _kin(StudioError)}


def _drawn(tree):
    """Return each error of the drawing with the one that it hangs on."""
    hung, line_of = {}, {}
    for depth, name in re.findall(r"^((?:│   |    )*)[├└]── (\w+)", tree, flags=re.MULTILINE):
        level = len(depth) // 4
        line_of[level] = name
        hung[name] = line_of[level - 1] if level else "StudioError"
    return hung


def _kin(kind):
    near = [kin for kin in kind.__subclasses__() if kin.__module__ == errors.__name__]
    return [*near, *(far for kin in near for far in _kin(kin))]
