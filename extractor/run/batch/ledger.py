"""What the store knows of batches: what was submitted, and what became of every line of it.

A batch is noted before it is created, and its end when every answer is in the cache, so that a
run which is killed between any two steps goes on with the one that is missing.
"""

import time
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from extractor.answer.endpoint.gates import Call, Sent
from extractor.run.batch.upload_files import Line
from extractor.store.entries import CallFor
from extractor.store.store import Store

# A question is tried so often, and is then failing: a batch may take a day.
ATTEMPTS = 3


@dataclass(frozen=True, slots=True)
class Submitted:
    """A batch that was submitted and whose answers have not been taken yet."""

    number: int
    input_file_id: str
    batch_id: str | None  # None: uploaded, and perhaps created
    requests: int
    submitted_at: float
    without: frozenset[str]  # what was left out of its requests


@dataclass(frozen=True, slots=True)
class End:
    """What became of a line."""

    line: Line
    outcome: str  # as in the table
    reason: str | None = None
    input_tokens: int = 0
    output_tokens: int = 0
    cost_usd: float | None = None


class Ledger:
    """The tables `batch` and `batch_line`, for one endpoint. Belongs to the run's own thread."""

    def __init__(self, store: Store, run_id: int, endpoint: str, model: str) -> None:
        self._store, self._run_id = store, run_id
        self._endpoint, self._model = endpoint, model

    # --- what is known ---

    def submitted(self) -> list[Submitted]:
        """Return the batches whose answers have not been taken."""
        rows = self._store.select(
            "select * from batch where endpoint = ? and read_at is null order by id",
            (self._endpoint,),
        )
        return [
            Submitted(
                row["id"],
                row["input_file_id"],
                row["batch_id"],
                row["requests"],
                row["submitted_at"],
                frozenset(row["without"].split()),
            )
            for row in rows
        ]

    def under_way(self) -> dict[str, int]:
        """Return which requests are in which of these batches, by the requests' keys."""
        rows = self._store.select(
            "select l.request_key, l.batch from batch_line l join batch b on b.id = l.batch"
            " where b.endpoint = ? and b.read_at is null and l.outcome is null",
            (self._endpoint,),
        )
        return {row[0]: row[1] for row in rows}

    def lines(self, number: int) -> dict[str, tuple[int, Line]]:
        """Return the lines of a batch of which nothing is known, with their places in the file."""
        rows = self._store.select(
            "select request_key, work_key, kind, number from batch_line"
            " where batch = ? and outcome is null",
            (number,),
        )
        return {row[0]: (row[3], Line(row[0], row[1], row[2])) for row in rows}

    def answered(self, number: int) -> int:
        """Return how many lines of a batch were answered."""
        query = "select count(*) from batch_line where batch = ? and outcome = 'answered'"
        count: int = self._store.select(query, (number,))[0][0]
        return count

    def lessons(self) -> list[str]:
        """Return the refusals that have told what this model's requests must be without."""
        rows = self._store.select(
            "select distinct l.reason from batch_line l join batch b on b.id = l.batch"
            " where b.endpoint = ? and b.model = ? and l.outcome = 'adapted' limit 100",
            (self._endpoint, self._model),
        )
        return [row[0] for row in rows]

    def of_work(self, work_key: str) -> dict[str, Sent]:
        """Return what has become of the questions about an article since it was last finished."""
        rows = self._store.select(
            "select l.* from batch_line l join batch b on b.id = l.batch"
            " where l.work_key = ? and (l.outcome is not null or b.read_at is null)"
            " and b.submitted_at > coalesce("
            " (select finished_at from extraction where work_key = l.work_key), 0) order by b.id",
            (work_key,),
        )
        found: dict[str, Sent] = {}
        failed: defaultdict[str, int] = defaultdict(int)
        for row in rows:
            key, outcome, reason = row["request_key"], row["outcome"], row["reason"] or ""
            failed[key] += outcome == "failed"
            if outcome is None:
                found[key] = Sent("waiting")
            elif outcome == "answered":
                tokens = row["input_tokens"], row["output_tokens"]
                found[key] = Sent("answered", "", *tokens, row["cost_usd"])
            elif outcome == "refused":
                found[key] = Sent("refused", reason)
            elif failed[key] >= ATTEMPTS:
                found[key] = Sent("failing", f"{reason} ({failed[key]} batches tried)")
        return found

    # --- what happens ---

    def uploaded(self, input_file_id: str, lines: Sequence[Line], without: Iterable[str]) -> int:
        """Note a file of requests that a batch is about to be made of; return its number."""
        with self._store.changing() as rows:
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

    def created(self, number: int, batch_id: str) -> None:
        """Note under which id the endpoint knows a batch."""
        with self._store.changing() as rows:
            rows.execute("update batch set batch_id = ? where id = ?", (batch_id, number))

    def stands(self, number: int, status: str, completed: int, failed: int) -> None:
        """Note what the endpoint says of a batch."""
        with self._store.changing() as rows:
            rows.execute(
                "update batch set status = ?, completed = ?, failed = ? where id = ?",
                (status, completed, failed, number),
            )

    def ended(self, number: int, ends: Sequence[End]) -> None:
        """Note what became of some lines, and the calls that were paid with them."""
        now = time.time()
        calls = [
            CallFor(
                end.line.work_key,
                Call(
                    end.line.kind,
                    end.line.request_key,
                    now,
                    "answered",
                    input_tokens=end.input_tokens,
                    output_tokens=end.output_tokens,
                    cost_usd=end.cost_usd,
                ),
            )
            for end in ends
            if end.outcome == "answered"
        ]
        with self._store.changing() as rows:
            rows.executemany(
                "update batch_line set outcome = ?, reason = ?, input_tokens = ?,"
                " output_tokens = ?, cost_usd = ? where batch = ? and request_key = ?",
                (
                    (
                        end.outcome,
                        end.reason,
                        end.input_tokens,
                        end.output_tokens,
                        end.cost_usd,
                        number,
                        end.line.request_key,
                    )
                    for end in ends
                ),
            )
            self._store.write_within(self._run_id, calls)

    def taken(self, number: int, status: str, reason: str | None) -> None:
        """Note that all is known of a batch."""
        with self._store.changing() as rows:
            rows.execute(
                "update batch set status = ?, reason = ?, read_at = ? where id = ?",
                (status, reason, time.time(), number),
            )
