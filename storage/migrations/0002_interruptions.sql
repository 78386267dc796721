-- How often a job was broken off or its pictures were begun to be decoded, and where the studio's troubles are told.

ALTER TABLE jobs ADD COLUMN interrupted INTEGER NOT NULL DEFAULT 0 CHECK (interrupted >= 0);
ALTER TABLE jobs ADD COLUMN opened INTEGER NOT NULL DEFAULT 0 CHECK (opened >= 0);
ALTER TABLE guild_settings ADD COLUMN admin_channel INTEGER;

CREATE INDEX guild_settings_to_tell ON guild_settings (admin_channel) WHERE admin_channel IS NOT NULL;
