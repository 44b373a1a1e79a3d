"""Expressions of time with their exact place: "on Saturday", "in August", "five years ago".

What it finds: dates, weekdays, months, years, seasons, stretches ("in the coming months", "for six
months", "until 31 July 2026") and adverbs of time ("immediately", "tomorrow"). What it does not:
resolve them to a calendar, or events used as dates ("after the invasion"); those are clauses.
"""

import re

from extractor.text.spans import Span

_MONTH = (
    r"(?:Jan(?:uary|\.)?|Feb(?:ruary|\.)?|March|Mar\.|April|Apr\.|May|June|July|Aug(?:ust|\.)?"
    r"|Sept?(?:ember|\.)?|Oct(?:ober|\.)?|Nov(?:ember|\.)?|Dec(?:ember|\.)?)"
)
_DAY = r"(?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day"
_YEAR = r"(?:1[89]|20)\d\d"
_PART = r"(?:morning|afternoon|evening|night|lunchtime)"
_UNIT = r"(?:seconds?|minutes?|hours?|days?|weeks?|months?|years?|decades?|quarters?|weekends?)"
_FEW = (
    r"(?:\d[\d,.]*|an?|one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|fifteen"
    r"|twenty|thirty|forty|fifty|sixty|ninety|a few|few|several|some|many|a couple of|a further"
    r"|another)"
)
_EARLY = r"(?:(?:early|late|mid|the end of|the start of|the beginning of|the middle of)[ -])"
_LEAD = (
    r"(?:(?:as (?:recently|early|late|soon|of)(?: as)?|until(?: at least)?|till|since|from|by|on"
    r"|in|at|during|before|after|throughout|through|starting|effective|over|within|for) )"
)
_DATE = (
    rf"\d{{1,2}}(?:st|nd|rd|th)? (?:of )?{_MONTH}(?:,? {_YEAR})?"
    rf"|{_MONTH} \d{{1,2}}(?:st|nd|rd|th)?(?!\d)(?:,? {_YEAR})?"
    rf"|\d{{4}}-\d\d-\d\d"
)
_DAYS = (
    rf"(?:the (?:previous|following) )?(?:(?:last|next|this) )?{_DAY}(?: {_PART})?"
    rf"(?:,? \(?(?:{_DATE})\)?)?"
)
_NEAR = (
    r"(?:last|next|this|that|earlier this|later this"
    r"|the (?:past|last|next|previous|following|same|coming))"
)
_SPELL = rf"(?:{_UNIT}|{_PART}|spring|summer|autumn|winter|fall|year-end|century)"

_TIME = re.compile(
    # a date or a weekday, with or without its preposition
    rf"\b{_LEAD}?{_EARLY}?(?:{_DATE}|{_DAYS})(?![\w'’-])"
    # a month or a year needs a preposition or another sign that it is one ("May", "2014")
    rf"|\b(?:{_LEAD}(?:{_EARLY}|last |next |this )?|{_EARLY}|last |next |this )"
    rf"(?:{_MONTH}(?:,? (?:{_YEAR}|of (?:last|this|next) year))?|the {_YEAR}s|{_YEAR})(?![\w'’-])"
    rf"|\bbetween {_YEAR} and {_YEAR}\b|\b{_MONTH} {_YEAR}\b"
    # "last week", "earlier this month", "since the previous year", "by the end of this year"
    rf"|\b{_LEAD}?{_EARLY}?{_NEAR} {_SPELL}\b"
    # "in the coming months", "over the past five years", "in recent weeks", "for six months"
    rf"|\b{_LEAD}(?:the )?(?:(?:coming|next|past|last|recent|previous) )?(?:{_FEW} )?"
    rf"(?:(?:more|further|additional) (?:{_FEW} )?)?{_UNIT}(?: (?:ago|earlier|later))?\b"
    # "five years ago", "a day later"
    rf"|\b(?:about |around |nearly |almost |more than |over )?{_FEW} {_UNIT}"
    rf" (?:ago|earlier|later|after)\b"
    r"|\bas soon as possible\b"
    rf"|\b(?:immediately|today|tomorrow|yesterday|tonight|overnight|soon|shortly|indefinitely"
    rf"|recently|simultaneously|at once|straight away|right away|until further notice"
    rf"|(?:earlier|later) (?:today|on)|with immediate effect)\b",
    re.IGNORECASE,
)
_MODAL_MAY = re.compile(r"(?:on|in|by|from|this|that|at) may$", re.IGNORECASE)
_WORD = re.compile(r"[A-Za-z]+|\d+")
# Every expression above holds one of these, or a number of four digits.
_ANCHORS = frozenset(
    "january february march april may june july august september october november december jan "
    "feb mar apr aug sep sept oct nov dec monday tuesday wednesday thursday friday saturday sunday "
    "second seconds minute minutes hour hours day days week weeks month months year years decade "
    "decades quarter quarters weekend weekends morning afternoon evening night lunchtime spring "
    "summer autumn winter fall end century immediately today tomorrow yesterday tonight "
    "overnight soon shortly indefinitely recently simultaneously once away notice earlier later "
    "effect".split()
)
_REACH = 6  # words before the anchor that one expression can begin at: "by the end of the year"


def find_times(text: str, span: Span | None = None) -> list[Span]:
    """Return the expressions of time in `text[span]` (all of `text` by default), in order.

    Offsets are half-open, in code points of `text`; spans do not overlap. Never raises.
    """
    start, end = span if span is not None else (0, len(text))
    found: list[Span] = []
    starts: list[int] = []  # of the last few words after the last expression
    free = start
    for word in _WORD.finditer(text, start, end):
        if word.start() < free:
            continue
        starts.append(word.start())
        low = word.group().lower()
        if low not in _ANCHORS and not (len(low) == 4 and low.isdigit()):
            continue
        for begin in starts[-_REACH:]:
            match = _TIME.match(text, begin, end)
            if match is None or match.end() <= word.start():
                continue
            phrase = match.group()
            if not (phrase.endswith("may") and _MODAL_MAY.search(phrase)):
                # the verb stands in lower case, the month never
                found.append(Span(*match.span()))
                free = match.end()
                starts.clear()
            break
    return found
