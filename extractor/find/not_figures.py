"""Numbers that count nothing: dates, years, times, ordinals, ages, names, scores, idioms.

Each rule looks at one place and the words beside it. What is left over is a figure.
"""

import re

from extractor.find.candidates import NotFigureReason
from extractor.find.numerals import Numeral

Verdict = tuple[int, int, NotFigureReason]  # where the number that is no figure begins and ends

MONTHS = frozenset(
    "January February March April May June July August September October November December Jan Feb "
    "Mar Apr Jun Jul Aug Sep Sept Oct Nov Dec JANUARY FEBRUARY MARCH APRIL JUNE JULY AUGUST "
    "SEPTEMBER OCTOBER NOVEMBER DECEMBER".split()
)
WEEKDAYS = frozenset(
    "Monday Tuesday Wednesday Thursday Friday Saturday Sunday Mon Tue Tues Wed Thu Thurs Fri Sat "
    "Sun".split()
)
_MONTH = r"(?:Jan(?:uary)?|Feb(?:ruary)?|Mar(?:ch)?|Apr(?:il)?|May|June?|July?|Aug(?:ust)?|Sept?(?:ember)?|Oct(?:ober)?|Nov(?:ember)?|Dec(?:ember)?)\b\.?"  # noqa: E501
_YEAR = r"(?:1[0-9]|20)[0-9]{2}(?![0-9,]*[0-9])"
_DAY = r"(?:3[01]|[12][0-9]|0?[1-9])(?:st|nd|rd|th)?(?![0-9:%$]|[.,][0-9]{3}|\.[0-9])"
_MONTH_FIRST = re.compile(
    r"[A-Z][A-Za-z]+(?:\.?,?[ \u00a0]+|\.)(?:the )?(?:"
    rf"{_DAY}(?:(?:[-–/]| ?[-–] | and | to | or | through | until ){_DAY}"
    r"(?! (?:people|percent|per|million|men|women)\b))?"
    rf"(?:,? {_YEAR})?(?! ?(?:percent|per cent|%|million|billion|people|years?)\b)|{_YEAR})"
)
_DAY_FIRST = re.compile(
    rf"{_DAY}(?:(?:[-–/]| ?[-–] | and | to | or ){_DAY})?(?: of)?[ \u00a0-]{_MONTH}"
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
    r" (?:[a-z]+ )?(?:people|persons|men|women|children|soldiers|troops|prisoners|civilians|workers"
    r"|jobs|homes|votes|deaths|dead|refugees|migrants|protesters|students|employees|members|police"
    r"|residents|patients|passengers|victims|households|delegates|tons|tonnes|copies|pages|words"
    r"|families|others|more)\b"
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
)
_AGO = re.compile(
    r" (?:ago|earlier|later|hence|from now|from today|prior|(?:before|after) (?!tax\b))\b"
    r"|(?<=-)ago\b"
)
_AGE_AFTER = re.compile(
    r"[ -]?(?:years?|months?|weeks?|days?)(?:[- ]olds?\b|['’] old\b| of age\b)|-somethings?\b"
    r"|[ -]?(?:yo|y/o)\b"
)
_AGE_PAIR = re.compile(r"(?:[-–]| to | and | or |-to-|- to )[0-9]{1,3}(?![0-9,.]*[0-9])")
_AGE_CLOSE = re.compile(r"[,;)](?![0-9])|\.(?=\s|$)| (?:of|and|from) (?=[A-Z])")
_PLAIN_NAME = re.compile(r"[\"”’']?[A-Z][\w.’'-]*[^\W\d_][.”\"’']?\Z|[A-Z]\.\Z|Jr\.\Z|Sr\.\Z")
_SCORE = re.compile(r"([0-9]{1,3})([-–]| ?[-–] |-to-)([0-9]{1,3})(?![\w%]|[-–/][0-9]|[.,][0-9])")
_SCORE_TO = re.compile(r"([0-9]{1,3})( to )([0-9]{1,3})(?![\w%]|[.,][0-9]| (?:percent|per|%))")
_WORD_SCORE = re.compile(r"[a-z]+-[a-z]+|[a-z]+ to [a-z]+")
_SCORE_CUES = frozenset(
    "vote votes voted voting win wins won winning victory beat beats beating lose loses lost loss "
    "lead leads led leading defeat defeated score scored odds ruled ruling decision decided split "
    "margin tie tied drew draw record ratio passed approved rejected advantage edge edged trailed "
    "trails trail majority partisan polled game match".split()
)
_ORDINAL_DIGITS = re.compile(r"[0-9,]+(?:st|nd|rd|th)\b")
_LIST_MARK = re.compile(r"[0-9]{1,3}(?:[.)]|\.\))[ \u00a0\t]|[0-9]{1,3}\)")
_ADDRESS = re.compile(
    r" (?:[NSEW]\.? )?(?:[A-Z][a-z]+\.? |[0-9]+(?:st|nd|rd|th) ){1,3}"
    r"(?:Street|Avenue|Road|Ave|St|Rd|Blvd|Boulevard|Lane|Drive|Dr|Square|Place|Parkway|Court)\b"
)
_NEXT = re.compile(r"[ \u00a0]([^\W\d_][\w’'-]*)")
_REST_OF_WORD = re.compile(r"\w*")
_AGE_GROUPS = frozenset(
    "those voters adults people women men children respondents millennials anyone everyone workers "
    "girls boys kids americans citizens residents patients students males females somebody "
    "someone".split()
)

