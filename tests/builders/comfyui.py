"""What ComfyUI has, is told and tells."""

from typing import Any

from bot.core.catalogue import Catalogue, ModelFacts
from bot.core.families import ModelFamily
from bot.core.progress import Accepted, NodeStarted, Rendered, RenderEvent, Sampled, Started
from bot.ports.renderer import Order, RendererHealth, Upload
from tests.builders.basics import NOW, built, png
from tests.builders.jobs import a_job, a_reference
from tests.builders.workflows import a_graph


def a_catalogue(**changes: Any) -> Catalogue:
    return built(
        Catalogue,
        changes,
        checkpoints=("illustrious_xl.safetensors", "counterfeit_v3.safetensors"),
        loras=("mira_v2.safetensors", "ink_lines.safetensors"),
        samplers=("euler", "euler_ancestral", "dpmpp_2m"),
        schedulers=("normal", "karras"),
        nodes=a_graph().class_types() | {"LoraLoader", "LoadImage", "VAEEncode", "ImageScale"},
        seen=NOW,
        upscalers=("4x_anime.pth",),
        facts={
            "illustrious_xl.safetensors": ModelFacts(family=ModelFamily.SDXL, hash="0123abcd"),
            "counterfeit_v3.safetensors": ModelFacts(family=ModelFamily.SD15),
            "mira_v2.safetensors": ModelFacts(),
            "ink_lines.safetensors": ModelFacts(),
        },
        version="0.33.0",
    )


def an_order(**changes: Any) -> Order:
    return built(Order, changes, prompt_id=a_job().prompt_id, graph=a_graph())


def an_upload(**changes: Any) -> Upload:
    return built(Upload, changes, name=a_reference().upload_name, content=png())


def some_health(**changes: Any) -> RendererHealth:
    gib = 1024**3
    return built(
        RendererHealth,
        changes,
        version="0.33.0",
        device="cuda:0",
        vram_total=12 * gib,
        vram_free=9 * gib,
        running=0,
        pending=0,
    )


def a_drawing(*, steps: int = 3) -> tuple[RenderEvent, ...]:
    """Return what ComfyUI tells of a warm drawing of `a_graph`, from its acceptance to its end."""
    sampling = tuple(Sampled(node="3", step=step, of=steps) for step in range(1, steps + 1))
    begin = (Accepted(), Started(cached=frozenset({"4"})), NodeStarted(node="3"))
    return (*begin, *sampling, NodeStarted(node="8"), NodeStarted(node="9"), Rendered())
