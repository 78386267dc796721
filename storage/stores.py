"""All stores over one database."""

from dataclasses import dataclass
from typing import Self

from storage.database import Database
from storage.jobs import SqliteJobs
from storage.journal import SqliteJournal
from storage.outbox import SqliteOutbox
from storage.pictures import SqliteArtifacts
from storage.projects import SqliteProjects
from storage.settings import SqliteSettings


@dataclass(frozen=True, slots=True, kw_only=True)
class SqliteStores:
    jobs: SqliteJobs
    outbox: SqliteOutbox
    projects: SqliteProjects
    settings: SqliteSettings
    journal: SqliteJournal
    artifacts: SqliteArtifacts

    @classmethod
    def over(cls, database: Database) -> Self:
        return cls(
            jobs=SqliteJobs(database),
            outbox=SqliteOutbox(database),
            projects=SqliteProjects(database),
            settings=SqliteSettings(database),
            journal=SqliteJournal(database),
            artifacts=SqliteArtifacts(database),
        )
