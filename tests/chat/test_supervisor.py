import asyncio
import time
from collections.abc import Iterator

import aiohttp
import discord
import pytest

from bot.chat.supervisor import serve
from bot.core.errors import Misconfigured


class Mortal(discord.Client):
    """A client that dies of what it is told to."""

    def __init__(self, fate: BaseException | None) -> None:
        super().__init__(intents=discord.Intents.none())
        self.fate = fate
        self.lives = asyncio.Event()

    async def start(self, token: str, *, reconnect: bool = True) -> None:
        if self.fate is not None:
            raise self.fate
        self.lives.set()
        await asyncio.Event().wait()


class Line:
    """The clients that were made, one for each fate."""

    def __init__(self, *fates: BaseException | None) -> None:
        self.made: list[Mortal] = []
        self.steady: asyncio.Future[Mortal] = asyncio.get_running_loop().create_future()
        self._fates: Iterator[BaseException | None] = iter(fates)

    def __call__(self) -> Mortal:
        client = Mortal(next(self._fates))
        self.made.append(client)
        if client.fate is None:
            self.steady.set_result(client)
        return client


def closed_with(code: int) -> discord.ConnectionClosed:
    class Socket:
        close_code = code

    return discord.ConnectionClosed(Socket(), shard_id=None)


@pytest.mark.parametrize(
    "fate",
    [
        AttributeError("'NoneType' object has no attribute 'sequence'"),
        KeyError("d"),
        OSError("no route"),
        aiohttp.ClientError("cut"),
        TimeoutError(),
        discord.GatewayNotFound(),
        closed_with(4000),
        closed_with(1006),
    ],
    ids=lambda fate: type(fate).__name__,
)
async def test_whatever_kills_a_client_the_next_one_is_built(fate: BaseException) -> None:
    line = Line(fate, None)
    serving = asyncio.create_task(serve(line, "token", first_pause_s=0, monotonic=time.monotonic))
    await (await line.steady).lives.wait()
    assert len(line.made) == 2
    assert line.made[0].is_closed()
    serving.cancel()
    with pytest.raises(asyncio.CancelledError):
        await serving
    assert line.made[1].is_closed()


@pytest.mark.parametrize(
    ("fate", "words"),
    [
        (discord.LoginFailure("Improper token has been passed."), "DISCORD_TOKEN"),
        (discord.PrivilegedIntentsRequired(None), "intents"),
        (closed_with(4004), "token"),
        (closed_with(4011), "too many servers"),
        (closed_with(4013), "intents"),
    ],
)
async def test_what_cannot_be_mended_by_trying_again_ends_with_a_clear_sentence(
    fate: BaseException, words: str
) -> None:
    with pytest.raises(Misconfigured, match=words):
        await serve(Line(fate), "token", first_pause_s=0, monotonic=time.monotonic)


async def test_pauses_grow_so_that_a_days_identifies_suffice(monkeypatch: pytest.MonkeyPatch) -> None:
    pauses: list[float] = []

    async def sleep(seconds: float) -> None:
        pauses.append(seconds)

    monkeypatch.setattr("bot.chat.supervisor.asyncio.sleep", sleep)
    deaths = [OSError() for _ in range(12)]
    with pytest.raises(Misconfigured):
        await serve(Line(*deaths, closed_with(4004)), "token", first_pause_s=2, monotonic=lambda: 0.0)
    assert pauses[:4] == [2, 4, 8, 16]
    assert pauses[-1] == 300
    assert sum(pauses) + 86_400 / 300 < 86_400


async def test_a_client_that_lived_long_starts_the_pauses_anew(monkeypatch: pytest.MonkeyPatch) -> None:
    pauses: list[float] = []
    hours = iter(range(0, 100_000_000, 3600))

    async def sleep(seconds: float) -> None:
        pauses.append(seconds)

    monkeypatch.setattr("bot.chat.supervisor.asyncio.sleep", sleep)
    fates = [OSError(), OSError(), OSError(), closed_with(4004)]
    with pytest.raises(Misconfigured):
        await serve(Line(*fates), "token", first_pause_s=2, monotonic=lambda: next(hours))
    assert pauses == [2, 2, 2]
