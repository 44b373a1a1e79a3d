"""Quotations: words between quotation marks, or of a speaker's turn, and who said them."""

from collections.abc import Iterator, Sequence
from itertools import pairwise

from extractor.fields import Quotation
from extractor.find.candidates import QuotationCandidate
from extractor.find.inventory import Inventory
from extractor.kinds.facts import (
    ArticleFacts,
    Fact,
    LeftOut,
    RowFacts,
    RowQuery,
    of_mention,
    of_sentence_at,
    of_span,
)
from extractor.kinds.kind import Kind
from extractor.text.spans import Span

SPEAKER = (
    "speaker speakername speakers source sources who saidby said author attributedto"
    " person quotee voice"
)
_USUAL = frozenset(("speaker", "via", "kind"))  # what most schemas ask, and no more


class QuotationKind(Kind):
    """Rows on a quotation: a quote with its speaker. A turn behind a label is one without marks."""

    name = "quotation"
    field = Quotation
    words = "a quotation"
    precedence = 20
    letter = "Q"
    reasons = ("title", "nickname", "scare quote", "slogan", "not said by anyone")
    synonyms = {
        "speaker": SPEAKER,
        "via": "via relayedby relay relayer through reportedby secondhand",
        "kind": "kind type form quotationkind quotetype",
        "cue": "cue verb cueverb attribution",
        "words": "text words quote quotationtext content wording",
        "sentence": "sentence evidence context",
    }
    sole_of_type = {"name": "speaker"}
    type_says_meaning = True
    source = "speaker"
    shown = {"kind": frozenset({"turn", "block"})}
    asks_for_source_only = True

    def span(self, candidate: QuotationCandidate) -> Span:
        """Return the stretch from the first opening mark to the end of the last closing one.

        Of a turn, its words: the label is no part of them.
        """
        return candidate.outer

    def cited(self, candidate: QuotationCandidate, inventory: Inventory) -> tuple[str, Span]:
        """Return the words without their marks."""
        span = Span(candidate.spans[0].start, candidate.spans[-1].end)
        return candidate.text(inventory.article.text), span

    def pieces(
        self, candidate: QuotationCandidate, inventory: Inventory
    ) -> Sequence[tuple[int, int]]:
        """Return a stretch a paragraph, with the marks that open and close it."""
        if candidate.turn is not None:
            return candidate.spans
        start, closed = candidate.outer
        pieces = []
        for (_, end), (following, _) in pairwise(candidate.spans):
            pieces.append((start, end))
            start = _before_mark(inventory.article.text, following)
        return [*pieces, (start, closed)]

    def is_asked_about(self, candidate: QuotationCandidate) -> bool:
        """Return whether it stands in no other quotation; what a turn quotes is the rules' to tell.

        A model is not asked whether a speaker quotes himself or somebody else.
        """
        return candidate.parent is None

    def rows(self, known: ArticleFacts, query: RowQuery) -> Iterator[RowFacts]:
        """Yield each quotation that is not left out, with its speaker."""
        inventory, more = known.inventory, not query.facts <= _USUAL
        attributions, kept = known.attributions, set(known.quotations())
        for quotation in inventory.quotations:
            if quotation.id not in kept:
                continue
            said = attributions[quotation.id]
            facts = {
                "speaker": of_mention(said.speaker),
                "via": of_mention(said.via),
                "kind": Fact(word=said.kind),
            }
            if more:
                facts |= {
                    "cue": of_span(said.cue),
                    "words": Fact(
                        spans=quotation.spans, value=quotation.text(inventory.article.text)
                    ),
                    "sentence": of_sentence_at(quotation.outer.start, inventory),
                    "quotation": Fact(candidates=(quotation.id,)),
                }
            yield RowFacts(quotation.id, facts, said.confidence, said.ranking)

    def ids(self, known: ArticleFacts, word: str) -> list[str]:
        """Return the quotations that are not left out."""
        return known.quotations()

    def left_out(self, known: ArticleFacts) -> Sequence[LeftOut]:
        """Return the quotations that are words only marked, or part of another one."""
        return known.left_out


def _before_mark(text: str, start: int) -> int:
    """Return where the opening mark begins that a continuing paragraph repeats."""
    while start > 0 and not text[start - 1].isspace() and not text[start - 1].isalnum():
        start -= 1
    return start


QUOTATION = QuotationKind()
