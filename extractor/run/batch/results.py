"""What a batch's answers come to: every line of its files, and what is said of it as a whole."""

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx2
from openai.types import Batch

from extractor.answer.endpoint.cache import AnswerCache
from extractor.answer.endpoint.dialects import Allowances
from extractor.answer.endpoint.failures import Passing, judge_status, read_body, redact
from extractor.answer.endpoint.messages import tokens_of
from extractor.answer.endpoint.prices import cost, price_of
from extractor.errors import EndpointRefused, ModelError
from extractor.run.batch.ledger import End
from extractor.run.batch.upload_files import Line
from extractor.settings import Settings

# An account may have so many tokens in batches at a time; the endpoint tells when a batch fails.
_FULL = "token_limit_exceeded"


@dataclass(frozen=True, slots=True)
class Verdict:
    """What the endpoint says of a batch that has ended."""

    status: str
    reason: str | None = None  # why not every line was answered
    faults: dict[int, str] = field(default_factory=dict)  # by the lines' places in the file, from 1
    is_full: bool = False  # the account takes no more at a time


def verdict_on(batch: Batch, settings: Settings) -> Verdict:
    """Return what the endpoint says of a batch that has ended."""
    errors = (batch.errors.data if batch.errors else None) or []
    faults: dict[int, str] = {}
    whole: list[str] = []
    reason: str | None = None
    for error in errors:
        words = redact(error.message or error.code or "", settings)
        if error.line is not None and batch.status == "failed":
            faults[error.line] = f"refused in a batch: {words}"
        whole.append(words)
    if whole:
        reason = f"a batch {batch.status}: {whole[0]}"
    elif batch.status != "completed":
        reason = f"a batch was {batch.status}" if batch.status != "failed" else "a batch failed"
    return Verdict(batch.status, reason, faults, any(error.code == _FULL for error in errors))


def answer_rows(path: Path) -> Iterator[dict[str, Any] | None]:
    """Yield the objects of a file of answers, None for a line that is none."""
    with path.open("rb") as lines:
        for line in lines:
            if not line.strip():
                continue
            try:
                row = json.loads(line)
            except (ValueError, RecursionError):
                yield None
                continue
            yield row if isinstance(row, dict) and isinstance(row.get("custom_id"), str) else None


class Judge:
    """Judges lines of answer and error files, and keeps the answers."""

    def __init__(self, settings: Settings, allowances: Allowances, cache: AnswerCache) -> None:
        self._settings, self._allowances, self._cache = settings, allowances, cache
        self._price = price_of(settings, batch=True)

    def end_of(self, row: dict[str, Any], line: Line, without: frozenset[str]) -> End:
        """Return what became of a line whose request was sent `without` what was known then."""
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
            return self._refused(refusal, status, line, without)
        except ModelError as error:
            return End(line, "failed", str(error))
        # A refusal to answer and an answer cut at the limit are kept too: they are what was paid
        # for, and whoever takes them from the cache judges them as if they had just come.
        self._cache.put(line.request_key, data)
        given, written = tokens_of(data)
        return End(line, "answered", None, given, written, cost(self._price, given, written))

    def _refused(
        self, refusal: EndpointRefused, status: int, line: Line, without: frozenset[str]
    ) -> End:
        """Return the end of a refused line; one refused for a parameter goes again without it."""
        lessons = set(self._allowances.lessons_in(str(refusal)))
        if status in (400, 422) and lessons - without:
            if not lessons & (self._allowances.found - without):
                self._allowances.learn(str(refusal))  # another line has not taught it
            return End(line, "adapted", str(refusal))
        return End(line, "refused", str(refusal))
