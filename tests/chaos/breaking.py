"""Dying at a chosen step, from outside the bot's code: each write-ahead point is counted, the n-th is the last."""

import os


def break_as_told() -> None:
    """Prepare the death that the environment asks for, if it asks for one."""
    if "CHAOS_DIE_AT" in os.environ:
        raise NotImplementedError
