"""What a figure counts, and who gives it."""

from dataclasses import dataclass

from extractor.find.inventory import Inventory
from extractor.spans import Span


@dataclass(frozen=True, slots=True)
class Counted:
    """What one figure counts or measures."""

    figure: str  # "N3"
    counts: Span | None  # "remaining political prisoners in Belarus"
    source: str | None  # the mention, "P3.2", of who gives it
    confidence: float


def count(inventory: Inventory) -> dict[str, Counted]:
    """Say what every figure of the inventory counts; keys are their ids."""
    return {n.id: Counted(n.id, None, None, 0.0) for n in inventory.figures}
