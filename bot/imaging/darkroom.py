"""What is found out about pictures and made of them, with Pillow and off the event loop."""

import asyncio
from collections.abc import Callable, Sequence
from concurrent.futures import Executor
from functools import partial
from hashlib import sha256
from typing import Final, TypeVar

from PIL import Image

from bot.core.errors import BadRequest, StudioError
from bot.core.generation import Size
from bot.core.inscription import Inscription, Parameters
from bot.core.likeness import Difference, Likeness
from bot.core.quality import DEFAULT_THRESHOLDS, Thresholds
from bot.imaging.board import MOST_PIXELS as SHEET_PIXELS
from bot.imaging.budget import Hold, PixelBudget
from bot.imaging.comparing import difference
from bot.imaging.contact_sheets import contact_sheet, side_by_side
from bot.imaging.decoding import Undecodable, decoded, media_type_of, plain, size_in_header
from bot.imaging.family_trees import family_tree
from bot.imaging.fingerprints import fingerprint_of
from bot.imaging.inscriptions import inscribed, inscription
from bot.imaging.layouts import Layout
from bot.imaging.lettering import PILLOWS_OWN, Typefaces
from bot.imaging.likeness import Profile, glance_of, likeness_of, profile, profile_at
from bot.imaging.measuring import measures_of
from bot.imaging.pictures import no_output, post_of, proven
from bot.imaging.printing import printed
from bot.imaging.shrinking import thumbnail, thumbnail_of
from bot.ports.darkroom import (
    SHEET_BYTES,
    Development,
    Finished,
    Frame,
    Row,
    Sheet,
    SheetFormat,
    TreeEdge,
    TreeNode,
)
from bot.ports.pictures import Picture

T = TypeVar("T")

MEGA: Final = 1_000_000
MOST_PIXELS: Final = 80 * MEGA
"""The largest picture that is decoded at all."""
MOST_IN_MEMORY: Final = 80 * MEGA
MOST_SHEETS: Final = 2
"""So many are made at once: a sheet is in memory until its last picture is mounted."""

MOST_PROFILES: Final = 256
"""Of so many references it is remembered what they look like: those that were asked for last."""
MOST_GLANCES: Final = 64
"""So many pictures that were just finished need not be decoded again to be compared; each takes 16 kB."""


