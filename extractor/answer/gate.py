"""Where requests wait for their turn. A run puts its own gate here, shared by all that ask."""

import asyncio
from dataclasses import dataclass
from typing import Protocol


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
