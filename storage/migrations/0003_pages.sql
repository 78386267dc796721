-- Each page of `/job list` is read from one index, newest first, whatever it is filtered by and however few
-- jobs fit: the index has all that is asked for before the id.

DROP INDEX jobs_by_user;
DROP INDEX jobs_by_guild;
DROP INDEX jobs_by_project;

CREATE INDEX jobs_by_guild ON jobs (guild, id);
CREATE INDEX jobs_by_guild_state ON jobs (guild, state, id);
CREATE INDEX jobs_by_guild_user ON jobs (guild, user, id);
CREATE INDEX jobs_by_guild_user_state ON jobs (guild, user, state, id);
CREATE INDEX jobs_by_project ON jobs (project, id) WHERE project IS NOT NULL;
CREATE INDEX jobs_by_project_state ON jobs (project, state, id) WHERE project IS NOT NULL;
CREATE INDEX jobs_by_project_user ON jobs (project, user, id) WHERE project IS NOT NULL;
CREATE INDEX jobs_by_project_user_state ON jobs (project, user, state, id) WHERE project IS NOT NULL;
