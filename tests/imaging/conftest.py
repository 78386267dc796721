from concurrent.futures import ThreadPoolExecutor

import pytest
from hypothesis import settings

from bot.imaging.pictures import PillowPictures

settings.register_profile("unhurried", deadline=None)
settings.load_profile("unhurried")


@pytest.fixture
def pool():
    with ThreadPoolExecutor(2) as pool:
        yield pool


@pytest.fixture
def pictures(pool):
    return PillowPictures(pool)
