"""Ages, which are numbers but no figures: they count nothing.

A number below 125 is an age

* before a word for age: "43-year-old", "20-something", "65 and over";
* after one: "aged 12", "at the age of 30", "ages of 18 and 24", "aged between 3 and 5";
* after a verb that gives it, where the phrase ends: "he is 58.", "turned 30", "died at 81";
* in a comparison of people, unless it counts a noun: "voters under 30", "older than 16";
* in digits between a name and a mark: "Berg, 58,", "Anna (45)".
"""

import re

from extractor.find.figures.not_figures import (
    PLAIN_NAME,
    NotFigureSpan,
    counted_after,
    words_before,
)
from extractor.find.figures.numerals import Numeral
from extractor.language.en.calendar import MONTHS
from extractor.language.en.lists import word_set

_AGE_AFTER = re.compile(
    r"[ -]?(?:years?|months?|weeks?|days?)(?:[- ]olds?\b|['’] old\b| of age\b)|-somethings?\b"
    r"|[ -]?(?:yo|y/o)\b| (?:and|or) (?:older|over|younger|under)\b"
)
_AGE_PAIR = re.compile(r"(?:[-–]| to | and | or |-to-|- to )[0-9]{1,3}(?![0-9,.]*[0-9])")
_AGE_STOP = re.compile(r"[.,;)\n](?![0-9])|\Z| (?:in|on|last|this|next|and|when|at the time)\b")
_ONESELF = word_set("figures.age-pronouns")
_AGE_CLOSE = re.compile(r"[,;)](?![0-9])|\.(?=\s|$)| (?:of|and|from) (?=[A-Z])")
_AGE_GROUPS = word_set("figures.age-groups")
_AGE_WORDS = word_set("figures.age-words")


def age(text: str, numeral: Numeral) -> NotFigureSpan | None:
    """Return where an age begins and ends, with its words: "43-year-old", "aged 12", "Anna (45)".

    Offsets are those of `text`; None when the number is no age by these rules.
    """
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
        dying = left[-1] == "at" and left[-2:-1] and left[-2] in ("dies", "died", "dead")
        being = left[-1] in ("was", "is", "am") and left[-2:-1] and left[-2] in _ONESELF
        if (
            dying or being or left[-1] in ("turned", "turns", "turning", "i'm", "he's", "she's")
        ) and _AGE_STOP.match(text, end):
            return start, end, "age"
        grown = left[-1] == "than" and left[-2:-1] in (["older"], ["younger"])
        bounded = left[-1] in ("over", "under") and left[-2:-1] and left[-2] in _AGE_GROUPS
        among = pair is not None and left[-1] in _AGE_GROUPS
        if (grown or bounded or among) and not counted_after(text, stop):
            return start, stop, "age"
    if not numeral.digits or numeral.grouped or not 1 <= value < 115:
        return None
    opening = text[max(0, start - 2) : start]
    if opening == ", " or opening.endswith("("):
        name = words_before(text, start - (2 if opening == ", " else 1))
        word = name[-1] if name else ""
        closes = _AGE_CLOSE.match(text, end)
        if word and closes and PLAIN_NAME.match(word) and word.rstrip(".") not in MONTHS:
            if opening.endswith("(") and not text.startswith(")", end):
                return None
            return start, end, "age"
    return None
