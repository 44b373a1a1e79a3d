"""Questions that are put aside to be answered later, many together: what a batch is made of.

Whoever asks (transport.py) looks into the cache first, as always. What it does not find there is
put aside instead of sent, and the article is taken up again when the answers have come into the
cache. So there is one way through an article, whoever carries its questions.
"""

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
