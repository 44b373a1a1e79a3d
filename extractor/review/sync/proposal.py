"""TODO."""

from dataclasses import dataclass

from extractor.review.claims.json_rows import Json
from extractor.review.claims.recording import content_of
from extractor.review.sync.matching import Key


@dataclass(frozen=True, slots=True)
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
    said: Json  # the same, read
    warnings: tuple[tuple[str, str], ...] = ()  # code, sentence
    origin: str = "machine"

    @property
    def key(self) -> Key:
        """Return what makes it the same claim as before."""
        if self.start is None:
            return (self.kind, content_of(self.said))
        return (self.kind, self.start, self.end)
