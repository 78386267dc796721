"""Slash commands, one cog per noun: typed options in, one use case called, a card out."""

from cogs.batch import BatchCommands
from cogs.character import CharacterCommands
from cogs.gallery import Gallery
from cogs.generate import Generate
from cogs.job import JobCommands
from cogs.project import ProjectCommands
from cogs.prompt import PromptCommands
from cogs.queue import QueueCommands
from cogs.review import Learn, ReviewCommands
from cogs.settings import SettingsCommands
from cogs.status import Status
from cogs.style import StyleCommands

COGS = (
    Gallery,
    Generate,
    BatchCommands,
    CharacterCommands,
    QueueCommands,
    JobCommands,
    ProjectCommands,
    PromptCommands,
    ReviewCommands,
    Learn,
    SettingsCommands,
    Status,
    StyleCommands,
)

__all__ = ["COGS"]
