"""A1111's `parameters` text: the form in which other tools read what a picture was drawn with.

First the prompt, then from `Negative prompt:` on the negative one, both over as many lines as they like, and
last one line of settings: `Steps: 25, Sampler: Euler a, …`; a value with a comma or a colon in it is quoted
as in JSON.
"""

import json
import re
from collections.abc import Callable, Iterator, Mapping
from math import isfinite

from bot.core.generation import Lora, Size
from bot.core.inscription import Parameters
from bot.imaging.samplers import a1111_sampler, a1111_schedule, comfyui_sampler, comfyui_scheduler

MOST_INFOTEXT = 256 * 1024
"""Characters; the longest prompts are a hundredth of it."""

_NEGATIVE = "Negative prompt:"
_SETTING = re.compile(r'([^\s:,"][^:,"]{0,60}):\s*("(?:\\.|[^\\"])*"|[^,]*)(?:,|$)')
_LEAST_SETTINGS = 2
"""So many make the last line one of settings; a prompt may well end with one colon."""
_LORA = re.compile(r" ?<lora:([^:<>]+)(?::(-?\d{1,4}(?:\.\d{1,12})?))?(?::[^<>]*)?>(?:\s*,)?")
_SIZE = re.compile(r"(\d{1,5})x(\d{1,5})")
_DIGITS = 20

_READ = frozenset(
    {
        "Steps",
        "Sampler",
        "Schedule type",
        "CFG scale",
        "Seed",
        "Size",
        "Model",
        "Model hash",
        "Denoising strength",
    }
)


def parsed(text: str) -> Parameters | None:
    """Return None for what is no such text; a setting that makes no sense is left out."""
    if len(text) > MOST_INFOTEXT:
        return None
    lines = text.replace("\r\n", "\n").strip("\n\0 ").split("\n")
    settings = _settings(lines[-1])
    words = lines[:-1] if settings else lines
    if not settings and not any(line.lstrip().startswith(_NEGATIVE) for line in lines):
        return None
    return _parameters(words, settings)


def _parameters(words: list[str], settings: Mapping[str, str]) -> Parameters:
    prompt, negative = _halves(words)
    sampler, scheduler = comfyui_sampler(settings["Sampler"]) if "Sampler" in settings else (None, None)
    if "Schedule type" in settings:
        scheduler = comfyui_scheduler(settings["Schedule type"])
    return Parameters(
        prompt=_LORA.sub("", prompt).strip(" ,\n") if _LORA.search(prompt) else prompt,
        negative=negative,
        seed=_whole(settings.get("Seed")),
        steps=_whole(settings.get("Steps")),
        cfg=_number(settings.get("CFG scale")),
        sampler=sampler,
        scheduler=scheduler,
        denoise=_number(settings.get("Denoising strength")),
        model=settings.get("Model"),
        model_hash=settings.get("Model hash"),
        loras=tuple(_loras(prompt)),
        size=_size(settings.get("Size", "")),
        others=tuple((name, value) for name, value in settings.items() if name not in _READ),
    )


def _halves(lines: list[str]) -> tuple[str, str | None]:
    for number, line in enumerate(lines):
        if line.lstrip().startswith(_NEGATIVE):
            negative = [line.lstrip().removeprefix(_NEGATIVE), *lines[number + 1 :]]
            return _joined(lines[:number]), _joined(negative)
    return _joined(lines), None


def _joined(lines: list[str]) -> str:
    return "\n".join(lines).strip()


def _settings(line: str) -> dict[str, str]:
    found = {name.strip(): _unquoted(value.strip()) for name, value in _SETTING.findall(line)}
    return found if len(found) >= _LEAST_SETTINGS and _READ & found.keys() else {}


def _unquoted(value: str) -> str:
    if not value.startswith('"'):
        return value
    try:
        plain: object = json.loads(value)
    except ValueError:
        return value.strip('"')
    return plain if isinstance(plain, str) else value


def _loras(prompt: str) -> Iterator[Lora]:
    for name, strength in _LORA.findall(prompt):
        yield Lora(name=name, strength=float(strength or 1))


def _whole(value: str | None) -> int | None:
    return int(value) if value and value.isdecimal() and len(value) <= _DIGITS else None


def _number(value: str | None) -> float | None:
    try:
        number = float(value or "")
    except ValueError:
        return None
    return number if isfinite(number) else None


def _size(value: str) -> Size | None:
    found = _SIZE.fullmatch(value)
    sides = (int(found[1]), int(found[2])) if found else (0, 0)
    return Size(width=sides[0], height=sides[1]) if all(sides) else None


# ── writing


def written(parameters: Parameters) -> str:
    """Return the text; `parsed` reads the same back, as long as no prompt contains a line of settings."""
    tags = " ".join(f"<lora:{_stem(lora.name)}:{_shown(lora.strength)}>" for lora in parameters.loras)
    prompt = " ".join(part for part in (_calm(parameters.prompt or ""), tags) if part)
    lines = [prompt]
    if parameters.negative:
        lines.append(f"{_NEGATIVE} {_calm(parameters.negative)}")
    lines.append(", ".join(f"{name}: {_quoted(value)}" for name, value in _named(parameters)))
    return "\n".join(lines)


def _named(parameters: Parameters) -> Iterator[tuple[str, str]]:
    for name, value in _fields(parameters):
        if value is not None:
            yield name, value
    yield from parameters.others


def _fields(parameters: Parameters) -> Iterator[tuple[str, str | None]]:
    yield "Steps", _shown(parameters.steps)
    yield "Sampler", _through(a1111_sampler, parameters.sampler)
    yield "Schedule type", _through(a1111_schedule, parameters.scheduler)
    yield "CFG scale", _shown(parameters.cfg)
    yield "Seed", _shown(parameters.seed)
    yield "Size", f"{parameters.size.width}x{parameters.size.height}" if parameters.size else None
    yield "Model hash", parameters.model_hash
    yield "Model", _through(_stem, parameters.model)
    yield "Denoising strength", _shown(parameters.denoise)


def _shown(number: float | None) -> str | None:
    return None if number is None else f"{number}".removesuffix(".0")


def _through(name: Callable[[str], str], value: str | None) -> str | None:
    return None if value is None else name(value)


def _stem(file: str) -> str:
    """Return a model's name as A1111 knows it: without folder and ending."""
    name = file.replace("\\", "/").rpartition("/")[2]
    return name.removesuffix(".safetensors").removesuffix(".ckpt")


def _calm(prompt: str) -> str:
    """Keep a prompt's own lines from being taken for the beginning of the negative one."""
    lines = prompt.replace("\0", "").replace("\r\n", "\n").strip().split("\n")
    return "\n".join(
        line.replace(":", " :", 1) if line.lstrip().startswith(_NEGATIVE) else line for line in lines
    )


def _quoted(value: str) -> str:
    return json.dumps(value, ensure_ascii=False) if re.search(r'[,:\n"]', value) else value
