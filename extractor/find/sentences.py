"""Sentences of an article, by nupunkt within each paragraph; a sentence never crosses one."""

from functools import cache
from typing import Any

from extractor.article import Article
from extractor.find.candidates import SentenceCandidate
from extractor.spans import Span


@cache
def _splitter() -> Any:
    """Load nupunkt once, at the first article (it reads its parameters from disk)."""
    from nupunkt import load

    return load("default").span_tokenize


def find_sentences(article: Article) -> tuple[SentenceCandidate, ...]:
    """Return the sentences in order, ids S1…, spans without surrounding blanks."""
    spans = _splitter()
    text = article.text
    found: list[SentenceCandidate] = []
    for paragraph in article.paragraphs:
        start, end = paragraph.span
        for a, b in spans(text[start:end]):
            piece = text[start + a : start + b]
            lead = len(piece) - len(piece.lstrip())
            tail = len(piece.rstrip())
            if tail > lead:
                span = Span(start + a + lead, start + a + tail)
                found.append(SentenceCandidate(f"S{len(found) + 1}", span, paragraph.index))
    return tuple(found)
