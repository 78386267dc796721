"""A real Chromium, driven through its DevTools protocol: enough to look at a page and to use it as a person does."""

import asyncio
import base64
import json
import re
import shutil
import subprocess
import tempfile
import threading
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from typing import IO, Any

import aiohttp

NAMES = ("chromium", "chromium-browser", "google-chrome")
FLAGS = (
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-dev-shm-usage",
    "--disable-extensions",
    "--hide-scrollbars",
    "--lang=en",
    "--remote-debugging-port=0",
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",
)
WHY_NOT = "no Chromium here (Debian: apt-get install chromium): the page cannot be looked at"
KEYS = {
    "Enter": ("Enter", 13, "\r"),
    "Tab": ("Tab", 9, ""),
    "Escape": ("Escape", 27, ""),
    "Backspace": ("Backspace", 8, ""),
    "ArrowDown": ("ArrowDown", 40, ""),
    "ArrowUp": ("ArrowUp", 38, ""),
    "ArrowRight": ("ArrowRight", 39, ""),
    "ArrowLeft": ("ArrowLeft", 37, ""),
}

_STEADY = """new Promise((resolve, reject) => {
    const end = performance.now() + 10000;
    let before = "";
    const look = () => {
        const found = document.querySelector(SELECTOR);
        found?.scrollIntoView({block: "nearest"});
        const box = found?.getBoundingClientRect();
        const at = box && [box.x + box.width / 2, box.y + box.height / 2];
        const hit = at && document.elementFromPoint(...at);
        const now = JSON.stringify(at);
        if (hit && now === before && (found.contains(hit) || hit.contains(found))) return resolve(at);
        if (performance.now() > end) return reject(new Error("there is nothing to press at " + SELECTOR));
        before = now;
        setTimeout(look, 40);
    };
    look();
})"""


def chromium() -> str | None:
    return next((found for name in NAMES if (found := shutil.which(name))), None)


class PageError(AssertionError):
    """JavaScript in the page failed, or something never came to be."""


@dataclass
class Tab:
    """One page: `errors` holds what its console complained about, `requested` every address it asked for."""

    line: "Line"
    session: str
    errors: list[str] = field(default_factory=list)
    requested: list[str] = field(default_factory=list)

    async def call(self, method: str, **params: Any) -> dict[str, Any]:
        return await self.line.call(method, params, self.session)

    def hear(self, method: str, params: dict[str, Any]) -> None:
        match method:
            case "Runtime.exceptionThrown":
                details = params["exceptionDetails"]
                self.errors.append(details.get("exception", {}).get("description") or details["text"])
            case "Log.entryAdded" if params["entry"]["level"] == "error":
                self.errors.append(f"{params['entry']['text']} {params['entry'].get('url', '')}")
            case "Runtime.consoleAPICalled" if params["type"] == "error":
                self.errors.append(" ".join(str(part.get("value")) for part in params["args"]))
            case "Network.requestWillBeSent":
                self.requested.append(params["request"]["url"])
            case _:
                pass

    # ── looking

    async def evaluate(self, expression: str) -> Any:
        """The value of a JavaScript expression; promises are awaited."""
        answer = await self.call(
            "Runtime.evaluate", expression=expression, returnByValue=True, awaitPromise=True
        )
        if "exceptionDetails" in answer:
            details = answer["exceptionDetails"]
            raise PageError(details.get("exception", {}).get("description") or details["text"])
        return answer["result"].get("value")

    async def until(self, expression: str, *, seconds: float = 10) -> Any:
        """The first truthy value of an expression, asked again at every frame."""
        script = f"""new Promise((resolve, reject) => {{
            const end = performance.now() + {seconds * 1000};
            const look = () => {{
                let value;
                try {{ value = {expression}; }} catch (error) {{ value = undefined; }}
                if (value) resolve(typeof value === 'object' ? true : value);
                else if (performance.now() > end) reject(new Error('this never came true'));
                else setTimeout(look, 16);
            }};
            look();
        }})"""
        try:
            return await self.evaluate(script)
        except PageError as error:
            raise PageError(f"{error}: {expression}\nthe page shows: {await self.text()}") from None

    async def text(self, selector: str = "body") -> str:
        return await self.evaluate(f"document.querySelector({json.dumps(selector)})?.innerText ?? ''")

    async def sees(self, words: str, *, within: str = "body", seconds: float = 10) -> None:
        """Wait until the words can be read."""
        place = f"document.querySelector({json.dumps(within)})"
        await self.until(f"{place}?.innerText.includes({json.dumps(words)})", seconds=seconds)

    async def screenshot(self, path: Path) -> None:
        answer = await self.call("Page.captureScreenshot", format="png")
        await asyncio.to_thread(path.write_bytes, base64.b64decode(answer["data"]))

    async def resize(self, width: int, height: int, *, scale: float = 1) -> None:
        await self.call(
            "Emulation.setDeviceMetricsOverride",
            width=width,
            height=height,
            deviceScaleFactor=scale,
            mobile=width < 600,
        )

    # ── using

    async def click(self, selector: str) -> None:
        """Press what the selector finds, with the mouse, once it stands still and nothing covers it."""
        x, y = await self.evaluate(_STEADY.replace("SELECTOR", json.dumps(selector)))
        for kind in ("mouseMoved", "mousePressed", "mouseReleased"):
            await self.call("Input.dispatchMouseEvent", type=kind, x=x, y=y, button="left", clickCount=1)

    async def type(self, text: str) -> None:
        """Type into whatever has the focus, letter by letter."""
        for letter in text:
            await self.call(
                "Input.dispatchKeyEvent", type="keyDown", text=letter, unmodifiedText=letter, key=letter
            )
            await self.call("Input.dispatchKeyEvent", type="keyUp", key=letter)

    async def press(self, key: str) -> None:
        name, number, text = KEYS[key]
        told = {"key": name, "code": name, "windowsVirtualKeyCode": number}
        down = {"type": "keyDown", "text": text} if text else {"type": "rawKeyDown"}
        await self.call("Input.dispatchKeyEvent", **told, **down)
        await self.call("Input.dispatchKeyEvent", **told, type="keyUp")

    async def choose_file(self, selector: str, path: Path) -> None:
        await self.until(f"document.querySelector({json.dumps(selector)})")
        root = await self.call("DOM.getDocument", depth=0)
        found = await self.call("DOM.querySelector", nodeId=root["root"]["nodeId"], selector=selector)
        await self.call("DOM.setFileInputFiles", nodeId=found["nodeId"], files=[str(path)])


