"""What an answerer hands over: the schema's fields with ids, and what it left out, and why."""

from dataclasses import dataclass, field
from typing import Any, Literal

from extractor.article import Remark

Origin = Literal["rules", "model"]


@dataclass(frozen=True, slots=True)
class Dismissal:
    """A candidate that an answerer looked at and left out, with the reason."""

    candidate: str  # "Q4"
    reason: str  # "title", "nickname", "scare quote", "slogan", "furniture", or free words
    origin: Origin = "rules"


@dataclass(slots=True)
class Answer:
    """An answer in a schema's shape, before it is checked.

    `data` is what the schema's model validates: ids ("Q7") or grounded values. `rows` in it that
    rest on a candidate carry that candidate's id in their anchor field, so `confidence` and
    `origins` are keyed by the candidate's id.
    """

    data: dict[str, Any]
    dismissed: list[Dismissal] = field(default_factory=list)
    confidence: dict[str, float] = field(default_factory=dict)  # candidate id -> 0…1
    origins: dict[str, Origin] = field(default_factory=dict)  # candidate id -> who filled it
    warnings: list[Remark] = field(default_factory=list)
