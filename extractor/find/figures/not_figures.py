"""Numbers whose own shape or neighbours say that they count nothing.

* dates: "Dec. 13", "13 December 2025", "2025-12-13", "9/11"; durations that point to a time are
  dates too: "five years ago";
* years and decades: "2016", "2015-16", "the 1990s", "'08"; not "some 2,000", "1500 people";
* times: "10:30", "9 a.m.", "five o'clock", "nine in the morning";
* telephone numbers: "555-0142", "+44 20 7946 0018";
* ordinals: "21st", "#2"; parts of words: "G-20", "MH17"; marks of a list: "1.", "(2)";
* scores: "3-2", "52 to 48";
* idioms in digits: "24/7", "50-50".

Each rule looks at one place and the words beside it. Ages are in `ages`, numbers of names and
sections in `numbered_names`, number words in `idioms`. What no rule takes is a figure.
"""

import re

from extractor.find.candidates import NotFigureReason
from extractor.find.figures.numerals import Numeral
from extractor.language.en.calendar import MONTH_OF_DAY_PATTERN
from extractor.language.en.lists import word_set
from extractor.language.en.morphology import is_plural
from extractor.language.word_lists import alternatives

NotFigureSpan = tuple[
    int, int, NotFigureReason
]  # where the number that is no figure begins and ends

_YEAR = r"(?:1[0-9]|20)[0-9]{2}(?![0-9,]*[0-9])"
_DAY = r"(?:3[01]|[12][0-9]|0?[1-9])(?:st|nd|rd|th)?(?![0-9:%$]|[.,][0-9]{3}|\.[0-9])"
_MONTH_FIRST = re.compile(
    r"[A-Z][A-Za-z]+(?:\.?,?[ \u00a0]+|\.)(?:the )?(?:"
    rf"{_DAY}(?:(?:[-–/]| ?[-–] | and | to | or | through | until ){_DAY}"
    r"(?! (?:people|percent|per|million|men|women)\b))?"
    rf"(?:,? {_YEAR})?(?! ?(?:percent|per cent|%|million|billion|people|years?)\b)|{_YEAR})"
)
_DAY_FIRST = re.compile(
    rf"{_DAY}(?:(?:[-–/]| ?[-–] | and | to | or ){_DAY})?(?: of)?[ \u00a0-]{MONTH_OF_DAY_PATTERN}"
    rf"(?:,?[ \u00a0-]{_YEAR})?(?![a-z])"
)
_NUMERIC_DATE = re.compile(
    r"(?:(?:19|20)[0-9]{2}[-/.][01]?[0-9][-/.][0-3]?[0-9]|[0-3]?[0-9]([-/.])[0-3]?[0-9]\1"
    r"(?:(?:19|20)[0-9]{2}|[0-9]{2})|(?:9/11|7/7|26/11|1/6|11/9|10/7|11/13))(?![\w/]|-[0-9])"
)
_YEARS = re.compile(
    r"(?:1[5-9]|20)[0-9]{2}(?:(?:[-–/]|-to-| ?[-–] )(?:(?:1[5-9]|20)[0-9]{2}|[0-9]{2}))?"
    r"(?:['’]?s)?(?![\w%]|,[0-9]{3}|\.[0-9]|-[0-9])"
)
_PEOPLE_AFTER = re.compile(
    rf" (?:[a-z]+ )?(?:{alternatives(word_set('figures.counted-by-the-thousand'))})\b(?!['’])"
)
_DECADE = re.compile(r"[0-9]{1,2}0['’]?s\b")
_TIME = re.compile(
    r"(?:[01]?[0-9]|2[0-4])(?:[:.][0-5][0-9](?::[0-5][0-9])?)?(?:(?:[-–]| to | and | or )"
    r"(?:[01]?[0-9]|2[0-4])(?:[:.][0-5][0-9])?)?[ \u00a0]?(?:[AaPp]\.[Mm]\b\.?|[ap]m\b|[AP]M\b"
    r"|o['’]clock\b|(?:in the (?:morning|afternoon|evening)|at night)\b)"
    r"|(?:[01]?[0-9]|2[0-4]):[0-5][0-9](?::[0-5][0-9])?(?![\w:])"
    r"|[0-2][0-9][0-5][0-9] ?(?:GMT|UTC|BST|EST|EDT|CET|hrs|hours|local time)\b"
)
_WORD_TIME = re.compile(
    r"(?: |-)(?:o['’]clock\b|[AaPp]\.[Mm]\b\.?|[ap]m\b|thirty [ap])|"
    r" in the (?:morning|afternoon|evening)\b"
)
_TELEPHONE = re.compile(
    r"1-8[0-9]{2}-[\w-]{7,}|[0-9]{3}[-. ][0-9]{3}[-. ][0-9]{4}(?![0-9])|[0-9]{3}-[0-9]{4}(?![\w-])"
    r"|[0-9]{2,4}(?:[ -][0-9]{2,4}){3,}(?![\w-])|[0-9]{3}\) ?[0-9]{3}-[0-9]{4}"
    r"|0[0-9]{2,4}[ \u00a0-][0-9]{3,4}[ \u00a0-][0-9]{3,4}(?![\w-])"
    # With the country's code: "+44 20 7946 0018", "+1 (212) 555-0142", at least eight digits.
    r"|(?<=\+)(?:[0-9]{10,15}|(?=(?:[ \u00a0().-]{0,2}[0-9]){8})"
    r"[0-9]{1,4}(?:(?:[ \u00a0.-]?\(|\)[ \u00a0]?|[ \u00a0.-])[0-9]{1,9}){1,6})(?![\w-])"
)
_AGO = re.compile(
    r" (?:ago|earlier|later|hence|from now|from today|prior|(?:before|after) (?!tax\b))\b"
    r"|(?<=-)ago\b"
)
PLAIN_NAME = re.compile(r"[\"”’']?[A-Z][\w.’'-]*[^\W\d_][.”\"’']?\Z|[A-Z]\.\Z|Jr\.\Z|Sr\.\Z")
_SCORE = re.compile(r"([0-9]{1,3})([-–]| ?[-–] |-to-)([0-9]{1,3})(?![\w%]|[-–/][0-9]|[.,][0-9])")
_SCORE_TO = re.compile(r"([0-9]{1,3})( to )([0-9]{1,3})(?![\w%]|[.,][0-9]| (?:percent|per|%))")
_SCORE_CUES = word_set("figures.score-cues")
_ORDINAL_DIGITS = re.compile(r"[0-9,]+(?:st|nd|rd|th)\b")
_LIST_MARK = re.compile(r"[0-9]{1,3}[.)][ \u00a0\t]|[0-9]{1,3}\.?\)")
NEXT_WORD = re.compile(r"[ \u00a0]([^\W\d_][\w’'-]*)")
# What can follow the digits of a date, a time or a telephone number: most numbers end here.
_AFTER_A_SHAPE = frozenset("-–/. :)\u00a0,apAPtnsro'’")
_YEAR_PREFIXES = word_set("figures.year-prefixes")
_SHORT_YEAR = re.compile(r"[0-9]{2}s?\b")
_WORD_BEFORE = re.compile(r"[\w.]*\Z")
_REST_OF_WORD = re.compile(r"\w*")


