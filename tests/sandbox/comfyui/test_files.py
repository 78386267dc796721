"""File names, `/view`, uploads and what is written into a PNG."""

import io
import time

import pytest
from PIL import Image

from tests.sandbox.comfyui.graphs import blank_image, image_to_image


def png(color: str = "red", size: tuple[int, int] = (8, 8), mode: str = "RGB") -> bytes:
    file = io.BytesIO()
    Image.new(mode, size, color).save(file, "PNG")
    return file.getvalue()


@pytest.mark.parametrize(
    ("prefix", "subfolder", "filename"),
    [
        ("plain", "", "plain_00001_.png"),
        ("projectX/2026-11-20/img", "projectX/2026-11-20", "img_00001_.png"),
        ("trail/", "", "trail_00001_.png"),
        ("./dot/img", "dot", "img_00001_.png"),
        ("dbl//slash/img", "dbl/slash", "img_00001_.png"),
        ("up/../side/img", "side", "img_00001_.png"),
        ("", "", "._00001_.png"),
        ("back\\slash", "", "back\\slash_00001_.png"),
        ("sp ace/i mg", "sp ace", "i mg_00001_.png"),
        ("日本/猫", "日本", "猫_00001_.png"),
        ("%date:yyyy-MM-dd%/x", "%date:yyyy-MM-dd%", "x_00001_.png"),
        ("%width%x%height%", "", "64x64_00001_.png"),
        ("batch%batch_num%", "", "batch0_00001_.png"),
        ('quote"<>|:*?/x', 'quote"<>|:*?', "x_00001_.png"),
        ("img_00001_", "", "img_00001__00001_.png"),
        ("~/home", "~", "home_00001_.png"),
    ],
)
async def test_a_prefix_becomes_a_subfolder_and_a_name_that_view_finds(person, prefix, subfolder, filename):
    entry = await person.run(blank_image(prefix=prefix))
    [item] = entry["outputs"]["2"]["images"]
    assert (item["subfolder"], item["filename"]) == (subfolder, filename)
    assert Image.open(io.BytesIO(await person.view(item))).size == (64, 64)


async def test_the_date_in_a_prefix_is_the_servers(person):
    entry = await person.run(blank_image(prefix="%year%-%month%-%day%/x"))
    assert entry["outputs"]["2"]["images"][0]["subfolder"] == time.strftime("%Y-%m-%d")


@pytest.mark.parametrize("prefix", ["../escape/img", "/abs/img", "a/../../b"])
async def test_a_prefix_that_leads_outside_fails_only_when_it_runs(person, prefix):
    entry = await person.run(blank_image(prefix=prefix))
    event, data = entry["status"]["messages"][-1]
    assert (event, data["exception_type"], data["node_type"]) == ("execution_error", "Exception", "SaveImage")
    assert data["exception_message"].startswith("**** ERROR: Saving image outside the output folder")
    assert data["exception_message"].endswith("\n")


@pytest.mark.parametrize(("prefix", "kind"), [("nul\0x", "ValueError"), ("x" * 300, "OSError")])
async def test_a_name_that_the_disk_refuses_is_a_run_time_error(person, prefix, kind):
    entry = await person.run(blank_image(prefix=prefix))
    assert entry["status"]["messages"][-1][1]["exception_type"] == kind


async def test_an_absolute_prefix_inside_the_output_folder_comes_back_absolute(comfy, person):
    inside = str(comfy.folders.output / "deep")
    entry = await person.run(blank_image(prefix=f"{inside}/img"))
    [item] = entry["outputs"]["2"]["images"]
    assert item["subfolder"] == inside
    await person.view(item)


async def test_the_counter_is_read_off_the_folder_so_a_deleted_name_comes_back(comfy, person):
    for color in (1, 2):
        await person.run(blank_image(color=color))
    (comfy.folders.output / "rig" / "empty_00002_.png").unlink()
    entry = await person.run(blank_image(color=3))
    assert entry["outputs"]["2"]["images"][0]["filename"] == "empty_00002_.png"


async def test_a_cached_output_whose_file_is_gone_succeeds_and_is_404(comfy, person):
    await person.run(blank_image())
    (comfy.folders.output / "rig" / "empty_00001_.png").unlink()
    entry = await person.run(blank_image())
    [item] = entry["outputs"]["2"]["images"]
    assert entry["status"]["completed"]
    assert await person.status("GET", "/view", params=item) == 404


@pytest.mark.parametrize(
    ("query", "status"),
    [
        ("filename=empty_00001_.png&subfolder=rig", 200),
        ("filename=empty_00001_.png%20[output]&subfolder=rig&type=input", 200),
        ("filename=empty_00001_.png&subfolder=rig/../rig", 200),
        ("filename=empty_00001_.png&subfolder=rig&type=input", 404),
        ("filename=rig/empty_00001_.png", 404),
        ("filename=nope.png", 404),
        ("subfolder=rig", 404),
        ("filename=", 400),
        ("filename=a..b.png", 400),
        ("filename=../../main.py", 400),
        ("filename=/etc/passwd", 400),
        ("filename=empty_00001_.png&subfolder=rig&type=bogus", 400),
        ("filename=x.png&subfolder=../..", 403),
        ("filename=passwd&subfolder=/etc", 403),
    ],
)
async def test_view_answers_as_recorded(person, query, status):
    await person.run(blank_image())
    assert await person.status("GET", f"/view?{query}") == status


