"""Requests on their way into files that can be uploaded: as many and as large as a batch may be.

The files stand in the output folder, for their owner only, until they are uploaded. They hold what
articles say and no key. Whatever a killed run left of them is asked for anew: it was not sent yet.
"""

import json
import os
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, BinaryIO, Final

from extractor.errors import OutputError

# The documented limits of one file: 50,000 requests and 200 MB.
MOST_LINES = 50_000
MOST_BYTES = 200_000_000
ENDPOINT: Final = "/v1/chat/completions"
_NAME = ".extract-batch-"
ANSWERS = f"{_NAME}answers.jsonl"  # a file of answers while it is read


@dataclass(frozen=True, slots=True)
class Line:
    """One request of a file, without what it says."""

    request_key: str  # and `custom_id`: 64 hexadecimal digits
    work_key: str
    kind: str


@dataclass
class Part:
    """A file of requests."""

    path: Path
    lines: list[Line] = field(default_factory=list)
    size: int = 0  # bytes


class Spool:
    """Writes requests into files in a folder."""

    def __init__(self, folder: Path) -> None:
        """Begin with no file; those of a killed run are removed."""
        self.most_lines, self.most_bytes = MOST_LINES, MOST_BYTES
        self._folder = folder
        self._parts: list[Part] = []
        self._file: BinaryIO | None = None
        self.clear()

    def clear(self) -> None:
        """Remove every file; what stood in them is asked for anew."""
        with suppress(OutputError):
            self._close()
        self._parts.clear()
        with suppress(OSError):
            for left in self._folder.glob(f"{_NAME}*"):
                left.unlink(missing_ok=True)

    def add(self, line: Line, request: Mapping[str, Any]) -> None:
        """Write a request. Raises OutputError."""
        row = {"custom_id": line.request_key, "method": "POST", "url": ENDPOINT, "body": request}
        # Escaped: no line separator of Unicode's, and no half of a character, can end a line.
        data = json.dumps(row, separators=(",", ":")).encode("ascii") + b"\n"
        try:
            part, file = self._part(len(data))
            file.write(data)
        except OSError as error:
            raise self._broken(error) from error
        part.lines.append(line)
        part.size += len(data)

    def take(self) -> Iterator[Part]:
        """Yield the files that are ready to be uploaded, and forget each when the next is taken."""
        self._close()
        while self._parts:
            part = self._parts[0]
            yield part
            part.path.unlink(missing_ok=True)
            del self._parts[0]

    def _part(self, size: int) -> tuple[Part, BinaryIO]:
        """Return the file that has room for so many bytes."""
        if self._file is not None:
            part = self._parts[-1]
            if len(part.lines) < self.most_lines and part.size + size <= self.most_bytes:
                return part, self._file
        self._close()
        part = Part(self._folder / f"{_NAME}{len(self._parts) + 1}.jsonl")
        flags = os.O_WRONLY | os.O_CREAT | os.O_TRUNC
        self._file = os.fdopen(os.open(part.path, flags, 0o600), "wb")
        self._parts.append(part)
        return part, self._file

    def _close(self) -> None:
        file, self._file = self._file, None
        if file is not None:
            try:
                file.close()
            except OSError as error:
                raise self._broken(error) from error

    def _broken(self, error: OSError) -> OutputError:
        return OutputError(
            f"{self._folder}: the requests of a batch cannot be written there "
            f"({error.strerror or error}); is there room on the disk?"
        )
