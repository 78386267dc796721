-- What 0002 made room for, in the rows that were there.

UPDATE jobs SET interrupted = 1, opened = 3 WHERE id = 2;
UPDATE guild_settings SET admin_channel = 730 WHERE guild = 700;
