"""Cuts a text into tokens: words and marks with their offsets.

A possessive ending is a token of its own ("bloc", "'s"), and so are a currency's mark ("$", "5.5"),
"%", and what follows a number ("9", "th"). Hyphens and apostrophes within a word join it.
"""

import re
from bisect import bisect_left
from collections import defaultdict
from collections.abc import Callable
from dataclasses import field, replace
from functools import partial
from itertools import chain, compress
from typing import NamedTuple

from extractor.frozen import frozen
from extractor.language.word_classes import WORD_CLASSES
from extractor.text.invisible import seen_through

# An abbreviation with inner stops, a word with inner hyphens or apostrophes, a possessive ending,
# a number, or any one mark. None holds a blank, or depends on what stands beyond one.
_TOKEN = re.compile(
    r"[^\W\d_](?:\.(?:[^\W\d_]\.)+"  # U.S.  D.C.  J.K.
    r"|\w*+(?:(?:[-–&.]|['’](?![sS]\b))[^\W_]\w*+)*+)"
    r"|['’][sS]\b"  # the possessive ending
    r"|\d(?:[\d,.]*\d)?"
    r"|\S"
)


class Token(NamedTuple):
    """A word or a mark; offsets count code points of the article's text."""

    text: str
    lower: str  # lower case, with a straight apostrophe
    start: int
    end: int

    @property
    def capitalised(self) -> bool:
        """Return whether the word begins with a capital letter."""
        return self.text[:1].isupper()

    @property
    def is_word(self) -> bool:
        """Return whether this is a word, a number or a possessive ending, not a mark like ","."""
        return self.text[0].isalnum() or self.text[0] == "$" or self.lower == "'s"


@frozen
class Tokens:
    """The tokens of one text in columns, for speed where the whole article is read.

    Token `i` is `text[i]` at the offsets `start[i]:end[i]` (code points, half-open). Use `between`
    for a stretch of them as `Token` objects.
    """

    text: list[str]
    lower: list[str]
    start: list[int]
    end: list[int]
    classes: list[int]  # token -> the bits of its classes (`word_classes`)
    classed: dict[int, list[int]]  # such bits -> the tokens that have just these, in order
    # Returns the index of the first token that starts at or after an offset.
    first_from: Callable[[int], int] = field(repr=False, compare=False)

    def all_of(self, classes: int) -> list[int]:
        """Return the tokens of any of these classes, in order."""
        groups = [places for bits, places in self.classed.items() if bits & classes]
        return groups[0] if len(groups) == 1 else sorted(chain.from_iterable(groups))

    def between(self, first: int, last: int) -> list[Token]:
        """Return the tokens first:last, one by one."""
        make = tuple.__new__  # half the time of Token(…)
        return [
            make(Token, (text, lower.replace("’", "'") if "’" in lower else lower, start, end))
            for text, lower, start, end in zip(
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
    """Return the tokens of a text."""
    found = list(_TOKEN.finditer(text))
    words = [match[0] for match in found]
    starts, ends = [match.start() for match in found], [match.end() for match in found]
    known = [WORD_CLASSES[word] for word in words]
    lower, classes = [lower for lower, _ in known], [bits for _, bits in known]
    classed: dict[int, list[int]] = defaultdict(list)
    for k in compress(range(len(classes)), classes):
        classed[classes[k]].append(k)
    return Tokens(words, lower, starts, ends, classes, classed, partial(bisect_left, starts))


def tokens_as_seen(text: str) -> Tokens:
    """Return the tokens of a text as if no invisible characters stood within its words.

    A token's text has none of them, and its letters have their accents on them; its offsets are
    those of `text`, around them.
    """
    seen = seen_through(text)
    if seen is None:
        return tokenize(text)
    tokens = tokenize(seen.text)
    starts = [seen.start[i] for i in tokens.start]
    ends = [seen.end[i - 1] for i in tokens.end]
    return replace(tokens, start=starts, end=ends, first_from=partial(bisect_left, starts))
