"""Reads the results of a batch: the outcome of each line, and the errors of the whole."""

import json
from collections.abc import Iterator
from dataclasses import field
from pathlib import Path
from typing import Any

import httpx2
from openai.types import Batch

from extractor.answer.endpoint.cache import AnswerCache
from extractor.answer.endpoint.dialects import Dialect
from extractor.answer.endpoint.failures import TransientFailure, judge_status, read_body, redact
from extractor.answer.endpoint.messages import tokens_of
from extractor.answer.endpoint.prices import cost, price_of
from extractor.errors import EndpointRefused, ModelError
from extractor.frozen import frozen
from extractor.run.batch.ledger import LineOutcome
from extractor.run.batch.upload_files import BatchLine
from extractor.settings import Settings

# The error of a batch that exceeds the tokens that an account may have in batches at a time.
_FULL = "token_limit_exceeded"


@frozen
class BatchResult:
    """How a batch has ended."""

    status: str
    reason: str | None = None  # why not every line was answered
    faults: dict[int, str] = field(default_factory=dict)  # by the lines' places in the file, from 1
    is_full: bool = False  # the account takes no more at a time


def result_of(batch: Batch, settings: Settings) -> BatchResult:
    """Return how a batch has ended, by the state and the errors that the endpoint gives."""
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
    return BatchResult(batch.status, reason, faults, any(error.code == _FULL for error in errors))


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


class ResultReader:
    """Reads lines of answer and error files, and puts the answers into the cache."""

    def __init__(self, settings: Settings, dialect: Dialect, cache: AnswerCache) -> None:
        self._settings, self._dialect, self._cache = settings, dialect, cache
        self._price = price_of(settings, batch=True)

    def outcome_of(
        self, row: dict[str, Any], line: BatchLine, without: frozenset[str]
    ) -> LineOutcome:
        """Return the outcome of a line; `without` are the adaptations that its request had."""
        response = row.get("response")
        if not isinstance(response, dict):
            error = row.get("error")
            error = error if isinstance(error, dict) else {}
            words = str(error.get("message") or error.get("code") or "no answer in its line")
            return LineOutcome(line, "failed", redact(words, self._settings))
        status = response.get("status_code")
        status = status if isinstance(status, int) and 100 <= status < 600 else 500
        held = httpx2.Response(status, json=response.get("body"))
        try:
            if status != 200:
                failure = judge_status(held, self._settings)
                raise failure
            data = read_body(held, self._settings)
        except TransientFailure as failure:
            return LineOutcome(line, "failed", str(failure.error))
        except EndpointRefused as refusal:
            return self._refused(refusal, status, line, without)
        except ModelError as error:
            return LineOutcome(line, "failed", str(error))
        # A refusal to answer and an answer cut at the limit are cached too: they were paid for, and
        # are judged when they are taken from the cache, as if they had just come.
        self._cache.put(line.request_key, data)
        given, written = tokens_of(data)
        return LineOutcome(
            line, "answered", None, given, written, cost(self._price, given, written)
        )

    def _refused(
        self, refusal: EndpointRefused, status: int, line: BatchLine, without: frozenset[str]
    ) -> LineOutcome:
        """Return the outcome of a refused line: "adapted" when it is to be sent again, adapted."""
        wanted = set(self._dialect.adaptations_for(str(refusal)))
        if status in (400, 422) and wanted - without:
            if not wanted & (self._dialect.adaptations - without):
                self._dialect.learn(str(refusal))  # no other line has taught it
            return LineOutcome(line, "adapted", str(refusal))
        return LineOutcome(line, "refused", str(refusal))
