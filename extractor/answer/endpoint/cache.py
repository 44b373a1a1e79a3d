"""The cache of answers on disk: compressed JSON by the hash of the whole request.

diskcache's own disks unpickle whatever row says that it is a pickle (CVE-2025-69872; JSONDisk
too, for rows of mode 4), so whoever can write to the folder can run code. `SafeDisk` reads and
writes JSON bytes only and treats every other row as absent.

A key covers everything that is sent, and the endpoint: the same model name at another address may
be another model. Prompt, schema and token limit are part of it, so that nothing outdated can be
returned; a wrong answer can be asked for again with `--refresh`.
"""

import hashlib
import json
import os
import sqlite3
import zlib
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

import diskcache
from diskcache.core import MODE_BINARY, MODE_RAW
from pydantic_core import PydanticSerializationError, to_json

from extractor.errors import UsageError
from extractor.schema.wire import canonical
from extractor.settings import Settings

# Values of this size and more get a file each; others are in the database. Answers are 1–20 KB.
_MIN_FILE_SIZE = 64 * 1024
# The cache's size is checked after so many `put`s: a check costs a fourth of a put.
_CULLED_EVERY = 64
# A row that unpacks to more than this (a "zip bomb") is treated as absent.
_MAX_UNPACKED = 64 * 1024 * 1024


class SafeDisk(diskcache.Disk):  # type: ignore[misc]
    """Keys are strings, values are JSON; nothing is ever pickled or unpickled."""

    def put(self, key: Any) -> tuple[str, bool]:
        """Return the key as the database holds it."""
        if not isinstance(key, str):
            raise TypeError(f"cache keys are strings, not {type(key).__name__}")
        return key, True

    def get(self, key: Any, raw: bool) -> str:
        """Return the key of a row; refuse a pickled one."""
        if not raw or not isinstance(key, str):
            raise KeyError("a row with a key that is no string")
        return key

    def store(self, value: Any, read: bool, key: Any = None) -> tuple[int, int, Any, Any]:
        """Return the fields of a row for a JSON value."""
        if read:
            raise TypeError("only JSON values are stored")
        packed = zlib.compress(_printed(value), level=1)
        fields: tuple[int, int, Any, Any] = super().store(packed, False, key=key)
        return fields

    def fetch(self, mode: int, filename: str | None, value: Any, read: bool) -> Any:
        """Return the value of a row, or None when it is not one of ours."""
        ours = (mode == MODE_RAW and _is_bytes(value)) or (mode == MODE_BINARY and filename)
        if read or not ours:
            return None
        try:
            packed = super().fetch(mode, self._inside(filename), value, False)
            unpacker = zlib.decompressobj()
            data = unpacker.decompress(packed, _MAX_UNPACKED)
            return json.loads(data) if unpacker.eof else None
        except (OSError, zlib.error, ValueError):
            return None

    def _inside(self, filename: str | None) -> str | None:
        """Refuse a row that points to a file outside the cache's folder."""
        if filename is None:
            return None
        folder = Path(self._directory).resolve()
        if not (folder / filename).resolve().is_relative_to(folder):
            raise OSError("a row that points outside the cache")
        return filename


def _is_bytes(value: Any) -> bool:
    return isinstance(value, bytes | memoryview)


def _printed(value: Any) -> bytes:
    """Return a value as JSON; the halves of surrogate pairs, if it holds any, as escapes."""
    try:
        return to_json(value)
    except PydanticSerializationError:
        return json.dumps(value).encode()


class AnswerCache:
    """The answers of earlier runs. Safe to use from several processes at once."""

    def __init__(self, folder: Path, megabytes: int = 1024) -> None:
        """Open the cache, made if need be, readable by its owner only; raise UsageError."""
        self.folder = folder
        self._put = 0  # answers put so far
        try:
            folder.mkdir(parents=True, exist_ok=True, mode=0o700)
            folder.chmod(0o700)
            self._rows = diskcache.Cache(
                str(folder),
                disk=SafeDisk,
                disk_min_file_size=_MIN_FILE_SIZE,
                size_limit=megabytes * 1024 * 1024,
            )
            self._rows.reset("cull_limit", 0, update=False)  # here, not for others: see `put`
        except (OSError, sqlite3.Error, diskcache.Timeout) as error:
            raise UsageError(
                f"the cache in {folder} cannot be used ({error}); "
                "name another folder with --cache-dir, or pass --no-cache"
            ) from None

    def get(self, key: str) -> dict[str, Any] | None:
        """Return the answer under `key`, or None; a broken cache only means None."""
        try:
            found = self._rows.get(key)
        except (OSError, sqlite3.Error, diskcache.Timeout, KeyError):
            return None
        return found if isinstance(found, dict) else None

    def put(self, key: str, answer: Mapping[str, Any]) -> None:
        """Keep an answer. Errors of the disk are ignored: the answer itself is not lost."""
        try:
            self._rows.set(key, dict(answer))
            self._put += 1
            if self._put % _CULLED_EVERY == 0:
                self._rows.cull()
        except (OSError, sqlite3.Error, diskcache.Timeout):
            return

    def count(self) -> int:
        """Return the number of answers."""
        return len(self._rows)

    def volume(self) -> int:
        """Return the bytes that the cache takes on disk."""
        return int(self._rows.volume())

    def clear(self) -> int:
        """Drop every answer; return how many there were."""
        return int(self._rows.clear())

    def close(self) -> None:
        """Close the database, within its size."""
        if self._put:
            with suppress(OSError, sqlite3.Error, diskcache.Timeout):
                self._rows.cull()
        self._rows.close()


def open_cache(settings: Settings) -> AnswerCache | None:
    """Return the cache that `settings` ask for, or None with `no_cache`."""
    if settings.no_cache:
        return None
    return AnswerCache(settings.cache_dir or default_folder(), settings.cache_megabytes)


def default_folder() -> Path:
    """Return the user's cache folder by the XDG base directory specification."""
    base = os.environ.get("XDG_CACHE_HOME", "")
    root = Path(base) if base and Path(base).is_absolute() else Path.home() / ".cache"
    return root / "news-extract" / "answers"


def request_key(endpoint: str, request: Mapping[str, Any]) -> str:
    """Return the key of a request to an endpoint: a hash of its canonical JSON."""
    return hashlib.sha256(canonical({"endpoint": endpoint, "request": request})).hexdigest()
