"""Quotations."""

from extractor.article import Article
from extractor.find.candidates import QuotationCandidate


def find_quotations(article: Article) -> tuple[QuotationCandidate, ...]:
    """Return the quotations in order of their first mark, ids Q1…"""
    return ()
