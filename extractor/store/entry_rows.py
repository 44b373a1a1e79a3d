"""Writes how articles and requests have ended as rows of the store's tables."""

import sqlite3
import time
from collections.abc import Iterable
from operator import attrgetter

from extractor.record import Usage
from extractor.store.entries import CallFor, Done, Entry, Failed, Skipped
from extractor.store.packing import Packed, storable
from extractor.store.work_key import Recipe


class EntryInserter:
    """Inserts entries, within the transaction that is open. Raises sqlite3.Error."""

    recipe: Recipe  # by which the extractions are; to be set before one is inserted

    def __init__(self, rows: sqlite3.Connection) -> None:
        self._connection = rows

    def insert(self, run_id: int, entries: Iterable[Entry]) -> None:
        """Insert entries of a run, one after the other."""
        for entry in entries:
            if isinstance(entry, Done):
                self._done(run_id, entry)
            elif isinstance(entry, Failed):
                self._failed(run_id, entry)
            elif isinstance(entry, Skipped):
                self._skipped(run_id, entry)
            else:
                self._call(run_id, entry)

    def _done(self, run_id: int, entry: Done) -> None:
        """Insert an article, its extraction and records; an extraction with the key is replaced."""
        packed, now = entry.packed, time.time()
        self._connection.execute(
            # Stores from before languages were told have articles without one.
            "insert into article values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) on conflict do update"
            " set language = excluded.language"
            " where article.language is null and excluded.language is not null",
            (*packed.article, now),
        )
        number = self._connection.execute(
            _INSERT_EXTRACTION + _REPLACE + " returning id",
            (
                entry.key,
                packed.article_sha256,
                *self._recipe_columns(),
                "done",
                None,
                None,
                packed.data,
                packed.counts,
                *usage_columns(packed.usage),
                entry.seconds,
                run_id,
                now,
            ),
        ).fetchone()[0]
        self._records(number, packed)
        self._see(run_id, entry, packed.article_sha256)
        self._item(run_id, entry, "done", packed.article_sha256, None)

    def _records(self, number: int, packed: Packed) -> None:
        """Replace the rows of an extraction's record."""
        self._connection.execute("delete from record where extraction_id = ?", (number,))
        self._connection.executemany(
            'insert into record (extraction_id, article_sha256, schema, kind, path, start, "end",'
            " text, confidence, by_rules, row) values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            [(number, packed.article_sha256, self.recipe.schema, *row) for row in packed.rows],
        )

    def _failed(self, run_id: int, entry: Failed) -> None:
        """Insert a failed extraction, unless one with the same key is done."""
        if entry.key is not None and entry.article_sha256 is not None:
            self._connection.execute(
                # What was done once stays done when doing it again fails.
                _INSERT_EXTRACTION + _REPLACE + " where extraction.status = 'failed'",
                (
                    entry.key,
                    entry.article_sha256,
                    *self._recipe_columns(),
                    "failed",
                    storable(entry.reason),
                    entry.kind,
                    None,
                    None,
                    *usage_columns(entry.usage or Usage()),
                    entry.seconds,
                    run_id,
                    time.time(),
                ),
            )
            self._see(run_id, entry, entry.article_sha256)
        self._item(run_id, entry, "failed", entry.article_sha256, entry.reason)

    def _skipped(self, run_id: int, entry: Skipped) -> None:
        self._see(run_id, entry, entry.article_sha256)
        self._item(run_id, entry, "skipped", entry.article_sha256, entry.reason)

    def _see(self, run_id: int, entry: Done | Failed | Skipped, article_sha256: str) -> None:
        """Record that a source holds this text; its place in the sheets stays the first one."""
        self._connection.execute(
            "insert into source_seen (source, stamp, article_sha256, first_run, position)"
            " values (?, ?, ?, ?, ?) on conflict (source) do update"
            " set stamp = excluded.stamp, article_sha256 = excluded.article_sha256",
            (storable(entry.source), entry.stamp, article_sha256, run_id, entry.position),
        )

    def _item(
        self,
        run_id: int,
        entry: Done | Failed | Skipped,
        status: str,
        article_sha256: str | None,
        reason: str | None,
    ) -> None:
        """Insert how a source ended in this run."""
        self._connection.execute(
            "insert or replace into run_item values (?, ?, ?, ?, ?, ?, ?, ?)",
            (
                run_id,
                entry.position,
                storable(entry.source),
                article_sha256,
                status,
                storable(reason),
                getattr(entry, "kind", None),
                getattr(entry, "seconds", 0.0),
            ),
        )

    def _call(self, run_id: int, entry: CallFor) -> None:
        self._connection.execute(_INSERT_CALL, (run_id, entry.key, *_of_call(entry.call)))

    def _recipe_columns(self) -> tuple[str | None, ...]:
        """Return the recipe's columns of the table `extraction`."""
        recipe = self.recipe
        return (
            recipe.schema,
            recipe.schema_sha256,
            recipe.prompt,
            recipe.prompt_sha256,
            recipe.model,
            recipe.plan,
            recipe.engine,
        )


def usage_columns(usage: Usage) -> tuple[int, int, int, int, float | None]:
    """Return calls, cache_hits, input_tokens, output_tokens and cost_usd, as tables have them."""
    return (
        usage.calls,
        usage.cache_hits,
        usage.input_tokens,
        usage.output_tokens,
        usage.cost_usd,
    )


_INSERT_EXTRACTION = (
    "insert into extraction (work_key, article_sha256, schema, schema_sha256, prompt,"
    " prompt_sha256, model, plan, engine, status, reason, error_kind, data, counts, calls,"
    " cache_hits, input_tokens, output_tokens, cost_usd, seconds, run_id, finished_at) values"
    " (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
)
_REPLACE = " on conflict (work_key) do update set " + ", ".join(
    f"{name} = excluded.{name}"
    for name in (
        "status reason error_kind data counts calls cache_hits input_tokens output_tokens cost_usd "
        "seconds run_id finished_at"
    ).split()
)
# What is kept of a call: columns of the table, and fields of `Call` by the same names.
_OF_CALL = (
    "request_key at kind outcome input_tokens output_tokens cost_usd seconds round "
    "question_characters characters"
).split()
_of_call = attrgetter(*_OF_CALL)
_INSERT_CALL = (
    f"insert into call (run_id, work_key, {', '.join(_OF_CALL)})"  # noqa: S608
    f" values (?, ?{', ?' * len(_OF_CALL)})"
)
