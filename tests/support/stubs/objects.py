"""A stub of an S3-compatible object store: lists, gives and takes objects, on 127.0.0.1 only."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from urllib.parse import parse_qs, unquote, urlsplit
from xml.sax.saxutils import escape

from tests.support.stubs.server import Handler, Server

_XML = '<?xml version="1.0"?>'


@dataclass
class Bucket:
    """A running stub with one bucket."""

    url: str
    objects: dict[str, bytes] = field(default_factory=dict)
    refused: frozenset[str] = frozenset()  # keys that may be listed but not read
    parts: dict[str, dict[int, bytes]] = field(default_factory=dict)

    @property
    def environment(self) -> dict[str, str]:
        """What a client needs to be told, so that it asks nobody else for keys."""
        return {
            "AWS_ENDPOINT_URL": self.url,
            "AWS_ACCESS_KEY_ID": "stub",
            "AWS_SECRET_ACCESS_KEY": "stub",
            "AWS_REGION": "us-east-1",
            "AWS_EC2_METADATA_DISABLED": "true",
            "AWS_CONFIG_FILE": "/dev/null",
            "AWS_SHARED_CREDENTIALS_FILE": "/dev/null",
        }


class _Server(Server):
    bucket: Bucket


class _Handler(Handler):
    server: _Server

    def do_GET(self) -> None:
        key, query = self._asked()
        data = self.server.bucket.objects.get(key)
        if not key:
            self._send(200, self._list(query.get("prefix", ""), query.get("delimiter", "")))
        elif key in self.server.bucket.refused:
            self._send(403, b"<Error><Code>AccessDenied</Code></Error>")
        elif data is None:
            self._send(404, b"<Error><Code>NoSuchKey</Code></Error>")
        elif found := re.fullmatch(r"bytes=(\d+)-(\d*)", self.headers.get("range", "")):
            start, end = int(found[1]), int(found[2] or len(data) - 1)
            whole = f"bytes {start}-{min(end, len(data) - 1)}/{len(data)}"
            self._send(206, data[start : end + 1], content_range=whole)
        else:
            self._send(200, data)

    def do_HEAD(self) -> None:
        self.do_GET()

    def do_PUT(self) -> None:
        key, query = self._asked()
        data = self._body()
        if number := query.get("partNumber"):
            self.server.bucket.parts.setdefault(key, {})[int(number)] = data
        else:
            self.server.bucket.objects[key] = data
        self._send(200, b"")

    def do_POST(self) -> None:
        key, query = self._asked()
        self._body()
        if "uploads" in query:
            xml = f"{_XML}<InitiateMultipartUploadResult><Bucket>b</Bucket><Key>{escape(key)}</Key>"
            xml += "<UploadId>1</UploadId></InitiateMultipartUploadResult>"
        else:
            parts = self.server.bucket.parts.pop(key, {})
            self.server.bucket.objects[key] = b"".join(parts[n] for n in sorted(parts))
            xml = f"{_XML}<CompleteMultipartUploadResult><Key>{escape(key)}</Key>"
            xml += '<ETag>"1"</ETag></CompleteMultipartUploadResult>'
        self._send(200, xml.encode())

    def _asked(self) -> tuple[str, dict[str, str]]:
        parts = urlsplit(self.path)
        query = parse_qs(parts.query, keep_blank_values=True)
        key = unquote(parts.path).lstrip("/").partition("/")[2]
        return key, {name: values[0] for name, values in query.items()}

    def _body(self) -> bytes:
        """Return what was sent, as the client means it."""
        return self._plain(self.sent())

    def _plain(self, data: bytes) -> bytes:
        """Return a body without the signatures that AWS's clients weave into it."""
        if "aws-chunked" not in self.headers.get("content-encoding", ""):
            return data
        plain = b""
        while True:
            head, _, data = data.partition(b"\r\n")
            size = int(head.split(b";")[0], 16)
            if not size:
                return plain
            plain, data = plain + data[:size], data[size + 2 :]

    def _list(self, prefix: str, delimiter: str) -> bytes:
        """Return what lies under a prefix: objects, and what stands before the delimiter."""
        inside, folders = [], []
        for key in sorted(self.server.bucket.objects):
            if not key.startswith(prefix):
                continue
            head, found, _ = key[len(prefix) :].partition(delimiter or "\0")
            if found:
                folders.append(prefix + head + found)
            else:
                inside.append(key)
        xml = f"{_XML}<ListBucketResult><Name>b</Name><IsTruncated>false</IsTruncated>"
        for key in inside:
            size = len(self.server.bucket.objects[key])
            xml += f"<Contents><Key>{escape(key)}</Key><Size>{size}</Size></Contents>"
        for name in dict.fromkeys(folders):
            xml += f"<CommonPrefixes><Prefix>{escape(name)}</Prefix></CommonPrefixes>"
        return f"{xml}</ListBucketResult>".encode()

    def _send(self, status: int, body: bytes, **headers: str) -> None:
        self.send_response(status)
        self.send_header("etag", '"1"')
        self.send_header("content-length", str(len(body)))
        for name, value in headers.items():
            self.send_header(name.replace("_", "-"), value)
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)


@contextmanager
def serving_objects(objects: dict[str, bytes]) -> Iterator[Bucket]:
    """Serve until the block ends."""
    server = _Server(("127.0.0.1", 0), _Handler)
    server.bucket = Bucket(server.address, dict(objects))
    with server.running():
        yield server.bucket
