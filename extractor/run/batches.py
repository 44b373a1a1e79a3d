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
import json
import time
from collections.abc import Awaitable, Callable, Iterator
from pathlib import Path
from typing import Any, TypeVar

import httpx2
import openai
from openai.types import Batch
from tenacity import (
    AsyncRetrying,
    retry_if_exception_type,
    stop_after_attempt,
    wait_random_exponential,
)

from extractor.answer.allowances import Allowances
from extractor.answer.cache import AnswerCache, default_folder
from extractor.answer.chat import guessed_tokens, tokens_of
from extractor.answer.costs import cost, price_of
from extractor.answer.failures import Passing, classify, judge_status, read_body, redact
from extractor.answer.gate import Call
from extractor.answer.later import Sent
from extractor.answer.transport import client_for
from extractor.errors import (
    EndpointFailing,
    EndpointRefused,
    EndpointUnreachable,
    ModelError,
    UsageError,
)
from extractor.run.ledger import End, Ledger, Submitted
from extractor.run.spool import ANSWERS, ENDPOINT, Line, Part, Spool
from extractor.run.store import Store
from extractor.run.tally import Purse
from extractor.settings import Settings

T = TypeVar("T")

_ENDED = frozenset({"completed", "expired", "cancelled", "failed"})
# Seconds between two looks at a batch: a small one is done in a minute, a large one in hours.
_FIRST_PAUSE, _LONGER, _LONGEST_PAUSE = 1.0, 1.5, 300.0
_TRIES = 5  # at one step, when the endpoint fails in a way that may pass
_BACKOFF = wait_random_exponential(multiplier=1, max=30)
_UPLOAD = 900.0  # seconds that 200 MB may take
# A batch ends within a day, done or expired; one that nothing is heard of is given up after that.
_SILENCE = 26 * 3600.0
_AT_ONCE = 500  # lines noted in one transaction
# An account may have so many tokens in batches at a time; the endpoint tells when a batch fails.
_FULL = "token_limit_exceeded"
_FULL_PAUSE, _LONGEST_FULL_PAUSE = 30.0, 1800.0
_FEWEST = 50  # lines of a batch, at which they are made no smaller for that
_PAGES = 3  # of a hundred batches each, in which one that may exist is looked for


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
        self._price = price_of(settings, batch=True)
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
        self._client = client_for(self._settings)
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
            await self._client.close()

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
        async def upload() -> str:
            with part.path.open("rb") as file:
                made = await self._client.files.create(
                    file=("batch.jsonl", file, "application/jsonl"),
                    purpose="batch",
                    timeout=max(_UPLOAD, self._settings.timeout),
                )
            return made.id

        file_id = await self._try(upload)
        number = self._ledger.uploaded(file_id, part.lines, self._allowances.found)
        batch = await self._create(file_id, time.time())
        self._ledger.created(number, batch.id)
        self._note(f"batch {number}: {len(part.lines):,} requests submitted as {batch.id}")
        return number

    async def _create(self, file_id: str, since: float, *, doubtful: bool = False) -> Batch:
        """Return the batch of an uploaded file; one that may exist already is looked for first."""
        in_doubt = doubtful

        async def create() -> Batch:
            nonlocal in_doubt
            if in_doubt and (found := await self._find(file_id, since)) is not None:
                return found
            in_doubt = True  # whatever happens now, it may have been made
            return await self._client.batches.create(
                input_file_id=file_id, endpoint=ENDPOINT, completion_window="24h"
            )

        return await self._try(create)

    async def _find(self, file_id: str, since: float) -> Batch | None:
        """Return the batch that was made of a file, if there is one."""
        page = await self._client.batches.list(limit=100)
        for _ in range(_PAGES):
            for batch in page.data:
                if batch.input_file_id == file_id:
                    return batch
                if batch.created_at < since - 3600:  # the newest come first
                    return None
            if not page.has_next_page():
                return None
            page = await page.get_next_page()
        return None

    # --- waiting ---

    async def _wait(self, cache: AnswerCache) -> list[str]:
        """Wait until every batch has ended and its answers are in the cache; return how it did."""
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
                ends.append(await self._take(submitted, batch, cache))
            if waiting:
                await asyncio.sleep(pause)
                pause = min(pause * _LONGER, _LONGEST_PAUSE)
        return ends

    async def _look(self, submitted: Submitted, told: dict[int, str]) -> Batch | str | None:
        """Return a batch as it stands, the reason why there is none, or None: nothing is heard."""
        number, batch_id = submitted.number, submitted.batch_id
        try:
            if batch_id is None:
                found = await self._create(
                    submitted.input_file_id, submitted.submitted_at, doubtful=True
                )
                self._ledger.created(number, found.id)
            batch = await self._ask(lambda: self._client.batches.retrieve(batch_id or found.id))
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

    async def _take(self, submitted: Submitted, batch: Batch | str, cache: AnswerCache) -> str:
        """Put a batch's answers into the cache, and note what became of every line."""
        number = submitted.number
        left = self._ledger.lines(number)
        strangers = 0
        files = (batch.output_file_id, batch.error_file_id) if isinstance(batch, Batch) else ()
        for file_id in files:
            if not file_id:  # no answer, or no failure: null, or empty
                continue
            path = await self._download(file_id)
            ends: list[End] = []
            if path is None:
                continue
            with path.open("rb") as file:
                for row in _rows(file):
                    found = left.pop(row["custom_id"], None) if row else None
                    if row is None or found is None:
                        strangers += 1
                        continue
                    end = self._judge(row, found[1], submitted, cache)
                    ends.append(end)
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
        reason: str | None
        status: str
        faults: dict[int, str] = {}
        status, reason, is_full = "gone", None, False
        if isinstance(batch, str):
            reason = batch
        else:
            status = batch.status
            faults, reason, is_full = self._errors(batch)
        outcome = "queue" if is_full else "failed"
        ends = [
            End(line, "refused", faults[place])
            if place in faults
            else End(line, outcome, reason or f"a batch ended as {status} without an answer to it")
            for place, line in left.values()
        ]
        self._end(number, ends)
        self._ledger.taken(number, status, reason)
        return ("queue" if outcome == "queue" and left else status), reason

    def _errors(self, batch: Batch) -> tuple[dict[int, str], str | None, bool]:
        """Return what the endpoint says of lines, of the batch, and whether it takes no more."""
        errors = (batch.errors.data if batch.errors else None) or []
        faults: dict[int, str] = {}
        whole: list[str] = []
        reason: str | None = None
        for error in errors:
            words = redact(error.message or error.code or "", self._settings)
            if error.line is not None and batch.status == "failed":
                faults[error.line] = f"refused in a batch: {words}"
            whole.append(words)
        if whole:
            reason = f"a batch {batch.status}: {whole[0]}"
        elif batch.status != "completed":
            reason = f"a batch was {batch.status}" if batch.status != "failed" else "a batch failed"
        return faults, reason, any(error.code == _FULL for error in errors)

    def _judge(
        self, row: dict[str, Any], line: Line, submitted: Submitted, cache: AnswerCache
    ) -> End:
        """Return what a line of an answer or error file comes to; keep the answer."""
        response = row.get("response")
        if not isinstance(response, dict):
            error = row.get("error")
            error = error if isinstance(error, dict) else {}
            words = str(error.get("message") or error.get("code") or "no answer in its line")
            return End(line, "failed", redact(words, self._settings))
        status = response.get("status_code")
        status = status if isinstance(status, int) and 100 <= status < 600 else 500
        held = httpx2.Response(status, json=response.get("body"))
        try:
            if status != 200:
                failure = judge_status(held, self._settings)
                raise failure
            data = read_body(held, self._settings)
        except Passing as failure:
            return End(line, "failed", str(failure.error))
        except EndpointRefused as refusal:
            lessons = set(self._allowances.lessons_in(str(refusal)))
            if status in (400, 422) and lessons - submitted.without:
                if not lessons & (self._allowances.found - submitted.without):
                    self._allowances.learn(str(refusal))  # another line has not taught it
                return End(line, "adapted", str(refusal))
            return End(line, "refused", str(refusal))
        except ModelError as error:
            return End(line, "failed", str(error))
        # A refusal to answer and an answer cut at the limit are kept too: they are what was paid
        # for, and whoever takes them from the cache judges them as if they had just come.
        cache.put(line.request_key, data)
        given, written = tokens_of(data)
        spent = cost(self._price, given, written)
        return End(line, "answered", None, given, written, spent)

    async def _download(self, file_id: str) -> Path | None:
        """Return a file's copy; None when the endpoint has it no more."""
        path = self._folder / ANSWERS

        async def download() -> Path:
            path.unlink(missing_ok=True)
            path.touch(0o600)
            async with self._client.files.with_streaming_response.content(
                file_id, timeout=max(_UPLOAD, self._settings.timeout)
            ) as response:
                await response.stream_to_file(path)
            return path

        try:
            return await self._try(download)
        except EndpointRefused as refusal:
            if refusal.status not in (404, 410):
                raise
            self._note(f"the endpoint has the file {file_id} no more: {refusal}")
            return None

    # --- the endpoint's troubles ---

    async def _try(self, call: Callable[[], Awaitable[T]]) -> T:
        """Do a step, again after failures that may pass. Raises ModelError."""
        retrying = AsyncRetrying(
            retry=retry_if_exception_type(Passing),
            stop=stop_after_attempt(_TRIES),
            wait=_BACKOFF,
            reraise=True,
        )
        try:
            async for attempt in retrying:
                with attempt:
                    return await self._ask(call)
        except Passing as failure:
            raise failure.error from None
        raise AssertionError("tenacity ends with a result or an exception")

    async def _ask(self, call: Callable[[], Awaitable[T]]) -> T:
        """Do a step once. Raises Passing or ModelError."""
        try:
            return await call()
        except openai.OpenAIError as error:
            raise classify(error, self._settings) from None
        except httpx2.TransportError as error:  # while an answer was streamed
            words = redact(f"{type(error).__name__}: {error}", self._settings)
            cut = EndpointFailing(f"{self._settings.endpoint}: {words}")
            raise Passing(cut) from None


def _rows(lines: Iterator[bytes]) -> Iterator[dict[str, Any] | None]:
    """Yield the objects of a JSONL file, None for a line that is none."""
    for line in lines:
        if not line.strip():
            continue
        try:
            row = json.loads(line)
        except (ValueError, RecursionError):
            yield None
            continue
        yield row if isinstance(row, dict) and isinstance(row.get("custom_id"), str) else None
