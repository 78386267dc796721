-- Jobs and what becomes of them, projects, settings, and the log of everything.
--
-- Times are UTC milliseconds, durations milliseconds. Discord's ids are integers below 2^63.
-- JSON is kept where only the code reads it; what a query asks for is a column. (No JSON function stands in
-- the schema: with trusted_schema off SQLite runs none there.)

CREATE TABLE projects (
    id              INTEGER PRIMARY KEY AUTOINCREMENT,
    guild           INTEGER,
    name            TEXT    NOT NULL CHECK (name <> ''),
    folded          TEXT    NOT NULL CHECK (folded <> ''),  -- the name without case, as Unicode folds it
    slug            TEXT    NOT NULL CHECK (slug <> '' AND slug NOT GLOB '*[^a-z0-9-]*'),
    created         INTEGER NOT NULL CHECK (created >= 0),
    created_by      INTEGER NOT NULL,
    gallery_channel INTEGER,
    gallery_kind    TEXT    CHECK (gallery_kind IN ('text', 'forum')),
    gallery_thread  INTEGER,
    CHECK ((gallery_channel IS NULL) = (gallery_kind IS NULL)),
    CHECK (gallery_channel IS NOT NULL OR gallery_thread IS NULL)
) STRICT;

-- NULLs are all different to a UNIQUE; projects outside Discord (guild NULL) share one realm.
CREATE UNIQUE INDEX projects_by_name ON projects (ifnull(guild, 0), folded);
CREATE UNIQUE INDEX projects_by_slug ON projects (ifnull(guild, 0), slug);
CREATE INDEX projects_by_channel ON projects (gallery_channel) WHERE gallery_channel IS NOT NULL;
CREATE INDEX projects_by_thread ON projects (gallery_thread) WHERE gallery_thread IS NOT NULL;

CREATE TABLE project_choices (
    guild   INTEGER,
    user    INTEGER NOT NULL,
    project INTEGER NOT NULL REFERENCES projects (id) ON DELETE CASCADE
) STRICT;

CREATE UNIQUE INDEX project_choices_by_person ON project_choices (ifnull(guild, 0), user);
CREATE INDEX project_choices_by_project ON project_choices (project);

CREATE TABLE jobs (
    id               INTEGER PRIMARY KEY AUTOINCREMENT,  -- people type it: never given twice
    uid              TEXT    NOT NULL UNIQUE CHECK (length(uid) = 36),
    origin_key       TEXT    NOT NULL UNIQUE,
    user             INTEGER NOT NULL,
    user_name        TEXT    NOT NULL,
    guild            INTEGER,
    channel          INTEGER,
    project          INTEGER REFERENCES projects (id),
    parent           INTEGER REFERENCES jobs (id),
    created          INTEGER NOT NULL CHECK (created >= 0),
    state            TEXT    NOT NULL CHECK (state IN ('queued', 'submitted', 'running', 'rendered',
                                                       'delivered', 'shelved', 'failed', 'cancelled')),
    since            INTEGER NOT NULL CHECK (since >= 0),
    priority         INTEGER NOT NULL CHECK (priority >= 0),
    attempt          INTEGER NOT NULL CHECK (attempt >= 1),
    cancel_requested INTEGER NOT NULL DEFAULT 0 CHECK (cancel_requested IN (0, 1)),
    card_channel     INTEGER,
    card_message     INTEGER,
    post_channel     INTEGER,
    post_message     INTEGER,
    queued_ms        INTEGER,
    load_ms          INTEGER,
    sample_ms        INTEGER,
    save_ms          INTEGER,
    drawing_ms       INTEGER,
    fetch_ms         INTEGER,
    post_ms          INTEGER,
    total_ms         INTEGER,
    warmth           TEXT    CHECK (warmth IN ('cold', 'warm')),
    failure_kind     TEXT,
    failure_message  TEXT,
    failure_hint     TEXT,
    request          TEXT    NOT NULL,  -- JSON
    recipe           TEXT    NOT NULL,  -- JSON; what queries ask of it stands in the six columns below
    graph            TEXT,              -- JSON, exactly as ComfyUI got it
    workflow         TEXT    NOT NULL,
    model            TEXT,
    pixels           INTEGER NOT NULL CHECK (pixels > 0),
    steps            INTEGER NOT NULL CHECK (steps > 0),
    count            INTEGER NOT NULL CHECK (count > 0),
    seed             TEXT    NOT NULL,  -- up to 2^64-1, which no INTEGER holds
    CHECK ((card_channel IS NULL) = (card_message IS NULL)),
    CHECK ((post_channel IS NULL) = (post_message IS NULL)),
    CHECK ((failure_kind IS NULL) = (failure_message IS NULL)),
    CHECK ((failure_kind IS NULL) = (failure_hint IS NULL))
) STRICT;