_SECTION = frozenset(
    "article articles section sections chapter chapters clause clauses paragraph paragraphs page "
    "pages amendment resolution resolutions title rule rules item items verse annex appendix "
    "volume vol vol. sec. sec art. art p. pp. pg. para act canto § subsection schedule figure "
    "table footnote provision".split()
)
_NAMED = frozenset(
    "channel highway route interstate flight room phase stage grade level tier type class round "
    "week day game line exit gate track psalm part episode season proposition prop precinct "
    "district ward zone area sector unit division group apartment apt apt. suite floor terminal "
    "runway platform category step case option version model form figure number-one block bed "
    "highways interstates us-".split()
)
_NUMBER_WORDS = frozenset(("no.", "no", "nos.", "number", "numbers", "#", "nr.", "№", "ranked"))
_AGE_WORDS = frozenset(("aged", "age", "ages", "age:"))
_OPENERS = frozenset(
    "a an the in on at by for from to of with and or but so as if when while after before since "
    "until during over under about around nearly almost some only just another these those this "
    "that its their his her our all any more most up than roughly approximately among between "
    "nor not even then now still there here at's it was were is are has have had will would can "
    "could may might must should who which what where because however yet also least last next "
    "past first about: killed how per plus all both every each no other others i we they he she "
    "you it's they're that's there's with: within without through throughout against into out "
    "off down near across along amid behind below above beyond including like "
    "give take get make put see say says said do does did about circa exactly total fewer less "
    "top my your be been being are:".split()
)
_NOT_PLURAL = frozenset(
    "as is was has this his its across plus minus versus less perhaps always yes towards besides "
    "afterwards sometimes us does thus unless toss news politics previous".split()
)
_PLURALS = frozenset(
    "people men women children police troops percent dead others more persons families seats "
    "teeth feet mice sheep aircraft".split()
)


def words_before(text: str, start: int) -> list[str]:
    """Return the printed words of the same line before `start`, at most 48 characters of them."""
    return text[max(0, start - 48) : start].rpartition("\n")[2].split()


def is_plural(word: str) -> bool:
    """Tell whether a lower-case word looks like a plural noun."""
    if word in _PLURALS:
        return True
    if not word.endswith("s") or len(word) < 4 or word in _NOT_PLURAL:
        return False
    return not word.endswith(("ss", "us", "is", "ous", "’s", "'s"))


def opens_sentence(text: str, start: int) -> bool:
    """Tell whether a word at `start` stands first in its sentence, line, quotation or item."""
    before = text[max(0, start - 3) : start].rstrip(" \u00a0")
    return not before or before[-1] in ".!?:;\n\"“‘'(—–-•*…|»«„["


def month_date(text: str, start: int) -> Verdict | None:
    """Read a date that begins with a month: "Dec. 13", "December 13, 2025", "May 2016"."""
    match = _MONTH_FIRST.match(text, start)
    return (start, match.end(), "date") if match else None


def roman(text: str, start: int, end: int) -> Verdict | None:
    """Read a Roman number after a capitalised word: "World War II", "Title IX"."""
    left = words_before(text, start)
    if not left or not left[-1][0].isupper() or text[start - 1] != " ":
        return None
    section = left[-1].lower() in _SECTION
    return start, end, "section" if section else "name"


