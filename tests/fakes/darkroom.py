"""A darkroom that reads headers and draws nothing: what it says of a picture follows from its bytes."""

import json
from dataclasses import asdict, replace
from hashlib import sha256

from bot.core.errors import BadRequest, DeliveryError, StudioError
from bot.core.generation import Lora, Size
from bot.core.inscription import Inscription, Parameters, Provenance
from bot.core.likeness import Difference, Fingerprint, Likeness
from bot.core.quality import Measures
from bot.ports.darkroom import SHEET_BYTES, Development, Finished, Sheet, SheetFormat
from tests.fakes.pictures import FakePictures, _png_size

_MARK = b"\0inscribed:"


class FakeDarkroom:
    """Believes a PNG's header. `measures` and `inscriptions`, by content, are what a test wants it to find.

    What it inscribes it hangs onto the end of the file. At those in `undevelopable` it trips.
    """

    def __init__(self, pictures: FakePictures | None = None) -> None:
        self.pictures = pictures or FakePictures()
        self.undevelopable: list[bytes] = []
        self.measures: dict[bytes, Measures] = {}
        self.inscriptions: dict[bytes, Inscription] = {}
        self.sheets: list[list[str]] = []
        """The captions of each sheet that was made."""
        self.columns: list[int | None] = []
        self.edges: list[list[str]] = []
        """How many pictures were to be in each row of those sheets."""

    async def finish(self, content, *, asked=None):
        picture = self.pictures.proven(content)
        digest = sha256(content).hexdigest()
        post = await self.pictures.for_post(picture, limit=len(content))
        try:
            development = await self.develop(content, asked=asked)
        except RuntimeError as fault:
            return Finished(picture=picture, sha256=digest, post=post, fault=fault)
        return Finished(picture=picture, sha256=digest, post=post, development=development)

    async def develop(self, content, *, asked=None):
        size = _size(content)
        if content in self.undevelopable:
            raise RuntimeError("tripped while measuring")
        aspect = None if asked is None else _aspect_error(size, asked)
        bits = int.from_bytes(_digest(content)[:8])
        return Development(
            measures=replace(self.measures.get(content, _measures(size, content)), aspect=aspect),
            fingerprint=Fingerprint(bits),
            thumbnail=await self.thumbnail(content),
            media_type="image/png",
        )

    async def thumbnail(self, content):
        _size(content)
        return b"RIFF....WEBP" + _digest(content)

    async def likeness(self, content, references):
        for each in (content, *references):
            _size(each)
        if not references:
            return None
        scores = [_likeness(content, reference) for reference in references]
        best = max(scores)
        mean = sum(sorted(scores)) / len(scores)
        return Likeness(score=best, colour=best, structure=best, mean=mean, references=len(scores))

    async def difference(self, a, b):
        sizes = (_size(a), _size(b))
        if sizes[0] != sizes[1]:
            return Difference(sizes=sizes, pixels=None, most=None)
        same = _bare(a) == _bare(b)
        return Difference(sizes=sizes, pixels=0 if same else sizes[0].pixels, most=0 if same else 255)

    async def inscription(self, content):
        if content in self.inscriptions:
            return self.inscriptions[content]
        _, mark, text = content.partition(_MARK)
        if not mark:
            return Inscription()
        found = json.loads(text)
        return Inscription(
            parameters=_parameters(found["parameters"]),
            found=(Provenance.INFOTEXT,),
            graph=found["graph"],
            workflow=found["workflow"],
        )

    async def inscribe(self, content, parameters, *, graph=None, workflow=None):
        if content.startswith((b"\xff\xd8\xff", b"RIFF")):
            return content
        _size(content)
        there = await self.inscription(content)
        found = {
            "parameters": asdict(parameters),
            "graph": there.graph or graph,
            "workflow": there.workflow or workflow,
        }
        return _bare(content) + _MARK + json.dumps(found).encode()

    async def contact_sheet(
        self, frames, *, title="", columns=None, limit=SHEET_BYTES, form=SheetFormat.WEBP
    ):
        if not frames:
            raise BadRequest("There is no picture for a contact sheet.")
        if columns is not None and columns < 1:
            raise BadRequest(f"A sheet with {columns} columns holds nothing.")
        self.columns.append(columns)
        return await self._sheet(frames, limit, form)

    async def side_by_side(self, left, right, *, rows=(), title="", limit=SHEET_BYTES, form=SheetFormat.WEBP):
        return await self._sheet([left, right], limit, form)

    async def tree(self, nodes, edges, *, title="", limit=SHEET_BYTES, form=SheetFormat.WEBP):
        if not nodes:
            raise BadRequest("There is no picture for a tree.")
        self.edges.append([edge.how for edge in edges])
        return await self._sheet([node.frame for node in nodes], limit, form)

    async def _sheet(self, frames, limit, form):
        missing = []
        for frame in frames:
            try:
                _size(await frame.read())
            except StudioError:
                missing.append(frame.caption)
        content = {SheetFormat.WEBP: b"RIFF....WEBP", SheetFormat.PNG: b"\x89PNG\r\n\x1a\n"}[form]
        if len(content) > limit:
            raise DeliveryError(f"The sheet cannot be made smaller than {limit} bytes.")
        self.sheets.append([frame.caption for frame in frames])
        return Sheet(
            content=content, size=Size(width=640, height=480), media_type=form.value, missing=tuple(missing)
        )


def _size(content):
    size = _png_size(content)
    if size is None:
        raise BadRequest("The picture cannot be used.", hint="Only whole PNG, JPEG and WebP files can be.")
    return size


def _bare(content):
    return content.partition(_MARK)[0]


def _digest(content):
    return sha256(_bare(content)).digest()


def _measures(size, content):
    shares = [byte / 255 for byte in _digest(content)]
    return Measures(
        size=size,
        span=200,
        exposure=0.3 + shares[0] * 0.4,
        contrast=0.1 + shares[1] * 0.2,
        shadows=shares[2] * 0.1,
        highlights=shares[3] * 0.1,
        blackness=shares[4] * 0.1,
        sharpness=0.05 + shares[5] * 0.1,
    )


def _aspect_error(size, asked):
    got, wanted = size.width * asked.height, size.height * asked.width
    return max(got, wanted) / min(got, wanted) - 1


def _likeness(a, b):
    pairs = zip(_digest(a), _digest(b), strict=True)
    return 1 - sum(abs(x - y) for x, y in pairs) / (255 * 32)


def _parameters(found):
    size = found.pop("size")
    loras = tuple(Lora(**lora) for lora in found.pop("loras"))
    others = tuple((name, value) for name, value in found.pop("others"))
    return Parameters(**found, loras=loras, others=others, size=size and Size(**size))
