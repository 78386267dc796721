"""Any job that could be: values of every type that is stored, as far as the schema's own rules allow."""

from hypothesis import strategies as st

from bot.core.artifact import Artifact, ArtifactKind, Output
from bot.core.batching import Batch, BatchKind, BatchState, Outline
from bot.core.catalogue import Catalogue, ModelFacts
from bot.core.characters import Appearance, Pose, VariationKind
from bot.core.families import ModelFamily
from bot.core.generation import (
    Aspect,
    CastMember,
    GenerationRequest,
    Load,
    Lora,
    Origin,
    Recipe,
    Reference,
    Size,
    StyleUsed,
)
from bot.core.job import Card, Failure, JobState, Priority, Timings, Warmth
from bot.core.library import Gallery, GalleryKind, Project, Rating, Threads
from bot.core.likeness import Fingerprint, Likeness
from bot.core.lineage import Descent, Lineage
from bot.core.quality import Measures
from bot.core.review import Reason, Review
from bot.core.styles import StyleSheet
from bot.core.workflow import Graph, Node
from bot.ports.library import NewCharacter, NewReference, NewVariation
from bot.ports.review import Pin, Verdict
from bot.ports.stores import Entry, EntryKind, NewJob

texts = st.text(max_size=40)
snowflakes = st.integers(0, 2**63 - 1)
moments = st.integers(0, 2**45)
seeds = st.integers(0, 2**64 - 1)
counts = st.integers(1, 2**31)
floats = st.floats(allow_nan=False, allow_infinity=False)
digests = st.text("0123456789abcdef", min_size=64, max_size=64)
sizes = st.builds(Size, width=st.integers(1, 2**20), height=st.integers(1, 2**20))

loras = st.lists(st.builds(Lora, name=texts, strength=floats), max_size=3).map(tuple)
names = st.lists(texts, max_size=3).map(tuple)
families = st.sampled_from(ModelFamily)
cast_members = st.builds(CastMember, id=snowflakes, name=texts, slug=texts, variations=names)
references = st.builds(Reference, sha256=digests, path=texts, size=sizes)
requests = st.builds(
    GenerationRequest,
    prompt=texts,
    negative=st.none() | texts,
    project=st.none() | texts,
    workflow=st.none() | texts,
    size=st.none() | sizes | st.sampled_from(Aspect),
    count=st.none() | counts,
    seed=st.none() | seeds,
    steps=st.none() | counts,
    cfg=st.none() | floats,
    sampler=st.none() | texts,
    scheduler=st.none() | texts,
    model=st.none() | texts,
    loras=loras,
    reference=st.none() | references,
    denoise=st.none() | floats,
    scale=st.none() | floats,
    upscaler=st.none() | texts,
    style=st.none() | texts,
    characters=names,
    variations=names,
    allow_smaller=st.booleans(),
    contact_sheet=st.booleans(),
)
recipes = st.builds(
    Recipe,
    workflow=texts,
    prompt=texts,
    negative=texts,
    size=sizes,
    count=counts,
    seed=seeds,
    steps=counts,
    cfg=floats,
    sampler=texts,
    scheduler=texts,
    model=st.none() | texts,
    loras=loras,
    reference=st.none() | references,
    denoise=floats,
    scale=floats,
    upscaler=st.none() | texts,
    cast=st.lists(cast_members, max_size=3).map(tuple),
    style=st.none() | st.builds(StyleUsed, id=snowflakes, name=texts, revision=counts),
    family=st.none() | families,
    model_hash=st.none() | texts,
    renderer=texts,
    dropped=names,
    lightened_from=st.none() | st.builds(Load, size=sizes, count=counts),
    redrawn_from=st.none() | seeds,
)
origins = st.builds(
    Origin,
    key=st.uuids().map(str),
    user=snowflakes,
    user_name=texts,
    guild=st.none() | snowflakes,
    channel=st.none() | snowflakes,
)

json_values = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**70), 2**70) | floats | texts,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(texts, inner, max_size=3),
    max_leaves=5,
)
nodes = st.builds(Node, class_type=texts, inputs=st.dictionaries(texts, json_values, max_size=3), title=texts)
graphs = st.builds(Graph, nodes=st.dictionaries(texts, nodes, min_size=1, max_size=3))

new_jobs = st.builds(
    NewJob,
    uid=st.uuids(),
    request=requests,
    recipe=recipes,
    origin=origins,
    created=moments,
    graph=st.none() | graphs,
    project=st.none(),
    lineage=st.none()
    | st.builds(Lineage, parent=st.just(1), how=st.sampled_from(Descent), picture=st.none() | counts),
    batch=st.none(),
    priority=st.sampled_from(Priority),
)

durations = st.none() | st.integers(-(2**40), 2**40)
timings = st.builds(
    Timings,
    queued=durations,
    load=durations,
    sample=durations,
    save=durations,
    drawing=durations,
    fetch=durations,
    post=durations,
    total=durations,
    warmth=st.none() | st.sampled_from(Warmth),
)
failures = st.builds(Failure, kind=texts, message=texts, hint=texts)
cards = st.builds(Card, channel=snowflakes, message=snowflakes)
states = st.sampled_from(JobState)

