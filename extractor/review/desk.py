"""The desk: the store of a run, opened for review. Reads never wait; writes are short and whole.

Every thread has a connection of its own, so a desk can be shared by the threads of a server. A run
may write meanwhile, and so may other desks, in this process or another: each change begins by
taking SQLite's one write lock, and what it read is read under that lock.
"""

import json
import random
import sqlite3
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from functools import lru_cache
from pathlib import Path
from typing import Any, Self

from extractor.article import Article
from extractor.errors import ExtractError, OutputError, ReviewError
from extractor.find.inventory import Inventory, take
from extractor.review.claims.carrying import Carrier
from extractor.schema.catalogue import Schema, load_schema
from extractor.store.packing import article_from_row
from extractor.store.store import FILE, Store, unusable

_BUSY = 60.0  # seconds to wait for the write lock; a run holds it for milliseconds
_LOOK = (0.0005, 0.003)  # seconds between two looks whether it is free
CACHE = 16_000  # KB of the tables that each thread keeps in memory
_ARTICLES = 64  # kept in memory, per desk
_INVENTORIES = 16
_CARRIERS = 8


class Desk:
    """The review of one folder. Safe to use from several threads at once. Use as a context."""

    def __init__(self, folder: Path, *, home: Path | None = None) -> None:
        """Open the store in a folder. `home` holds the user's `schemas/`; see load_schema.

        Raises UsageError when the folder has no store, OutputError when it cannot be used.
        """
        Store(folder, make=False).close()  # brings the tables up to date
        self.folder = folder
        self.path = folder / FILE
        self._home = home
        self._local = threading.local()
        self._lock = threading.RLock()  # loading a schema may open a connection
        self._all: list[sqlite3.Connection] = []
        self._schemas: dict[str, Schema | None] = {}
        self.article = lru_cache(maxsize=_ARTICLES)(self._article)
        self.inventory = lru_cache(maxsize=_INVENTORIES)(self._inventory)
        self.carrier = lru_cache(maxsize=_CARRIERS)(self._carrier)
        self.searchable = self._make_words()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Close every connection; what was decided stays."""
        with self._lock:
            for rows in self._all:
                with suppress(sqlite3.Error):
                    rows.close()
            self._all.clear()
            self._local = threading.local()

    # --- the tables ----------------------------------------------------------------------------

    @property
    def rows(self) -> sqlite3.Connection:
        """This thread's connection."""
        rows: sqlite3.Connection | None = getattr(self._local, "rows", None)
        if rows is None:
            rows = sqlite3.connect(
                self.path, timeout=_BUSY, isolation_level=None, check_same_thread=False
            )
            rows.row_factory = sqlite3.Row
            # A decision is on the disk before it is confirmed, also through a power cut.
            rows.execute("pragma synchronous = full")
            rows.execute(f"pragma cache_size = -{CACHE}")
            self._local.rows = rows
            with self._lock:
                self._all.append(rows)
        return rows

    @contextmanager
    def changing(self) -> Iterator[sqlite3.Connection]:
        """Give the tables for one transaction, or for a part of the one that is open.

        When anything goes wrong nothing of it is written. Raises OutputError.
        """
        rows = self.rows
        inner = rows.in_transaction
        try:
            if inner:
                rows.execute("savepoint part")
            else:
                _begin(rows)
            try:
                yield rows
            except BaseException:
                with suppress(sqlite3.Error):
                    rows.execute("rollback to part" if inner else "rollback")
                    if inner:
                        rows.execute("release part")
                raise
            rows.execute("release part" if inner else "commit")
        except sqlite3.Error as error:
            if not inner and rows.in_transaction:
                with suppress(sqlite3.Error):
                    rows.execute("rollback")
            raise self._broken(error) from error

    def select(self, query: str, values: Sequence[Any] | dict[str, Any] = ()) -> list[sqlite3.Row]:
        """Return what a query gives. Raises OutputError."""
        try:
            return self.rows.execute(query, values).fetchall()
        except sqlite3.Error as error:
            raise self._broken(error) from error

    def _broken(self, error: sqlite3.Error) -> OutputError:
        return unusable(self.path, error, "Decisions that were confirmed are kept")

    def _make_words(self) -> bool:
        """Make the index to search by, if need be; tell whether SQLite has full-text indexes."""
        if self.select("select 1 from sqlite_master where name = 'claim_words'"):
            return True
        with self.changing() as rows:
            try:
                rows.execute("create virtual table if not exists claim_words using fts5 (words)")
            except sqlite3.OperationalError:
                return False
            self.searchable = True
            from extractor.review.claims.recording import index_all

            index_all(self, rows)
        return True

    # --- what there is -------------------------------------------------------------------------

    def sync(self) -> int:
        """Bring in what runs have written since; return how many claims changed. See syncing.py."""
        from extractor.review.sync.syncing import sync

        return sync(self)

    def _article(self, sha256: str) -> Article:
        """Return an article by the hash of its text. Raises ReviewError when there is none."""
        found = self.select(
            "select a.*, (select s.source from source_seen s where s.article_sha256 = a.sha256"
            " order by s.first_run, s.position limit 1) as now from article a where sha256 = ?",
            (sha256,),
        )
        if not found:
            raise ReviewError(f"{self.path}: there is no article {sha256[:16]!r} in this store")
        return article_from_row(dict(found[0]), found[0]["now"])

    def _inventory(self, sha256: str) -> Inventory:
        """Return what can be found in an article."""
        return take(self.article(sha256))

    def _carrier(self, old_sha256: str, new_sha256: str) -> Carrier:
        """Return what carries places from one text into another."""
        return Carrier(self.article(old_sha256).text, self.article(new_sha256).text)

    def schema(self, name: str) -> Schema | None:
        """Return a schema by name, or None when its file is not to be had any more."""
        with self._lock:
            if name not in self._schemas:
                self._schemas[name] = self._load(name)
            return self._schemas[name]

    def _load(self, name: str) -> Schema | None:
        """Load the file that the latest run by this schema named, or else the one found by name."""
        files: list[Path | str] = [*self._named_files(name), name]
        for file in files:
            with suppress(ExtractError):
                return load_schema(file, self._home)
        return None

    def _named_files(self, name: str) -> list[Path]:
        found = self.select("select command from run where schema = ? order by id desc", (name,))
        files = dict.fromkeys(
            Path(word.rpartition("=")[2])
            for row in found[:20]
            for word in json.loads(row["command"])
            if word.endswith(f"{name}.py")
        )
        return [file for file in files if file.stem == name and file.is_file()]


def _begin(rows: sqlite3.Connection) -> None:
    """Take the write lock as soon as it is free. Raises sqlite3.OperationalError after `_BUSY`.

    SQLite's own waiting sleeps up to 100 ms between two looks, which is what eight writers would
    then spend most of their time with.
    """
    ends = time.monotonic() + _BUSY
    rows.execute("pragma busy_timeout = 0")
    try:
        while True:
            try:
                rows.execute("begin immediate")
            except sqlite3.OperationalError as error:
                busy = error.sqlite_errorcode & 0xFF == sqlite3.SQLITE_BUSY
                if not busy or time.monotonic() > ends:
                    raise
                time.sleep(random.uniform(*_LOOK))  # noqa: S311 - so that nobody is always late
            else:
                return
    finally:
        rows.execute(f"pragma busy_timeout = {int(_BUSY * 1000)}")
