"""Asks a language model about an article: makes the questions of a plan, merges the answers.

    whole     one call an article (or part of a long one) for everything; for capable models
    narrow    one short question a candidate, with the passage around it and a closed list of
              names; for small models, or for what the rules are unsure of (`--assist unsure`)

What the model gets wrong is sent back to it (see judge.py); what stays wrong is dropped and
reported as warnings, and the pipeline then fills it in from the rules and marks it. One failing
question among many costs that question only; an endpoint that answers nothing is an error.
"""

import asyncio
from collections.abc import Callable, Coroutine, Sequence
from copy import copy
from dataclasses import dataclass, field
from time import monotonic
from typing import Any, Self

from extractor.answer.endpoint.cache import open_cache
from extractor.answer.endpoint.client import Endpoint
from extractor.answer.endpoint.gates import Deferred, DeferredQuestions, Gate
from extractor.answer.model.judge import PendingQuestion
from extractor.answer.model.merging import merge
from extractor.answer.model.narrow import narrow_questions
from extractor.answer.model.prompt import Prompts
from extractor.answer.model.whole import whole_questions
from extractor.answers import Answer, row_key
from extractor.article import Remark
from extractor.errors import AnswerCut, AnswerInvalid, EndpointRefused, ModelError
from extractor.find.inventory import Inventory
from extractor.kinds import place_of
from extractor.record import Usage
from extractor.schema.catalogue import Schema
from extractor.schema.shape import Shape, shape_of
from extractor.settings import Settings

# After so many failed questions and not one answer the endpoint is taken to be down.
_MOST_FAILURES = 3
# HTTP statuses of refusals that every further question would meet as well.
_FINAL_STATUSES = frozenset({401, 402, 403, 404})


@dataclass
class _Results:
    """What came of the questions about one article so far."""

    usage: Usage
    warnings: list[Remark] = field(default_factory=list)
    failures: list[ModelError] = field(default_factory=list)
    answered: int = 0  # questions
    is_over: bool = False  # nothing more is to be asked
    deferred: Deferred | None = None  # a question is answered in a batch


