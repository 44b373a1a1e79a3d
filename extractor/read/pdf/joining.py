"""Joins the lines of a PDF into paragraphs, and the halves of words that were cut at line ends.

A paragraph ends where the page shows it (a wider gap, an indent, another size of type) or the text
does (a short line that ends as a sentence). Over the end of a column or page the sentence decides.
A caption, a box or another text in other type that stands within a sentence comes after it.
"""

import math
import re
from collections import Counter
from collections.abc import Sequence
from itertools import pairwise
from typing import NamedTuple

from extractor.read.pdf.order import Line

LONGEST_WORD = 60  # characters, German compounds included
_LIGATURES = str.maketrans(
    {"ﬀ": "ff", "ﬁ": "fi", "ﬂ": "fl", "ﬃ": "ffi", "ﬄ": "ffl", "ﬅ": "st", "ﬆ": "st"}
    | {"\0": None, "\u2010": "-", "\u2011": "-"}
)
_CUT = re.compile(r"([^\W\d_]+)(-|\xad)$")
_LETTERS = re.compile(r"[^\W\d_]*")
_LABEL = re.compile(r"(?:[QA]|[A-ZÀ-Þ][A-ZÀ-Þ.'’ -]{1,40}):\s")  # of who speaks
_PAIRING = frozenset({"and", "oder", "und"})  # no word is cut before these letters
_BULLETS = "•◦▪‣·-–—*"
_MOST_WITHIN = 6  # paragraphs that may stand within a sentence
_FEWEST_LINES = 2  # of a column that says how long its lines are


_Type = tuple[float, str]  # a size, rounded, and a font


class JoinedParagraph(NamedTuple):
    """A paragraph, with what is known of the lines that it was made of."""

    text: str
    lines: tuple[Line, ...]

    @property
    def unnamed(self) -> int:
        """How many of its glyphs have no name."""
        return sum(line.unnamed for line in self.lines)


def paragraphs_of(lines: Sequence[Line]) -> list[JoinedParagraph]:
    """Return the lines, which are in order, joined into paragraphs."""
    lines = [line._replace(text=_repaired(line.text)) for line in lines]
    lines = [line for line in lines if line.text]
    if not lines:
        return []
    page = _Measures(lines)
    groups = [[lines[0]]]
    for above, below in pairwise(lines):
        if page.breaks(above, below):
            groups.append([below])
        else:
            groups[-1].append(below)
    groups = _sentences_whole(groups, page)
    words = frozenset(re.findall(r"[\w-]+", " ".join(line.text for line in lines).lower()))
    return [
        JoinedParagraph(_joined([line.text for line in group], words), tuple(group))
        for group in groups
    ]


def _repaired(text: str) -> str:
    return " ".join(text.translate(_LIGATURES).split())


class _Measures:
    """What is usual in a document: the distance of its lines, their lengths, its type."""

    def __init__(self, lines: Sequence[Line]) -> None:
        self._usual = self._length(lines)
        parts: dict[int, list[Line]] = {}
        types: Counter[_Type] = Counter()
        for line in lines:
            parts.setdefault(line.part, []).append(line)
            types[_type_of(line)] += len(line.text)
        self._columns = {
            part: (self._length(of_it), max(line.right for line in of_it))
            for part, of_it in parts.items()
            if len(of_it) >= _FEWEST_LINES
        }
        self._edges = {part: _edge(of_it) for part, of_it in parts.items()}
        self.body = types.most_common(1)[0][0]
        gaps: dict[_Type, Counter[int]] = {}
        for above, below in pairwise(lines):
            gap = round(above.y - below.y)
            if above.part == below.part and 0 < gap < 60:
                gaps.setdefault(_type_of(above), Counter())[gap] += 1
        # The smallest usual one: where paragraphs are short, most gaps are those between them.
        self._leading = {
            type_: min(gap for gap in counts if 4 * counts[gap] >= counts.most_common(1)[0][1])
            for type_, counts in gaps.items()
        }

    @staticmethod
    def _length(lines: Sequence[Line]) -> int:
        lengths = sorted(len(line.text) for line in lines)
        return lengths[round(0.9 * (len(lengths) - 1))]

    def is_short(self, line: Line, following: str) -> bool:
        """Return whether the first word of the text that follows had had room on a line.

        A line that reaches the right edge of its column is full, however few letters it has.
        """
        length, edge = self._columns.get(line.part, (self._usual, math.inf))
        first = len(following.split(" ", 1)[0])
        return len(line.text) + 1 + first < 0.8 * length and line.right < edge - 0.3 * line.size

    def leading(self, line: Line) -> float:
        """Return the usual distance of a line to the next one of its type; 0 if there is none."""
        of_body = self._leading.get(self.body, 0)
        return self._leading.get(_type_of(line), of_body * line.size / self.body[0])

    def breaks(self, above: Line, below: Line) -> bool:
        """Return whether a paragraph ends between two lines."""
        gap = above.y - below.y
        same_column = above.part == below.part and gap > 0
        if abs(above.size - below.size) > max(1.2, 0.1 * above.size) or above.boxed != below.boxed:
            return True
        if below.text[0] in _BULLETS[:5] or (above.ends_sentence and _LABEL.match(below.text)):
            return True
        short = self.is_short(above, below.text)
        if short and (above.ends_sentence or (above.font != below.font and not below.begins_small)):
            return True
        if not same_column:  # the next page or column: the sentence decides
            edge = self._edges[below.part]
            if above.ends_sentence and not short and edge is not None and below.left < edge + 1:
                return False  # a new paragraph would be indented
            return above.ends_sentence or (short and not below.text[0].islower())
        leading = self.leading(above)
        if leading and gap > 1.3 * leading:
            goes_on = not short or above.text[-1] in "-,\xad"  # beside or below a picture
            return above.ends_sentence or not (goes_on and below.text[0].islower())
        return 3 < below.left - above.left < 60 and above.text[0] not in _BULLETS and not short


