"""Drawings that look like nothing in particular, but each different, and ways to meddle with them."""

import random

from PIL import Image, ImageDraw

from tests.imaging.hostile import encoded


def sketch(seed, width=256, height=384):
    """Return a sky with shapes before it: flat ground, soft light and hard edges, as drawings have."""
    choose = random.Random(seed)
    top, bottom = (tuple(choose.randrange(256) for _ in "rgb") for _ in range(2))
    ramp = Image.linear_gradient("L").resize((width, height))
    image = Image.composite(Image.new("RGB", ramp.size, bottom), Image.new("RGB", ramp.size, top), ramp)
    draw = ImageDraw.Draw(image)
    for _ in range(14):
        x, y = choose.randrange(width), choose.randrange(height)
        across, down = choose.randrange(12, width // 2), choose.randrange(12, height // 3)
        shape = choose.choice((draw.ellipse, draw.rectangle))
        colour = tuple(choose.randrange(256) for _ in "rgb")
        shape((x - across // 2, y - down // 2, x + across // 2, y + down // 2), fill=colour, outline="black")
    return image


def png_of(image):
    return encoded(image, "PNG", compress_level=1)


def webp_of(image, quality=90):
    return encoded(image, "WEBP", quality=quality)
