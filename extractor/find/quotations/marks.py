"""Finds quotation marks and says whether each may open or close a quotation.

* A mark with a blank before it and a word after it opens; with a word before and a blank after it,
  it closes. Blanks decide before the mark's shape does: outlets, typists and software mix up the
  shapes, but seldom the blanks.
* Marks in a row (`"'No.'"`) are judged by what stands outside of the row; more than six of them
  are decoration. Two apostrophes are one double mark.
* Corner brackets (「」『』), which stand without blanks, are judged by their shape alone.
* No quotation marks: apostrophes ("don't", "'90s", "goin'"), the marks of HTML attributes.
* Doubtful: a mark after a digit (`6"` may be inches), a single mark after "s" ("the workers' ").

Marks are paired in `pairing`; one that closes may turn out to close nothing.
"""

import re
from bisect import bisect_left
from collections.abc import Iterator
from typing import NamedTuple

from extractor.frozen import frozen
from extractor.language.en.lists import word_set
from extractor.text.spans import Span

# families: a mark is closed by one of its own family, whatever the shapes
DOUBLE, GUILLEMET, SINGLE_GUILLEMET, SINGLE = "double", "guillemet", "single guillemet", "single"
CORNER, WHITE_CORNER = "corner", "white corner"

OPEN = "open"
CLOSE = "close"
EITHER = "either"  # closes what is open, else opens
WEAK = "weak"  # likewise, but opens only when the next mark can close it: 'he said:"No."'
NUMERIC = "numeric"  # after a digit: closes, or is an inch mark
POSSIBLE = "possible"  # a single mark that closes, or is an apostrophe: "workers' "

LONGEST_ROW = 6  # marks in a row; a longer row is decoration, not punctuation

_CORNERS = frozenset("「」｢｣『』")
MARK_CHARACTERS = frozenset("\"“”„‟＂«»‹›'‘’‚‛`´") | _CORNERS
_BEFORE_OPENING = frozenset("([{<—–―-/…¿¡|•")
_AFTER_CLOSING = frozenset(",;:)]}>")
_EMPTY = frozenset(('""', "''''", "“”", "«»"))
_SURELY_OPENING = frozenset("([{¿¡")
_OPENING_SHAPES = frozenset("“„‟‘‚‛«‹`")
_FAMILY = {"«": GUILLEMET, "»": GUILLEMET, "‹": SINGLE_GUILLEMET, "›": SINGLE_GUILLEMET}
_FAMILY |= dict.fromkeys("「」｢｣", CORNER) | dict.fromkeys("『』", WHITE_CORNER)
_FAMILY |= dict.fromkeys('"“”„‟＂', DOUBLE) | dict.fromkeys("'‘’‚‛`´", SINGLE)

_WORD = re.compile(r"[^\W_]+")
_WORD_BEFORE = re.compile(r"[^\W_]+$")
_DECADE = re.compile(r"\d0s|\d\d")
_CUT_BEGINNINGS = word_set("quotations.cut-beginnings")
_CUT_ENDS = word_set("quotations.cut-ends")


@frozen
class Mark:
    """One quotation mark of a paragraph."""

    start: int
    end: int
    family: str
    kind: str
    loose: bool = False  # blanks on both sides: opens or closes only as a last resort


class _Neighbours(NamedTuple):
    """What stands beside a row of marks."""

    before: str  # the character before it, "" where the paragraph begins
    after: str  # the character after it, "" where the paragraph ends
    opens: bool  # a mark here may open
    closes: bool  # a mark here may close
    several: bool  # more than one character in the row


def marks_in(text: str, span: Span, places: list[int]) -> list[Mark]:
    """Return the quotation marks of the paragraph at `span`, in order; apostrophes left out.

    `places` are the offsets of all MARK_CHARACTERS of the text, in order.
    """
    start, end = span
    found: list[Mark] = []
    for a, b in _rows(text, places, start, end):
        if text[a] in _CORNERS:
            found.append(Mark(a, b, _FAMILY[text[a]], OPEN if text[a] in "「｢『" else CLOSE))
            continue
        before = text[a - 1] if a > start else ""
        after = text[b] if b < end else ""
        if b - a == 1:
            if before.isalnum() and after.isalnum() and _FAMILY[text[a]] == SINGLE:
                continue  # "don't"
        elif b - a > LONGEST_ROW or _holds_nothing(text[a:b], before, after):
            continue
        opens = _may_stand_before_opening(before) and _may_follow_opening(text, b, after)
        closes = bool(before) and not before.isspace()
        neighbours = _Neighbours(before, after, opens, closes, b - a > 1)
        if b - a == 1:
            row_marks = [(a, b, _FAMILY[text[a]])]
        else:
            row_marks = _split(text, a, b, opens and not closes)
        for x, y, family in row_marks:
            if family == SINGLE:
                mark = _single(text, x, y, neighbours)
            else:
                mark = _double(text, x, y, family, neighbours)
            if mark:
                found.append(mark)
    return found


