"""What nobody foresaw."""

from bot.ports.stores import EntryKind
from tests.studio.house import a_studio


async def test_an_incident_is_stored_whole_and_told_as_a_code():
    async with a_studio() as studio:
        incident = await studio.incidents.report(ValueError("x" * 600), where="drawing", job=3)
        entry = studio.stores.journal.entries[0]
    assert (entry.kind, entry.name, entry.job, entry.incident) == (EntryKind.INCIDENT, "drawing", 3, "code-1")
    assert entry.detail == {"error": "ValueError", "message": "x" * 500}
    assert "ValueError" not in incident.message + incident.hint


async def test_an_incident_that_cannot_be_stored_is_told_all_the_same():
    async with a_studio() as studio:

        async def broken(entry):
            raise OSError("the disk is full")

        studio.stores.journal.write = broken
        assert (await studio.incidents.report(ValueError(), where="x")).code == "code-1"
