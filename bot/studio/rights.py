"""Who may do what to what is somebody's: each rule once, whichever command, button or menu asks.

Everybody draws, looks, makes projects, characters and styles, and describes and changes characters and
styles. What is put away, given up or decided for all belongs to whose it is, or to Manage Server.
"""

from typing import TypeGuard

from bot.core.batching import Batch
from bot.core.characters import Character, CharacterReference
from bot.core.errors import NotAllowed
from bot.core.job import Job
from bot.core.library import Project, Rating
from bot.studio.actor import Actor


def check_changes(project: Project, actor: Actor) -> None:
    """Raise NotAllowed for whom may not decide how the project is: its style and rating, or its end."""
    if not actor.is_any_of(project.created_by):
        raise NotAllowed(
            f"“{project.name}” is not yours.", hint="Its maker can change it, or someone with Manage Server."
        )


def check_deletes_projects(actor: Actor) -> None:
    if not actor.manages:
        raise NotAllowed(
            "Only someone with Manage Server can delete a project.",
            hint="`/project archive` puts it away and keeps all it has.",
        )


def check_cancels(job: Job, actor: Actor) -> None:
    if not actor.is_any_of(job.origin.user):
        raise NotAllowed(
            f"#{job.id} is not yours.", hint="Its person can cancel it, or someone with Manage Server."
        )


def check_gives_up(job: Job, actor: Actor) -> None:
    """Raise NotAllowed for whom may not delete or move the job's pictures."""
    if not actor.is_any_of(job.origin.user):
        raise NotAllowed(
            f"The pictures of #{job.id} are not yours.",
            hint="Their person can delete and move them, or someone with Manage Server.",
        )


def check_shows_to_all(source: Project | None, target: Project | None, actor: Actor) -> None:
    """Raise NotAllowed for whom may not take pictures for adults to where everyone sees them."""
    if _is_adult(source) and not _is_adult(target) and not actor.is_any_of(source.created_by):
        there = f"“{target.name}”" if target is not None else "what belongs to no project"
        raise NotAllowed(
            f"“{source.name}” is for adults, and {there} is for everyone.",
            hint=f"The maker of “{source.name}” can take it there, or someone with Manage Server.",
        )


def _is_adult(project: Project | None) -> TypeGuard[Project]:
    return project is not None and project.rating is Rating.ADULT


def check_puts_away(character: Character, project: Project, actor: Actor) -> None:
    """Raise NotAllowed for whom may not archive the character, nor bring them back."""
    if not actor.is_any_of(character.created_by, project.created_by):
        raise NotAllowed(
            f"“{character.name}” is not yours.",
            hint="Their maker or the project's can put them away and back, or someone with Manage Server.",
        )


def check_removes(
    reference: CharacterReference, character: Character, project: Project, actor: Actor
) -> None:
    if not actor.is_any_of(reference.added_by, character.created_by, project.created_by):
        raise NotAllowed(
            f"This picture of “{character.name}” is not yours.",
            hint="Who gave it can remove it, the character's maker or the project's, or Manage Server.",
        )


def check_holds(batch: Batch, actor: Actor) -> None:
    """Raise NotAllowed for whom may not pause, resume or cancel the batch."""
    if not actor.is_any_of(batch.user):
        raise NotAllowed(
            f"Batch {batch.id} is not yours.",
            hint="Its person can do that, or someone with Manage Server.",
        )
