"""The options of a drawing: what `/generate` takes, and what `/prompt preview` shows without drawing it."""

from dataclasses import replace

import discord
from discord import app_commands

from bot.chat.attachments import check_description, read_picture
from bot.chat.casts import loras_here, projects_here
from bot.chat.desk import Desk
from bot.chat.offers import every_workflow_here, models_here, samplers_here, sizes_here, styles_here
from bot.chat.wishes import cast_here, variations_of_cast_here
from bot.core.generation import MAX_COUNT, MAX_PROMPT, GenerationRequest, Seed, parse_size
from cogs.options import SIZES, Cfg, SeedOption, Steps, Strength, loras_of
from cogs.unfolding import needed, option, options

Names = app_commands.Range[str, 1, 1000]


@options
class DrawingOptions:
    """One drawing, as somebody asks for it in Discord."""

    prompt: app_commands.Range[str, 1, MAX_PROMPT] = needed(
        "What is to be drawn; @name brings a character in"
    )
    project: str | None = option(
        "Whose thread it goes to; otherwise this channel's project or the one you use", offers=projects_here
    )
    character: Names | None = option("Who is in it; several are separated by commas", offers=cast_here)
    variation: Names | None = option(
        "Their outfits, expressions and poses, separated by commas", offers=variations_of_cast_here
    )
    style: str | None = option("The style to draw in; otherwise the project's own", offers=styles_here)
    negative: app_commands.Range[str, 0, MAX_PROMPT] | None = option(
        "What must not be in it, separated by commas"
    )
    size: str | None = option(SIZES, offers=sizes_here)
    count: app_commands.Range[int, 1, MAX_COUNT] | None = option("How many pictures")
    seed: SeedOption | None = option("The same seed draws the same picture; left out, a new one is rolled")
    steps: Steps | None = option("More steps take longer and settle the details")
    cfg: Cfg | None = option("How strictly the prompt is followed")
    sampler: str | None = option("ComfyUI's sampler", offers=samplers_here)
    model: str | None = option("The checkpoint to draw with", offers=models_here)
    lora: str | None = option("A LoRA to add", offers=loras_here)
    lora_strength: Strength | None = option("How strongly the LoRA counts; 1 if left out")
    workflow: str | None = option("The ComfyUI workflow to draw with", offers=every_workflow_here)
    reference: discord.Attachment | None = option("A picture to start from (PNG, JPEG or WebP, up to 20 MiB)")
    contact_sheet: bool = option("With several pictures: add one sheet that shows them all", default=False)
    allow_smaller: bool = option(
        "If the GPU runs out of memory, draw fewer or smaller pictures instead of failing", default=False
    )

    def request(self) -> GenerationRequest:
        """Return what is asked for, but for the reference picture; raise BadRequest."""
        return GenerationRequest(
            prompt=self.prompt,
            project=self.project,
            characters=(self.character,) if self.character else (),
            variations=(self.variation,) if self.variation else (),
            style=self.style,
            negative=self.negative,
            size=parse_size(self.size) if self.size is not None else None,
            count=self.count,
            seed=Seed(self.seed) if self.seed is not None else None,
            steps=self.steps,
            cfg=self.cfg,
            sampler=self.sampler,
            model=self.model,
            loras=loras_of(self.lora, self.lora_strength),
            workflow=self.workflow,
            contact_sheet=self.contact_sheet,
            allow_smaller=self.allow_smaller,
        )

    def check(self, desk: Desk) -> None:
        """Raise BadRequest for an attachment that need not be fetched to be refused."""
        if self.reference is not None:
            check_description(self.reference, hosts=desk.wire.file_hosts)

    async def with_reference(self, desk: Desk) -> GenerationRequest:
        """Return what is asked for, with the reference picture on our shelf; raise BadRequest."""
        request = self.request()
        if self.reference is None:
            return request
        content = await read_picture(self.reference, hosts=desk.wire.file_hosts)
        return replace(request, reference=await desk.submit.reference(content))
