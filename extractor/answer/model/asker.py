"""A language model as the answerer: the plan is chosen, the questions asked, the answers merged.

    whole     one call an article (or part of a long one) for everything; for capable models
    narrow    one short question a candidate, with the passage around it and a closed list of
              names; for small models, or for what the rules are unsure of (`--assist unsure`)

What the model gives wrongly goes back to it (see judge.py), what stays wrong is dropped and
reported here as warnings; the pipeline then fills in from the rules and marks it. One failing
question among many costs that question only; an endpoint that answers nothing is an error.
"""

import asyncio
from collections.abc import Coroutine, Sequence
from copy import copy
from dataclasses import dataclass, field
from time import monotonic
from typing import Any, Self

from extractor.answer.endpoint.cache import open_cache
from extractor.answer.endpoint.client import Endpoint
from extractor.answer.endpoint.gates import Deferred, DeferredQuestions, Gate
from extractor.answer.model.judge import Asked
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
_GIVE_UP = 3
# Refusals that every further question would meet as well.
_HOPELESS = frozenset({401, 402, 403, 404})


@dataclass
class _Round:
    """How the questions about one article went."""

    usage: Usage
    warnings: list[Remark] = field(default_factory=list)
    failures: list[ModelError] = field(default_factory=list)
    answered: int = 0
    over: bool = False  # nothing more is to be asked
    deferred: Deferred | None = None  # a question is answered in a batch


class ModelAsker:
    """Asks one model by one plan. Implements `extractor.answers.Asker`.

    Use one for a whole run, as a context (`async with`): it holds the connections and the cache.
    """

    def __init__(self, settings: Settings, endpoint: Endpoint | None = None) -> None:
        """Raise UsageError when the settings do not do; nothing is sent yet."""
        self.settings = settings
        self.endpoint = endpoint or Endpoint(settings, open_cache(settings))
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
        """Ask about one article; raise ModelError when not one question was answered."""
        shape = shape_of(schema.model)
        wanted = self._wanted(inventory, shape, by_rules)
        build = whole_questions if self.plan == "whole" else narrow_questions
        asked = build(self._prompts_for(schema), self.settings, inventory, by_rules, wanted)
        started = monotonic()
        going = await self._ask_all(asked)
        for one in asked:
            going.warnings += one.judge.finish()
        going.warnings += _sent_back(asked)
        answer = merge(shape, [one.judge for one in asked], by_rules, wanted)
        answer.warnings += going.warnings
        for one in asked:
            answer.confidence |= one.confidence
        if not going.usage.calls:
            going.usage.cost_usd = 0.0
        going.usage.seconds = monotonic() - started
        return answer, going.usage

    def _wanted(
        self, inventory: Inventory, shape: Shape, by_rules: Answer
    ) -> frozenset[str] | None:
        """Return the ids to ask about; None for all."""
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

    async def _ask_all(self, asked: Sequence[Asked]) -> _Round:
        """Ask everything; the endpoint limits how many at a time."""
        going = _Round(Usage(cost_usd=0.0))
        slots = asyncio.Semaphore(self.settings.concurrency)

        async def in_turn(one: Asked) -> None:
            async with slots:
                if not going.over:
                    await self._ask_one(one, going)

        try:
            await _together([in_turn(one) for one in asked])
        except ModelError as error:
            error.spent = going.usage
            raise
        if going.deferred is not None:
            raise going.deferred
        if going.failures and not going.answered:
            going.failures[0].spent = going.usage
            raise going.failures[0]
        return going

    async def _ask_one(self, one: Asked, going: _Round) -> None:
        """Ask one question into its judge; raise only when the others need not be asked."""
        usage = Usage()
        try:
            await self.endpoint.ask(
                one.question, lambda text: one.judge.take(one.read(text)), usage
            )
            going.answered += 1
        except AnswerCut as error:
            going.answered += 1
            one.judge.take_quietly(one.read_cut(error.partial))
            going.warnings.append(_remark("answer_cut", one, error))
        except AnswerInvalid as error:
            going.answered += 1
            if not one.judge.attempts:  # not even JSON, or declined
                going.warnings.append(_remark("answer_invalid", one, error))
        except Deferred as deferred:  # so are the others, all at once
            going.deferred = deferred
        except ModelError as error:
            going.warnings.append(_remark("not_answered", one, error))
            if one.judge.attempts:  # a re-ask failed; what was answered before is kept
                going.answered += 1
                return
            going.failures.append(error)
            refused = isinstance(error, EndpointRefused) and error.status in _HOPELESS
            if refused or (len(going.failures) >= _GIVE_UP and not going.answered):
                going.over = True
                raise
        finally:
            _add(going.usage, usage)


async def _together(doing: Sequence[Coroutine[Any, Any, None]]) -> None:
    """Do all at a time, or none any more once one raises; a single one needs no task."""
    if len(doing) == 1:
        await doing[0]
        return
    tasks = [asyncio.ensure_future(one) for one in doing]
    try:
        await asyncio.gather(*tasks)
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


def _sent_back(asked: Sequence[Asked]) -> list[Remark]:
    """Say how much of what the model answered had to go back to it."""
    faults = [fault for one in asked for fault in one.judge.sent_back]
    if not faults:
        return []
    told = f"{len(faults)} faults of its answers were told to the model, such as: {faults[0]}"
    return [Remark("sent_back", told)]


def _add(total: Usage, usage: Usage) -> None:
    if not usage.calls:
        usage.cost_usd = 0.0
    total.add(usage)


def _remark(code: str, one: Asked, error: Exception) -> Remark:
    candidate = one.about if one.about in one.judge.inventory.by_id else None
    where = place_of(one.judge.inventory, candidate) if candidate else None
    return Remark(code, f"{one.about}: {error}", where, candidate)
