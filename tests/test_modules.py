"""Every module can be imported, with nothing but what the package asks to be installed."""

import pkgutil
import subprocess
import sys

import bot
import cogs
import storage

STARTS_THE_COMMAND_LINE = "bot.__main__"
FOR_TESTS_ONLY = ("hypothesis", "jsonschema_rs", "pytest")


def modules() -> list[str]:
    found = [
        module.name
        for package in (bot, cogs, storage)
        for module in pkgutil.walk_packages(package.__path__, f"{package.__name__}.")
    ]
    return [name for name in found if name != STARTS_THE_COMMAND_LINE]


def test_every_module_is_imported_without_what_only_tests_need():
    assert len(modules()) > 100
    hidden = "".join(f"sys.modules[{name!r}] = None\n" for name in FOR_TESTS_ONLY)
    script = f"import importlib, sys\n{hidden}for name in {modules()!r}: importlib.import_module(name)"
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