def shaped_otherwise(text: str, start: int, end: int) -> Verdict | None:
    """Tell what digits are whose own shape says it: a date, a time, a telephone number, a year.

    `start` is the first digit of a stretch of digits, commas and points that ends at `end`.
    """
    before = text[start - 1] if start else "\n"
    after = text[end] if end < len(text) else "\n"
    if before.isalnum() or before in "_/@=&~\\#:⁄" or (before in "-‑" and start > 1):
        glued = _glued(text, start, end, before)
        if glued:
            return glued
    if after in "-–/. :)\u00a0,'’apAPtnsrot\n;!?" or before in "'’":
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
        if closed and int(text[start:end]) < 20 and not text[start - 2 : start - 1].isalpha():
            left = words_before(text, start - 1)
            if not left or not _PLAIN_NAME.match(left[-1]):
                return start, end, "section"
    return _year(text, start, before)


def _glued(text: str, start: int, end: int, before: str) -> Verdict | None:
    """Judge digits that something stands before without a blank: "G-20", "MH17", "#2"."""
    if before == "#":
        return start, end, "ordinal"
    if before.isalnum() or before in "_/@=&~\\:⁄":
        outer = text[start - 2 : start - 1]
        if (before == "/" and outer == " ") or (before == ":" and not outer.isdigit()):
            return None
        return start, max(end, _REST_OF_WORD.match(text, end).end()), "name"  # type: ignore[union-attr]
    word = re.search(r"[\w.]*\Z", text[max(0, start - 20) : start - 1])
    left = word.group() if word else ""
    if not left or left.lower() in ("pre", "post", "mid", "early", "late", "non", "since", "ex"):
        return None
    if before in "-‑" and left[-1].isalpha() and (left[0].isupper() or len(left) <= 3):
        return start, end, "name"
    return (start, end, "name") if left[-1].isdigit() else None


