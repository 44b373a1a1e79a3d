"""Words and marks of a text with their offsets, as parallel lists: the rules read these."""

import re
from bisect import bisect_left
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import partial
from itertools import accumulate
from typing import Generic, TypeVar

_T = TypeVar("_T")
_MOST, _LONGEST = 50_000, 40  # words that are remembered, and their letters

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
    # Returns the index of the first token that starts at or after an offset.
    first_from: Callable[[int], int] = field(repr=False, compare=False)

    def __len__(self) -> int:
        return len(self.text)


def tokenize(text: str) -> Tokens:
    """Cut a text into tokens, in one pass."""
    pieces = _TOKEN.split(text)  # a gap, a token, a gap, …, a gap
    edges = list(accumulate(map(len, pieces)))
    words, starts, ends = pieces[1::2], edges[:-1:2], edges[1::2]
    lower = [word.lower() for word in words]
    return Tokens(words, lower, starts, ends, partial(bisect_left, starts))


class Remembered(dict[str, _T], Generic[_T]):
    """What a function tells of a word, kept for when the word comes again."""

    def __init__(self, tell: Callable[[str], _T]) -> None:
        super().__init__()
        self._tell = tell

    def __missing__(self, word: str) -> _T:
        told = self._tell(word)
        if len(word) <= _LONGEST:
            if len(self) >= _MOST:
                self.clear()
            self[word] = told
        return told


class Lookout:
    """A pattern that is tried only at words that may begin a match, each word judged once."""

    def __init__(self, pattern: re.Pattern[str], beginning: re.Pattern[str] | None = None) -> None:
        """Look out for `pattern`; `beginning` matches wherever in a word it may begin."""
        begins = (beginning or pattern).finditer
        self._match = pattern.match
        self._offsets = Remembered(lambda word: [found.start() for found in begins(word)])

    def matches(self, text: str, tokens: Tokens) -> Iterator[re.Match[str]]:
        """Yield the matches in order of the text, none overlapping another."""
        offsets, done = map(self._offsets.__getitem__, tokens.text), 0
        for k, within in [(k, within) for k, within in enumerate(offsets) if within]:
            for offset in within:
                at = tokens.start[k] + offset
                match = self._match(text, at) if at >= done else None
                if match:
                    done = match.end()
                    yield match
