"""One question to an OpenAI-compatible endpoint: cache, limits, retries, re-asks, usage.

Three loops stand inside one another, and each has one owner:

    re-ask   instructor    an answer that the caller's judge complains about goes back to the model
                           with the complaint; an answer that is right at once never gets there,
                           which saves half of the time
    adapt    `_adapt`      an endpoint that rejects a parameter is asked without it (dialects.py)
    retry    tenacity      a failure that may pass is tried again, within one deadline

The client's own retries are off. `context=` is never passed to instructor: it would render every
message, and so the article, as a Jinja template. The question that is being asked therefore
reaches `Reply` and `_create`, which instructor calls, by a ContextVar.

Importing this module costs 2 s (openai, instructor): import it only when a model is asked.
"""

import asyncio
import logging
import time
from collections.abc import Callable
from contextvars import ContextVar
from copy import copy
from dataclasses import dataclass
from time import monotonic
from typing import Any, NoReturn, Self, TypeVar, cast

import instructor
from instructor.core.exceptions import InstructorRetryException, ResponseParsingError
from openai.types.chat import ChatCompletion
from pydantic_core import to_json
from tenacity import (
    AsyncRetrying,
    RetryCallState,
    retry_if_exception_type,
    stop_after_attempt,
    stop_before_delay,
    wait_random_exponential,
)

from extractor.answer.endpoint.cache import AnswerCache, request_key
from extractor.answer.endpoint.connection import Connection
from extractor.answer.endpoint.dialects import Dialect
from extractor.answer.endpoint.failures import TransientFailure, read_body, redact, timed_out
from extractor.answer.endpoint.gates import (
    Call,
    Deferred,
    DeferredQuestion,
    DeferredQuestions,
    Gate,
)
from extractor.answer.endpoint.messages import (
    AnswerText,
    AskAgain,
    Question,
    characters_of,
    guessed_tokens,
    messages_of,
    request_of,
    tokens_of,
)
from extractor.answer.endpoint.prices import cost, price_of
from extractor.errors import (
    AnswerCut,
    AnswerInvalid,
    EndpointFailing,
    EndpointRefused,
    ExtractError,
    ModelError,
)
from extractor.record import Usage
from extractor.settings import Settings

T = TypeVar("T")

# instructor reports every failed attempt as an error; ours are raised or become warnings.
logging.getLogger("instructor").addHandler(logging.NullHandler())

# Waits between attempts without a Retry-After: random up to 1, 2, 4, … seconds, at most 30.
_BACKOFF = wait_random_exponential(multiplier=1, max=30)
_IF_TRANSIENT = retry_if_exception_type(TransientFailure)


@dataclass
class _Asking:
    """What one `ask` carries through instructor to `_create` and back."""

    endpoint: "Endpoint"
    question: Question
    judge: Callable[[str], Any]
    usage: Usage
    requests: int = 0  # 1, and one more for each re-ask
    # The first answer and what is wrong with it, until instructor has taken both.
    first: dict[str, Any] | None = None
    fault: AskAgain | None = None


_asking: ContextVar[_Asking] = ContextVar("asking")


class Reply(instructor.OpenAISchema):
    """The response model as instructor sees it; validation is done by the caller's judge."""

    value: Any = None

    @classmethod
    def model_validate_json(cls, json_data: str | bytes | bytearray, **_: object) -> Self:
        """Hand the answer to the judge; an AskAgain makes instructor ask again."""
        text = json_data if isinstance(json_data, str) else bytes(json_data).decode()
        asking = _asking.get()
        try:
            if asking.fault is not None:  # of the first answer, which was judged before
                fault, asking.fault = asking.fault, None
                raise fault
            return cls(value=asking.judge(text))
        except AskAgain as fault:
            raise ResponseParsingError(str(fault)) from None


async def _create(*, messages: list[dict[str, Any]], **_: object) -> ChatCompletion:
    """Answer one of instructor's requests; its first is the one that was answered already."""
    asking = _asking.get()
    data, asking.first = asking.first, None
    return ChatCompletion.construct(**(data or await asking.endpoint._answer(messages)))


