"""Records in the store what was submitted in batches, and the outcome of every line.

A batch is recorded before it is created, and its end when every answer is in the cache. So a run
that continues after a kill between any two steps knows which step is missing.
"""

import time
from collections import defaultdict
from collections.abc import Iterable, Sequence

from extractor.answer.endpoint.gates import Call, DeferredQuestion
from extractor.frozen import frozen
from extractor.run.batch.upload_files import BatchLine
from extractor.store.entries import CallFor
from extractor.store.store import Store

# After so many failures a question has failed: each batch may take a day.
ATTEMPTS = 3


@frozen
class SubmittedBatch:
    """A batch that was submitted and whose answers have not been read yet."""

    number: int
    input_file_id: str
    batch_id: str | None  # None: uploaded, and perhaps created
    requests: int
    submitted_at: float
    without: frozenset[str]  # what was left out of its requests


@frozen
class LineOutcome:
    """How a line of a batch ended."""

    line: BatchLine
    outcome: str  # as in the table batch_line: "answered", "failed", …
    reason: str | None = None
    input_tokens: int = 0
    output_tokens: int = 0
    cost_usd: float | None = None


class BatchLedger:
    """The tables `batch` and `batch_line`, for one endpoint. Belongs to the run's own thread."""

    def __init__(self, store: Store, run_id: int, endpoint: str, model: str) -> None:
        self._store, self._run_id = store, run_id
        self._endpoint, self._model = endpoint, model

    # --- reading ---

    def open_batches(self) -> list[SubmittedBatch]:
        """Return the batches whose answers have not been read."""
        rows = self._store.select(
            "select * from batch where endpoint = ? and read_at is null order by id",
            (self._endpoint,),
        )
        return [
            SubmittedBatch(
                row["id"],
                row["input_file_id"],
                row["batch_id"],
                row["requests"],
                row["submitted_at"],
                frozenset(row["without"].split()),
            )
            for row in rows
        ]

    def requests_under_way(self) -> dict[str, int]:
        """Return the numbers of the open batches that requests are in, by request key."""
        rows = self._store.select(
            "select l.request_key, l.batch from batch_line l join batch b on b.id = l.batch"
            " where b.endpoint = ? and b.read_at is null and l.outcome is null",
            (self._endpoint,),
        )
        return {row[0]: row[1] for row in rows}

    def open_lines(self, number: int) -> dict[str, tuple[int, BatchLine]]:
        """Return the lines of a batch that have no outcome, with their line numbers in the file."""
        rows = self._store.select(
            "select request_key, work_key, kind, number from batch_line"
            " where batch = ? and outcome is null",
            (number,),
        )
        return {row[0]: (row[3], BatchLine(row[0], row[1], row[2])) for row in rows}

    def count_answered(self, number: int) -> int:
        """Return how many lines of a batch were answered."""
        query = "select count(*) from batch_line where batch = ? and outcome = 'answered'"
        count: int = self._store.select(query, (number,))[0][0]
        return count

    def refusals(self) -> list[str]:
        """Return the refusals that named a parameter which this model's requests must not have."""
        rows = self._store.select(
            "select distinct l.reason from batch_line l join batch b on b.id = l.batch"
            " where b.endpoint = ? and b.model = ? and l.outcome = 'adapted' limit 100",
            (self._endpoint, self._model),
        )
        return [row[0] for row in rows]

    def questions_of(self, work_key: str) -> dict[str, DeferredQuestion]:
        """Return how the questions about an article stand, since it was last finished."""
        rows = self._store.select(
            "select l.* from batch_line l join batch b on b.id = l.batch"
            " where l.work_key = ? and (l.outcome is not null or b.read_at is null)"
            " and b.submitted_at > coalesce("
            " (select finished_at from extraction where work_key = l.work_key), 0) order by b.id",
            (work_key,),
        )
        found: dict[str, DeferredQuestion] = {}
        failed: defaultdict[str, int] = defaultdict(int)
        for row in rows:
            key, outcome, reason = row["request_key"], row["outcome"], row["reason"] or ""
            failed[key] += outcome == "failed"
            if outcome is None:
                found[key] = DeferredQuestion("waiting")
            elif outcome == "answered":
                tokens = row["input_tokens"], row["output_tokens"]
                found[key] = DeferredQuestion("answered", "", *tokens, row["cost_usd"])
            elif outcome == "refused":
                found[key] = DeferredQuestion("refused", reason)
            elif failed[key] >= ATTEMPTS:
                found[key] = DeferredQuestion("failing", f"{reason} ({failed[key]} batches tried)")
        return found

    # --- recording ---

    def record_upload(
        self, input_file_id: str, lines: Sequence[BatchLine], without: Iterable[str]
    ) -> int:
        """Record an uploaded file, to be made a batch next; return the batch's number."""
        with self._store.transaction() as rows:
            number = rows.execute(
                "insert into batch (run_id, endpoint, model, input_file_id, status, requests,"
                " submitted_at, without) values (?, ?, ?, ?, 'uploaded', ?, ?, ?)",
                (
                    self._run_id,
                    self._endpoint,
                    self._model,
                    input_file_id,
                    len(lines),
                    time.time(),
                    " ".join(sorted(without)),
                ),
            ).lastrowid
            rows.executemany(
                "insert into batch_line (batch, request_key, number, work_key, kind)"
                " values (?, ?, ?, ?, ?)",
                (
                    (number, line.request_key, place, line.work_key, line.kind)
                    for place, line in enumerate(lines, 1)
                ),
            )
        return number or 0

    def record_created(self, number: int, batch_id: str) -> None:
        """Record the endpoint's id of a batch."""
        with self._store.transaction() as rows:
            rows.execute("update batch set batch_id = ? where id = ?", (batch_id, number))

    def record_state(self, number: int, status: str, completed: int, failed: int) -> None:
        """Record the state of a batch, as the endpoint gives it."""
        with self._store.transaction() as rows:
            rows.execute(
                "update batch set status = ?, completed = ?, failed = ? where id = ?",
                (status, completed, failed, number),
            )

    def record_outcomes(self, number: int, outcomes: Sequence[LineOutcome]) -> None:
        """Record the outcomes of some lines, and the calls that were paid with them."""
        now = time.time()
        calls = [
            CallFor(
                outcome.line.work_key,
                Call(
                    outcome.line.kind,
                    outcome.line.request_key,
                    now,
                    "answered",
                    input_tokens=outcome.input_tokens,
                    output_tokens=outcome.output_tokens,
                    cost_usd=outcome.cost_usd,
                ),
            )
            for outcome in outcomes
            if outcome.outcome == "answered"
        ]
        with self._store.transaction() as rows:
            rows.executemany(
                "update batch_line set outcome = ?, reason = ?, input_tokens = ?,"
                " output_tokens = ?, cost_usd = ? where batch = ? and request_key = ?",
                (
                    (
                        outcome.outcome,
                        outcome.reason,
                        outcome.input_tokens,
                        outcome.output_tokens,
                        outcome.cost_usd,
                        number,
                        outcome.line.request_key,
                    )
                    for outcome in outcomes
                ),
            )
            self._store.write_within(self._run_id, calls)

    def record_read(self, number: int, status: str, reason: str | None) -> None:
        """Record that all answers of a batch were read."""
        with self._store.transaction() as rows:
            rows.execute(
                "update batch set status = ?, reason = ?, read_at = ? where id = ?",
                (status, reason, time.time(), number),
            )
