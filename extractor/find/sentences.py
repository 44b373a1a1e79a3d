"""Sentences of an article, by nupunkt within each paragraph; a sentence never crosses one.

Whether a sentence ends at a mark the words on both sides tell. A full stop after what nupunkt knows
as no abbreviation ends one (Kiss and Strunk 2006). Else it is asked about these two words and
remembers; it gets the whole paragraph where they are not two words with a blank between them.
"""

import re
from bisect import bisect_left
from collections.abc import Iterator
from functools import cache, lru_cache
from typing import Any

from extractor.article import Article
from extractor.find.candidates import SentenceCandidate
from extractor.language.scanning import places_of
from extractor.text.spans import Span, as_span

_CLOSING = r"[\"')\]}”’»*]"
_STOPS = ".?!…"
# A stop that may end a sentence within its paragraph: what follows is not inside any word. The
# group is the rest of its word, one blank, and the next word; None where no such thing follows.
_MARK = re.compile(
    rf"[{_STOPS}](?=[\s)\";}}\]*:@({{\[?!”»]|['’](?![^\W\d_]))(?!{_CLOSING}*\s*\Z)"
    rf"(?=({_CLOSING}*\ (?:[\"'’]+(?=\w)|(?!{_CLOSING})[^\s.?!…])\S*)?)"
)
_LONGEST = 60  # characters of two words that are remembered


@cache
def _splitter() -> tuple[Any, frozenset[str]]:
    """Load nupunkt once, at the first article (it reads its parameters from disk).

    Returns what splits a text, and the words after which it may read on past a full stop.
    """
    from nupunkt import load

    splitter = load("default")
    read_on = splitter.abbreviations.union(first for first, _ in splitter.parameters.collocations)
    return splitter.span_tokenize, read_on


@lru_cache(maxsize=20_000)
def _begins(words: str, second: int) -> bool:
    """Tell whether a sentence begins with the second of two words, which starts at an offset.

    A line end stands before the first one where that begins its paragraph.
    """
    spans, _ = _splitter()
    return any(start == second + 2 for start, _ in spans(f"x {words}"))


def find_sentences(article: Article) -> tuple[SentenceCandidate, ...]:
    """Return the sentences in order, ids S1…, spans without surrounding blanks."""
    text, found = article.text, list[SentenceCandidate]()
    stops = places_of(_STOPS, text)
    for paragraph in article.paragraphs:
        start, end = paragraph.span
        within = stops[bisect_left(stops, start) : bisect_left(stops, end)]
        for span in _sentences(text, start, end, within):
            found.append(SentenceCandidate(f"S{len(found) + 1}", span, paragraph.index))
    return tuple(found)


def _sentences(text: str, start: int, end: int, stops: list[int]) -> Iterator[Span]:
    """Yield the sentences of one paragraph; `stops` are where its stops stand."""
    first = start
    for at in (*_beginnings(text, start, end, stops), end):
        last = at
        while first < last and text[first].isspace():
            first += 1
        while first < last and text[last - 1].isspace():
            last -= 1
        if first < last:
            yield as_span((first, last))
        first = at


def _beginnings(text: str, start: int, end: int, stops: list[int]) -> list[int]:
    """Return where the sentences of one paragraph begin, but for the first."""
    spans, read_on = _splitter()
    found = []
    for at in stops:
        mark = _MARK.match(text, at, end)
        if mark is None:
            continue
        stop, after = at + 1, mark.end(1)
        word = text.rfind(" ", start, stop) + 1 or start
        if not 0 < after - word <= _LONGEST:
            return [start + a for a, _ in spans(text[start:end])]
        second = text.index(" ", stop) + 1
        before = text[word:at]
        if (
            len(before) > 1
            and before.isalpha()
            and before.lower() not in read_on
            and text[at] == "."
            and word > start
            and not text[second].islower()
        ):
            found.append(second)
        elif word > start:
            if _begins(text[word:after], second - word):
                found.append(second)
        elif _begins(f"\n{text[word:after]}", second - word + 1):
            found.append(second)
    return found
