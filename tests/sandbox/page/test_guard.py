"""Nobody but the page itself, on this machine, gets in; nothing that people write becomes markup."""

import re
from importlib.resources import files

import pytest

from bot.sandbox.discord import SandboxDiscord
from bot.sandbox.page import SandboxPage
from tests.sandbox.page.visitor import Visitor

STATIC = {entry.name: entry.read_text("utf-8") for entry in (files("bot.sandbox.page") / "static").iterdir()}


def words(discord: SandboxDiscord) -> dict[str, str]:
    channel, artist = discord.world.channel("general"), discord.world.user("artist")
    return {"as": str(artist.id), "channel": str(channel.id), "content": "hello"}


def port_of(page: SandboxPage) -> str:
    return page.url.rstrip("/").rpartition(":")[2]


async def test_it_listens_on_loopback_only(page: SandboxPage) -> None:
    assert re.fullmatch(r"http://127\.0\.0\.1:\d+/", page.url)


@pytest.mark.parametrize("path", ["/", "/events", "/static/main.js", "/api/history"])
@pytest.mark.parametrize("host", ["evil.example", "127.0.0.1.evil.example", "localhost.evil.example"])
async def test_a_foreign_host_name_is_refused(
    page: SandboxPage, visitor: Visitor, host: str, path: str
) -> None:
    answer = await visitor.get(path, Host=f"{host}:{port_of(page)}")
    assert answer.status == 421
    assert b"127.0.0.1" in answer.body


async def test_localhost_is_another_name_of_the_same_machine(page: SandboxPage, visitor: Visitor) -> None:
    assert (await visitor.get("/", Host=f"localhost:{port_of(page)}")).status == 200


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"Origin": "null"},
        {"Origin": "https://evil.example"},
        {"Origin": "http://127.0.0.1:1"},
        {"Origin": "http://localhost:{port}"},
        {"Origin": "http://127.0.0.1:{port}", "Sec-Fetch-Site": "cross-site"},
        {"Origin": "http://127.0.0.1:{port}", "Host": "evil.example"},
    ],
)
async def test_only_the_page_itself_may_act(
    discord: SandboxDiscord, page: SandboxPage, visitor: Visitor, headers: dict[str, str]
) -> None:
    forged = {name: value.replace("{port}", port_of(page)) for name, value in headers.items()}
    answer = await visitor.act("/api/say", words(discord), headers=forged)
    assert answer.status in {403, 421}
    assert discord.world.channel("general").history == []


@pytest.mark.parametrize("path", ["/", "/static/main.js", "/static/nothing.js", "/elsewhere", "/events"])
async def test_every_answer_forbids_foreign_scripts_framing_and_sniffing(visitor: Visitor, path: str) -> None:
    async with visitor.stream() as stream:
        await stream.until("snapshot")
    if path == "/events":
        async with visitor._session.get(visitor.url + path) as response:
            headers = response.headers
    else:
        headers = (await visitor.get(path)).headers
    policy = headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "script-src 'self';" in policy
    assert "unsafe" not in policy
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["X-Frame-Options"] == "DENY"


async def test_pictures_are_shown_and_all_other_files_only_saved(
    discord: SandboxDiscord, visitor: Visitor
) -> None:
    for name in ("drawing.png", "page.html", "drawing.svg", "script.js"):
        await discord.person("artist").say(
            discord.world.channel("general"), attachments=[(name, b"<script>alert(1)</script>")]
        )
    told = await visitor.snapshot()
    served = {}
    for message in told["messages"]:
        answer = await visitor.get(message["files"][0]["url"])
        served[message["files"][0]["name"]] = answer
    assert served["drawing.png"].headers["Content-Type"] == "image/png"
    assert "Content-Disposition" not in served["drawing.png"].headers
    for name in ("page.html", "drawing.svg", "script.js"):
        assert served[name].headers["Content-Type"] == "application/octet-stream"
        assert served[name].headers["Content-Disposition"].startswith("attachment;")
        assert served[name].headers["X-Content-Type-Options"] == "nosniff"


async def test_too_much_at_once_is_refused(discord: SandboxDiscord, visitor: Visitor) -> None:
    answer = await visitor.act("/api/say", words(discord), files={"0": bytes(27 * 1024 * 1024)})
    assert answer.status == 413


async def test_a_body_of_another_kind_is_refused(discord: SandboxDiscord, visitor: Visitor) -> None:
    async with visitor._session.post(
        visitor.url + "/api/say", data=b"as=1", headers={"Origin": visitor.url, "Content-Type": "text/plain"}
    ) as response:
        assert response.status == 415


async def test_an_unchanged_file_is_not_sent_again(visitor: Visitor) -> None:
    first = await visitor.get("/static/main.js")
    again = await visitor.get("/static/main.js", **{"If-None-Match": first.headers["ETag"]})
    assert (first.status, again.status, again.body) == (200, 304, b"")


def test_no_script_writes_markup() -> None:
    forbidden = r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|\beval\(|new Function|srcdoc"
    assert [name for name, text in STATIC.items() if re.search(forbidden, text)] == []


def test_the_document_holds_no_inline_script_or_style() -> None:
    document = STATIC["index.html"]
    assert re.findall(r"<script(?![^>]*\bsrc=)", document) == []
    assert re.findall(r"<style|\sstyle=|\son\w+=", document) == []


def test_nothing_is_loaded_from_elsewhere() -> None:
    known = ("http://www.w3.org/2000/svg",)
    for name, text in STATIC.items():
        addresses = re.findall(r"""["'(](https?://[\w.-]+[^"'()\s]*)""", text)
        assert [address for address in addresses if address not in known] == [], name


@pytest.mark.parametrize("name", sorted(name for name in STATIC if name.endswith(".js")))
def test_every_module_finds_what_it_imports(name: str) -> None:
    for imported in re.findall(r'from "\./([^"]+)"', STATIC[name]):
        assert imported in STATIC
