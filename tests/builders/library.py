"""What is kept: projects, characters, pictures and verdicts."""

from typing import Any

from bot.core.artifact import Artifact, Output
from bot.core.characters import (
    Appearance,
    Character,
    CharacterReference,
    Lesson,
    Pose,
    Variation,
    VariationKind,
)
from bot.core.families import ModelFamily
from bot.core.library import Gallery, GalleryKind, GuildSettings, Project
from bot.core.likeness import Likeness
from bot.core.review import Review
from bot.ports.review import Verdict
from bot.ports.stores import NewProject
from tests.builders.basics import GUILD, NOW, USER, a_size, built
from tests.builders.jobs import a_reference


def a_new_project(name: str = "Harbour", **changes: Any) -> NewProject:
    return built(
        NewProject, changes, name=name, slug=name.casefold(), guild=GUILD, gallery=None, by=USER, at=NOW
    )


def a_verdict(**changes: Any) -> Verdict:
    return built(Verdict, changes, artifact=1, by=USER, by_name="artist", at=NOW, after=Review.APPROVED)


def an_output(**changes: Any) -> Output:
    return built(Output, changes, filename="genga_00001_.png", subfolder="genga", type="output", node="9")


def an_artifact(**changes: Any) -> Artifact:
    return built(
        Artifact,
        changes,
        job=1,
        index=0,
        path="library/harbour/_/2026-09-21/images/1-0.png",
        sha256="cd" * 32,
        bytes=1_620_000,
        size=a_size(),
        media_type="image/png",
        source=an_output(),
    )


def a_likeness(**changes: Any) -> Likeness:
    return built(Likeness, changes, score=0.5, colour=0.25, structure=0.75, mean=0.4, references=2)


def a_gallery(**changes: Any) -> Gallery:
    return built(Gallery, changes, channel=730, kind=GalleryKind.TEXT)


def a_project(**changes: Any) -> Project:
    return built(
        Project,
        changes,
        id=1,
        guild=GUILD,
        name="Harbour",
        slug="harbour",
        created=NOW,
        created_by=USER,
        gallery=a_gallery(),
    )


def some_guild_settings(**changes: Any) -> GuildSettings:
    return built(GuildSettings, changes, guild=GUILD)


def a_character(**changes: Any) -> Character:
    return built(
        Character,
        changes,
        id=1,
        project=1,
        name="Yuki",
        slug="yuki",
        created=NOW,
        created_by=USER,
        design_prompt="1girl, silver hair, calm",
        appearance=Appearance(hair="silver hair, long", eyes="green eyes", common_errors="hat, short hair"),
        trigger="yuki",
    )


def a_variation(**changes: Any) -> Variation:
    return built(
        Variation,
        changes,
        id=1,
        character=1,
        kind=VariationKind.OUTFIT,
        name="kimono",
        prompt="white kimono, red obi",
    )


def a_character_reference(**changes: Any) -> CharacterReference:
    reference = a_reference()
    return built(
        CharacterReference,
        changes,
        id=1,
        character=1,
        pose=Pose.FRONT,
        path=reference.path,
        sha256=reference.sha256,
        bytes=90_000,
        size=reference.size,
        added=NOW,
        added_by=USER,
    )


def a_lesson(**changes: Any) -> Lesson:
    return built(
        Lesson,
        changes,
        id=1,
        character=1,
        family=ModelFamily.SDXL,
        term="extra fingers",
        at=NOW,
        by=USER,
        decision=1,
    )
