"""Which typefaces a sheet may be written in: the owner's choice, Pillow's own, and what the system has."""

import os
import unicodedata
from collections.abc import Iterable, Sequence
from functools import cache
from pathlib import Path
from typing import Final

from bot.imaging.lettering import PILLOWS_OWN, Typefaces, has_all

JAPANESE: Final = "あいアイ日本語葵凛"
ACCENTED: Final = "éñüŁøßč×–→"

_JAPANESE_FILES: Final = (
    "NotoSansCJK-Regular.ttc", "NotoSansCJKjp-Regular.otf", "NotoSansJP-Regular.otf",
    "NotoSansJP-Regular.ttf", "NotoSansJP[wght].ttf", "NotoSansJP-VF.ttf",
    "SourceHanSans-Regular.ttc", "SourceHanSansJP-Regular.otf",
    "ヒラギノ角ゴシック W3.ttc", "HiraginoSans-W3.ttc", "YuGothM.ttc", "YuGothR.ttc", "meiryo.ttc",
    "msgothic.ttc", "ipaexg.ttf", "ipagp.ttf", "ipag.ttf", "TakaoPGothic.ttf", "TakaoGothic.ttf",
    "VL-PGothic-Regular.ttf", "VL-Gothic-Regular.ttf", "DroidSansFallbackFull.ttf", "DroidSansFallback.ttf",
    "wqy-microhei.ttc", "wqy-zenhei.ttc", "Hiragino Sans GB.ttc", "Arial Unicode.ttf",
)  # fmt: skip
"""By how well they suit Japanese and a sheet; the last ones draw kanji as Chinese does, or have only most."""
_ACCENTED_FILES: Final = (
    "NotoSans-Regular.ttf", "DejaVuSans.ttf", "segoeui.ttf", "LiberationSans-Regular.ttf",
    "Arial Unicode.ttf",
)  # fmt: skip


def _system_folders() -> tuple[Path, ...]:
    """Name where Linux, macOS and Windows keep fonts, for everybody and for one."""
    home = Path(os.path.expanduser("~"))  # noqa: PTH111 - Path.home() raises where nobody has a home
    windows = Path(os.environ.get("WINDIR", "C:/Windows")) / "Fonts"
    local = Path(os.environ.get("LOCALAPPDATA", home)) / "Microsoft/Windows/Fonts"
    unix = ("/usr/share/fonts", "/usr/local/share/fonts", "/run/current-system/sw/share/X11/fonts")
    apple = ("/System/Library/Fonts", "/Library/Fonts", home / "Library/Fonts")
    own = (home / ".local/share/fonts", home / ".fonts")
    return tuple(map(Path, (*own, *unix, *apple, local, windows)))


SYSTEM_FOLDERS: Final = _system_folders()


@cache
def typefaces_of(chosen: Path | None, folders: tuple[Path, ...] = SYSTEM_FOLDERS) -> Typefaces:
    """Return what is at hand; `chosen` goes first, and is left out if it is no font."""
    files = _files_in(folders)
    first = [] if chosen is None or not has_all(chosen, "A") else [chosen]
    found = (_first(files, _ACCENTED_FILES, ACCENTED), _first(files, _JAPANESE_FILES, JAPANESE))
    return (*first, *PILLOWS_OWN, *(file for file in found if file is not None))


def japanese_of(typefaces: Typefaces) -> Path | None:
    """Return the one in which Japanese names are written, if there is one."""
    return next((file for file in typefaces if file is not None and has_all(file, JAPANESE)), None)


def _files_in(folders: Iterable[Path]) -> dict[str, Path]:
    """Find all files by their names as they are compared; of two with one name the first counts."""
    found: dict[str, Path] = {}
    for folder in folders:
        for place, _, names in os.walk(folder):
            for name in names:
                found.setdefault(_compared(name), Path(place, name))
    return found


def _first(files: dict[str, Path], names: Sequence[str], sample: str) -> Path | None:
    """Return the first of these files that is there and has what its kind must have."""
    there = (files[name] for name in map(_compared, names) if name in files)
    return next((file for file in there if has_all(file, sample)), None)


def _compared(name: str) -> str:
    """Return a name as macOS and Windows compare it: they fold case, and macOS takes signs apart."""
    return unicodedata.normalize("NFC", name).casefold()
