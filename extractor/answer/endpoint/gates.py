"""Who decides when, and whether, a question is sent: the interfaces between a run and an endpoint.

`Gate` limits the requests that are sent one by one. `DeferredQuestions` collects questions for a
batch instead: the endpoint (client.py) looks into the cache as always, and what is not there is
deferred, which ends the article for now. When the batch's answers are in the cache the article is
extracted again. So there is one way through an article, however its questions are sent.
"""

import asyncio
from dataclasses import dataclass
from typing import Any, Literal, Protocol

from extractor.errors import ExtractError
from extractor.frozen import frozen


class Deferred(ExtractError):
    """A question was deferred to a batch: its article cannot be finished now."""


@frozen
class DeferredQuestion:
    """How a question that was deferred before stands."""

    # waiting: no answer yet; refused: asking again will not help; failing: tried often enough
    outcome: Literal["waiting", "answered", "refused", "failing"]
    reason: str = ""
    input_tokens: int = 0
    output_tokens: int = 0
    cost_usd: float | None = None


class DeferredQuestions(Protocol):
    """Takes the questions about one article that are to be answered in a batch."""

    def status(self, key: str) -> DeferredQuestion | None:
        """Return how the question with this request key stands; None: it was not deferred."""
        ...

    def defer(self, key: str, kind: str, request: dict[str, Any]) -> None:
        """Take a request: its key, the question's name ("quotes"), and the JSON to be sent."""
        ...


@dataclass(slots=True)
class Call:
    """One request that was let through, and how it went."""

    kind: str  # the question: "quotes"
    request_key: str  # the hash of what was sent, as in the cache
    at: float  # seconds since 1970
    outcome: str = "interrupted"  # "answered", or the name of the error
    seconds: float = 0.0
    input_tokens: int = 0
    output_tokens: int = 0
    cost_usd: float | None = None
    throttled: bool = False  # the endpoint answered "too many requests"
    wait: float | None = None  # seconds that it asked to wait
    round: int = 0  # 1: asked; 2 and more: a wrong answer went back
    question_characters: int = 0  # of the messages of round 1
    characters: int = 0  # of all messages


class Gate(Protocol):
    """Limits how many requests are under way at a time, and how fast they follow one another."""

    async def enter(self, tokens: int) -> int:
        """Wait until a request may be sent; return the ticket to `leave` with.

        `tokens` is a guess at what the request will cost, answer included. May raise an error to
        say that nothing more is to be asked.
        """
        ...

    def leave(self, ticket: int, call: Call) -> None:
        """Report that the request with this ticket is over."""
        ...


class ConcurrencyGate:
    """A gate that only limits how many requests are under way. Belongs to one event loop."""

    def __init__(self, most: int) -> None:
        self._free = asyncio.Semaphore(most)

    async def enter(self, tokens: int) -> int:  # noqa: ARG002
        """Wait until fewer than the most are under way."""
        await self._free.acquire()
        return 0  # all are alike

    def leave(self, ticket: int, call: Call) -> None:  # noqa: ARG002
        """Let the next request through."""
        self._free.release()
