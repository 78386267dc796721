import pytest

from bot.core.errors import BadRequest
from tests.builders import a_picture, a_size, png

NO_PICTURES = [b"", b"<html>", b"GIF89a", b"<svg xmlns='http://www.w3.org/2000/svg'/>", png()[:20]]


async def test_a_post_is_a_webp_below_the_limit(pictures):
    post = await pictures.for_post(a_picture(), limit=10_000)
    assert post.media_type == "image/webp"
    assert len(post.content) <= 10_000


async def test_a_reference_becomes_png(pictures):
    reference = await pictures.reference(png(40, 30))
    assert (reference.size, reference.media_type) == (a_size(40, 30), "image/png")
    assert reference.content.startswith(b"\x89PNG")


@pytest.mark.parametrize("content", NO_PICTURES)
async def test_what_is_no_picture_is_no_reference(pictures, content):
    with pytest.raises(BadRequest):
        await pictures.reference(content)


async def test_a_preview_is_a_jpeg(pictures):
    assert (await pictures.preview(png())).startswith(b"\xff\xd8\xff")
