"""The critic: people's decisions about pictures, what they teach, and what goes with approval."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final

from bot.core.artifact import Artifact
from bot.core.characters import Character, Lesson
from bot.core.errors import BadRequest, NotAllowed, NotFound
from bot.core.job import Job
from bot.core.learning import Learned, learned_of
from bot.core.library import Project
from bot.core.prompting import clean_words
from bot.core.review import Decision, Reason, Review, Teaching, family_of, teach
from bot.ports.clock import Clock
from bot.ports.library import Artifacts, Characters, PictureFilter
from bot.ports.review import ReviewCounts, Reviews, Verdict
from bot.ports.stores import Jobs, Projects, Settings
from bot.studio.actor import Actor, server_of

MOST_NOTE: Final = 500
MOST_AT_ONCE: Final = 500
"""So many pictures are decided about with one press."""
MOST_LEFT: Final = 10_000
"""So many of those that are left after that are counted."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Exhibit:
    """A picture to look at, with the job that made it and the project it belongs to."""

    picture: Artifact
    job: Job
    project: Project | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Ruling:
    """A decision, and what of it was taught to whom."""

    decision: Decision
    teachings: tuple[Teaching, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Bulk:
    """Pictures that are about to be decided about together, the newest first.

    `left`: so many more fit what was wanted, counted up to MOST_LEFT.
    """

    wanted: PictureFilter
    after: Review
    pictures: tuple[Artifact, ...] = ()
    left: int = 0

    @property
    def span(self) -> tuple[int, int]:
        """Return the ids of the newest and of the oldest of them; there is at least one."""
        return self.pictures[0].id, self.pictures[-1].id


@dataclass(frozen=True, slots=True, kw_only=True)
class Together:
    """Pictures that were decided about at once, and those that somebody deleted before."""

    decided: tuple[Artifact, ...]
    left_out: tuple[Artifact, ...] = ()


class Critic:
    def __init__(
        self,
        *,
        artifacts: Artifacts,
        jobs: Jobs,
        reviews: Reviews,
        characters: Characters,
        projects: Projects,
        settings: Settings,
        clock: Clock,
    ) -> None:
        self._artifacts = artifacts
        self._jobs = jobs
        self._reviews = reviews
        self._characters = characters
        self._projects = projects
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
                f"Picture {picture.index} of #{job.id} was deleted.",
                hint=f"`/job show job:{job.id}` still tells how it was drawn.",
            )
        return await self._exhibit(picture)

    async def next_of(
        self, wanted: PictureFilter, actor: Actor, *, before: int | None = None
    ) -> Exhibit | None:
        """Return the newest picture below `before` that nobody has decided about yet."""
        unreviewed = replace(wanted, guild=actor.guild, review=Review.UNREVIEWED)
        found = await self._artifacts.page(unreviewed, before=before, limit=1)
        return await self._exhibit(found[0]) if found else None

    async def exhibits(self, pictures: Sequence[Artifact]) -> list[Exhibit]:
        return [await self._exhibit(picture) for picture in pictures]

    async def _exhibit(self, picture: Artifact) -> Exhibit:
        job = await self._jobs.get(picture.job)
        project = await self._projects.get(job.project) if job.project is not None else None
        return Exhibit(picture=picture, job=job, project=project)

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
        role = await self.reviewers(actor)
        if role is not None and role not in actor.roles and not actor.manages:
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

    async def gather(
        self, wanted: PictureFilter, after: Review, actor: Actor, *, span: tuple[int, int] | None = None
    ) -> Bulk:
        """Find the pictures that would be decided about together, of a span of ids if there is one.

        Raises NotAllowed, and BadRequest for what cannot be decided of many, or is decided so already.
        """
        await self.check_reviewer(actor)
        if after not in (Review.APPROVED, Review.REJECTED):
            raise BadRequest("Pictures are withdrawn one by one.", hint="Approve or reject them.")
        if wanted.review is after:
            raise BadRequest(f"These are {after} already.", hint="Choose another `state`.")
        here = replace(wanted, guild=actor.guild)
        before, above = (None, None) if span is None else (span[0] + 1, span[1] - 1)
        found = await self._artifacts.page(here, before=before, after=above, limit=MOST_AT_ONCE)
        return Bulk(wanted=here, after=after, pictures=tuple(found), left=await self._left(here, found))

    async def _left(self, wanted: PictureFilter, found: Sequence[Artifact]) -> int:
        if len(found) < MOST_AT_ONCE:
            return 0
        return await self._artifacts.count(wanted, most=MOST_AT_ONCE + MOST_LEFT) - len(found)

    async def decide_all(self, bulk: Bulk, actor: Actor) -> Together:
        """Decide about them in one transaction."""
        await self.check_reviewer(actor)
        return await self._decided(bulk.pictures, bulk.after, actor)

    async def rule_all(self, job: Job, pictures: Sequence[Artifact], after: Review, actor: Actor) -> Together:
        """Decide about pictures of one job in one transaction; raise NotAllowed, NotFound if all are gone."""
        for picture in pictures:
            await self.check_right(Exhibit(picture=picture, job=job), after, actor)
        together = await self._decided(pictures, after, actor)
        if not together.decided:
            raise NotFound(
                f"The pictures of #{job.id} were deleted.", hint=f"`/job show job:{job.id}` tells more."
            )
        return together

    async def _decided(self, pictures: Sequence[Artifact], after: Review, actor: Actor) -> Together:
        verdicts = [self._verdict(picture, after, actor) for picture in pictures]
        decided = {decision.artifact for decision in await self._reviews.decide_all(verdicts)}
        return Together(
            decided=tuple(picture for picture in pictures if picture.id in decided),
            left_out=tuple(picture for picture in pictures if picture.id not in decided),
        )

    # ── who reviews

    async def reviewers(self, actor: Actor) -> int | None:
        """Return the role that reviews in the actor's server; None: everybody does."""
        if actor.guild is None:
            return None
        return (await self._settings.of_guild(actor.guild)).reviewer_role

    async def set_reviewers(self, role: int | None, actor: Actor) -> None:
        """Choose who reviews; needs Manage Server."""
        await self._settings.set_reviewer_role(server_of(actor, choosing="reviewers"), role)

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
        pictures = [(one.recipe, one.review is Review.APPROVED) for one in judged]
        return await asyncio.to_thread(learned_of, pictures)


def _checked_note(note: str) -> str:
    words = clean_words(note)
    if len(words) > MOST_NOTE:
        raise BadRequest(
            f"The note has {len(words):,} characters; the most is {MOST_NOTE}.", hint="Shorten it."
        )
    return words
