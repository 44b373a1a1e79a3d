"""Asks the questions of a run by OpenAI's Batch API: at half the price, answered within a day.

    a round of the run ──► files ──► upload ──► batch ──► answers ──► cache ──► the next round
    (questions not in                └── recorded in the store ──┘              (finds its answers
     the cache are deferred)                                                     in the cache)

An answer that the caller's judge complains about makes the next round defer a re-ask, which goes
into the next batch. A line that failed, expired or is missing is deferred again, up to
`ledger.ATTEMPTS` times; a line that is refused for a parameter that the model does not know is
sent again without it. The custom id of a line is the key of its request in the cache, so that an
answer finds its place even after a kill.

Importing this module costs 2 s (openai): import it only when a batch is asked for.
"""

import asyncio
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from openai.types import Batch

from extractor.answer.endpoint.cache import AnswerCache, default_folder
from extractor.answer.endpoint.dialects import Dialect
from extractor.answer.endpoint.failures import TransientFailure
from extractor.answer.endpoint.gates import Call, DeferredQuestion
from extractor.answer.endpoint.messages import guessed_tokens
from extractor.errors import (
    EndpointFailing,
    EndpointRefused,
    EndpointUnreachable,
    ModelError,
    UsageError,
)
from extractor.run.batch.endpoint import BatchEndpoint
from extractor.run.batch.ledger import BatchLedger, LineOutcome, SubmittedBatch
from extractor.run.batch.results import BatchResult, ResultReader, answer_rows, result_of
from extractor.run.batch.upload_files import ANSWERS, BatchLine, UploadFile, UploadFiles
from extractor.run.requests.budget import Budget
from extractor.settings import Settings
from extractor.store.store import Store
from extractor.text.atomic_files import output_errors

_ENDED = frozenset({"completed", "expired", "cancelled", "failed"})
# Seconds between two looks at a batch, growing: a small one takes a minute, a large one hours.
_FIRST_PAUSE, _LONGER, _LONGEST_PAUSE = 1.0, 1.5, 300.0
# A batch ends within a day, done or expired; one that the endpoint does not tell about is given
# up after that.
_SILENCE = 26 * 3600.0
_AT_ONCE = 500  # lines recorded in one transaction
# Seconds to wait when an account takes no more in batches at a time.
_FULL_PAUSE, _LONGEST_FULL_PAUSE = 30.0, 1800.0
_FEWEST = 50  # lines: smaller than that a batch is not made


