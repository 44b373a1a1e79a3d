"""Figures."""

from extractor.article import Article
from extractor.find.candidates import Entity, FigureCandidate, NotAFigure, SentenceCandidate


def find_figures(
    article: Article, sentences: tuple[SentenceCandidate, ...], names: tuple[Entity, ...]
) -> tuple[tuple[FigureCandidate, ...], tuple[NotAFigure, ...]]:
    """Return the figures in order, ids N1…, and the numbers that are none, with the reason."""
    return (), ()
