"""What was drawn is found again: by words in any script, and by what came from what."""

import pytest

from bot.core.errors import WrongState
from bot.core.generation import CastMember
from bot.core.job import JobState
from bot.core.lineage import Descent
from tests.builders import (
    GUILD,
    NOW,
    a_batch,
    a_lineage,
    a_new_job,
    a_new_project,
    a_recipe,
    a_request,
    an_artifact,
    an_origin,
)


async def drawn(stores, typed, *, final="", cast=(), guild=GUILD, **changes):
    """Store a job with these words and return its number."""
    members = tuple(CastMember(id=number, name=name, slug=name) for number, name in enumerate(cast))
    new = a_new_job(
        request=a_request(prompt=typed),
        recipe=a_recipe(prompt=final, cast=members),
        origin=an_origin(guild=guild),
        **changes,
    )
    job, _ = await stores.jobs.add(new)
    return job.id


async def found(stores, words, **asked):
    return [job.id for job in await stores.jobs.find(words, **{"guild": GUILD, **asked})]


# ── words


async def test_jobs_are_found_by_all_the_words_in_any_order_and_case(stores):
    fox = await drawn(stores, "A fox in the Harbour, at night")
    await drawn(stores, "A fox in the woods")
    assert await found(stores, "harbour FOX") == [fox]
    assert await found(stores, "harbour heron") == []


async def test_the_last_word_may_be_only_begun(stores):
    harbour = await drawn(stores, "a fox, harbour")
    assert await found(stores, "fox harb") == [harbour]
    assert await found(stores, "h") == [harbour]
    assert await found(stores, "harb fox") == []
    assert await found(stores, "arbour") == []


async def test_what_is_drawn_and_who_is_in_it_is_found_as_well_as_what_was_typed(stores):
    job = await drawn(stores, "@yuki running", final="masterpiece, silver hair", cast=["Yuki", "Mira"])
    for words in ("running", "silver", "mira", "yuki masterpiece mira"):
        assert await found(stores, words) == [job]


@pytest.mark.parametrize("words", ["cafe", "CAFÉ", "cafe\u0301", "ｃａｆé"])
async def test_accents_and_wide_letters_make_no_difference(stores, words):
    job = await drawn(stores, "in the Café")
    assert await found(stores, words) == [job]


async def test_a_letter_that_folds_into_two_is_found_either_way(stores):
    job = await drawn(stores, "STRASSE am Hafen")
    assert await found(stores, "straße hafen") == [job]


@pytest.mark.parametrize(
    ("typed", "part"),
    [
        ("夜の港に立つ銀髪の少女", "銀髪"),
        ("夜の港に立つ銀髪の少女", "港に立つ"),
        ("夜の港に立つ銀髪の少女", "少"),
        ("夜の港に立つ銀髪の少女", "銀髪 夜"),
        ("ハンバーガーを食べる", "バーガー"),
        ("ﾊﾝﾊﾞｰｶﾞｰ", "バーガー"),
        ("佐々木の絵", "佐々木"),
        ("은발의 소녀가 항구에", "소녀"),
        ("은발의소녀가항구에", "소녀"),
        ("港口的银发少女", "银发"),
        ("Tokyo東京tower", "東京"),
        ("𠮷野家の前", "𠮷野"),
    ],
)
async def test_words_without_blanks_between_them_are_found_by_their_parts(stores, typed, part):
    job = await drawn(stores, typed)
    await drawn(stores, "a fox, 狐")
    assert await found(stores, part) == [job]


@pytest.mark.parametrize("words", ["銀の髪", "髪銀", "少女銀"])
async def test_signs_that_do_not_follow_each_other_are_no_word(stores, words):
    await drawn(stores, "銀髪の少女", final="髪")
    assert await found(stores, words) == []


async def test_the_end_of_one_text_and_the_beginning_of_the_next_are_no_word(stores):
    await drawn(stores, "夜の東", final="京の塔", cast=["都"])
    assert await found(stores, "東京") == []
    assert await found(stores, "京都") == []


@pytest.mark.parametrize(
    "words",
    [
        "", "   ", "*", '"', "'", '""', "(", ")", "^", ":", "-", "+", "{", "}", ",", "_", "\0", "😀",
        "fox AND", "NOT fox", "fox OR heron", "NEAR(fox heron)", "typed:fox", "-fox zebra", '"fox" zebra',
        "fox* zebra", "a\0b", "' OR 1=1 --", "{typed drawn}:fox zebra", "^fox zebra", "\ud800",
    ],
)  # fmt: skip
async def test_nothing_that_people_type_is_a_command(stores, words):
    await drawn(stores, "a fox, harbour")
    assert await found(stores, words) == []


@pytest.mark.parametrize("words", ['"fox', "fox-harbour", "(fox)", "fox*", "fox:", "+fox", "fox, harbour!"])
async def test_signs_between_words_are_passed_over(stores, words):
    job = await drawn(stores, "a fox, harbour")
    assert await found(stores, words) == [job]


async def test_words_that_the_search_language_knows_are_words(stores):
    job = await drawn(stores, "not near and or")
    assert await found(stores, "NEAR AND NOT OR") == [job]


async def test_a_whole_prompt_finds_what_was_drawn_with_it(stores):
    prompt = ", ".join(f"word{number}" for number in range(500))
    job = await drawn(stores, prompt)
    assert await found(stores, prompt) == [job]