class Endpoint:
    """An OpenAI-compatible endpoint as the settings describe it. Use one for a whole run.

    Safe for many tasks of one event loop; `aclose` when done. A new event loop gets new
    connections.
    """

    def __init__(
        self,
        settings: Settings,
        cache: AnswerCache | None = None,
        *,
        announce: Callable[[], None] | None = None,
    ) -> None:
        """Check the key. Raises UsageError; nothing is sent yet.

        `announce` is called once, before the first request is sent.

        Until `for_article` says otherwise as many requests are under way at a time as the
        settings allow, and no question is deferred.
        """
        self.settings = settings
        self._cache = cache
        self._gate: Gate | None = None
        self._deferred: DeferredQuestions | None = None
        self._price = price_of(settings)
        self._dialect = Dialect()
        attempts, limit = settings.retries + 1, settings.deadline
        self._until = stop_after_attempt(attempts) | stop_before_delay(limit)
        self._connection = Connection(settings, announce)
        mode = instructor.Mode.JSON_SCHEMA
        self._ask_until_right: Any = instructor.patch(create=cast(Any, _create), mode=mode)

    def for_article(self, gate: Gate, deferred: DeferredQuestions | None = None) -> Self:
        """Return the same endpoint for the questions about one article.

        `gate` says when its requests may be sent. With `deferred` nothing is sent: a question
        that is not in the cache goes there, and `ask` raises Deferred.
        """
        endpoint = copy(self)
        endpoint._gate, endpoint._deferred = gate, deferred
        return endpoint

    def connect(self) -> None:
        """Make the client for the event loop that is running, if there is none; it takes 0.1 s."""
        self._connection.open()

    async def disconnect(self) -> None:
        """Close the connections of the event loop that is running; the next question opens new."""
        await self._connection.close()

    async def aclose(self) -> None:
        """Close the connections and the cache."""
        await self.disconnect()
        if self._cache is not None:
            self._cache.close()

    async def ask(self, question: Question, judge: Callable[[str], T], usage: Usage) -> T:
        """Ask, and return what `judge` makes of the answer's text; count into `usage`.

        A AskAgain that the judge finds goes back to the model, `reasks` times at most. Raises
        AnswerInvalid when there still is one (or the model declines), AnswerCut at the token
        limit, Deferred, and the Endpoint errors.
        """
        self.connect()
        if usage.cost_usd is None and usage.calls == 0 and self._price is not None:
            usage.cost_usd = 0.0
        asking = _Asking(self, question, judge, usage)
        messages = messages_of(question)
        token = _asking.set(asking)
        started = monotonic()
        try:
            data = await self._answer(messages)
            try:
                return judge(AnswerText(data["choices"][0]))
            except AskAgain as fault:
                if question.schema is None:
                    raise AnswerInvalid(f"{self.settings.model}: {fault}") from None
                asking.first, asking.fault = data, fault
            reply = await self._ask_until_right(
                response_model=Reply,
                messages=cast(Any, messages),
                max_retries=self.settings.reasks,
            )
        except InstructorRetryException as error:
            raise self._error_for(error) from None
        finally:
            usage.seconds += monotonic() - started
            _asking.reset(token)
        return cast(T, reply.value)

    def _error_for(self, error: InstructorRetryException) -> ExtractError:
        """Return our error for what ended instructor's loop."""
        cause = error.__cause__
        if isinstance(cause, ExtractError):  # also a gate's that lets nothing through any more
            return cause
        return AnswerInvalid(
            f"{self.settings.model}: no valid answer after {error.n_attempts} attempts: "
            f"{redact(str(cause), self.settings)}"
        )

    async def _answer(self, messages: list[dict[str, Any]]) -> dict[str, Any]:
        """Return the answer to a request: from the cache, or from the endpoint."""
        asking = _asking.get()
        asking.requests += 1
        if asking.requests > 1:
            asking.usage.reasks += 1
        request = request_of(asking.question, messages, self.settings)
        key = request_key(self.settings.endpoint, request)
        known = self._deferred.status(key) if self._deferred is not None else None
        # An answer that is waited for is not taken before it is known what it has cost.
        stale = self.settings.refresh if known is None else known.outcome != "answered"
        cached = None if stale or not self._cache else self._cache.get(key)
        if cached is not None and known is not None:
            _count_deferred(known, asking.usage)
        elif cached is not None:
            asking.usage.cache_hits += 1
        elif self._deferred is not None:
            self._defer(self._deferred, known, request, asking, key)
        data = cached or await self._adapt(request, asking, key)
        self._refuse_what_cannot_be_read(data["choices"][0], asking.question)
        if cached is None and self._cache is not None:
            self._cache.put(key, data)
        return data

    def _refuse_what_cannot_be_read(self, choice: dict[str, Any], question: Question) -> None:
        """Raise for a refusal or an answer cut at the limit; neither is cached or re-asked."""
        if declined := choice["message"].get("refusal"):
            raise AnswerInvalid(
                f"{self.settings.model} declined to answer: {redact(str(declined), self.settings)}"
            )
        if choice.get("finish_reason") == "length" and question.schema is not None:
            cut = AnswerCut(
                f"{self.settings.model}: the answer ended at the limit of "
                f"{self.settings.max_output_tokens} tokens; raise `max_output_tokens`, "
                "or ask for less at once with --plan narrow"
            )
            cut.partial = choice["message"]["content"]
            raise cut

    def _defer(
        self,
        deferred: DeferredQuestions,
        known: DeferredQuestion | None,
        request: dict[str, Any],
        asking: _Asking,
        key: str,
    ) -> NoReturn:
        """Raise Deferred; or the failure of a question that was deferred often enough."""
        if known is not None and known.outcome == "refused":
            raise EndpointRefused(known.reason)
        if known is not None and known.outcome == "failing":
            raise EndpointFailing(known.reason)
        deferred.defer(key, asking.question.name, request)
        raise Deferred("the question is answered in a batch")

    async def _adapt(self, request: dict[str, Any], asking: _Asking, key: str) -> dict[str, Any]:
        """Send a request, without the parameters that this endpoint turns out not to know."""
        while True:
            known = set(self._dialect.adaptations)
            try:
                return await self._send(self._dialect.apply(request), asking, key)
            except EndpointRefused as refusal:
                if refusal.status not in (400, 422):
                    raise
                # Another task may have learnt the same meanwhile.
                if not self._dialect.learn(str(refusal)) and known == self._dialect.adaptations:
                    raise

    async def _send(self, request: dict[str, Any], asking: _Asking, key: str) -> dict[str, Any]:
        """Send a request, again after transient failures, until it is answered or time is up."""
        usage = asking.usage
        tokens = guessed_tokens(request)
        body = to_json(request)
        gate = self._gate or self._connection.gate
        # The first wait at the gate is none of the endpoint's doing: no part of the deadline.
        ticket = await gate.enter(tokens)
        call: Call | None = _call(asking, key, request)
        ends = monotonic() + self.settings.deadline
        try:
            async for attempt in AsyncRetrying(
                retry=_IF_TRANSIENT, stop=self._until, wait=_wait, reraise=True
            ):
                with attempt:
                    if call is None:
                        ticket = await gate.enter(tokens)
                        call = _call(asking, key, request)
                    usage.calls += 1
                    usage.retries += attempt.retry_state.attempt_number > 1
                    try:
                        return await self._attempt(body, usage, ends - monotonic(), call)
                    finally:
                        gate.leave(ticket, call)
                        call = None
        except TransientFailure as failure:
            raise failure.error from None
        finally:
            if call is not None:
                gate.leave(ticket, call)
        raise AssertionError("tenacity ends with a result or an exception")

    async def _attempt(
        self, body: bytes, usage: Usage, remaining: float, call: Call
    ) -> dict[str, Any]:
        """Send a request once and note in `call` how it went; at most `remaining` seconds.

        Raises TransientFailure or ModelError.
        """
        patience = max(0.001, min(self.settings.timeout, remaining))
        began = monotonic()
        try:
            async with asyncio.timeout(patience):
                response = await self._connection.post(body)
            data = read_body(response, self.settings)
            self._count(data, usage, call)
            call.outcome = "answered"
        except TimeoutError:
            call.outcome = "timeout"
            raise TransientFailure(timed_out(self.settings)) from None
        except TransientFailure as failure:
            call.outcome = type(failure.error).__name__
            call.throttled, call.wait = failure.throttled, failure.wait
            raise
        except ModelError as error:
            call.outcome = type(error).__name__
            raise
        finally:
            call.seconds = monotonic() - began
        return data

    def _count(self, data: dict[str, Any], usage: Usage, call: Call) -> None:
        """Add an answer's tokens and their price to `usage`, and note them in `call`."""
        given, written = tokens_of(data)
        usage.input_tokens += given
        usage.output_tokens += written
        spent = cost(self._price, given, written)
        call.input_tokens, call.output_tokens, call.cost_usd = given, written, spent
        if spent is not None:
            usage.cost_usd = (usage.cost_usd or 0.0) + spent


def _call(asking: _Asking, key: str, request: dict[str, Any]) -> Call:
    """Return the call for a request that is about to be sent."""
    question = len(asking.question.system) + len(asking.question.user)
    return Call(
        asking.question.name,
        key,
        time.time(),
        round=asking.requests,
        question_characters=question,
        characters=characters_of(request),
    )


def _count_deferred(known: DeferredQuestion, usage: Usage) -> None:
    """Count what an answer has cost that came in a batch."""
    usage.calls += 1
    usage.input_tokens += known.input_tokens
    usage.output_tokens += known.output_tokens
    if known.cost_usd is None:
        usage.cost_usd = None
    elif usage.cost_usd is not None:
        usage.cost_usd += known.cost_usd


def _wait(state: RetryCallState) -> float:
    """Return the seconds to wait: what the endpoint asked for, else a growing random time."""
    failure = state.outcome.exception() if state.outcome else None
    if isinstance(failure, TransientFailure) and failure.wait is not None:
        return failure.wait
    return _BACKOFF(state)
