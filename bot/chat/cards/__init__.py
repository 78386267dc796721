"""All that people read, as pure functions: a value in, a Look out; no clock, no network, no client."""

from bot.chat.cards.job import job_card, moved_card, resting_card
from bot.chat.cards.library import (
    admin_channel_card,
    gallery_card,
    project_card,
    project_created,
    project_list,
    project_used,
)
from bot.chat.cards.line import (
    QUEUE_LIST,
    job_cancelled,
    queue_card,
    queue_cleared,
    queue_paused,
    queue_resumed,
)
from bot.chat.cards.params import params_card
from bot.chat.cards.posts import forum_starter, notice, picture_post
from bot.chat.cards.refusals import (
    button_expired,
    not_served,
    only_in_servers,
    refusal,
    restarting,
)
from bot.chat.cards.sheet import JOB_LIST, job_list, job_sheet
from bot.chat.cards.status import status_card

__all__ = [
    "JOB_LIST",
    "QUEUE_LIST",
    "admin_channel_card",
    "button_expired",
    "forum_starter",
    "gallery_card",
    "job_cancelled",
    "job_card",
    "job_list",
    "job_sheet",
    "moved_card",
    "not_served",
    "notice",
    "only_in_servers",
    "params_card",
    "picture_post",
    "project_card",
    "project_created",
    "project_list",
    "project_used",
    "queue_card",
    "queue_cleared",
    "queue_paused",
    "queue_resumed",
    "refusal",
    "restarting",
    "resting_card",
    "status_card",
]
