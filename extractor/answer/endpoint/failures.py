"""Sorts the failures of an endpoint into transient and permanent ones, and words their messages.

A failure is *transient* when the same request may well succeed later: no connection, no answer in
time, an answer cut on the way, 408, 409, 429 and 5xx. Everything else is permanent. An endpoint
that knows better says so in `x-should-retry`. Whatever it says in its own words is redacted
before it becomes part of a message: some repeat the key in their refusal.
"""

import json
import re
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from email.utils import parsedate_to_datetime
from typing import Any, cast

import aiohttp
import httpx2
import openai

from extractor.answers import encodable
from extractor.errors import EndpointFailing, EndpointRefused, EndpointUnreachable, ModelError
from extractor.settings import Settings

_TRANSIENT_STATUS = frozenset({408, 409, 429})
_SPENT = frozenset({"insufficient_quota", "billing_hard_limit_reached"})  # a 429 that is permanent
_KEY_SHAPE = re.compile(r"(?i)\b(bearer\s+|sk-|sk_|key-)[\w.*-]{6,}")
_UNPRINTABLE = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069]+")


@dataclass(eq=False)
class TransientFailure(Exception):
    """A failure after which the same request may succeed; `error` is raised if it never does."""

    error: ModelError
    wait: float | None = None  # seconds, as the endpoint asks
    throttled: bool = False  # the endpoint answered 429, too many requests


def redact(text: str, settings: Settings, limit: int = 300) -> str:
    """Return text from outside as one short printable line without the key."""
    if settings.api_key is not None:
        secret = settings.api_key.get_secret_value()
        if len(secret) >= 4:  # "x" or "none" are no secrets, and hiding them spoils the message
            text = text.replace(secret, "***")
    text = _KEY_SHAPE.sub("***", _UNPRINTABLE.sub(" ", text))
    text = " ".join(text.split())
    return text if len(text) <= limit else text[: limit - 1] + "…"


def classify(error: Exception, settings: Settings) -> TransientFailure | ModelError:
    """Return what an error of the HTTP client means: a TransientFailure, or the error to raise."""
    where = settings.endpoint
    for cause in _causes_of(error):
        if isinstance(cause, ModelError):  # our own: a redirect that was refused
            return cause
    if isinstance(error, openai.APIConnectionError) or not isinstance(error, openai.OpenAIError):
        causes = list(_causes_of(error))
        cause = causes[-1]  # its own kind: the client calls a refused connection a timeout as well
        if isinstance(cause, openai.APITimeoutError | httpx2.TimeoutException | TimeoutError):
            return TransientFailure(timed_out(settings))
        said = "" if cause is error else str(cause).strip()  # some errors are wordless
        kind = type(cause).__name__
        reason = redact(f"{kind}: {said}" if said else kind, settings)
        unreachable = EndpointUnreachable(
            f"{where} cannot be reached ({reason}); is it running, and is the base URL right?"
        )
        return TransientFailure(unreachable) if any(map(_is_of_connection, causes)) else unreachable
    if isinstance(error, openai.APIStatusError):
        return judge_status(error.response, settings)
    return EndpointRefused(f"{where}: {redact(str(error), settings)}")


def _causes_of(error: BaseException) -> Iterator[BaseException]:
    """Yield an error, what it was made of, and so on."""
    cause: BaseException | None = error
    while cause is not None:
        yield cause
        cause = cause.__cause__


def _is_of_connection(error: BaseException) -> bool:
    return isinstance(error, httpx2.TransportError | aiohttp.ClientError | OSError)


def timed_out(settings: Settings) -> ModelError:
    """Return the error for an answer that did not come in time."""
    return EndpointUnreachable(
        f"{settings.endpoint} gave no answer within {settings.timeout:g} s; "
        "raise `timeout`, or ask for less at once with --plan narrow"
    )