def _year(text: str, start: int, before: str) -> Verdict | None:
    if before in "'’" and (match := re.compile(r"[0-9]{2}s?\b").match(text, start)):
        return start, match.end(), "year"
    if match := _YEARS.match(text, start):
        left = words_before(text, start)
        qualified = bool(left) and left[-1].lower() in (
            "some", "nearly", "almost", "roughly", "approximately", "than", "least",
        )  # fmt: skip
        if (qualified and _NEXT.match(text, match.end())) or (
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


def score(text: str, start: int) -> Verdict | None:
    """Read "3-2", "52 to 48": two numbers, the larger first, or a word of winning beside them."""
    match = _SCORE.match(text, start) or _SCORE_TO.match(text, start)
    if match is None:
        return None
    first, second = int(match[1]), int(match[3])
    left = []
    for word in words_before(text, start)[-5:]:
        left = [] if word[-1] in ".!?" else [*left, word.strip(",;:\"“'’(").lower()]
    follows = _NEXT.match(text, match.end())
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


def age(text: str, numeral: Numeral) -> Verdict | None:
    """Tell an age: "43-year-old", "aged 12", ", 58,", "Anna (45)"."""
    start, end, value = numeral.start, numeral.end, numeral.value
    if value is None or numeral.scaled or numeral.share or not 0 < value < 125:
        return None
    pair = _AGE_PAIR.match(text, end) if numeral.digits else None
    stop = pair.end() if pair else end
    if match := _AGE_AFTER.match(text, stop):
        return start, match.end(), "age"
    left = [word.lower() for word in words_before(text, start)[-4:]]
    if left:
        near = left[-2:] in (["age", "of"], ["ages", "of"], ["age", "is"])
        if left[-1].strip(",(") in _AGE_WORDS or near:
            return start, stop, "age"
        if left[-1] in ("between", "from", "over", "under", "about") and len(left) > 1:
            reach = left[:-1]
            if reach[-1] in _AGE_WORDS or reach[-2:] in (["ages", "of"], ["age", "of"]):
                return start, stop, "age"
        if left[-1] in ("turned", "turns", "turning") and re.compile(
            r"[.,;)]|$| (?:in|on|last|this|next|and)\b"
        ).match(text, end):
            return start, end, "age"
        grown = left[-1] == "than" and left[-2:-1] in (["older"], ["younger"])
        bounded = left[-1] in ("over", "under") and left[-2:-1] and left[-2] in _AGE_GROUPS
        among = pair is not None and left[-1] in _AGE_GROUPS
        if (grown or bounded or among) and not _counted_after(text, stop):
            return start, stop, "age"
    if not numeral.digits or numeral.grouped or not 1 <= value < 115:
        return None
    opening = text[max(0, start - 2) : start]
    if opening == ", " or opening.endswith("("):
        name = words_before(text, start - len(opening.lstrip(" ")) - (opening == ", "))
        name = words_before(text, start - (2 if opening == ", " else 1))
        word = name[-1] if name else ""
        closes = _AGE_CLOSE.match(text, end)
        if word and closes and _PLAIN_NAME.match(word) and word.rstrip(".") not in MONTHS:
            if opening.endswith("(") and not text.startswith(")", end):
                return None
            return start, end, "age"
    return None


def _counted_after(text: str, end: int) -> bool:
    """Tell whether a plural noun, a unit or a sign follows."""
    follows = _NEXT.match(text, end)
    return text[end : end + 1] in ("%", "-") or bool(follows and is_plural(follows[1].lower()))


def date_expression(text: str, end: int, left: list[str]) -> bool:
    """Tell whether a duration that ends at `end` points to a time: "five years ago"."""
    if match := _AGO.match(text, end):
        word = match.group().split()[0] if match.group().strip() else ""
        if word in ("before", "after") and left and left[-1].lower() in ("for", "least", "within"):
            return False
        return True
    return False


def telephone_word(text: str, start: int, end: int) -> Verdict | None:
    """Tell an emergency number: "call 911"."""
    left = words_before(text, start)
    near = left[-1].lower() if left else ""
    follows = _NEXT.match(text, end)
    if near in ("call", "called", "calling", "dial", "dialed", "dialled", "calls", "to") and (
        text[start:end] in ("911", "999", "112", "111")
    ):
        return start, end, "telephone"
    if text[start:end] in ("911", "999") and follows and follows[1] in (
        "call", "calls", "operator", "dispatcher", "tape", "tapes", "caller",
    ):  # fmt: skip
        return start, end, "telephone"
    return None


def named(text: str, numeral: Numeral, has_unit: bool) -> Verdict | None:
    """Tell a number that belongs to a name or a place in a document: "Channel 4", "Article 21"."""
    start, end = numeral.start, numeral.end
    if has_unit or numeral.scaled or numeral.share or start == 0:
        return None
    if text[start - 1] not in " \u00a0.":
        return _hyphened_name(text, numeral)
    left = words_before(text, start)
    if not left:
        return _hyphened_name(text, numeral)
    word = left[-1].lstrip("\"“‘'([")
    lower = word.lower()
    follows = _NEXT.match(text, end)
    after = follows[1] if follows else ""
    counted = is_plural(after.lower()) and (after[0].islower() or not word[:1].isupper())
    if lower in _SECTION and not counted:
        return start, end, "section"
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


def _hyphened_name(text: str, numeral: Numeral) -> Verdict | None:
    """Judge "7-Eleven", "3-D", "737s"; and house numbers."""
    match = re.compile(r"-([A-Z]\w*)").match(text, numeral.end)
    if match and numeral.digits and not match[1].isupper() and not is_plural(match[1].lower()):
        return (
            (numeral.start, match.end(), "name")
            if not opens_sentence(text, numeral.start) or ((numeral.value or 0) < 10)
            else None
        )
    if match and len(match[1]) == 1:
        return numeral.start, match.end(), "name"
    if numeral.digits and not numeral.grouped and _ADDRESS.match(text, numeral.end):
        return numeral.start, numeral.end, "name"
    return None


def _after_capital(
    text: str, numeral: Numeral, left: list[str], word: str, after: str
) -> Verdict | None:
    """Judge digits after a capitalised word: "Boeing 737", but "On Tuesday 40 people"."""
    start, end = numeral.start, numeral.end
    bare = word.strip("”\"’'.,:;")
    if bare.endswith(("'s", "’s", "s'", "s’")) or word.endswith(("s'", "s’")):
        return None
    if not bare[:1].isupper() or word[-1] in ',:;.!?)”"' or numeral.grouped:
        is_state = len(bare) == 2 and bare.isupper() or re.fullmatch(r"([A-Z]\.){2}", word)
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
        if lower in _PLURALS:
            return None
    if lower in ("of", "in", "out") and text.startswith((" of the", " of its", " out of"), end):
        return None
    return start, end, "name"


def word_time(text: str, start: int, end: int) -> Verdict | None:
    """Read "five o'clock", "nine in the morning"."""
    match = _WORD_TIME.match(text, end)
    return (start, match.end(), "time") if match else None


def is_year(text: str, numeral: Numeral, other: float) -> bool:
    """Tell whether the second number of a would-be range is a year ("40 or 2016")."""
    plain = numeral.digits and not numeral.grouped and not numeral.scaled
    return plain and other < 1000 and 1900 <= (numeral.value or 0) <= 2100
