"""How it is written who is in a drawing, in which style and with which LoRAs it is made."""

from bot.chat.cards.measures import model_name, plain_number
from bot.chat.markdown import escape, fitted
from bot.core.generation import CastMember, Lora, Recipe
from bot.core.job import Job

MOST_LORAS = 4


def subject(job: Job) -> str:
    """Say what was typed, and before it who is in it as far as the words do not tell: not yet escaped."""
    typed = job.caption.casefold()
    untold = [
        member_words(member)
        for member in job.recipe.cast
        if member.variations or member.name.casefold() not in typed
    ]
    return f"{', '.join(untold)}: {job.caption}" if untold else job.caption


def cast_words(recipe: Recipe, limit: int = 200) -> str:
    """Name who is in it: `Mira (kimono, smiling), Kai`."""
    return fitted(", ".join(member_words(member) for member in recipe.cast), limit)


def member_words(member: CastMember) -> str:
    return f"{member.name} ({', '.join(member.variations)})" if member.variations else member.name


def style_words(recipe: Recipe) -> str:
    """Name the style, and which state of it."""
    used = recipe.style
    return f"style {fitted(used.name, 80)} (revision {used.revision})" if used else ""


def lora_words(recipe: Recipe) -> str:
    """Name the LoRAs that were applied."""
    shown = [_lora(lora) for lora in recipe.loras[:MOST_LORAS]]
    more = len(recipe.loras) - len(shown)
    rest = [f"{more} more"] if more else []
    return f"LoRA {', '.join([*shown, *rest])}" if shown else ""


def _lora(lora: Lora) -> str:
    return f"{escape(model_name(lora.name))} at {plain_number(lora.strength)}"
