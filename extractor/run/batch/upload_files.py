"""Writes requests into files to upload, each as large as a batch may be at the most.

The files are in the output folder, readable by their owner only, until they are uploaded. They
hold text of articles and no key. What a killed run left of them is removed: those questions were
not sent, and are deferred again.
"""

import json
import os
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, BinaryIO, Final

from extractor.errors import OutputError
from extractor.frozen import frozen

# The documented limits of one file: 50,000 requests and 200 MB.
MOST_LINES = 50_000
MOST_BYTES = 200_000_000
ENDPOINT: Final = "/v1/chat/completions"
_NAME = ".extract-batch-"
ANSWERS = f"{_NAME}answers.jsonl"  # a file of answers while it is read


@frozen
class BatchLine:
    """One line of a file: a request, without its content."""

    request_key: str  # and `custom_id`: 64 hexadecimal digits
    work_key: str
    kind: str


@dataclass
class UploadFile:
    """A file of requests."""

    path: Path
    lines: list[BatchLine] = field(default_factory=list)
    size: int = 0  # bytes


def new_file(path: Path) -> BinaryIO:
    """Make a file, readable by its owner only, in place of one that is there. Raises OSError."""
    path.unlink(missing_ok=True)  # a link goes, and is not written through
    return os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb")


class UploadFiles:
    """Writes requests into files in a folder."""

    def __init__(self, folder: Path) -> None:
        """Start with no file; those of a killed run are removed."""
        self.most_lines, self.most_bytes = MOST_LINES, MOST_BYTES
        self._folder = folder
        self._files: list[UploadFile] = []
        self._open: BinaryIO | None = None
        self.clear()

    def clear(self) -> None:
        """Remove every file; the questions in them will be deferred again."""
        with suppress(OutputError):
            self._close()
        self._files.clear()
        with suppress(OSError):
            for left in self._folder.glob(f"{_NAME}*"):
                left.unlink(missing_ok=True)

    def add(self, line: BatchLine, request: Mapping[str, Any]) -> None:
        """Write a request. Raises OutputError."""
        row = {"custom_id": line.request_key, "method": "POST", "url": ENDPOINT, "body": request}
        # Escaped: no line separator of Unicode's, and no half of a character, can end a line.
        data = json.dumps(row, separators=(",", ":")).encode("ascii") + b"\n"
        try:
            entry, file = self._file_for(len(data))
            file.write(data)
        except OSError as error:
            raise self._broken(error) from error
        entry.lines.append(line)
        entry.size += len(data)

    def take(self) -> Iterator[UploadFile]:
        """Yield the files to upload; each is removed when the next is taken."""
        self._close()
        while self._files:
            entry = self._files[0]
            yield entry
            entry.path.unlink(missing_ok=True)
            del self._files[0]

    def _file_for(self, size: int) -> tuple[UploadFile, BinaryIO]:
        """Return the file that has room for so many bytes."""
        if self._open is not None:
            entry = self._files[-1]
            if len(entry.lines) < self.most_lines and entry.size + size <= self.most_bytes:
                return entry, self._open
        self._close()
        entry = UploadFile(self._folder / f"{_NAME}{len(self._files) + 1}.jsonl")
        self._open = new_file(entry.path)
        self._files.append(entry)
        return entry, self._open

    def _close(self) -> None:
        file, self._open = self._open, None
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
