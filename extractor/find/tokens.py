"""Words and marks of a text with their offsets, as parallel lists: the rules read these."""

import re
from bisect import bisect_left, bisect_right
from dataclasses import dataclass

# An abbreviation with inner stops, a word with inner hyphens or apostrophes, a possessive ending,
# a number, or any one mark.
_TOKEN = re.compile(
    r"(?:[^\W\d_]\.){2,}"  # U.S.  D.C.  J.K.
    r"|['’][sS]\b"  # the possessive ending
    r"|\d[\d,.]*\d|\d"
    r"|[^\W\d_]\w*(?:[-–&.][^\W_]\w*|['’](?![sS]\b)[^\W_]\w*)*"
    r"|\S"
)


@dataclass(frozen=True, slots=True)
class Tokens:
    """The tokens of one text. `start[i]`, `end[i]` are half-open offsets of `text[i]`."""

    text: list[str]
    lower: list[str]
    start: list[int]
    end: list[int]

    def __len__(self) -> int:
        return len(self.text)

    def first_from(self, offset: int) -> int:
        """Return the index of the first token that starts at or after `offset`."""
        return bisect_left(self.start, offset)

    def first_after(self, offset: int) -> int:
        """Return the index of the first token that ends after `offset`."""
        return bisect_right(self.end, offset)


def tokenize(text: str) -> Tokens:
    """Cut a text into tokens, in one pass."""
    words, starts, ends = [], [], []
    for match in _TOKEN.finditer(text):
        words.append(match.group())
        starts.append(match.start())
        ends.append(match.end())
    return Tokens(words, [word.lower() for word in words], starts, ends)
