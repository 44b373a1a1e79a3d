"""Proposals: what the machine says now, before it is known which claim it is."""

from extractor.frozen import frozen
from extractor.review.claims.json_rows import Json
from extractor.review.claims.recording import content_of
from extractor.review.sync.matching import Key


@frozen
class Proposal:
    """What the machine says now: a row of the newest extraction, or a candidate no row uses."""

    kind: str
    path: str | None
    start: int | None
    end: int | None
    text: str | None
    confidence: float | None
    by_rules: bool
    row: str  # JSON
    data: Json  # the same, as json.loads gives it
    warnings: tuple[tuple[str, str], ...] = ()  # code, sentence
    origin: str = "machine"

    @property
    def key(self) -> Key:
        """What a claim and a proposal must have in common: kind, and place or else content."""
        if self.start is None:
            return (self.kind, content_of(self.data))
        return (self.kind, self.start, self.end)
