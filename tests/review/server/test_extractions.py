"""/v1/extract: work ends when the client goes, places are shared, bounds on an article hold."""

import asyncio
import json
import os
from collections.abc import Callable, Coroutine
from pathlib import Path
from typing import Any

import pytest
from starlette.types import Message, Scope

from extractor.review.server.api import extractions
from extractor.review.server.app import make_app
from extractor.review.server.guard import Guard, Limits
from extractor.settings import Settings
from tests.support import hostile
from tests.support.review.server import HERE, TOKEN, alive, client, config, fill_desk

pytestmark = pytest.mark.process

QUOTE = '"We are home," Ada Brandt said on Friday.'


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A store of one article."""
    return fill_desk(tmp_path / "sheets", [QUOTE])


class _Program:
    """A program at an address that sends one request, and may go away."""

    def __init__(self, app: Guard, source: str, address: str = "10.0.0.1") -> None:
        self._app, self._address = app, address
        self._body = json.dumps({"text": QUOTE, "schema": "quotes", "source": source}).encode()
        self._gone = asyncio.Event()
        self._sent = False
        self.status = 0
        self.headers: dict[str, str] = {}
        self.task = asyncio.ensure_future(self._ask())

    async def _ask(self) -> None:
        headers = {"host": HERE[7:], "authorization": f"Bearer {TOKEN}"}
        headers["content-type"] = "application/json"
        scope: Scope = {
            "type": "http",
            "asgi": {"version": "3.0"},
            "http_version": "1.1",
            "method": "POST",
            "scheme": "http",
            "path": "/v1/extract",
            "raw_path": b"/v1/extract",
            "root_path": "",
            "query_string": b"",
            "headers": [(name.encode(), value.encode()) for name, value in headers.items()],
            "client": (self._address, 50_000),
            "server": ("127.0.0.1", 8484),
            "state": {},
        }
        await self._app(scope, self._receive, self._send)

    async def _receive(self) -> Message:
        if not self._sent:
            self._sent = True
            return {"type": "http.request", "body": self._body, "more_body": False}
        await self._gone.wait()
        return {"type": "http.disconnect"}

    async def _send(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self.status = message["status"]
            self.headers = {name.decode(): value.decode() for name, value in message["headers"]}

    async def go(self) -> None:
        """Close the connection, and wait until the server has taken note."""
        self._gone.set()
        await self.task


async def _child_of(mark: Path) -> int:
    """Wait until a child works on the article of that name; return its number."""
    for _ in range(3000):
        if mark.exists() and (number := mark.read_text()):
            return int(number)
        await asyncio.sleep(0.02)
    raise AssertionError(f"no child came to {mark}")


async def _has_ended(child: int) -> None:
    for _ in range(3000):
        try:
            os.kill(child, 0)
        except ProcessLookupError:
            return
        await asyncio.sleep(0.02)
    raise AssertionError(f"process {child} is still there")


def _play(
    folder: Path,
    monkeypatch: pytest.MonkeyPatch,
    limits: Limits,
    scene: Callable[[Guard], Coroutine[Any, Any, None]],
) -> None:
    """Play a scene with a server whose extractions hold their place for ever."""
    monkeypatch.setattr(extractions, "extracted", hostile.holds)

    async def play() -> None:
        app = make_app(config(folder, limits=limits))
        async with alive(app):
            await scene(app)

    asyncio.run(play())


def test_work_ends_when_the_client_goes(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its process is ended, and the place is free for the next."""

    async def scene(app: Guard) -> None:
        first = _Program(app, str(tmp_path / "mark"))
        child = await _child_of(tmp_path / "mark")
        await first.go()
        await _has_ended(child)
        second = _Program(app, "next", "10.0.0.2")
        await second.task
        assert second.status == 200

    _play(folder, monkeypatch, Limits(extractions=1), scene)


def test_a_client_that_goes_while_it_waits_leaves_its_turn(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nothing is started for it."""

    async def scene(app: Guard) -> None:
        first = _Program(app, str(tmp_path / "first"))
        child = await _child_of(tmp_path / "first")
        waits = _Program(app, str(tmp_path / "waits"))
        await asyncio.sleep(0.05)
        await waits.go()
        await first.go()
        await _has_ended(child)
        third = _Program(app, "next")
        await third.task
        assert third.status == 200
        assert not (tmp_path / "waits").exists()

    _play(folder, monkeypatch, Limits(extractions=1), scene)


def test_one_program_does_not_hold_up_another(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It has asked for more than there are places, and the other is answered at once."""

    async def scene(app: Guard) -> None:
        greedy = [_Program(app, str(tmp_path / f"{n}")) for n in range(4)]
        await _child_of(tmp_path / "0")
        other = _Program(app, "other", "10.0.0.2")
        await other.task
        assert other.status == 200
        assert not (tmp_path / "3").exists()
        for program in greedy:
            await program.go()

    _play(folder, monkeypatch, Limits(extractions=2), scene)


def test_more_than_may_wait_are_sent_away(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With 503, and when to try again."""

    async def scene(app: Guard) -> None:
        held = [_Program(app, str(tmp_path / f"{n}")) for n in range(2)]
        await _child_of(tmp_path / "0")
        refused = _Program(app, "more")
        await refused.task
        assert (refused.status, refused.headers["retry-after"]) == (503, "10")
        for program in held:
            await program.go()

    _play(folder, monkeypatch, Limits(extractions=1, waiting=1), scene)


@pytest.mark.parametrize(
    ("settings", "status", "code"),
    [
        (Settings(article_characters=10), 413, "too_large"),
        (Settings(article_rows=1), 413, "too_large"),
        (Settings(article_seconds=0.2), 422, "too_costly"),
    ],
)
def test_the_bounds_on_an_article_hold(
    folder: Path,
    settings: Settings,
    status: int,
    code: str,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The answer names the bound, and the next request is answered."""
    with client(folder, settings=settings) as page:
        if code == "too_costly":
            monkeypatch.setattr(extractions, "extracted", hostile.computes)
        body = {"text": f"{QUOTE} {QUOTE}", "schema": "quotes"}
        refused = page.post("/v1/extract", json=body)
        assert (refused.status_code, refused.json()["error"]["code"]) == (status, code)
        assert "article_" in refused.json()["error"]["message"]
        monkeypatch.undo()
        assert page.post("/v1/extract", json={**body, "text": "Hi."}).status_code == 200
