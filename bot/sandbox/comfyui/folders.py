"""ComfyUI's input, output and temp folders on disk."""

import os
import re
import time
from dataclasses import dataclass, field
from pathlib import Path
from random import choices
from string import ascii_lowercase

_ANNOTATION = re.compile(r"^(?P<name>.*) \[(?P<kind>input|output|temp)\]$", re.DOTALL)


class OutsideFolderError(Exception):
    """A path that leads out of the folder it was asked for."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where one picture is saved, and how a client finds it again."""

    folder: Path
    subfolder: str
    filename: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Folders:
    input: Path
    output: Path
    temp: Path
    temp_prefix: str = field(default_factory=lambda: "ComfyUI_temp_" + "".join(choices(ascii_lowercase, k=5)))

    def create(self) -> None:
        for folder in (self.input, self.output, self.temp):
            folder.mkdir(parents=True, exist_ok=True)

    def of(self, kind: str) -> Path | None:
        """Return the folder called input, output or temp; None for every other name."""
        return {"input": self.input, "output": self.output, "temp": self.temp}.get(kind)

    def annotated(self, name: str, default: str) -> tuple[str, str]:
        """Split a file name, as `LoadImage` and `/view` take it, from its ` [output]` suffix."""
        found = _ANNOTATION.match(name)
        return (found["name"], found["kind"]) if found else (name, default)

    def input_file(self, name: str) -> Path:
        """Find what a `LoadImage` value means; the path may not exist."""
        plain, kind = self.annotated(name, "input")
        return within(self.of(kind) or self.input, plain)

    def input_names(self) -> list[str]:
        pictures = {".png", ".jpg", ".jpeg", ".webp", ".gif", ".bmp"}
        found = (entry for entry in self.input.iterdir() if entry.is_file())
        return sorted(entry.name for entry in found if entry.suffix.lower() in pictures)

    def empty_temp(self) -> None:
        for entry in self.temp.rglob("*"):
            if entry.is_file():
                entry.unlink()

    def places(self, top: Path, prefix: str, size: tuple[int, int], count: int) -> list[Place]:
        """Take the next free names below `top` for a filename prefix, one per picture of a batch."""
        root = str(top.resolve())
        expanded = os.path.normpath(_expanded(prefix, size))
        subfolder, stem = os.path.split(expanded)
        folder = os.path.abspath(os.path.join(root, subfolder))  # noqa: PTH100, PTH118 - as ComfyUI joins: absolute parts win
        if os.path.commonpath((root, folder)) != root:
            raise OutsideFolderError(
                "**** ERROR: Saving image outside the output folder is not allowed.\n"
                f" full_output_folder: {folder}\n         output_dir: {root}"
            )
        Path(folder).mkdir(parents=True, exist_ok=True)
        first = _last_number(Path(folder), stem) + 1
        return [
            Place(
                folder=Path(folder),
                subfolder=subfolder,
                filename=f"{stem.replace('%batch_num%', str(index))}_{first + index:05}_.png",
            )
            for index in range(count)
        ]


def within(folder: Path, name: str) -> Path:
    """`name` below `folder`; raises OutsideFolderError when it leads elsewhere."""
    path = os.path.abspath(folder / name)  # noqa: PTH100 - resolves `..` without following links
    if os.path.commonpath((folder.resolve(), path)) != str(folder.resolve()):
        raise OutsideFolderError(path)
    return Path(path)


def _expanded(prefix: str, size: tuple[int, int]) -> str:
    now = time.localtime()
    words = {
        "%width%": str(size[0]),
        "%height%": str(size[1]),
        "%year%": str(now.tm_year),
        "%month%": f"{now.tm_mon:02}",
        "%day%": f"{now.tm_mday:02}",
        "%hour%": f"{now.tm_hour:02}",
        "%minute%": f"{now.tm_min:02}",
        "%second%": f"{now.tm_sec:02}",
    }
    return re.sub(r"%[a-z]+%", lambda word: words.get(word[0], word[0]), prefix)


def _last_number(folder: Path, stem: str) -> int:
    """Read the highest counter off the listing: a deleted newest file gives its name away again."""
    numbered = re.compile(re.escape(stem) + r"_(\d+)_", re.IGNORECASE)
    found = (numbered.match(name) for name in os.listdir(folder))  # noqa: PTH208 - names only, and much faster
    return max((int(name[1]) for name in found if name), default=0)
