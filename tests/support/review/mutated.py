"""Mutated requests: valid ones of a review server, changed at random, sent straight to the app."""

import asyncio
import json
import random
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from typing import Any
from urllib.parse import quote

from starlette.types import ASGIApp, Message, Scope

from tests.support.review.server import alive

BOUNDARY = "-----------------------------boundary"
_WORDS = (
    "", " ", "\0", "\x1b[2J", "é", "\u202e", "\U0001f389", "'", '"', "%", "%00", "%ff", "../..",
    "//", "\\", "a" * 5000, "-1", "0", "1e999", "9" * 20, "9" * 5000, "NaN", "null", "[]", "{}",
    "true", "quotes", "second", "differ", "html", "2025-13-40", "*", '" or 1', "a*", "^", "(",
)  # fmt: skip
_METHODS = ("GET", "HEAD", "POST", "PUT", "DELETE", "PATCH", "OPTIONS", "TRACE", "GET ", "é")
_KEYS = (
    "schema", "status", "kind", "claim", "after", "q", "words", "view", "share", "since", "until",
    "outlet", "speaker", "reviewer", "model", "flag", "article", "full", "step", "form", "query",
    "token", "undecided", "name", "x",
)  # fmt: skip
_HEADERS = (
    "host", "origin", "sec-fetch-site", "sec-fetch-mode", "cookie", "authorization", "accept",
    "content-type", "content-length", "content-encoding", "transfer-encoding", "range", "expect",
    "x-forwarded-for", "if-none-match", "upgrade", "referer", "accept-encoding", "x",
)  # fmt: skip
_TYPES = (
    "application/json", "application/json; charset=utf-16", "multipart/form-data",
    f"multipart/form-data; boundary={BOUNDARY}", "multipart/form-data; boundary=", "text/plain",
    "application/x-www-form-urlencoded", "multipart/mixed; boundary=x", "",
)  # fmt: skip


@dataclass(frozen=True)
class Asked:
    """A request: its body is sent in parts."""

    method: str
    path: str
    query: str = ""
    headers: dict[str, str] = field(default_factory=dict)
    body: Any = None  # JSON data, bytes, or None

    def parts(self, chance: random.Random) -> list[bytes]:
        """Return the body as it arrives."""
        data = self.body
        if data is None:
            return [b""]
        if not isinstance(data, bytes):
            data = json.dumps(data).encode()
        if chance.random() < 0.2:  # broken off, or with something that is no UTF-8
            at = chance.randrange(len(data) + 1)
            data = data[:at] + (b"" if chance.random() < 0.5 else b"\xff\x00" + data[at:])
        at = chance.randrange(len(data) + 1)
        return [data[:at], data[at:]]


def form(parts: dict[str, str | bytes], boundary: str = BOUNDARY) -> bytes:
    """Return a form's body; bytes are a file."""
    out = b""
    for name, value in parts.items():
        file = isinstance(value, bytes)
        named = '; filename="a.txt"\r\nContent-Type: text/plain' if file else ""
        head = f'--{boundary}\r\nContent-Disposition: form-data; name="{name}"{named}\r\n\r\n'
        out += head.encode() + (value if isinstance(value, bytes) else value.encode()) + b"\r\n"
    return out + f"--{boundary}--\r\n".encode()


def mutated(asked: Asked, chance: random.Random) -> Asked:
    """Return a request with one to three things changed."""
    changes: Sequence[Callable[[Asked, random.Random], Asked]] = (
        _method, _path, _path, _query, _query, _header, _header, _body, _body, _body,
    )  # fmt: skip
    for _ in range(chance.randint(1, 3)):
        asked = chance.choice(changes)(asked, chance)
    return asked


def _method(asked: Asked, chance: random.Random) -> Asked:
    return replace(asked, method=chance.choice(_METHODS))


def _path(asked: Asked, chance: random.Random) -> Asked:
    parts = asked.path.split("/")
    at = chance.randrange(len(parts))
    if chance.random() < 0.5:
        parts[at] = chance.choice(_WORDS)
    else:
        parts.insert(at, chance.choice(_WORDS))
    return replace(asked, path="/" + "/".join(parts).lstrip("/"))


def _query(asked: Asked, chance: random.Random) -> Asked:
    word = chance.choice(_WORDS)
    raw = word if chance.random() < 0.3 else quote(word)
    pair = f"{chance.choice(_KEYS)}={raw}"
    return replace(asked, query=f"{asked.query}&{pair}" if chance.random() < 0.7 else pair)


