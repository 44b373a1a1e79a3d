"""Puts the pieces of a page into the order in which they are read, whatever order the file has.

Columns are told by the blank strip between them: on its right, several lines begin at one place,
and beside each of them another one ends on its left. What lies across the strip (a headline, the
caption of a wide picture) divides the page into bands, which are read from the top down, and in
each band the columns from left to right. This is done again within each part that is cut out. What
is left in one part is read by rows.

A strip beside short labels ("Q:", the names in a table) divides no columns.
"""

from bisect import bisect_left, bisect_right
from collections import Counter
from heapq import nlargest
from itertools import pairwise
from statistics import median
from typing import NamedTuple

from extractor.read.pdf.glyphs import PageText, Piece, Place

_MOST_EDGES = 40  # places that are tried as the left edge of a column
_MOST_PIECES = 5_000  # of a page that columns are looked for on
_DEEPEST = 12  # cuts within cuts
_FEWEST_BESIDE = 3  # lines beside one another that make two columns
_COLUMN_LETTERS = 13  # that the lines of a column have, in the mean
_WIDE = 1.5  # sizes of type: a gap that is no word space
_CAP, _CAP_LETTERS = 1.7, 2  # a drop cap: so much larger than the text, at most so many letters
_OTHER_TYPE = 0.08  # of a size: so much larger or smaller is another type
_MOST_ASIDE = 200  # pieces of a part in other type that are looked at
_BOX_SHARE = 0.5  # of a page's letters: what holds more is no box but the page
_BOX_LETTERS = 30
_SIDE_SHARE = 0.15  # of a page's letters: more of them on their side are no credit


class Line(NamedTuple):
    """One line of a page."""

    text: str
    left: float
    right: float
    y: float
    size: float
    font: str
    page: int
    part: int  # lines of one column, box or headline have the same; unique in the document
    unnamed: int = 0
    boxed: bool = False

    @property
    def ends_sentence(self) -> bool:
        """Whether it ends with a stop or a colon, also inside closing marks, e.g. 'it is."'."""
        return self.text.rstrip(_CLOSERS)[-1:] in {".", "!", "?", ":"}

    @property
    def begins_small(self) -> bool:
        """Whether its first word begins with a small letter, as within a sentence."""
        return self.text.lstrip(_OPENERS)[:1].islower()


_CLOSERS = "\"'”’»)]"
_OPENERS = "\"'“‘«([„–—-"


class PageLines(NamedTuple):
    """The lines of a page as they are read."""

    lines: list[Line]
    doubt: str | None  # why the order may be another one


def lines_in_order(page: PageText, number: int, first_part: int) -> PageLines:
    """Return the lines of page `number`; their parts are numbered from `first_part` on."""
    page = page._replace(pieces=_with_drop_caps(page.pieces))
    lines: list[Line] = []
    doubts: list[str] = []
    boxed, free = _boxes(page)
    flows = [(_cut(free, doubts, 0), False), *((_cut(box, doubts, 0), True) for box in boxed)]
    if len(page.pieces) > _MOST_PIECES:
        flows = [([[piece] for piece in page.pieces], False)]
        doubts.append("it has very many pieces of text, read in the order of the file")
    part = first_part
    for parts, in_box in flows:
        flow: list[Line] = []
        for pieces in parts:
            aside, beside = _aside(pieces)
            column = _rows(beside, number, part, in_box, doubts)
            flow += _set_in(column, _rows(aside, number, part + 1, in_box, doubts))
            part += 2
        lines = _set_in(lines, flow) if in_box else lines + flow
    for other in page.others:
        if sum(len(piece.text) for piece in other) > _SIDE_SHARE * page.letters:
            doubts.append("some of its text stands on its side")
        lines += _rows(other, number, part, False, [])
        part += 1
    for above, below in pairwise(lines):
        if above.part != below.part and above.ends_sentence and _goes_on(above, below):
            doubts.append("a column or box begins in the middle of a sentence")
    return PageLines(lines, doubts[0] if doubts else None)


