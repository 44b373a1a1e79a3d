"""Words and marks of a text with their offsets, as parallel lists: the rules read these."""

import re
from bisect import bisect_left
from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial
from itertools import accumulate, chain, compress
from operator import add
from typing import Any

from extractor.find.word_classes import TOLD

# An abbreviation with inner stops, a word with inner hyphens or apostrophes, a possessive ending,
# a number, or any one mark. None holds a blank, or depends on what stands beyond one.
_TOKEN = re.compile(
    r"[^\W\d_](?:\.(?:[^\W\d_]\.)+"  # U.S.  D.C.  J.K.
    r"|\w*+(?:(?:[-–&.]|['’](?![sS]\b))[^\W_]\w*+)*+)"
    r"|['’][sS]\b"  # the possessive ending
    r"|\d(?:[\d,.]*\d)?"
    r"|\S"
)
_ENDING = frozenset('.,;:?!)"”')  # tokens of their own at the end of what has no stop in it
_MOST, _LONGEST = 50_000, 40  # pieces that are remembered, and their characters
# A piece of text, from one blank to the next -> its tokens, five places each: the word as printed
# and in lower case, the bits of what it is, its length, and how far on the next token begins. A
# token of no length stands for a beginning, or a whole piece, that holds none.
_CUT: dict[str, list[Any]] = {}


@dataclass(frozen=True, slots=True)
class Tokens:
    """The tokens of one text. `start[i]`, `end[i]` are half-open offsets of `text[i]`."""

    text: list[str]
    lower: list[str]
    start: list[int]
    end: list[int]
    classes: list[int]  # token -> the bits of what it is (`word_classes`)
    classed: dict[int, list[int]]  # the same bits -> the tokens that have them, in order
    # Returns the index of the first token that starts at or after an offset.
    first_from: Callable[[int], int] = field(repr=False, compare=False)

    def all_of(self, classes: int) -> list[int]:
        """Return the tokens of any of these classes, in order."""
        found = [places for bits, places in self.classed.items() if bits & classes]
        return found[0] if len(found) == 1 else sorted(chain.from_iterable(found))

    def __len__(self) -> int:
        return len(self.text)


def tokenize(text: str) -> Tokens:
    """Cut a text into tokens: blank by blank, and the pattern only where a piece is new."""
    cut: list[Any] = []
    known = _CUT.get
    for piece in text.replace("\n\n", "\n ").split(" "):  # a word's last line end stays with it
        cut += known(piece) or _cut(piece)
    words, lower, classes, lengths = cut[0::5], cut[1::5], cut[2::5], cut[3::5]
    starts = list(accumulate(cut[4:-5:5], initial=0))
    if "" in words:
        keep = words
        lower, classes, lengths, starts, words = [
            list(compress(column, keep)) for column in (lower, classes, lengths, starts, words)
        ]
    ends = list(map(add, starts, lengths))
    classed: dict[int, list[int]] = defaultdict(list)
    for k in compress(range(len(classes)), classes):
        classed[classes[k]].append(k)
    return Tokens(words, lower, starts, ends, classes, classed, partial(bisect_left, starts))


def _cut(piece: str) -> list[Any]:
    """Cut what stands between two blanks, and remember it."""
    stem, last, length = piece[:-1], piece[-1:], len(piece)
    known = _CUT.get(stem) if stem else None
    if piece.isalpha():
        cut = [piece, *TOLD[piece], length, length + 1]
    elif known and last in _ENDING and (last != "." or "." not in stem):
        cut = [*known, last, *TOLD[last], 1, 2]
        cut[-6] -= 1
    else:
        cut = _cut_anew(piece)
    if length <= _LONGEST:
        if len(_CUT) >= _MOST:
            _CUT.clear()
        _CUT[piece] = cut
    return cut


def _cut_anew(piece: str) -> list[Any]:
    """Cut by the pattern what may hold any mark."""
    cut: list[Any] = ["", "", 0, 0, 0]
    end = 0
    for match in _TOKEN.finditer(piece):
        start, word = match.start(), match[0]
        cut[-1] += start - end
        end = start + len(word)
        cut += (word, *TOLD[word], len(word), len(word))
    cut[-1] += len(piece) + 1 - end
    return cut if cut[4] else cut[5:]
