"""A kind of one's own in one module: a deadline, a date in a sentence that promises something.

Everything that the package knows of deadlines stands here: how they are found, the type that a
schema's field has, what the rules know of a row, and what a model is asked.
"""

import re
from collections.abc import Iterator
from typing import ClassVar, Self

from extractor.fields import Passage, candidate_under
from extractor.find.inventory import Inventory
from extractor.frozen import frozen
from extractor.kinds.facts import (
    ArticleFacts,
    Fact,
    RowFacts,
    RowQuery,
    of_mention,
    of_sentence_at,
    of_span,
)
from extractor.kinds.kind import Kind
from extractor.text.spans import Span

_PROMISE = re.compile(r"\b(?:will|promised|pledged|vowed|must|agreed to)\b")
_DATE = re.compile(
    r"\b(?:by|before|until) (?:the end of )?([A-Z][a-z]+day|[A-Z][a-z]+ \d+|\d{4})\b"
)


@frozen
class DeadlineCandidate:
    """A date in a sentence that promises something."""

    id: str  # "D1"
    span: Span  # the date, without its preposition
    word: str  # "by", "before", "until"
    promise: Span  # "pledged"


@frozen
class Deadline(Passage):
    """What a schema's field holds: the date as printed, and how it bounds."""

    bound: str = "by"
    id: str | None = None  # of the candidate; not part of the JSON

    spread: ClassVar[tuple[str, ...]] = ("text", "start", "end", "bound")
    wire_description: ClassVar[str] = "the id of a deadline, for example D1"
    wire_pattern: ClassVar[str | None] = "^D[0-9]+$"

    @classmethod
    def from_wire(cls, answer: str, inventory: Inventory) -> Self:
        candidate = candidate_under(answer, inventory, DeadlineCandidate, "D", "deadline")
        return cls(inventory.text_of(candidate.span), *candidate.span, candidate.word, candidate.id)

    def to_json(self) -> dict[str, object]:
        return {"text": self.text, "start": self.start, "end": self.end, "bound": self.bound}


class DeadlineKind(Kind):
    """Rows on a deadline: who promises, in which words."""

    name = "deadline"
    field = Deadline
    words = "a deadline"
    letter = "D"
    reasons = ("a date of the past", "nobody promises anything")
    note = "[D1: …] is a deadline; each D… is in a row or in dismissed as well."
    synonyms = {
        "promiser": "promiser by who",
        "promise": "promise verb",
        "sentence": "sentence evidence",
        "bound": "limit bound",
    }
    sole_of_type = {"name": "promiser"}

    def find(self, inventory: Inventory) -> tuple[DeadlineCandidate, ...]:
        """Return the dates after "by", "before" or "until" in sentences with a promising verb."""
        deadlines = []
        for sentence in inventory.sentences:
            promise = _PROMISE.search(inventory.article.text, *sentence.span)
            for date in _DATE.finditer(inventory.article.text, *sentence.span) if promise else ():
                word, place = date[0].partition(" ")[0], Span(*date.span(1))
                id_ = f"D{len(deadlines) + 1}"
                deadlines.append(DeadlineCandidate(id_, place, word, Span(*promise.span())))
        return tuple(deadlines)

    def rows(self, known: ArticleFacts, query: RowQuery) -> Iterator[RowFacts]:
        """Yield each deadline with who promises: the last name before the promise."""
        inventory = known.inventory
        for deadline in self.candidates(inventory):
            sentence = inventory.sentence_at(deadline.span.start)
            names = [
                mention.id
                for mention, _ in inventory.mentions
                if sentence and sentence.span.start <= mention.span.start < deadline.promise.start
            ]
            facts = {
                "promiser": of_mention(names[-1] if names else None),
                "promise": of_span(deadline.promise),
                "sentence": of_sentence_at(deadline.span.start, inventory),
                "bound": Fact(word=deadline.word),
            }
            yield RowFacts(deadline.id, facts, 0.8 if names else 0.3)


DEADLINE = DeadlineKind()
