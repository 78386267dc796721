"""What hangs on messages that an earlier version sent: each custom_id it wrote is understood for ever."""

import asyncio
from typing import Final

from tests.journeys.studio import Studio

BUTTONS: Final = (
    *(f"job:1:{act}" for act in ("again", "params", "cancel")),
    *(f"page:{name}:9" for name in ("jobs", "jobs.u77.p1.sfailed", "queue", "batches")),
    *("album:9:", "album:0:p1c2r0s20700u20701", "find:9:p1:heron, rain", "find:0::heron"),
    *(f"picture:1:0:{deed}" for deed in ("again", "vary", "upscale", "edit", "approve", "reject", "params")),
    *(f"picture:1:2:{deed}" for deed in ("delete", "pin", "delete_now", "keep")),
    *(f"review:{act}:1:post" for act in ("approve", "reject", "plain", "back")),
    *(f"review:skip:1:{scope}" for scope in ("all", "p3", "c5", "p3c5")),
    *("review:start:0:all", "bulk:leave"),
    *("project:1:keep", "project:1:archive", "project:1:delete:40"),
    *(f"character:1:{act}" for act in ("looks", "references", "usual")),
    *(f"batch:plan-1:{act}" for act in ("start", "drop", "edit")),
    *(f"batch:1:{act}" for act in ("pause", "resume", "cancel", "stop", "keep", "failed")),
)
MENUS: Final = (
    *(f"menu:picture:1:{deed}" for deed in ("show", "vary", "upscale", "approve", "reject", "delete", "pin")),
    *("menu:picture:1:move", "menu:review:1:all", "menu:unlearn:1", "menu:style_back:1"),
)


async def answer_to(studio: Studio, custom_id: str) -> str:
    message = studio.a_message_with_button(custom_id)
    if not custom_id.startswith("menu:"):
        return (await (await studio.artist.click(message, custom_id)).answered()).text
    value = "a" if "review" in custom_id else "1"
    menu = {"type": 3, "id": 2, "custom_id": custom_id, "options": [{"label": value, "value": value}]}
    message.components = [{"type": 1, "id": 1, "components": [menu]}]
    return (await (await studio.artist.select(message, custom_id, [value])).answered()).text


async def test_every_control_of_an_earlier_version_still_means_something(studio: Studio) -> None:
    every = (*BUTTONS, *MENUS)
    answers = await asyncio.gather(*(answer_to(studio, custom_id) for custom_id in every))
    not_understood = [
        custom_id
        for custom_id, answer in zip(every, answers, strict=True)
        if "belongs to nothing any more" in answer or "incident" in answer.casefold()
    ]
    assert not_understood == []
