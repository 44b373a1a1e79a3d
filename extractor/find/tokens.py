"""Words and marks of a text with their offsets, as parallel lists: the rules read these."""

import re
from bisect import bisect_left
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial
from itertools import accumulate

from extractor.find.word_classes import told_of

# An abbreviation with inner stops, a word with inner hyphens or apostrophes, a possessive ending,
# a number, or any one mark. The first alternative says no more than the fifth, sooner: most words.
_TOKEN = re.compile(
    r"([A-Za-z]+(?=[ ,\n])"
    r"|(?:[^\W\d_]\.){2,}"  # U.S.  D.C.  J.K.
    r"|['’][sS]\b"  # the possessive ending
    r"|\d[\d,.]*\d|\d"
    r"|[^\W\d_]\w*(?:[-–&.][^\W_]\w*|['’](?![sS]\b)[^\W_]\w*)*"
    r"|\S)"
)


@dataclass(frozen=True, slots=True)
class Tokens:
    """The tokens of one text. `start[i]`, `end[i]` are half-open offsets of `text[i]`."""

    text: list[str]
    lower: list[str]
    start: list[int]
    end: list[int]
    classes: list[int]  # token -> the bits of what it is (`word_classes`)
    classed: list[int]  # the tokens that are of any class
    # Returns the index of the first token that starts at or after an offset.
    first_from: Callable[[int], int] = field(repr=False, compare=False)

    def all_of(self, classes: int) -> list[int]:
        """Return the tokens of any of these classes, in order."""
        known = self.classes
        return [k for k in self.classed if known[k] & classes]

    def __len__(self) -> int:
        return len(self.text)


def tokenize(text: str) -> Tokens:
    """Cut a text into tokens, in one pass."""
    pieces = _TOKEN.split(text)  # a gap, a token, a gap, …, a gap
    edges = list(accumulate(map(len, pieces)))
    words, starts, ends = pieces[1::2], edges[:-1:2], edges[1::2]
    told = list(map(told_of, words))
    lower, classes = [lower for lower, _ in told], [classes for _, classes in told]
    classed = [k for k, found in enumerate(classes) if found]
    return Tokens(words, lower, starts, ends, classes, classed, partial(bisect_left, starts))
