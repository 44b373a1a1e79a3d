"""Words that loosen or bound a number, before it or after it.

* loosened: "around 50", "50 or so";
* bounded from below: "more than 40", "at least 40", "40-plus"; or from above: "up to 50";
* opening a range: "between 20 and 30", "from 20 to 30".

Which words do what is in data/figures.txt. "over" and "about" before a small number word are often
prepositions, and qualify nothing then: "talks about three cases".
"""

import re
from typing import Literal, NamedTuple, get_args

from extractor.find.candidates import FigureKind
from extractor.find.figures.not_figures import words_before
from extractor.language.en.lists import word_labels, word_set
from extractor.text.spans import Span

Sort = Literal["about", "low", "high", "range"]


class Qualifier(NamedTuple):
    """The qualifying words and what they do: loosen, bound from below or above, open a range."""

    span: Span
    sort: Sort


_BEFORE: dict[str, Sort] = word_labels("figures.qualifiers-before", get_args(Sort))
_LAST_WORDS = frozenset(phrase.split()[-1] for phrase in _BEFORE)
_MAX_WORDS = max(len(phrase.split()) for phrase in _BEFORE)
_FILLERS = word_set("figures.qualifier-fillers")
_AFTER = re.compile(
    r"(?: (or so|or thereabouts|or more|or fewer|or less|at most|at least|or longer)\b"
    r"|-(odd|plus)\b|(\+)(?!\w))"
)
_SORT_AFTER: dict[str, Sort] = word_labels("figures.qualifiers-after", get_args(Sort))
_PREPOSITIONS = word_set("figures.qualifiers-also-prepositions")
_TALK = word_set("figures.talk")


def qualifier_of(
    text: str, start: int, end: int, kind: FigureKind, small: bool
) -> Qualifier | None:
    """Return the words that qualify a figure printed at `text[start:end]`; None without any.

    `small`: it is a number word below ten, before which "over" and "about" are often prepositions.
    """
    return _before(text, start, kind, small) or _after(text, end)


def _before(text: str, start: int, kind: FigureKind, small: bool) -> Qualifier | None:
    """Return the longest qualifier that ends right before `start`: "as many as", "nearly"."""
    words = words_before(text, start)
    edge = start
    if words and words[-1].lower() in _FILLERS and text[start - 1] in " \u00a0":
        edge = text.rindex(words.pop(), 0, edge)
    if not words or text[edge - 1] not in " \u00a0\n":
        return None
    if words[-1].lower().lstrip("(“\"‘'—–-") not in _LAST_WORDS:
        return None
    stop = text.rindex(words[-1], 0, edge) + len(words[-1])
    for size in range(min(_MAX_WORDS, len(words)), 0, -1):
        phrase = " ".join(words[-size:]).lower().lstrip("(“\"‘'—–-")
        sort = _BEFORE.get(phrase)
        if sort is None:
            continue
        outer = words[-size - 1].lower() if len(words) > size else ""
        if _is_preposition(phrase, outer, kind, small):
            return None
        begin = stop
        for word in reversed(words[-size:]):
            begin = text.rindex(word, 0, begin)
        begin += len(words[-size]) - len(words[-size].lstrip("(“\"‘'—–-"))
        return Qualifier(Span(begin, stop), sort)
    return None


def _is_preposition(phrase: str, outer: str, kind: FigureKind, small: bool) -> bool:
    """Return whether the phrase is a preposition here, e.g. "arrested over two murders"."""
    if phrase in _PREPOSITIONS:
        if kind == "duration":
            return phrase != "under" and outer not in ("for", "in", "of", "after")
        return small and kind == "count"
    if phrase == "about" and kind == "count":
        return small and outer.strip(",") in _TALK
    return False


def _after(text: str, end: int) -> Qualifier | None:
    """Return the qualifier right after a number that ends at `end`: "or so", "-plus"."""
    match = _AFTER.match(text, end)
    if match is None:
        return None
    group = match.lastindex or 1
    return Qualifier(Span(*match.span(group)), _SORT_AFTER.get(match[group], "low"))
