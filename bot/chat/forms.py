"""What people wrote into a form."""

from collections.abc import Iterator, Mapping
from typing import Any

import discord

from bot.chat.interaction import Interaction


def fields_of(interaction: Interaction) -> Iterator[tuple[str, str]]:
    """Yield each field and what was written, whether it stands in a row of its own or below a label."""
    data: Mapping[str, Any] = interaction.data or {}
    for row in data.get("components", ()):
        for field in row.get("components") or [row.get("component") or {}]:
            if "value" in field:
                yield str(field["custom_id"]), str(field["value"])


def written_in(interaction: Interaction) -> list[str]:
    """Return all that was written; nothing where no form was sent."""
    if interaction.type is not discord.InteractionType.modal_submit:
        return []
    return [text for _, text in fields_of(interaction) if text.strip()]