CREATE INDEX jobs_by_state ON jobs (state, id);
CREATE INDEX jobs_by_user ON jobs (user, id);
CREATE INDEX jobs_by_guild ON jobs (guild, id);
CREATE INDEX jobs_by_project ON jobs (project, id) WHERE project IS NOT NULL;
CREATE INDEX jobs_by_parent ON jobs (parent) WHERE parent IS NOT NULL;
CREATE INDEX jobs_by_card ON jobs (card_message) WHERE card_message IS NOT NULL;
CREATE INDEX jobs_by_post ON jobs (post_message) WHERE post_message IS NOT NULL;
CREATE INDEX jobs_in_line ON jobs (user) WHERE state IN ('queued', 'submitted', 'running');
CREATE INDEX jobs_measured ON jobs (workflow, model, pixels, steps, count, id, drawing_ms)
    WHERE warmth = 'warm' AND drawing_ms IS NOT NULL AND state IN ('rendered', 'delivered', 'shelved');

-- An ended job stays as it ended, whatever a fault in the code may ask for.
CREATE TRIGGER jobs_stay_ended BEFORE UPDATE OF state ON jobs
    WHEN OLD.state IN ('delivered', 'shelved', 'failed', 'cancelled') AND NEW.state <> OLD.state
BEGIN
    SELECT RAISE(ABORT, 'the job has ended');
END;

CREATE TABLE job_counts (
    state TEXT    PRIMARY KEY,
    jobs  INTEGER NOT NULL CHECK (jobs >= 0)
) STRICT, WITHOUT ROWID;

INSERT INTO job_counts (state, jobs)
VALUES ('queued', 0), ('submitted', 0), ('running', 0), ('rendered', 0),
       ('delivered', 0), ('shelved', 0), ('failed', 0), ('cancelled', 0);

CREATE TRIGGER jobs_count_new AFTER INSERT ON jobs
BEGIN
    UPDATE job_counts SET jobs = jobs + 1 WHERE state = NEW.state;
END;

CREATE TRIGGER jobs_count_moved AFTER UPDATE OF state ON jobs
BEGIN
    UPDATE job_counts SET jobs = jobs - 1 WHERE state = OLD.state;
    UPDATE job_counts SET jobs = jobs + 1 WHERE state = NEW.state;
END;

CREATE TRIGGER jobs_count_gone AFTER DELETE ON jobs
BEGIN
    UPDATE job_counts SET jobs = jobs - 1 WHERE state = OLD.state;
END;

-- Whose job was handed to ComfyUI when: a number that grows with every turn anybody had.
CREATE TABLE turns (
    user INTEGER PRIMARY KEY,
    turn INTEGER NOT NULL UNIQUE
) STRICT;

CREATE TABLE job_events (
    id      INTEGER PRIMARY KEY,
    job     INTEGER NOT NULL REFERENCES jobs (id) ON DELETE CASCADE,
    state   TEXT    NOT NULL CHECK (state IN ('queued', 'submitted', 'running', 'rendered',
                                              'delivered', 'shelved', 'failed', 'cancelled')),
    at      INTEGER NOT NULL CHECK (at >= 0),
    attempt INTEGER NOT NULL CHECK (attempt >= 1),
    note    TEXT    NOT NULL
) STRICT;

