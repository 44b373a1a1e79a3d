"""A stub of OpenAI's Batch API: files are uploaded, batches made of them, looked at and read.

It follows the documented protocol (`/files`, `/batches`, the shapes of their objects and of the
lines of input, output and error files) and checks what the endpoint would check of an input file.
A batch is worked on when it is looked at: every look takes it one status further. Like the real
one it writes answers in any order. What a model says to a line, and what goes wrong, a test says.
"""

import json
import random
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email.parser import BytesParser
from email.policy import HTTP
from typing import Any
from urllib.parse import parse_qs, urlsplit

from tests.support.stubs.server import Handler, Play, Server

Body = dict[str, Any]
MOST_LINES, MOST_BYTES = 50_000, 200_000_000
_STATUSES = ("validating", "in_progress", "finalizing")


@dataclass
class Upload:
    """A file that the endpoint has."""

    content: bytes
    purpose: str


@dataclass
class Made:
    """A batch that the endpoint works on."""

    shown: Body
    rows: list[Body]
    end: str = "completed"
    looks: int = 0


@dataclass
class BatchStub:
    """A running stub. Its fields may be changed while it runs."""

    base_url: str
    answer: Callable[[Body], Play]  # what the model says to a line's body
    ends: list[str] = field(default_factory=list)  # how the next batches end; then: completed
    looks: int = 2  # before a batch ends
    # Changes the lines of an output file, in the order of the file, before they are written.
    spoil: Callable[[list[bytes]], list[bytes]] = lambda lines: lines
    refuse: Callable[[str, str], Play | None] = lambda *_: (
        None
    )  # (method, path) -> instead of an answer
    most_lines: int = MOST_LINES
    full: int | None = None  # lines of a batch, above which the account takes no more
    lists: bool = True
    files: dict[str, Upload] = field(default_factory=dict)
    batches: dict[str, Made] = field(default_factory=dict)
    asked: list[tuple[str, str]] = field(default_factory=list)  # method and path of every request
    keys: list[str] = field(default_factory=list)
    lock: threading.RLock = field(default_factory=threading.RLock)

    @property
    def lines(self) -> list[Body]:
        """Every line that was submitted, of all batches."""
        return [row for made in self.batches.values() for row in made.rows]

    # --- the endpoint's own work ---

    def upload(self, content: bytes, purpose: str) -> Body:
        """Keep a file."""
        name = f"file-{len(self.files) + 1}"
        self.files[name] = Upload(content, purpose)
        return {
            "id": name,
            "object": "file",
            "bytes": len(content),
            "created_at": int(time.time()),
            "filename": "batch.jsonl",
            "purpose": purpose,
            "status": "processed",
        }

    def make(self, asked: Body) -> Body:
        """Make a batch of a file, and check the file as the endpoint does."""
        file = self.files[asked["input_file_id"]]
        assert file.purpose == "batch"
        assert asked["completion_window"] == "24h"
        assert asked["endpoint"] == "/v1/chat/completions"
        assert len(file.content) <= MOST_BYTES
        rows = [json.loads(line) for line in file.content.split(b"\n") if line]
        number = len(self.batches) + 1
        end = self.ends.pop(0) if self.ends else "completed"
        shown: Body = {
            "id": f"batch_{number}",
            "object": "batch",
            "endpoint": asked["endpoint"],
            "errors": None,
            "input_file_id": asked["input_file_id"],
            "completion_window": "24h",
            "status": "validating",
            "output_file_id": None,
            "error_file_id": None,
            "created_at": int(time.time()),
            "expires_at": int(time.time()) + 86400,
            "request_counts": {"total": len(rows), "completed": 0, "failed": 0},
            "metadata": asked.get("metadata"),
        }
        if errors := self._faults(rows, asked["endpoint"]):
            end = "failed"
            shown["errors"] = {"object": "list", "data": errors}
        self.batches[shown["id"]] = Made(shown, rows, end)
        return shown

    def _faults(self, rows: list[Body], endpoint: str) -> list[Body]:
        def fault(code: str, line: int | None) -> Body:
            return {"code": code, "message": f"{code} it says", "param": None, "line": line}

        if self.full is not None and len(rows) > self.full:
            return [fault("token_limit_exceeded", None)]
        if not 0 < len(rows) <= self.most_lines:
            return [fault("too_many_tasks", None)]
        faults = []
        seen: set[str] = set()
        for number, row in enumerate(rows, 1):
            if set(row) != {"custom_id", "method", "url", "body"} or row["method"] != "POST":
                faults.append(fault("invalid_json_line", number))
            elif row["url"] != endpoint:
                faults.append(fault("mismatched_url", number))
            elif row["custom_id"] in seen or len(row["custom_id"]) > 64:
                faults.append(fault("duplicate_custom_id", number))
            seen.add(row.get("custom_id", ""))
        return faults

    def look(self, name: str) -> Body:
        """Show a batch, one status further than before."""
        made = self.batches[name]
        if made.shown["status"] in ("completed", "failed", "expired", "cancelled"):
            return made.shown
        made.looks += 1
        if made.looks <= self.looks:
            made.shown["status"] = _STATUSES[min(made.looks - 1, len(_STATUSES) - 1)]
            return made.shown
        self._work(made)
        return made.shown

    def _work(self, made: Made) -> None:
        shown = made.shown
        shown["status"] = made.end
        if made.end == "failed":
            shown["errors"] = shown["errors"] or {
                "object": "list",
                "data": [{"code": "server_error", "message": "it broke", "line": None}],
            }
            return
        # An expired or cancelled batch has done half of its work; the rest is in the error file.
        done = len(made.rows) if made.end == "completed" else len(made.rows) // 2
        good, bad = [], []
        for number, row in enumerate(made.rows):
            if number < done:
                play = self.answer(row["body"])
                to = good if play.status == 200 else bad
                to.append(_line(row["custom_id"], play))
            elif made.end == "expired":
                bad.append(_unanswered(row["custom_id"]))
        random.Random(len(good)).shuffle(good)
        if good:
            shown["output_file_id"] = self.upload(_file(self.spoil(good)), "batch_output")["id"]
        if bad:
            shown["error_file_id"] = self.upload(_file(bad), "batch_output")["id"]
        shown["request_counts"].update(completed=len(good), failed=len(bad))


