"""Cuts a text into tokens: words and marks with their offsets.

A possessive ending is a token of its own ("bloc", "'s"), and so are a currency's mark ("$", "5.5"),
"%", and what follows a number ("9", "th"). Hyphens and apostrophes within a word join it.
"""

import re
from bisect import bisect_left
from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial
from itertools import chain, compress
from typing import NamedTuple

from extractor.language.word_classes import TOLD

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


class Token(NamedTuple):
    """A word or a mark; offsets count code points of the article's text."""

    text: str
    low: str  # lower case, with a straight apostrophe
    start: int
    end: int

    @property
    def capital(self) -> bool:
        """Return whether the word begins with a capital letter."""
        return self.text[:1].isupper()

    @property
    def word(self) -> bool:
        """Return whether this is a word, a number or a possessive ending, and no mark."""
        return self.text[0].isalnum() or self.text[0] == "$" or self.low == "'s"


@dataclass(frozen=True, slots=True)
class Tokens:
    """The tokens of one text in columns, which what runs over the whole article reads quickly.

    `start[i]`, `end[i]` are half-open offsets of `text[i]`; `between` gives the same tokens one by
    one.
    """

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

    def between(self, first: int, last: int) -> list[Token]:
        """Return the tokens first:last, one by one."""
        make = tuple.__new__  # half the time of Token(…)
        return [
            make(Token, (text, low.replace("’", "'") if "’" in low else low, start, end))
            for text, low, start, end in zip(
                self.text[first:last],
                self.lower[first:last],
                self.start[first:last],
                self.end[first:last],
                strict=True,
            )
        ]

    def __len__(self) -> int:
        return len(self.text)


def tokenize(text: str) -> Tokens:
    """Cut a text into tokens: blank by blank, and the pattern only where words are not plain."""
    words: list[str] = []
    told: list[tuple[str, int]] = []  # of each word in lower case, and what it is
    starts: list[int] = []
    ends: list[int] = []
    known = TOLD.get
    start = 0
    for piece in text.replace("\n", " ").split(" "):
        end = start + len(piece)
        knowledge = known(piece)  # what was a token is one
        if knowledge is not None or piece.isalpha():
            words.append(piece)
            told.append(knowledge or TOLD[piece])
            starts.append(start)
            ends.append(end)
        elif piece:
            stem, last = piece[:-1], piece[-1]
            if last in _ENDING and (stem.isalpha() or (stem in TOLD and "." not in stem)):
                words += (stem, last)
                told += (TOLD[stem], TOLD[last])
                starts += (start, end - 1)
                ends += (end - 1, end)
            else:
                for found in _TOKEN.finditer(piece):
                    word = found[0]
                    words.append(word)
                    told.append(TOLD[word])
                    starts.append(start + found.start())
                    ends.append(start + found.end())
        start = end + 1
    lower, classes = [lower for lower, _ in told], [bits for _, bits in told]
    classed: dict[int, list[int]] = defaultdict(list)
    for k in compress(range(len(classes)), classes):
        classed[classes[k]].append(k)
    return Tokens(words, lower, starts, ends, classes, classed, partial(bisect_left, starts))
