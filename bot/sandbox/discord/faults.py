"""Trouble to order: failing, slow and broken requests, and a gateway that goes away."""

import asyncio
import re
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Literal

from bot.sandbox.discord.model import Json

Drop = Literal["abort", "op7", "op9", "op9-resumable", "close"]


@dataclass(slots=True, kw_only=True)
class Trouble:
    """What happens to the next requests that fit; `after_effect` lets the request do its work first."""

    method: str
    pattern: re.Pattern[str]
    times: int
    status: int | None = None
    body: Json | str | None = None
    headers: Mapping[str, str] = field(default_factory=dict[str, str])
    delay_s: float = 0.0
    reset: bool = False
    after_effect: bool = False
    cleared: asyncio.Event = field(default_factory=asyncio.Event)

    def fits(self, method: str, path: str) -> bool:
        return self.times > 0 and self.method in {method, "*"} and self.pattern.search(path) is not None

    async def delayed(self) -> None:
        """Return when the delay is over, or the trouble."""
        with suppress(TimeoutError):
            async with asyncio.timeout(self.delay_s):
                await self.cleared.wait()


class Faults:
    """A path pattern is a regular expression over the path below `/api/v10`."""

    def __init__(self) -> None:
        self.latency_s = 0.0
        self._refusals = 0
        self._troubles: list[Trouble] = []
        self._drop: Callable[[Drop, int], None] | None = None

    def fail_next(
        self,
        method: str,
        path_pattern: str,
        status: int,
        *,
        body: Json | str | None = None,
        headers: Mapping[str, str] | None = None,
        times: int = 1,
        after_effect: bool = False,
    ) -> None:
        """Answer with a status; a text body is sent as HTML, the way a proxy in front of Discord answers."""
        self._order(
            method, path_pattern, times, status=status, body=body, headers=headers, after_effect=after_effect
        )

    def rate_limit_next(
        self, method: str, path_pattern: str, retry_after: float, *, scope: str = "shared", times: int = 1
    ) -> None:
        """Answer 429 out of the blue: `shared` comes with requests remaining, `global` stops everything."""
        body: Json = {"message": "The resource is being rate limited.", "retry_after": retry_after, "code": 0}
        headers = {"X-RateLimit-Scope": scope, "Retry-After": str(int(retry_after) + 1), "Via": "1.1 google"}
        self._order(
            method,
            path_pattern,
            times,
            status=429,
            body={**body, "global": scope == "global"},
            headers=headers,
        )

    def delay_next(self, method: str, path_pattern: str, seconds: float, *, times: int = 1) -> None:
        self._order(method, path_pattern, times, delay_s=seconds)

    def reset_next(
        self, method: str, path_pattern: str, *, when: Literal["before", "after"] = "before", times: int = 1
    ) -> None:
        """Tear the connection down instead of an answer, before or after the effect took place."""
        self._order(method, path_pattern, times, reset=True, after_effect=when == "after")

    def refuse_gateway_next(self, *, times: int = 1) -> None:
        """Answer the next gateway connections with 503."""
        self._refusals += times

    def refuses_gateway(self) -> bool:
        """Spend one ordered refusal, if there is one."""
        refuses = self._refusals > 0
        self._refusals -= refuses
        return refuses

    def drop_gateway(self, how: Drop = "abort", code: int = 1001) -> None:
        """End every gateway connection: by TCP abort, op 7, op 9 or a close frame with a code."""
        if self._drop is not None:
            self._drop(how, code)

    def clear(self) -> None:
        """Have no more trouble; what is delayed goes on."""
        for trouble in self._troubles:
            trouble.cleared.set()
        self._troubles.clear()
        self._refusals = 0
        self.latency_s = 0.0

    def when_dropped(self, drop: Callable[[Drop, int], None]) -> None:
        self._drop = drop

    def take(self, method: str, path: str) -> Trouble | None:
        for trouble in self._troubles:
            if trouble.fits(method, path):
                trouble.times -= 1
                return trouble
        return None

    def _order(
        self,
        method: str,
        path_pattern: str,
        times: int,
        *,
        status: int | None = None,
        body: Json | str | None = None,
        headers: Mapping[str, str] | None = None,
        delay_s: float = 0.0,
        reset: bool = False,
        after_effect: bool = False,
    ) -> None:
        self._troubles.append(
            Trouble(
                method=method,
                pattern=re.compile(path_pattern),
                times=times,
                status=status,
                body=body,
                headers=headers or {},
                delay_s=delay_s,
                reset=reset,
                after_effect=after_effect,
            )
        )
