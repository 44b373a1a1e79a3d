"""An article's text with everything that a record rests on marked in place.

Marks overlap and nest: a name inside evidence, a figure inside a quotation. Every paragraph is cut
at the borders of its marks, and each piece says which marks cover it. Offsets are code points and
the pieces are cut here, so the page never counts characters itself.
"""

from collections import defaultdict, deque
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from itertools import pairwise
from typing import NamedTuple

from markupsafe import Markup

from extractor.article import Article
from extractor.frozen import frozen
from extractor.sheet.page import rendered
from extractor.text.spans import Span

# In ordinary articles at most 13 marks cover a piece. Of one under more than `_MOST` only the
# shortest `_FEW` are told of, else a page grows with the square of what it marks.
_MOST, _FEW = 16, 4


@frozen
class Mark:
    """One stretch to highlight, and the row of the page that it belongs to."""

    span: Span
    look: str  # a class of page.css: "quotation", "e1", …
    row: str  # the row's id in the page
    tip: str  # what it is, for people: "Quotes 3: speaker"
    target: bool = False  # the first place of what the row rests on: rows lead here


class Piece(NamedTuple):
    """A stretch of a paragraph without a border inside, and what the marks that cover it say."""

    words: str
    looks: str = ""  # classes, "quotation e1"; nothing where no mark is
    rows: str = ""  # ids, that of the shortest mark first: "a1-k2-r1 a1-k1-r1"
    row: str = ""  # the first of them
    tips: str = ""
    targets: Sequence[str] = ()  # the rows whose evidence begins here
    is_first: bool = False  # whether a mark begins here


class Block(NamedTuple):
    """A paragraph, or what stands between two of them."""

    tag: str
    kind: str  # a class of page.css: the paragraph's kind, or "other"
    start: int
    pieces: Iterable[Piece]


def marked_paragraphs(article: Article, marks: Iterable[Mark], *, selectable: bool = False) -> str:
    """Return the article's paragraphs as HTML; text between paragraphs is kept when not blank.

    Marks are links to their rows. In a `selectable` page they are none, so that words can be
    selected across them, and every paragraph says at which code point it starts (`data-start`).
    """
    return Markup().join(parts_of_text(article, marks, selectable=selectable))


def parts_of_text(
    article: Article, marks: Iterable[Mark], *, selectable: bool = False
) -> Iterator[Markup]:
    """Yield the same as `marked_paragraphs`, part by part."""
    return rendered("paragraphs.html", blocks=blocks_of(article, marks), selectable=selectable)


def blocks_of(article: Article, marks: Iterable[Mark]) -> Iterator[Block]:
    """Yield the article's text, paragraph by paragraph, cut into pieces at the marks' borders."""
    text = article.text
    cut = (_cut(mark, len(text)) for mark in marks)
    waiting = deque(sorted((mark for mark in cut if mark), key=lambda mark: mark.span))
    started: set[int] = set()
    inside: list[Mark] = []
    for span, kind in _paragraphs(article):
        inside = [mark for mark in inside if mark.span.end > span.start]
        while waiting and waiting[0].span.start < span.end:
            mark = waiting.popleft()
            if mark.span.end > span.start:
                inside.append(mark)
        cut_up = _pieces(span, inside)
        pieces = (_piece(text[start:end], marks, started) for start, end, marks in cut_up)
        yield Block("h3" if kind == "heading" else "p", kind, span.start, pieces)


def _cut(mark: Mark, length: int) -> Mark | None:
    """Return a mark cut to a text of `length`; None when nothing is left of it."""
    start, end = mark.span
    if 0 <= start < end <= length:
        return mark
    span = Span(max(0, start), min(length, end))
    return replace(mark, span=span) if span.start < span.end else None


def _paragraphs(article: Article) -> Iterator[tuple[Span, str]]:
    """Yield the paragraphs in order with their kinds, and as "other" what stands between them."""
    done = 0
    for paragraph in sorted(article.paragraphs, key=lambda p: p.span):
        span = Span(max(done, paragraph.span.start), paragraph.span.end)
        if article.text[done : span.start].strip():
            yield Span(done, span.start), "other"
        if span.start < span.end:
            yield span, paragraph.kind
            done = span.end
    if article.text[done:].strip():
        yield Span(done, len(article.text)), "other"


def _pieces(block: Span, marks: Sequence[Mark]) -> Iterator[tuple[int, int, list[Mark]]]:
    """Cut a block at every border of its marks; yield start, end, and what covers each piece.

    Of the marks that cover a piece the shortest comes first.
    """
    opening: dict[int, list[Mark]] = defaultdict(list)
    closing: dict[int, list[Mark]] = defaultdict(list)
    for mark in marks:
        opening[max(block.start, mark.span.start)].append(mark)
        closing[min(block.end, mark.span.end)].append(mark)
    borders = sorted({block.start, block.end, *opening, *closing})
    active: dict[int, Mark] = {}
    for start, end in pairwise(borders):
        for mark in closing.get(start, ()):
            active.pop(id(mark), None)
        for mark in opening.get(start, ()):
            active[id(mark)] = mark
        covering = list(active.values())
        if len(covering) > 1:
            covering.sort(key=lambda mark: mark.span.end - mark.span.start)
        yield start, end, covering


def _piece(words: str, marks: Sequence[Mark], started: set[int]) -> Piece:
    """Return a piece with what its marks say; `started` has the `id()` of marks seen before."""
    if not marks:
        return Piece(words)
    new = [mark for mark in marks if id(mark) not in started]
    started.update(map(id, new))
    targets = [mark.row for mark in new if mark.target]
    more = ""
    if len(marks) > _MOST:  # and whatever begins here: every mark is told of once at least
        begun = set(map(id, new))
        marks = [*marks[:_FEW], *(mark for mark in marks[_FEW:] if id(mark) in begun)]
        more = "; …"
    return Piece(
        words,
        _joined(" ", [mark.look for mark in marks]),
        _joined(" ", [mark.row for mark in marks]),
        marks[0].row,
        _joined("; ", [mark.tip for mark in marks]) + more,
        targets,
        bool(new),
    )


def _joined(separator: str, texts: list[str]) -> str:
    """Join texts, each of them once."""
    return texts[0] if len(texts) == 1 else separator.join(dict.fromkeys(texts))
