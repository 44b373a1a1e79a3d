"""Estimates the cost of a run: `--estimate` makes the questions that it would ask, and sends none.

Articles are read, candidates found and prompts rendered as in the run. What is in the store is
left out, and so is what the cache answers; cached answers are judged as ever, so that a re-ask is
made where one would be. For every request that would be sent its tokens are estimated by its
characters, and those of its answer by call_sizes.py. Of very many articles a sample is taken.
"""

import asyncio
import math
import random
import statistics
from collections.abc import Callable, Iterable, Iterator
from contextlib import nullcontext
from pathlib import Path
from typing import Any, TypeVar

from pydantic import SecretStr

from extractor.answer.endpoint.cache import default_folder, open_cache
from extractor.answer.endpoint.client import Endpoint
from extractor.answer.endpoint.messages import Question, characters_of
from extractor.answer.endpoint.prices import cost, dollars, price_of
from extractor.answer.from_rules import answer_by_rules
from extractor.answer.model.asker import ModelAsker
from extractor.article import Article
from extractor.bounds import ArticleBounds
from extractor.errors import AnswerInvalid, InputError
from extractor.find.inventory import take_inventory
from extractor.frozen import frozen
from extractor.kinds import with_candidates
from extractor.read.apart import ReadingProcess
from extractor.read.source import Source
from extractor.record import Usage
from extractor.run.estimate.call_sizes import CallSizes, Expected, RecordedSizes, own_sizes
from extractor.run.requests.budget import how_to_price, paid_before
from extractor.schema.catalogue import Schema
from extractor.schema.shape import shape_of
from extractor.settings import Price, Settings
from extractor.store.folder import FILE
from extractor.store.resume import ResumeFilter
from extractor.store.store import Store
from extractor.store.work_key import Recipe

# The articles that are looked at, at the most; of more a random sample. About 40 ms each.
SAMPLE = 400
_SEED = 4
T = TypeVar("T")


@frozen
class Estimate:
    """What a run would ask and cost."""

    articles: int  # to be asked about
    done: int  # done already, or with the text of another
    failed: int  # failed before, and left alone
    unreadable: int
    looked_at: int
    expected: Expected
    answered: float  # answers in the cache
    price: Price | None
    spread: float  # ± of tokens, relative, two standard errors; 0 without a sample
    known_calls: int  # of this model and plan, in the store
    settings: Settings
    paid: float = 0.0  # US dollars, by the runs that it would continue: part of the budget

    @property
    def cost_usd(self) -> float | None:
        """US dollars; None when the price is not known."""
        if self.price is None:
            return None
        given, written = self.expected.input_tokens, self.expected.output_tokens
        return cost(self.price, round(given), round(written))

    def lines(self, budget: float | None = None) -> Iterator[str]:
        """Yield the estimate in words, and how far a budget in US dollars would reach."""
        beside = [
            f"{count:,} {words}"
            for count, words in (
                (self.done, "done already"),
                (self.failed, "failed before (--retry-failed)"),
                (self.unreadable, "not to be read"),
            )
            if count
        ]
        about = "" if self.looked_at >= self.articles else "about "
        yield f"articles  {', '.join([f'{about}{self.articles:,} to do', *beside])}"
        if not self.settings.asks_model:
            yield "cost      nothing: the rules answer, no model is asked"
            return
        if not self.articles:
            yield "cost      nothing: there is nothing to ask"
            return
        if self.looked_at < self.articles:
            yield f"sample    {self.looked_at:,} articles taken at random, ± {self.spread:.0%}"
        counted = self.expected
        cached = f", {self.answered:,.0f} answers are in the cache" if self.answered else ""
        yield (
            f"calls     about {counted.calls:,.0f}, of these {counted.again:,.0f} "
            f"that send an answer back{cached}"
        )
        yield (
            f"tokens    about {counted.input_tokens:,.0f} in, {counted.output_tokens:,.0f} out "
            f"({self.settings.model}, plan {self.settings.plan})"
        )
        yield f"cost      {self._cost()}"
        if budget is not None and self.cost_usd is not None:
            left = max(0.0, budget - self.paid)
            share = min(1.0, left / self.cost_usd) if self.cost_usd else 1.0
            reach = f"reaches for about {share:.0%} of it" if share < 1 else "is enough"
            spent = f", {dollars(self.paid)} of it spent before," if self.paid else ""
            yield f"budget    {dollars(budget)}{spent} {reach}"
        yield f"based on  {self._basis()}"

    def _cost(self) -> str:
        if self.cost_usd is None or self.price is None:
            return f"unknown: {how_to_price(self.settings)}"
        price = f"${self.price.input:g} in, ${self.price.output:g} out for a million tokens"
        return f"about {dollars(self.cost_usd)} ({price})"

    def _basis(self) -> str:
        if self.known_calls >= 20:
            return f"the requests made here, and {self.known_calls:,} earlier calls of this model"
        few = f"{self.known_calls} earlier calls of this model and " if self.known_calls else ""
        return (
            f"the requests made here, {few}a recorded small model, to which more goes back than to "
            "a capable one; after --limit 10 or so it is based on your own"
        )


