"""Rows of the database and the core's values: the only place where the one becomes the other."""

import json
from collections.abc import Sequence
from functools import lru_cache
from sqlite3 import Row
from typing import TypeAlias
from uuid import UUID

from pydantic import TypeAdapter

from bot.core.artifact import Artifact, ArtifactKind, Output
from bot.core.catalogue import Catalogue
from bot.core.generation import GenerationRequest, Origin, Recipe, Size
from bot.core.job import Card, Failure, Job, JobEvent, JobState, Priority, Timings, Warmth
from bot.core.library import Gallery, GalleryKind, GuildSettings, Project, Rating, Threads
from bot.core.likeness import Fingerprint, Likeness
from bot.core.lineage import Descent, Lineage
from bot.core.posting import Posting, PostingKind, PostingState
from bot.core.quality import Measures
from bot.core.queueing import Kind, Waiting
from bot.core.review import Review
from bot.core.workflow import Graph
from bot.ports.stores import Entry, EntryKind, NewJob

Values: TypeAlias = dict[str, str | int | float | None]
"""The named parameters of a statement."""

_REQUEST = TypeAdapter(GenerationRequest)
_RECIPE = TypeAdapter(Recipe)
_CATALOGUE = TypeAdapter(Catalogue)
_MEASURES = TypeAdapter(Measures)
_LIKENESS = TypeAdapter(Likeness)
_DETAIL = TypeAdapter(dict[str, str])


# ── jobs


def values_of_new_job(new: NewJob, *, state: JobState) -> Values:
    origin = new.origin
    return {
        "uid": str(new.uid),
        "origin_key": origin.key,
        "user": origin.user,
        "user_name": origin.user_name,
        "guild": origin.guild,
        "channel": origin.channel,
        "project": new.project,
        "parent": new.lineage and new.lineage.parent,
        "parent_picture": new.lineage and new.lineage.picture,
        "descent": new.lineage and new.lineage.how.value,
        "batch": new.batch,
        "created": new.created,
        "state": state.value,
        "priority": int(new.priority),
        "request": _REQUEST.dump_json(new.request).decode(),
        **_values_of_recipe(new.recipe, asked=new.request),
        "graph": _graph_json(new.graph),
    }


def values_of_transition(job: Job, *, was: JobState) -> Values:
    timings, failure = job.timings, job.failure
    return {
        "id": job.id,
        "was": was.value,
        "state": job.state.value,
        "since": job.since,
        "attempt": job.attempt,
        "interrupted": job.interrupted,
        "opened": job.opened,
        **_values_of_recipe(job.recipe, asked=job.request),
        "graph": _graph_json(job.graph),
        "queued_ms": timings.queued,
        "load_ms": timings.load,
        "sample_ms": timings.sample,
        "save_ms": timings.save,
        "drawing_ms": timings.drawing,
        "fetch_ms": timings.fetch,
        "post_ms": timings.post,
        "total_ms": timings.total,
        "warmth": timings.warmth and timings.warmth.value,
        "failure_kind": failure and failure.kind,
        "failure_message": failure and failure.message,
        "failure_hint": failure and failure.hint,
    }


def job_of(row: Row) -> Job:
    return Job(
        id=row["id"],
        uid=UUID(row["uid"]),
        request=_REQUEST.validate_json(row["request"]),
        recipe=_RECIPE.validate_json(row["recipe"]),
        origin=_origin_of(row),
        created=row["created"],
        project=row["project"],
        lineage=_lineage_of(row),
        batch=row["batch"],
        state=JobState(row["state"]),
        since=row["since"],
        priority=Priority(row["priority"]),
        attempt=row["attempt"],
        graph=_graph_of(row["graph"]),
        card=_card_of(row["card_channel"], row["card_message"]),
        post=_card_of(row["post_channel"], row["post_message"]),
        cancel_requested=bool(row["cancel_requested"]),
        interrupted=row["interrupted"],
        opened=row["opened"],
        timings=_timings_of(row),
        failure=_failure_of(row),
    )


def _lineage_of(row: Row) -> Lineage | None:
    if row["parent"] is None:
        return None
    return Lineage(parent=row["parent"], how=Descent(row["descent"]), picture=row["parent_picture"])


