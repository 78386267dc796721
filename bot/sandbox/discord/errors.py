"""Discord's refusals: an HTTP status, a numeric code and, for a form, the tree that names each field."""

from typing import Any

from bot.sandbox.discord.model import Json


class Refusal(Exception):
    """An answer that is not a success."""

    def __init__(self, status: int, code: int, message: str, *, errors: Json | None = None) -> None:
        super().__init__(f"{status} {code}: {message}")
        self.status = status
        self.code = code
        self.message = message
        self.errors = errors

    @property
    def body(self) -> Json:
        told: Json = {"message": self.message, "code": self.code}
        return told if self.errors is None else {**told, "errors": self.errors}


class NotPossible(Exception):
    """A person tried what Discord's client would not let them do."""


_KNOWN: dict[int, tuple[int, str]] = {
    0: (401, "401: Unauthorized"),
    10003: (404, "Unknown Channel"),
    10004: (404, "Unknown Guild"),
    10007: (404, "Unknown Member"),
    10008: (404, "Unknown Message"),
    10011: (404, "Unknown Role"),
    10013: (404, "Unknown User"),
    10014: (400, "Unknown Emoji"),
    10015: (404, "Unknown Webhook"),
    10062: (404, "Unknown interaction"),
    10063: (404, "Unknown application command"),
    30010: (403, "Maximum number of reactions reached (20)"),
    30034: (400, "Max number of daily application command creates has been reached (200)"),
    30046: (429, "Maximum number of edits to messages older than 1 hour reached. Try again later"),
    40005: (413, "Request entity too large"),
    40060: (400, "Interaction has already been acknowledged."),
    40067: (400, "A tag is required to create a forum post in this channel"),
    50001: (403, "Missing Access"),
    50005: (403, "Cannot edit a message authored by another user"),
    50006: (400, "Cannot send an empty message"),
    50007: (403, "Cannot send messages to this user"),
    50008: (400, "Cannot send messages in a non-text channel"),
    50013: (403, "Missing Permissions"),
    50021: (403, "Cannot execute action on a system message"),
    50024: (400, "Cannot execute action on this channel type"),
    50027: (401, "Invalid Webhook Token"),
    50083: (400, "Thread is archived"),
    50109: (400, "The request body contains invalid JSON."),
    160004: (400, "A thread has already been created for this message"),
    160005: (400, "Thread is locked"),
    160006: (400, "Maximum number of active threads reached"),
}


def refusal(code: int) -> Refusal:
    status, message = _KNOWN[code]
    return Refusal(status, code, message)


class Form:
    """Collects what is wrong with a body; `check()` raises it all at once."""

    def __init__(self) -> None:
        self._tree: Json = {}

    def wrong(self, path: tuple[str | int, ...], code: str, message: str) -> None:
        node = self._tree
        for step in path:
            node = node.setdefault(str(step), {})
        node.setdefault("_errors", []).append({"code": code, "message": message})

    def length(self, path: tuple[str | int, ...], text: object, low: int, high: int) -> None:
        """Want a text between two lengths; `None` counts as absent and passes."""
        if text is None:
            return
        if not isinstance(text, str):
            self.wrong(path, "STRING_TYPE_CONVERT", "Could not interpret value as string.")
        elif not low <= len(text) <= high:
            self._outside(path, len(text), low, high)

    def count(self, path: tuple[str | int, ...], items: list[Any], low: int, high: int) -> None:
        if not low <= len(items) <= high:
            self._outside(path, len(items), low, high)

    def choice(self, path: tuple[str | int, ...], value: object, allowed: set[Any]) -> None:
        if value not in allowed:
            listed = ", ".join(str(option) for option in sorted(allowed))
            self.wrong(path, "BASE_TYPE_CHOICES", f"Value must be one of ({listed}).")

    def _outside(self, path: tuple[str | int, ...], size: int, low: int, high: int) -> None:
        if size > high:
            self.wrong(path, "BASE_TYPE_MAX_LENGTH", f"Must be {high} or fewer in length.")
        elif low == 1:
            self.wrong(path, "BASE_TYPE_REQUIRED", "This field is required")
        else:
            self.wrong(path, "BASE_TYPE_BAD_LENGTH", f"Must be between {low} and {high} in length.")

    def check(self) -> None:
        if self._tree:
            raise Refusal(400, 50035, "Invalid Form Body", errors=self._tree)


def form_error(path: tuple[str | int, ...], code: str, message: str) -> Refusal:
    return Refusal(400, 50035, "Invalid Form Body", errors=_nested(path, code, message))


def _nested(path: tuple[str | int, ...], code: str, message: str) -> Json:
    tree: Json = {"_errors": [{"code": code, "message": message}]}
    for step in reversed(path):
        tree = {str(step): tree}
    return tree
