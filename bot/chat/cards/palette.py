"""The colours of states; each state is said in words as well."""

from typing import Final

from bot.core.job import JobState

WAITING: Final = 0x5865F2
DRAWING: Final = 0xFEE75C
DONE: Final = 0x57F287
FAILED: Final = 0xED4245
IDLE: Final = 0x99AAB5

OF_STATE: Final = {
    JobState.QUEUED: WAITING,
    JobState.SUBMITTED: WAITING,
    JobState.RUNNING: DRAWING,
    JobState.RENDERED: DRAWING,
    JobState.DELIVERED: DONE,
    JobState.SHELVED: FAILED,
    JobState.FAILED: FAILED,
    JobState.CANCELLED: IDLE,
}
