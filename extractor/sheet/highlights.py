"""An article's text with everything that a record rests on marked in place, as HTML.

Marks overlap and nest: a name inside evidence, a figure inside a quotation. The text is cut at
every border of a mark, and each piece says which marks cover it. Offsets are code points and the
pieces are cut here, so the page never counts characters itself.
"""

import re
from collections import defaultdict, deque
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from html import escape
from itertools import pairwise

from extractor.article import Article
from extractor.text.printable import CONTROLS
from extractor.text.spans import Span


@dataclass(frozen=True, slots=True)
class Mark:
    """One stretch to highlight, and the row of the page that it belongs to."""

    span: Span
    look: str  # a class of page.css: "quotation", "e1", …
    row: str  # the row's id in the page
    tip: str  # what it is, for people: "Quotes 3: speaker"
    target: bool = False  # the first place of what the row rests on: rows lead here


@dataclass(frozen=True, slots=True)
class _Piece:
    """A stretch without a border inside, and the marks that cover it, the shortest first."""

    span: Span
    marks: tuple[Mark, ...]


def marked_paragraphs(article: Article, marks: Iterable[Mark], *, selectable: bool = False) -> str:
    """Return the article's paragraphs as HTML; text between paragraphs is kept when not blank.

    Marks are links to their rows. In a `selectable` page they are none, so that words can be
    selected across them, and every paragraph says at which code point it starts (`data-start`).
    """
    text = article.text
    cut = (_cut(mark, len(text)) for mark in marks)
    ordered = deque(sorted((mark for mark in cut if mark), key=lambda mark: mark.span))
    started: set[int] = set()
    out: list[str] = []
    inside: list[Mark] = []
    for span, kind in _blocks(article):
        inside = [mark for mark in inside if mark.span.end > span.start]
        while ordered and ordered[0].span.start < span.end:
            mark = ordered.popleft()
            if mark.span.end > span.start:
                inside.append(mark)
        pieces = "".join(
            _piece(text, piece, started, selectable) for piece in _pieces(span, inside)
        )
        tag = "h3" if kind == "heading" else "p"
        place = f' data-start="{span.start}"' if selectable else ""
        out.append(f'<{tag} class="para {kind}" dir="auto"{place}>{pieces}</{tag}>')
    return "\n".join(out)


def safe(text: str) -> str:
    """Return `text` escaped for HTML text and quoted attributes.

    Control characters and overrides of direction, which a page must not obey, become empty
    elements that show their code point; a carriage return, which a parser would make a line end
    or leave out, a reference: so a page has as many characters as the text.
    """
    return CONTROLS.sub(_shown_control, escape(text, quote=True)).replace("\r", "&#13;")


def attribute(text: str) -> str:
    """Return `text` escaped for a quoted attribute, without control characters."""
    return escape(CONTROLS.sub("", text), quote=True)


def _shown_control(found: re.Match[str]) -> str:
    return f'<i class="ctl" data-code="U+{ord(found.group()):04X}"></i>'


def _cut(mark: Mark, length: int) -> Mark | None:
    """Return a mark cut to a text of `length`; None when nothing is left of it."""
    span = Span(max(0, mark.span.start), min(length, mark.span.end))
    return replace(mark, span=span) if span.start < span.end else None


def _blocks(article: Article) -> Iterator[tuple[Span, str]]:
    """Yield the paragraphs in order, and as "other" what stands between them."""
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


def _pieces(block: Span, marks: list[Mark]) -> Iterator[_Piece]:
    """Cut a block at every border of its marks."""
    opening: dict[int, list[Mark]] = defaultdict(list)
    closing: dict[int, list[Mark]] = defaultdict(list)
    for mark in marks:
        opening[max(block.start, mark.span.start)].append(mark)
        closing[min(block.end, mark.span.end)].append(mark)
    borders = sorted({block.start, block.end, *opening, *closing})
    active: dict[int, Mark] = {}
    for start, end in pairwise(borders):
        for mark in closing[start]:
            active.pop(id(mark), None)
        for mark in opening[start]:
            active[id(mark)] = mark
        covering = sorted(active.values(), key=lambda m: m.span.end - m.span.start)
        yield _Piece(Span(start, end), tuple(covering))


def _piece(text: str, piece: _Piece, started: set[int], selectable: bool) -> str:
    """Return one piece: plain, or a link to the row of the shortest mark that covers it."""
    words = safe(piece.span.of(text))
    if not piece.marks:
        return words
    new = [mark for mark in piece.marks if id(mark) not in started]
    started.update(id(mark) for mark in new)
    targets = "".join(f'<span class="target" id="at-{m.row}"></span>' for m in new if m.target)
    rows = dict.fromkeys(mark.row for mark in piece.marks)
    looks = dict.fromkeys(mark.look for mark in piece.marks)
    tips = "; ".join(dict.fromkeys(mark.tip for mark in piece.marks))
    known = f'data-rows="{" ".join(rows)}" title="{attribute(tips)}"'
    look = " ".join(looks)
    if selectable:
        return f'{targets}<span class="hl {look}" {known}>{words}</span>'
    skip = "" if new else ' tabindex="-1"'  # one stop a mark for the keyboard
    return f'{targets}<a class="hl {look}" href="#{piece.marks[0].row}" {known}{skip}>{words}</a>'