@frozen
class _UnsentRequest:
    """A request that would have been sent."""

    kind: str
    round: int
    question_characters: int
    characters: int


class _NotSent(AnswerInvalid):
    """Raised in place of an answer that would have to be paid for."""


class _DryEndpoint(Endpoint):
    """An endpoint that answers from the cache, and records what it would send."""

    def __init__(self, settings: Settings) -> None:
        # No key is needed where nothing is sent, and no folder made where no cache is.
        key = settings.api_key or SecretStr("none")
        folder = settings.cache_dir or default_folder()
        cache = open_cache(settings) if folder.is_dir() else None
        super().__init__(settings.model_copy(update={"api_key": key}), cache)
        self.unsent: list[_UnsentRequest] = []
        self.questions: dict[str, int] = {}  # characters asked, by kind

    async def ask(self, question: Question, judge: Callable[[str], T], usage: Usage) -> T:
        """Ask, and record how many characters were asked."""
        asked = self.questions.get(question.name, 0)
        self.questions[question.name] = asked + len(question.system) + len(question.user)
        return await super().ask(question, judge, usage)

    async def _send(self, request: dict[str, Any], asking: Any, key: str) -> dict[str, Any]:  # noqa: ARG002
        """Record the request, and raise _NotSent."""
        question = asking.question
        size = len(question.system) + len(question.user)
        characters = characters_of(request)
        self.unsent.append(_UnsentRequest(question.name, asking.requests, size, characters))
        raise _NotSent("not asked: this is an estimate")


class _ArticleEstimator:
    """Estimates the cost of one article after the other."""

    def __init__(self, schema: Schema, settings: Settings, sizes: CallSizes) -> None:
        self._schema, self._settings, self._sizes = schema, settings, sizes
        self._endpoint = _DryEndpoint(settings)
        self._asker = ModelAsker(settings, self._endpoint)
        # In the plan "narrow" a question has a list's name, and asks for one row of it.
        self._rests_on = {
            field.key: field.row.kind_name
            for field in shape_of(schema.model).fields
            if field.row is not None and field.many and field.row.anchor is not None
        }

    async def estimate(self, article: Article) -> tuple[Expected, int]:
        """Return what an article would cost, and how many answers are in the cache."""
        self._endpoint.unsent.clear()
        self._endpoint.questions.clear()
        inventory = with_candidates(take_inventory(article), shape_of(self._schema.model).kinds)
        by_rules = answer_by_rules(inventory, self._schema.model)
        rows: dict[str, int] = {}
        for key, rests_on in self._rests_on.items():
            found = by_rules.data.get(key)
            rows[rests_on] = rows.get(rests_on, 0) + (len(found) if isinstance(found, list) else 0)
        _, usage = await self._asker.ask(inventory, self._schema, by_rules)
        total, answer = Expected(), self._sizes.recorded.answer_size(rows)
        for wanted in self._endpoint.unsent:
            total = total.plus(self._expected(wanted, answer))
        return total, usage.cache_hits

    def _expected(self, wanted: _UnsentRequest, answer: float) -> Expected:
        """Return what a request is expected to cost; `answer`: tokens, of all rows together."""
        narrow = self._settings.plan == "narrow" and wanted.kind in self._rests_on
        by_row = narrow or wanted.kind == "who"
        part = wanted.question_characters / max(1, self._endpoint.questions[wanted.kind])
        return self._sizes.expected(
            wanted.kind,
            self._rests_on.get(wanted.kind, "") if by_row else None,
            wanted.question_characters,
            characters=wanted.characters,
            round=wanted.round,
            reasks=0 if wanted.kind == "who" else self._settings.reasks,
            answer=None if by_row else answer * part,
            limit=self._settings.max_output_tokens,
        )

    async def aclose(self) -> None:
        """Close the cache."""
        await self._endpoint.aclose()


