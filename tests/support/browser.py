"""A headless Chromium for tests, driven over a pair of pipes with nothing but the library.

The protocol is Chrome's DevTools protocol; with --remote-debugging-pipe the messages are JSON
that ends with a NUL byte, read by the browser on descriptor 3 and written on descriptor 4.
"""

import base64
import json
import os
import shutil
import subprocess
import tempfile
import time
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import Any, Self

_FLAGS = (
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--hide-scrollbars",
    "--remote-debugging-pipe",
)
_NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")


def find_chromium() -> str | None:
    """Return the path of a Chromium on this machine."""
    return next(filter(None, map(shutil.which, _NAMES)), None)


class Browser:
    """One browser with one page."""

    def __init__(self, executable: str) -> None:
        self._profile = tempfile.mkdtemp(prefix="extract-browser-")
        to_read, self._write = os.pipe()
        self._read, to_write = os.pipe()

        def place() -> None:  # in the child: what it reads on 3, what it writes on 4
            os.dup2(to_read, 30)
            os.dup2(to_write, 31)
            os.dup2(30, 3)
            os.dup2(31, 4)

        self._process = subprocess.Popen(
            [executable, *_FLAGS, f"--user-data-dir={self._profile}", "about:blank"],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            pass_fds=(3, 4),
            preexec_fn=place,  # noqa: PLW1509 - no threads here
        )
        os.close(to_read)
        os.close(to_write)
        self._buffer = b""
        self._count = 0
        self._session: str | None = None
        self.events: list[dict[str, Any]] = []
        targets = self.call("Target.getTargets")["targetInfos"]
        page = next(target for target in targets if target["type"] == "page")
        attached = self.call("Target.attachToTarget", targetId=page["targetId"], flatten=True)
        self._session = attached["sessionId"]
        for domain in ("Page", "Runtime", "Log", "Network"):
            self.call(f"{domain}.enable")

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        tb: TracebackType | None,
    ) -> None:
        self._process.terminate()
        self._process.wait(20)
        os.close(self._read)
        os.close(self._write)
        shutil.rmtree(self._profile, ignore_errors=True)

    def call(self, method: str, **parameters: Any) -> dict[str, Any]:
        """Send a command and return its result; events that come meanwhile are kept."""
        self._count += 1
        message: dict[str, Any] = {"id": self._count, "method": method, "params": parameters}
        if self._session:
            message["sessionId"] = self._session
        os.write(self._write, json.dumps(message).encode() + b"\0")
        while True:
            answer = self._next()
            if answer.get("id") == self._count:
                if "error" in answer:
                    raise RuntimeError(f"{method}: {answer['error']}")
                result: dict[str, Any] = answer["result"]
                return result
            self.events.append(answer)

    def _next(self) -> dict[str, Any]:
        while b"\0" not in self._buffer:
            chunk = os.read(self._read, 1 << 16)
            if not chunk:
                raise RuntimeError("the browser is gone")
            self._buffer += chunk
        line, _, self._buffer = self._buffer.partition(b"\0")
        message: dict[str, Any] = json.loads(line)
        return message

    def open(self, page: Path, width: int = 1280, height: int = 900, dark: bool = False) -> None:
        """Open a file at a size, in a light or dark scheme, without motion."""
        self.look(width, height, dark)
        self.call("Page.navigate", url="about:blank")
        self.call("Page.navigate", url=page.resolve().as_uri())
        self.wait_for("document.readyState === 'complete' && location.protocol === 'file:'")

    def look(self, width: int = 1280, height: int = 900, dark: bool = False) -> None:
        """Set the size and the scheme that pages are shown in."""
        self.call(
            "Emulation.setDeviceMetricsOverride",
            width=width,
            height=height,
            deviceScaleFactor=1,
            mobile=width < 600,
        )
        features = [
            {"name": "prefers-color-scheme", "value": "dark" if dark else "light"},
            {"name": "prefers-reduced-motion", "value": "reduce"},
        ]
        self.call("Emulation.setEmulatedMedia", features=features)

    def visit(self, address: str, ready: str) -> None:
        """Open an address, and wait until an expression is true in its page."""
        self.call("Page.navigate", url="about:blank")
        self.call("Page.navigate", url=address)
        self.wait_for(f"location.protocol !== 'about:' && ({ready})")

    def wait_for(self, expression: str, seconds: float = 120) -> None:
        """Wait until an expression is true in the page; raise TimeoutError."""
        deadline = time.monotonic() + seconds
        while True:
            with suppress(RuntimeError):  # what it asks for may not be there yet
                if self.evaluate(f"!!({expression})"):
                    return
            if time.monotonic() > deadline:
                raise TimeoutError(f"not so after {seconds} s: {expression}")
            time.sleep(0.02)

    def evaluate(self, script: str) -> Any:
        """Return the value of an expression in the page; of a promise, what it is kept with."""
        answer = self.call(
            "Runtime.evaluate", expression=script, returnByValue=True, awaitPromise=True
        )
        if "exceptionDetails" in answer:
            raise RuntimeError(str(answer["exceptionDetails"]))
        return answer["result"].get("value")

    def click(self, selector: str) -> None:
        """Click the middle of the first box of an element, as a mouse does."""
        place = self.evaluate(
            f"(() => {{ const e = document.querySelector({json.dumps(selector)});"
            "e.scrollIntoView({block: 'nearest'}); const b = e.getClientRects()[0];"
            "return [b.x + b.width / 2, b.y + b.height / 2]; })()"
        )
        for kind in ("mousePressed", "mouseReleased"):
            self.call(
                "Input.dispatchMouseEvent",
                type=kind,
                x=place[0],
                y=place[1],
                button="left",
                clickCount=1,
            )

    def press(self, key: str, code: int | None = None, *held: str) -> None:
        """Press a key, by its name and its virtual code, with others held ("Shift", "Control")."""
        text = {"text": "\r"} if key == "Enter" else {"text": key} if len(key) == 1 else {}
        held_too = sum({"Alt": 1, "Control": 2, "Meta": 4, "Shift": 8}[one] for one in held)
        for kind in ("keyDown", "keyUp"):
            self.call(
                "Input.dispatchKeyEvent",
                type=kind,
                key=key,
                code=key,
                windowsVirtualKeyCode=ord(key.upper()) if code is None else code,
                modifiers=held_too,
                **(text if kind == "keyDown" and "Control" not in held else {}),
            )

    def screenshot(self, path: Path, whole: bool = False) -> None:
        """Write what the page looks like: as PNG, or as WebP where the name ends so."""
        form = {"format": "webp", "quality": 90} if path.suffix == ".webp" else {"format": "png"}
        data = self.call("Page.captureScreenshot", captureBeyondViewport=whole, **form)
        path.write_bytes(base64.b64decode(data["data"]))

    def complaints(self) -> list[str]:
        """Return what the console and the log were told since the start."""
        found = []
        for event in self.events:
            if event.get("method") in ("Log.entryAdded", "Runtime.exceptionThrown"):
                found.append(json.dumps(event["params"]))
        return found

    def requests(self) -> list[str]:
        """Return the addresses that pages asked for since the start."""
        return [
            event["params"]["request"]["url"]
            for event in self.events
            if event.get("method") == "Network.requestWillBeSent"
        ]