async def test_the_newest_are_found_first_page_by_page(stores):
    jobs = [await drawn(stores, f"fox {number}") for number in range(5)]
    assert await found(stores, "fox", limit=2) == [jobs[4], jobs[3]]
    assert await found(stores, "fox", limit=2, before=jobs[3]) == [jobs[2], jobs[1]]
    assert await found(stores, "fox", before=jobs[0]) == []
    assert await found(stores, "fox", limit=2, after=jobs[0]) == [jobs[2], jobs[1]]
    assert await found(stores, "fox", after=jobs[4]) == []


async def test_only_the_servers_own_are_found(stores):
    ours, theirs, nobodys = [await drawn(stores, "fox", guild=guild) for guild in (GUILD, 9, None)]
    assert await found(stores, "fox") == [ours]
    assert await found(stores, "fox", guild=9) == [theirs]
    assert await found(stores, "fox", guild=None) == [nobodys]


async def test_a_search_can_be_kept_to_a_project(stores):
    for name in ("Harbour", "Woods"):
        slug = name.casefold()
        await stores.projects.add(a_new_project(name=name, slug=slug))
    first, second = [await drawn(stores, "fox", project=project) for project in (1, 2)]
    await drawn(stores, "fox")
    assert await found(stores, "fox", project=1) == [first]
    assert await found(stores, "fox", project=2) == [second]
    assert await found(stores, "fox", project=2, guild=9) == []
    await stores.artifacts.move(first, project=2)
    assert await found(stores, "fox", project=2) == [second, first]


async def test_the_jobs_of_a_batch_are_found(stores):
    await stores.batches.add(a_batch(), [a_new_job(request=a_request(prompt="a heron"))])
    assert await found(stores, "heron") == [1]


async def test_a_request_that_comes_twice_is_found_once(stores):
    for _ in range(2):
        await stores.jobs.add(a_new_job(request=a_request(prompt="heron"), origin=an_origin(key="press")))
    assert await found(stores, "heron") == [1]


# ── drawn elsewhere


async def test_what_was_drawn_elsewhere_is_shelved_at_once_with_its_pictures(stores):
    pictures = [an_artifact(job=0, index=number, path=f"library/{number}.png") for number in (0, 1)]
    new = a_new_job(request=a_request(prompt="a heron"))
    job = await stores.jobs.add_ended(new, artifacts=pictures)
    assert (job.state, job.uid, job.since) == (JobState.SHELVED, new.uid, new.created)
    assert await stores.jobs.get(job.id) == job
    made = await stores.jobs.artifacts(job.id)
    assert [(picture.job, picture.path) for picture in made] == [
        (job.id, "library/0.png"),
        (job.id, "library/1.png"),
    ]
    assert [event.state for event in await stores.jobs.events(job.id)] == [JobState.SHELVED]
    assert (await stores.jobs.counts())[JobState.SHELVED] == 1
    assert await found(stores, "heron") == [job.id]
    assert await stores.outbox.due() == []
    with pytest.raises(WrongState):
        job.to(JobState.QUEUED, at=NOW)


async def test_what_is_taken_over_twice_is_one_job(stores):
    new = a_new_job(origin=an_origin(key="sha"))
    jobs = [await stores.jobs.add_ended(new, artifacts=[an_artifact()]) for _ in range(2)]
    assert jobs[0] == jobs[1]
    assert len(await stores.jobs.artifacts(jobs[0].id)) == 1


# ── kin


async def child_of(stores, parent, how=Descent.VARY):
    return await drawn(stores, "fox", lineage=a_lineage(parent=parent, how=how, picture=1))


async def test_a_jobs_children_are_those_that_came_from_it(stores):
    first, other = await drawn(stores, "fox"), await drawn(stores, "fox")
    children = [await child_of(stores, first) for _ in range(2)]
    await child_of(stores, children[0])
    assert [job.id for job in await stores.jobs.children(first)] == children
    assert await stores.jobs.children(other) == []
    assert await stores.jobs.children(2**70) == []


@pytest.fixture
async def tree(stores):
    """1 has the children 3 and 4; 3 has 5, and 5 has 6. 2 is a stranger."""
    for parent in (None, None, 1, 1, 3, 5):
        if parent is None:
            await drawn(stores, "fox")
        else:
            await child_of(stores, parent)


@pytest.mark.usefixtures("tree")
@pytest.mark.parametrize("member", [1, 3, 4, 6])
async def test_a_family_is_all_that_came_from_the_eldest(stores, member):
    assert [job.id for job in await stores.jobs.family(member)] == [1, 3, 4, 5, 6]


@pytest.mark.usefixtures("tree")
@pytest.mark.parametrize(("member", "family"), [(6, [1, 3, 5, 6]), (1, [1, 3, 4, 5]), (4, [1, 3, 4, 5])])
async def test_of_a_large_family_the_own_line_is_kept_first(stores, member, family):
    assert [job.id for job in await stores.jobs.family(member, limit=4)] == family


@pytest.mark.usefixtures("tree")
async def test_who_has_no_kin_is_a_family_alone(stores):
    assert [job.id for job in await stores.jobs.family(2)] == [2]
    for stranger in (99, 2**70):
        assert await stores.jobs.family(stranger) == []


async def test_a_long_line_is_cut_at_its_far_end(stores):
    newest = await drawn(stores, "fox")
    for _ in range(9):
        newest = await child_of(stores, newest)
    assert [job.id for job in await stores.jobs.family(newest, limit=3)] == [8, 9, 10]


# ── what hangs on a project