def _line(custom_id: str, play: Play) -> bytes:
    response = {
        "status_code": play.status,
        "request_id": "req_1",
        "body": json.loads(play.body),
    }
    row = {"id": "batch_req_1", "custom_id": custom_id, "response": response, "error": None}
    return json.dumps(row, ensure_ascii=False).encode()


def _unanswered(custom_id: str) -> bytes:
    error = {"code": "batch_expired", "message": "it could not be done in 24 hours"}
    row = {"id": "batch_req_1", "custom_id": custom_id, "response": None, "error": error}
    return json.dumps(row).encode()


def _file(lines: list[bytes]) -> bytes:
    return b"".join(line + b"\n" for line in lines)


def _shown(data: Body, status: int = 200) -> Play:
    return Play(status, json.dumps(data).encode(), {"content-type": "application/json"})


class _Server(Server):
    stub: BatchStub


class _Handler(Handler):
    server: _Server

    def do_GET(self) -> None:
        self._handle("GET", b"")

    def do_POST(self) -> None:
        self._handle("POST", self.sent())

    def _handle(self, method: str, sent: bytes) -> None:
        stub = self.server.stub
        url = urlsplit(self.path)
        path = url.path.removeprefix("/v1")
        with stub.lock:
            stub.asked.append((method, path))
            stub.keys.append(self.headers.get("authorization", ""))
            play = stub.refuse(method, path) or self._answer(method, path, sent, url.query)
        self.play(play)

    def _answer(self, method: str, path: str, sent: bytes, query: str) -> Play:
        stub = self.server.stub
        steps = path.strip("/").split("/")
        if method == "POST" and steps == ["files"]:
            fields = self._fields(sent)
            return _shown(stub.upload(fields["file"], fields["purpose"].decode()))
        if method == "POST" and steps == ["batches"]:
            return _shown(stub.make(json.loads(sent)))
        if method == "GET" and steps == ["batches"] and stub.lists:
            newest = [made.shown for made in reversed(stub.batches.values())]
            after = parse_qs(query).get("after", [""])[0]
            names = [shown["id"] for shown in newest]
            start = names.index(after) + 1 if after in names else 0
            page = newest[start : start + 2]  # small pages, so that there are several
            more = start + 2 < len(newest)
            return _shown({"object": "list", "data": page, "has_more": more})
        if method == "GET" and steps[0] == "batches" and steps[1:2] and steps[1] in stub.batches:
            return _shown(stub.look(steps[1]))
        if method == "GET" and steps[0] == "files" and steps[1] in stub.files:
            assert steps[2:] == ["content"]
            return Play(200, stub.files[steps[1]].content)
        return _shown({"error": {"message": "no such thing", "code": "not_found"}}, 404)

    def _fields(self, sent: bytes) -> dict[str, bytes]:
        """Return the fields of a form with files."""
        kind = f"Content-Type: {self.headers['content-type']}\r\n\r\n".encode()
        form = BytesParser(policy=HTTP).parsebytes(kind + sent)
        return {
            str(part.get_param("name", header="content-disposition")): part.get_payload(decode=True)
            for part in form.iter_parts()
        }


@contextmanager
def serving_batches(answer: Callable[[Body], Play], **changes: Any) -> Iterator[BatchStub]:
    """Serve until the block ends."""
    server = _Server(("127.0.0.1", 0), _Handler)
    server.stub = BatchStub(f"{server.address}/v1", answer, **changes)
    with server.running():
        yield server.stub
