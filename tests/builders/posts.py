"""What is posted."""

from typing import Any
from uuid import UUID

from bot.core.job import JobState
from bot.core.posting import Posting, PostingKind, PostingState, nonce_of
from bot.ports.pictures import Picture
from bot.ports.poster import Notice, PicturePost
from tests.builders.basics import NOW, a_size, built, png
from tests.builders.jobs import a_card, a_job
from tests.builders.library import a_project, an_artifact


def a_posting(**changes: Any) -> Posting:
    return built(
        Posting,
        changes,
        id=1,
        job=1,
        kind=PostingKind.PICTURES,
        part=0,
        nonce=nonce_of(UUID(int=1), PostingKind.PICTURES, 0),
        state=PostingState.PENDING,
        created=NOW,
    )


def a_picture(**changes: Any) -> Picture:
    content = changes.get("content", png())
    return built(Picture, changes, content=content, size=a_size(64, 64), media_type="image/png")


def a_picture_post(**changes: Any) -> PicturePost:
    return built(
        PicturePost,
        changes,
        job=a_job(state=JobState.RENDERED),
        project=a_project(),
        artifacts=(an_artifact(),),
        pictures=(a_picture(),),
        nonce=a_posting().nonce,
    )


def a_notice(**changes: Any) -> Notice:
    job = a_job(state=JobState.DELIVERED, post=a_card())
    return built(Notice, changes, job=job, nonce=nonce_of(job.uid, PostingKind.NOTICE, 0))