def estimate(
    sources: Iterable[Source],
    schema: Schema,
    settings: Settings,
    recipe: Recipe,
    *,
    folder: Path | None = None,
    retry_failed: bool = False,
    limit: int | None = None,
    batch: bool = False,
    most: int = SAMPLE,
    recorded: RecordedSizes | None = None,
) -> Estimate:
    """Estimate a run over `sources` into `folder`. Nothing is asked, sent or written.

    `most` articles are looked at; `recorded` are the sizes to use before the model's own are known
    (by default the shipped ones).

    Raises UsageError and OutputError as the run would.
    """
    there = folder is not None and (folder / FILE).is_file()
    with Store(folder, make=False) if there and folder else nullcontext() as store:
        resume = ResumeFilter(store, recipe, -1, settings.refresh, retry_failed)
        chosen, counts = _choose(sources, resume, limit, most)
        rows = store.call_sums(recipe.model, recipe.plan) if store and recipe.model else ()
        known = own_sizes(tuple(row) for row in rows)
        paid = paid_before(store, recipe).dollars if store else 0.0
        sizes = CallSizes(known, recorded or RecordedSizes.shipped())
        costs: list[Expected] = []
        answered = unreadable = same = failed = 0
        keys: set[str] = set()

        async def look() -> None:
            nonlocal answered, unreadable, same, failed
            estimator = _ArticleEstimator(schema, settings, sizes) if settings.asks_model else None
            for source in chosen:
                bounds = ArticleBounds(settings, source.name)
                try:
                    article = reading.load(source.load, bounds)
                except InputError:
                    unreadable += 1
                    continue
                key = recipe.key(article.sha256)
                status, _ = resume.check_key(key)
                same += status == "done" or key in keys
                failed += status == "failed" and key not in keys
                if status == "work" and key not in keys:
                    one, cached = Expected(), 0
                    if estimator is not None:
                        try:
                            one, cached = await bounds.hold_steps(estimator.estimate(article))
                        except InputError:
                            unreadable += 1
                            continue
                    costs.append(one)
                    answered += cached
                keys.add(key)
            if estimator is not None:
                await estimator.aclose()

        with ReadingProcess() as reading:
            asyncio.run(look())
    scale = counts["work"] / len(chosen) if chosen else 0.0
    return Estimate(
        articles=round(scale * len(costs)),
        done=counts["done"] + round(scale * same),
        failed=counts["failed"] + round(scale * failed),
        unreadable=round(scale * unreadable),
        looked_at=len(costs),
        expected=_scaled(costs, scale),
        answered=scale * answered,
        price=price_of(settings, batch=batch) if settings.asks_model else None,
        spread=_spread(costs) if len(chosen) < counts["work"] else 0.0,
        known_calls=sizes.calls,
        settings=settings,
        paid=paid,
    )


def _choose(
    sources: Iterable[Source], resume: ResumeFilter, limit: int | None, most: int
) -> tuple[list[Source], dict[str, int]]:
    """Return a random sample of the sources that need work, and the number of sources by status."""
    counts = {"work": 0, "done": 0, "failed": 0}
    chosen: list[Source] = []
    chance = random.Random(_SEED)  # noqa: S311 - a sample, no secret
    for source in sources:
        if limit is not None and counts["work"] >= limit:
            break
        status, _ = resume.check_source(source)
        counts[status] += 1
        if status != "work":
            continue
        if len(chosen) < most:
            chosen.append(source)
        elif (place := chance.randrange(counts["work"])) < most:
            chosen[place] = source
    return chosen, counts


def _scaled(costs: list[Expected], scale: float) -> Expected:
    """Return the sum of the costs, times `scale`."""
    total = Expected()
    for one in costs:
        total = total.plus(one)
    return Expected(
        scale * total.calls,
        scale * total.again,
        scale * total.input_tokens,
        scale * total.output_tokens,
    )


def _spread(costs: list[Expected]) -> float:
    tokens = [one.input_tokens + one.output_tokens for one in costs]
    mean = statistics.fmean(tokens) if tokens else 0.0
    if len(tokens) < 2 or not mean:
        return 0.0
    error: float = statistics.stdev(tokens) / math.sqrt(len(tokens))
    return 2 * error / mean
