"""Inviting: the first reactions under a new post are the bot's own, so that one tap is enough."""

from typing import Final

import discord
import structlog

from bot.chat.touching import Touch
from bot.core.errors import BadRequest, StudioError
from bot.core.job import Job, JobState
from bot.ports.stores import Settings
from bot.studio.feed import Feed, JobChanged
from bot.studio.incidents import Incidents

log = structlog.get_logger(__name__)

USUAL: Final = ("🔁", "✅", "❌")
OFFERED: Final = ("🔁", "🎲", "⬆️", "✅", "❌", "✉️", "📌")
_SELECTOR: Final = "\N{VARIATION SELECTOR-16}"


def chosen_reactions(text: str) -> tuple[str, ...] | None:
    """Read emoji, each once: `🔁 ✅`; `none`, or `usual`, which is None. Raises BadRequest for any other."""
    written = text.casefold().replace(_SELECTOR, "").strip()
    if written in _WORDS:
        return _WORDS[written]
    known = {emoji.removesuffix(_SELECTOR): emoji for emoji in OFFERED}
    unknown = [char for char in written if not (char.isspace() or char in known)]
    if unknown:
        raise BadRequest(
            f"Genga knows no reaction `{unknown[0]}`.",
            hint=f"Choose of {' '.join(OFFERED)}, or none, or usual.",
        )
    return tuple(dict.fromkeys(known[char] for char in written if char in known))


_WORDS: Final[dict[str, tuple[str, ...] | None]] = {"none": (), "usual": None}


class Inviting:
    def __init__(self, *, settings: Settings, touch: Touch, feed: Feed, incidents: Incidents) -> None:
        self._settings = settings
        self._touch = touch
        self._feed = feed
        self._incidents = incidents

    async def run(self) -> None:
        """React to each post after it is made; no post waits for this, and a failure costs nothing."""
        with self._feed.listen() as news:
            async for item in news:
                match item:
                    case JobChanged(job=job) if job.state is JobState.DELIVERED:
                        await self._invite(job)
                    case _:
                        pass

    async def _invite(self, job: Job) -> None:
        if job.post is None or job.origin.guild is None:
            return
        try:
            chosen = (await self._settings.of_guild(job.origin.guild)).reactions
            for emoji in USUAL if chosen is None else chosen:
                await self._touch.react(job.post, emoji)
        except (StudioError, discord.HTTPException) as error:
            log.info("post.not_reacted_to", job=job.id, because=str(error))
        except Exception as error:  # noqa: BLE001 - the next post is not to go without
            await self._incidents.report(error, where="inviting", job=job.id)
