"""Characters as zip files: written plainly, read with every suspicion."""

import asyncio
import json
import struct
import zipfile
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import Executor
from io import BytesIO
from pathlib import PurePosixPath
from typing import Annotated, Final, Literal, TypeVar

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from bot.core.characters import Appearance, Pose, VariationKind
from bot.core.errors import BadRequest
from bot.core.formats import ENDINGS, ending_of
from bot.core.generation import Lora
from bot.core.planning import STRENGTH_MOST
from bot.ports.dossiers import (
    MIB,
    MOST_PACKED,
    MOST_UNPACKED,
    Dossier,
    DossierLesson,
    DossierReference,
    DossierVariation,
)

T = TypeVar("T")

SHEET: Final = "character.json"
FORMAT: Final = "genga character"
VERSION: Final = 1

MOST_ENTRIES: Final = 64
MOST_DIRECTORY: Final = 64 * 1024
"""A zip's list of contents is read whole before anything else: a longer one is not even begun."""
MOST_JSON: Final = MIB
MOST_PICTURE: Final = 20 * MIB

_ADVICE: Final = "Take a file that `/character export` made."
_MEDIA: Final = {"jpeg": "image/jpeg"} | {ending: media for media, ending in ENDINGS.items()}
_TOP: Final = PurePosixPath()
_DAY_ONE: Final = (1980, 1, 1, 0, 0, 0)


class ZippedDossiers:
    """The port `Dossiers`; the pool's owner closes it."""

    def __init__(self, pool: Executor) -> None:
        self._pool = pool

    async def pack(self, dossier: Dossier) -> bytes:
        return await self._in_pool(lambda: _packed(dossier))

    async def unpack(self, content: bytes) -> Dossier:
        return await self._in_pool(lambda: _unpacked(content))

    async def _in_pool(self, work: Callable[[], T]) -> T:
        return await asyncio.get_running_loop().run_in_executor(self._pool, work)


# ── out


def _packed(dossier: Dossier) -> bytes:
    named = list(_named(dossier.references))
    out = BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_STORED) as archive:
        sheet = json.dumps(_told(dossier, named), ensure_ascii=False, indent=2)
        archive.writestr(zipfile.ZipInfo(SHEET, _DAY_ONE), sheet, zipfile.ZIP_DEFLATED)
        for name, reference in named:
            archive.writestr(zipfile.ZipInfo(name, _DAY_ONE), reference.content)
    return out.getvalue()


def _named(references: tuple[DossierReference, ...]) -> Iterator[tuple[str, DossierReference]]:
    places = Counter[Pose]()
    for one in references:
        places[one.pose] += 1
        yield f"references/{one.pose}-{places[one.pose]}.{ending_of(one.media_type)}", one


def _told(dossier: Dossier, named: list[tuple[str, DossierReference]]) -> dict[str, object]:
    look, lora = dossier.appearance, dossier.lora
    return {
        "format": FORMAT,
        "version": VERSION,
        "name": dossier.name,
        "design_prompt": dossier.design_prompt,
        "appearance": {
            "hair": look.hair,
            "eyes": look.eyes,
            "clothing": look.clothing,
            "key_colours": look.key_colours,
            "common_errors": look.common_errors,
        },
        "trigger": dossier.trigger,
        "lora": {"name": lora.name, "strength": lora.strength} if lora else None,
        "variations": [
            {"kind": one.kind, "name": one.name, "prompt": one.prompt} for one in dossier.variations
        ],
        "references": [{"pose": one.pose, "file": name} for name, one in named],
        "learned": [{"family": one.family, "term": one.term} for one in dossier.lessons],
    }


# ── in


class _Part(BaseModel):
    model_config = ConfigDict(strict=True, frozen=True)


Words = Annotated[str, Field(max_length=4000)]


class _Appearance(_Part):
    hair: Words = ""
    eyes: Words = ""
    clothing: Words = ""
    key_colours: Words = ""
    common_errors: Words = ""


class _Lora(_Part):
    name: Annotated[str, Field(min_length=1, max_length=300)]
    strength: Annotated[float, Field(ge=-STRENGTH_MOST, le=STRENGTH_MOST, allow_inf_nan=False)] = 1.0


class _Variation(_Part):
    kind: VariationKind
    name: Words
    prompt: Words


class _Reference(_Part):
    pose: Pose
    file: Annotated[str, Field(min_length=1, max_length=200)]


class _Lesson(_Part):
    family: Words
    term: Words


class _Sheet(_Part):
    format: Literal["genga character"]
    version: Literal[1]
    name: Words
    design_prompt: Words = ""
    appearance: _Appearance = _Appearance()
    trigger: Words = ""
    lora: _Lora | None = None
    variations: Annotated[list[_Variation], Field(max_length=500)] = []
    references: Annotated[list[_Reference], Field(max_length=MOST_ENTRIES)] = []
    learned: Annotated[list[_Lesson], Field(max_length=500)] = []


