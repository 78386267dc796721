"""Every column of every table comes back as it went in."""

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from bot.core.job import Job
from bot.core.posting import PostingKind, nonce_of
from storage import artifacts, events, finding, jobs, journal, outbox, projects, settings, transitions
from storage.records import catalogue_json, catalogue_of, values_of_gallery
from tests.storage import strategies as some
from tests.storage.undoing import few, undone


@few
@given(new=some.new_jobs)
def test_a_new_job(db, new):
    with undone(db):
        job, _ = jobs._add(db, new=new)
        assert finding.by_id(db, job_id=job.id) == job


@few
@given(
    new=some.new_jobs,
    state=some.states,
    since=some.moments,
    attempt=some.counts,
    interrupted=some.counts,
    opened=some.counts,
    recipe=some.recipes,
    graph=st.none() | some.graphs,
    timings=some.timings,
    failure=st.none() | some.failures,
    note=some.texts,
)
def test_all_that_a_transition_writes(db, new, note, **changes):
    with undone(db):
        job, _ = jobs._add(db, new=new)
        moved: Job = replace(job, **changes)
        jobs._store(db, job=moved, was=job.state, note=note)
        assert finding.by_id(db, job_id=job.id) == moved
        event = events.of_job(db, job_id=job.id)[-1]
        assert (event.state, event.at, event.attempt, event.note) == (
            moved.state,
            moved.since,
            moved.attempt,
            note,
        )


@few
@given(new=some.new_jobs, card=some.cards, post=some.cards)
def test_card_and_post(db, new, card, post):
    with undone(db):
        job, _ = jobs._add(db, new=new)
        transitions.set_card(db, job_id=job.id, card=card)
        transitions.set_post(db, job_id=job.id, post=post)
        transitions.request_cancel(db, job_id=job.id)
        transitions.open_pictures(db, job_id=job.id)
        transitions.settle_card(db, job_id=job.id, card=card)
        (settled,) = db.execute("SELECT card_settled FROM jobs").fetchone()
        assert settled
        expected = replace(job, card=card, post=post, cancel_requested=True, opened=1)
        assert finding.by_id(db, job_id=job.id) == expected
        assert finding.by_message(db, message=card.message) == expected
        assert finding.by_message(db, message=post.message) == expected


@few
@given(new=some.new_jobs, artifact=some.artifacts)
def test_an_artifact(db, new, artifact):
    with undone(db):
        job, _ = jobs._add(db, new=new)
        artifacts.insert(db, [replace(artifact, job=job.id)])
        (kept,) = artifacts.of_job(db, job_id=job.id)
        assert replace(kept, id=0) == replace(artifact, job=job.id)


@few
@given(
    new=some.new_jobs, kind=st.sampled_from(PostingKind), card=some.cards, at=some.moments, reason=some.texts
)
def test_a_posting(db, new, kind, card, at, reason):
    with undone(db):
        job, _ = jobs._add(db, new=new)
        outbox.append(db, job, kind)
        (posting,) = outbox._due(db)
        assert (posting.job, posting.kind, posting.part, posting.created, posting.tried) == (
            job.id,
            kind,
            0,
            job.since,
            0,
        )
        assert posting.nonce == nonce_of(job.uid, kind, 0)
        outbox.close_sent(db, posting_id=posting.id, message=card, at=at)
        row = db.execute("SELECT state, channel, message, closed FROM outbox").fetchone()
        assert tuple(row) == ("sent", card.channel, card.message, at)


@few
@given(new=some.new_jobs, at=some.moments, reason=some.texts)
def test_a_dropped_posting_tells_why(db, new, at, reason):
    with undone(db):
        job, _ = jobs._add(db, new=new)
        outbox.append(db, job, PostingKind.NOTICE)
        outbox._drop(db, posting_id=outbox._due(db)[0].id, at=at, reason=reason)
        row = db.execute("SELECT state, reason, closed FROM outbox").fetchone()
        assert tuple(row) == ("dropped", reason, at)


@few
@given(
    guild=st.none() | some.snowflakes.filter(bool),
    name=some.texts.filter(str.casefold),
    gallery=st.none() | some.galleries,
    user=some.snowflakes,
    at=some.moments,
)
def test_a_project_and_who_is_at_it(db, guild, name, gallery, user, at):
    with undone(db):
        values = {"guild": guild, "name": name, "folded": name.casefold(), "slug": "a-1", "created": at}
        said = {"description": "", "threads": "project", "rating": "everyone", "workflow": None}
        values |= {**said, "created_by": user, **values_of_gallery(gallery)}
        project = projects._insert(db, values=values)
        assert (project.guild, project.name, project.created, project.created_by) == (guild, name, at, user)
        assert project.gallery == gallery
        assert projects._by_id(db, project_id=project.id) == project
        projects._use(db, guild=guild, user=user, project=project.id)
        assert projects._in_use(db, guild=guild, user=user) == project


@few
@given(
    guild=some.snowflakes,
    gallery=st.none() | some.galleries,
    reactions=st.none() | st.lists(some.texts, max_size=3).map(tuple),
)
def test_a_guilds_settings(db, guild, gallery, reactions):
    with undone(db):
        settings._set_reactions(db, guild=guild, emoji=reactions)
        settings._set_reviewer_role(db, guild=guild, role=guild)
        assert settings._of_guild(db, guild=guild).reactions == reactions
        assert settings._of_guild(db, guild=guild).reviewer_role == guild
        settings._set_gallery(db, guild=guild, gallery=gallery)
        assert settings._of_guild(db, guild=guild).gallery == gallery
        settings._set_admin_channel(db, guild=guild, channel=guild)
        assert settings._of_guild(db, guild=guild).admin_channel == guild
        assert settings._of_guild(db, guild=guild).gallery == gallery
        assert settings._admin_channels(db) == [guild]


@few
@given(key=some.texts, value=some.texts)
def test_a_setting_of_the_studio(db, key, value):
    with undone(db):
        settings._set(db, key=key, value=value)
        assert settings._value_of(db, key=key) == value


@few
@given(catalogue=some.catalogues)
def test_a_catalogue(catalogue):
    assert catalogue_of(catalogue_json(catalogue)) == catalogue


@few
@given(entry=some.entries)
def test_an_entry_of_the_journal(db, entry):
    with undone(db):
        journal._append(db, entry=entry)
        assert journal._newest(db, limit=1) == [entry]


def test_no_column_is_forgotten_by_these_rules(db):
    """A column that a later migration adds fails here until a test above or for the library covers it."""
    tables = [name for (name,) in db.execute("SELECT name FROM pragma_table_list WHERE type = 'table'")]
    columns = {
        table: len(list(db.execute("SELECT name FROM pragma_table_xinfo(?)", (table,))))
        for table in tables
        if not table.startswith("sqlite_")
    }
    assert columns == {
        "artifact_characters": 3,
        "artifacts": 27,
        "batches": 20,
        "character_references": 11,
        "characters": 17,
        "decisions": 9,
        "discards": 2,
        "guild_settings": 7,
        "job_counts": 2,
        "job_events": 6,
        "jobs": 47,
        "journal": 10,
        "lessons": 10,
        "outbox": 12,
        "pins": 7,
        "plans": 4,
        "project_choices": 3,
        "project_threads": 3,
        "projects": 17,
        "studio_settings": 2,
        "style_revisions": 6,
        "styles": 6,
        "turns": 2,
        "variations": 6,
    }
