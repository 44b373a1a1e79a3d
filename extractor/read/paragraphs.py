"""Finds the paragraphs of a text: its lines, or lines joined again where it is hard-wrapped.

The text is never changed; a paragraph is a span of it. Whether a paragraph is a caption, credit,
byline, heading or body is not decided here, see `furniture`.
"""

from itertools import pairwise

from extractor.text.spans import Span

# Blank: whitespace as Python sees it, and the characters that have no width and no meaning alone.
BLANKS = (
    "\t\n\x0b\x0c\r\x1c\x1d\x1e\x1f \x85\xa0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006"
    "\u2007\u2008\u2009\u200a\u2028\u2029\u202f\u205f\u3000\u200b\u200c\u200d\u2060\ufeff"
)

NARROWEST, WIDEST = 40, 110  # characters; a page wrapped narrower or wider than that is not wrapped
_STOPS = ".!?:;\"'”’»…)"


# A line without its surrounding blanks: where it starts and ends, how many blanks stand before it,
# and its block (lines with no blank line between them share one).
_TextLine = tuple[int, int, int, int]


def paragraph_spans(text: str) -> list[tuple[Span, int]]:
    """Return the paragraphs in order, each with its block (blank lines divide blocks).

    A paragraph is a line that is not blank; in hard-wrapped text it is the lines that were one
    before the wrapping. Every character that is not blank lies in exactly one paragraph.
    """
    lines = _lines(text)
    width = _wrap_width(text, lines)
    if width is None:
        return [(Span(start, end), block) for start, end, _, block in lines]
    paragraphs: list[tuple[Span, int]] = []
    previous: _TextLine | None = None
    for line in lines:
        start, end, _, block = line
        if previous is not None and _continues(text, previous, line, width):
            paragraphs[-1] = (Span(paragraphs[-1][0].start, end), block)
        else:
            paragraphs.append((Span(start, end), block))
        previous = line
    return paragraphs


def _lines(text: str) -> list[_TextLine]:
    """Return the lines that are not blank."""
    lines, at, block, gap = [], 0, 0, False
    for raw in text.splitlines(keepends=True):
        kept = raw.lstrip(BLANKS)
        if kept:
            if gap:
                block, gap = block + 1, False
            indent = len(raw) - len(kept)
            lines.append((at + indent, at + indent + len(kept.rstrip(BLANKS)), indent, block))
        else:
            gap = True
        at += len(raw)
    return lines


def _wrap_width(text: str, lines: list[_TextLine]) -> int | None:
    """Return the width at which the text was hard-wrapped, or None when it was not.

    In wrapped text nearly every line that another follows is full (the next word would not have
    fitted), and most of these ends fall inside a sentence. Text with a paragraph a line has lines
    that are too long, or not full, or that end with a stop.
    """
    pairs = [(above, below) for above, below in pairwise(lines) if above[3] == below[3]]
    if len(pairs) < 2:
        return None
    lengths = sorted(end - start + indent for (start, end, indent, _), _ in pairs)
    width = lengths[int(0.98 * (len(lengths) - 1))]  # a long address may stick out
    if not NARROWEST <= width <= WIDEST:
        return None
    full = [(above, below) for above, below in pairs if _continues(text, above, below, width)]
    inside = sum(text[a[1] - 1] not in _STOPS and not text[b[0]].isupper() for a, b in full)
    enough = len(full) >= 0.6 * len(pairs) and inside >= 0.5 * len(full) and inside >= 2
    return width if enough else None


def _continues(text: str, above: _TextLine, below: _TextLine, width: int) -> bool:
    """Return whether the line `below` goes on with the paragraph of the line `above`.

    `width`: at how many characters the text is wrapped. The line above is full when the first
    word of the next would not have fitted.
    """
    start, end, indent, block = above
    next_start, next_end, next_indent, next_block = below
    if block != next_block or next_indent > indent + 1:
        return False
    word = text.find(" ", next_start, next_end)
    first = (word if word >= 0 else next_end) - next_start
    # Wrapping by hand or by a hyphenating page leaves lines a little short of the width.
    return indent + end - start + 1 + first > 0.9 * width
