"""The critic: people's decisions about pictures, what they teach, and what goes with approval."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final

from bot.core.artifact import Artifact
from bot.core.characters import Character, Lesson
from bot.core.errors import BadRequest, NotAllowed, NotFound
from bot.core.job import Job
from bot.core.learning import Learned, learned_of
from bot.core.prompting import clean_words
from bot.core.review import Decision, Reason, Review, Teaching, family_of, teach
from bot.ports.clock import Clock
from bot.ports.library import Artifacts, Characters, PictureFilter
from bot.ports.review import ReviewCounts, Reviews, Verdict
from bot.ports.stores import Jobs, Settings
from bot.studio.control import Actor

MOST_NOTE: Final = 500
MOST_AT_ONCE: Final = 500
"""So many pictures are decided about with one press."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Exhibit:
    """A picture to look at, with the job that made it."""

    picture: Artifact
    job: Job


@dataclass(frozen=True, slots=True, kw_only=True)
class Ruling:
    """A decision, and what of it was taught to whom."""

    decision: Decision
    teachings: tuple[Teaching, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Bulk:
    """Pictures that are about to be decided about together: those of `wanted` with ids up to `newest`."""

    wanted: PictureFilter
    newest: int
    pictures: tuple[Artifact, ...] = ()
    more: bool = False
    """There are more than are decided about at once."""


class Critic:
    def __init__(
        self,
        *,
        artifacts: Artifacts,
        jobs: Jobs,
        reviews: Reviews,
        characters: Characters,
        settings: Settings,
        clock: Clock,
    ) -> None:
        self._artifacts = artifacts
        self._jobs = jobs
        self._reviews = reviews
        self._characters = characters
        self._settings = settings
        self._clock = clock

    # ── looking

    async def exhibit(self, artifact_id: int, actor: Actor) -> Exhibit:
        """Return a picture of the actor's server that is still there; raise NotFound."""
        picture = await self._artifacts.get(artifact_id)
        job = await self._jobs.get(picture.job)
        if job.origin.guild != actor.guild:
            raise NotFound("There is no such picture here.", hint="`/gallery` shows those there are.")
        if picture.deleted is not None:
            raise NotFound(
                f"Picture {picture.index + 1} of #{job.id} was deleted.",
                hint=f"`/job show job:{job.id}` still tells how it was drawn.",
            )
        return Exhibit(picture=picture, job=job)

    async def next_of(
        self, wanted: PictureFilter, actor: Actor, *, before: int | None = None
    ) -> Exhibit | None:
        """Return the newest picture below `before` that nobody has decided about yet."""
        unreviewed = replace(wanted, guild=actor.guild, review=Review.UNREVIEWED)
        found = await self._artifacts.page(unreviewed, before=before, limit=1)
        return Exhibit(picture=found[0], job=await self._jobs.get(found[0].job)) if found else None

    async def waiting(self, wanted: PictureFilter, actor: Actor, *, most: int) -> int:
        """Count those that nobody has decided about yet, up to `most`."""
        unreviewed = replace(wanted, guild=actor.guild, review=Review.UNREVIEWED)
        return await self._artifacts.count(unreviewed, most=most)

    async def decisions(self, artifact_id: int, actor: Actor) -> list[Decision]:
        exhibit = await self.exhibit(artifact_id, actor)
        return await self._reviews.decisions(exhibit.picture.id)

    async def counts(self, wanted: PictureFilter, actor: Actor) -> ReviewCounts:
        return await self._reviews.counts(replace(wanted, guild=actor.guild))

    # ── deciding

    async def decide(
        self,
        artifact_id: int,
        after: Review,
        actor: Actor,
        *,
        reasons: Sequence[Reason] = (),
        note: str = "",
    ) -> Decision:
        ruling = await self.rule(artifact_id, after, actor, reasons=reasons, note=note)
        return ruling.decision

    async def rule(
        self,
        artifact_id: int,
        after: Review,
        actor: Actor,
        *,
        reasons: Sequence[Reason] = (),
        note: str = "",
    ) -> Ruling:
        """Decide about a picture, in one transaction with what that teaches.

        Raises NotFound, NotAllowed, and BadRequest for a note that is too long.
        """
        exhibit = await self.exhibit(artifact_id, actor)
        await self.check_right(exhibit, after, actor)
        words = _checked_note(note)
        teachings = await self._teachings(exhibit, after, reasons=reasons, note=words)
        verdict = self._verdict(exhibit.picture, after, actor)
        decision = await self._reviews.decide(
            replace(
                verdict,
                reasons=tuple(reasons),
                note=words,
                lessons={(one.character.id, one.family): one.learned for one in teachings if one.learned},
            )
        )
        return Ruling(decision=decision, teachings=tuple(teachings))

    async def check_right(self, exhibit: Exhibit, after: Review, actor: Actor) -> None:
        """Raise NotAllowed for those who may not decide so."""
        if after is not Review.WITHDRAWN:
            await self.check_reviewer(actor)
        elif exhibit.job.origin.user != actor.user:
            raise NotAllowed(
                f"#{exhibit.job.id} is not yours to withdraw.",
                hint="Only the one who had it drawn can; everybody who reviews can reject it.",
            )

    async def check_reviewer(self, actor: Actor) -> None:
        """Raise NotAllowed for those who may not review in this server."""
        if actor.manages or actor.guild is None:
            return
        role = (await self._settings.of_guild(actor.guild)).reviewer_role
        if role is not None and role not in actor.roles:
            raise NotAllowed(
                f"Only <@&{role}> and those with Manage Server review pictures here.",
                hint="`/settings reviewers` decides who does.",
            )

    def _verdict(self, picture: Artifact, after: Review, actor: Actor) -> Verdict:
        return Verdict(
            artifact=picture.id, by=actor.user, by_name=actor.name, at=self._clock.now(), after=after
        )

    async def _teachings(
        self, exhibit: Exhibit, after: Review, *, reasons: Sequence[Reason], note: str
    ) -> list[Teaching]:
        """Find out what a rejection teaches each character in the picture."""
        family = family_of(exhibit.job.recipe)
        if after is not Review.REJECTED or family is None:
            return []
        cast = await self._cast(exhibit.job)
        return [
            teach(
                character,
                family,
                reasons=reasons,
                note=note,
                in_force=await self._reviews.lessons(character.id, family),
                alone=len(cast) == 1,
            )
            for character in cast
        ]

    async def _cast(self, job: Job) -> list[Character]:
        """Return who is in the picture and still there."""
        found: list[Character] = []
        for member in job.recipe.cast:
            try:
                found.append(await self._characters.get(member.id))
            except NotFound:
                continue
        return found

    # ── many at once

    async def gather(self, wanted: PictureFilter, actor: Actor, *, newest: int | None = None) -> Bulk:
        """Find the pictures that would be decided about together, up to a newest one if there is one."""
        await self.check_reviewer(actor)
        here = replace(wanted, guild=actor.guild)
        before = None if newest is None else newest + 1
        found = await self._artifacts.page(here, before=before, limit=MOST_AT_ONCE + 1)
        return Bulk(
            wanted=here,
            newest=found[0].id if found else 0,
            pictures=tuple(found[:MOST_AT_ONCE]),
            more=len(found) > MOST_AT_ONCE,
        )

    async def decide_all(self, bulk: Bulk, after: Review, actor: Actor) -> int:
        """Decide about them in one transaction; return how many changed."""
        await self.check_reviewer(actor)
        if after is Review.WITHDRAWN:
            raise BadRequest("Pictures are withdrawn one by one.", hint="Approve or reject them.")
        changing = [picture for picture in bulk.pictures if picture.review is not after]
        await self._reviews.decide_all([self._verdict(picture, after, actor) for picture in changing])
        return len(changing)

    # ── what was learned

    async def lessons(self, character: Character) -> list[Lesson]:
        """Return the negatives in force, oldest first."""
        return await self._reviews.lessons(character.id)

    async def unlearn(self, character: Character, lesson_ids: Sequence[int], actor: Actor) -> list[Lesson]:
        """Take lessons of this character out of force; return those that were."""
        await self.check_reviewer(actor)
        known = await self._reviews.lessons(character.id)
        taken = [lesson for lesson in known if lesson.id in lesson_ids]
        await self._reviews.unlearn([one.id for one in taken], by=actor.user, at=self._clock.now())
        return taken

    async def learn(self, character: Character) -> Learned:
        """Tell which parameters and words go with approval in this character's judged pictures."""
        judged = await self._reviews.judged(character.id)
        return learned_of([(one.recipe, one.review is Review.APPROVED) for one in judged])


def _checked_note(note: str) -> str:
    words = clean_words(note)
    if len(words) > MOST_NOTE:
        raise BadRequest(
            f"The note has {len(words):,} characters; the most is {MOST_NOTE}.", hint="Shorten it."
        )
    return words