def words_before(text: str, start: int) -> list[str]:
    """Return the printed words of the same line before `start`, at most 48 characters of them."""
    return text[max(0, start - 48) : start].rpartition("\n")[2].split()


def opens_sentence(text: str, start: int) -> bool:
    """Return whether the word at `start` stands first in its sentence, line, quotation or item."""
    before = text[max(0, start - 3) : start].rstrip(" \u00a0")
    return not before or before[-1] in ".!?:;\n\"“‘'(—–-•*…|»«„["


def month_date(text: str, start: int) -> NotFigureSpan | None:
    """Read a date that begins with a month: "Dec. 13", "December 13, 2025", "May 2016"."""
    match = _MONTH_FIRST.match(text, start)
    return (start, match.end(), "date") if match else None


def not_figure_by_shape(text: str, start: int, end: int) -> NotFigureSpan | None:
    """Return what digits are when their own shape says it: a date, a time, a year, "G-20", "1.".

    None when the shape leaves it open. `start` is the first digit of a stretch of digits, commas
    and points that ends at `end`.
    """
    before = text[start - 1] if start else "\n"
    after = text[end] if end < len(text) else "\n"
    if before.isalnum() or before in "_/@=&~\\#:⁄" or (before in "-‑" and start > 1):
        glued = _glued(text, start, end, before)
        if glued:
            return glued
    if after in _AFTER_A_SHAPE:
        if (match := _NUMERIC_DATE.match(text, start)) or (match := _DAY_FIRST.match(text, start)):
            return start, match.end(), "date"
        if match := _TELEPHONE.match(text, start):
            return start, match.end(), "telephone"
        if match := _TIME.match(text, start):
            return start, match.end(), "time"
    if text.startswith("24/7", start) or text.startswith("50-50", start):
        return start, start + len("24/7") + (text[start] == "5"), "idiom"
    if match := _ORDINAL_DIGITS.match(text, start):
        return start, match.end(), "ordinal"
    if (before in "\n\t(" or start == 0) and (match := _LIST_MARK.match(text, start)):
        closed = match.group().endswith(")") and before == "("
        if not closed and (before != "(" or start == 0):
            return start, start + len(match.group().rstrip(" )\t\u00a0.")), "section"
        if closed and end - start < 3 and not text[start - 2 : start - 1].isalpha():
            left = words_before(text, start - 1)
            if not left or not PLAIN_NAME.match(left[-1]):
                return start, end, "section"
    return _year(text, start, before)


