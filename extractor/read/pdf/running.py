"""Takes off a PDF's pages what does not belong to the article: running heads and feet, numbers.

They are taken from the pages before their order is made, so that they part no sentence.
"""

import re
from collections import Counter
from itertools import pairwise

from extractor.read.pdf.glyphs import PageText, Piece

_PAGE_NUMBER = re.compile(r"(?:page\s*)?[-–—\s]*\d{1,3}(?:\s*(?:/|of)\s*\d{1,3})?[-–—\s]*", re.I)
# What a browser prints above and below a page: the time and the title, the address and the number.
_PRINTED_AT = re.compile(r"\d{1,2}[/.]\d{1,2}[/.]\d{2,4},? \d{1,2}[:.]\d\d(?:\s?[AP]M)?", re.I)
_ADDRESS = re.compile(r"(?:https?://|www\.|file://)\S+(?:\s\d{1,3}/\d{1,3})?", re.I)
_NUMBER = re.compile(r"\d{1,2}")
_FEWEST_NUMBERS = 8  # lines of a page that are numbered
_SHARE = 0.4  # of the pages: heads of left and right pages differ
_FEWEST_LETTERS = 5
_ROWS = 3  # at a page's upper and lower edge


def without_running_lines(pages: list[PageText]) -> list[PageText]:
    """Return the pages without page numbers and what stands at the edge of most pages."""
    edges = [_edges(page.pieces) for page in pages]
    seen = Counter(key for edge in edges for key in {_stays(piece) for piece in edge})
    often = max(2.0, _SHARE * len(pages))

    def runs(piece: Piece, printed: bool) -> bool:
        """Return whether a piece at a page's edge is a running line."""
        if printed and _ADDRESS.fullmatch(piece.text):
            return True
        letters = sum(character.isalpha() for character in piece.text)
        return seen[_stays(piece)] >= often and letters >= _FEWEST_LETTERS

    left = []
    for page, edge in zip(pages, edges, strict=True):
        printed = next((p for p in edge if _PRINTED_AT.match(p.text)), None)
        gone = {id(piece) for piece in edge if runs(piece, printed is not None)}
        numbers = [piece for piece in edge if _PAGE_NUMBER.fullmatch(piece.text)]
        rows = Counter(round(piece.y / 2) for piece in numbers)  # a row of numbers is a table's
        gone |= {id(piece) for piece in numbers if rows[round(piece.y / 2)] == 1}
        if printed is not None:
            row = [piece for piece in edge if abs(piece.y - printed.y) < 1]
            if len(row) == 1 or printed.y >= max(piece.y for piece in edge) - 1:
                gone |= {id(piece) for piece in row}
        gone |= _line_numbers(page.pieces)
        left.append(page._replace(pieces=[p for p in page.pieces if id(p) not in gone]))
    return left


def _line_numbers(pieces: list[Piece]) -> set[int]:
    """Return the identities of the numbers in the margin of a transcript, one a line."""
    numbers = [piece for piece in pieces if _NUMBER.fullmatch(piece.text)]
    if len(numbers) < _FEWEST_NUMBERS:
        return set()
    numbers.sort(key=lambda piece: -piece.y)
    margin = min(piece.right for piece in numbers)
    counted = [piece for piece in numbers if piece.right < margin + 2 * piece.size]
    values = [int(piece.text) for piece in counted]
    steps = sum(second - first == 1 for first, second in pairwise(values))
    if steps < _FEWEST_NUMBERS - 1 or steps < len(values) - 2:
        return set()
    return {id(piece) for piece in counted}


def _edges(pieces: list[Piece]) -> list[Piece]:
    """Return what stands in the topmost rows of a page, and in the lowest."""
    rows: list[float] = []
    for y in sorted(piece.y for piece in pieces):
        if not rows or y - rows[-1] > 2:
            rows.append(y)
    count = min(_ROWS, (len(rows) - 1) // 2)
    if count < 1:
        return list(pieces)
    return [piece for piece in pieces if not rows[count - 1] + 2 < piece.y < rows[-count]]


def _stays(piece: Piece) -> tuple[str, int]:
    """Return what stays the same of a running line from page to page."""
    return re.sub(r"\d+", "#", piece.text), round(piece.size)
