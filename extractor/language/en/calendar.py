"""Names of months and weekdays as printed, with their short forms, and patterns for them."""

from extractor.language.en.lists import word_set, word_tuple
from extractor.language.word_lists import alternatives

MONTHS = frozenset(
    {word.title() for word in word_set("calendar.months")}
    | {word.upper() for word in word_set("calendar.months", "full") - {"may"}}
)
WEEKDAYS = frozenset(word.title() for word in word_set("calendar.weekdays"))

_IN_ORDER = word_tuple("calendar.months", "full")
# Month in lower case, in full or short -> its number, from 1.
MONTH_NUMBERS = {
    word: next(n for n, month in enumerate(_IN_ORDER, 1) if month.startswith(word))
    for word in word_set("calendar.months")
}

_FULL = word_set("calendar.months", "full")
_SHORT = word_set("calendar.months", "short")
_WORD_LIKE = word_set("calendar.months", "word-like")


def _title(words: frozenset[str]) -> str:
    return alternatives(word.title() for word in words)


# A month as printed: "March", "Sept", "Sept.", "Mar." but not "Mar".
MONTH_PATTERN = rf"(?:{_title(_FULL)}|(?:{_title(_SHORT)})\.?|(?:{_title(_WORD_LIKE)})\.)"
# Beside the number of a day: "Mar" as well.
MONTH_OF_DAY_PATTERN = rf"(?:{_title(_FULL | _SHORT | _WORD_LIKE)})\b\.?"
# A month that no other word is: not "May".
LONG_MONTH_PATTERN = rf"(?:{_title(_FULL - {'may'})})"
WEEKDAY_PATTERN = rf"(?:{_title(word_set('calendar.weekdays', 'full'))})"
