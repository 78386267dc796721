"""A desk over fakes: the real use cases, nothing outside the process."""

from bot.chat.desk import Desk
from bot.chat.posts import Posts
from bot.chat.touching import Touch
from bot.chat.wire import Wire
from bot.core.generation import Seed
from bot.studio.albums import Album
from bot.studio.characters import Casting
from bot.studio.control import Control
from bot.studio.critic import Critic
from bot.studio.dossiers import Travel
from bot.studio.drafting import Drafting
from bot.studio.exhibition import Exhibition
from bot.studio.exporting import Exporter
from bot.studio.feed import Feed
from bot.studio.finishing import Finisher
from bot.studio.foreman import Foreman
from bot.studio.gate import Gate
from bot.studio.incidents import Incidents
from bot.studio.janitor import Janitor
from bot.studio.kinship import Kinship
from bot.studio.lane import Lane
from bot.studio.library import Library
from bot.studio.line import Line
from bot.studio.planner import Planner
from bot.studio.portraits import Portraits
from bot.studio.refining import Refining
from bot.studio.report import Reporter
from bot.studio.restoring import Restoring
from bot.studio.styles import StyleBook
from bot.studio.submit import Submit
from bot.studio.workshop import Workshop
from tests.builders import a_workflow, some_limits
from tests.fakes.archives import FakeArchives
from tests.fakes.backups import FakeBackups
from tests.fakes.clock import ManualClock
from tests.fakes.darkroom import FakeDarkroom
from tests.fakes.dossiers import FakeDossiers
from tests.fakes.pictures import FakePictures, FakeShelf
from tests.fakes.poster import FakePoster
from tests.fakes.renderer import FakeRenderer
from tests.fakes.stores import FakeStores


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
    stores, clock, feed = stores or FakeStores(), ManualClock(), Feed()
    gate, lane, renderer, shelf, cards = Gate(feed), Lane(feed), FakeRenderer(), FakeShelf(), Cards()
    workshop = Workshop({"txt2img": a_workflow()}, stores.settings)
    line = Line(jobs=stores.jobs, projects=stores.projects, lane=lane, gate=gate, clock=clock)
    casting = Casting(
        characters=stores.characters,
        projects=stores.projects,
        artifacts=stores.artifacts,
        reviews=stores.reviews,
        styles=stores.styles,
        workshop=workshop,
        clock=clock,
    )
    drafting = Drafting(
        casting=casting,
        characters=stores.characters,
        styles=stores.styles,
        reviews=stores.reviews,
        shelf=shelf,
        workshop=workshop,
    )
    submit = Submit(
        jobs=stores.jobs,
        projects=stores.projects,
        shelf=shelf,
        pictures=FakePictures(),
        workshop=workshop,
        drafting=drafting,
        line=line,
        gate=gate,
        feed=feed,
        clock=clock,
        limits=some_limits(),
        new_seed=lambda: Seed(1),
    )
    control = Control(
        jobs=stores.jobs,
        settings=stores.settings,
        renderer=renderer,
        lane=lane,
        gate=gate,
        feed=feed,
        clock=clock,
    )
    incidents = Incidents(journal=stores.journal, clock=clock, new_code=lambda: "abc123")
    planner = Planner(plans=stores.plans, casting=casting, submit=submit, line=line, clock=clock)
    foreman = Foreman(
        batches=stores.batches,
        planner=planner,
        jobs=stores.jobs,
        control=control,
        finisher=Finisher(batches=stores.batches, shelf=shelf, darkroom=FakeDarkroom(), poster=FakePoster()),
        line=line,
        gate=gate,
        feed=feed,
        incidents=incidents,
        clock=clock,
    )
    library = Library(
        projects=stores.projects,
        settings=stores.settings,
        workshop=workshop,
        poster=FakePoster(),
        clock=clock,
    )
    darkroom, touch = FakeDarkroom(), Touch(lambda: None)
    exhibition = Exhibition(shelf=shelf, pictures=FakePictures(), darkroom=darkroom)
    return Desk(
        submit=submit,
        control=control,
        planner=planner,
        foreman=foreman,
        library=library,
        casting=casting,
        styles=StyleBook(
            styles=stores.styles,
            characters=stores.characters,
            projects=stores.projects,
            workshop=workshop,
            clock=clock,
        ),
        portraits=Portraits(
            characters=stores.characters,
            projects=stores.projects,
            artifacts=stores.artifacts,
            jobs=stores.jobs,
            control=control,
            pictures=FakePictures(),
            shelf=shelf,
            darkroom=darkroom,
            clock=clock,
        ),
        travel=Travel(
            casting=casting,
            characters=stores.characters,
            reviews=stores.reviews,
            dossiers=FakeDossiers(),
            pictures=FakePictures(),
            shelf=shelf,
            clock=clock,
        ),
        exporter=Exporter(
            artifacts=stores.artifacts,
            jobs=stores.jobs,
            characters=stores.characters,
            styles=stores.styles,
            archives=FakeArchives(shelf.files),
            darkroom=darkroom,
            shelf=shelf,
            clock=clock,
            min_free_bytes=0,
        ),
        critic=Critic(
            artifacts=stores.artifacts,
            jobs=stores.jobs,
            reviews=stores.reviews,
            characters=stores.characters,
            projects=stores.projects,
            settings=stores.settings,
            clock=clock,
        ),
        exhibition=exhibition,
        refining=Refining(
            jobs=stores.jobs,
            artifacts=stores.artifacts,
            projects=stores.projects,
            pins=stores.pins,
            control=control,
            submit=submit,
            workshop=workshop,
            restoring=Restoring(
                jobs=stores.jobs, shelf=shelf, pictures=FakePictures(), darkroom=darkroom, posts=touch
            ),
            clock=clock,
        ),
        kinship=Kinship(jobs=stores.jobs, library=library, shelf=shelf, darkroom=darkroom),
        touch=touch,
        posts=Posts(
            jobs=stores.jobs,
            projects=stores.projects,
            reviews=stores.reviews,
            touch=touch,
            incidents=incidents,
        ),
        album=Album(
            jobs=stores.jobs,
            projects=stores.projects,
            artifacts=stores.artifacts,
            library=library,
            control=control,
            exhibition=exhibition,
            darkroom=darkroom,
            shelf=shelf,
        ),
        janitor=Janitor(discards=stores.discards, shelf=shelf, feed=feed),
        line=line,
        workshop=workshop,
        reporter=Reporter(
            jobs=stores.jobs,
            renderer=renderer,
            shelf=shelf,
            workshop=workshop,
            gate=gate,
            backups=FakeBackups(),
            journal=stores.journal,
            clock=clock,
        ),
        incidents=incidents,
        journal=stores.journal,
        jobs=stores.jobs,
        settings=stores.settings,
        poster=cards,
        board=cards,
        clock=clock,
        version="0",
        wire=Wire(),
    )
