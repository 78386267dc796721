from bot.chat.haste import GAP_S, REMEMBERED, Haste
from tests.fakes.clock import ManualClock


def test_the_same_within_moments_is_too_soon_and_says_by_how_much() -> None:
    clock = ManualClock()
    haste = Haste(clock.monotonic)
    assert haste.too_soon_by("again") == 0
    assert haste.too_soon_by("again") == GAP_S
    assert haste.too_soon_by("something else") == 0


def test_after_the_gap_it_may_be_done_again() -> None:
    now = 0.0
    haste = Haste(lambda: now)
    haste.too_soon_by("again")
    now = GAP_S
    assert haste.too_soon_by("again") == 0
    assert haste.too_soon_by("again") == GAP_S


def test_old_presses_are_forgotten() -> None:
    haste = Haste(lambda: 0.0)
    for press in range(REMEMBERED + 1):
        haste.too_soon_by(press)
    assert haste.too_soon_by(0) == 0
