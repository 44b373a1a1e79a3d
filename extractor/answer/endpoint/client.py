"""One question to an OpenAI-compatible endpoint: cache, limits, retries, re-asks, usage.

Three loops stand inside one another, and each has one owner:

    re-ask      instructor    an answer that our judge complains about goes back with the complaint;
                              a first answer that is right never gets to it, which saves half
    give way    `_create`     an endpoint that does not know a parameter is asked without it, once
    retry       tenacity      a failure that may pass is tried again, within one deadline

The client's own retries are off. `context=` is never passed to instructor: it would render every
message, and so the article, as a Jinja template; the judge travels in a ContextVar instead.
Importing this module costs 2 s (openai, instructor): import it only when a model is asked.
"""

import asyncio
import logging
import ssl
import time
from collections.abc import Callable
from contextvars import ContextVar
from dataclasses import dataclass
from functools import cache
from time import monotonic
from typing import Any, NoReturn, Self, TypeVar, cast

import httpx2
import instructor
import openai
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
from extractor.answer.endpoint.dialects import Allowances
from extractor.answer.endpoint.failures import (
    Passing,
    classify,
    judge_status,
    read_body,
    redact,
    timed_out,
)
from extractor.answer.endpoint.gates import Call, Gate, Later, PutAside, Sent, Slots
from extractor.answer.endpoint.messages import (
    Fault,
    Question,
    Words,
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
    UsageError,
)
from extractor.record import Usage
from extractor.settings import Settings

T = TypeVar("T")

# instructor reports every failed attempt as an error; ours are raised or become warnings.
logging.getLogger("instructor").addHandler(logging.NullHandler())

# Waits between attempts without a Retry-After: random up to 1, 2, 4, … seconds, at most 30.
_BACKOFF = wait_random_exponential(multiplier=1, max=30)
_IF_PASSING = retry_if_exception_type(Passing)


@dataclass
class _Asking:
    """What one `ask` carries through instructor to `_create` and back."""

    question: Question
    judge: Callable[[str], Any]
    usage: Usage
    requests: int = 0  # 1, and one more for each re-ask
    # The first answer and what is wrong with it, until instructor has taken both.
    first: dict[str, Any] | None = None
    fault: Fault | None = None


_asking: ContextVar[_Asking] = ContextVar("asking")


class Reply(instructor.OpenAISchema):
    """The response model as instructor sees it: validation is our judge's."""

    value: Any = None

    @classmethod
    def model_validate_json(cls, json_data: str | bytes | bytearray, **_: object) -> Self:
        """Hand the answer to the judge; a Fault makes instructor ask again."""
        text = json_data if isinstance(json_data, str) else bytes(json_data).decode()
        asking = _asking.get()
        try:
            if asking.fault is not None:  # of the first answer, which was judged before
                fault, asking.fault = asking.fault, None
                raise fault
            return cls(value=asking.judge(text))
        except Fault as fault:
            raise ResponseParsingError(str(fault)) from None