def _origin_of(row: Row) -> Origin:
    return Origin(
        key=row["origin_key"],
        user=row["user"],
        user_name=row["user_name"],
        guild=row["guild"],
        channel=row["channel"],
    )


def _timings_of(row: Row) -> Timings:
    return Timings(
        queued=row["queued_ms"],
        load=row["load_ms"],
        sample=row["sample_ms"],
        save=row["save_ms"],
        drawing=row["drawing_ms"],
        fetch=row["fetch_ms"],
        post=row["post_ms"],
        total=row["total_ms"],
        warmth=None if row["warmth"] is None else Warmth(row["warmth"]),
    )


def _failure_of(row: Row) -> Failure | None:
    if row["failure_kind"] is None:
        return None
    return Failure(kind=row["failure_kind"], message=row["failure_message"], hint=row["failure_hint"])


def _card_of(channel: int | None, message: int | None) -> Card | None:
    return None if channel is None or message is None else Card(channel=channel, message=message)


def _values_of_recipe(recipe: Recipe, *, asked: GenerationRequest) -> Values:
    reference = recipe.reference or asked.reference
    return {
        "recipe": _RECIPE.dump_json(recipe).decode(),
        "workflow": recipe.workflow,
        "model": recipe.model,
        "pixels": recipe.size.pixels,
        "steps": recipe.steps,
        "count": recipe.count,
        "seed": str(recipe.seed),
        "reference": reference and reference.path,
    }


def _graph_json(graph: Graph | None) -> str | None:
    return None if graph is None else json.dumps(graph.to_api(), ensure_ascii=False)


def _graph_of(document: str | None) -> Graph | None:
    return None if document is None else Graph.parse(json.loads(document))


def waiting_of(row: Row) -> Waiting:
    """Read one of perhaps thousands in line, of which most are alike."""
    return Waiting(
        job=row["id"],
        user=row["user"],
        since=row["since"],
        kind=_kind(row["workflow"], row["model"], row["pixels"], row["steps"], row["count"]),
        priority=_PRIORITIES[row["priority"]],
        batch=row["batch"],
    )


@lru_cache(maxsize=1024)
def _kind(workflow: str, model: str | None, pixels: int, steps: int, count: int) -> Kind:
    return Kind(workflow=workflow, model=model, pixels=pixels, steps=steps, count=count)


_PRIORITIES = {int(priority): priority for priority in Priority}


def event_of(row: Row) -> JobEvent:
    return JobEvent(
        job=row["job"], state=JobState(row["state"]), at=row["at"], attempt=row["attempt"], note=row["note"]
    )


# ── pictures and posts


def values_of_artifact(artifact: Artifact) -> Values:
    return {
        "job": artifact.job,
        "position": artifact.index,
        "path": artifact.path,
        "sha256": artifact.sha256,
        "bytes": artifact.bytes,
        "width": artifact.size.width,
        "height": artifact.size.height,
        "media_type": artifact.media_type,
        "source_filename": artifact.source.filename,
        "source_subfolder": artifact.source.subfolder,
        "source_type": artifact.source.type,
        "source_node": artifact.source.node,
        "message": artifact.message,
        "attachment": artifact.attachment,
        "kind": artifact.kind.value,
        "created": artifact.created,
        "origin_sha256": artifact.origin_sha256,
        "thumbnail": artifact.thumbnail,
        "measures": artifact.measures and _MEASURES.dump_json(artifact.measures).decode(),
        "fingerprint": artifact.fingerprint and artifact.fingerprint.signed,
        "likeness": artifact.likeness and text_of_likeness(artifact.likeness),
        "near": artifact.near,
        "review": artifact.review.value,
        "deleted": artifact.deleted,
    }


def text_of_likeness(likeness: Likeness) -> str:
    return _LIKENESS.dump_json(likeness).decode()


