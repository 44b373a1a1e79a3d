"""A stub of an OpenAI-compatible endpoint: it plays scripted answers and records the requests.

Not a simulation of any model: a test says what comes back. Runs in a thread of the test's process
on a free port of 127.0.0.1.
"""

import json
import math
import socket
import struct
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any


@dataclass
class Play:
    """One answer: what the endpoint does with a request."""

    status: int = 200
    body: bytes = b""
    headers: dict[str, str] = field(default_factory=dict)
    delay: float = 0.0  # seconds before the answer
    reset: bool = False  # reset the connection instead of answering
    cut: int | None = None  # announce the whole body, send so many bytes, and close


Script = Callable[[dict[str, Any], int], Play]  # (request body, its number from 0) -> Play


def says(
    content: str | None,
    finish: str = "stop",
    refusal: str | None = None,
    openings: dict[str, float] | None = None,
) -> Play:
    """Return a chat completion with this content, and the odds (0…1) of its first token."""
    message = {"role": "assistant", "content": content, "refusal": refusal}
    choice: dict[str, Any] = {"index": 0, "message": message, "finish_reason": finish}
    if openings is not None:
        top = [{"token": token, "logprob": math.log(odds)} for token, odds in openings.items()]
        choice["logprobs"] = {"content": [{**top[0], "top_logprobs": top}]}
    completion = {
        "id": "stub-1",
        "object": "chat.completion",
        "created": 0,
        "model": "stub",
        "choices": [choice],
        "usage": {"prompt_tokens": 100, "completion_tokens": 10, "total_tokens": 110},
    }
    return Play(body=json.dumps(completion).encode(), headers={"content-type": "application/json"})


def answers(data: object) -> Play:
    """Return a chat completion whose content is `data` as JSON."""
    return says(json.dumps(data))


def fails(status: int, message: str = "no", code: str | None = None, **headers: str) -> Play:
    """Return an error in OpenAI's shape; `retry_after="1"` becomes the header Retry-After."""
    body = json.dumps({"error": {"message": message, "type": "stub", "code": code}})
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return Play(status, body.encode(), {"content-type": "application/json", **named})


def in_turn(*plays: Play) -> Script:
    """Play these one after another; the last one for good."""
    return lambda _, number: plays[min(number, len(plays) - 1)]


@dataclass
class Stub:
    """A running stub: where it is, and what it was asked."""

    base_url: str
    script: Script
    requests: list[dict[str, Any]] = field(default_factory=list)
    keys: list[str] = field(default_factory=list)  # the Authorization headers
    encodings: list[str] = field(default_factory=list)  # the Accept-Encoding headers
    times: list[float] = field(default_factory=list)
    most_at_once: int = 0
    _at_once: int = 0
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def prompt(self, number: int = 0) -> str:
        """Return all messages of a request as one text."""
        return "\n".join(message["content"] for message in self.requests[number]["messages"])


class Server(ThreadingHTTPServer):
    """A server in this process that says nothing: clients that give up are part of the tests."""

    daemon_threads = True
    request_queue_size = 64

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Say nothing."""

    @property
    def address(self) -> str:
        """Where it is: http://127.0.0.1 and its port."""
        return f"http://127.0.0.1:{self.server_address[1]}"

    @contextmanager
    def running(self) -> Iterator[None]:
        """Serve, in a thread, until the block ends."""
        thread = threading.Thread(target=self.serve_forever, args=(0.01,), daemon=True)
        thread.start()
        try:
            yield
        finally:
            self.shutdown()
            self.server_close()


class Handler(BaseHTTPRequestHandler):
    """A handler that can play an answer, and writes no log."""

    protocol_version = "HTTP/1.1"

    def sent(self) -> bytes:
        """Return the body of the request, whether its length was told or it came in chunks."""
        if "chunked" not in self.headers.get("transfer-encoding", ""):
            return self.rfile.read(int(self.headers.get("content-length") or 0))
        whole = b""
        while size := int(self.rfile.readline().split(b";")[0], 16):
            whole += self.rfile.read(size)
            self.rfile.readline()
        self.rfile.readline()
        return whole

    def play(self, play: Play) -> None:
        """Do what a play says."""
        time.sleep(play.delay)
        if play.reset:
            linger = struct.pack("ii", 1, 0)
            self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)
            self.connection.close()
            self.close_connection = True
            return
        self.send_response(play.status)
        for name, value in play.headers.items():
            self.send_header(name, value)
        self.send_header("content-length", str(len(play.body)))
        self.end_headers()
        self.wfile.write(play.body if play.cut is None else play.body[: play.cut])
        self.close_connection = self.close_connection or play.cut is not None

    def log_message(self, format: str, *args: object) -> None:
        """Say nothing."""


class _Server(Server):
    stub: Stub


class _Handler(Handler):
    server: _Server

    def do_POST(self) -> None:
        stub = self.server.stub
        body = json.loads(self.sent())
        with stub._lock:
            number = len(stub.requests)
            stub.requests.append(body)
            stub.keys.append(self.headers.get("authorization", ""))
            stub.encodings.append(self.headers.get("accept-encoding", ""))
            stub.times.append(time.monotonic())
            stub._at_once += 1
            stub.most_at_once = max(stub.most_at_once, stub._at_once)
        try:
            self.play(stub.script(body, number))
        finally:
            with stub._lock:
                stub._at_once -= 1


@contextmanager
def serving(script: Script | Play) -> Iterator[Stub]:
    """Serve until the block ends."""
    server = _Server(("127.0.0.1", 0), _Handler)
    play = script if callable(script) else in_turn(script)
    server.stub = Stub(f"{server.address}/v1", play)
    with server.running():
        yield server.stub
