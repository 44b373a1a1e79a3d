"""Takes the letters of a PDF's pages from PDFium: pieces of lines, each with its place on the page.

PDFium says of each letter which one it is and where it stands; we join what stands side by side. It
also finds the blanks between words where a file has none. Places are in points, y goes up, and the
text that they belong to is upright: pages and texts that stand on their side are turned.
"""

import ctypes
import math
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from typing import Any, NamedTuple

import pypdfium2.raw as pdfium
from pypdfium2 import PdfDocument, PdfiumError

UNKNOWN = "\ufffd"  # stands for a glyph of which nobody can tell the letter
# Letters further apart than this, in sizes of type, are two pieces; word spaces rarely are.
_APART = 0.8
_CAP = 1.6  # so much higher than other letters is a drop cap
_SKEW = math.radians(10)  # text that a scanner has put askew is upright
_HALF = re.compile("[\ud800-\udfff]")
_HYPHEN, _NO_BREAK_SPACE = 2, 0xA0  # PDFium's own sign of a hyphen at a line's end
_BULLETS = {0xF0A7: 0x2022, 0xF0B7: 0x2022, 0xF0D8: 0x2022}  # of the fonts Wingdings and Symbol
_MOST_BLANKS = 4  # between two letters, PDFium's sign of a new line included
_SMALLEST_BOX = 40.0  # points
_DEEPEST = 12  # forms within forms that are looked into
# Fonts that a file need not hold: PDFium has one with the same letters.
_ALWAYS_THERE = ("Arial", "Courier", "Helvetica", "Symbol", "Times", "ZapfDingbats")
_FEWEST_LOST, _SHARE_LOST = 3, 0.7


class Place(NamedTuple):
    """A rectangle."""

    left: float
    bottom: float
    right: float
    top: float


class Piece(NamedTuple):
    """Letters side by side on one line, as far as there is no wide gap between them."""

    text: str
    left: float
    right: float
    y: float  # of the line that the letters stand on
    size: float  # of the type
    font: str
    unnamed: int = 0  # letters of which the file does not say which they are

    @property
    def top(self) -> float:
        """The upper edge, about."""
        return self.y + 0.75 * self.size

    @property
    def bottom(self) -> float:
        """The lower edge, about."""
        return self.y - 0.25 * self.size


class PageText(NamedTuple):
    """What one page says, in the order of the file."""

    pieces: list[Piece]  # in the direction that most of its text has
    others: list[list[Piece]]  # text in other directions, one list for each
    boxes: list[Place]  # rectangles drawn on it: frames and grounds, lines and cells too
    letters: int  # how many there are, blanks included


class FontUse:
    """Which fonts draw text of no extent: PDFium leaves it out, without a word.

    It does so with letters of a font that is not in the file (of Chinese and Japanese, mostly) when
    it has none to put in its place. Blanks have no extent either.
    """

    def __init__(self) -> None:
        self._fonts: dict[int, str | None] = {}  # by address; None: it cannot lose anything
        self._drawn: Counter[str] = Counter()
        self._lost: Counter[str] = Counter()

    def add(self, text: Any) -> None:
        """Count an object of text."""
        font = pdfium.FPDFTextObj_GetFont(text)
        address = ctypes.addressof(font.contents) if font else 0
        if address not in self._fonts:
            self._fonts[address] = self._name(font)
        if (name := self._fonts[address]) is not None:
            place = _bounds(text)
            self._drawn[name] += 1
            self._lost[name] += place is None or abs(place.right - place.left) < 1e-3

    @property
    def losing(self) -> list[str]:
        """The names of the fonts whose letters PDFium has probably left out."""
        return [
            name
            for name, count in self._lost.items()
            if count >= _FEWEST_LOST and count >= _SHARE_LOST * self._drawn[name]
        ]

    @staticmethod
    def _name(font: Any) -> str | None:
        if not font or pdfium.FPDFFont_GetIsEmbedded(font):
            return None
        buffer = ctypes.create_string_buffer(200)
        pdfium.FPDFFont_GetBaseFontName(font, buffer, len(buffer))
        name = buffer.value.decode("utf-8", "replace")
        return name if name and not name.startswith(_ALWAYS_THERE) else None


