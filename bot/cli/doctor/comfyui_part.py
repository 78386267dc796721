"""What the doctor asks ComfyUI: is it one, which, and what does each workflow miss there."""

from bot.cli.doctor.finding import Finding, bad, good, weak
from bot.clock import SystemClock
from bot.comfy.client import ComfyClient
from bot.comfy.renderer import ComfyRenderer
from bot.core.catalogue import Catalogue
from bot.core.errors import Misconfigured, RendererAway
from bot.core.workflow import Workflow
from bot.settings import Settings
from bot.workflows.loader import load_workflows

PART = "ComfyUI"
_AWAY = "Start it, or say in COMFYUI_URL where it is. Until then jobs are taken in and wait."
SAFE = (0, 28)
"""Older ones have published holes, among them script in pictures and files read from anywhere."""


async def look_at_comfyui(settings: Settings) -> list[Finding]:
    async with ComfyClient(settings.comfyui_url) as client, ComfyRenderer(client, SystemClock()) as renderer:
        try:
            health = await renderer.health()
            catalogue = await renderer.catalogue()
        except RendererAway as error:
            return [bad(PART, f"{client.address}: {error.message}", _AWAY)]
        except Misconfigured as error:
            return [bad(PART, f"{client.address}: {error.message}", error.hint)]
    device = health.device or "a device it does not name"
    return [
        good(PART, f"{client.address}: version {health.version} on {device}"),
        *_safety(health.version),
        *_models(catalogue, settings.default_model),
        *_workflows(settings, catalogue),
    ]


def _safety(version: str) -> list[Finding]:
    numbers = tuple(int(part) for part in version.split(".")[:2] if part.isdigit())
    if numbers >= SAFE:
        return []
    return [weak(PART, f"version {version} has known security holes", "Update it to 0.28.0 or newer.")]


def _models(catalogue: Catalogue, default: str | None) -> list[Finding]:
    if not catalogue.checkpoints:
        return [bad(PART, "it has no checkpoint", "Put one into its folder models/checkpoints.")]
    if default is not None and default not in catalogue.checkpoints:
        return [
            bad(
                "DEFAULT_MODEL",
                f"ComfyUI has no {default}",
                f"It has {', '.join(catalogue.checkpoints[:5])}.",
            )
        ]
    return [good(PART, f"{len(catalogue.checkpoints)} checkpoints, {len(catalogue.loras)} LoRAs")]


def _workflows(settings: Settings, catalogue: Catalogue) -> list[Finding]:
    loaded = load_workflows(settings.data_dir / "workflows")
    broken = [bad(f"workflow {found.file}", found.reason, found.hint) for found in loaded.findings]
    return [*broken, *(_workflow(workflow, catalogue) for workflow in loaded.workflows.values())]


def _workflow(workflow: Workflow, catalogue: Catalogue) -> Finding:
    part = f"workflow {workflow.name}"
    missing = catalogue.missing_for(workflow)
    if missing:
        return weak(
            part, f"ComfyUI lacks {', '.join(missing)}", "Install the custom nodes, or leave it unused."
        )
    return good(part, "everything it needs is there")