def _unpacked(content: bytes) -> Dossier:
    _check_frame(content)
    try:
        with zipfile.ZipFile(BytesIO(content)) as archive:
            return _dossier(_Opened(archive))
    except BadRequest:
        raise
    except Exception as error:  # damaged bytes make zipfile raise anything, struct.error included
        raise BadRequest("The file is no zip that can be read.", hint=_ADVICE) from error


_END: Final = struct.Struct("<4s4H2LH")


def _check_frame(content: bytes) -> None:
    """Raise BadRequest for what is too large to be looked into, or no zip at all."""
    if len(content) > MOST_PACKED:
        raise BadRequest(
            f"The file has {len(content) / MIB:.1f} MiB; the most is {MOST_PACKED // MIB} MiB.", hint=_ADVICE
        )
    at = content.rfind(b"PK\5\6", max(len(content) - _END.size - 0xFFFF, 0))
    if at < 0 or at + _END.size > len(content):
        raise BadRequest("The file is no zip.", hint=_ADVICE)
    directory = _END.unpack_from(content, at)[5]
    if directory > MOST_DIRECTORY or content[max(at - 20, 0) : at].startswith(b"PK\6\7"):
        raise _too_many()


def _too_many() -> BadRequest:
    return BadRequest(f"There are more than {MOST_ENTRIES} files in the zip.", hint=_ADVICE)


class _Opened:
    """A zip whose entries are all harmless by name, read within a budget."""

    def __init__(self, archive: zipfile.ZipFile) -> None:
        entries = [entry for entry in archive.infolist() if not entry.is_dir()]
        if len(entries) > MOST_ENTRIES:
            raise _too_many()
        for entry in entries:
            _check_entry(entry)
        self._archive = archive
        self._entries = {entry.filename: entry for entry in entries}
        self._room = MOST_UNPACKED
        self.sheet = self._find_sheet()

    def _find_sheet(self) -> PurePosixPath:
        """Return where `character.json` is: at the top, or in the one folder that somebody packed."""
        paths = [PurePosixPath(name) for name in self._entries if not name.startswith("__MACOSX/")]
        found = [path for path in paths if path.name == SHEET and path.parent.parent == _TOP]
        if len(found) != 1:
            raise BadRequest(f"There is no `{SHEET}` in the zip.", hint=_ADVICE)
        return found[0]

    def read(self, path: PurePosixPath, *, most: int) -> bytes:
        """Return what is in an entry; raise BadRequest if it is not there, or unpacks to more than it may."""
        entry = self._entries.get(str(path))
        if entry is None:
            raise BadRequest(f"`{path}` is named in `{SHEET}` and is not in the zip.", hint=_ADVICE)
        limit = min(most, self._room)
        with self._archive.open(entry) as file:
            content = file.read(limit + 1)
        if len(content) > limit:
            raise BadRequest(f"`{path}` unpacks to more than {limit / MIB:.0f} MiB.", hint=_ADVICE)
        self._room -= len(content)
        return content


def _check_entry(entry: zipfile.ZipInfo) -> None:
    parts = entry.filename.split("/")
    if "\\" in entry.filename or ":" in entry.filename or not parts[0] or {"..", "."} & set(parts):
        raise BadRequest(f"`{entry.filename[:80]}` in the zip points out of it.", hint=_ADVICE)
    if entry.flag_bits & 0x1:
        raise BadRequest("The zip is locked with a password.", hint=_ADVICE)
    if entry.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
        raise BadRequest("The zip is packed in a way that is not taken.", hint=_ADVICE)


def _dossier(opened: _Opened) -> Dossier:
    sheet = _parsed(opened.read(opened.sheet, most=MOST_JSON))
    look, lora = sheet.appearance, sheet.lora
    folder = opened.sheet.parent
    return Dossier(
        name=sheet.name,
        design_prompt=sheet.design_prompt,
        appearance=Appearance(**look.model_dump()),
        trigger=sheet.trigger,
        lora=Lora(name=lora.name, strength=lora.strength) if lora else None,
        variations=tuple(
            DossierVariation(kind=one.kind, name=one.name, prompt=one.prompt) for one in sheet.variations
        ),
        references=tuple(
            DossierReference(
                pose=one.pose,
                content=opened.read(folder / one.file, most=MOST_PICTURE),
                media_type=_MEDIA.get(PurePosixPath(one.file).suffix[1:].casefold(), "image/png"),
            )
            for one in sheet.references
        ),
        lessons=tuple(DossierLesson(family=one.family, term=one.term) for one in sheet.learned),
    )


def _parsed(content: bytes) -> _Sheet:
    try:
        return _Sheet.model_validate_json(content)
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False, include_context=False)[0]
        where = ".".join(str(part) for part in first["loc"])
        what = f"`{where}`: {first['msg']}" if where else first["msg"]
        raise BadRequest(f"`{SHEET}` cannot be read. {what}.", hint=_ADVICE) from error
