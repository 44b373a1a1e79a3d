"""Where the paragraphs of a text are: lines, or lines joined again where the text is hard-wrapped.

The text is never changed; a paragraph is a span of it. What part a paragraph has in the article
(caption, credit, byline, heading, body) is the business of `furniture`.
"""

from itertools import pairwise
from typing import NamedTuple

from extractor.spans import Span

# Blank: whitespace as Python sees it, and the characters that have no width and no meaning alone.
BLANKS = (
    "\t\n\x0b\x0c\r\x1c\x1d\x1e\x1f \x85\xa0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006"
    "\u2007\u2008\u2009\u200a\u2028\u2029\u202f\u205f\u3000\u200b\u200c\u200d\u2060\ufeff"
)

NARROWEST, WIDEST = 40, 110  # characters; a page wrapped narrower or wider than that is not wrapped
_STOPS = ".!?:;\"'”’»…)"


class Line(NamedTuple):
    """One line without its surrounding blanks."""

    start: int
    end: int
    indent: int  # blanks before it
    block: int  # lines with no blank line between them share a block


def paragraph_spans(text: str) -> list[tuple[Span, int]]:
    """Return the paragraphs in order, each with its block (blank lines divide blocks).

    A paragraph is a line that is not blank; in hard-wrapped text it is the lines that were one
    before the wrapping. Every character that is not blank lies in exactly one paragraph.
    """
    lines = _lines(text)
    width = _wrap_width(text, lines)
    if width is None:
        return [(Span(line.start, line.end), line.block) for line in lines]
    found: list[tuple[Span, int]] = []
    previous: Line | None = None
    for line in lines:
        if previous is not None and _continues(text, previous, line, width):
            found[-1] = (Span(found[-1][0].start, line.end), line.block)
        else:
            found.append((Span(line.start, line.end), line.block))
        previous = line
    return found


def _lines(text: str) -> list[Line]:
    """Return the lines that are not blank."""
    found, at, block, gap = [], 0, 0, False
    for raw in text.splitlines(keepends=True):
        kept = raw.lstrip(BLANKS)
        if kept:
            if gap:
                block, gap = block + 1, False
            indent = len(raw) - len(kept)
            found.append(Line(at + indent, at + indent + len(kept.rstrip(BLANKS)), indent, block))
        else:
            gap = True
        at += len(raw)
    return found


def _wrap_width(text: str, lines: list[Line]) -> int | None:
    """Return the width at which the text was hard-wrapped, or None when it was not.

    In wrapped text nearly every line that another follows is full (the next word would not have
    fitted), and most of these ends fall inside a sentence. Text with a paragraph a line has lines
    that are too long, or not full, or that end with a stop.
    """
    pairs = [(a, b) for a, b in pairwise(lines) if a.block == b.block]
    if len(pairs) < 2:
        return None
    lengths = sorted(a.end - a.start + a.indent for a, _ in pairs)
    width = lengths[int(0.98 * (len(lengths) - 1))]  # a long address may stick out
    if not NARROWEST <= width <= WIDEST:
        return None
    full = [(a, b) for a, b in pairs if _continues(text, a, b, width)]
    inside = sum(text[a.end - 1] not in _STOPS and not text[b.start].isupper() for a, b in full)
    enough = len(full) >= 0.6 * len(pairs) and inside >= 0.5 * len(full) and inside >= 2
    return width if enough else None


def _continues(text: str, above: Line, below: Line, width: int) -> bool:
    """Tell whether `below` goes on with the paragraph of `above`, in text wrapped at `width`."""
    if above.block != below.block or below.indent > above.indent + 1:
        return False
    word = text.find(" ", below.start, below.end)
    first = (word if word >= 0 else below.end) - below.start
    # Wrapping by hand or by a hyphenating page leaves lines a little short of the width.
    return above.indent + above.end - above.start + 1 + first > 0.9 * width
