"""Splits an article into sentences with nupunkt; a sentence never crosses a paragraph."""

from collections.abc import Callable, Iterable
from functools import cache

from extractor.article import Article
from extractor.find.candidates import SentenceCandidate
from extractor.text.spans import Span

Splitter = Callable[[str], Iterable[tuple[int, int]]]


@cache
def _splitter() -> Splitter:
    """Load nupunkt once, at the first article (it reads its parameters from disk)."""
    from nupunkt import load

    split: Splitter = load("default").span_tokenize
    return split


def find_sentences(article: Article) -> tuple[SentenceCandidate, ...]:
    """Return the sentences in order, ids S1…, spans without surrounding blanks."""
    sentences: list[SentenceCandidate] = []
    split = _splitter()
    for paragraph in article.paragraphs:
        offset = paragraph.span.start
        words = paragraph.span.of(article.text)
        for start, end in split(words):
            sentence = words[start:end]
            first = offset + start + len(sentence) - len(sentence.lstrip())
            last = offset + start + len(sentence.rstrip())
            if first < last:
                id_ = f"S{len(sentences) + 1}"
                sentences.append(SentenceCandidate(id_, Span(first, last), paragraph.index))
    return tuple(sentences)
