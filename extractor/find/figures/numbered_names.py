"""Numbers that belong to a name or to a place in a document.

The word before decides:

* a section: "Article 21", "page 4";
* an ordinal: "No. 1", "ranked 5";
* a thing that is numbered: "Channel 4", "day 3"; not "this week 3 people";
* any other capitalised word takes a bare number as its own ("Boeing 737", "World War II"), unless
  a plural noun follows that the number counts ("In Kenya 300 people").

So do a capital after a hyphen ("7-Eleven"), a street after it ("10 Downing Street"), a postal code
after a state, and "call 911".
"""

import re

from extractor.find.figures.not_figures import (
    NEXT_WORD,
    NotFigureSpan,
    counted_after,
    opens_sentence,
    words_before,
)
from extractor.find.figures.numerals import Numeral
from extractor.language.en.calendar import LONG_MONTH_PATTERN, MONTHS, WEEKDAYS
from extractor.language.en.lists import word_set
from extractor.language.en.morphology import is_plural, plurals_without_s
from extractor.language.word_lists import alternatives

# "PostedFebruary 6", where a page ran two lines together
_GLUED_MONTH = re.compile(rf"[a-z]{LONG_MONTH_PATTERN}\Z")
_HYPHEN_CAPITAL = re.compile(r"-([A-Z]\w*)")
_ADDRESS = re.compile(
    r" (?:[NSEW]\.? )?(?:[A-Z][a-z]+\.? |[0-9]+(?:st|nd|rd|th) ){1,3}"
    rf"(?:{alternatives(word.title() for word in word_set('names.streets'))})\b"
)
_SECTION = word_set("figures.numbered-sections")
_NAMED = word_set("figures.numbered-things")
_NUMBER_WORDS = word_set("figures.number-signs")
_OPENERS = word_set("figures.no-name-before-number")


def number_in_name(text: str, numeral: Numeral, has_unit: bool) -> NotFigureSpan | None:
    """Return what a number is that belongs to a name or a document: "Channel 4", "Article 21".

    None when it belongs to neither. `has_unit`: a unit or a currency belongs to it.
    """
    start, end = numeral.start, numeral.end
    if has_unit or numeral.scaled or numeral.share or start == 0:
        return None
    if text[start - 1] not in " \u00a0.":
        return _hyphened_name(text, numeral)
    if numeral.digits and not numeral.grouped and end - start > 6:
        return None if counted_after(text, end) else (start, end, "name")  # an identifier
    left = words_before(text, start)
    if not left:
        return _hyphened_name(text, numeral)
    word = left[-1].lstrip("\"“‘'([")
    lower = word.lower()
    follows = NEXT_WORD.match(text, end)
    after = follows[1] if follows else ""
    counted = is_plural(after.lower()) and (after[0].islower() or not word[:1].isupper())
    if _GLUED_MONTH.search(word) and 1 <= (numeral.value or 0) <= 31:
        return start, end, "date"
    if lower in _SECTION and (not counted or (numeral.digits and not is_plural(lower))):
        return start, end, "section"
    if lower == "of" and left[-2:-1] and left[-2] in ("Group", "Gang", "Committee", "Council"):
        return start, end, "name"
    if lower in _NUMBER_WORDS:
        if lower in ("no", "number", "numbers", "ranked") and counted:
            return None
        if lower == "no" and (word[0].islower() or not numeral.digits):
            return None
        return start, end, "ordinal"
    if lower in _NAMED and not counted and (numeral.value or 0) < 1000:
        noun = after and after[0].islower() and lower in ("week", "day", "case", "group", "line")
        this = len(left) > 1 and left[-2].lower() in ("this", "last", "next", "that", "every", "a")
        if not noun and not this:
            return start, end, "name"
    if numeral.digits:
        return _after_capital(text, numeral, left, word, after) or _hyphened_name(text, numeral)
    printed = text[start:end]
    if printed[0].isupper() and not opens_sentence(text, start):
        if printed.isupper() and len(printed) > 1:
            return None
        title_case = after[:1].isupper() and is_plural(after.lower())
        linked = word[:1].isupper() or lower in ("or", "and")
        return None if title_case and linked else (start, end, "name")
    return None


def _hyphened_name(text: str, numeral: Numeral) -> NotFigureSpan | None:
    """Read "7-Eleven", "3-D", and house numbers: "10 Downing Street"."""
    if numeral.digits and (match := _HYPHEN_CAPITAL.match(text, numeral.end)):
        last = match[1]
        small = (numeral.value or 0) < 10 or not opens_sentence(text, numeral.start)
        if len(last) == 1 or (small and not last.isupper() and not is_plural(last.lower())):
            return numeral.start, match.end(), "name"
    if numeral.digits and not numeral.grouped and _ADDRESS.match(text, numeral.end):
        return numeral.start, numeral.end, "name"
    return None


def _after_capital(
    text: str, numeral: Numeral, left: list[str], word: str, after: str
) -> NotFigureSpan | None:
    """Read digits after a capitalised word: "Boeing 737", but not "On Tuesday 40 people".

    `left` are the words before the number, `word` the last of them, `after` the word after it.
    """
    start, end = numeral.start, numeral.end
    bare = word.strip("”\"’'.,:;")
    if bare.endswith(("'s", "’s", "s'", "s’")) or word.endswith(("s'", "s’")):
        return None
    if not bare[:1].isupper() or word[-1] in ',:;.!?)”"' or numeral.grouped:
        is_state = (len(bare) == 2 and bare.isupper()) or re.fullmatch(r"([A-Z]\.){2}", word)
        postal = is_state and end - start == 5 and len(left) > 1 and left[-2].endswith(",")
        return (start, end, "name") if postal else None
    if bare in WEEKDAYS or bare in MONTHS or bare.lower() in _OPENERS:
        return None
    lower = after.lower()
    if is_plural(lower):
        heading = after[0].isupper() and bare.endswith(("s", "ed"))
        if heading or (after[0].islower() and (len(left) < 2 or left[-2].istitle())):
            return None
        if after[0].islower() and left[-2].lower() in _OPENERS:
            return None
        if lower in plurals_without_s():
            return None
    if lower in ("of", "in", "out") and text.startswith((" of the", " of its", " out of"), end):
        return None
    return start, end, "name"


def emergency_number(text: str, start: int, end: int) -> NotFigureSpan | None:
    """Return an emergency number, e.g. of "call 911", "a 911 operator"."""
    left = words_before(text, start)
    near = left[-1].lower() if left else ""
    follows = NEXT_WORD.match(text, end)
    if near in ("call", "called", "calling", "dial", "dialed", "dialled", "calls", "to") and (
        text[start:end] in ("911", "999", "112", "111")
    ):
        return start, end, "telephone"
    if text[start:end] in ("911", "999") and follows and follows[1] in (
        "call", "calls", "operator", "dispatcher", "tape", "tapes", "caller",
    ):  # fmt: skip
        return start, end, "telephone"
    return None


def roman_number(text: str, start: int, end: int) -> NotFigureSpan | None:
    """Read a Roman number after a capitalised word: "World War II", "Title IX"."""
    left = words_before(text, start)
    if not left or not left[-1][0].isupper() or text[start - 1] != " ":
        return None
    section = left[-1].lower() in _SECTION
    return start, end, "section" if section else "name"
