"""Which thread a job's pictures go to, and what a forum post is tagged with."""

import pytest

from bot.core.addressing import MOST_TAGS, Subject, day_of, subject_of, tags_of
from bot.core.artifact import ArtifactKind
from bot.core.generation import CastMember
from bot.core.library import Threads
from tests.builders import NOW, a_job, a_project, a_recipe

YUKI = CastMember(id=1, name="Yuki", slug="yuki")
REN = CastMember(id=2, name="Ren", slug="ren")


@pytest.mark.parametrize(
    ("threads", "cast", "subject"),
    [
        (Threads.PROJECT, (YUKI,), Subject(key="", name="Harbour")),
        (Threads.CHARACTER, (YUKI, REN), Subject(key="yuki", name="Yuki")),
        (Threads.CHARACTER, (), Subject(key="", name="Harbour")),
        (Threads.DAY, (YUKI,), Subject(key="2026-09-21", name="2026-09-21 · Harbour")),
    ],
)
def test_the_project_says_what_its_threads_are_about(threads, cast, subject):
    job = a_job(recipe=a_recipe(cast=cast), created=NOW)
    assert subject_of(job, a_project(threads=threads)) == subject


def test_a_day_is_one_of_utc():
    assert [day_of(moment) for moment in (0, 86_399_999, 86_400_000)] == [
        "1970-01-01",
        "1970-01-01",
        "1970-01-02",
    ]


def test_a_post_is_tagged_with_the_kinds_and_the_characters_each_once():
    kinds = (ArtifactKind.UPSCALES, ArtifactKind.IMAGES, ArtifactKind.IMAGES)
    assert tags_of(a_recipe(cast=(YUKI, REN)), kinds) == ("images", "upscales", "Yuki", "Ren")
    assert tags_of(a_recipe(), kinds[:1]) == ("upscales",)


def test_a_post_has_no_more_tags_than_it_can_wear():
    crowd = tuple(
        CastMember(id=number, name=f"Extra {number}", slug=f"extra-{number}") for number in range(9)
    )
    assert len(tags_of(a_recipe(cast=crowd), (ArtifactKind.IMAGES,))) == MOST_TAGS