CREATE INDEX job_events_by_job ON job_events (job, id);

CREATE TABLE artifacts (
    id               INTEGER PRIMARY KEY,
    job              INTEGER NOT NULL REFERENCES jobs (id),
    position         INTEGER NOT NULL CHECK (position >= 0),
    path             TEXT    NOT NULL CHECK (path <> ''),
    sha256           TEXT    NOT NULL CHECK (length(sha256) = 64),
    bytes            INTEGER NOT NULL CHECK (bytes > 0),
    width            INTEGER NOT NULL CHECK (width > 0),
    height           INTEGER NOT NULL CHECK (height > 0),
    media_type       TEXT    NOT NULL,
    source_filename  TEXT    NOT NULL,
    source_subfolder TEXT    NOT NULL,
    source_type      TEXT    NOT NULL,
    source_node      TEXT    NOT NULL,
    message          INTEGER,
    attachment       INTEGER
) STRICT;

CREATE UNIQUE INDEX artifacts_by_job ON artifacts (job, position);

CREATE TABLE outbox (
    id      INTEGER PRIMARY KEY,
    job     INTEGER NOT NULL REFERENCES jobs (id),
    kind    TEXT    NOT NULL CHECK (kind IN ('pictures', 'notice')),
    part    INTEGER NOT NULL CHECK (part >= 0),
    nonce   TEXT    NOT NULL UNIQUE CHECK (length(nonce) <= 25),
    state   TEXT    NOT NULL CHECK (state IN ('pending', 'sending', 'sent', 'dropped')),
    created INTEGER NOT NULL CHECK (created >= 0),
    tried   INTEGER NOT NULL DEFAULT 0 CHECK (tried >= 0),
    closed  INTEGER,
    channel INTEGER,
    message INTEGER,
    reason  TEXT    NOT NULL DEFAULT '',
    CHECK ((closed IS NULL) = (state IN ('pending', 'sending'))),
    CHECK ((message IS NULL) = (state <> 'sent')),
    CHECK ((channel IS NULL) = (message IS NULL))
) STRICT;

CREATE INDEX outbox_due ON outbox (id) WHERE state IN ('pending', 'sending');
CREATE UNIQUE INDEX outbox_by_job ON outbox (job, kind, part);

CREATE TABLE guild_settings (
    guild           INTEGER PRIMARY KEY,
    gallery_channel INTEGER,
    gallery_kind    TEXT    CHECK (gallery_kind IN ('text', 'forum')),
    gallery_thread  INTEGER,
    CHECK ((gallery_channel IS NULL) = (gallery_kind IS NULL)),
    CHECK (gallery_channel IS NOT NULL OR gallery_thread IS NULL)
) STRICT;

CREATE INDEX guild_settings_by_channel ON guild_settings (gallery_channel) WHERE gallery_channel IS NOT NULL;

CREATE TABLE studio_settings (
    key   TEXT PRIMARY KEY,
    value TEXT NOT NULL
) STRICT, WITHOUT ROWID;

-- What people did and what went wrong. `job` is what was typed, so it need not exist: no foreign key.
CREATE TABLE journal (
    id       INTEGER PRIMARY KEY,
    kind     TEXT    NOT NULL CHECK (kind <> ''),
    name     TEXT    NOT NULL,
    at       INTEGER NOT NULL CHECK (at >= 0),
    user     INTEGER,
    guild    INTEGER,
    channel  INTEGER,
    job      INTEGER,
    incident TEXT,
    detail   TEXT    NOT NULL  -- JSON
) STRICT;

CREATE INDEX journal_by_incident ON journal (incident) WHERE incident IS NOT NULL;
CREATE INDEX journal_by_job ON journal (job) WHERE job IS NOT NULL;
