"""Discord's limits on requests: buckets, the global one and the ban for those who do not listen."""

import time
from collections import deque
from dataclasses import dataclass
from hashlib import blake2b
from math import ceil

from bot.sandbox.discord.model import Json
from bot.sandbox.discord.rules import Bucket, Rules


@dataclass(slots=True)
class Window:
    """A bucket in use: how much is left until when."""

    bucket: Bucket
    name: str
    remaining: int = 0
    resets_at: float = 0.0
    empty_told_at: float | None = None
    """When the bot was told `Remaining: 0`; asking again before the reset is its fault."""

    def renew(self, now: float) -> None:
        if now >= self.resets_at:
            self.remaining, self.resets_at, self.empty_told_at = (
                self.bucket.limit,
                now + self.bucket.per_s,
                None,
            )

    def headers(self, now: float) -> dict[str, str]:
        wait = max(self.resets_at - now, 0.0)
        return {
            "X-RateLimit-Limit": str(self.bucket.limit),
            "X-RateLimit-Remaining": str(self.remaining),
            "X-RateLimit-Reset": f"{time.time() + wait:.3f}",
            "X-RateLimit-Reset-After": f"{upwards(wait):.3f}",
            "X-RateLimit-Bucket": self.name,
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class TooMany:
    """A 429 to answer with."""

    retry_after: float
    scope: str
    headers: dict[str, str]

    @property
    def body(self) -> Json:
        return {
            "message": "You are being rate limited.",
            "retry_after": self.retry_after,
            "global": self.scope == "global",
            "code": 0,
        }

    @property
    def all_headers(self) -> dict[str, str]:
        told = {**self.headers, "Retry-After": str(ceil(self.retry_after)), "X-RateLimit-Scope": self.scope}
        return {**told, "X-RateLimit-Global": "true"} if self.scope == "global" else told


def upwards(seconds: float) -> float:
    """Round so that whoever waits as told never comes too early."""
    return ceil(seconds * 1000) / 1000


class RateLimiter:
    def __init__(self, rules: Rules, violations: list[str]) -> None:
        self._rules = rules
        self._windows: dict[tuple[str, str], Window] = {}
        self._global: deque[float] = deque()
        self._invalid: deque[float] = deque()
        self._violations = violations

    def admit_globally(self) -> TooMany | None:
        """Fifty requests a second for the whole bot; interactions and their webhooks are exempt."""
        now = time.monotonic()
        while self._global and self._global[0] <= now - 1.0:
            self._global.popleft()
        if len(self._global) >= self._rules.global_per_s:
            wait = upwards(self._global[0] + 1.0 - now)
            return TooMany(retry_after=wait, scope="global", headers={})
        self._global.append(now)
        return None

    def window(self, route_class: str | None, major: str) -> Window | None:
        bucket = self._rules.buckets.get(route_class) if route_class else None
        if bucket is None or route_class is None:
            return None
        key = (route_class, major)
        window = self._windows.get(key)
        if window is None or window.bucket != bucket:
            name = blake2b(route_class.encode(), digest_size=16).hexdigest()
            window = self._windows[key] = Window(bucket, name)
        return window

    def take(self, window: Window, request: str) -> TooMany | None:
        now = time.monotonic()
        window.renew(now)
        if window.remaining > 0:
            window.remaining -= 1
            return None
        if window.empty_told_at is not None and window.empty_told_at < now:
            self._violations.append(f"ignored Remaining 0: {request}")
        wait = upwards(window.resets_at - now)
        return TooMany(retry_after=wait, scope="user", headers=window.headers(now))

    def told(self, window: Window) -> dict[str, str]:
        """Give the headers of an answer; from now on the bot knows them."""
        now = time.monotonic()
        if window.remaining == 0 and window.empty_told_at is None:
            window.empty_told_at = now
        return window.headers(now)

    def count_invalid(self, status: int, scope: str | None) -> None:
        if status in {401, 403, 429} and scope != "shared":
            self._invalid.append(time.monotonic())

    @property
    def banned(self) -> bool:
        oldest = time.monotonic() - self._rules.invalid_window_s
        while self._invalid and self._invalid[0] < oldest:
            self._invalid.popleft()
        return len(self._invalid) >= self._rules.invalid_limit
