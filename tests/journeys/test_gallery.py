"""`/gallery`, `/find`, `/compare`: what was drawn is leafed through, found again and laid side by side."""

from tests.journeys.studio import Studio, picture_in


async def test_the_gallery_shows_a_sheet_of_the_newest_and_turns_to_the_older(studio: Studio) -> None:
    await studio.answer("/project create name:Harbor channel:gallery")
    for _ in range(2):
        await studio.drawn("prompt:a heron project:Harbor size:64x64 count:4")
    job, post = await studio.drawn("prompt:a fox size:64x64 count:2")
    shown = await studio.answer("/gallery")
    assert shown.ephemeral
    for words in (f"#{job.id} · 2", "a fox", str(post.id), "#2 · 4", "#1 · 4"):
        assert words in shown.text
    assert "#1 · 1" not in shown.text
    assert picture_in(shown.attachments[0]).width > 400
    await (await studio.artist.click(shown, "Older")).answered()
    assert "#1 · 1" in shown.text
    assert picture_in(shown.attachments[0]).width > 100
    await (await studio.artist.click(shown, "Newest")).answered()
    assert f"#{job.id} · 2" in shown.text
