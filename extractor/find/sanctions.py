"""Sanction statements."""

from extractor.article import Article
from extractor.find.candidates import (
    QuotationCandidate,
    SanctionStatement,
    SentenceCandidate,
)


def find_statements(
    article: Article,
    sentences: tuple[SentenceCandidate, ...],
    quotations: tuple[QuotationCandidate, ...],
) -> tuple[SanctionStatement, ...]:
    """Return the sanction statements in order, ids T1…"""
    return ()
