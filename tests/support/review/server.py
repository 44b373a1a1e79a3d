"""Review servers for tests: a store of a few articles, and a client that is let in."""

import asyncio
import threading
import webbrowser
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
import uvicorn
from starlette.testclient import TestClient
from starlette.types import ASGIApp, Message

from extractor.cli import main
from extractor.cli.output import unexpected_at
from extractor.pipeline import extract
from extractor.read import article_from_text
from extractor.review.server.app import make_app
from extractor.review.server.guard import Access, Limits
from extractor.review.server.responses import ServerConfig
from extractor.schema.catalogue import load_schema
from extractor.settings import Settings
from tests.support.stores import fill

TOKEN = "a-token-for-tests-that-is-long-enough"
HERE = "http://127.0.0.1:8484"
OWN = {"origin": HERE, "sec-fetch-site": "same-origin"}


def fill_desk(folder: Path, texts: Sequence[str], schema: str = "release_event") -> Path:
    """Make the store of a run over these texts by the rules; return its folder."""
    loaded = load_schema(schema)
    articles = [article_from_text(text, f"{n}.txt") for n, text in enumerate(texts, 1)]
    fill(folder, [extract(article, loaded) for article in articles], schema=loaded)
    return folder


def config(folder: Path, **known: Any) -> ServerConfig:
    """Return what a server in a test is made for."""
    known.setdefault("settings", Settings())
    return ServerConfig(folder, Access(token=TOKEN), known.pop("reviewer", "Ada"), **known)


def client(folder: Path, *, let_in: bool = True, **known: Any) -> TestClient:
    """Return a client of the server of a folder, with the page's cookie unless not let in."""
    limits = known.pop("limits", Limits())
    app = make_app(config(folder, limits=limits, **known), unexpected_at)
    made = TestClient(app, base_url=HERE, raise_server_exceptions=False, follow_redirects=False)
    if let_in:
        made.cookies.set("extract-review", TOKEN)
        made.headers.update(OWN)
    return made


@asynccontextmanager
async def alive(app: ASGIApp) -> AsyncIterator[None]:
    """Let an application's life begin, and end with the block."""
    to_it: asyncio.Queue[Message] = asyncio.Queue()
    from_it: asyncio.Queue[Message] = asyncio.Queue()
    life = asyncio.ensure_future(app({"type": "lifespan"}, to_it.get, from_it.put))
    await to_it.put({"type": "lifespan.startup"})
    await from_it.get()
    try:
        yield
    finally:
        await to_it.put({"type": "lifespan.shutdown"})
        await life


class Served:
    """The command, served in a thread until the block ends."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, *arguments: str) -> None:
        began = threading.Event()
        servers: list[uvicorn.Server] = []
        self.opened: list[str] = []
        self.status: list[int] = []

        class Told(uvicorn.Server):
            async def startup(self, *given: Any, **known: Any) -> None:
                await super().startup(*given, **known)
                servers.append(self)
                began.set()

        monkeypatch.setattr(uvicorn, "Server", Told)
        monkeypatch.setattr(webbrowser, "open", self.opened.append)
        self.servers, self._began = servers, began
        self._thread = threading.Thread(
            target=lambda: self.status.append(main(["review", *arguments]))
        )

    def __enter__(self) -> "Served":
        self._thread.start()
        assert self._began.wait(30)
        return self

    def __exit__(self, *_: object) -> None:
        self.servers[0].should_exit = True
        self._thread.join(30)
