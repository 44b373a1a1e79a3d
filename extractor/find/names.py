"""Names."""

from extractor.article import Article
from extractor.find.candidates import Entity, QuotationCandidate, SentenceCandidate


def find_names(
    article: Article,
    sentences: tuple[SentenceCandidate, ...],
    quotations: tuple[QuotationCandidate, ...],
) -> tuple[Entity, ...]:
    """Return the entities in order of their first mention, ids P1…"""
    return ()