def artifact_of(row: Row) -> Artifact:
    return Artifact(
        id=row["id"],
        job=row["job"],
        index=row["position"],
        path=row["path"],
        sha256=row["sha256"],
        bytes=row["bytes"],
        size=Size(width=row["width"], height=row["height"]),
        media_type=row["media_type"],
        source=Output(
            filename=row["source_filename"],
            subfolder=row["source_subfolder"],
            type=row["source_type"],
            node=row["source_node"],
        ),
        message=row["message"],
        attachment=row["attachment"],
        kind=ArtifactKind(row["kind"]),
        created=row["created"],
        origin_sha256=row["origin_sha256"],
        thumbnail=row["thumbnail"],
        measures=None if row["measures"] is None else _MEASURES.validate_json(row["measures"]),
        fingerprint=None if row["fingerprint"] is None else Fingerprint.from_signed(row["fingerprint"]),
        likeness=None if row["likeness"] is None else _LIKENESS.validate_json(row["likeness"]),
        near=row["near"],
        review=Review(row["review"]),
        deleted=row["deleted"],
    )


def posting_of(row: Row) -> Posting:
    return Posting(
        id=row["id"],
        job=row["job"],
        kind=PostingKind(row["kind"]),
        part=row["part"],
        nonce=row["nonce"],
        state=PostingState(row["state"]),
        created=row["created"],
        tried=row["tried"],
    )


# ── projects and settings


def values_of_gallery(gallery: Gallery | None) -> Values:
    return {
        "gallery_channel": gallery and gallery.channel,
        "gallery_kind": gallery and gallery.kind.value,
        "gallery_thread": gallery and gallery.thread,
    }


def _gallery_of(row: Row) -> Gallery | None:
    if row["gallery_channel"] is None:
        return None
    return Gallery(
        channel=row["gallery_channel"], kind=GalleryKind(row["gallery_kind"]), thread=row["gallery_thread"]
    )


def values_of_project(project: Project) -> Values:
    """Return what of a project can be changed, and by what it is found."""
    return {
        "id": project.id,
        "guild": project.guild,
        "name": project.name,
        "folded": project.name.casefold(),
        "description": project.description,
        "threads": project.threads.value,
        "rating": project.rating.value,
        "workflow": project.workflow,
        "style": project.style,
        "archived": project.archived,
        **values_of_gallery(project.gallery),
    }


def project_of(row: Row) -> Project:
    return Project(
        id=row["id"],
        guild=row["guild"],
        name=row["name"],
        slug=row["slug"],
        created=row["created"],
        created_by=row["created_by"],
        gallery=_gallery_of(row),
        description=row["description"],
        threads=Threads(row["threads"]),
        rating=Rating(row["rating"]),
        workflow=row["workflow"],
        style=row["style"],
        archived=row["archived"],
        deleted=row["deleted"],
    )


def guild_settings_of(row: Row) -> GuildSettings:
    return GuildSettings(
        guild=row["guild"],
        gallery=_gallery_of(row),
        admin_channel=row["admin_channel"],
        reactions=None if row["reactions"] is None else tuple(map(str, json.loads(row["reactions"]))),
        reviewer_role=row["reviewer_role"],
    )


def reactions_json(emoji: Sequence[str] | None) -> str | None:
    return None if emoji is None else json.dumps(list(emoji), ensure_ascii=False)


def catalogue_json(catalogue: Catalogue) -> str:
    return _CATALOGUE.dump_json(catalogue).decode()


def catalogue_of(document: str) -> Catalogue:
    return _CATALOGUE.validate_json(document)


# ── the log of everything


def values_of_entry(entry: Entry) -> Values:
    return {
        "kind": entry.kind.value,
        "name": entry.name,
        "at": entry.at,
        "user": entry.user,
        "guild": entry.guild,
        "channel": entry.channel,
        "job": entry.job,
        "incident": entry.incident,
        "detail": json.dumps(dict(entry.detail), ensure_ascii=False),
    }


def entry_of(row: Row) -> Entry:
    return Entry(
        kind=EntryKind(row["kind"]),
        name=row["name"],
        at=row["at"],
        user=row["user"],
        guild=row["guild"],
        channel=row["channel"],
        job=row["job"],
        incident=row["incident"],
        detail=_DETAIL.validate_json(row["detail"]),
    )
