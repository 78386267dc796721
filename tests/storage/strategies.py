"""Any job that could be: values of every type that is stored, as far as the schema's own rules allow."""

from hypothesis import strategies as st

from bot.core.artifact import Artifact, Output
from bot.core.catalogue import Catalogue
from bot.core.generation import Aspect, GenerationRequest, Lora, Origin, Recipe, Reference, Size
from bot.core.job import Card, Failure, JobState, Priority, Timings, Warmth
from bot.core.library import Gallery, GalleryKind
from bot.core.workflow import Graph, Node
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
    lineage=st.none(),
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
