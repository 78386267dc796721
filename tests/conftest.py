"""What every test relies on."""

from hypothesis import settings

settings.register_profile("unhurried", deadline=None)  # a loaded machine is no fault of the code's
settings.register_profile("thorough", deadline=None, max_examples=500, stateful_step_count=50)
settings.load_profile("unhurried")
