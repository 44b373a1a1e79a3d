"""Folds text for comparison: marks, dashes, blanks, case and width made equal, offsets kept.

Folded alike: every kind of quotation mark, `''` and `"`; every dash, `--` and `-`; runs of blanks
and one space; `…` and `...`; upper and lower case; a letter with its accent as one character or as
two; compatibility forms (ﬁ, full width). Dropped: soft hyphens and characters of no width. Not
touched, because they change what is said: digits that stand high or low, fractions, signs.
"""

import re
import unicodedata
from bisect import bisect_right

from extractor.frozen import frozen
from extractor.text.spans import Span

_INVISIBLE = "\u00ad\u200b\u200c\u200d\u2060\ufeff"
_SINGLE = "‘’‚‛′`´ʼ‹›"
_DOUBLE = "“”„‟″«»"
_DASHES = "‐‑‒–—―−﹘﹣－"
_SAME = (
    {ord(mark): "'" for mark in _SINGLE}
    | {ord(mark): '"' for mark in _DOUBLE}
    | {ord(dash): "-" for dash in _DASHES}
    | {ord(letter): "" for letter in _INVISIBLE}
)
# Stretches whose length changes: runs of blanks, doubled marks and dashes, letter and accent.
_RUNS = rf"[\s{_INVISIBLE}]{{2,}}|[{_INVISIBLE}]|''|--+|[^\W\d_][\u0300-\u036f]+"


@frozen
class Folded:
    """A folded text, with the offsets of the pieces whose length changed, to map others back."""

    text: str
    # One entry for each piece that changed its length: where it starts and ends, folded and not.
    starts: list[int]
    ends: list[int]
    original_starts: list[int]
    original_ends: list[int]

    def original(self, start: int, end: int) -> Span | None:
        """Return the span of folded `text[start:end]` in the original text.

        None when an offset falls inside a piece that changed its length.
        """
        first, last = self._place(start, at_end=False), self._place(end, at_end=True)
        return None if first is None or last is None else Span(first, last)

    def _place(self, offset: int, *, at_end: bool) -> int | None:
        """Return the original offset of a folded one; None inside a piece.

        At an end the piece before the offset counts, at a start the one after it.
        """
        index = bisect_right(self.starts, offset - at_end) - 1
        if index < 0:
            return offset
        if offset >= self.ends[index]:
            return self.original_ends[index] + offset - self.ends[index]
        return self.original_starts[index] if offset == self.starts[index] else None


def fold(text: str) -> Folded:
    """Return a text folded, with what leads its offsets back; in linear time."""
    # First what folds to exactly one character, as that moves no offset; then everything else.
    same_length = text.translate(_one_to_one(text))
    longer = "".join(
        sorted(c for c in set(same_length) if c > "\x7f" and len(fold_character(c)) > 1)
    )
    runs = f"{_RUNS}|[{re.escape(longer)}]" if longer else _RUNS
    pieces: list[str] = []
    folded = Folded("", [], [], [], [])
    done = length = 0
    for match in re.finditer(runs, same_length):
        start, end = match.span()
        piece = _fold_run(match.group())
        pieces += (same_length[done:start], piece)
        length += start - done
        folded.starts.append(length)
        length += len(piece)
        folded.ends.append(length)
        folded.original_starts.append(start)
        folded.original_ends.append(end)
        done = end
    pieces.append(same_length[done:])
    return Folded(
        "".join(pieces), folded.starts, folded.ends, folded.original_starts, folded.original_ends
    )


def fold_character(character: str) -> str:
    """Return what one character folds to: none, one or more characters."""
    same = _SAME.get(ord(character))
    if same is not None:
        return same
    if character.isspace():
        return " "
    # A superscript or a fraction is a number of its own: "10²" is not "102", "½" not "1/2".
    if unicodedata.category(character) == "No":
        return character
    return unicodedata.normalize("NFKC", character).casefold()


def _fold_run(run: str) -> str:
    """Return what a match of `_RUNS`, or a character that folds to several, folds to."""
    if run[0] == "'":
        return '"'
    if run[0] == "-":
        return "-"
    if len(run) > 1 and run[0].isalpha():
        return unicodedata.normalize("NFKC", run).casefold()
    if any(c.isspace() for c in run):
        return " "
    return "".join(map(fold_character, run))


def _one_to_one(text: str) -> dict[int, str]:
    """Return what each character of a text folds to, itself where that is not one character."""
    table: dict[int, str] = {}
    for character in set(text):
        folded = fold_character(character)
        table[ord(character)] = folded if len(folded) == 1 else character
    return table
