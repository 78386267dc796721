"""Whether the library is in order: every file with its row, every row with its file, and nothing done by half."""

import sqlite3
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from bot.sandbox.discord import SandboxDiscord
from storage.artifacts import unneeded
from storage.fsck import check

DUE = f"SELECT path FROM discards WHERE {unneeded('discards.path')}"

HALVES = {
    "the deleted project {0} has characters": """
        SELECT DISTINCT projects.name FROM projects JOIN characters ON characters.project = projects.id
        WHERE projects.deleted IS NOT NULL
    """,
    "the deleted project {0} has styles": """
        SELECT DISTINCT projects.name FROM projects JOIN styles ON styles.project = projects.id
        WHERE projects.deleted IS NOT NULL
    """,
    "picture {0} of the deleted project {1} is not deleted": """
        SELECT artifacts.path, projects.name FROM artifacts JOIN projects ON projects.id = artifacts.project
        WHERE projects.deleted IS NOT NULL AND artifacts.deleted IS NULL
    """,
    "batch {0} has no jobs": """
        SELECT id FROM batches WHERE id NOT IN (SELECT batch FROM jobs WHERE batch IS NOT NULL)
    """,
    "#{0} of batch {1} is still {2} though the batch is {3}": """
        SELECT jobs.id, batches.id, jobs.state, batches.state FROM jobs JOIN batches ON batches.id = jobs.batch
        WHERE batches.state IN ('cancelled', 'done')
              AND jobs.state NOT IN ('delivered', 'shelved', 'failed', 'cancelled')
    """,
    "batch {0} is drawn, and nobody was told": """
        SELECT id FROM batches WHERE state = 'done' AND report_message IS NULL
    """,
    "batch {0} is {1} though all of it has ended": """
        SELECT id, state FROM batches
        WHERE state IN ('running', 'paused') AND id NOT IN (
            SELECT batch FROM jobs
            WHERE batch IS NOT NULL AND state NOT IN ('delivered', 'shelved', 'failed', 'cancelled'))
    """,
    "{0} is {1}, and the last decision says {2}": """
        SELECT artifacts.path, artifacts.review, ifnull(last.after, 'nothing')
        FROM artifacts LEFT JOIN decisions AS last
             ON last.id = (SELECT max(id) FROM decisions WHERE artifact = artifacts.id)
        WHERE artifacts.review <> ifnull(last.after, 'unreviewed')
    """,
    "in the shadow of {0} a character is {1} and not {2}": """
        SELECT artifacts.path, artifact_characters.review, artifacts.review
        FROM artifact_characters JOIN artifacts ON artifacts.id = artifact_characters.artifact
        WHERE artifact_characters.review <> artifacts.review
    """,
    "the style {0} has no change to begin with": """
        SELECT name FROM styles WHERE id NOT IN (SELECT style FROM style_revisions)
    """,
    "{0} was given up and is still due": DUE,
}
"""What would be half done, and how it is found."""


def disorder(database: sqlite3.Connection, data: Path) -> Iterator[str]:
    """Yield what does not fit: all that `fsck` finds, and what is half done."""
    for trouble in check(data):
        yield f"fsck: {trouble.kind}: {trouble.what}"
    yield from _outlived(database, data)
    for sentence, query in HALVES.items():
        for row in database.execute(query):
            yield sentence.format(*row)


def _outlived(database: sqlite3.Connection, data: Path) -> Iterator[str]:
    """Yield the files that were given up, and that are there though nothing needs them."""
    given_up = f"""
        SELECT path FROM (
            SELECT path FROM artifacts WHERE deleted IS NOT NULL
            UNION SELECT thumbnail FROM artifacts WHERE deleted IS NOT NULL AND thumbnail IS NOT NULL
        ) AS gone
        WHERE {unneeded("gone.path")}
    """
    for (path,) in database.execute(given_up):
        if (data / path).exists():
            yield f"{path} was deleted, and is still there"


def reported_again(discord: SandboxDiscord) -> Iterator[str]:
    """Name the batches whose end was told more than once: a plain message that begins with its number."""
    told = Counter(
        message.content.split("**")[1]
        for channel in discord.world.channels.values()
        for message in channel.history
        if message.author.bot and not message.embeds and "**Batch " in message.content.split("\n")[0]
    )
    return (f"{batch} was reported {times} times" for batch, times in told.items() if times > 1)