class Endpoint:
    """An OpenAI-compatible endpoint as the settings describe it. Use one for a whole run.

    Safe for many tasks of one event loop; `aclose` when done. A new event loop gets a new client.
    """

    def __init__(
        self,
        settings: Settings,
        cache: AnswerCache | None = None,
        gate: Gate | None = None,
        later: Later | None = None,
    ) -> None:
        """Check the key; raise UsageError. Nothing is sent yet.

        `gate` says when a request may be sent; by default as many at a time as the settings say.
        With `later` nothing is sent: what is not in the cache is put aside (see later.py).
        """
        self.settings = settings
        self._cache = cache
        self._given_gate = gate
        self._later = later
        self._price = price_of(settings)
        self._allowances = Allowances()
        attempts, limit = settings.retries + 1, settings.deadline
        self._until = stop_after_attempt(attempts) | stop_before_delay(limit)
        _checked_key(settings)
        self._loop: asyncio.AbstractEventLoop | None = None

    def _connect(self) -> None:
        """Make the client, in the event loop that is running."""
        loop = asyncio.get_running_loop()
        if loop is self._loop:
            return
        self._loop = loop
        self._gate = self._given_gate or Slots(self.settings.concurrency)
        self._http = openai.DefaultAioHttpClient(verify=certificates())
        self._client = client_for(self.settings, self._http)
        self._url = self._client.base_url.join("chat/completions")
        told = self._client.auth_headers | self._client.default_headers
        self._headers = self._http.headers.copy()  # among them the encodings that it can read
        self._headers.update({k: v for k, v in told.items() if isinstance(v, str)})
        mode = instructor.Mode.JSON_SCHEMA
        patched = instructor.patch(create=cast(Any, self._create), mode=mode)
        self._instructor = instructor.AsyncInstructor(
            client=self._client, create=patched, mode=mode
        )

    async def disconnect(self) -> None:
        """Close the connections of the event loop that is running; the next question opens new."""
        if self._loop is asyncio.get_running_loop():
            await self._client.close()
            self._loop = None

    async def aclose(self) -> None:
        """Close the connections and the cache."""
        await self.disconnect()
        if self._cache is not None:
            self._cache.close()

    async def ask(self, question: Question, judge: Callable[[str], T], usage: Usage) -> T:
        """Ask, and return what `judge` makes of the answer's text; count into `usage`.

        A Fault that the judge finds goes back to the model, `reasks` times at most. Raises
        AnswerInvalid when there still is one (or the model declines), AnswerCut at the token
        limit, and the Endpoint errors.
        """
        self._connect()
        if usage.cost_usd is None and usage.calls == 0 and self._price is not None:
            usage.cost_usd = 0.0
        asking = _Asking(question, judge, usage)
        messages = messages_of(question)
        token = _asking.set(asking)
        started = monotonic()
        try:
            data = await self._answer(messages)
            try:
                return judge(Words(data["choices"][0]))
            except Fault as fault:
                if question.schema is None:
                    raise AnswerInvalid(f"{self.settings.model}: {fault}") from None
                asking.first, asking.fault = data, fault
            reply = await self._instructor.create(
                response_model=Reply,
                messages=cast(Any, messages),
                max_retries=self.settings.reasks,
            )
        except InstructorRetryException as error:
            raise self._outcome(error) from None
        finally:
            usage.seconds += monotonic() - started
            _asking.reset(token)
        return cast(T, reply.value)

    def _outcome(self, error: InstructorRetryException) -> ExtractError:
        """Return our error for what ended instructor's loop."""
        cause = error.__cause__
        if isinstance(cause, ExtractError):  # also a gate's that lets nobody through any more
            return cause
        return AnswerInvalid(
            f"{self.settings.model}: no valid answer after {error.n_attempts} attempts: "
            f"{redact(str(cause), self.settings)}"
        )

    async def _create(self, *, messages: list[dict[str, Any]], **_: object) -> ChatCompletion:
        """Answer one of instructor's requests; its first is the one that was answered already."""
        asking = _asking.get()
        data, asking.first = asking.first, None
        return ChatCompletion.construct(**(data or await self._answer(messages)))

    async def _answer(self, messages: list[dict[str, Any]]) -> dict[str, Any]:
        """Return the answer to a request: from the cache, or from the endpoint."""
        asking = _asking.get()
        asking.requests += 1
        if asking.requests > 1:
            asking.usage.reasks += 1
        request = request_of(asking.question, messages, self.settings)
        key = request_key(self.settings.endpoint, request)
        sent = self._later.sent(key) if self._later is not None else None
        # An answer that is waited for is not taken before it is known what it has cost.
        stale = self.settings.refresh if sent is None else sent.outcome != "answered"
        cached = None if stale or not self._cache else self._cache.get(key)
        if cached is not None and sent is not None:
            _count_sent(sent, asking.usage)
        elif cached is not None:
            asking.usage.cache_hits += 1
        elif self._later is not None:
            self._put_aside(self._later, sent, request, asking, key)
        data = cached or await self._give_way(request, asking, key)
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

    def _put_aside(
        self, later: Later, sent: Sent | None, request: dict[str, Any], asking: _Asking, key: str
    ) -> NoReturn:
        """Raise PutAside; or the failure of a question that was put aside often enough."""
        if sent is not None and sent.outcome == "refused":
            raise EndpointRefused(sent.reason)
        if sent is not None and sent.outcome == "failing":
            raise EndpointFailing(sent.reason)
        later.put_aside(key, asking.question.name, request)
        raise PutAside("the question is answered later")

    async def _give_way(self, request: dict[str, Any], asking: _Asking, key: str) -> dict[str, Any]:
        """Send a request; without the parameters that this endpoint turns out not to know."""
        while True:
            known = set(self._allowances.found)
            try:
                return await self._send(self._allowances.apply(request), asking, key)
            except EndpointRefused as refusal:
                if refusal.status not in (400, 422):
                    raise
                # Another task may have learnt the same meanwhile.
                if not self._allowances.learn(str(refusal)) and known == self._allowances.found:
                    raise

    async def _send(self, request: dict[str, Any], asking: _Asking, key: str) -> dict[str, Any]:
        """Send a request, again after passing failures, until it is answered or time is up."""
        usage = asking.usage
        tokens = guessed_tokens(request)
        body = to_json(request)
        # The first wait for a turn is none of the endpoint's doing: no part of the deadline.
        await self._gate.enter(tokens)
        call: Call | None = _call(asking, key, request)
        ends = monotonic() + self.settings.deadline
        try:
            async for attempt in AsyncRetrying(
                retry=_IF_PASSING, stop=self._until, wait=_wait, reraise=True
            ):
                with attempt:
                    if call is None:
                        await self._gate.enter(tokens)
                        call = _call(asking, key, request)
                    usage.calls += 1
                    usage.retries += attempt.retry_state.attempt_number > 1
                    try:
                        return await self._attempt(body, usage, ends - monotonic(), call)
                    finally:
                        self._gate.leave(call)
                        call = None
        except Passing as failure:
            raise failure.error from None
        finally:
            if call is not None:
                self._gate.leave(call)
        raise AssertionError("tenacity ends with a result or an exception")

    async def _attempt(
        self, body: bytes, usage: Usage, remaining: float, call: Call
    ) -> dict[str, Any]:
        """Send a request once and note in `call` how it went; raise Passing, or a ModelError."""
        patience = max(0.001, min(self.settings.timeout, remaining))
        began = monotonic()
        try:
            async with asyncio.timeout(patience):
                response = await self._post(body)
            data = read_body(response, self.settings)
            self._count(data, usage, call)
            call.outcome = "answered"
        except TimeoutError:
            call.outcome = "timeout"
            raise Passing(timed_out(self.settings)) from None
        except Passing as failure:
            call.outcome = type(failure.error).__name__
            call.throttled, call.wait = failure.throttled, failure.wait
            raise
        except ModelError as error:
            call.outcome = type(error).__name__
            raise
        finally:
            call.seconds = monotonic() - began
        return data

    async def _post(self, body: bytes) -> httpx2.Response:
        """Send a request's body and return the answer; raise Passing, or a ModelError.

        Not `chat.completions.create`, nor the client's `post`: what they do to a request and an
        answer that are JSON already takes as long as sending the one and receiving the other.
        """
        request = httpx2.Request("POST", self._url, headers=self._headers, content=body)
        try:
            response = await self._http.send(request)
        except Exception as error:  # whatever happens between us and the endpoint
            raise classify(error, self.settings) from None
        if not response.is_success:
            raise judge_status(response, self.settings)
        return response

    def _count(self, data: dict[str, Any], usage: Usage, call: Call) -> None:
        given, written = tokens_of(data)
        usage.input_tokens += given
        usage.output_tokens += written
        spent = cost(self._price, given, written)
        call.input_tokens, call.output_tokens, call.cost_usd = given, written, spent
        if spent is not None:
            usage.cost_usd = (usage.cost_usd or 0.0) + spent


