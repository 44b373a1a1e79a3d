"""Migrations: a store of any earlier version gets the tables that a new store has."""

import sqlite3
from pathlib import Path

import pytest

from extractor.store import migrate as migrating
from extractor.store.folder import FILE
from extractor.store.migrate import migrate, migration_files, version_of
from extractor.store.store import Store

LATEST = len(migration_files())

# A run of the first version: one article, done, and one request.
FIRST_RUN = """
insert into article values ('a1', 'one.txt', null, null, null, null, null, null, 5, 'Hello', '{}',
    1);
insert into source_seen values ('one.txt', '5:1:1', 'a1', 1, 0);
insert into run (id, started_at, command, schema, schema_sha256, engine, status)
    values (1, 1, '[]', 'quotes', 's', 'e', 'finished');
insert into extraction (work_key, article_sha256, schema, schema_sha256, engine, status, calls,
    cache_hits, input_tokens, output_tokens, seconds, run_id, finished_at)
    values ('k', 'a1', 'quotes', 's', 'e', 'done', 1, 0, 2, 3, 1, 1, 1);
insert into call (run_id, work_key, request_key, at, kind, outcome, input_tokens, output_tokens,
    cost_usd, seconds) values (1, 'k', 'r', 1, 'quotes', 'answered', 2, 3, 0.5, 1);
"""


def store_of_version(path: Path, version: int) -> sqlite3.Connection:
    """Return a store as the release with so many migrations made it."""
    connection = sqlite3.connect(path, isolation_level=None)
    for number, file in enumerate(migration_files()[:version], 1):
        connection.executescript(file.read_text(encoding="utf-8"))
        connection.execute(f"pragma user_version = {number}")
    return connection


def schema_of(connection: sqlite3.Connection) -> list[tuple[str, ...]]:
    """Return everything that SQLite knows of the tables, in the order in which it was made."""
    return connection.execute("select type, name, tbl_name, sql from sqlite_master").fetchall()


def test_migrations_are_numbered_without_a_gap() -> None:
    """`user_version` counts files: the number of each is its place."""
    numbers = [int(file.name[:4]) for file in migration_files()]
    assert numbers == list(range(1, LATEST + 1))


@pytest.mark.parametrize("version", range(LATEST + 1))
def test_every_earlier_version_gets_the_tables_of_a_new_store(tmp_path: Path, version: int) -> None:
    """Tables, views, indexes, triggers and the version; and again changes nothing."""
    with Store(tmp_path / "new") as store:
        expected = schema_of(store._connection)
    old = tmp_path / "old"
    old.mkdir()
    store_of_version(old / FILE, version).close()
    for _ in range(2):
        with Store(old) as store:
            assert schema_of(store._connection) == expected
            assert version_of(store._connection) == LATEST


@pytest.mark.parametrize("version", range(1, LATEST))
def test_what_an_earlier_version_has_stored_is_kept(tmp_path: Path, version: int) -> None:
    """Its rows are there, its costs add up, and its extractions are due for a review."""
    with store_of_version(tmp_path / FILE, version) as connection:
        connection.executescript(FIRST_RUN)
    connection.close()
    with Store(tmp_path) as store:
        assert [row["id"] for row in store.runs()] == [1]
        assert tuple(store.seen("one.txt") or ()) == ("5:1:1", "a1")
        (cost,) = store.select("select calls, cost_usd from article_cost")
        assert tuple(cost) == (1, 0.5)
        (due,) = store.select("select article_sha256, schema from review_due")
        assert tuple(due) == ("a1", "quotes")


def test_a_migration_that_fails_leaves_the_version_before(tmp_path: Path, monkeypatch) -> None:
    """Nothing of it stays, and the next opening tries again."""
    files = migration_files()
    bad = tmp_path / "0003_bad.sql"
    bad.write_text("create table half (a); create table half (a);")
    monkeypatch.setattr(migrating, "migration_files", lambda: (*files[:2], bad))
    connection = sqlite3.connect(tmp_path / "store", isolation_level=None)
    with pytest.raises(sqlite3.OperationalError, match="half"):
        migrate(connection)
    assert version_of(connection) == 2
    monkeypatch.undo()
    migrate(connection)
    assert version_of(connection) == LATEST
    assert "half" not in {name for _, name, *_ in schema_of(connection)}
    connection.close()


def test_two_that_open_an_old_store_at_once_run_each_migration_once(
    tmp_path: Path, monkeypatch
) -> None:
    """The second one sees that the first was quicker, whichever migration it stands at."""
    path = tmp_path / "store"
    slow, quick = (sqlite3.connect(path, isolation_level=None) for _ in range(2))

    class Slow:
        """The first connection, overtaken before each migration."""

        def execute(self, statement: str) -> sqlite3.Cursor:
            return slow.execute(statement)

        def executescript(self, script: str) -> sqlite3.Cursor:
            migrate(quick)
            return slow.executescript(script)

    migrate(Slow())  # type: ignore[arg-type]
    assert version_of(slow) == version_of(quick) == LATEST
    assert len(schema_of(slow)) == len(set(schema_of(slow)))
    slow.close()
    quick.close()
