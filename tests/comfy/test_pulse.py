from bot.comfy.records import Queue
from bot.comfy.server import Pulse


def felt(*queues, patience=10.0, every=4.0):
    pulse = Pulse(patience)
    for number, queue in enumerate(queues):
        pulse.feel(queue, at=number * every)
    return pulse.stopped


def a_queue(*pending, running=()):
    return Queue(running=running, pending=pending)


def test_a_prompt_that_waits_while_nothing_runs_means_a_dead_worker():
    assert felt(*[a_queue("a")] * 4)


def test_a_moment_between_two_prompts_is_not_death():
    assert not felt(*[a_queue("a")] * 3)


def test_a_long_drawing_is_not_death():
    assert not felt(*[a_queue("a", running=("b",))] * 9)


def test_an_idle_comfyui_is_alive():
    assert not felt(*[a_queue()] * 9)


def test_a_queue_that_moves_is_alive_though_it_was_never_seen_running():
    assert not felt(a_queue("a", "b"), a_queue("a", "b"), a_queue("b"), a_queue("b"))


def test_after_a_restart_it_is_alive_again():
    assert not felt(*[a_queue("a")] * 4, a_queue())
