"""What is said of several pictures that are decided about at once."""

from bot.chat import cards
from bot.core.review import Review
from bot.studio.critic import Together
from tests.builders import an_artifact
from tests.chat.looks import check


def test_what_was_deleted_meanwhile_is_named_and_of_many_a_few():
    first, *gone = [an_artifact(job=7, index=number) for number in range(1, 9)]
    few = cards.pictures_approved(7, Together(decided=(first,), left_out=tuple(gone[:1])))
    assert few.text.splitlines()[1] == "Deleted meanwhile, so left out: picture 2 of #7."
    many = cards.bulk_done(Together(decided=(first,), left_out=tuple(gone)), Review.APPROVED)
    assert many.text.endswith("picture 6 of #7 and 2 more.")
    assert cards.pictures_approved(7, Together(decided=(first, *gone))).text == (
        "✅ All 8 pictures of **#7** approved."
    )
    check(cards.pictures_left_out(Together(decided=(first,), left_out=tuple(gone))))