def _header(asked: Asked, chance: random.Random) -> Asked:
    name = chance.choice(_HEADERS)
    value = chance.choice(_TYPES if name == "content-type" else _WORDS)
    if chance.random() < 0.2:
        return replace(asked, headers={k: v for k, v in asked.headers.items() if k != name})
    return replace(asked, headers={**asked.headers, name: value})


def _body(asked: Asked, chance: random.Random) -> Asked:
    if isinstance(asked.body, bytes):
        data = bytearray(asked.body)
        for _ in range(chance.randint(1, 5)):
            at = chance.randrange(len(data) + 1)
            data[at : at + chance.randrange(40)] = chance.choice(_WORDS)[:50].encode()
        return replace(asked, body=bytes(data))
    return replace(asked, body=_json(asked.body, chance))


def _json(value: Any, chance: random.Random, depth: int = 0) -> Any:
    """Return JSON data with something in it changed."""
    if chance.random() < 0.3 or not isinstance(value, dict | list) or not value:
        odd: list[Any] = [None, True, -1, 2**70, 1e308, float("nan"), [], {}, [[[]]], "\ud800"]
        odd += [{"start": -1, "end": 2**40}, {"text": "x"}, "x" * 20_000, chance.choice(_WORDS)]
        return chance.choice(odd)
    if isinstance(value, list):
        at = chance.randrange(len(value))
        return [*value[:at], _json(value[at], chance), *value[at + 1 :]]
    key = chance.choice(list(value))
    if chance.random() < 0.2:
        return {k: v for k, v in value.items() if k != key}
    if chance.random() < 0.2:
        return {**value, chance.choice(_WORDS): chance.choice(_WORDS)}
    return {**value, key: _json(value[key], chance)}


async def answered(app: ASGIApp, asked: Asked, chance: random.Random) -> tuple[int, dict[str, str]]:
    """Send a request to an application; return the status and the headers of its answer."""
    parts = asked.parts(chance)
    scope: Scope = {
        "type": "http",
        "asgi": {"version": "3.0"},
        "http_version": "1.1",
        "method": asked.method,
        "scheme": "http",
        "path": asked.path,
        "raw_path": quote(asked.path).encode(),
        "root_path": "",
        "query_string": asked.query.encode("utf-8", "replace"),
        "headers": [
            (name.encode(), value.encode("utf-8")) for name, value in asked.headers.items()
        ],
        "client": ("127.0.0.1", 50_000),
        "server": ("127.0.0.1", 8484),
        "state": {},
    }
    over = asyncio.Event()
    got: list[Message] = []

    leaves = chance.random() < 0.05  # before all has been sent

    async def receive() -> Message:
        if leaves and len(parts) == 1:
            return {"type": "http.disconnect"}
        if parts:
            part = parts.pop(0)
            return {"type": "http.request", "body": part, "more_body": bool(parts)}
        await over.wait()
        return {"type": "http.disconnect"}

    async def send(message: Message) -> None:
        got.append(message)

    await app(scope, receive, send)
    over.set()
    starts = [message for message in got if message["type"] == "http.response.start"]
    assert len(starts) == 1, f"{len(starts)} answers to {asked}"
    assert not got[-1].get("more_body", False), f"the answer to {asked} has no end"
    headers = {name.decode().lower(): value.decode() for name, value in starts[0]["headers"]}
    return starts[0]["status"], headers


def send_mutated(app: ASGIApp, requests: Sequence[Asked], count: int, seed: int) -> Counter[int]:
    """Send so many mutated requests, one after the other; return how often each status came.

    The application's life begins and ends with it.

    Raises AssertionError for a server's error other than 503 with Retry-After.
    """
    chance = random.Random(seed)
    statuses: Counter[int] = Counter()

    async def all_of_them() -> None:
        for number in range(count):
            asked = mutated(requests[number % len(requests)], chance)
            try:
                status, headers = await answered(app, asked, chance)
            except Exception as error:
                raise AssertionError(f"{asked} raised {error!r}") from error
            assert status < 500 or (status == 503 and "retry-after" in headers), f"{status} {asked}"
            statuses[status] += 1

    async def whole_life() -> None:
        async with alive(app):
            await all_of_them()

    asyncio.run(whole_life())
    return statuses
