"""Connections to the store of a run: reads never wait, writes are short and whole.

Every thread has a connection of its own, so a database can be shared by the threads of a server. A
run may write meanwhile, and so may other processes: each transaction begins by taking SQLite's one
write lock, and what it reads is read under that lock.
"""

import random
import sqlite3
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any, Self

from extractor.errors import OutputError
from extractor.store.folder import FILE
from extractor.store.store import Store, unusable

_BUSY = 60.0  # seconds to wait for the write lock; a run holds it for milliseconds
_RETRY = (0.0005, 0.003)  # seconds between two tries to take it: from, to
CACHE = 16_000  # KB of the tables that each thread keeps in memory


class Database:
    """The tables of a store. Safe to use from several threads at once. Use as a context."""

    def __init__(self, folder: Path) -> None:
        """Open the store in a folder.

        Raises UsageError when the folder has no store, OutputError when it cannot be used.
        """
        Store(folder, make=False).close()  # brings the tables up to date
        self.folder = folder
        self.path = folder / FILE
        self._local = threading.local()
        self._lock = threading.RLock()  # loading a schema may open a connection
        self._connections: list[sqlite3.Connection] = []

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Close every connection; what was decided stays."""
        with self._lock:
            for connection in self._connections:
                with suppress(sqlite3.Error):
                    connection.close()
            self._connections.clear()
            self._local = threading.local()

    @property
    def connection(self) -> sqlite3.Connection:
        """This thread's connection."""
        connection: sqlite3.Connection | None = getattr(self._local, "connection", None)
        if connection is None:
            connection = sqlite3.connect(
                self.path, timeout=_BUSY, isolation_level=None, check_same_thread=False
            )
            connection.row_factory = sqlite3.Row
            # A decision is on the disk before it is confirmed, also through a power cut.
            connection.execute("pragma synchronous = full")
            connection.execute(f"pragma cache_size = -{CACHE}")
            self._local.connection = connection
            with self._lock:
                self._connections.append(connection)
        return connection

    @contextmanager
    def transaction(self) -> Iterator[sqlite3.Connection]:
        """Open a transaction, or a savepoint in the one that this thread has open already.

        It is committed at the end; when anything goes wrong nothing of it is written. Raises
        OutputError.
        """
        connection = self.connection
        inner = connection.in_transaction
        try:
            if inner:
                connection.execute("savepoint part")
            else:
                _begin(connection)
            try:
                yield connection
            except BaseException:
                with suppress(sqlite3.Error):
                    connection.execute("rollback to part" if inner else "rollback")
                    if inner:
                        connection.execute("release part")
                raise
            connection.execute("release part" if inner else "commit")
        except sqlite3.Error as error:
            if not inner and connection.in_transaction:
                with suppress(sqlite3.Error):
                    connection.execute("rollback")
            raise self._unusable(error) from error

    def select(self, query: str, values: Sequence[Any] | dict[str, Any] = ()) -> list[sqlite3.Row]:
        """Return all rows that a query gives. Raises OutputError."""
        try:
            return self.connection.execute(query, values).fetchall()
        except UnicodeEncodeError:  # half a surrogate pair, which no value in the store has
            return []
        except sqlite3.Error as error:
            raise self._unusable(error) from error

    def _unusable(self, error: sqlite3.Error) -> OutputError:
        return unusable(self.path, error, "Decisions that were confirmed are kept")


def _begin(connection: sqlite3.Connection) -> None:
    """Take the write lock as soon as it is free. Raises sqlite3.OperationalError after `_BUSY`.

    SQLite's own waiting sleeps up to 100 ms between two tries, which is what eight writers would
    then spend most of their time with.
    """
    ends = time.monotonic() + _BUSY
    connection.execute("pragma busy_timeout = 0")
    try:
        while True:
            try:
                connection.execute("begin immediate")
            except sqlite3.OperationalError as error:
                busy = error.sqlite_errorcode & 0xFF == sqlite3.SQLITE_BUSY
                if not busy or time.monotonic() > ends:
                    raise
                time.sleep(random.uniform(*_RETRY))  # noqa: S311 - so that nobody is always late
            else:
                return
    finally:
        connection.execute(f"pragma busy_timeout = {int(_BUSY * 1000)}")