def _goes_on(above: Line, below: Line) -> bool:
    return below.begins_small and abs(above.size - below.size) < 1 and len(below.text) > 20


# --- columns and bands ---------------------------------------------------------------------------


def _cut(pieces: list[Piece], doubts: list[str], depth: int) -> list[list[Piece]]:
    """Return the parts of a region in the order of reading, each to be read by rows."""
    edge = _strip(pieces) if depth < _DEEPEST else None
    if edge is None:
        return [pieces] if pieces else []
    left = [piece for piece in pieces if piece.right <= edge]
    right = [piece for piece in pieces if piece.left >= edge and piece.right > edge]
    across = [piece for piece in pieces if piece.left < edge < piece.right]
    bands = _bands(left, right, across)
    parts: list[list[Piece]] = []
    for chain in _chains(bands, pieces, doubts):
        for side in range(3):  # left, right, across
            together = [piece for band in chain for piece in band[side]]
            parts += _cut(together, doubts, depth + 1)
    return parts


# What is left and right of a strip, and what lies across it below them.
_Band = tuple[list[Piece], list[Piece], list[Piece]]


def _bands(left: list[Piece], right: list[Piece], across: list[Piece]) -> list[_Band]:
    """Return the bands of a region from the top down."""
    bands: list[_Band] = [([], [], [])]
    every = [(piece, 0) for piece in left] + [(piece, 1) for piece in right]
    every += [(piece, 2) for piece in across]
    for piece, place in sorted(every, key=lambda one: (-one[0].y, one[1])):
        if place != 2 and bands[-1][2]:
            bands.append(([], [], []))
        bands[-1][place].append(piece)
    return bands


def _chains(bands: list[_Band], pieces: list[Piece], doubts: list[str]) -> list[list[_Band]]:
    """Return the bands of a region as they are read: those together whose columns go on.

    A band is one by itself unless columns go on below what lies across them.
    """
    beside = [number for number, (left, right, _) in enumerate(bands) if left and right]
    begins = set(range(len(bands)))
    for first, second in pairwise(beside):
        middle = [piece for band in bands[first:second] for piece in band[2]]
        through = _reads_through(bands[first], bands[second], middle)
        if through is None:
            doubts.append("columns may go on below what lies across them, or end above it")
        if through or (through is None and _is_small(middle, pieces)):
            begins -= set(range(first + 1, second + 1))
    order = sorted(begins)
    return [bands[begin:end] for begin, end in pairwise([*order, len(bands)])]


def _is_small(middle: list[Piece], around: list[Piece]) -> bool:
    """Return whether text is set smaller than what is around it, as captions are."""
    return bool(middle) and max(piece.size for piece in middle) < median(
        piece.size for piece in around
    )


def _reads_through(above: _Band, below: _Band, middle: list[Piece]) -> bool | None:
    """Return whether columns go on below what lies across them; None when nobody can tell.

    They do where their sentences do so, and not from the one's foot to the next one's head. What
    is set in larger type begins something new.
    """
    if min(len(part) for part in (*above[:2], *below[:2])) < _FEWEST_BESIDE:
        return False
    sizes = [median(piece.size for piece in part) for part in (*above[:2], *below[:2])]
    if middle and max(piece.size for piece in middle) > 1.2 * max(sizes):
        return False
    ends = [min(part, key=lambda piece: piece.y).text for part in above[:2]]
    begins = [max(part, key=lambda piece: piece.y).text for part in below[:2]]
    heads = [max(part, key=lambda piece: piece.y).text for part in above[:2]]
    down = _fits(ends[0], begins[0]) + _fits(ends[1], begins[1])
    over = _fits(ends[0], heads[1]) + _fits(ends[1], begins[0])
    return down > over if down != over else None


def _fits(end: str, begin: str) -> int:
    """Return 1 if a line goes on in another one, -1 if it cannot, 0 if nobody knows."""
    if end.rstrip(_CLOSERS)[-1:] in {".", "!", "?", ":"}:
        return -1 if begin.lstrip(_OPENERS)[:1].islower() else 0
    return 1 if begin[:1].islower() else 0