class ModelAsker:
    """Asks one model by one plan. Implements `extractor.answers.Asker`.

    Use one for a whole run, as a context (`async with`): it holds the connections and the cache.
    """

    def __init__(
        self,
        settings: Settings,
        endpoint: Endpoint | None = None,
        *,
        announce: Callable[[], None] | None = None,
    ) -> None:
        """Open the cache, and the endpoint's client where none is given; nothing is sent yet.

        `announce` is called once, before that client's first request. Raises UsageError when a
        setting does not fit.
        """
        self.settings = settings
        self.endpoint = endpoint or Endpoint(settings, open_cache(settings), announce=announce)
        self._prompts: dict[str, Prompts] = {}

    @property
    def model(self) -> str:
        """The model's name."""
        return self.settings.model or ""

    @property
    def plan(self) -> str:
        """How it is asked: "whole" or "narrow"."""
        return self.settings.plan

    def prompt_of(self, schema: Schema) -> tuple[str, str]:
        """Return the name and content hash of the prompt; raise PromptError."""
        prompts = self._prompts_for(schema)
        return prompts.name, prompts.sha256

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.aclose()

    def for_article(self, gate: Gate, deferred: DeferredQuestions | None = None) -> Self:
        """Return the same asker for one article; see `Endpoint.for_article`."""
        asker = copy(self)
        asker.endpoint = self.endpoint.for_article(gate, deferred)
        return asker

    async def disconnect(self) -> None:
        """Close the connections of the event loop that is running; it can be asked again."""
        await self.endpoint.disconnect()

    async def aclose(self) -> None:
        """Close connections and cache."""
        await self.endpoint.aclose()

    def _prompts_for(self, schema: Schema) -> Prompts:
        key = str(schema.path)
        if key not in self._prompts:
            self._prompts[key] = Prompts(schema)
        return self._prompts[key]

    async def ask(
        self, inventory: Inventory, schema: Schema, by_rules: Answer
    ) -> tuple[Answer, Usage]:
        """Ask about one article; see `extractor.answers.Asker.ask`.

        Raises ModelError, with the usage so far in `spent`, when not one question was answered.
        """
        shape = shape_of(schema.model)
        wanted = self._wanted(inventory, shape, by_rules)
        build = whole_questions if self.plan == "whole" else narrow_questions
        pending = build(self._prompts_for(schema), self.settings, inventory, by_rules, wanted)
        started = monotonic()
        results = await self._ask_all(pending)
        for item in pending:
            results.warnings += item.judge.accept_reserve()
        results.warnings += _sent_back(pending)
        answer = merge(shape, [item.judge for item in pending], by_rules, wanted)
        answer.warnings += results.warnings
        for item in pending:
            answer.confidence |= item.confidence
        if not results.usage.calls:
            results.usage.cost_usd = 0.0
        results.usage.seconds = monotonic() - started
        return answer, results.usage

    def _wanted(
        self, inventory: Inventory, shape: Shape, by_rules: Answer
    ) -> frozenset[str] | None:
        """Return the keys of rows and ids of candidates to ask about (`row_key`); None for all."""
        if self.settings.assist == "all":
            return None
        unsure = {
            key
            for key, confidence in by_rules.confidence.items()
            if confidence < self.settings.threshold
        }
        for asked in shape.fields:
            kind = asked.row.rests_on if asked.row is not None else None
            if kind is not None and kind.accountable and kind.on_sentence:
                unsure |= {
                    candidate.id
                    for candidate in kind.candidates(inventory)
                    if row_key(asked, kind.anchor_id(candidate)) in unsure
                }
        return frozenset(unsure)

    async def _ask_all(self, pending: Sequence[PendingQuestion]) -> _Results:
        """Ask all questions, at most `concurrency` of them at a time.

        Raises Deferred when a question goes into a batch, ModelError when none was answered.
        """
        results = _Results(Usage(cost_usd=0.0))
        slots = asyncio.Semaphore(self.settings.concurrency)

        async def ask_in_turn(item: PendingQuestion) -> None:
            async with slots:
                if not results.is_over:
                    await self._ask_one(item, results)

        try:
            await _gather_or_cancel([ask_in_turn(item) for item in pending])
        except ModelError as error:
            error.spent = results.usage
            raise
        if results.deferred is not None:
            raise results.deferred
        if results.failures and not results.answered:
            results.failures[0].spent = results.usage
            raise results.failures[0]
        return results

    async def _ask_one(self, item: PendingQuestion, results: _Results) -> None:
        """Ask one question and judge its answer; raise only when the others need not be asked."""
        usage, judge = Usage(), item.judge
        try:
            await self.endpoint.ask(
                item.question, lambda text: judge.accept(item.read(text)), usage
            )
            results.answered += 1
        except AnswerCut as error:
            results.answered += 1
            judge.accept_finally(item.read_cut(error.partial))
            results.warnings.append(_remark("answer_cut", item, error))
        except AnswerInvalid as error:
            results.answered += 1
            if not judge.attempts:  # not even JSON, or declined
                results.warnings.append(_remark("answer_invalid", item, error))
        except Deferred as deferred:  # so are the others, all at once
            results.deferred = deferred
        except ModelError as error:
            results.warnings.append(_remark("not_answered", item, error))
            if judge.attempts:  # a re-ask failed; what was answered before is kept
                results.answered += 1
                return
            results.failures.append(error)
            refused = isinstance(error, EndpointRefused) and error.status in _FINAL_STATUSES
            if refused or (len(results.failures) >= _MOST_FAILURES and not results.answered):
                results.is_over = True
                raise
        finally:
            _add(results.usage, usage)


async def _gather_or_cancel(coroutines: Sequence[Coroutine[Any, Any, None]]) -> None:
    """Await all at a time; once one raises, cancel the others. A single one needs no task."""
    if len(coroutines) == 1:
        await coroutines[0]
        return
    tasks = [asyncio.ensure_future(coroutine) for coroutine in coroutines]
    try:
        await asyncio.gather(*tasks)
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


def _sent_back(pending: Sequence[PendingQuestion]) -> list[Remark]:
    """Return a warning that counts the faults that were sent back to the model; [] if none was."""
    faults = [fault for item in pending for fault in item.judge.sent_back]
    if not faults:
        return []
    message = f"{len(faults)} faults of its answers were told to the model, such as: {faults[0]}"
    return [Remark("sent_back", message)]


def _add(total: Usage, usage: Usage) -> None:
    """Add a question's usage to the total; without a call it cost nothing, at any price."""
    if not usage.calls:
        usage.cost_usd = 0.0
    total.add(usage)


def _remark(code: str, item: PendingQuestion, error: Exception) -> Remark:
    """Return a warning on one question, with the place of the candidate that it is about."""
    inventory = item.judge.inventory
    candidate = item.about if item.about in inventory.by_id else None
    where = place_of(inventory, candidate) if candidate else None
    return Remark(code, f"{item.about}: {error}", where, candidate)
