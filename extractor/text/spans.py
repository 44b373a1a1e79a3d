"""Half-open stretches of an article's text, in Unicode code points."""

from typing import NamedTuple


class Span(NamedTuple):
    """The stretch `text[start:end]` of an article."""

    start: int
    end: int

    def of(self, text: str) -> str:
        """Return the slice of `text` that this span covers."""
        return text[self.start : self.end]

    def overlaps(self, other: "Span") -> bool:
        """Return whether the two spans share a character, e.g. (0, 5) and (4, 9), not (5, 9)."""
        return self.start < other.end and other.start < self.end

    def contains(self, other: "Span") -> bool:
        """Return whether `other` lies wholly inside this span (equal spans do)."""
        return self.start <= other.start and other.end <= self.end

    def distance(self, other: "Span") -> int:
        """Return the number of characters between the two spans; 0 when they touch or overlap."""
        return max(0, other.start - self.end, self.start - other.end)
