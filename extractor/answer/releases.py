"""Who was set free, how many, by whom, where to, in exchange for what."""

from dataclasses import dataclass

from extractor.find.inventory import Inventory
from extractor.spans import Span


@dataclass(frozen=True, slots=True)
class ReleaseStatement:
    """One sentence that states a release, read."""

    evidence: str  # the sentence, "S12"
    who: tuple[Span, ...]
    count: str | None  # the figure, "N3"
    by: str | None  # a mention, "P3.2"
    origin: Span | None
    to: tuple[Span, ...]
    when: Span | None
    in_exchange_for: Span | None
    confidence: float


def read_releases(inventory: Inventory) -> list[ReleaseStatement]:
    """Read every statement of a release, in order."""
    return []
