"""Brings the tables of a store up to date, by the numbered SQL files in `migrations/`.

SQLite's `user_version` says how many of the files a store has had. A file that has been released
is never changed: a change of the tables is a further file, `0005_WHAT.sql`. Each is run in one
transaction together with the new number. No step has needed Python so far; one that does becomes
a function in this module, called between two files.
"""

import sqlite3
from contextlib import suppress
from pathlib import Path

_FOLDER = Path(__file__).with_name("migrations")


def migration_files() -> tuple[Path, ...]:
    """Return the SQL files in the order in which they are run; the first one is number 1."""
    return tuple(sorted(_FOLDER.glob("[0-9]*.sql")))


def version_of(connection: sqlite3.Connection) -> int:
    """Return how many of the migrations a store has had; 0 for an empty file."""
    version: int = connection.execute("pragma user_version").fetchone()[0]
    return version


def migrate(connection: sqlite3.Connection) -> None:
    """Run the migrations that a store has not had yet. Raises sqlite3.Error.

    Safe when several processes open a store at the same time. A store of a newer version is left
    as it is: compare `version_of` with the number of `migration_files` first.
    """
    files = migration_files()
    for number in range(version_of(connection) + 1, len(files) + 1):
        statements = files[number - 1].read_text(encoding="utf-8")
        try:
            connection.executescript(
                f"begin immediate;\n{statements};\npragma user_version = {number};\ncommit;"
            )
        except sqlite3.Error:
            with suppress(sqlite3.Error):
                connection.execute("rollback")
            if version_of(connection) < number:  # else another process was first
                raise
