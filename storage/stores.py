"""All stores over one database."""

from dataclasses import dataclass
from typing import Self

from storage.batches import SqliteBatches
from storage.characters import SqliteCharacters
from storage.database import Database
from storage.discards import SqliteDiscards
from storage.jobs import SqliteJobs
from storage.journal import SqliteJournal
from storage.outbox import SqliteOutbox
from storage.pictures import SqliteArtifacts
from storage.pins import SqlitePins
from storage.plans import SqlitePlans
from storage.projects import SqliteProjects
from storage.reviews import SqliteReviews
from storage.settings import SqliteSettings
from storage.styles import SqliteStyles


@dataclass(frozen=True, slots=True, kw_only=True)
class SqliteStores:
    jobs: SqliteJobs
    outbox: SqliteOutbox
    projects: SqliteProjects
    settings: SqliteSettings
    journal: SqliteJournal
    styles: SqliteStyles
    characters: SqliteCharacters
    discards: SqliteDiscards
    artifacts: SqliteArtifacts
    reviews: SqliteReviews
    pins: SqlitePins
    batches: SqliteBatches
    plans: SqlitePlans

    @classmethod
    def over(cls, database: Database) -> Self:
        return cls(
            jobs=SqliteJobs(database),
            outbox=SqliteOutbox(database),
            projects=SqliteProjects(database),
            settings=SqliteSettings(database),
            journal=SqliteJournal(database),
            styles=SqliteStyles(database),
            characters=SqliteCharacters(database),
            discards=SqliteDiscards(database),
            artifacts=SqliteArtifacts(database),
            reviews=SqliteReviews(database),
            pins=SqlitePins(database),
            batches=SqliteBatches(database),
            plans=SqlitePlans(database),
        )