def _glued(text: str, start: int, end: int, before: str) -> NotFigureSpan | None:
    """Read digits that are joined to what stands before: "G-20", "MH17", "#2"."""
    if before == "#":
        return start, end, "ordinal"
    if before.isalnum() or before in "_/@=&~\\:⁄":
        outer = text[start - 2 : start - 1]
        if (before == "/" and outer == " ") or (before == ":" and not outer.isdigit()):
            return None
        rest = _REST_OF_WORD.match(text, end)
        return start, rest.end() if rest else end, "name"
    word = _WORD_BEFORE.search(text[max(0, start - 20) : start - 1])
    left = word.group() if word else ""
    if not left or left.lower() in _YEAR_PREFIXES:
        return None
    if left in ("foot", "feet"):
        return start, end, "name"  # "5-foot-11": the inches of a height
    if before in "-‑" and left[-1].isalpha() and (left[0].isupper() or len(left) <= 3):
        return start, end, "name"
    return (start, end, "name") if left[-1].isdigit() else None


def _year(text: str, start: int, before: str) -> NotFigureSpan | None:
    """Read "2016", "2015-16", "'08", "the 1990s"; "his 30s" is an age. `before`: one character."""
    if before in "'’" and (match := _SHORT_YEAR.match(text, start)):
        return start, match.end(), "year"
    if match := _YEARS.match(text, start):
        left = words_before(text, start)
        qualified = bool(left) and left[-1].lower() in (
            "some", "nearly", "almost", "roughly", "approximately", "than", "least",
        )  # fmt: skip
        if (qualified and NEXT_WORD.match(text, match.end())) or (
            match.end() - start == 4 and _PEOPLE_AFTER.match(text, start + 4)
        ):
            return None
        return start, match.end(), "year"
    if match := _DECADE.match(text, start):
        left = words_before(text, start)
        personal = bool(left) and left[-1].lower() in ("his", "her", "their", "my", "your", "our")
        if len(left) > 1 and left[-1].lower() in ("early", "mid", "late", "mid-", "early-"):
            personal = left[-2].lower() in ("his", "her", "their", "my", "your", "our")
        return start, match.end(), "age" if personal else "year"
    return None


def score(text: str, start: int) -> NotFigureSpan | None:
    """Read "3-2", "52 to 48": two numbers, the larger first, or a word of winning beside them."""
    match = _SCORE.match(text, start) or _SCORE_TO.match(text, start)
    if match is None:
        return None
    first, second = int(match[1]), int(match[3])
    left: list[str] = []
    for word in words_before(text, start)[-5:]:
        left = [] if word[-1] in ".!?" else [*left, word.strip(",;:\"“'’(").lower()]
    follows = NEXT_WORD.match(text, match.end())
    cued = not _SCORE_CUES.isdisjoint(left) or bool(follows and follows[1].lower() in _SCORE_CUES)
    to = " to " in match.group()
    if to and "from" in left[-2:]:
        return None
    if cued or (first >= second and not to):
        noun = follows and is_plural(follows[1].lower()) and follows[1].lower() not in _SCORE_CUES
        if first < second and noun:
            return None
        return start, match.end(), "score"
    return None


def counted_after(text: str, end: int) -> bool:
    """Return whether a plural noun, "%" or a hyphen follows, e.g. "40 people", "40-strong"."""
    follows = NEXT_WORD.match(text, end)
    return text[end : end + 1] in ("%", "-") or bool(follows and is_plural(follows[1].lower()))


def date_expression(text: str, end: int, left: list[str]) -> bool:
    """Return whether a duration that ends at `end` points to a time, e.g. "five years ago"."""
    if match := _AGO.match(text, end):
        word = match.group().split()[0] if match.group().strip() else ""
        bound = bool(left) and left[-1].lower() in ("for", "least", "within")
        return not (bound and word in ("before", "after"))
    return False


def word_time(text: str, start: int, end: int) -> NotFigureSpan | None:
    """Read "five o'clock", "nine in the morning"."""
    match = _WORD_TIME.match(text, end)
    return (start, match.end(), "time") if match else None


def is_year(numeral: Numeral, other: float) -> bool:
    """Return whether a number after "or", "to" is a year and ends no range, e.g. "40 or 2016"."""
    plain = numeral.digits and not numeral.grouped and not numeral.scaled
    return plain and other < 1000 and 1900 <= (numeral.value or 0) <= 2100
