from dataclasses import replace

import pytest

from bot.ports.stores import EntryKind
from tests.builders import NOW, an_entry


async def test_the_newest_entries_come_first(stores):
    entries = [an_entry(at=NOW + number, name=f"command {number}") for number in range(4)]
    for entry in entries:
        await stores.journal.write(entry)
    assert await stores.journal.newest() == entries[::-1]
    assert await stores.journal.newest(limit=2) == [entries[3], entries[2]]


@pytest.mark.parametrize("kind", EntryKind)
async def test_an_entry_comes_back_as_it_was_written(stores, kind):
    detail = {"prompt": "1girl, 'silver' \"hair\" 日本語", "count": "2"}
    entry = an_entry(kind=kind, user=None, guild=1, channel=2, incident="7f3a", detail=detail)
    await stores.journal.write(entry)
    assert await stores.journal.newest() == [entry]


async def test_a_job_that_was_only_typed_can_be_logged(stores):
    await stores.journal.write(an_entry(name="job show", job=99_999))
    assert (await stores.journal.newest())[0].job == 99_999


async def test_it_is_known_whose_reactions_to_a_job_were_served(stores):
    served = an_entry(kind=EntryKind.REACTION, name="✉️", job=7, user=1)
    refused = replace(served, job=8, detail={"error": "You take no direct messages."})
    for entry in (served, refused, replace(served, kind=EntryKind.BUTTON, job=9)):
        await stores.journal.write(entry)
    asked = [(7, 1, ["✉", "✉️"]), (7, 1, ["✉"]), (7, 2, ["✉️"]), (8, 1, ["✉️"]), (9, 1, ["✉️"])]
    known = [await stores.journal.served(job, user=user, emoji=emoji) for job, user, emoji in asked]
    assert known == [True, False, False, False, False]


async def test_incidents_are_counted_once_however_many_entries_name_them(stores):
    for kind, at in [(EntryKind.INCIDENT, NOW), (EntryKind.FAILURE, NOW), (EntryKind.INCIDENT, NOW - 1)]:
        await stores.journal.write(an_entry(kind=kind, at=at, incident=f"7f3{at}"))
    assert await stores.journal.incidents(since=NOW) == 1