def _rows(text: str, places: list[int], start: int, end: int) -> Iterator[tuple[int, int]]:
    """Yield start and end of each row of marks that stand side by side in `start:end`.

    A corner bracket is a row by itself.
    """
    k, last = bisect_left(places, start), bisect_left(places, end)
    while k < last:
        a = places[k]
        b = a + 1
        k += 1
        alone = text[a] in _CORNERS
        while k < last and places[k] == b and not alone and text[b] not in _CORNERS:
            b += 1
            k += 1
        yield a, b


def _holds_nothing(row: str, before: str, after: str) -> bool:
    """Return whether a row with blanks on both sides opens and closes itself, e.g. `""`."""
    return row in _EMPTY and not before.strip() and not after.strip()


def _may_stand_before_opening(before: str) -> bool:
    """Return whether an opening mark may follow a character, e.g. a blank, "(", a dash."""
    return not before or before.isspace() or before in _BEFORE_OPENING


def _may_follow_opening(text: str, b: int, after: str) -> bool:
    """Return whether what stands at `b` may follow an opening mark, e.g. a word, "..."."""
    if after == ".":
        return text.startswith("...", b) or text[b + 1 : b + 2].isalnum()
    return bool(after) and not after.isspace() and after not in _AFTER_CLOSING


def _split(text: str, a: int, b: int, opening: bool) -> list[tuple[int, int, str]]:
    """Cut a row into marks: two apostrophes are one double mark, and of three the outer two."""
    cut: list[tuple[int, int, str]] = []
    while a < b:
        character = text[a]
        same = 1
        while a + same < b and text[a + same] == character:
            same += 1
        if _FAMILY[character] == SINGLE and same > 1:
            if same % 2 and not opening:
                cut.append((a, a + 1, SINGLE))
                a, same = a + 1, same - 1
            cut += [(x, x + 2, DOUBLE) for x in range(a, a + same - 1, 2)]
            if same % 2:
                cut.append((a + same - 1, a + same, SINGLE))
        else:
            cut += [(x, x + 1, _FAMILY[character]) for x in range(a, a + same)]
        a += same
    return cut


def _double(text: str, x: int, y: int, family: str, neighbours: _Neighbours) -> Mark | None:
    """Return a double mark or a guillemet with its kind; None for the mark of an HTML attribute."""
    before, after, opens, closes, _ = neighbours
    shape = text[x]
    opening_shape, plain = shape in _OPENING_SHAPES, shape in "\"＂'´"
    loose = False
    if opens and not closes:
        kind = EITHER if shape == "”" else OPEN
    elif opens:  # after a dash or a bracket
        sure = before in _SURELY_OPENING or opening_shape
        kind = OPEN if sure else EITHER if plain else CLOSE
    elif closes:
        if before == "=":
            return None
        if before.isdigit() and not opening_shape:
            kind = NUMERIC
        elif after.isalnum() or after in ("[", "$"):  # a blank is missing
            kind = OPEN if opening_shape else WEAK if plain else CLOSE
        else:
            kind = CLOSE
    elif not before or (opening_shape and after not in _AFTER_CLOSING and after):
        kind, loose = OPEN, bool(before)
    elif not after.strip(",;:.)]}") or not plain:
        kind = CLOSE
    else:
        kind, loose = EITHER, True
    return Mark(x, y, family, kind, loose)


def _single(text: str, x: int, y: int, neighbours: _Neighbours) -> Mark | None:
    """Return a single mark with its kind; None for an apostrophe."""
    before, after, opens, closes, several = neighbours
    shape = text[x]
    if opens:
        if shape in "’´" or _cut_beginning(text, x, y):
            return None
        return Mark(x, y, SINGLE, OPEN)
    if not closes or after.isalnum() or shape in "‚‛`":
        return None
    if several:
        return Mark(x, y, SINGLE, CLOSE)
    blank_then_word = after.isspace() and text[y + 1 : y + 2].isalnum()
    if before.isdigit():
        return Mark(x, y, SINGLE, POSSIBLE)
    if blank_then_word and before.isalpha():
        cut = _WORD_BEFORE.search(text, max(0, x - 16), x)
        word = cut.group().lower() if cut else ""
        if word in _CUT_ENDS:
            return None
        if word[-1:] in ("s", "x", "z") or (word.endswith("in") and len(word) > 3):
            return Mark(x, y, SINGLE, POSSIBLE)
    return Mark(x, y, SINGLE, CLOSE)


def _cut_beginning(text: str, x: int, y: int) -> bool:
    """Return whether the mark stands for a missing beginning, e.g. '90s, 'em, rock 'n' roll.

    Two digits may begin a quotation too, so after a comma or a colon, and where the paragraph
    begins, they do.
    """
    decade = _DECADE.match(text, y)
    if decade:
        if text[decade.end() : decade.end() + 1].isalnum():
            return False
        lead = text[max(0, x - 2) : x].strip()
        return decade.group().endswith("s") or bool(lead and lead[-1] not in ",:")
    word = _WORD.match(text, y)
    return word is not None and word.group().lower() in _CUT_BEGINNINGS
