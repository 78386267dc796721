"""The process that the bot's lives are forked from: `genga run` with everything imported already.

It reads one environment as JSON per line, forks, answers with the child's pid and, when that has ended, with
its exit code (minus the signal's number if it was killed).
"""

import json
import os
import sys
from collections.abc import Mapping

import cogs  # noqa: F401 - imported here so that no life has to
from bot import app, cli  # noqa: F401 - imported here so that no life has to
from tests.chaos.breaking import break_as_told


def main() -> None:
    for line in sys.stdin:
        pid = os.fork()
        if pid == 0:
            live(json.loads(line))
        tell(pid)
        _, status = os.waitpid(pid, 0)
        tell(os.waitstatus_to_exitcode(status))


def tell(number: int) -> None:
    sys.stdout.write(f"{number}\n")
    sys.stdout.flush()


def live(environment: Mapping[str, str]) -> None:
    """Be `genga run` from here on, and end with its exit code."""
    os.environ.update(environment)
    sys.argv = ["genga", "run"]
    code = 1
    try:
        break_as_told()
        cli.main()
    except SystemExit as leaving:
        code = leaving.code if isinstance(leaving.code, int) else 1
    finally:
        sys.stderr.flush()
        os._exit(code)


if __name__ == "__main__":
    main()
