"""Who does what with which restriction, on whom, in which state of affairs."""

from dataclasses import dataclass

from extractor.find.candidates import Action, Status
from extractor.find.inventory import Inventory
from extractor.spans import Span


@dataclass(frozen=True, slots=True)
class Term:
    """One sanction statement, read."""

    statement: str  # "T2"
    evidence: str  # the sentence, "S12"
    action: Action
    status: Status
    sender: tuple[str, ...]  # mentions, "P3.2"
    target: tuple[Span, ...]
    measure: Span | None
    condition: Span | None
    when: Span | None
    confidence: float


def read_terms(inventory: Inventory) -> list[Term]:
    """Read every sanction statement of the inventory, in order."""
    return []