class PillowDarkroom:
    """The port `Darkroom`. The pool's owner closes it.

    `typefaces`: what words on sheets may be written in, asked for off the event loop; Pillow's own, the
    default, knows neither accents nor kanji. `budget`: shared with whatever else decodes pictures, so that
    together they stay within the memory.
    """

    def __init__(
        self,
        pool: Executor,
        *,
        budget: PixelBudget | None = None,
        typefaces: Callable[[], Typefaces] = lambda: PILLOWS_OWN,
        thresholds: Thresholds = DEFAULT_THRESHOLDS,
    ) -> None:
        self._budget = budget or PixelBudget(pool, pixels=MOST_IN_MEMORY)
        self._tables = asyncio.Semaphore(MOST_SHEETS)
        self._typefaces = typefaces
        self._thresholds = thresholds
        self._profiles: dict[bytes, Profile] = {}
        self._glances: dict[bytes, Image.Image] = {}

    async def finish(self, content: bytes, *, asked: Size | None = None) -> Finished:
        try:
            size = await self._size(content)
            async with self._budget.holding(size.pixels) as hold:
                image, pixels = await hold.run(partial(_decoded, content))
                develop = partial(_developed_of, pixels, media_type_of(image), asked, self._thresholds)
                (post, unposted), (picture, digest, glance), (development, unmeasured) = await asyncio.gather(
                    _tried(hold, partial(post_of, pixels)),
                    hold.run(partial(_proven, content, image)),
                    _tried(hold, develop),
                )
        except Undecodable as error:
            raise no_output(error) from error
        _remember(self._glances, digest, glance, most=MOST_GLANCES)
        return Finished(
            picture=picture,
            sha256=digest.hex(),
            post=post,
            development=development,
            fault=unposted or unmeasured,
        )

    async def develop(self, content: bytes, *, asked: Size | None = None) -> Development:
        return await self._decoding(partial(_developed, content, asked, self._thresholds), content)

    async def thumbnail(self, content: bytes) -> bytes:
        return await self._decoding(partial(thumbnail, content), content)

    async def likeness(self, content: bytes, references: Sequence[bytes]) -> Likeness | None:
        seen = await self._profile(content, await self._digest(content))
        return likeness_of(seen, [await self._known(reference) for reference in references])

    async def difference(self, a: bytes, b: bytes) -> Difference:
        return await self._decoding(partial(difference, a, b), a, b)

    async def inscription(self, content: bytes) -> Inscription:
        return await self._budget.run(partial(inscription, content), pixels=0)

    async def inscribe(
        self, content: bytes, parameters: Parameters, *, graph: str | None = None, workflow: str | None = None
    ) -> bytes:
        work = partial(inscribed, content, parameters, graph=graph, workflow=workflow)
        try:
            return await self._budget.run(work, pixels=0)
        except Undecodable as error:
            raise _refusal(error) from error

    async def contact_sheet(
        self,
        frames: Sequence[Frame],
        *,
        title: str = "",
        columns: int | None = None,
        limit: int = SHEET_BYTES,
        form: SheetFormat = SheetFormat.WEBP,
    ) -> Sheet:
        layout = partial(contact_sheet, frames, title=title, columns=columns)
        return await self._sheet(layout, limit, form)

    async def side_by_side(
        self,
        left: Frame,
        right: Frame,
        *,
        rows: Sequence[Row] = (),
        title: str = "",
        limit: int = SHEET_BYTES,
        form: SheetFormat = SheetFormat.WEBP,
    ) -> Sheet:
        layout = partial(side_by_side, left, right, rows=rows, title=title)
        return await self._sheet(layout, limit, form)

    async def tree(
        self,
        nodes: Sequence[TreeNode],
        edges: Sequence[TreeEdge],
        *,
        title: str = "",
        limit: int = SHEET_BYTES,
        form: SheetFormat = SheetFormat.WEBP,
    ) -> Sheet:
        layout = partial(family_tree, nodes, edges, title=title)
        return await self._sheet(layout, limit, form)

    async def _known(self, reference: bytes) -> Profile:
        """Return the profile of a picture with which many are compared, so that it is looked at once."""
        digest = await self._digest(reference)
        profile = self._profiles.pop(digest, None) or await self._profile(reference, digest)
        _remember(self._profiles, digest, profile, most=MOST_PROFILES)
        return profile

    async def _profile(self, content: bytes, digest: bytes) -> Profile:
        glance = self._glances.get(digest)
        if glance is not None:
            return await self._budget.run(partial(profile_at, glance), pixels=0)
        return await self._decoding(partial(profile, content), content)

    async def _digest(self, content: bytes) -> bytes:
        return await self._budget.run(lambda: sha256(content).digest(), pixels=0)

    async def _decoding(self, work: Callable[[], T], *contents: bytes) -> T:
        """Run what decodes these pictures, weighed by their headers; raise BadRequest for what is none."""
        try:
            sizes = [await self._size(content) for content in contents]
            return await self._budget.run(work, pixels=sum(size.pixels for size in sizes))
        except Undecodable as error:
            raise _refusal(error) from error

    async def _size(self, content: bytes) -> Size:
        size = await self._budget.run(partial(size_in_header, content), pixels=0)
        if size.pixels > MOST_PIXELS:
            raise Undecodable(
                f"It has {size.pixels / MEGA:.1f} megapixels ({size}); the most is {MOST_PIXELS // MEGA}."
            )
        return size

    async def _sheet(self, layout: Callable[..., Layout], limit: int, form: SheetFormat) -> Sheet:
        """Lay out, then fetch and mount one picture after the other, so that only one is in memory."""
        async with self._tables:
            laid = await self._budget.run(lambda: layout(typefaces=self._typefaces()), pixels=SHEET_PIXELS)
            for number, frame in enumerate(laid.frames):
                await self._mounted(laid, number, frame)
            work = partial(printed, laid.image, limit=limit, form=form, missing=tuple(laid.missing))
            return await self._budget.run(work, pixels=SHEET_PIXELS)

    async def _mounted(self, laid: Layout, number: int, frame: Frame) -> None:
        try:
            content = await frame.read()
            size = await self._size(content)
        except StudioError as error:
            await self._budget.run(partial(laid.leave_vacant, number, error.message), pixels=0)
        else:
            await self._budget.run(partial(laid.mount, number, content), pixels=size.pixels)


def _developed(content: bytes, asked: Size | None, thresholds: Thresholds) -> Development:
    image = decoded(content)
    return _developed_of(plain(image, alpha=True), media_type_of(image), asked, thresholds)


def _developed_of(
    image: Image.Image, media_type: str, asked: Size | None, thresholds: Thresholds
) -> Development:
    opaque = image if image.mode == "RGB" else plain(image, alpha=False)
    grey = opaque.convert("L")
    return Development(
        measures=measures_of(opaque, grey=grey, asked=asked, thresholds=thresholds),
        fingerprint=fingerprint_of(grey),
        thumbnail=thumbnail_of(image),
        media_type=media_type,
    )


def _decoded(content: bytes) -> tuple[Image.Image, Image.Image]:
    """Return it as it was decoded, and its pixels as they are posted and measured."""
    image = decoded(content)
    return image, plain(image, alpha=True)


def _proven(content: bytes, image: Image.Image) -> tuple[Picture, bytes, Image.Image]:
    """Return the picture that was proven, the hash of its bytes, and what is seen of it at a glance."""
    return proven(content, image), sha256(content).digest(), glance_of(plain(image, alpha=False))


def _remember(shelf: dict[bytes, T], name: bytes, thing: T, *, most: int) -> None:
    """Put it last, and forget the first if there are too many."""
    shelf.pop(name, None)
    shelf[name] = thing
    if len(shelf) > most:
        del shelf[next(iter(shelf))]


async def _tried(hold: Hold, work: Callable[[], T]) -> tuple[T | None, Exception | None]:
    try:
        return await hold.run(work), None
    except Exception as error:  # noqa: BLE001 - whatever it is: a picture is kept without its measures
        return None, error


def _refusal(error: Undecodable) -> BadRequest:
    return BadRequest(
        f"The picture cannot be used. {error.message}", hint="Only whole PNG, JPEG and WebP files can be."
    )
