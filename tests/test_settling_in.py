"""What the process was built of is not looked through again and again while people wait."""

import gc

from bot.app import settle_in


def test_what_is_there_at_the_start_is_left_out_of_later_collections():
    settle_in()
    try:
        assert gc.get_freeze_count() > 10_000
    finally:
        gc.unfreeze()
