"""Every column of the library's tables comes back as it went in."""

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from bot.core.styles import Revision
from bot.ports.library import PictureFilter
from storage import artifacts, batches, characters, discards, jobs, pictures, pins, plans, projects, styles
from storage import reviews as decided
from storage.records import values_of_gallery
from tests.builders import a_new_job, a_recipe, an_artifact
from tests.storage import strategies as some
from tests.storage.undoing import few, undone


def a_project_in(db, guild=None, gallery=None, *, name="Harbour", created=0, by=1):
    said = {"description": "", "threads": "project", "rating": "everyone", "workflow": None}
    values = {"guild": guild, "name": name, "folded": name.casefold(), "slug": "a-1", "created": created}
    return projects._insert(db, values={**values, **said, "created_by": by, **values_of_gallery(gallery)})


def a_job_in(db, **changes):
    job, _ = jobs._add(db, new=a_new_job(**changes))
    return job


@few
@given(project=some.projects, thread=some.snowflakes, subject=some.texts.filter(bool))
def test_a_project(db, project, thread, subject):
    with undone(db):
        stored = a_project_in(db, project.guild, created=project.created, by=project.created_by)
        style = styles._insert(
            db, project=stored.id, name="Ink", first=Revision(number=1, sheet=some_sheet(), by=1, at=1)
        )
        given = replace(project, id=stored.id, style=style.id)
        changed = projects._change(db, project=given, was=stored)
        gallery = given.gallery and replace(given.gallery, thread=None)
        assert changed == replace(given, gallery=gallery)
        projects._set_subject(db, project_id=stored.id, thread=thread, subject=subject)
        assert projects._thread_of(db, project_id=stored.id, subject=subject) == thread


def some_sheet():
    return some.StyleSheet(steps=30)


@few
@given(
    name=some.filled,
    sheets=st.lists(some.style_sheets, min_size=2, max_size=2),
    by=some.snowflakes,
    at=some.moments,
    why=some.texts,
)
def test_a_style_and_its_history(db, name, sheets, by, at, why):
    with undone(db):
        a_project_in(db)
        first, second = [
            Revision(number=number, sheet=sheet, by=by, at=at, why=why)
            for number, sheet in enumerate(sheets, start=1)
        ]
        style = styles._insert(db, project=1, name=name, first=first)
        assert (style.name, style.created, style.created_by, style.revision) == (name, at, by, first)
        style = styles._revise(db, style=style, revision=second, name=name)
        assert styles._by_id(db, style_id=style.id) == style
        assert styles._history(db, style_id=style.id) == [second, first]


@few
@given(new=some.new_characters, other=some.new_characters, archived=st.none() | some.moments)
def test_a_character(db, new, other, archived):
    with undone(db):
        a_project_in(db)
        character = characters._add(db, new=new, variations=[], references=[])
        assert (character.name, character.slug, character.created, character.created_by) == (
            new.name,
            new.slug,
            new.at,
            new.by,
        )
        assert (character.design_prompt, character.appearance) == (new.design_prompt, new.appearance)
        assert (character.trigger, character.lora) == (new.trigger, new.lora)
        wanted = replace(
            character,
            name=other.name,
            design_prompt=other.design_prompt,
            appearance=other.appearance,
            trigger=other.trigger,
            lora=other.lora,
            archived=archived,
        )
        assert characters._change(db, character=wanted, was=character) == wanted
        assert characters._by_id(db, character_id=character.id) == wanted


@few
@given(new=some.new_characters, variation=some.new_variations, reference=some.new_references)
def test_what_a_character_has(db, new, variation, reference):
    with undone(db):
        a_project_in(db)
        a_job_in(db)
        artifacts.insert(db, [an_artifact()])
        pictured = replace(reference, artifact=1)
        characters._add(db, new=new, variations=[variation], references=[pictured])
        (kept,) = characters._variations(db, character_id=1)
        assert (kept.kind, kept.name, kept.prompt) == (variation.kind, variation.name, variation.prompt)
        (picture,) = characters._references(db, character_id=1)
        assert (picture.pose, picture.path, picture.sha256) == (
            reference.pose,
            reference.path,
            reference.sha256,
        )
        assert (picture.bytes, picture.size, picture.artifact) == (reference.bytes, reference.size, 1)
        assert (picture.added, picture.added_by) == (reference.at, reference.by)


@few
@given(new=some.new_characters, artifact=some.artifacts)
def test_whose_picture_it_is_and_what_it_is_near(db, new, artifact):
    with undone(db):
        a_project_in(db)
        who = characters._add(db, new=new, variations=[], references=[])
        member = some.CastMember(id=who.id, name=who.name, slug=who.slug)
        a_job_in(db, recipe=a_recipe(cast=(member,)))
        pair = [replace(artifact, index=0, deleted=None), replace(artifact, index=1, near=1, deleted=None)]
        artifacts.insert(db, pair)
        kept = pictures._page(
            db,
            wanted=PictureFilter(character=who.id, review=artifact.review),
            before=None,
            after=None,
            limit=9,
        )
        assert [replace(one, id=0) for one in kept] == pair[::-1]


@few
@given(verdict=some.verdicts, new=some.new_characters, family=some.families, term=some.filled)
def test_a_decision_and_what_it_taught(db, verdict, new, family, term):
    with undone(db):
        a_project_in(db)
        characters._add(db, new=new, variations=[], references=[])
        a_job_in(db)
        artifacts.insert(db, [an_artifact()])
        made = decided._decide(db, verdict=replace(verdict, lessons={(1, family): (term,)}))
        assert (made.by, made.by_name, made.at, made.after) == (
            verdict.by,
            verdict.by_name,
            verdict.at,
            verdict.after,
        )
        assert (made.reasons, made.note) == (verdict.reasons, verdict.note)
        assert decided._decisions(db, artifact_id=1) == [made]
        (lesson,) = decided._lessons(db, character=1, family=family)
        assert (lesson.term, lesson.at, lesson.by, lesson.decision) == (
            term,
            verdict.at,
            verdict.by,
            made.id,
        )
        decided._unlearn(db, lesson_ids=[lesson.id], by=verdict.by, at=verdict.at)
        row = db.execute("SELECT removed, removed_by FROM lessons").fetchone()
        assert tuple(row) == (verdict.at, verdict.by)


@few
@given(pin=some.pins, guild=some.snowflakes, user=some.snowflakes)
def test_a_pin(db, pin, guild, user):
    with undone(db):
        a_job_in(db)
        pins._put(db, values=pins.values_of_pin(pin, guild=guild, user=user))
        assert pins._take(db, guild=guild, user=user, at=pin.at) == pin


@few
@given(batch=some.batches)
def test_a_batch(db, batch):
    with undone(db):
        kept, _ = batches._add(db, batch=batch, jobs=[])
        assert kept == replace(batch, id=kept.id)
        assert batches._by_id(db, batch_id=kept.id) == kept


@few
@given(outline=some.outlines, origin=some.origins, at=some.moments)
def test_a_plan(db, outline, origin, at):
    with undone(db):
        plan = plans._keep(db, outline=outline, origin=origin, at=at, forget_before=0)
        assert (plan.outline, plan.origin, plan.at) == (outline, origin, at)
        assert plans._by_id(db, plan_id=plan.id) == plan


@few
@given(path=some.digests, at=some.moments)
def test_what_is_discarded(db, path, at):
    with undone(db):
        artifacts.discard(db, files=[path], at=at)
        assert tuple(db.execute("SELECT * FROM discards").fetchone()) == (path, at)
        assert discards._due(db, limit=2) == [path]