def page_text(document: PdfDocument, number: int, fonts: FontUse, most: int) -> PageText | None:
    """Return what a page says, counted from 0; None when it cannot be read.

    Raises OverflowError when it has more than `most` letters.
    """
    try:
        page = document[number]
    except PdfiumError:
        return None
    try:
        text = page.get_textpage()
        count = pdfium.FPDFText_CountChars(text.raw)
        if count > most:
            raise OverflowError
        boxes = list(_look_over(page.raw, fonts))
        visible = Place(*page.get_bbox())
        by_turn = _by_turn(text.raw, count, visible)
    except PdfiumError:
        return None
    finally:
        page.close()  # its text too
    if not by_turn:
        return PageText([], [], [], count)
    most_of_it = max(by_turn, key=lambda turn: sum(len(piece.text) for piece in by_turn[turn]))
    return PageText(
        by_turn.pop(most_of_it),
        list(by_turn.values()),
        [_turned(place, most_of_it) for place in boxes],
        count,
    )


# --- letters to pieces ---------------------------------------------------------------------------


def _by_turn(text: Any, count: int, visible: Place) -> dict[int, list[Piece]]:
    """Return the visible pieces of a page by how they are turned, in degrees."""
    by_turn: dict[int, list[Piece]] = {}
    aslant: dict[int, list[int]] = {}
    for piece, letters in _pieces(text, range(count), 0):
        turn = _turn_of(text, letters[len(letters) // 2])
        if turn:
            aslant.setdefault(turn, []).extend(letters)
        else:
            by_turn.setdefault(0, []).append(piece)
    for turn, letters in aslant.items():
        by_turn[turn] = [piece for piece, _ in _pieces(text, _with_blanks(letters), turn)]
    for turn, pieces in list(by_turn.items()):
        edges = _turned(visible, turn)
        by_turn[turn] = [piece for piece in pieces if _stands_in(piece, edges)]
    return {turn: pieces for turn, pieces in by_turn.items() if pieces}


def _with_blanks(letters: Sequence[int]) -> Iterator[int]:
    """Yield the indices of letters, and those of blanks between them."""
    before = letters[0]
    for index in letters:
        if index - before <= _MOST_BLANKS:
            yield from range(before + 1, index)
        yield index
        before = index


def _pieces(text: Any, indices: Iterable[int], turn: int) -> Iterator[tuple[Piece, list[int]]]:
    """Yield pieces with the indices of their letters; `turn` is that of the text, in degrees."""
    box = pdfium.FS_RECTF()
    at_box = ctypes.byref(box)
    code_of, box_of = pdfium.FPDFText_GetUnicode, pdfium.FPDFText_GetLooseCharBox
    is_unnamed = pdfium.FPDFText_HasUnicodeMapError
    codes: list[int] = []
    letters: list[int] = []
    spaced, unnamed = False, 0
    first = last = low = line = size = tall = left = right = 0.0
    for index in indices:
        code = code_of(text, index)
        if (code <= 32 and code != _HYPHEN and code) or code == _NO_BREAK_SPACE:
            spaced = True
            continue
        if not box_of(text, index, at_box):
            continue
        begin, bottom, end, top = box.left, box.bottom, box.right, box.top
        if turn:
            begin, bottom, end, top = _turned(Place(begin, bottom, end, top), turn)
        if letters:
            apart = begin - last if begin > first else first - end
            ends = apart >= _APART * size
            if not ends and abs(bottom - low) > 0.1 * size:  # other type, or another line
                raised = abs(_line_of(text, index, turn) - line)
                # After a large first letter, which goes down into the next line, text is higher.
                drops = raised > 0.15 * size and _CAP * (top - bottom) < tall
                ends = drops or raised >= 0.5 * size
            if ends:
                yield _piece(text, codes, letters, (left, right), turn, unnamed)
                codes, letters, spaced, unnamed = [], [], False, 0
        if not letters:
            line, size = _line_of(text, index, turn), _size_of(text, index)
            low, tall, left, right = bottom, top - bottom, begin, end
        elif spaced:
            codes.append(32)
        first, last, spaced = begin, end, False
        if begin < left:
            left = begin
        if end > right:
            right = end
        if code == _HYPHEN:
            code = 45
        elif is_unnamed(text, index) or (not 0 < code < 0x7F and _is_private(code)):
            code = _BULLETS.get(code) or _letter_or_unknown(code)
            unnamed += code != 0x2022
        codes.append(code)
        letters.append(index)
    if letters:
        yield _piece(text, codes, letters, (left, right), turn, unnamed)


def _piece(
    text: Any,
    codes: Sequence[int],
    letters: Sequence[int],
    across: tuple[float, float],
    turn: int,
    unnamed: int,
) -> tuple[Piece, list[int]]:
    """Return a piece; its type is that of the letter in its middle, whatever it begins with."""
    middle = letters[len(letters) // 2]
    flags = ctypes.c_int()
    name = ctypes.create_string_buffer(100)
    pdfium.FPDFText_GetFontInfo(text, middle, name, len(name), ctypes.byref(flags))
    string = "".join(map(chr, codes))
    if not string.isascii() and _HALF.search(string):  # of a letter, on Windows
        string = string.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    font = name.value.decode("utf-8", "replace")
    line = _line_of(text, middle, turn)
    return Piece(string, *across, line, _size_of(text, middle), font, unnamed), list(letters)


def _line_of(text: Any, index: int, turn: int) -> float:
    """Return the height of the line that a letter stands on."""
    x, y = ctypes.c_double(), ctypes.c_double()
    pdfium.FPDFText_GetCharOrigin(text, index, ctypes.byref(x), ctypes.byref(y))
    across, up = float(x.value), float(y.value)
    return _turned(Place(across, up, across, up), turn).bottom if turn else up


def _size_of(text: Any, index: int) -> float:
    """Return the size of type of a letter, in points as they are on the page."""
    matrix = pdfium.FS_MATRIX()
    pdfium.FPDFText_GetMatrix(text, index, ctypes.byref(matrix))
    nominal = float(pdfium.FPDFText_GetFontSize(text, index))
    return max(0.5, nominal * math.hypot(matrix.c, matrix.d))


def _is_private(code: int) -> bool:
    """Return whether no standard says what letter this is."""
    return code == 0 or 0xE000 <= code <= 0xF8FF or code >= 0xF0000 or 0x7F <= code < 0xA0


def _letter_or_unknown(code: int) -> int:
    """Return the code of an unnamed glyph, which is often the letter after all, or UNKNOWN."""
    is_letter = 32 < code < 0x110000 and not _is_private(code) and not 0xD800 <= code < 0xE000
    return code if is_letter else ord(UNKNOWN)


# --- directions ----------------------------------------------------------------------------------


def _turn_of(text: Any, index: int) -> int:
    """Return by how many degrees a letter is turned to the left: 0, 90, 180, 270, or what it is."""
    angle = -pdfium.FPDFText_GetCharAngle(text, index)  # which is to the right
    if not angle or angle > 0:
        return 0
    quarter = math.pi / 2
    nearest = round(angle / quarter) * quarter
    degrees = math.degrees(nearest if abs(angle - nearest) < _SKEW else angle)
    return round(degrees) % 360


def _turned(place: Place, turn: int) -> Place:
    """Return a place after the page was turned back by `turn` degrees."""
    if turn == 0:
        return place
    left, bottom, right, top = place
    if turn == 90:
        return Place(bottom, -right, top, -left)
    if turn == 180:
        return Place(-right, -top, -left, -bottom)
    if turn == 270:
        return Place(-top, left, -bottom, right)
    cos, sin = math.cos(math.radians(turn)), math.sin(math.radians(turn))
    corners = [(x * cos + y * sin, y * cos - x * sin) for x in (left, right) for y in (bottom, top)]
    across, up = zip(*corners, strict=True)
    return Place(min(across), min(up), max(across), max(up))


def _stands_in(piece: Piece, edges: Place) -> bool:
    """Return whether the middle of a piece is on the page."""
    across = (piece.left + piece.right) / 2
    return edges.left <= across <= edges.right and edges.bottom <= piece.y <= edges.top


# --- what else is drawn --------------------------------------------------------------------------


def _look_over(page: Any, fonts: FontUse) -> Iterator[Place]:
    """Yield the rectangles drawn on a page, and count the use of its fonts."""
    for number in range(pdfium.FPDFPage_CountObjects(page)):
        thing = pdfium.FPDFPage_GetObject(page, number)
        if pdfium.FPDFPageObj_GetType(thing) != pdfium.FPDF_PAGEOBJ_PATH:
            _count_fonts(thing, fonts, 0)
        elif place := _bounds(thing):
            wide, high = place.right - place.left, place.top - place.bottom
            if wide > _SMALLEST_BOX and high > _SMALLEST_BOX:
                yield place


def _count_fonts(thing: Any, fonts: FontUse, depth: int) -> None:
    """Count the use of fonts by an object of a page, a form's own objects included."""
    kind = pdfium.FPDFPageObj_GetType(thing)
    if kind == pdfium.FPDF_PAGEOBJ_TEXT:
        fonts.add(thing)
    elif kind == pdfium.FPDF_PAGEOBJ_FORM and depth < _DEEPEST:
        for number in range(pdfium.FPDFFormObj_CountObjects(thing)):
            _count_fonts(pdfium.FPDFFormObj_GetObject(thing, number), fonts, depth + 1)


def _bounds(thing: Any) -> Place | None:
    edges = [ctypes.c_float() for _ in range(4)]
    if not pdfium.FPDFPageObj_GetBounds(thing, *map(ctypes.byref, edges)):
        return None
    return Place(*(edge.value for edge in edges))
