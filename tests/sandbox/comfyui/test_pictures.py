"""What is drawn: the same graph gives the same picture, and everything upstream has its say."""

import io

import pytest
from PIL import Image, ImageChops

from tests.sandbox.comfyui.graphs import SDXL, image_to_image, text_to_image, with_lora

INK, WATERCOLOR = "ink_lines_sdxl.safetensors", "watercolor_sd15.safetensors"


def difference(one: Image.Image, other: Image.Image) -> float:
    """The mean difference of two pictures, 0 to 255."""
    histogram = ImageChops.difference(one.convert("L"), other.convert("L")).histogram()
    return sum(value * count for value, count in enumerate(histogram)) / sum(histogram)


async def drawn(person, **changes):
    return await person.picture(text_to_image(width=128, height=128, **changes))


async def test_the_same_graph_gives_the_same_pixels_after_a_restart(comfy, person):
    first = await drawn(person)
    await comfy.restart()
    assert (await drawn(person)).tobytes() == first.tobytes()


async def test_another_seed_is_visibly_another_picture(person):
    assert difference(await drawn(person, seed=1), await drawn(person, seed=2)) > 10


@pytest.mark.parametrize(
    "change",
    [
        {"text": "a blue cat"},
        {"negative": "blurry"},
        {"steps": 3},
        {"cfg": 4.0},
        {"sampler": "heun"},
        {"checkpoint": SDXL},
    ],
)
async def test_whatever_changes_upstream_changes_the_picture(person, change):
    assert (await drawn(person)).tobytes() != (await drawn(person, **change)).tobytes()


async def test_a_lora_and_its_strength_change_the_picture(person):
    bare = text_to_image()
    pictures = [bare, *(with_lora(text_to_image(), name=INK, strength=strength) for strength in (0.5, 1.0))]
    pictures.append(with_lora(text_to_image(), name=WATERCOLOR, strength=1.0))
    drawn = {(await person.picture(graph)).tobytes() for graph in pictures}
    assert len(drawn) == 4


async def test_the_pictures_of_a_batch_differ_and_are_numbered_in_order(person):
    entry = await person.run(text_to_image(batch=3))
    items = entry["outputs"]["9"]["images"]
    assert [item["filename"] for item in items] == [f"img_0000{number}_.png" for number in (1, 2, 3)]
    assert len({await person.view(item) for item in items}) == 3


@pytest.mark.parametrize(("width", "height"), [(64, 64), (65, 64), (512, 768), (1344, 768)])
async def test_the_picture_has_the_wished_size_in_steps_of_eight(person, width, height):
    picture = await person.picture(text_to_image(width=width, height=height))
    assert picture.size == (width // 8 * 8, height)


async def test_a_night_is_darker_than_a_day(person):
    night, day = await drawn(person, text="a moonlit night"), await drawn(person, text="a bright summer day")

    def brightness(picture: Image.Image) -> float:
        return difference(picture, Image.new("RGB", picture.size))

    assert brightness(night) < brightness(day) * 0.6


async def test_every_drawing_is_signed_in_its_corner(person):
    buffer = io.BytesIO()
    Image.new("RGB", (256, 256), "white").save(buffer, "PNG")
    await person.upload(buffer.getvalue(), "white.png")
    picture = (await person.picture(image_to_image(image="white.png", denoise=0.01))).convert("L")
    corner = picture.crop((0, 216, 150, 256))
    assert picture.crop((0, 0, 256, 200)).getextrema()[0] > 200
    assert corner.getextrema()[0] < 120


@pytest.mark.parametrize("denoise", [0.0, 0.4, 0.8])
async def test_a_reference_shows_through_the_more_the_less_is_denoised(person, denoise):
    buffer = io.BytesIO()
    reference = Image.linear_gradient("L").resize((64, 64)).convert("RGB")
    reference.save(buffer, "PNG")
    await person.upload(buffer.getvalue(), "ref.png")
    picture = await person.picture(image_to_image(image="ref.png", denoise=denoise))
    further = await person.picture(image_to_image(image="ref.png", denoise=denoise + 0.2))
    assert difference(reference, picture) < difference(reference, further)


async def test_a_model_upscale_is_four_times_as_large(person):
    graph = text_to_image()
    graph["20"] = {
        "class_type": "UpscaleModelLoader",
        "inputs": {"model_name": "RealESRGAN_x4plus_anime_6B.pth"},
    }
    graph["21"] = {
        "class_type": "ImageUpscaleWithModel",
        "inputs": {"upscale_model": ["20", 0], "image": ["8", 0]},
    }
    graph["9"]["inputs"]["images"] = ["21", 0]
    assert (await person.picture(graph)).size == (256, 256)


async def test_a_second_sampler_over_an_enlarged_latent_keeps_what_the_first_drew(person):
    graph = text_to_image(width=128, height=128, text="a bright summer day")
    small = await person.picture(graph)
    graph["30"] = {
        "class_type": "LatentUpscaleBy",
        "inputs": {"samples": ["3", 0], "upscale_method": "bilinear", "scale_by": 1.5},
    }
    graph["31"] = {"class_type": "KSampler", "inputs": graph["3"]["inputs"] | {"denoise": 0.3, "seed": 9}}
    graph["31"]["inputs"]["latent_image"] = ["30", 0]
    graph["8"]["inputs"]["samples"] = ["31", 0]
    large = await person.picture(graph)
    assert large.size == (192, 192)
    unrelated = await drawn(person, text="a bright summer day", seed=77)
    assert difference(small, large.resize(small.size)) < difference(small, unrelated)
