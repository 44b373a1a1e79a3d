"""Half price: the questions of a run by OpenAI's Batch API, answered within a day.

    a round of the run ──► spool ──► upload ──► batch ──► answers ──► cache ──► the next round
    (what the cache has     (files)  └──── noted in the store ────┘              (the same run,
     not is put aside)                                                            a warm cache)

An answer that is at fault makes the next round put a re-ask aside, which is the next batch. A
line that failed, expired or is missing is put aside again, `ledger.ATTEMPTS` times; a line that is
refused for a parameter that the model does not know goes again without it. Custom ids are the keys
of the requests in the cache, so that an answer finds its place whatever was forgotten meanwhile.

Importing this module costs 2 s (openai): import it only when a batch is asked for.
"""

import asyncio
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from openai.types import Batch

from extractor.answer.endpoint.cache import AnswerCache, default_folder
from extractor.answer.endpoint.dialects import Allowances
from extractor.answer.endpoint.failures import Passing
from extractor.answer.endpoint.gates import Call, Sent
from extractor.answer.endpoint.messages import guessed_tokens
from extractor.errors import (
    EndpointFailing,
    EndpointRefused,
    EndpointUnreachable,
    ModelError,
    UsageError,
)
from extractor.run.batch.endpoint import BatchEndpoint
from extractor.run.batch.ledger import End, Ledger, Submitted
from extractor.run.batch.results import Judge, Verdict, answer_rows, verdict_on
from extractor.run.batch.upload_files import ANSWERS, Line, Part, Spool
from extractor.run.requests.admission import Purse
from extractor.settings import Settings
from extractor.store.store import Store

_ENDED = frozenset({"completed", "expired", "cancelled", "failed"})
# Seconds between two looks at a batch: a small one is done in a minute, a large one in hours.
_FIRST_PAUSE, _LONGER, _LONGEST_PAUSE = 1.0, 1.5, 300.0
# A batch ends within a day, done or expired; one that nothing is heard of is given up after that.
_SILENCE = 26 * 3600.0
_AT_ONCE = 500  # lines noted in one transaction
# Seconds to wait when an account takes no more in batches at a time.
_FULL_PAUSE, _LONGEST_FULL_PAUSE = 30.0, 1800.0
_FEWEST = 50  # lines of a batch, at which they are made no smaller for that