measures = st.builds(
    Measures,
    size=sizes,
    span=counts,
    exposure=floats,
    contrast=floats,
    shadows=floats,
    highlights=floats,
    blackness=floats,
    sharpness=st.none() | floats,
    aspect=st.none() | floats,
)
likenesses = st.builds(
    Likeness, score=floats, colour=floats, structure=floats, mean=floats, references=counts
)
artifacts = st.builds(
    Artifact,
    job=st.just(1),
    index=st.just(0),
    path=texts.filter(bool),
    sha256=digests,
    bytes=counts,
    size=sizes,
    media_type=texts,
    source=st.builds(Output, filename=texts, subfolder=texts, type=texts, node=texts),
    id=st.just(0),
    message=st.none() | snowflakes,
    attachment=st.none() | snowflakes,
    kind=st.sampled_from(ArtifactKind),
    created=moments,
    origin_sha256=st.none() | digests,
    thumbnail=st.none() | texts,
    measures=st.none() | measures,
    fingerprint=st.none() | st.integers(0, 2**64 - 1).map(Fingerprint),
    likeness=st.none() | likenesses,
    near=st.none(),
    review=st.sampled_from(Review),
    deleted=st.none() | moments,
)

galleries = st.builds(
    Gallery, channel=snowflakes, kind=st.sampled_from(GalleryKind), thread=st.none() | snowflakes
)
catalogues = st.builds(
    Catalogue,
    checkpoints=st.lists(texts, max_size=3).map(tuple),
    loras=st.lists(texts, max_size=3).map(tuple),
    samplers=st.lists(texts, max_size=3).map(tuple),
    schedulers=st.lists(texts, max_size=3).map(tuple),
    nodes=st.frozensets(texts, max_size=3),
    seen=moments,
    upscalers=names,
    facts=st.dictionaries(
        texts, st.builds(ModelFacts, family=st.none() | families, hash=st.none() | texts), max_size=3
    ),
    version=texts,
)
entries = st.builds(
    Entry,
    kind=st.sampled_from(EntryKind),
    name=texts,
    at=moments,
    user=st.none() | snowflakes,
    guild=st.none() | snowflakes,
    channel=st.none() | snowflakes,
    job=st.none() | snowflakes,
    incident=st.none() | texts,
    detail=st.dictionaries(texts, texts, max_size=3),
)

# ── the library

filled = texts.filter(str.casefold)
projects = st.builds(
    Project,
    id=st.just(1),
    guild=st.none() | snowflakes.filter(bool),
    name=filled,
    slug=st.just("a-1"),
    created=moments,
    created_by=snowflakes,
    gallery=st.none() | galleries,
    description=texts,
    threads=st.sampled_from(Threads),
    rating=st.sampled_from(Rating),
    workflow=st.none() | texts,
    style=st.none(),
    archived=st.none() | moments,
    deleted=st.none(),
)
style_sheets = st.builds(
    StyleSheet,
    model=st.none() | texts,
    sampler=st.none() | texts,
    scheduler=st.none() | texts,
    steps=st.none() | counts,
    cfg=st.none() | floats,
    size=st.none() | sizes | st.sampled_from(Aspect),
    positive=texts,
    negative=texts,
    loras=loras,
)
appearances = st.builds(
    Appearance, hair=texts, eyes=texts, clothing=texts, key_colours=texts, common_errors=texts
)
new_characters = st.builds(
    NewCharacter,
    project=st.just(1),
    name=filled,
    slug=st.just("b-2"),
    by=snowflakes,
    at=moments,
    design_prompt=texts,
    appearance=appearances,
    trigger=texts,
    lora=st.none() | st.builds(Lora, name=texts, strength=floats),
)
new_variations = st.builds(
    NewVariation, kind=st.sampled_from(VariationKind), name=filled, prompt=texts.filter(bool)
)
new_references = st.builds(
    NewReference,
    character=st.just(1),
    pose=st.sampled_from(Pose),
    path=texts.filter(bool),
    sha256=digests,
    bytes=counts,
    size=sizes,
    by=snowflakes,
    at=moments,
    artifact=st.none(),
)
verdicts = st.builds(
    Verdict,
    artifact=st.just(1),
    by=snowflakes,
    by_name=texts,
    at=moments,
    after=st.sampled_from(Review),
    reasons=st.lists(st.sampled_from(Reason), max_size=3, unique=True).map(tuple),
    note=texts,
)
pins = st.builds(
    Pin, reference=references, at=moments, job=st.none() | st.just(1), picture=st.none() | counts
)
batches = st.builds(
    Batch,
    id=st.just(1),
    key=texts,
    title=texts,
    kind=st.sampled_from(BatchKind),
    guild=st.none() | snowflakes,
    channel=st.none() | snowflakes,
    user=snowflakes,
    user_name=texts,
    created=moments,
    project=st.none(),
    priority=st.sampled_from(Priority),
    state=st.sampled_from(BatchState),
    since=moments,
    card=st.none() | cards,
    ends_with_sheet=st.booleans(),
    report=st.none() | cards,
)
outlines = st.builds(
    Outline,
    kind=st.sampled_from(BatchKind),
    base=requests,
    title=texts,
    text=st.none() | texts,
    outfits=names,
    poses=names,
    expressions=names,
    styles=names,
    seeds=st.lists(seeds, max_size=3).map(tuple),
    ends_with_sheet=st.booleans(),
)
