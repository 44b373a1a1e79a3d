"""Attributions: what somebody is reported to say or think, in quotation marks or not.

Whose words something is takes the rules of attribution, so these candidates are found only where
a schema asks for them.
"""

from collections.abc import Iterator, Sequence

from extractor.fields import Attribution
from extractor.find.candidates import AttributionCandidate
from extractor.find.inventory import Inventory
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
from extractor.kinds.quotation import SPEAKER
from extractor.language.languages import has_rules
from extractor.text.spans import Span


class AttributionKind(Kind):
    """Rows on an attribution: reported words with their source and cue."""

    name = "attribution"
    field = Attribution
    words = "an attribution"
    precedence = 10
    letter = "A"
    reasons = ("nobody says or thinks it", "the reporter's own words")
    synonyms = {
        "source": f"{SPEAKER} attributedsource holder",
        "cue": "cue verb cueverb",
        "kind": "kind type form attributionkind",
        "words": "text words content wording",
        "sentence": "sentence evidence context",
        "quotation": "quotation quotations quotes quoted",
    }
    sole_of_type = {"name": "source", "verbatim": "cue"}
    source = "source"
    evident = frozenset(("cue", "kind", "words", "quotation"))

    def find(self, inventory: Inventory) -> tuple[AttributionCandidate, ...]:
        """Return the attributions of the article; none in a language without rules."""
        if not has_rules(inventory.article.language):
            return ()
        from extractor.rules.attribution.reported_speech import read_reports

        return read_reports(inventory)

    def cited(self, candidate: AttributionCandidate, inventory: Inventory) -> tuple[str, Span]:
        """Return the content, its pieces joined."""
        return candidate.text(inventory.article.text), candidate.span

    def text(self, candidate: AttributionCandidate, inventory: Inventory) -> str:
        """Return the content, its pieces joined."""
        return candidate.text(inventory.article.text)

    def pieces(
        self, candidate: AttributionCandidate, inventory: Inventory
    ) -> Sequence[tuple[int, int]]:
        """Return the pieces of the content."""
        return candidate.content

    def rows(self, known: ArticleFacts, query: RowQuery) -> Iterator[RowFacts]:
        """Yield each attribution with its source."""
        for said in known.inventory.attributions:
            facts = {
                "source": of_mention(said.source),
                "cue": of_span(said.cue),
                "kind": Fact(word=said.kind),
                "words": Fact(spans=said.content, value=said.text(known.inventory.article.text)),
                "sentence": of_sentence_at((said.cue or said.span).start, known.inventory),
                "quotation": Fact(candidates=said.quotations),
            }
            yield RowFacts(said.id, facts, said.confidence)


ATTRIBUTION = AttributionKind()