def judge_status(response: httpx2.Response, settings: Settings) -> TransientFailure | ModelError:
    """Return what an answer with an error status means: transient, or the error to raise."""
    status, headers = response.status_code, response.headers
    said, code = _error_in(response)
    words = f"{settings.endpoint} answered {status}" + (
        f": {redact(said, settings)}" if said else ""
    )
    hint = headers.get("x-should-retry", "").lower()
    transient = (status in _TRANSIENT_STATUS or status >= 500) and code not in _SPENT
    if hint == "true" or (transient and hint != "false"):
        failing = EndpointFailing(f"{words}; try again later")
        return TransientFailure(failing, asked_wait(headers), throttled=status == 429)
    refused = EndpointRefused(f"{words}; {_advice(status, said, settings)}")
    refused.status = status
    return refused


def _advice(status: int, said: str, settings: Settings) -> str:
    """Return what a person can do about a permanent failure."""
    if status in (401, 403):
        return "check the key in OPENAI_API_KEY"
    if status == 404:
        return f"check the model's name ({settings.model}) and the base URL"
    if status == 413 or "context" in said.lower():
        return "ask for less at once: --plan narrow, or a smaller `part_characters`"
    if status == 429:
        return "the account's quota is used up"
    return "asking again will not mend it; check the model and the base URL"


def _error_in(response: httpx2.Response) -> tuple[str, str]:
    """Return the message and the code in an error's body, whatever its shape."""
    try:
        data = json.loads(response.text)
    except ValueError:
        text = re.sub(r"(?s)<(script|style)\b.*?</\1>|<[^>]*>", " ", response.text[:5000])
        return " ".join(text.split()), ""
    return error_in(data)


def error_in(data: object) -> tuple[str, str]:
    """Return the message and the code of an error given as JSON."""
    error = data.get("error", data) if isinstance(data, dict) else data
    if isinstance(error, dict):
        message = error.get("message") or error.get("detail") or ""
        return str(message), str(error.get("code") or error.get("type") or "")
    return (str(error) if error else ""), ""


def asked_wait(headers: Mapping[str, str], now: float | None = None) -> float | None:
    """Return the seconds that `retry-after-ms` or `retry-after` (seconds or a date) ask for."""
    for name, unit in (("retry-after-ms", 0.001), ("retry-after", 1.0)):
        value = headers.get(name, "").strip()
        try:
            seconds = float(value) * unit
        except ValueError:
            continue
        if 0 <= seconds < float("inf"):
            return seconds
    try:
        date = parsedate_to_datetime(headers.get("retry-after", ""))
    except (TypeError, ValueError):
        return None
    return max(0.0, date.timestamp() - (time.time() if now is None else now))


def read_body(response: httpx2.Response, settings: Settings) -> dict[str, Any]:
    """Return an answer's JSON, with its content as text that can be encoded.

    Raises TransientFailure when it is cut short, EndpointRefused when it is no chat completion.
    """
    text = response.text
    try:
        data = json.loads(text)
    except ValueError:
        if text.lstrip().startswith(("{", "[")) or not text.strip():
            cut = EndpointFailing(f"{settings.endpoint} sent an answer that is cut short")
            raise TransientFailure(cut) from None
        raise EndpointRefused(
            f"{settings.endpoint} answered with something that is not JSON "
            f"({redact(text, settings, 60)}); does the base URL end in /v1?"
        ) from None
    choice = _first_choice(data) if isinstance(data, dict) else None
    if choice is not None:
        content = choice["message"].get("content")
        choice["message"]["content"] = encodable(content) if isinstance(content, str) else ""
        return cast(dict[str, Any], data)
    said, code = error_in(data) if isinstance(data, dict) and "error" in data else ("", "")
    if code in {"408", "409", "429"} or re.fullmatch(r"5\d\d", code):  # some gateways: 200 + error
        raise TransientFailure(EndpointFailing(f"{settings.endpoint}: {redact(said, settings)}"))
    raise EndpointRefused(
        f"{settings.endpoint} sent JSON that is no chat completion"
        + (f" ({redact(said, settings)})" if said else "")
        + "; is it an OpenAI-compatible endpoint?"
    )


def _first_choice(data: dict[str, Any]) -> dict[str, Any] | None:
    choices = data.get("choices")
    first = choices[0] if isinstance(choices, list) and choices else None
    return first if isinstance(first, dict) and isinstance(first.get("message"), dict) else None
