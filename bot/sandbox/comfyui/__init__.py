"""A ComfyUI on the wire that needs no GPU and really makes a picture."""

from bot.sandbox.comfyui.faults import Faults
from bot.sandbox.comfyui.machine import AcceptedPrompt, SeenRequest
from bot.sandbox.comfyui.models import Models
from bot.sandbox.comfyui.pace import Pace
from bot.sandbox.comfyui.server import SandboxComfyUI

__all__ = ["AcceptedPrompt", "Faults", "Models", "Pace", "SandboxComfyUI", "SeenRequest"]
