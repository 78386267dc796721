"""What is written about a job: its birth, and each change as one guarded statement."""

from sqlite3 import Connection

from bot.core.errors import NotFound, WrongState
from bot.core.job import Card, Job, JobState
from bot.ports.stores import NewJob
from storage.records import values_of_new_job, values_of_transition


def insert(db: Connection, new: NewJob, *, state: JobState) -> int:
    """Insert a job and return its number."""
    row = db.execute(
        """
        INSERT INTO jobs (uid, origin_key, user, user_name, guild, channel, project, parent,
                          parent_picture, descent, batch, created, state, since, priority, attempt,
                          request, recipe, graph, workflow, model, pixels, steps, count, seed, reference)
        VALUES (:uid, :origin_key, :user, :user_name, :guild, :channel, :project, :parent,
                :parent_picture, :descent, :batch, :created, :state, :created, :priority, 1,
                :request, :recipe, :graph, :workflow, :model, :pixels, :steps, :count, :seed, :reference)
        RETURNING id
        """,
        values_of_new_job(new, state=state),
    ).fetchone()
    return row["id"]


def move(db: Connection, job: Job, *, was: JobState) -> None:
    """Write the job's next state if it still is where it `was`; raise NotFound or WrongState otherwise."""
    cursor = db.execute(
        """
        UPDATE jobs
        SET state = :state, since = :since, attempt = :attempt, interrupted = :interrupted, opened = :opened,
            recipe = :recipe, graph = :graph,
            workflow = :workflow, model = :model, pixels = :pixels, steps = :steps, count = :count,
            seed = :seed, reference = :reference,
            queued_ms = :queued_ms, load_ms = :load_ms, sample_ms = :sample_ms, save_ms = :save_ms,
            drawing_ms = :drawing_ms, fetch_ms = :fetch_ms, post_ms = :post_ms, total_ms = :total_ms,
            warmth = :warmth,
            failure_kind = :failure_kind, failure_message = :failure_message, failure_hint = :failure_hint
        WHERE id = :id AND state = :was
        """,
        values_of_transition(job, was=was),
    )
    if not cursor.rowcount:
        now = state_of(db, job_id=job.id)
        raise WrongState(f"#{job.id} is {now} by now.", hint="Look at it with `/job show`.")


def state_of(db: Connection, *, job_id: int) -> JobState:
    row = db.execute("SELECT state FROM jobs WHERE id = ?", (job_id,)).fetchone()
    if row is None:
        raise no_such_job(job_id)
    return JobState(row["state"])


def set_card(db: Connection, *, job_id: int, card: Card) -> None:
    cursor = db.execute(
        "UPDATE jobs SET card_channel = ?, card_message = ?, card_settled = 0 WHERE id = ?",
        (card.channel, card.message, job_id),
    )
    _expect_one(cursor.rowcount, job_id)


def settle_card(db: Connection, *, job_id: int, card: Card) -> None:
    db.execute(
        "UPDATE jobs SET card_settled = 1 WHERE id = ? AND card_channel = ? AND card_message = ?",
        (job_id, card.channel, card.message),
    )


def set_post(db: Connection, *, job_id: int, post: Card) -> None:
    db.execute(
        "UPDATE jobs SET post_channel = ?, post_message = ? WHERE id = ?",
        (post.channel, post.message, job_id),
    )


def request_cancel(db: Connection, *, job_id: int) -> None:
    cursor = db.execute("UPDATE jobs SET cancel_requested = 1 WHERE id = ?", (job_id,))
    _expect_one(cursor.rowcount, job_id)


def open_pictures(db: Connection, *, job_id: int) -> None:
    cursor = db.execute("UPDATE jobs SET opened = opened + 1 WHERE id = ?", (job_id,))
    _expect_one(cursor.rowcount, job_id)


def _expect_one(changed: int, job_id: int) -> None:
    if not changed:
        raise no_such_job(job_id)


def no_such_job(job_id: int) -> NotFound:
    return NotFound(f"There is no job #{job_id}.", hint="`/job list` shows those there are.")
