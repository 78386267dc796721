"""The process that the bot's lives are forked from: `genga run` with everything imported already.

It reads one environment as JSON per line, forks, answers with the child's pid and, when that has ended, with
its exit code (minus the signal's number if it was killed). The dead keep their pid until the next is born, so
that nobody else can be hit by a late blow.
"""

import json
import os
import sys
from collections.abc import Mapping

import cogs  # noqa: F401 - imported here so that no life has to
from bot import app, cli  # noqa: F401 - imported here so that no life has to
from tests.chaos.breaking import break_as_told
from tests.chaos.spoiling import spoil_as_told


def main() -> None:
    before: int | None = None
    for line in sys.stdin:
        if before is not None:
            os.waitpid(before, 0)
        before = pid = os.fork()
        if pid == 0:
            live(json.loads(line))
        tell(pid)
        tell(exit_code_of(pid))


def exit_code_of(pid: int) -> int:
    ended = os.waitid(os.P_PID, pid, os.WEXITED | os.WNOWAIT)
    assert ended is not None
    return ended.si_status if ended.si_code == os.CLD_EXITED else -ended.si_status


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
        spoil_as_told()
        cli.main()
    except SystemExit as leaving:
        code = leaving.code if isinstance(leaving.code, int) else 1
    finally:
        sys.stderr.flush()
        os._exit(code)


if __name__ == "__main__":
    main()
