"""A ComfyUI on the wire that needs no GPU and really makes a picture.

    async with SandboxComfyUI(version="0.33.0") as comfy:
        comfy.pace = Pace.demo()            # as slow as a small GPU; without it everything takes milliseconds
        comfy.faults.out_of_memory_next()   # one misfortune, ordered in advance
        await comfy.wait_for(lambda: comfy.prompts and comfy.prompts[-1].ended)

Its messages, answers, refusals and weaknesses are those of the version it is given, as recorded from real
servers. Its pictures are landscapes made of the words, the seed and the reference, signed as simulated.
"""

from bot.sandbox.comfyui.faults import Faults
from bot.sandbox.comfyui.machine import AcceptedPrompt, SeenRequest
from bot.sandbox.comfyui.models import Models
from bot.sandbox.comfyui.pace import Pace
from bot.sandbox.comfyui.server import SandboxComfyUI

__all__ = ["AcceptedPrompt", "Faults", "Models", "Pace", "SandboxComfyUI", "SeenRequest"]
