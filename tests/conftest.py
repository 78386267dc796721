"""What every test relies on."""

from hypothesis import settings

settings.register_profile("unhurried", deadline=None)  # a loaded machine is no fault of the code's
settings.load_profile("unhurried")
