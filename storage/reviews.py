"""Decisions about pictures, and what they taught: both change in one transaction with the picture."""

import json
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from functools import partial
from sqlite3 import Connection

from bot.core.characters import Lesson
from bot.core.errors import NotFound
from bot.core.families import ModelFamily
from bot.core.generation import Recipe
from bot.core.review import Decision, Reason, Review
from bot.ports.library import PictureFilter
from bot.ports.review import MOST_COUNTED, MOST_LOOKED_INTO, Judged, ReviewCounts, Verdict
from storage import pictures
from storage.database import Database
from storage.records import Values
from storage.result_records import decision_of, lesson_of, reasons_of, recipe_of, values_of_verdict


class SqliteReviews:
    """The port `Reviews`."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def decide(self, verdict: Verdict) -> Decision:
        return await self._database.write(partial(_decide, verdict=verdict))

    async def decide_all(self, verdicts: Sequence[Verdict]) -> list[Decision]:
        return await self._database.write(partial(_decide_all, verdicts=verdicts))

    async def decisions(self, artifact_id: int) -> list[Decision]:
        return await self._database.read(partial(_decisions, artifact_id=artifact_id))

    async def counts(self, wanted: PictureFilter) -> ReviewCounts:
        return await self._database.read(partial(_counts, wanted=wanted))

    async def judged(self, character: int, *, limit: int = 2000) -> list[Judged]:
        return await self._database.read(partial(_judged, character=character, limit=limit))

    async def lessons(self, character: int, family: ModelFamily | None = None) -> list[Lesson]:
        return await self._database.read(partial(_lessons, character=character, family=family))

    async def unlearn(self, lesson_ids: Sequence[int], *, by: int, at: int) -> None:
        await self._database.write(partial(_unlearn, lesson_ids=lesson_ids, by=by, at=at))


# ── deciding


def _decide(db: Connection, *, verdict: Verdict) -> Decision:
    picture = pictures.by_id(db, artifact_id=verdict.artifact)
    if picture.deleted is not None:
        raise NotFound("That picture was deleted.", hint="What was drawn stays known: `/job show`.")
    last = _last_decision(db, artifact_id=picture.id)
    if last is not None and picture.review is verdict.after and last.says(verdict.reasons, verdict.note):
        return last
    db.execute("UPDATE artifacts SET review = ? WHERE id = ?", (verdict.after.value, picture.id))
    decision = _insert(db, verdict=verdict, before=picture.review)
    if decision.takes_back:
        _forget_what_it_taught(db, decision=decision)
    for (character, family), terms in (verdict.lessons or {}).items():
        _learn(db, decision=decision, character=character, family=family, terms=terms)
    return decision


def _decide_all(db: Connection, *, verdicts: Sequence[Verdict]) -> list[Decision]:
    return [_decide(db, verdict=verdict) for verdict in verdicts if _is_there(db, verdict=verdict)]


def _is_there(db: Connection, *, verdict: Verdict) -> bool:
    return pictures.by_id(db, artifact_id=verdict.artifact).deleted is None


def _last_decision(db: Connection, *, artifact_id: int) -> Decision | None:
    row = db.execute(
        "SELECT * FROM decisions WHERE artifact = ? ORDER BY id DESC LIMIT 1", (artifact_id,)
    ).fetchone()
    return None if row is None else decision_of(row)


def _insert(db: Connection, *, verdict: Verdict, before: Review) -> Decision:
    row = db.execute(
        """
        INSERT INTO decisions (artifact, by, by_name, at, before, after, reasons, note)
        VALUES (:artifact, :by, :by_name, :at, :before, :after, :reasons, :note)
        RETURNING *
        """,
        values_of_verdict(verdict, before=before),
    ).fetchone()
    return decision_of(row)


def _forget_what_it_taught(db: Connection, *, decision: Decision) -> None:
    db.execute(
        """
        UPDATE lessons SET removed = :at, removed_by = :by
        WHERE decision IN (SELECT id FROM decisions WHERE artifact = :artifact) AND removed IS NULL
        """,
        {"at": decision.at, "by": decision.by, "artifact": decision.artifact},
    )


def _learn(
    db: Connection, *, decision: Decision, character: int, family: ModelFamily, terms: Sequence[str]
) -> None:
    """Learn the terms; a known one stays as it is, one that was removed is in force again."""
    db.executemany(
        """
        INSERT INTO lessons (character, family, term, folded, at, by, decision)
        SELECT id, :family, :term, :folded, :at, :by, :decision FROM characters WHERE id = :character
        ON CONFLICT (character, family, folded) DO UPDATE
        SET term = excluded.term, at = excluded.at, by = excluded.by, decision = excluded.decision,
            removed = NULL, removed_by = NULL
        WHERE removed IS NOT NULL
        """,
        [
            {
                "character": character,
                "family": family.value,
                "term": term,
                "folded": term.casefold(),
                "at": decision.at,
                "by": decision.by,
                "decision": decision.id,
            }
            for term in terms
        ],
    )


# ── looking back


def _decisions(db: Connection, *, artifact_id: int) -> list[Decision]:
    rows = db.execute("SELECT * FROM decisions WHERE artifact = ? ORDER BY id", (artifact_id,))
    return [decision_of(row) for row in rows]


def _counts(db: Connection, *, wanted: PictureFilter) -> ReviewCounts:
    standing = {
        review: replace(wanted, review=review) for review in Review if wanted.review in (None, review)
    }
    by_review = dict.fromkeys(Review, 0)
    by_review |= {
        review: pictures.count(db, wanted=asked, most=MOST_COUNTED) for review, asked in standing.items()
    }
    standing.pop(Review.UNREVIEWED, None)
    in_force = [last for asked in standing.values() for last in _in_force(db, wanted=asked)]
    return ReviewCounts(
        by_review=by_review,
        by_reason={reason: sum(reason in reasons for _, reasons in in_force) for reason in Reason},
        by_person=Counter(person for person, _ in in_force),
    )


def _in_force(db: Connection, *, wanted: PictureFilter) -> list[tuple[int, tuple[Reason, ...]]]:
    """Return who decided about each of these pictures last, and for what reasons."""
    source, values = pictures.asked(db, wanted=wanted)
    rows = db.execute(
        f"""
        SELECT decisions.by, decisions.reasons
        FROM (SELECT artifacts.id AS picture {source} LIMIT :most)
             CROSS JOIN decisions
             ON decisions.id = (SELECT max(id) FROM decisions WHERE decisions.artifact = picture)
        """,  # noqa: S608 made of the fixed parts of storage.pictures
        {**values, "most": MOST_LOOKED_INTO},
    )
    return [(row["by"], reasons_of(row["reasons"])) for row in rows]


def _judged(db: Connection, *, character: int, limit: int) -> list[Judged]:
    """Read the newest of either verdict, each from its index; a job's recipe is read once."""
    rows = db.execute(
        """
        SELECT judged.artifact, judged.review, jobs.id AS job, jobs.recipe
        FROM (
            SELECT * FROM (SELECT artifact, review FROM artifact_characters
                           WHERE character = :character AND review = 'approved'
                           ORDER BY artifact DESC LIMIT :limit)
            UNION ALL
            SELECT * FROM (SELECT artifact, review FROM artifact_characters
                           WHERE character = :character AND review = 'rejected'
                           ORDER BY artifact DESC LIMIT :limit)
        ) AS judged
        CROSS JOIN artifacts ON artifacts.id = judged.artifact
        CROSS JOIN jobs ON jobs.id = artifacts.job
        ORDER BY judged.artifact DESC
        LIMIT :limit
        """,
        {"character": character, "limit": limit},
    )
    recipes: dict[int, Recipe] = {}
    found: list[Judged] = []
    for row in rows:
        if row["job"] not in recipes:
            recipes[row["job"]] = recipe_of(row["recipe"])
        found.append(
            Judged(artifact=row["artifact"], review=Review(row["review"]), recipe=recipes[row["job"]])
        )
    return found


def _lessons(db: Connection, *, character: int, family: ModelFamily | None) -> list[Lesson]:
    values: Values = {"character": character, "family": family and family.value}
    rows = db.execute(
        """
        SELECT * FROM lessons
        WHERE character = :character AND family = ifnull(:family, family) AND removed IS NULL
        ORDER BY at, id
        """,
        values,
    )
    return [lesson_of(row) for row in rows]


def _unlearn(db: Connection, *, lesson_ids: Sequence[int], by: int, at: int) -> None:
    db.execute(
        """
        UPDATE lessons SET removed = :at, removed_by = :by
        WHERE id IN (SELECT value FROM json_each(:ids)) AND removed IS NULL
        """,
        {"ids": json.dumps(list(lesson_ids)), "at": at, "by": by},
    )
