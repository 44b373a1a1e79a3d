"""The store of a run: one SQLite file in the output folder, consistent whatever happens.

It is written by one process at a time (lock.py) and by one connection in it; anyone may read
meanwhile (write-ahead log). All rows of one article are written in one transaction: a process
that is killed loses only what it had not begun to write.
"""

import json
import sqlite3
import time
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any, Self

from extractor.errors import OutputError, UsageError
from extractor.record import Extraction, Usage
from extractor.schema.catalogue import Schema
from extractor.store.entries import Earlier, Entry, FailureGroup
from extractor.store.entry_rows import EntryInserter, usage_columns
from extractor.store.folder import FILE, make_folder, make_store_file, refuse_linked_store
from extractor.store.migrate import migrate, migration_files, version_of
from extractor.store.packing import article_from_row, storable, unpack
from extractor.store.work_key import Recipe

_CALLS = 50_000  # the latest ones, by which the sizes of calls are estimated
_BUSY = 30.0  # seconds to wait for another program that writes into the file


class Store:
    """The store in a folder. Several threads may use it, one at a time. Use as a context."""

    def __init__(self, folder: Path, *, make: bool = True, shared: bool = False) -> None:
        """Open the store; make it, or bring its tables up to date, if need be.

        A new one is its owner's alone unless `shared`, see folder.py. Raises OutputError when the
        folder or the file cannot be used or is a link, UsageError when there is none and `make` is
        false.
        """
        self.folder = folder
        self.path = folder / FILE
        if not make and not self.path.is_file():
            raise UsageError(
                f"{folder}: there is no store of a run in it ({FILE}); name a run's folder, or make"
                f" one: extract --schema NAME FILES... -o {folder}/"
            )
        try:
            if make:
                make_folder(folder, shared=shared)
                make_store_file(folder, shared=shared)
            else:
                refuse_linked_store(folder)
            self._connection = sqlite3.connect(
                self.path, timeout=_BUSY, isolation_level=None, check_same_thread=False
            )
        except (OSError, sqlite3.Error) as error:
            raise self._broken(error) from error
        try:
            self._connection.row_factory = sqlite3.Row
            self._entries = EntryInserter(self._connection)
            self._prepare()
        except sqlite3.Error as error:
            self._connection.close()
            raise self._broken(error) from error
        except BaseException:
            self._connection.close()
            raise

    def _prepare(self) -> None:
        self._connection.execute("pragma journal_mode = wal")
        # A killed process loses nothing; a power cut at worst the last moments.
        self._connection.execute("pragma synchronous = normal")
        if version_of(self._connection) > len(migration_files()):
            raise OutputError(
                f"{self.path}: made by a newer version of news-extract; use that, or another folder"
            )
        migrate(self._connection)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Close the file; what was written stays."""
        with suppress(sqlite3.Error):
            self._connection.close()

    def reopen(self) -> "Store":
        """Return a further connection to the same file, for another thread."""
        return Store(self.folder, make=False)

    # --- runs --------------------------------------------------------------------------------

    def begin_run(self, recipe: Recipe, command: Sequence[str]) -> int:
        """Record that a run begins; return its number. Earlier ones without an end were killed."""
        with self._undone_on_error():
            self._connection.execute("begin immediate")
            self._connection.execute(
                "update run set status = 'broken', reason = 'the process was killed',"  # noqa: S608
                f" (calls, input_tokens, output_tokens, cost_usd) = ({_PAID})"
                " where status = 'running'"
            )
            number = self._connection.execute(
                "insert into run (started_at, command, schema, schema_sha256, model, plan, engine,"
                " status) values (?, ?, ?, ?, ?, ?, ?, 'running')",
                (
                    time.time(),
                    storable(json.dumps(list(command))),
                    recipe.schema,
                    recipe.schema_sha256,
                    recipe.model,
                    recipe.plan,
                    recipe.engine,
                ),
            ).lastrowid
            self._connection.execute("commit")
        return number or 0

    def end_run(
        self, number: int, status: str, counts: dict[str, int], usage: Usage, reason: str | None
    ) -> None:
        """Record how a run ended: "finished", "stopped" or "broken", with the reason."""
        with self._undone_on_error():
            self._connection.execute(
                "update run set ended_at = ?, status = ?, reason = ?, counts = ?, calls = ?,"
                " cache_hits = ?, input_tokens = ?, output_tokens = ?, cost_usd = ? where id = ?",
                (
                    time.time(),
                    status,
                    storable(reason),
                    json.dumps(counts),
                    *usage_columns(usage),
                    number,
                ),
            )

    def runs(self) -> list[sqlite3.Row]:
        """Return every run, the first one first."""
        return self._all("select * from run order by id")

    def run(self, number: int) -> sqlite3.Row:
        """Return one run; raise UsageError when there is none of this number."""
        rows = self._all("select * from run where id = ?", (number,))
        if not rows:
            raise UsageError(f"{self.path}: there is no run {number}; see `extract runs`")
        return rows[0]

    def items(self, number: int, status: str) -> list[sqlite3.Row]:
        """Return the articles of a run that ended as `status`, in the order of the inputs.

        Of a source that was worked on twice in the run the last end counts.
        """
        return self._all(
            "select * from (select *, max(position) from run_item where run_id = ? group by source)"
            " where status = ? order by position",
            (number, status),
        )

    def failure_groups(self, number: int) -> list[FailureGroup]:
        """Return a run's failures by kind of error, the most frequent first."""
        rows = self._all(
            "select error_kind, count(*), count(article_sha256), source, min(position) from"
            " (select *, max(position) from run_item where run_id = ? group by source)"
            " where status = 'failed' group by error_kind order by count(*) desc, error_kind",
            (number,),
        )
        return [FailureGroup(row[0] or "", row[1], row[2], row[3]) for row in rows]

    # --- reading -----------------------------------------------------------------------------

    def seen(self, source: str) -> tuple[str, str] | None:
        """Return a source's stamp and its article's hash when it was last read."""
        row = self._one("select stamp, article_sha256 from source_seen where source = ?", source)
        return (row[0], row[1]) if row else None

    def earlier(self, key: str) -> Earlier | None:
        """Return how the work with a key ended, if it did."""
        row = self._one("select status, reason, run_id from extraction where work_key = ?", key)
        return Earlier(row[0], row[1], row[2]) if row else None

    def extractions(self, schema: Schema) -> Iterator[Extraction]:
        """Yield the current extractions, in the order in which their sources were first read.

        That is, of every source's present text the newest extraction by the schema; two sources
        of the same text are one article. Memory does not grow with their number.
        """
        shown: set[str] = set()
        rows = self._each(
            "select c.source, c.article_sha256, e.data from current_extraction c"
            " join extraction e on e.id = c.id where c.schema = ? order by c.first_run, c.position",
            (schema.name,),
        )
        for row in rows:
            digest = row["article_sha256"]
            if digest in shown:
                continue
            shown.add(digest)
            columns = self._one("select * from article where sha256 = ?", digest)
            if columns is not None:
                article = article_from_row(dict(columns), row["source"])
                yield unpack(article, row["data"], schema.model)

    def select(self, query: str, values: tuple[Any, ...] = ()) -> list[sqlite3.Row]:
        """Return the rows of a query. Raises OutputError."""
        return self._all(query, values)

    def most_expensive(self, number: int, most: int = 3) -> list[sqlite3.Row]:
        """Return the articles of a run that cost most: source, cost_usd, calls."""
        return self._all(
            "select i.source, e.cost_usd, e.calls from extraction e join run_item i"
            " on i.run_id = e.run_id and i.article_sha256 = e.article_sha256"
            " where e.run_id = ? and e.cost_usd > 0 and i.status <> 'skipped'"
            " group by e.id order by e.cost_usd desc, i.position limit ?",
            (number, most),
        )

    def call_sums(self, model: str, plan: str | None) -> Iterator[sqlite3.Row]:
        """Return what the latest calls of a model by a plan add up to, by question and round.

        A row is (kind, round, calls, characters of the question, characters sent, input tokens,
        output tokens), all but the first two summed over the calls.
        """
        return self._each(
            "select kind, round, count(*), sum(question_characters), sum(characters),"
            " sum(c.input_tokens), sum(c.output_tokens) from call c join run r on r.id = c.run_id"
            " where r.model = ? and r.plan is ? and outcome = 'answered' and round > 0"
            " and c.input_tokens > 0 and c.id > (select max(id) from call) - ?"
            " group by kind, round",
            (model, plan, _CALLS),
        )

    def is_whole(self) -> bool:
        """Return whether SQLite finds nothing wrong with the file."""
        return [row[0] for row in self._all("pragma integrity_check")] == ["ok"]

    # --- writing -----------------------------------------------------------------------------

    def write(self, run_id: int, entries: Iterable[Entry]) -> None:
        """Write some entries in one transaction. Raises OutputError; then none is written."""
        with self.transaction():
            self.write_within(run_id, entries)

    @contextmanager
    def transaction(self) -> Iterator[sqlite3.Connection]:
        """A context: one transaction. Raises OutputError; then nothing has changed."""
        with self._undone_on_error():
            self._connection.execute("begin immediate")
            yield self._connection
            self._connection.execute("commit")

    def write_within(self, run_id: int, entries: Iterable[Entry]) -> None:
        """Write some entries, within `transaction`."""
        self._entries.insert(run_id, entries)

    def set_recipe(self, recipe: Recipe) -> None:
        """Set the recipe of the extractions that will be written."""
        self._entries.recipe = recipe

    # --- errors of SQLite -----------------------------------------------------------------------

    @contextmanager
    def _undone_on_error(self) -> Iterator[None]:
        """Roll back when anything goes wrong; raise SQLite's errors as OutputError."""
        try:
            yield
        except BaseException as error:
            with suppress(sqlite3.Error):
                self._connection.execute("rollback")
            if isinstance(error, sqlite3.Error):
                raise self._broken(error) from error
            raise

    def _one(self, query: str, value: str) -> sqlite3.Row | None:
        try:
            row: sqlite3.Row | None = self._connection.execute(query, (storable(value),)).fetchone()
        except sqlite3.Error as error:
            raise self._broken(error) from error
        return row

    def _all(self, query: str, values: tuple[Any, ...] = ()) -> list[sqlite3.Row]:
        return list(self._each(query, values))

    def _each(self, query: str, values: tuple[Any, ...] = ()) -> Iterator[sqlite3.Row]:
        try:
            yield from self._connection.execute(query, values)
        except sqlite3.Error as error:
            raise self._broken(error) from error

    def _broken(self, error: Exception) -> OutputError:
        return unusable(self.path, error, "What was finished is kept")


def unusable(path: Path, error: Exception, kept: str) -> OutputError:
    """Return the error for a store that SQLite or the system refuses, with what to do about it.

    `kept` says what is not lost, in a sentence; of a damaged file nobody can say that.
    """
    code = getattr(error, "sqlite_errorcode", 0) & 0xFF  # the rest of it is detail
    reason = getattr(error, "strerror", None) or str(error)
    if code in (sqlite3.SQLITE_NOTADB, sqlite3.SQLITE_CORRUPT):
        return OutputError(
            f"{path}: the file is damaged, or no store of ours ({reason}); put a copy of it back, "
            f"or move it, with any {path.name}-wal beside it, away to begin anew"
        )
    return OutputError(
        f"{path}: the store cannot be used ({reason}); is there room on the disk, and may the "
        f"folder be written to? {kept}"
    )


# What the requests of a run have cost; unknown when any that was answered has no cost.
_PAID = (
    "select count(*), coalesce(sum(input_tokens), 0), coalesce(sum(output_tokens), 0),"
    " case when sum(outcome = 'answered' and cost_usd is null) > 0 then null"
    " else coalesce(sum(cost_usd), 0.0) end from call where call.run_id = run.id"
)
