"""Rows of decisions, lessons, pins and batches, and the core's values: see `records`."""

import json
from sqlite3 import Row

from pydantic import TypeAdapter

from bot.core.batching import Batch, BatchKind, BatchState
from bot.core.characters import Lesson
from bot.core.families import ModelFamily
from bot.core.generation import Recipe, Reference
from bot.core.job import Card, Priority
from bot.core.review import Decision, Reason, Review
from bot.ports.review import Pin, Verdict
from storage.records import Values

_RECIPE = TypeAdapter(Recipe)
_REFERENCE = TypeAdapter(Reference)


def values_of_verdict(verdict: Verdict, *, before: Review) -> Values:
    return {
        "artifact": verdict.artifact,
        "by": verdict.by,
        "by_name": verdict.by_name,
        "at": verdict.at,
        "before": before.value,
        "after": verdict.after.value,
        "reasons": json.dumps([reason.value for reason in verdict.reasons]),
        "note": verdict.note,
    }


def decision_of(row: Row) -> Decision:
    return Decision(
        id=row["id"],
        artifact=row["artifact"],
        by=row["by"],
        by_name=row["by_name"],
        at=row["at"],
        before=Review(row["before"]),
        after=Review(row["after"]),
        reasons=reasons_of(row["reasons"]),
        note=row["note"],
    )


def reasons_of(document: str) -> tuple[Reason, ...]:
    return tuple(map(Reason, json.loads(document)))


def lesson_of(row: Row) -> Lesson:
    return Lesson(
        id=row["id"],
        character=row["character"],
        family=ModelFamily(row["family"]),
        term=row["term"],
        at=row["at"],
        by=row["by"],
        decision=row["decision"],
    )


def recipe_of(document: str) -> Recipe:
    return _RECIPE.validate_json(document)


def values_of_pin(pin: Pin, *, guild: int, user: int) -> Values:
    return {
        "guild": guild,
        "user": user,
        "reference": _REFERENCE.dump_json(pin.reference).decode(),
        "path": pin.reference.path,
        "at": pin.at,
        "job": pin.job,
        "picture": pin.picture,
    }


def pin_of(row: Row) -> Pin:
    return Pin(
        reference=_REFERENCE.validate_json(row["reference"]),
        at=row["at"],
        job=row["job"],
        picture=row["picture"],
    )


def values_of_batch(batch: Batch) -> Values:
    return {
        "key": batch.key,
        "title": batch.title,
        "kind": batch.kind.value,
        "guild": batch.guild,
        "channel": batch.channel,
        "user": batch.user,
        "user_name": batch.user_name,
        "created": batch.created,
        "project": batch.project,
        "priority": int(batch.priority),
        "state": batch.state.value,
        "since": batch.since,
        "card_channel": batch.card and batch.card.channel,
        "card_message": batch.card and batch.card.message,
        "report_channel": batch.report and batch.report.channel,
        "report_message": batch.report and batch.report.message,
        "ends_with_sheet": int(batch.ends_with_sheet),
    }


def batch_of(row: Row) -> Batch:
    return Batch(
        id=row["id"],
        key=row["key"],
        title=row["title"],
        kind=BatchKind(row["kind"]),
        guild=row["guild"],
        channel=row["channel"],
        user=row["user"],
        user_name=row["user_name"],
        created=row["created"],
        project=row["project"],
        priority=Priority(row["priority"]),
        state=BatchState(row["state"]),
        since=row["since"],
        card=_card_of(row["card_channel"], row["card_message"]),
        ends_with_sheet=bool(row["ends_with_sheet"]),
        report=_card_of(row["report_channel"], row["report_message"]),
    )


def _card_of(channel: int | None, message: int | None) -> Card | None:
    return None if channel is None or message is None else Card(channel=channel, message=message)
