"""A desk over fakes: the real use cases, nothing outside the process."""

from bot.chat.desk import Desk
from bot.chat.posts import Posts
from bot.chat.touching import Touch
from bot.chat.wire import Wire
from tests.fakes.stores import FakeStores
from tests.studio.house import Studio


class Cards:
    """Keeps what was sent and adopted."""

    def __init__(self) -> None:
        self.adopted: dict[int, object] = {}

    async def adopt(self, job: int, card: object, look: object) -> None:
        del look
        self.adopted[job] = card

    async def adopt_batch(self, batch: int, card: object, look: object) -> None:
        await self.adopt(-batch, card, look)

    async def send(self, channel: int, look: object) -> object:
        raise AssertionError(f"nothing is to be sent to {channel}: {look}")

    async def edit(self, card: object, look: object, *, shown: object = None) -> None:
        raise AssertionError(f"nothing is to be edited: {card} {look} {shown}")


def a_desk(stores: FakeStores | None = None) -> Desk:
    studio, cards, touch = Studio(stores), Cards(), Touch(lambda: None)
    posts = Posts(
        jobs=studio.jobs,
        projects=studio.stores.projects,
        reviews=studio.stores.reviews,
        touch=touch,
        incidents=studio.incidents,
    )
    return Desk(
        studio, board=cards, poster=cards, posts=posts, touch=touch, version="0", wire=Wire(), places={}
    )
