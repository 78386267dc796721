"""The options of a drawing: what `/generate` takes, and what `/prompt preview` shows without drawing it."""

import inspect
from collections.abc import Callable, Coroutine
from dataclasses import MISSING, Field, dataclass, fields, replace
from functools import wraps
from typing import Any, TypeVar

import discord
from discord import app_commands

from bot.chat.attachments import check_description, read_picture
from bot.chat.casts import loras_here, projects_here
from bot.chat.desk import Desk
from bot.chat.offers import models_here, samplers_here, sizes_here, styles_here
from bot.chat.wishes import cast_here, variations_of_cast_here, workflows_here
from bot.core.errors import BadRequest
from bot.core.generation import MAX_COUNT, MAX_PROMPT, GenerationRequest, Lora, Seed, parse_size
from bot.core.planning import CFG_MOST, STEPS, STRENGTH_MOST

MOST_SEED = 2**53 - 1
"""The largest whole number that Discord's clients can send."""

Names = app_commands.Range[str, 1, 1000]
T = TypeVar("T")


_SAID = {
    "prompt": "What is to be drawn; @name brings a character in",
    "project": "Whose thread it goes to; otherwise this channel's project or the one you use",
    "character": "Who is in it; several are separated by commas",
    "variation": "Their outfits, expressions and poses, separated by commas",
    "style": "The style to draw in; otherwise the project's own",
    "negative": "What must not be in it, separated by commas",
    "size": "square, portrait, landscape, wide, or width x height such as 832x1216",
    "count": "How many pictures",
    "seed": "The same seed draws the same picture; left out, a new one is rolled",
    "steps": "More steps take longer and settle the details",
    "cfg": "How strictly the prompt is followed",
    "sampler": "ComfyUI's sampler",
    "model": "The checkpoint to draw with",
    "lora": "A LoRA to add",
    "lora_strength": "How strongly the LoRA counts; 1 if left out",
    "workflow": "The ComfyUI workflow to draw with",
    "reference": "A picture to start from (PNG, JPEG or WebP, up to 20 MiB)",
    "contact_sheet": "With several pictures: add one sheet that shows them all",
    "allow_smaller": "If the GPU runs out of memory, draw fewer or smaller pictures instead of failing",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class DrawingOptions:
    """One drawing, as somebody asks for it in Discord; the fields are the command's options."""

    prompt: app_commands.Range[str, 1, MAX_PROMPT]
    project: str | None = None
    character: Names | None = None
    variation: Names | None = None
    style: str | None = None
    negative: app_commands.Range[str, 0, MAX_PROMPT] | None = None
    size: str | None = None
    count: app_commands.Range[int, 1, MAX_COUNT] | None = None
    seed: app_commands.Range[int, 0, MOST_SEED] | None = None
    steps: app_commands.Range[int, STEPS.start, STEPS.stop - 1] | None = None
    cfg: app_commands.Range[float, 0.0, CFG_MOST] | None = None
    sampler: str | None = None
    model: str | None = None
    lora: str | None = None
    lora_strength: app_commands.Range[float, -STRENGTH_MOST, STRENGTH_MOST] | None = None
    workflow: str | None = None
    reference: discord.Attachment | None = None
    contact_sheet: bool = False
    allow_smaller: bool = False

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
            loras=self._loras(),
            workflow=self.workflow,
            contact_sheet=self.contact_sheet,
            allow_smaller=self.allow_smaller,
        )

    def _loras(self) -> tuple[Lora, ...]:
        if self.lora is None:
            if self.lora_strength is not None:
                raise BadRequest(
                    "`lora_strength` says how strongly, but no LoRA was named.", hint="Add `lora`."
                )
            return ()
        return (Lora(name=self.lora, strength=1.0 if self.lora_strength is None else self.lora_strength),)

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


_OFFERS = {
    "project": projects_here,
    "character": cast_here,
    "variation": variations_of_cast_here,
    "style": styles_here,
    "size": sizes_here,
    "sampler": samplers_here,
    "model": models_here,
    "lora": loras_here,
    "workflow": workflows_here,
}

Drawn = Callable[[T, discord.Interaction[Any], DrawingOptions], Coroutine[Any, Any, None]]
Command = Callable[..., Coroutine[Any, Any, None]]


def takes_a_drawing(answer: Drawn[T]) -> Command:
    """Make a callback of a command that takes each field of DrawingOptions as an option, with its offers."""

    @wraps(answer)
    async def callback(
        self: T,
        interaction: discord.Interaction[Any],
        **said: Any,  # noqa: ANN401 - discord.py has held each against its field's type
    ) -> None:
        await answer(self, interaction, DrawingOptions(**said))

    own = list(inspect.signature(answer).parameters.values())[:2]
    options = [_parameter(one) for one in fields(DrawingOptions)]
    callback.__signature__ = inspect.Signature([*own, *options])  # pyright: ignore[reportAttributeAccessIssue] - where discord.py looks for options
    return app_commands.autocomplete(**_OFFERS)(app_commands.describe(**_SAID)(callback))


def _parameter(option: Field[Any]) -> inspect.Parameter:
    default = inspect.Parameter.empty if option.default is MISSING else option.default
    kind = inspect.Parameter.POSITIONAL_OR_KEYWORD
    return inspect.Parameter(option.name, kind, default=default, annotation=option.type)