async def test_view_gives_parts_and_other_encodings(person):
    await person.run(blank_image())
    there = "/view?filename=empty_00001_.png&subfolder=rig"
    assert await person.status("GET", there, headers={"Range": "bytes=0-9"}) == 206
    for query, kind in (("preview=webp;80", "WEBP"), ("preview=jpeg;80", "JPEG"), ("channel=rgb", "PNG")):
        async with person.http.get(f"{person.comfy.url}{there}&{query}") as response:
            picture = Image.open(io.BytesIO(await response.read()))
        assert (picture.format, picture.size) == (kind, (64, 64))


async def test_a_page_is_sent_as_an_attachment_and_not_as_html(comfy, person):
    (comfy.folders.output / "x.html").write_text("<script>")
    async with person.http.get(f"{comfy.url}/view?filename=x.html") as response:
        assert response.content_type == "application/octet-stream"
        assert response.headers["Content-Disposition"].startswith("attachment")


async def test_a_png_tells_its_prompt_and_every_extra_in_ascii(person):
    extra = {"extra_pnginfo": {"workflow": {"id": "wf-1", "note": "日本"}, "bot": {"user": "u1"}}}
    entry = await person.run(blank_image(prefix="meta/猫"), extra_data=extra)
    picture = Image.open(io.BytesIO(await person.view(entry["outputs"]["2"]["images"][0])))
    assert (picture.mode, set(picture.info)) == ("RGB", {"prompt", "workflow", "bot"})
    assert picture.info["workflow"] == '{"id": "wf-1", "note": "\\u65e5\\u672c"}'


async def test_uploads_of_one_name_keep_what_is_equal_and_number_what_is_not(person):
    red, blue = png("red"), png("blue")
    names = [(await person.upload(content, "bot.png"))["name"] for content in (red, red, blue, png("lime"))]
    assert names == ["bot.png", "bot.png", "bot (1).png", "bot (2).png"]
    assert (await person.upload(png("pink"), "bot.png", overwrite="true"))["name"] == "bot.png"
    assert (await person.upload(png("gold"), "bot.png", overwrite="True"))["name"] == "bot (3).png"


async def test_uploads_go_where_they_are_told_and_nowhere_else(comfy, person):
    stored = await person.upload(png(), "x.png", subfolder="disc/1")
    assert stored == {"name": "x.png", "subfolder": "disc/1", "type": "input"}
    assert (await person.upload(png(), "t.png", type="temp"))["type"] == "temp"
    assert await person.upload(png(), "x.png", subfolder="../../evil") == 400
    assert await person.upload(png(), "x.png", subfolder="/somewhere") == 400
    assert await person.upload(png(), "x.png", type="bogus") == 500
    assert await person.status("POST", "/upload/image", json={"image": "x"}) == 400
    assert (comfy.folders.input / "disc" / "1" / "x.png").is_file()


async def test_an_upload_is_not_looked_into_and_fails_when_it_is_loaded(person):
    name = (await person.upload(b"no picture", "fake.png"))["name"]
    entry = await person.run(image_to_image(image=name, denoise=0.5))
    event, data = entry["status"]["messages"][-1]
    assert (event, data["node_type"]) == ("execution_error", "LoadImage")
    assert data["exception_type"] == "PIL.UnidentifiedImageError"


@pytest.mark.parametrize("suffix", ["", " [input]"])
async def test_an_upload_is_loaded_by_its_name(person, suffix):
    name = (await person.upload(png(size=(64, 64)), "ref.png"))["name"]
    assert (await person.run(image_to_image(image=name + suffix, denoise=0.5)))["status"]["completed"]


async def test_a_picture_overwritten_under_its_name_is_drawn_from_anew(person):
    await person.upload(png("red", (64, 64)), "ref.png")
    await person.run(image_to_image(image="ref.png", denoise=0.5))
    await person.upload(png("blue", (64, 64)), "ref.png", overwrite="true")
    entry = await person.run(image_to_image(image="ref.png", denoise=0.5))
    assert "10" not in entry["status"]["messages"][1][1]["nodes"]


async def test_a_mask_puts_its_alpha_on_the_original(comfy, person):
    await person.upload(png("red"), "ref.png")
    reference = '{"filename": "ref.png", "type": "input"}'
    mask = png("#00000080", mode="RGBA")
    await person.upload(mask, "mask.png", route="mask", original_ref=reference, subfolder="clipspace")
    masked = Image.open(comfy.folders.input / "clipspace" / "mask.png")
    assert masked.getpixel((0, 0)) == (255, 0, 0, 128)


async def test_a_mask_of_no_original_is_answered_with_200_and_not_saved(comfy, person):
    reference = '{"filename": "nope.png", "type": "input"}'
    assert (await person.upload(png(), "m.png", route="mask", original_ref=reference))["name"] == "m.png"
    assert not (comfy.folders.input / "m.png").exists()
    assert await person.upload(png(), "m.png", route="mask") == 500