class Line:
    """The websocket to the browser: calls by number, events to the tab they are of."""

    def __init__(self, socket: aiohttp.ClientWebSocketResponse) -> None:
        self._socket = socket
        self._numbers = count(1)
        self._waiting: dict[int, asyncio.Future[dict[str, Any]]] = {}
        self.tabs: dict[str, Tab] = {}

    async def call(self, method: str, params: dict[str, Any], session: str | None = None) -> dict[str, Any]:
        number = next(self._numbers)
        told: dict[str, Any] = {"id": number, "method": method, "params": params}
        answer = self._waiting[number] = asyncio.get_running_loop().create_future()
        await self._socket.send_json(told if session is None else {**told, "sessionId": session})
        async with asyncio.timeout(60):
            return await answer

    async def listen(self) -> None:
        async for message in self._socket:
            told = json.loads(message.data)
            if "id" in told:
                self._answer(told)
            elif tab := self.tabs.get(told.get("sessionId", "")):
                tab.hear(told["method"], told["params"])

    def _answer(self, told: dict[str, Any]) -> None:
        waiting = self._waiting.pop(told["id"])
        if waiting.done():
            return
        if "error" in told:
            waiting.set_exception(PageError(told["error"]["message"]))
        else:
            waiting.set_result(told["result"])


class Browser:
    """Tabs with cookies and storage of their own."""

    def __init__(self, line: Line, context: str) -> None:
        self._line = line
        self._context = context

    async def open(self, url: str, *, width: int = 1440, height: int = 900, scale: float = 1) -> Tab:
        target = await self._line.call(
            "Target.createTarget", {"url": "about:blank", "browserContextId": self._context}
        )
        attached = await self._line.call(
            "Target.attachToTarget", {"targetId": target["targetId"], "flatten": True}
        )
        tab = Tab(line=self._line, session=attached["sessionId"])
        self._line.tabs[tab.session] = tab
        for domain in ("Page", "Runtime", "Log", "Network", "DOM"):
            await tab.call(f"{domain}.enable")
        await tab.resize(width, height, scale=scale)
        await tab.call("Emulation.setFocusEmulationEnabled", enabled=True)
        await tab.call("Page.navigate", url=url)
        await tab.until("document.readyState === 'complete'")
        return tab


@contextmanager
def running_chromium() -> Iterator[str]:
    """Give the DevTools address of a browser with an empty profile that reaches nothing but this machine."""
    program = chromium()
    assert program is not None, WHY_NOT
    with (
        tempfile.TemporaryDirectory(prefix="genga-browser-", ignore_cleanup_errors=True) as profile,
        subprocess.Popen(
            [program, *FLAGS, f"--user-data-dir={profile}", "about:blank"],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
        ) as process,
    ):
        assert process.stderr is not None
        try:
            address = _address(process.stderr)
            draining = threading.Thread(target=process.stderr.read, daemon=True)
            draining.start()
            yield address
            process.terminate()
            draining.join(timeout=10)
        finally:
            process.kill()


def _address(stderr: IO[bytes]) -> str:
    told: list[str] = []
    for line in stderr:
        told.append(line.decode(errors="replace"))
        if found := re.search(r"DevTools listening on (ws://\S+)", told[-1]):
            return found[1]
    raise PageError("Chromium ended at once:\n" + "".join(told))


@asynccontextmanager
async def visiting(address: str) -> AsyncIterator[Browser]:
    """A fresh context in a running browser; its tabs close with it."""
    async with aiohttp.ClientSession() as session, session.ws_connect(address, max_msg_size=0) as socket:
        line = Line(socket)
        listening = asyncio.create_task(line.listen())
        try:
            context = (await line.call("Target.createBrowserContext", {}))["browserContextId"]
            yield Browser(line, context)
            await line.call("Target.disposeBrowserContext", {"browserContextId": context})
        finally:
            listening.cancel()
            await asyncio.gather(listening, return_exceptions=True)


@asynccontextmanager
async def browsing() -> AsyncIterator[Browser]:
    """A browser for one visit."""
    with running_chromium() as address:
        async with visiting(address) as browser:
            yield browser