def _edge(lines: Sequence[Line]) -> float | None:
    """Return the left edge of a column whose paragraphs are indented, None for another column."""
    edge = min(line.left for line in lines)
    at_edge = sum(line.left < edge + 1 for line in lines)
    indented = sum(3 < line.left - edge < 60 for line in lines)
    return edge if 2 <= indented <= at_edge == len(lines) - indented else None


def _type_of(line: Line) -> _Type:
    return round(2 * line.size) / 2, line.font


def _sentences_whole(groups: list[list[Line]], page: _Measures) -> list[list[Line]]:
    """Return the paragraphs; what stands within a sentence in other type comes after it."""
    done: list[list[Line]] = []
    at = 0
    while at < len(groups):
        group, within = groups[at], 0
        at += 1
        while _is_open(group, page) and within < min(_MOST_WITHIN, len(groups) - at):
            other = groups[at + within]
            if not _is_text(other, page):
                within += 1
            elif within and _continues(group[-1], other[0], page):
                group = group + groups.pop(at + within)
            else:
                break
        done.append(group)
    return done


def _is_text(group: list[Line], page: _Measures) -> bool:
    """Return whether a paragraph is set as the article is."""
    kinds = Counter(_type_of(line) for line in group)
    size = kinds.most_common(1)[0][0][0]
    return abs(size - page.body[0]) < 0.4 and not group[0].boxed


def _is_open(group: list[Line], page: _Measures) -> bool:
    return not group[-1].ends_sentence and _is_text(group, page)


def _continues(end: Line, begin: Line, page: _Measures) -> bool:
    """Return whether a sentence goes on from one line to another, over what is between."""
    if begin.text[0].islower():
        return True
    return not page.is_short(end, begin.text) and begin.font == end.font and end.text[-1] != ";"


def _joined(parts: Sequence[str], words: frozenset[str]) -> str:
    """Return the lines of one paragraph as one; a word cut at a line's end is whole again.

    The hyphen stays where the article elsewhere writes the word with it ("long-term"), after a
    single letter ("e-mail") or a number ("20-year"), before a capital letter or a digit
    ("Jean-Claude"); and a blank after it where half of a pair stands ("two- and three-year").
    """
    done: list[str] = []
    last = parts[0]
    for part in parts[1:]:
        cut = _CUT.search(last, max(0, len(last) - LONGEST_WORD))
        first = _LETTERS.match(part)
        word = first[0] if first else ""
        tight = last[-1] in "-—" and last[-2:-1].isalnum() and part[0].isalnum()
        if cut and (cut[2] == "\xad" or _cuts(cut[1], word, words)):
            done.append(last[: cut.start(2)])
        elif tight and (last[-1] == "—" or word not in _PAIRING):
            done.append(last)
        else:
            done += [last, " "]
        last = part
    return "".join(done) + last


def _cuts(before: str, after: str, words: frozenset[str]) -> bool:
    """Return whether a hyphen only cuts a word, between these letters of it."""
    own = len(before) == 1 or after in _PAIRING or f"{before}-{after}".lower() in words
    return after[:1].islower() and not own
