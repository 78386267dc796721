import asyncio
from typing import Any
from urllib.parse import urlsplit

import discord
import pytest

from bot.chat.attachments import MOST_BYTES, check_archive, check_description, read_picture
from bot.chat.wire import CDN_HOSTS, Wire
from bot.core.errors import BadRequest
from bot.sandbox.discord import SandboxDiscord


def an_attachment(client: discord.Client | None = None, **changes: Any) -> discord.Attachment:
    url = "https://cdn.discordapp.com/ephemeral-attachments/1/2/fox.png?ex=1&is=1&hm=1"
    usual = {"id": "2", "filename": "fox.png", "size": 900, "url": url, "proxy_url": url}
    client = client or discord.Client(intents=discord.Intents.none())
    return discord.Attachment(
        data={**usual, "content_type": "image/png", **changes}, state=client._connection
    )


async def test_a_picture_from_discord_may_be_read() -> None:
    check_description(an_attachment(), hosts=CDN_HOSTS)


async def test_a_file_of_a_type_that_discord_does_not_tell_is_left_to_be_looked_at() -> None:
    check_description(an_attachment(content_type=None), hosts=CDN_HOSTS)


@pytest.mark.parametrize(
    "url",
    [
        "https://evil.example/fox.png",
        "https://cdn.discordapp.com@evil.example/fox.png",
        "https://cdn.discordapp.com.evil.example/fox.png",
        "http://127.0.0.1:8188/view?filename=x",
        "http://169.254.169.254/latest",
        "file:///etc/passwd",
    ],
)
async def test_nothing_is_read_from_anywhere_else(url: str) -> None:
    for check in (check_description, check_archive):
        with pytest.raises(BadRequest, match="does not come from Discord"):
            check(an_attachment(url=url), hosts=CDN_HOSTS)


async def test_a_file_that_is_too_large_is_refused_by_its_description() -> None:
    for check in (check_description, check_archive):
        check(an_attachment(size=MOST_BYTES), hosts=CDN_HOSTS)
        with pytest.raises(BadRequest, match="20 MiB"):
            check(an_attachment(size=MOST_BYTES + 1), hosts=CDN_HOSTS)


async def test_a_zip_may_call_itself_whatever_it_likes() -> None:
    for kind in ("application/zip", "application/octet-stream", None):
        check_archive(an_attachment(filename="yuki.zip", content_type=kind), hosts=CDN_HOSTS)


@pytest.mark.parametrize("kind", ["text/plain", "video/mp4", "application/zip"])
async def test_what_calls_itself_no_picture_is_refused_by_its_description(kind: str) -> None:
    with pytest.raises(BadRequest, match="no picture"):
        check_description(an_attachment(content_type=kind), hosts=CDN_HOSTS)


@pytest.mark.parametrize("reached", [True, False])
async def test_a_picture_that_discord_does_not_give_is_asked_for_once_more(
    sandbox: SandboxDiscord, client: discord.Client, *, reached: bool
) -> None:
    host = urlsplit(sandbox.api_url).netloc
    if not reached:
        async with await asyncio.start_server(lambda _reader, _writer: None, "127.0.0.1", 0) as gone:
            host = "{}:{}".format(*gone.sockets[0].getsockname())
    lost = an_attachment(url=f"http://{host}/cdn/attachments/1/2/fox.png", proxy_url="", client=client)
    with pytest.raises(BadRequest, match="did not give the picture “fox"):
        await read_picture(lost, hosts={host})


async def test_another_address_of_discord_may_be_read_from_too() -> None:
    wire = Wire(api_url="http://127.0.0.1:4000/api/v10")
    check_description(an_attachment(url="http://127.0.0.1:4000/cdn/1/2/fox.png"), hosts=wire.file_hosts)
    with pytest.raises(BadRequest):
        check_description(an_attachment(url="http://127.0.0.1:4001/cdn/1/2/fox.png"), hosts=wire.file_hosts)
    assert Wire().file_hosts == CDN_HOSTS