class Batches:
    """The batches of one run. Belongs to the run's own thread."""

    def __init__(
        self,
        store: Store,
        run_id: int,
        settings: Settings,
        *,
        note: Callable[[str], None],
        purse: Purse | None = None,
    ) -> None:
        """Take up what was submitted before; `purse` says how much more may be.

        Raises UsageError when there is no cache to put answers in.
        """
        if settings.no_cache:
            raise UsageError("--batch-api puts the answers into the cache; drop --no-cache")
        self._settings, self._note, self._purse = settings, note, purse
        self._folder = store.folder
        self._ledger = Ledger(store, run_id, settings.endpoint, settings.model or "")
        self._spool = Spool(store.folder)
        self._allowances = Allowances()
        for lesson in self._ledger.lessons():
            self._allowances.learn(lesson)
        self._under_way = self._ledger.under_way()
        self._added: set[str] = set()
        self._tickets: dict[str, int] = {}  # of the purse, by the requests' keys
        self._last_ticket = 0  # negative: those of requests sent one by one are not
        self.spent = ""  # why no more questions are taken
        self._awaited: set[int] = set()  # the batches that articles of this run wait for
        self._full_pause = 0.0

    # --- what the articles' questions come to ---

    def sent(self, work_key: str) -> dict[str, Sent]:
        """Return what has become of the questions about an article."""
        return self._ledger.of_work(work_key)

    @property
    def has_work(self) -> bool:
        """Whether there is anything to submit or to wait for."""
        return bool(self._added or self._awaited)

    def add(self, line: Line, request: dict[str, Any]) -> None:
        """Have a request submitted, if it is not under way and can be paid. Raises OutputError.

        One that cannot be paid before others have come is left; its article puts it aside again.
        """
        key = line.request_key
        if key in self._added:
            return
        payable = self._is_payable(key, request)
        if (batch := self._under_way.get(key)) is not None:
            self._awaited.add(batch)
        elif payable:
            self._added.add(key)
            self._spool.add(line, self._allowances.apply(request))

    def _is_payable(self, key: str, request: dict[str, Any]) -> bool:
        if self._purse is None or key in self._tickets:
            return True
        self._last_ticket -= 1
        ticket = self._last_ticket
        verdict = self._purse.reserve(ticket, guessed_tokens(request))
        if verdict == "go":
            self._tickets[key] = ticket
        elif verdict == "stop":
            self.spent = self._purse.reason
        return verdict == "go"

    def close(self) -> None:
        """Remove the files of what was not submitted."""
        self._spool.clear()

    async def deliver(self) -> None:
        """Submit what was added, wait for it, and put the answers into the cache.

        May be cancelled at any point; another run goes on with it. Raises ModelError when the
        endpoint takes no batches, OutputError when the store or the folder cannot be written.
        """
        self._endpoint = BatchEndpoint(self._settings)
        cache = AnswerCache(
            self._settings.cache_dir or default_folder(), self._settings.cache_megabytes
        )
        try:
            if self._full_pause:
                await asyncio.sleep(self._full_pause)
            for part in self._spool.take():
                self._awaited.add(await self._upload(part))
            self._added.clear()
            ends = await self._wait(cache)
            self._make_smaller(ends)
        finally:
            self._under_way = self._ledger.under_way()
            self._awaited.clear()
            cache.close()
            await self._endpoint.aclose()

    def _make_smaller(self, ends: list[str]) -> None:
        """Go slower, in smaller batches, when the account takes no more at a time."""
        if not ends or any(end != "queue" for end in ends):
            self._full_pause = 0.0
            return
        self._spool.most_lines = max(_FEWEST, self._spool.most_lines // 2)
        self._full_pause = min(max(2 * self._full_pause, _FULL_PAUSE), _LONGEST_FULL_PAUSE)
        self._note(
            "the account takes no more batches at present; smaller ones follow in "
            f"{self._full_pause:g} s"
        )

    # --- submitting ---

    async def _upload(self, part: Part) -> int:
        file_id = await self._endpoint.upload(part.path)
        number = self._ledger.uploaded(file_id, part.lines, self._allowances.found)
        batch = await self._endpoint.create(file_id, time.time())
        self._ledger.created(number, batch.id)
        self._note(f"batch {number}: {len(part.lines):,} requests submitted as {batch.id}")
        return number

    # --- waiting ---

    async def _wait(self, cache: AnswerCache) -> list[str]:
        """Wait until every batch has ended and its answers are in the cache; return how it did."""
        judge = Judge(self._settings, self._allowances, cache)
        waiting = [b for b in self._ledger.submitted() if b.number in self._awaited]
        told: dict[int, str] = {}
        ends: list[str] = []
        pause = _FIRST_PAUSE
        while waiting:
            for submitted in tuple(waiting):
                batch = await self._look(submitted, told)
                if isinstance(batch, Batch) and batch.status not in _ENDED:
                    continue
                if batch is None:
                    continue
                waiting.remove(submitted)
                ends.append(await self._take(submitted, batch, judge))
            if waiting:
                await asyncio.sleep(pause)
                pause = min(pause * _LONGER, _LONGEST_PAUSE)
        return ends

    async def _look(self, submitted: Submitted, told: dict[int, str]) -> Batch | str | None:
        """Return a batch as it stands, the reason why there is none, or None: nothing is heard."""
        number, batch_id = submitted.number, submitted.batch_id
        try:
            if batch_id is None:
                found = await self._endpoint.create(
                    submitted.input_file_id, submitted.submitted_at, doubtful=True
                )
                self._ledger.created(number, found.id)
            batch = await self._endpoint.look(batch_id or found.id)
        except Passing as failure:
            self._silence(submitted, failure.error, told)
            return None
        except (EndpointFailing, EndpointUnreachable) as error:
            self._silence(submitted, error, told)
            return None
        except EndpointRefused as refusal:
            if refusal.status not in (400, 404, 410):  # the key, the quota: not this batch's fault
                raise
            self._note(f"batch {number}: the endpoint does not know it any more: {refusal}")
            return str(refusal)
        counts = batch.request_counts
        completed, failed = (counts.completed, counts.failed) if counts else (0, 0)
        line = f"{batch.status}, {completed:,} of {submitted.requests:,} done, {failed:,} failed"
        if told.get(number) != line:
            told[number] = line
            self._ledger.stands(number, batch.status, completed, failed)
            self._note(f"batch {number}: {line}")
        return batch

    def _silence(self, submitted: Submitted, error: ModelError, told: dict[int, str]) -> None:
        """Say that nothing is heard of a batch; raise when that lasts too long."""
        if time.time() > submitted.submitted_at + _SILENCE:
            raise error
        if told.get(submitted.number) != "silent":
            told[submitted.number] = "silent"
            self._note(f"batch {submitted.number}: nothing is heard of it for now: {error}")

    # --- answers ---

    async def _take(self, submitted: Submitted, batch: Batch | str, judge: Judge) -> str:
        """Put a batch's answers into the cache, and note what became of every line."""
        number = submitted.number
        left = self._ledger.lines(number)
        strangers = 0
        files = (batch.output_file_id, batch.error_file_id) if isinstance(batch, Batch) else ()
        for file_id in files:
            if not file_id:  # no answer, or no failure: null, or empty
                continue
            path = await self._download(file_id)
            if path is None:
                continue
            ends: list[End] = []
            for row in answer_rows(path):
                found = left.pop(row["custom_id"], None) if row else None
                if row is None or found is None:
                    strangers += 1
                    continue
                ends.append(judge.end_of(row, found[1], submitted.without))
                if len(ends) >= _AT_ONCE:
                    self._end(number, ends)
            self._end(number, ends)
            path.unlink(missing_ok=True)
        outcome, reason = self._close(number, batch, left)
        if strangers:
            self._note(f"batch {number}: {strangers:,} lines of its answers cannot be understood")
        answered = self._ledger.answered(number)
        lacking = submitted.requests - answered
        self._note(
            f"batch {number}: {answered:,} answered"
            + (f", {lacking:,} not: {reason or 'failed'}" if lacking else "")
        )
        return outcome

    def _end(self, number: int, ends: list[End]) -> None:
        self._ledger.ended(number, ends)
        if self._purse is not None:
            for end in ends:
                self._settle(self._purse, end)
        ends.clear()

    def _settle(self, purse: Purse, end: End) -> None:
        """Have the purse know what a line has cost; what was not answered costs nothing."""
        key, kind = end.line.request_key, end.line.kind
        ticket = self._tickets.pop(key, 0)
        if end.outcome != "answered":
            purse.release(ticket)
            return
        call = Call(kind, key, time.time(), "answered")
        call.input_tokens, call.output_tokens = end.input_tokens, end.output_tokens
        purse.settle(ticket, call)

    def _close(
        self, number: int, batch: Batch | str, left: dict[str, tuple[int, Line]]
    ) -> tuple[str, str | None]:
        """Note what became of the lines that nothing came for; return how the batch ended."""
        if isinstance(batch, str):
            verdict = Verdict("gone", batch)
        else:
            verdict = verdict_on(batch, self._settings)
        status, reason = verdict.status, verdict.reason
        outcome = "queue" if verdict.is_full else "failed"
        ends = [
            End(line, "refused", verdict.faults[place])
            if place in verdict.faults
            else End(line, outcome, reason or f"a batch ended as {status} without an answer to it")
            for place, line in left.values()
        ]
        self._end(number, ends)
        self._ledger.taken(number, status, reason)
        return ("queue" if outcome == "queue" and left else status), reason

    async def _download(self, file_id: str) -> Path | None:
        """Return a file's copy; None when the endpoint has it no more."""
        path = self._folder / ANSWERS

        try:
            await self._endpoint.download(file_id, path)
        except EndpointRefused as refusal:
            if refusal.status not in (404, 410):
                raise
            self._note(f"the endpoint has the file {file_id} no more: {refusal}")
            return None
        return path
