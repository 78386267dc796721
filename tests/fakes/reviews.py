"""Decisions, lessons and pins in the fakes' memory."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace

from bot.core.artifact import Artifact
from bot.core.characters import Lesson
from bot.core.errors import NotFound
from bot.core.families import ModelFamily
from bot.core.review import Decision, Reason, Review
from bot.ports.library import PictureFilter
from bot.ports.review import Judged, Pin, ReviewCounts, Verdict
from tests.fakes.artifacts import change_picture, discard_in, kept_in, picture_in, wanted_of
from tests.fakes.memory import Memory


class FakeReviews:
    def __init__(self, memory: Memory) -> None:
        self._memory = memory

    async def decide(self, verdict: Verdict) -> Decision:
        picture = self._reviewable(verdict)
        earlier = await self.decisions(picture.id)
        if earlier and picture.review is verdict.after and earlier[-1].says(verdict.reasons, verdict.note):
            return earlier[-1]
        change_picture(self._memory, replace(picture, review=verdict.after))
        decision = Decision(
            id=len(self._memory.decisions) + 1,
            artifact=picture.id,
            by=verdict.by,
            by_name=verdict.by_name,
            at=verdict.at,
            before=picture.review,
            after=verdict.after,
            reasons=verdict.reasons,
            note=verdict.note,
        )
        self._memory.decisions.append(decision)
        if decision.takes_back:
            taught = {one.id for one in await self.decisions(picture.id)}
            for lesson in [one for one in self._memory.lessons.values() if one.decision in taught]:
                del self._memory.lessons[lesson.id]
        for (character, family), terms in (verdict.lessons or {}).items():
            for term in terms:
                self._learn(decision, character, family, term)
        return decision

    async def decide_all(self, verdicts: Sequence[Verdict]) -> list[Decision]:
        there = [picture_in(self._memory, verdict.artifact).deleted is None for verdict in verdicts]
        return [
            await self.decide(verdict) for verdict, is_there in zip(verdicts, there, strict=True) if is_there
        ]

    def _reviewable(self, verdict: Verdict) -> Artifact:
        picture = picture_in(self._memory, verdict.artifact)
        if picture.deleted is not None:
            raise NotFound("That picture was deleted.", hint="What was drawn stays known: `/job show`.")
        return picture

    def _learn(self, decision: Decision, character: int, family: ModelFamily, term: str) -> None:
        known = {
            lesson.term.casefold()
            for lesson in self._memory.lessons.values()
            if (lesson.character, lesson.family) == (character, family)
        }
        if term.casefold() in known:
            return
        lesson = Lesson(
            id=max(self._memory.lessons, default=0) + 1,
            character=character,
            family=family,
            term=term,
            at=decision.at,
            by=decision.by,
            decision=decision.id,
        )
        self._memory.lessons[lesson.id] = lesson

    async def decisions(self, artifact_id: int) -> list[Decision]:
        return [decision for decision in self._memory.decisions if decision.artifact == artifact_id]

    async def counts(self, wanted: PictureFilter) -> ReviewCounts:
        pictures = wanted_of(self._memory, wanted)
        last = {decision.artifact: decision for decision in self._memory.decisions}
        standing = [picture for picture in pictures if picture.review is not Review.UNREVIEWED]
        in_force = [last[picture.id] for picture in standing if picture.id in last]
        reasons = Counter(reason for decision in in_force for reason in decision.reasons)
        reviews = Counter(picture.review for picture in pictures)
        return ReviewCounts(
            by_review={review: reviews[review] for review in Review},
            by_reason={reason: reasons[reason] for reason in Reason},
            by_person=Counter(decision.by for decision in in_force),
        )

    async def judged(self, character: int, *, limit: int = 2000) -> list[Judged]:
        found = [
            Judged(artifact=picture.id, review=picture.review, recipe=job.recipe)
            for picture, job in reversed(list(kept_in(self._memory)))
            if picture.review in (Review.APPROVED, Review.REJECTED)
            and character in {member.id for member in job.recipe.cast}
        ]
        return found[:limit]

    async def lessons(self, character: int, family: ModelFamily | None = None) -> list[Lesson]:
        found = [
            lesson
            for lesson in self._memory.lessons.values()
            if lesson.character == character and family in (None, lesson.family)
        ]
        return sorted(found, key=lambda lesson: (lesson.at, lesson.id))

    async def unlearn(self, lesson_ids: Sequence[int], *, by: int, at: int) -> None:
        for lesson_id in lesson_ids:
            self._memory.lessons.pop(lesson_id, None)


class FakePins:
    def __init__(self, memory: Memory) -> None:
        self._memory = memory
        self._pins = memory.pins

    async def put(self, *, guild: int, user: int, pin: Pin) -> None:
        earlier = self._pins.get((guild, user))
        self._pins[guild, user] = pin
        if earlier is not None:
            discard_in(self._memory, {earlier.reference.path}, at=pin.at)

    async def peek(self, *, guild: int, user: int) -> Pin | None:
        return self._pins.get((guild, user))

    async def take(self, *, guild: int, user: int, at: int) -> Pin | None:
        taken = self._pins.pop((guild, user), None)
        if taken is not None:
            discard_in(self._memory, {taken.reference.path}, at=at)
        return taken
