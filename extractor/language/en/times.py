"""Finds expressions of time, with their prepositions.

* dates and weekdays: "on Saturday", "13 December 2025", "2025-12-13";
* months and years after a preposition or the like: "in August", "since 2014", "early 2026", so that
  the verb "may" and other numbers of four digits are none;
* stretches: "in the coming months", "for six months", "until 31 July 2026", "last week";
* "five years ago", "a day later"; adverbs of time: "immediately", "tomorrow".

They are not resolved to a calendar. Events used as dates ("after the invasion") are clauses, which
`rules.clauses.conditions` reads.
"""

import re

from extractor.language.en.calendar import MONTH_PATTERN, WEEKDAY_PATTERN
from extractor.language.en.lists import word_set
from extractor.language.en.morphology import both_numbers
from extractor.language.word_lists import alternatives
from extractor.text.spans import Span

_YEAR = r"(?:1[89]|20)\d\d"
_PART = rf"(?:{alternatives(word_set('calendar.parts-of-day'))})"
_UNIT = rf"(?:{alternatives(word_set('calendar.units'))})s?"
_FEW = rf"(?:\d[\d,.]*|{alternatives(word_set('calendar.amounts'))})"
_EARLY = r"(?:(?:early|late|mid|the end of|the start of|the beginning of|the middle of)[ -])"
_LEAD = (
    r"(?:(?:as (?:recently|early|late|soon|of)(?: as)?|until(?: at least)?|till|since|from|by|on"
    r"|in|at|during|before|after|throughout|through|starting|effective|over|within|for) )"
)
_DATE = (
    rf"\d{{1,2}}(?:st|nd|rd|th)? (?:of )?{MONTH_PATTERN}(?:,? {_YEAR})?"
    rf"|{MONTH_PATTERN} \d{{1,2}}(?:st|nd|rd|th)?(?!\d)(?:,? {_YEAR})?"
    rf"|\d{{4}}-\d\d-\d\d"
)
_DAYS = (
    rf"(?:the (?:previous|following) )?(?:(?:last|next|this) )?{WEEKDAY_PATTERN}(?: {_PART})?"
    rf"(?:,? \(?(?:{_DATE})\)?)?"
)
_NEAR = (
    r"(?:last|next|this|that|earlier this|later this"
    r"|the (?:past|last|next|previous|following|same|coming))"
)
_SPELL = rf"(?:{_UNIT}|{_PART}|{alternatives(word_set('calendar.seasons'))}|year-end|century)"

_TIME = re.compile(
    # a date or a weekday, with or without its preposition
    rf"\b{_LEAD}?{_EARLY}?(?:{_DATE}|{_DAYS})(?![\w'’-])"
    # a month or a year needs a preposition or another sign that it is one ("May", "2014")
    rf"|\b(?:{_LEAD}(?:{_EARLY}|last |next |this )?|{_EARLY}|last |next |this )"
    rf"(?:{MONTH_PATTERN}(?:,? (?:{_YEAR}|of (?:last|this|next) year))?|the {_YEAR}s|{_YEAR})"
    r"(?![\w'’-])"
    rf"|\bbetween {_YEAR} and {_YEAR}\b|\b{MONTH_PATTERN} {_YEAR}\b"
    # "last week", "earlier this month", "since the previous year", "by the end of this year"
    rf"|\b{_LEAD}?{_EARLY}?{_NEAR} {_SPELL}\b"
    # "in the coming months", "over the past five years", "in recent weeks", "for six months"
    rf"|\b{_LEAD}(?:the )?(?:(?:coming|next|past|last|recent|previous) )?(?:{_FEW} )?"
    rf"(?:(?:more|further|additional) (?:{_FEW} )?)?{_UNIT}(?: (?:ago|earlier|later))?\b"
    # "five years ago", "a day later"
    rf"|\b(?:about |around |nearly |almost |more than |over )?{_FEW} {_UNIT}"
    rf" (?:ago|earlier|later|after)\b"
    r"|\bas soon as possible\b"
    rf"|\b(?:{alternatives(word_set('calendar.adverbs'))}|(?:earlier|later) (?:today|on))\b",
    re.IGNORECASE,
)
_MODAL_MAY = re.compile(r"(?:on|in|by|from|this|that|at) may$", re.IGNORECASE)
_WORD = re.compile(r"[A-Za-z]+|\d+")
# Every expression above holds one of these, or a number of four digits.
_ANCHORS = (
    word_set("calendar.months")
    | word_set("calendar.weekdays", "full")
    | both_numbers(word_set("calendar.units"))
    | word_set("calendar.parts-of-day")
    | word_set("calendar.seasons")
    | frozenset(adverb.split()[-1] for adverb in word_set("calendar.adverbs"))
    | word_set("calendar.anchors")
)
_REACH = 6  # words before the anchor that one expression can begin at: "by the end of the year"


def find_times(text: str, span: Span | None = None) -> list[Span]:
    """Return the expressions of time in `text[span]` (all of `text` by default), in order.

    Offsets are half-open, in code points of `text`; spans do not overlap. Never raises.
    """
    start, end = span if span is not None else (0, len(text))
    times: list[Span] = []
    starts: list[int] = []  # of the last few words after the last expression
    free = start
    for word in _WORD.finditer(text, start, end):
        if word.start() < free:
            continue
        starts.append(word.start())
        lower = word.group().lower()
        if lower not in _ANCHORS and not (len(lower) == 4 and lower.isdigit()):
            continue
        for begin in starts[-_REACH:]:
            match = _TIME.match(text, begin, end)
            if match is None or match.end() <= word.start():
                continue
            phrase = match.group()
            if not (phrase.endswith("may") and _MODAL_MAY.search(phrase)):
                # the verb stands in lower case, the month never
                times.append(Span(*match.span()))
                free = match.end()
                starts.clear()
            break
    return times