def _call(asking: _Asking, key: str, request: dict[str, Any]) -> Call:
    """Return a request that is about to be sent, for whoever counts them."""
    question = len(asking.question.system) + len(asking.question.user)
    return Call(
        asking.question.name,
        key,
        time.time(),
        round=asking.requests,
        question_characters=question,
        characters=characters_of(request),
    )


def _count_sent(sent: Sent, usage: Usage) -> None:
    """Count what an answer has cost that came after its question was put aside."""
    usage.calls += 1
    usage.input_tokens += sent.input_tokens
    usage.output_tokens += sent.output_tokens
    if sent.cost_usd is None:
        usage.cost_usd = None
    elif usage.cost_usd is not None:
        usage.cost_usd += sent.cost_usd


def client_for(settings: Settings, http: httpx2.AsyncClient | None = None) -> openai.AsyncOpenAI:
    """Return a client for the event loop that is running, without retries; raise UsageError."""
    return openai.AsyncOpenAI(
        api_key=_checked_key(settings),
        base_url=settings.base_url,
        max_retries=0,
        timeout=settings.timeout,
        http_client=http or openai.DefaultAioHttpClient(verify=certificates()),
    )


@cache
def certificates() -> ssl.SSLContext:
    """Return whom we trust: read once (0.05 s), for all clients and the processes forked later."""
    return httpx2.create_ssl_context()


def _wait(state: RetryCallState) -> float:
    """Return the seconds to wait: what the endpoint asked for, else a growing random time."""
    failure = state.outcome.exception() if state.outcome else None
    if isinstance(failure, Passing) and failure.wait is not None:
        return failure.wait
    return _BACKOFF(state)


def _checked_key(settings: Settings) -> str:
    key = settings.api_key.get_secret_value().strip() if settings.api_key else ""
    if not key:
        if settings.endpoint.startswith("https://api.openai.com"):
            raise UsageError(f"{settings.endpoint} needs a key: set OPENAI_API_KEY")
        return "none"  # local endpoints take any
    if not key.isascii() or not key.isprintable():
        raise UsageError("the key in OPENAI_API_KEY holds characters that no key has")
    return key