def _strip(pieces: list[Piece]) -> float | None:
    """Return where the right-hand one of two columns begins; None when there is one column."""
    if not 4 <= len(pieces) <= _MOST_PIECES:
        return None
    size = median(piece.size for piece in pieces)
    by_left = sorted(pieces, key=lambda piece: piece.left)
    groups: list[list[Piece]] = []
    for piece in by_left:
        if groups and piece.left - groups[-1][0].left <= 0.3 * size:
            groups[-1].append(piece)
        else:
            groups.append([piece])
    candidates = nlargest(_MOST_EDGES, (group for group in groups if len(group) >= 2), key=len)
    found = [edge for group in candidates if (edge := _beside(pieces, group, size))]
    return min(found)[2] if found else None


def _beside(pieces: list[Piece], group: list[Piece], size: float) -> tuple[int, int, float] | None:
    """Return how well lines that begin at one place make the left edge of a column.

    As something to be sorted: how many pieces lie across the edge, how many lines are beside one
    another (negative), and the edge. None when they make none.
    """
    edge = group[0].left - 0.01
    left = sorted(((p.y, p) for p in pieces if p.right <= edge - 0.2 * size), key=lambda x: x[0])
    if len(left) < 2:
        return None
    across = sorted(p.y for p in pieces if p.left < edge and p.right > edge - 0.2 * size)
    heights = [y for y, _ in left]
    on_left: list[Piece] = []
    on_right: list[Piece] = []
    in_band: dict[int, int] = {}
    for piece in group:
        near = left[
            bisect_left(heights, piece.y - 0.7 * size) : bisect_right(heights, piece.y + 0.7 * size)
        ]
        if near:
            on_left.append(max((p for _, p in near), key=lambda p: p.right))
            on_right.append(piece)
            band = bisect_left(across, piece.y)
            in_band[band] = in_band.get(band, 0) + 1
    if not on_right:
        return None
    most = max(in_band.values())
    gap = median(edge - piece.right for piece in on_left)
    if most < _FEWEST_BESIDE and not (most == 2 and gap > _WIDE * size and len(across) <= 2):
        return None
    for side in (on_left, on_right):
        if sum(len(piece.text) for piece in side) < _COLUMN_LETTERS * len(side):
            return None
    return len(across), -len(on_right), edge


# --- rows ----------------------------------------------------------------------------------------


def _rows(pieces: list[Piece], page: int, part: int, boxed: bool, doubts: list[str]) -> list[Line]:
    """Return the lines of one part, from the top down; pieces of one row are one line."""
    rows: list[list[Piece]] = []
    for piece in sorted(pieces, key=lambda piece: (-piece.y, piece.left)):
        if rows and rows[-1][0].y - piece.y < 0.4 * max(piece.size, rows[-1][0].size):
            rows[-1].append(piece)
        else:
            rows.append([piece])
    lines, apart = [], 0
    for row in rows:
        row.sort(key=lambda piece: piece.left)
        text = row[0].text
        for before, piece in pairwise(row):
            gap = piece.left - before.right
            text += piece.text if gap < 0.15 * piece.size else f" {piece.text}"
            apart += gap > _WIDE * piece.size and min(len(before.text), len(piece.text)) > 12
        widest = max(row, key=lambda piece: len(piece.text))
        lines.append(
            Line(
                text,
                row[0].left,
                max(piece.right for piece in row),
                widest.y,
                widest.size,
                widest.font,
                page,
                part,
                sum(piece.unnamed for piece in row),
                boxed,
            )
        )
    if apart >= 2:
        doubts.append("lines stand side by side that may be columns, and were read across")
    return lines


