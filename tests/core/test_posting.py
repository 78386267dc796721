"""The names of messages that must arrive exactly once."""

from uuid import UUID

from hypothesis import given
from hypothesis import strategies as st

from bot.core.posting import PostingKind, nonce_of

kinds = st.sampled_from(PostingKind)


@given(st.uuids(), kinds, st.integers(0, 1000))
def test_a_nonce_is_stable_and_within_what_discord_takes(job, kind, part):
    nonce = nonce_of(job, kind, part)
    assert nonce == nonce_of(UUID(str(job)), kind, part)
    assert 0 < len(nonce) <= 25
    assert nonce.isascii()


def test_a_nonce_never_changes_between_versions():
    assert nonce_of(UUID(int=1), PostingKind.PICTURES, 0) == "WSVY2H5F7TRT4AN6Y2OULLHHL"


@given(st.lists(st.tuples(st.uuids(), kinds, st.integers(0, 9)), unique=True, max_size=50))
def test_no_two_messages_share_a_nonce(messages):
    assert len({nonce_of(*message) for message in messages}) == len(messages)
