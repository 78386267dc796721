-- What people do with finished pictures: decisions, what they teach, where pictures come from, and batches.

-- ── batches

CREATE TABLE batches (
    id              INTEGER PRIMARY KEY AUTOINCREMENT,
    key             TEXT    NOT NULL UNIQUE,
    title           TEXT    NOT NULL,
    kind            TEXT    NOT NULL CHECK (kind IN ('prompts', 'matrix', 'sheet', 'overnight')),
    guild           INTEGER,
    channel         INTEGER,
    user            INTEGER NOT NULL,
    user_name       TEXT    NOT NULL,
    created         INTEGER NOT NULL CHECK (created >= 0),
    project         INTEGER REFERENCES projects (id),
    priority        INTEGER NOT NULL CHECK (priority >= 0),
    state           TEXT    NOT NULL CHECK (state IN ('running', 'paused', 'cancelled', 'done')),
    since           INTEGER NOT NULL CHECK (since >= 0),
    card_channel    INTEGER,
    card_message    INTEGER,
    report_channel  INTEGER,
    report_message  INTEGER,
    ends_with_sheet INTEGER NOT NULL CHECK (ends_with_sheet IN (0, 1)),
    card_settled    INTEGER NOT NULL DEFAULT 0 CHECK (card_settled IN (0, 1)),
    served          INTEGER,  -- when one of its jobs last had its turn
    CHECK ((card_channel IS NULL) = (card_message IS NULL)),
    CHECK ((report_channel IS NULL) = (report_message IS NULL))
) STRICT;

CREATE INDEX batches_by_guild ON batches (guild, id);
CREATE INDEX batches_by_project ON batches (project) WHERE project IS NOT NULL;
CREATE INDEX batches_unfinished ON batches (id) WHERE state IN ('running', 'paused');
CREATE INDEX batches_unreported ON batches (id) WHERE state = 'done' AND report_message IS NULL;
CREATE INDEX batches_unsettled ON batches (since)
    WHERE card_settled = 0 AND card_message IS NOT NULL AND state IN ('cancelled', 'done');

-- What somebody was shown and has not started yet.
CREATE TABLE plans (
    id      INTEGER PRIMARY KEY AUTOINCREMENT,
    outline TEXT    NOT NULL,  -- JSON
    origin  TEXT    NOT NULL,  -- JSON
    at      INTEGER NOT NULL CHECK (at >= 0)
) STRICT;

CREATE INDEX plans_by_age ON plans (at);

-- ── lineage

ALTER TABLE jobs ADD COLUMN descent TEXT
    CHECK (descent IN ('again', 'same seed', 'vary', 'upscale', 'edit', 'reference', 'animate'));
ALTER TABLE jobs ADD COLUMN parent_picture INTEGER CHECK (parent_picture >= 1);
ALTER TABLE jobs ADD COLUMN batch INTEGER REFERENCES batches (id);

UPDATE jobs SET descent = 'again' WHERE parent IS NOT NULL;

CREATE INDEX jobs_by_batch ON jobs (batch, id) WHERE batch IS NOT NULL;
CREATE INDEX jobs_by_batch_state ON jobs (batch, state) WHERE batch IS NOT NULL;

DROP INDEX jobs_in_line;
CREATE INDEX jobs_in_line ON jobs (batch, user) WHERE state IN ('queued', 'submitted', 'running');

-- ── decisions

CREATE TABLE decisions (
    id       INTEGER PRIMARY KEY,
    artifact INTEGER NOT NULL REFERENCES artifacts (id),
    by       INTEGER NOT NULL,
    by_name  TEXT    NOT NULL,
    at       INTEGER NOT NULL CHECK (at >= 0),
    before   TEXT    NOT NULL CHECK (before IN ('unreviewed', 'approved', 'rejected', 'withdrawn')),
    after    TEXT    NOT NULL CHECK (after IN ('unreviewed', 'approved', 'rejected', 'withdrawn')),
    reasons  TEXT    NOT NULL,  -- JSON
    note     TEXT    NOT NULL
) STRICT;

CREATE INDEX decisions_by_artifact ON decisions (artifact, id);

-- What a rejection taught: a negative for one character with one family of models.
CREATE TABLE lessons (
    id         INTEGER PRIMARY KEY,
    character  INTEGER NOT NULL REFERENCES characters (id) ON DELETE CASCADE,
    family     TEXT    NOT NULL CHECK (family <> ''),
    term       TEXT    NOT NULL CHECK (term <> ''),
    folded     TEXT    NOT NULL CHECK (folded <> ''),
    at         INTEGER NOT NULL CHECK (at >= 0),
    by         INTEGER NOT NULL,
    decision   INTEGER NOT NULL REFERENCES decisions (id),
    removed    INTEGER,
    removed_by INTEGER,
    CHECK ((removed IS NULL) = (removed_by IS NULL))
) STRICT;

CREATE UNIQUE INDEX lessons_once ON lessons (character, family, folded);
CREATE INDEX lessons_by_decision ON lessons (decision);

-- A picture that somebody took up for their next drawing.
CREATE TABLE pins (
    guild     INTEGER NOT NULL,
    user      INTEGER NOT NULL,
    reference TEXT    NOT NULL,  -- JSON
    path      TEXT    NOT NULL,
    at        INTEGER NOT NULL CHECK (at >= 0),
    job       INTEGER REFERENCES jobs (id),
    picture   INTEGER,
    PRIMARY KEY (guild, user)
) STRICT, WITHOUT ROWID;

CREATE INDEX pins_by_job ON pins (job) WHERE job IS NOT NULL;
CREATE INDEX pins_by_path ON pins (path);

ALTER TABLE guild_settings ADD COLUMN reactions TEXT;  -- JSON
ALTER TABLE guild_settings ADD COLUMN reviewer_role INTEGER;
