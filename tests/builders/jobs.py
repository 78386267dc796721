"""Drawings asked for: requests, recipes, jobs and batches."""

from typing import Any
from uuid import UUID, uuid4

from bot.core.batching import Batch, BatchKind, Outline
from bot.core.generation import GenerationRequest, Lora, Origin, Recipe, Reference, Seed
from bot.core.job import Card, Failure, Job, JobEvent, JobState, Timings, Warmth
from bot.core.lineage import Descent, Lineage
from bot.core.queueing import Kind, Limits, Waiting
from bot.ports.review import Pin
from bot.ports.stores import Entry, EntryKind, NewJob
from tests.builders.basics import CHANNEL, GUILD, NOW, USER, a_size, built
from tests.builders.workflows import a_graph


def a_lora(**changes: Any) -> Lora:
    return built(Lora, changes, name="mira_v2.safetensors", strength=0.8)


def a_reference(**changes: Any) -> Reference:
    sha256 = "ab" * 32
    path = f"library/references/ab/{sha256}.png"
    return built(Reference, changes, sha256=sha256, path=path, size=a_size(512, 768))


def a_request(**changes: Any) -> GenerationRequest:
    return built(GenerationRequest, changes, prompt="1girl, silver hair, harbour at dusk")


def a_recipe(**changes: Any) -> Recipe:
    return built(
        Recipe,
        changes,
        workflow="txt2img",
        prompt="1girl, silver hair, harbour at dusk",
        negative="lowres, bad anatomy",
        size=a_size(),
        count=1,
        seed=Seed(1870400651),
        steps=25,
        cfg=5.0,
        sampler="euler_ancestral",
        scheduler="normal",
        model="illustrious_xl.safetensors",
    )


def an_origin(**changes: Any) -> Origin:
    """Return an origin whose key nobody else has."""
    return built(
        Origin, changes, key=uuid4().hex, user=USER, user_name="artist", guild=GUILD, channel=CHANNEL
    )


def a_new_job(**changes: Any) -> NewJob:
    return built(
        NewJob,
        changes,
        uid=uuid4(),
        request=a_request(),
        recipe=a_recipe(),
        origin=an_origin(),
        created=NOW,
        graph=a_graph(),
    )


def a_job(**changes: Any) -> Job:
    return built(
        Job,
        changes,
        id=1,
        uid=UUID(int=1),
        request=a_request(),
        recipe=a_recipe(),
        origin=an_origin(key="interaction-1"),
        created=NOW,
        since=NOW,
        graph=a_graph(),
    )


def a_pin(**changes: Any) -> Pin:
    return built(Pin, changes, reference=a_reference(), at=NOW)


def a_batch(**changes: Any) -> Batch:
    """Return a batch whose key no other has."""
    return built(
        Batch,
        changes,
        id=0,
        key=uuid4().hex,
        title="12 prompts",
        kind=BatchKind.PROMPTS,
        guild=GUILD,
        channel=CHANNEL,
        user=USER,
        user_name="artist",
        created=NOW,
        since=NOW,
    )


def an_outline(**changes: Any) -> Outline:
    return built(Outline, changes, kind=BatchKind.PROMPTS, base=a_request(), text="a heron\na fox")


def a_lineage(**changes: Any) -> Lineage:
    return built(Lineage, changes, parent=1, how=Descent.AGAIN)


def a_job_event(**changes: Any) -> JobEvent:
    return built(JobEvent, changes, job=1, state=JobState.QUEUED, at=NOW)


def a_card(**changes: Any) -> Card:
    return built(Card, changes, channel=CHANNEL, message=720)


def some_timings(**changes: Any) -> Timings:
    return built(Timings, changes, queued=40, load=0, sample=3100, save=200, drawing=3400, warmth=Warmth.WARM)


def a_failure(**changes: Any) -> Failure:
    return built(
        Failure,
        changes,
        kind="out_of_memory",
        message="The GPU's memory did not suffice.",
        hint="Draw smaller.",
    )


def a_kind(**changes: Any) -> Kind:
    return built(
        Kind,
        changes,
        workflow="txt2img",
        model="illustrious_xl.safetensors",
        steps=25,
        count=1,
        pixels=a_size().pixels,
    )


def a_waiting(**changes: Any) -> Waiting:
    return built(Waiting, changes, job=1, user=USER, since=NOW, kind=a_kind())


def some_limits(**changes: Any) -> Limits:
    return built(Limits, changes, per_user=20, in_all=200)


def an_entry(**changes: Any) -> Entry:
    return built(Entry, changes, kind=EntryKind.COMMAND, name="generate", at=NOW, user=USER)
