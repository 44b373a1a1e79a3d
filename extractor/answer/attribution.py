"""Who said it."""

from dataclasses import dataclass
from typing import Literal

from extractor.find.inventory import Inventory
from extractor.spans import Span


@dataclass(frozen=True, slots=True)
class Attribution:
    """Who said one quotation, on what evidence."""

    quotation: str  # "Q7"
    speaker: str | None  # a mention's id, "P3.2"
    via: str | None  # the mention of who relays it
    cue: Span | None  # the words that attribute: "said", "according to"
    kind: Literal["direct", "fragment"]
    confidence: float  # 0…1 that speaker is right
    pattern: str  # the rule that answered, for error analysis
    dismissed: str | None = None  # not a quotation, because: "title", "nickname", "scare quote", …


def attribute(inventory: Inventory) -> dict[str, Attribution]:
    """Attribute every quotation of the inventory; keys are their ids."""
    return {
        q.id: Attribution(q.id, None, None, None, "direct", 0.0, "none")
        for q in inventory.quotations
    }
