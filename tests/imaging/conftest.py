from concurrent.futures import ThreadPoolExecutor

import pytest

from bot.imaging.darkroom import PillowDarkroom
from bot.imaging.pictures import PillowPictures


@pytest.fixture
def pool():
    with ThreadPoolExecutor(2) as pool:
        yield pool


@pytest.fixture
def pictures(pool):
    return PillowPictures(pool)


@pytest.fixture
def darkroom(pool):
    return PillowDarkroom(pool)