class Batches:
    """The batches of one run: takes questions, submits them, waits for answers. Not thread-safe."""

    def __init__(
        self,
        store: Store,
        run_id: int,
        settings: Settings,
        *,
        note: Callable[[str], None],
        budget: Budget | None = None,
    ) -> None:
        """Continue with what was submitted before; `budget` limits what is submitted from now on.

        Raises UsageError when there is no cache to put answers in.
        """
        if settings.no_cache:
            raise UsageError("--batch-api puts the answers into the cache; drop --no-cache")
        self._settings, self._note, self._budget = settings, note, budget
        self._folder = store.folder
        self._ledger = BatchLedger(store, run_id, settings.endpoint, settings.model or "")
        self._files = UploadFiles(store.folder)
        self._dialect = Dialect()
        for refusal in self._ledger.refusals():
            self._dialect.learn(refusal)
        self._under_way = self._ledger.requests_under_way()
        self._added: set[str] = set()
        self._tickets: dict[str, int] = {}  # of the budget, by request key
        self._last_ticket = 0  # negative: those of requests sent one by one are not
        self.spent = ""  # the reason, once the budget reaches no further
        self._awaited: set[int] = set()  # the batches that articles of this run wait for
        self._full_pause = 0.0

    # --- questions ---

    def questions_of(self, work_key: str) -> dict[str, DeferredQuestion]:
        """Return how the questions about an article stand, by request key."""
        return self._ledger.questions_of(work_key)

    @property
    def has_work(self) -> bool:
        """Whether there is anything to submit or to wait for."""
        return bool(self._added or self._awaited)

    def add(self, line: BatchLine, request: dict[str, Any]) -> None:
        """Take a request for the next batch, unless it is under way or cannot be paid now.

        One that cannot be paid before others are answered is left out; when its article is
        extracted again it is deferred again. Raises OutputError.
        """
        key = line.request_key
        if key in self._added:
            return
        payable = self._is_payable(key, request)
        if (batch := self._under_way.get(key)) is not None:
            self._awaited.add(batch)
        elif payable:
            self._added.add(key)
            self._files.add(line, self._dialect.apply(request))

    def _is_payable(self, key: str, request: dict[str, Any]) -> bool:
        """Return whether the budget reserves the money for a request; note when it never will."""
        if self._budget is None or key in self._tickets:
            return True
        self._last_ticket -= 1
        ticket = self._last_ticket
        verdict = self._budget.reserve(ticket, guessed_tokens(request))
        if verdict == "go":
            self._tickets[key] = ticket
        elif verdict == "stop":
            self.spent = self._budget.reason
        return verdict == "go"

    def close(self) -> None:
        """Remove the files of what was not submitted."""
        self._files.clear()

    async def deliver(self) -> None:
        """Submit what was added, wait for it, and put the answers into the cache.

        May be cancelled at any point; another run continues from there. Raises ModelError when the
        endpoint takes no batches, OutputError when the store or the folder cannot be written.
        """
        self._endpoint = BatchEndpoint(self._settings)
        cache = AnswerCache(
            self._settings.cache_dir or default_folder(), self._settings.cache_megabytes
        )
        try:
            if self._full_pause:
                await asyncio.sleep(self._full_pause)
            for file in self._files.take():
                self._awaited.add(await self._upload(file))
            self._added.clear()
            ends = await self._wait(cache)
            self._make_smaller(ends)
        finally:
            self._under_way = self._ledger.requests_under_way()
            self._awaited.clear()
            cache.close()
            await self._endpoint.aclose()

    def _make_smaller(self, ends: list[str]) -> None:
        """Halve the batches, and wait longer, when the account takes no more at a time."""
        if not ends or any(end != "queue" for end in ends):
            self._full_pause = 0.0
            return
        self._files.most_lines = max(_FEWEST, self._files.most_lines // 2)
        self._full_pause = min(max(2 * self._full_pause, _FULL_PAUSE), _LONGEST_FULL_PAUSE)
        self._note(
            "the account takes no more batches at present; smaller ones follow in "
            f"{self._full_pause:g} s"
        )

    # --- submitting ---

    async def _upload(self, file: UploadFile) -> int:
        file_id = await self._endpoint.upload(file.path)
        number = self._ledger.record_upload(file_id, file.lines, self._dialect.adaptations)
        batch = await self._endpoint.create(file_id, time.time())
        self._ledger.record_created(number, batch.id)
        self._note(f"batch {number}: {len(file.lines):,} requests submitted as {batch.id}")
        return number

    # --- waiting ---

    async def _wait(self, cache: AnswerCache) -> list[str]:
        """Wait until every batch has ended and its answers are cached; return how they ended."""
        reader = ResultReader(self._settings, self._dialect, cache)
        waiting = [b for b in self._ledger.open_batches() if b.number in self._awaited]
        reported: dict[int, str] = {}
        ends: list[str] = []
        pause = _FIRST_PAUSE
        while waiting:
            for submitted in tuple(waiting):
                batch = await self._look(submitted, reported)
                if isinstance(batch, Batch) and batch.status not in _ENDED:
                    continue
                if batch is None:
                    continue
                waiting.remove(submitted)
                ends.append(await self._take(submitted, batch, reader))
            if waiting:
                await asyncio.sleep(pause)
                pause = min(pause * _LONGER, _LONGEST_PAUSE)
        return ends

    async def _look(
        self, submitted: SubmittedBatch, reported: dict[int, str]
    ) -> Batch | str | None:
        """Return a batch as it stands, the reason why it is lost, or None: no answer at present."""
        number, batch_id = submitted.number, submitted.batch_id
        try:
            if batch_id is None:
                created = await self._endpoint.create(
                    submitted.input_file_id, submitted.submitted_at, doubtful=True
                )
                self._ledger.record_created(number, created.id)
            batch = await self._endpoint.look(batch_id or created.id)
        except TransientFailure as failure:
            self._report_silence(submitted, failure.error, reported)
            return None
        except (EndpointFailing, EndpointUnreachable) as error:
            self._report_silence(submitted, error, reported)
            return None
        except EndpointRefused as refusal:
            if refusal.status not in (400, 404, 410):  # the key, the quota: not this batch's fault
                raise
            self._note(f"batch {number}: the endpoint does not know it any more: {refusal}")
            return str(refusal)
        counts = batch.request_counts
        completed, failed = (counts.completed, counts.failed) if counts else (0, 0)
        line = f"{batch.status}, {completed:,} of {submitted.requests:,} done, {failed:,} failed"
        if reported.get(number) != line:
            reported[number] = line
            self._ledger.record_state(number, batch.status, completed, failed)
            self._note(f"batch {number}: {line}")
        return batch

    def _report_silence(
        self, submitted: SubmittedBatch, error: ModelError, reported: dict[int, str]
    ) -> None:
        """Note that the endpoint does not answer about a batch; raise when that lasts too long."""
        if time.time() > submitted.submitted_at + _SILENCE:
            raise error
        if reported.get(submitted.number) != "silent":
            reported[submitted.number] = "silent"
            self._note(f"batch {submitted.number}: nothing is heard of it for now: {error}")

    # --- answers ---

    async def _take(
        self, submitted: SubmittedBatch, batch: Batch | str, reader: ResultReader
    ) -> str:
        """Put a batch's answers into the cache, and record the outcome of every line."""
        number = submitted.number
        left = self._ledger.open_lines(number)
        unknown = 0
        files = (batch.output_file_id, batch.error_file_id) if isinstance(batch, Batch) else ()
        for file_id in files:
            if not file_id:  # no answer, or no failure: null, or empty
                continue
            path = await self._download(file_id)
            if path is None:
                continue
            outcomes: list[LineOutcome] = []
            for row in answer_rows(path):
                open_line = left.pop(row["custom_id"], None) if row else None
                if row is None or open_line is None:
                    unknown += 1
                    continue
                outcomes.append(reader.outcome_of(row, open_line[1], submitted.without))
                if len(outcomes) >= _AT_ONCE:
                    self._record(number, outcomes)
            self._record(number, outcomes)
            path.unlink(missing_ok=True)
        outcome, reason = self._close(number, batch, left)
        if unknown:
            self._note(f"batch {number}: {unknown:,} lines of its answers cannot be understood")
        answered = self._ledger.count_answered(number)
        lacking = submitted.requests - answered
        self._note(
            f"batch {number}: {answered:,} answered"
            + (f", {lacking:,} not: {reason or 'failed'}" if lacking else "")
        )
        return outcome

    def _record(self, number: int, outcomes: list[LineOutcome]) -> None:
        self._ledger.record_outcomes(number, outcomes)
        if self._budget is not None:
            for outcome in outcomes:
                self._settle(self._budget, outcome)
        outcomes.clear()

    def _settle(self, budget: Budget, outcome: LineOutcome) -> None:
        """Tell the budget what a line has cost; one that was not answered costs nothing."""
        key, kind = outcome.line.request_key, outcome.line.kind
        ticket = self._tickets.pop(key, 0)
        if outcome.outcome != "answered":
            budget.release(ticket)
            return
        call = Call(kind, key, time.time(), "answered")
        call.input_tokens, call.output_tokens = outcome.input_tokens, outcome.output_tokens
        budget.settle(ticket, call)

    def _close(
        self, number: int, batch: Batch | str, left: dict[str, tuple[int, BatchLine]]
    ) -> tuple[str, str | None]:
        """Record the lines without an answer; return how the batch ended, and the reason."""
        if isinstance(batch, str):
            result = BatchResult("gone", batch)
        else:
            result = result_of(batch, self._settings)
        status, reason = result.status, result.reason
        outcome = "queue" if result.is_full else "failed"
        outcomes = [
            LineOutcome(line, "refused", result.faults[place])
            if place in result.faults
            else LineOutcome(
                line, outcome, reason or f"a batch ended as {status} without an answer to it"
            )
            for place, line in left.values()
        ]
        self._record(number, outcomes)
        self._ledger.record_read(number, status, reason)
        return ("queue" if outcome == "queue" and left else status), reason

    async def _download(self, file_id: str) -> Path | None:
        """Return a file's copy; None when the endpoint has it no more."""
        path = self._folder / ANSWERS

        try:
            with output_errors(path):
                await self._endpoint.download(file_id, path)
        except EndpointRefused as refusal:
            if refusal.status not in (404, 410):
                raise
            self._note(f"the endpoint has the file {file_id} no more: {refusal}")
            return None
        return path
