-- Whose card may still offer to cancel what has ended: the last edit may have died with the process.

ALTER TABLE jobs ADD COLUMN card_settled INTEGER NOT NULL DEFAULT 0 CHECK (card_settled IN (0, 1));

UPDATE jobs SET card_settled = 1 WHERE state IN ('delivered', 'shelved', 'failed', 'cancelled');

CREATE INDEX jobs_unsettled ON jobs (since)
    WHERE card_settled = 0 AND card_message IS NOT NULL
          AND state IN ('delivered', 'shelved', 'failed', 'cancelled');
