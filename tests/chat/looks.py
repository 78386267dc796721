"""Values of all kinds for the cards, and what holds for every look."""

import re
from typing import Any

from hypothesis import strategies as st

from bot.chat.look import Look, Menu
from bot.core.generation import CastMember, Lora, StyleUsed
from bot.core.job import JobState
from bot.core.progress import Progress
from bot.core.queueing import Known, Learning
from bot.studio.gate import Away, DiskLow, Paused
from bot.studio.line import JobView
from tests.builders import (
    NOW,
    USER,
    a_card,
    a_failure,
    a_graph,
    a_job,
    a_lineage,
    a_project,
    a_recipe,
    a_reference,
    a_request,
    an_origin,
    some_timings,
)

SPICE = ["@everyone", "@here", "<@7>", "<@!7>", "<@&7>", "`", "``", "**", "_", "~~", "||", "[a](https://b.c)"]
SPICE += ["# ", "> ", "- ", "1. ", "-# ", "\\", "<t:1:R>", "</x:1>", "<:e:1>", "\n", "https://b.c", "😀", "'"]
spiced = st.lists(st.one_of(st.sampled_from(SPICE), st.text(max_size=40)), max_size=40).map("".join)
long = st.one_of(spiced, st.sampled_from(SPICE).map(lambda one: one * 2000), st.just("word " * 800))
names = spiced.map(lambda text: text[:80] or "x")

holds = st.one_of(
    st.none(),
    st.just(Paused(since=NOW)),
    st.builds(Away, since=st.just(NOW), reason=long),
    st.just(DiskLow(free=10**9, needed=2 * 10**9)),
)
estimates = st.one_of(
    st.builds(Known, ms=st.integers(0, 10**9), drawings=st.just(3)), st.just(Learning(drawings=2))
)


casts = st.lists(
    st.builds(
        CastMember,
        id=st.just(1),
        name=names,
        slug=st.just("x"),
        variations=st.lists(names, max_size=4).map(tuple),
    ),
    max_size=4,
).map(tuple)


@st.composite
def jobs(draw: Any) -> Any:
    prompt = draw(long)[:4000] or "x"
    recipe = a_recipe(
        prompt=prompt,
        negative=draw(long)[:4000],
        count=draw(st.integers(1, 8)),
        model=draw(st.one_of(st.none(), names)),
        workflow=draw(names),
        sampler=draw(names),
        loras=tuple(Lora(name=draw(names)) for _ in range(draw(st.integers(0, 6)))),
        reference=draw(st.sampled_from([None, a_reference()])),
        cast=draw(casts),
        style=draw(st.one_of(st.none(), names.map(lambda name: StyleUsed(id=1, name=name, revision=10**6)))),
        dropped=draw(st.sampled_from([(), ("word",) * 400])),
    )
    origin = an_origin(
        key="k",
        user_name=draw(names),
        user=draw(st.sampled_from([USER, 2**63])),
        channel=draw(st.sampled_from([None, 710])),
    )
    return a_job(
        id=draw(st.integers(1, 2**53)),
        request=a_request(prompt=prompt),
        recipe=recipe,
        origin=origin,
        state=draw(st.sampled_from(JobState)),
        lineage=draw(st.sampled_from([None, a_lineage(parent=4)])),
        post=draw(st.sampled_from([None, a_card(message=2**63)])),
        failure=draw(st.sampled_from([None])) if draw(st.booleans()) else draw(failures()),
        timings=draw(st.sampled_from([some_timings(), some_timings(total=14_230, post=12)])),
        cancel_requested=draw(st.booleans()),
    )


def failures() -> Any:
    kinds = ["refused", "execution", "out_of_memory", "no_output", "lost", "failed", "not_posted"]
    return st.builds(a_failure, kind=st.sampled_from(kinds), message=long, hint=long)


@st.composite
def views(draw: Any) -> JobView:
    job = draw(jobs())
    progress = Progress.of_graph(a_graph())
    return JobView(
        job=job,
        project=draw(st.one_of(st.none(), names.map(lambda name: a_project(name=name)))),
        place=draw(st.integers(1, 300)),
        wait=draw(estimates),
        starts=draw(st.sampled_from([None, NOW + 1000])),
        drawing_time=draw(estimates),
        progress=draw(st.sampled_from([None, progress])),
        hold=draw(holds),
        note=draw(st.one_of(st.just(""), long)),
    )


def check(look: Look) -> None:
    """Hold the look against Discord's limits, and against pinging anybody but the one who asked."""
    assert len(look.content) <= 2000
    assert len(look.title) <= 256
    assert len(look.text) <= 4096
    assert len(look.footer) <= 2048
    assert len(look.title) + len(look.text) + len(look.footer) <= 6000
    assert look.content or look.text or look.title
    for file in [*look.files, *([look.image] if look.image else [])]:
        assert len(file.alt) <= 1024
    for control in look.buttons:
        assert 0 < len(control.hint if isinstance(control, Menu) else control.label) <= 80
        assert len(control.custom_id) <= 100
    menus = sum(isinstance(control, Menu) for control in look.buttons)
    assert (len(look.buttons) - menus) / 5 + menus <= 5
    for text in (look.content, look.title, look.text):
        assert set(re.findall(r"<@[!&]?(\d+)>", text)) <= {str(USER), str(2**63)}
        assert re.search(r"@(everyone|here)", text, re.IGNORECASE) is None
