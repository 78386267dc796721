"""`/generate`: from a sentence to a job."""

from dataclasses import replace
from typing import Any

import discord
from discord import app_commands
from discord.ext import commands

from bot.chat import choices
from bot.chat.answers import Announced
from bot.chat.attachments import check_description, read_picture
from bot.chat.choices import Choice
from bot.chat.desk import Desk
from bot.chat.people import actor_of, origin_of
from bot.chat.reception import Reception
from bot.chat.tickets import show_ticket
from bot.core.errors import BadRequest
from bot.core.generation import GenerationRequest, Lora, Seed, parse_size
from bot.core.planning import CFG_MOST, STEPS, STRENGTH_MOST

MOST_SEED = 2**53 - 1
"""The largest whole number that Discord's clients can send."""

Typing = discord.Interaction[Any]


class Generate(commands.Cog):
    def __init__(self, desk: Desk, reception: Reception) -> None:
        self._desk = desk
        self._reception = reception

    @app_commands.command(
        description="Draw something: it takes its turn and is posted in the project's thread"
    )
    @app_commands.guild_only
    @app_commands.describe(
        prompt="What is to be drawn",
        project="Whose thread it goes to; otherwise this channel's project or the one you use",
        negative="What must not be in it, separated by commas",
        size="square, portrait, landscape, wide, or width x height such as 832x1216",
        count="How many pictures",
        seed="The same seed draws the same picture; left out, a new one is rolled",
        steps="More steps take longer and settle the details",
        cfg="How strictly the prompt is followed",
        sampler="ComfyUI's sampler",
        model="The checkpoint to draw with",
        lora="A LoRA to add",
        lora_strength="How strongly the LoRA counts; 1 if left out",
        workflow="The ComfyUI workflow to draw with",
        reference="A picture to start from (PNG, JPEG or WebP, up to 20 MiB)",
        allow_smaller="If the GPU runs out of memory, draw fewer or smaller pictures instead of failing",
    )
    async def generate(
        self,
        interaction: discord.Interaction[Any],
        prompt: app_commands.Range[str, 1, 4000],
        project: str | None = None,
        negative: app_commands.Range[str, 0, 4000] | None = None,
        size: str | None = None,
        count: app_commands.Range[int, 1, 8] | None = None,
        seed: app_commands.Range[int, 0, MOST_SEED] | None = None,
        steps: app_commands.Range[int, STEPS.start, STEPS.stop - 1] | None = None,
        cfg: app_commands.Range[float, 0.0, CFG_MOST] | None = None,
        sampler: str | None = None,
        model: str | None = None,
        lora: str | None = None,
        lora_strength: app_commands.Range[float, -STRENGTH_MOST, STRENGTH_MOST] | None = None,
        workflow: str | None = None,
        reference: discord.Attachment | None = None,
        allow_smaller: bool = False,  # noqa: FBT001, FBT002 - discord.py passes options by name
    ) -> None:
        request = GenerationRequest(
            prompt=prompt,
            project=project,
            negative=negative,
            size=parse_size(size) if size is not None else None,
            count=count,
            seed=Seed(seed) if seed is not None else None,
            steps=steps,
            cfg=cfg,
            sampler=sampler,
            model=model,
            loras=_loras(lora, lora_strength),
            workflow=workflow,
            allow_smaller=allow_smaller,
        )
        await self._submit(interaction, request, reference)

    async def _submit(
        self,
        interaction: discord.Interaction[Any],
        request: GenerationRequest,
        reference: discord.Attachment | None,
    ) -> None:
        if reference is not None:
            check_description(reference, hosts=self._desk.wire.file_hosts)
        async with self._reception.attend(interaction, Announced.TO_ALL, slow=reference is not None):
            if reference is not None:
                content = await read_picture(reference, hosts=self._desk.wire.file_hosts)
                request = replace(request, reference=await self._desk.submit.reference(content))
            ticket = await self._desk.submit(request, origin_of(interaction))
        await show_ticket(self._desk, interaction, ticket)

    @generate.autocomplete("project")
    async def _projects(self, interaction: Typing, typed: str) -> list[Choice]:
        return choices.projects(await self._desk.library.matching(typed, actor_of(interaction)))

    @generate.autocomplete("size")
    async def _sizes(self, _interaction: Typing, typed: str) -> list[Choice]:
        return choices.sizes(typed)

    @generate.autocomplete("sampler")
    async def _samplers(self, _interaction: Typing, typed: str) -> list[Choice]:
        catalogue = self._desk.workshop.catalogue
        return choices.offered(catalogue.samplers if catalogue else (), typed)

    @generate.autocomplete("model")
    async def _models(self, _interaction: Typing, typed: str) -> list[Choice]:
        catalogue = self._desk.workshop.catalogue
        return choices.offered(catalogue.checkpoints if catalogue else (), typed)

    @generate.autocomplete("lora")
    async def _loras(self, _interaction: Typing, typed: str) -> list[Choice]:
        catalogue = self._desk.workshop.catalogue
        return choices.offered(catalogue.loras if catalogue else (), typed)

    @generate.autocomplete("workflow")
    async def _workflows(self, _interaction: Typing, typed: str) -> list[Choice]:
        return choices.workflows(self._desk.workshop.workflows.values(), typed)


def _loras(name: str | None, strength: float | None) -> tuple[Lora, ...]:
    if name is None:
        if strength is not None:
            raise BadRequest("`lora_strength` says how strongly, but no LoRA was named.", hint="Add `lora`.")
        return ()
    return (Lora(name=name, strength=1.0 if strength is None else strength),)
