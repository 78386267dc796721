-- Styles with their history, characters, and every picture findable: by project, character, review and words.

-- ── projects

ALTER TABLE projects ADD COLUMN description TEXT NOT NULL DEFAULT '';
ALTER TABLE projects ADD COLUMN threads TEXT NOT NULL DEFAULT 'project'
    CHECK (threads IN ('project', 'character', 'day'));
ALTER TABLE projects ADD COLUMN rating TEXT NOT NULL DEFAULT 'everyone'
    CHECK (rating IN ('everyone', 'adult'));
ALTER TABLE projects ADD COLUMN workflow TEXT;
ALTER TABLE projects ADD COLUMN style INTEGER REFERENCES styles (id) ON DELETE SET NULL;
ALTER TABLE projects ADD COLUMN archived INTEGER;
ALTER TABLE projects ADD COLUMN deleted INTEGER;  -- it stays, for its jobs to name it

-- A deleted project's name may be given again; its folder's may not.
DROP INDEX projects_by_name;
CREATE UNIQUE INDEX projects_by_name ON projects (ifnull(guild, 0), folded) WHERE deleted IS NULL;
CREATE INDEX projects_by_style ON projects (style) WHERE style IS NOT NULL;

CREATE TABLE project_threads (
    project INTEGER NOT NULL REFERENCES projects (id) ON DELETE CASCADE,
    subject TEXT    NOT NULL CHECK (subject <> ''),  -- a character's slug, or a day
    thread  INTEGER NOT NULL,
    PRIMARY KEY (project, subject)
) STRICT, WITHOUT ROWID;

CREATE INDEX project_threads_by_thread ON project_threads (thread);

-- ── styles

CREATE TABLE styles (
    id         INTEGER PRIMARY KEY AUTOINCREMENT,
    project    INTEGER NOT NULL REFERENCES projects (id) ON DELETE CASCADE,
    name       TEXT    NOT NULL CHECK (name <> ''),
    folded     TEXT    NOT NULL CHECK (folded <> ''),
    created    INTEGER NOT NULL CHECK (created >= 0),
    created_by INTEGER NOT NULL
) STRICT;

CREATE UNIQUE INDEX styles_by_name ON styles (project, folded);

CREATE TABLE style_revisions (
    style  INTEGER NOT NULL REFERENCES styles (id) ON DELETE CASCADE,
    number INTEGER NOT NULL CHECK (number >= 1),
    sheet  TEXT    NOT NULL,  -- JSON
    by     INTEGER NOT NULL,
    at     INTEGER NOT NULL CHECK (at >= 0),
    why    TEXT    NOT NULL,
    PRIMARY KEY (style, number)
) STRICT, WITHOUT ROWID;

-- ── characters

CREATE TABLE characters (
    id            INTEGER PRIMARY KEY AUTOINCREMENT,
    project       INTEGER NOT NULL REFERENCES projects (id) ON DELETE CASCADE,
    name          TEXT    NOT NULL CHECK (name <> ''),
    folded        TEXT    NOT NULL CHECK (folded <> ''),
    slug          TEXT    NOT NULL CHECK (slug <> '' AND slug NOT GLOB '*[^a-z0-9-]*'),
    created       INTEGER NOT NULL CHECK (created >= 0),
    created_by    INTEGER NOT NULL,
    design_prompt TEXT    NOT NULL,
    hair          TEXT    NOT NULL,
    eyes          TEXT    NOT NULL,
    clothing      TEXT    NOT NULL,
    key_colours   TEXT    NOT NULL,
    common_errors TEXT    NOT NULL,
    trigger_word  TEXT    NOT NULL,
    lora          TEXT,
    lora_strength REAL,
    archived      INTEGER,
    CHECK ((lora IS NULL) = (lora_strength IS NULL))
) STRICT;

CREATE UNIQUE INDEX characters_by_name ON characters (project, folded);
CREATE UNIQUE INDEX characters_by_slug ON characters (project, slug);
CREATE INDEX characters_by_folded ON characters (folded);

CREATE TABLE variations (
    id        INTEGER PRIMARY KEY AUTOINCREMENT,
    character INTEGER NOT NULL REFERENCES characters (id) ON DELETE CASCADE,
    kind      TEXT    NOT NULL CHECK (kind IN ('outfit', 'expression', 'pose')),
    name      TEXT    NOT NULL CHECK (name <> ''),
    folded    TEXT    NOT NULL CHECK (folded <> ''),
    prompt    TEXT    NOT NULL CHECK (prompt <> '')
) STRICT;

CREATE UNIQUE INDEX variations_by_name ON variations (character, folded);

CREATE TABLE character_references (
    id        INTEGER PRIMARY KEY AUTOINCREMENT,
    character INTEGER NOT NULL REFERENCES characters (id) ON DELETE CASCADE,
    pose      TEXT    NOT NULL CHECK (pose IN ('front', 'portrait', 'action', 'casual')),
    path      TEXT    NOT NULL CHECK (path <> ''),
    sha256    TEXT    NOT NULL CHECK (length(sha256) = 64),
    bytes     INTEGER NOT NULL CHECK (bytes > 0),
    width     INTEGER NOT NULL CHECK (width > 0),
    height    INTEGER NOT NULL CHECK (height > 0),
    added     INTEGER NOT NULL CHECK (added >= 0),
    added_by  INTEGER NOT NULL,
    artifact  INTEGER REFERENCES artifacts (id)
) STRICT;

CREATE UNIQUE INDEX character_references_once ON character_references (character, sha256);
CREATE INDEX character_references_by_path ON character_references (path);
CREATE INDEX character_references_by_artifact ON character_references (artifact) WHERE artifact IS NOT NULL;

