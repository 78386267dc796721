"""Who does something in the studio."""

from dataclasses import dataclass

from bot.core.errors import BadRequest, NotAllowed


@dataclass(frozen=True, slots=True, kw_only=True)
class Actor:
    """Who does something, as known at that very moment; `manages` means Manage Server."""

    user: int
    guild: int | None
    manages: bool = False
    roles: frozenset[int] = frozenset()
    name: str = ""

    def is_any_of(self, *people: int) -> bool:
        """Tell whether they are one of these, or stand for them with Manage Server."""
        return self.manages or self.user in people


def server_of(actor: Actor, *, choosing: str) -> int:
    """Return the server for which the actor may choose that; raise NotAllowed, or BadRequest outside one."""
    if actor.guild is None:
        raise BadRequest(f"The {choosing} of a server can be chosen there only.", hint="Ask in a server.")
    if not actor.manages:
        raise NotAllowed(
            f"Only someone with Manage Server can choose the {choosing}.", hint="Ask one of them."
        )
    return actor.guild