def _aside(pieces: list[Piece]) -> tuple[list[Piece], list[Piece]]:
    """Return what stands beside the lines of a part in other type (a caption), and these lines."""
    letters: Counter[float] = Counter()
    for piece in pieces:
        letters[round(piece.size)] += len(piece.text)
    if len(letters) < 2:
        return [], pieces
    usual = letters.most_common(1)[0][0]
    usual_ones = sorted((p for p in pieces if round(p.size) == usual), key=lambda piece: piece.y)
    heights = [piece.y for piece in usual_ones]
    found: set[int] = set()
    waiting: list[Piece] = []
    others = [piece for piece in pieces if abs(piece.size - usual) > _OTHER_TYPE * usual]
    for piece in others:
        near = slice(
            bisect_left(heights, piece.y - 0.6 * usual),
            bisect_right(heights, piece.y + 0.6 * usual),
        )
        gaps = [max(piece.left - p.right, p.left - piece.right) for p in usual_ones[near]]
        if gaps and min(gaps) > 0.3 * usual and len(piece.text) > _CAP_LETTERS:
            waiting.append(piece)
            found.add(id(piece))
    while waiting and len(others) < _MOST_ASIDE:  # the lines above and below them, too
        one = waiting.pop()
        for piece in others:
            if (
                id(piece) not in found
                and abs(piece.size - one.size) < 0.5
                and abs(piece.y - one.y) < 2.5 * one.size
                and piece.left < one.right
                and piece.right > one.left
            ):
                found.add(id(piece))
                waiting.append(piece)
    return (
        [piece for piece in pieces if id(piece) in found],
        [piece for piece in pieces if id(piece) not in found],
    )


def _with_drop_caps(pieces: list[Piece]) -> list[Piece]:
    """Return the pieces; a large first letter is put before the line that it begins."""
    if not pieces:
        return pieces
    size = median(piece.size for piece in pieces)
    caps = [p for p in pieces if len(p.text) <= _CAP_LETTERS and p.size >= _CAP * size]
    if len(caps) > 10:
        return pieces
    pieces = list(pieces)
    for cap in caps:
        beside = [
            piece
            for piece in pieces
            if piece is not cap
            and piece.size < cap.size / _CAP * 1.2
            and 0 <= piece.left - cap.right + 0.3 * size < 2.3 * size
            and cap.y - 0.5 * size <= piece.y <= cap.y + cap.size
        ]
        if len(beside) >= 2 and cap.text[-1].isalpha():
            first = max(beside, key=lambda piece: piece.y)
            # Where the line begins stays: beside the next ones, which are no more indented.
            pieces[pieces.index(first)] = first._replace(text=cap.text + first.text)
            pieces.remove(cap)
    return pieces


# --- boxes ---------------------------------------------------------------------------------------


def _boxes(page: PageText) -> tuple[list[list[Piece]], list[Piece]]:
    """Return the pieces that stand in boxes, and all others.

    A box has a frame or a ground of its own, two lines or more, and less than half of the page.
    """
    free = page.pieces
    letters = sum(len(piece.text) for piece in free)
    boxes: list[list[Piece]] = []
    for box in sorted(set(page.boxes), key=_area, reverse=True)[:200]:
        inside = [piece for piece in free if _holds(box, piece)]
        count = sum(len(piece.text) for piece in inside)
        if count < _BOX_LETTERS or count > _BOX_SHARE * letters:
            continue
        if len({round(piece.y) for piece in inside}) >= 2:
            boxes.append(inside)
            free = [piece for piece in free if not _holds(box, piece)]
    return boxes, free


def _area(box: Place) -> float:
    return (box.right - box.left) * (box.top - box.bottom)


def _holds(box: Place, piece: Piece) -> bool:
    middle = (piece.left + piece.right) / 2
    return box.left <= middle <= box.right and box.bottom <= piece.y <= box.top


def _set_in(lines: list[Line], box: list[Line]) -> list[Line]:
    """Return the lines with those of a box where they stand: below what is above them."""
    if not box:
        return lines
    left, right = min(line.left for line in box), max(line.right for line in box)
    top = max(line.y for line in box)
    above = [
        place
        for place, line in enumerate(lines)
        if line.y > top and line.left < right and line.right > left
    ]
    place = above[-1] + 1 if above else 0
    return lines[:place] + box + lines[place:]
