"""Questions that are put aside to be answered later, many together: what a batch is made of.

Whoever asks (transport.py) looks into the cache first, as always. What it does not find there is
put aside instead of sent, and the article is taken up again when the answers have come into the
cache. So there is one way through an article, whoever carries its questions.
"""

import asyncio
from dataclasses import dataclass
from typing import Any, Literal, Protocol

from extractor.errors import ExtractError


class PutAside(ExtractError):
    """A question was put aside: its article cannot be finished now."""


@dataclass(frozen=True, slots=True)
class Sent:
    """What became of a question that was put aside before."""

    # waiting: no answer is known of; refused: asking again will not mend it
    outcome: Literal["waiting", "answered", "refused", "failing"]
    reason: str = ""
    input_tokens: int = 0
    output_tokens: int = 0
    cost_usd: float | None = None


class Later(Protocol):
    """Takes questions that are to be answered later."""

    def sent(self, key: str) -> Sent | None:
        """Return what became of a question, by its request's key; None: it was not put aside."""
        ...

    def put_aside(self, key: str, kind: str, request: dict[str, Any]) -> None:
        """Take a request: its key, the question's name, and what would be sent."""
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
    throttled: bool = False  # the endpoint said: too many
    wait: float | None = None  # seconds that it asked to wait
    round: int = 0  # 1: asked; 2 and more: a wrong answer went back
    question_characters: int = 0  # of the messages of round 1
    characters: int = 0  # of all messages


class Gate(Protocol):
    """Lets requests through, as many at a time and as fast as may be."""

    async def enter(self, tokens: int) -> None:
        """Wait for a turn; `tokens` is a guess at what the request will cost, answer included.

        May raise an error to say that nothing more is to be asked.
        """
        ...

    def leave(self, call: Call) -> None:
        """Say that a request that entered is over."""
        ...


class Slots:
    """A gate with so many places and no other limit. Belongs to one event loop."""

    def __init__(self, places: int) -> None:
        self._places = asyncio.Semaphore(places)

    async def enter(self, tokens: int) -> None:  # noqa: ARG002
        """Wait for a place."""
        await self._places.acquire()

    def leave(self, call: Call) -> None:  # noqa: ARG002
        """Give the place back."""
        self._places.release()
