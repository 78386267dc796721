"""The empty database again for each example, and so many examples as there is time for."""

from contextlib import contextmanager

from hypothesis import settings

thorough = settings.get_current_profile_name() == "thorough"
few = settings() if thorough else settings(max_examples=40)


@contextmanager
def undone(db):
    db.execute("BEGIN")
    try:
        yield
    finally:
        db.execute("ROLLBACK")