-- ── pictures

ALTER TABLE artifacts ADD COLUMN kind TEXT NOT NULL DEFAULT 'images'
    CHECK (kind IN ('images', 'upscales', 'imports'));
ALTER TABLE artifacts ADD COLUMN created INTEGER NOT NULL DEFAULT 0 CHECK (created >= 0);
ALTER TABLE artifacts ADD COLUMN guild INTEGER;
ALTER TABLE artifacts ADD COLUMN project INTEGER REFERENCES projects (id);
ALTER TABLE artifacts ADD COLUMN origin_sha256 TEXT  -- of the file as it came
    CHECK (length(origin_sha256) = 64);
ALTER TABLE artifacts ADD COLUMN thumbnail TEXT;
ALTER TABLE artifacts ADD COLUMN measures TEXT;  -- JSON
ALTER TABLE artifacts ADD COLUMN fingerprint INTEGER;  -- 64 bits, as a signed number
ALTER TABLE artifacts ADD COLUMN likeness TEXT;  -- JSON
ALTER TABLE artifacts ADD COLUMN near INTEGER REFERENCES artifacts (id);
ALTER TABLE artifacts ADD COLUMN review TEXT NOT NULL DEFAULT 'unreviewed'
    CHECK (review IN ('unreviewed', 'approved', 'rejected', 'withdrawn'));
ALTER TABLE artifacts ADD COLUMN deleted INTEGER;

-- Where pictures are counted from 1, attachments were written down one off: they are forgotten.
UPDATE artifacts SET attachment = NULL WHERE job NOT IN (SELECT job FROM artifacts WHERE position = 0);
UPDATE artifacts SET (created, guild, project, origin_sha256) =
    (SELECT jobs.created, jobs.guild, jobs.project, artifacts.sha256 FROM jobs WHERE jobs.id = artifacts.job);

CREATE INDEX artifacts_by_guild ON artifacts (guild, id) WHERE deleted IS NULL;
CREATE INDEX artifacts_by_guild_review ON artifacts (guild, review, id) WHERE deleted IS NULL;
-- The fingerprint is in it, for the newest ones to be compared without reading the rows.
CREATE INDEX artifacts_by_project ON artifacts (project, id, fingerprint)
    WHERE deleted IS NULL AND project IS NOT NULL;
CREATE INDEX artifacts_by_project_review ON artifacts (project, review, id)
    WHERE deleted IS NULL AND project IS NOT NULL;
CREATE INDEX artifacts_of_project ON artifacts (project) WHERE project IS NOT NULL;  -- for the foreign key
CREATE INDEX artifacts_by_created ON artifacts (created, id);
CREATE INDEX artifacts_by_origin ON artifacts (origin_sha256) WHERE deleted IS NULL;
CREATE INDEX artifacts_by_message ON artifacts (message) WHERE message IS NOT NULL;
CREATE INDEX artifacts_by_path ON artifacts (path) WHERE deleted IS NULL;
CREATE INDEX artifacts_by_thumbnail ON artifacts (thumbnail) WHERE thumbnail IS NOT NULL;
CREATE INDEX artifacts_by_near ON artifacts (near) WHERE near IS NOT NULL;

-- Who is in a picture. The review is here as well, for one character's pictures to be read from one index.
CREATE TABLE artifact_characters (
    artifact  INTEGER NOT NULL REFERENCES artifacts (id) ON DELETE CASCADE,
    character INTEGER NOT NULL REFERENCES characters (id) ON DELETE CASCADE,
    review    TEXT    NOT NULL,
    PRIMARY KEY (artifact, character)
) STRICT, WITHOUT ROWID;

CREATE INDEX artifact_characters_by_character ON artifact_characters (character, artifact);
CREATE INDEX artifact_characters_by_review ON artifact_characters (character, review, artifact);

CREATE TRIGGER artifacts_reviewed AFTER UPDATE OF review ON artifacts
BEGIN
    UPDATE artifact_characters SET review = NEW.review WHERE artifact = NEW.id;
END;

CREATE TRIGGER artifacts_deleted AFTER UPDATE OF deleted ON artifacts WHEN NEW.deleted IS NOT NULL
BEGIN
    DELETE FROM artifact_characters WHERE artifact = NEW.id;
END;

-- Files that nothing needs any more, until they are removed.
CREATE TABLE discards (
    path TEXT    PRIMARY KEY,
    at   INTEGER NOT NULL CHECK (at >= 0)
) STRICT, WITHOUT ROWID;

-- ── words

-- What was typed, what is drawn and who is in it, for every job; `findable` is a function of storage.words.
CREATE VIRTUAL TABLE job_words USING fts5 (
    typed, drawn, cast, content = '', columnsize = 0, prefix = '1 2 3',
    tokenize = 'unicode61 remove_diacritics 2'
);

INSERT INTO job_words (rowid, typed, drawn, cast)
SELECT id, findable(json_extract(request, '$.prompt')), findable(json_extract(recipe, '$.prompt')), ''
FROM jobs;

-- The picture on our shelf that a job starts from.
ALTER TABLE jobs ADD COLUMN reference TEXT;

UPDATE jobs SET reference = ifnull(json_extract(recipe, '$.reference.path'),
                                   json_extract(request, '$.reference.path'));

CREATE INDEX jobs_by_reference ON jobs (reference) WHERE reference IS NOT NULL;

-- How many incidents there were lately.
CREATE INDEX journal_incidents ON journal (at) WHERE incident IS NOT NULL AND kind = 'incident';
