"""Sentences as evidence: rows of a user's schema that rest on what one sentence says.

The rules know of no such rows; a model answers them.
"""

from collections.abc import Iterator, Sequence

from extractor.article import STORY
from extractor.fields import Sentence
from extractor.find.candidates import SentenceCandidate
from extractor.find.inventory import Inventory
from extractor.kinds.kind import Kind


class SentenceKind(Kind):
    """Rows on a sentence, of any meaning."""

    name = "sentence"
    field = Sentence
    words = "a statement"
    id_of = "a sentence"
    precedence = 50
    letter = "S"
    accountable = False
    marking = "before"
    type_says_meaning = True
    one_row_each = False
    has_confidence = False

    def targets(
        self, inventory: Inventory, anchors_known: Sequence[str]
    ) -> Iterator[tuple[str, str]]:
        """Yield the sentences of the story, captions and headings apart."""
        bodies = {p.index for p in inventory.article.paragraphs if p.kind in STORY}
        for sentence in inventory.sentences:
            if sentence.paragraph in bodies:
                yield sentence.id, sentence.id

    def candidates(self, inventory: Inventory) -> Sequence[SentenceCandidate]:
        """Return all sentences."""
        return inventory.sentences


SENTENCE = SentenceKind()
