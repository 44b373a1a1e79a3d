"""The names of months and weekdays as printed, with their short forms."""

from extractor.language.en.lists import word_set

MONTHS = frozenset(
    {word.title() for word in word_set("calendar.months")}
    | {word.upper() for word in word_set("calendar.months", "full") - {"may"}}
)
WEEKDAYS = frozenset(word.title() for word in word_set("calendar.weekdays"))
