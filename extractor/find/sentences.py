"""Splits an article into sentences with nupunkt; a sentence never crosses a paragraph.

In Japanese and Chinese a sentence ends at 。！？, but not inside the marks of a quotation that its
reporter's sentence goes on behind: 「行く。」と述べた。

A sentence longer than `LONGEST` is read in parts, each a sentence of its own. No reporter writes
such a one: it is a table, a list, or made to be long. Whatever looks at a whole sentence then
looks at a bounded stretch, and a row's evidence has a bounded length.
"""

import re
from collections.abc import Callable, Iterable, Iterator
from functools import cache, partial

from extractor.article import Article
from extractor.find.candidates import SentenceCandidate
from extractor.text.spans import Span

_WIDE_STOPS = "。！？"
_OPENING, _CLOSING = "「『（“《", "」』）”》"
_WIDE_END = re.compile(rf"[{_WIDE_STOPS}]+[{_CLOSING}]*|[{_OPENING}{_CLOSING}]")

Splitter = Callable[[str], Iterable[tuple[int, int]]]

LONGEST = 1000  # code points; of 34,000 sentences of the press two are longer
# Where a long sentence is cut, the best first: behind a strong mark, a comma, a word or a hyphen.
_CUTS = (
    re.compile(r"[;:]\s+|[;。；：]|\s[-–—]\s+"),
    re.compile(r",\s+|[，、،]"),
    re.compile(r"\s+|[-–—/]"),
)


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
    text = article.text
    if any(stop in text for stop in _WIDE_STOPS):
        split = partial(_split_wide, split)
    for paragraph in article.paragraphs:
        offset = paragraph.span.start
        words = paragraph.span.of(article.text)
        for start, end in split(words):
            sentence = words[start:end]
            first = offset + start + len(sentence) - len(sentence.lstrip())
            last = offset + start + len(sentence.rstrip())
            if first >= last:
                continue
            if last - first > LONGEST:
                parts = _parts(article.text, first, last)
                sentences += [
                    SentenceCandidate(f"S{number}", part, paragraph.index, part.start > first)
                    for number, part in enumerate(parts, len(sentences) + 1)
                ]
                continue
            id_ = f"S{len(sentences) + 1}"
            sentences.append(SentenceCandidate(id_, Span(first, last), paragraph.index))
    return tuple(sentences)


def _split_wide(split: Splitter, words: str) -> Iterator[tuple[int, int]]:
    """Yield the sentences of a paragraph, which 。！？ end too."""
    inside = sum(map(words.count, _OPENING)) == sum(map(words.count, _CLOSING))
    for start, end in split(words):
        first, depth = start, 0
        for match in _WIDE_END.finditer(words, start, end):
            mark, at = match[0], match.end()
            if mark in _OPENING:
                depth += 1
                continue
            closed = sum(map(mark.count, _CLOSING))
            depth = max(0, depth - closed)
            goes_on = closed > 0 and words[at : at + 1].strip(_OPENING + " \u3000") != ""
            if mark[0] in _WIDE_STOPS and not (inside and (depth or goes_on)):
                yield first, at
                first = at
        if first < end:
            yield first, end


def _parts(text: str, first: int, last: int) -> Iterator[Span]:
    """Yield the parts of a long sentence, about equally long, without the blanks around them.

    They are cut behind marks or between words; only a word as long as a part is cut itself.
    """
    while last - first > LONGEST:
        parts = -(-(last - first) // LONGEST)
        size = (last - first) // parts
        begin, limit = first + size // 2, first + min(LONGEST, size + size // 5)
        cut = limit
        for pattern in _CUTS:
            places = [match.end() for match in pattern.finditer(text, begin, limit)]
            if places:
                cut = places[-1]
                break
        part = text[first:cut]
        yield Span(first, first + len(part.rstrip()))
        first = cut
        while first < last and text[first].isspace():
            first += 1
    yield Span(first, last)
