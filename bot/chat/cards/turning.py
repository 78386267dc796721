"""The buttons that turn a list's pages, and how they write which page they lead to."""

from collections.abc import Callable
from typing import Any, Final

from bot.chat.look import Button
from bot.core.leafing import Newer, Older, Page, Turn

PAGE: Final = "page"
"""The kind of the buttons of lists; it stands on old messages."""
TURN: Final = r"\+?[0-9]{1,15}"
"""How a page stands in custom_ids, for ever: `91` is what is older, `+91` what is newer, `0` the newest."""


def turning(
    button: Callable[[str, str], Button], *, older: Older | None, newer: Newer | None
) -> tuple[Button, ...]:
    """Offer the pages there are beside this one; `button` makes one of where it leads and what it says."""
    back = (button("0", "Newest"), button(f"+{newer.than}", "Newer")) if newer else ()
    further = (button(str(older.than), "Older"),) if older else ()
    return (*back, *further)


def turning_list(name: str, page: Page[Any]) -> tuple[Button, ...]:
    """Offer the pages beside this one of a list that is answered by its name."""

    def button(where: str, label: str) -> Button:
        return page_button(name, where, label)

    return turning(button, older=page.older, newer=page.newer)


def page_button(name: str, where: str, label: str) -> Button:
    return Button(kind=PAGE, rest=f"{name}:{where}", label=label)


def turn_in(text: str) -> Turn:
    """Read what a button says, which has the form of TURN."""
    number = int(text)
    if text.startswith("+"):
        return Newer(number)
    return Older(number) if number else None
