"""Rate limits: told in every answer, enforced, and held against a bot that does not listen."""

import asyncio

import pytest

from bot.sandbox.discord import Bucket, Channel, Rules, SandboxDiscord
from tests.sandbox.discord.wire import WireBot


@pytest.fixture
def rules() -> Rules:
    rules = Rules().without_rate_limits()
    rules.buckets["messages.create"] = Bucket(2, 60.0)
    return rules


@pytest.fixture
def general(sandbox: SandboxDiscord) -> Channel:
    return sandbox.world.channel("general")


async def test_every_answer_tells_what_is_left_of_its_bucket(bot: WireBot, general: Channel):
    headers = (await bot.send(general.id, "x")).headers
    assert (headers["X-RateLimit-Limit"], headers["X-RateLimit-Remaining"]) == ("2", "1")
    assert 0 < float(headers["X-RateLimit-Reset-After"]) <= 60
    assert float(headers["X-RateLimit-Reset"]) > 1_700_000_000
    assert headers["X-RateLimit-Bucket"]


async def test_an_empty_bucket_answers_429_and_says_when_to_come_back(
    sandbox: SandboxDiscord, bot: WireBot, general: Channel
):
    sandbox.rules.buckets["messages.create"] = Bucket(2, 0.7)
    replies = await asyncio.gather(*(bot.send(general.id, str(n)) for n in range(3)))
    refused = next(reply for reply in replies if reply.status == 429)
    assert refused.headers["Via"]
    assert refused.headers["X-RateLimit-Scope"] == "user"
    assert refused.headers["X-RateLimit-Remaining"] == "0"
    assert 0 < refused.body["retry_after"] <= 0.7
    assert refused.body["global"] is False
    await asyncio.sleep(refused.body["retry_after"])
    assert (await bot.send(general.id, "now")).status == 200
    assert len(general.history) == 3


async def test_each_channel_has_a_bucket_of_its_own(sandbox: SandboxDiscord, bot: WireBot, general: Channel):
    for _ in range(2):
        await bot.send(general.id, "x")
    assert (await bot.send(sandbox.world.channel("gallery").id, "x")).status == 200


async def test_asking_again_after_remaining_0_is_a_violation(
    sandbox: SandboxDiscord, bot: WireBot, general: Channel
):
    for _ in range(3):
        await bot.send(general.id, "x")
    assert sandbox.violations == [f"ignored Remaining 0: POST /channels/{general.id}/messages"]


async def test_asking_at_once_before_anything_was_told_is_no_violation(
    sandbox: SandboxDiscord, bot: WireBot, general: Channel
):
    sandbox.faults.latency_s = 0.05
    replies = await asyncio.gather(*(bot.send(general.id, str(n)) for n in range(3)))
    assert sorted(reply.status for reply in replies) == [200, 200, 429]


async def test_all_requests_together_have_a_limit_that_interactions_escape(
    sandbox: SandboxDiscord, bot: WireBot
):
    sandbox.rules.global_per_s = 3
    replies = [await bot("GET", "/users/@me") for _ in range(4)]
    assert [reply.status for reply in replies] == [200, 200, 200, 429]
    assert replies[-1].body["global"] is True
    assert replies[-1].headers["X-RateLimit-Scope"] == "global"
    webhook = await bot("POST", "/interactions/1/x/callback", {"type": 5}, authorization=None)
    assert webhook.refusal == (404, 10062)


async def test_a_shared_limit_strikes_though_requests_remain(
    sandbox: SandboxDiscord, bot: WireBot, general: Channel
):
    sandbox.faults.rate_limit_next("POST", "/messages$", 0.01)
    refused = await bot.send(general.id, "x")
    assert (refused.status, refused.headers["X-RateLimit-Scope"]) == (429, "shared")
    assert "Via" in refused.headers
    assert (await bot.send(general.id, "x")).headers["X-RateLimit-Remaining"] == "1"


async def test_a_shared_limit_is_not_the_bots_fault(sandbox: SandboxDiscord, bot: WireBot, general: Channel):
    sandbox.rules.invalid_limit = 1
    sandbox.faults.rate_limit_next("GET", "/users/@me", 0.01)
    assert (await bot("GET", "/users/@me")).status == 429
    assert (await bot("GET", "/users/@me")).status == 200
    sandbox.faults.rate_limit_next("GET", "/users/@me", 0.01, scope="user")
    assert (await bot("GET", "/users/@me")).status == 429
    assert (await bot("GET", "/users/@me")).headers["Content-Type"] == "text/html"
    assert sandbox.violations == ["hammering: GET /users/@me"]


async def test_too_many_invalid_requests_end_in_a_ban(sandbox: SandboxDiscord, bot: WireBot):
    sandbox.rules.invalid_limit = 3
    for _ in range(3):
        assert (await bot("GET", "/users/@me", authorization="Bot wrong")).status == 401
    banned = await bot("GET", "/users/@me")
    assert (banned.status, banned.headers["Content-Type"]) == (429, "text/html")
    assert "Via" not in banned.headers
    assert sandbox.violations == ["hammering: GET /users/@me"]
