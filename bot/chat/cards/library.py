"""What a server decides for itself: where pictures go, and where its troubles are told."""

from collections.abc import Sequence

from bot.chat.cards import palette
from bot.chat.cards.measures import small
from bot.chat.look import Look
from bot.core.library import Gallery, GalleryKind


def gallery_card(gallery: Gallery | None, *, changed: bool = False) -> Look:
    """Show where pictures without a project's gallery go; `changed`: it was chosen just now."""
    if gallery is None:
        return Look(
            text="There is no gallery: pictures are posted where they were asked for. "
            "`/settings gallery` chooses a channel.",
            colour=palette.IDLE,
        )
    now = " from now on" if changed else ""
    return Look(
        text=f"Pictures without a project's own gallery go to <#{gallery.channel}>{now}, "
        f"in {_THREAD[gallery.kind]}.",
        colour=palette.DONE if changed else palette.WAITING,
    )


def admin_channel_card(channel: int | None, *, changed: bool = False) -> Look:
    """Show where the studio's troubles are told; `changed`: it was chosen just now."""
    if channel is None:
        return Look(
            text="Nobody in this server is told when ComfyUI is away or the disk is full. "
            "`/settings admin` chooses a channel for that.",
            colour=palette.IDLE,
        )
    now = " from now on" if changed else ""
    return Look(
        text=f"<#{channel}> is told{now} when ComfyUI is away, the disk is full or a job is given up.",
        colour=palette.DONE if changed else palette.WAITING,
    )


def reactions_card(emoji: Sequence[str], *, changed: bool = False) -> Look:
    """Show what the bot puts under its own posts; `changed`: it was chosen just now."""
    now = " from now on" if changed else ""
    said = f"Genga puts {' '.join(emoji) or 'no reactions'} under its posts{now}."
    lines = [
        said,
        small("all of these work when people put them there: 🔁 🎲 ⬆️ ✅ ❌ ✉️ 📌"),
        *(
            []
            if changed
            else [small("`/settings reactions` chooses others with `emoji`, such as `🔁 🎲`, or `none`")]
        ),
    ]
    return Look(text="\n".join(lines), colour=palette.DONE if changed else palette.WAITING)


_THREAD = {GalleryKind.TEXT: "a thread there", GalleryKind.FORUM: "a post of that forum"}
