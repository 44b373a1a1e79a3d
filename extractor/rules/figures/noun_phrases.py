"""Reads the noun phrase beside a number, by closed classes of words and without a tagger.

* `after` a number: up to the plural head, which shows where the phrase ends ("412 [miners] on
  Saturday"), with "of the committee" and "in Kenya" behind it;
* `determined`, after "of": "40% of [the registered voters]"; `undetermined` cuts "the" off again;
* `before` a verb or "of": backwards up to another verb, a mark or a determiner.

A phrase has at most seven words. Auxiliaries, dates and stop words end it.
"""

import re

from extractor.language.en.calendar import MONTHS, WEEKDAYS
from extractor.language.en.lists import word_set
from extractor.language.en.morphology import is_plural
from extractor.language.en.numbers import UNITS
from extractor.language.word_lists import alternatives
from extractor.text.spans import Span

DETERMINERS = word_set(
    "closed_classes.determiners", "articles", "demonstrative", "each"
) | word_set("closed_classes.possessives", "personal")
AUXILIARIES = word_set(
    "closed_classes.auxiliaries",
    "is", "be", "have", "having", "do", "will", "possible", "due",
    "cannot", "is-not", "not", "will-not", "due-not",
)  # fmt: skip
_STOPS = AUXILIARIES | word_set("figures.stops")
VERBS = word_set("figures.verbs-after-numbers")
_ADJECTIVES_LIKE = word_set("figures.participles-like-adjectives")
_ORDER = word_set("figures.order")
_LEADING = word_set("figures.leading-adjectives")
_NOUN_MODIFIERS = word_set("figures.noun-modifiers")
_INSIDE = word_set("figures.prepositions-inside-subjects")
_NUMBER = re.compile(r"[$€£]?[0-9][0-9.,]*\Z")
_TOKEN = re.compile(
    r"(?:[A-Za-z]\.){2,}|[^\W\d_](?:[\w’'-]*\w(?:s’|s')?)?(?:\.(?=[A-Za-z]))?|[0-9][\w,.%-]*|\S"
)
_OF = re.compile(r"[ \u00a0]of[ \u00a0]")
_IN_PLACE = re.compile(
    r" in (?:the )?([A-Z][\w.’'-]*[^\W_])((?: (?:of |and )?[A-Z][\w’'-]*[^\W_]){0,3})(?![\w%])"
)
_DETERMINED = re.compile(
    rf"(?:(?:{alternatives(DETERMINERS | word_set('figures.determined-besides'))})\b ?)+"
)
_POSSESSIVE = re.compile(r"[’']s?\Z")
MAX_WORDS = 7


def after(
    text: str, start: int, stop: int, plural: bool = True, *, one: bool = False, led: bool = False
) -> tuple[Span, bool] | None:
    """Read the noun phrase that begins at offset `start` and ends before `stop`.

    Returns its span and whether a plural head was seen; None when no noun begins there. `plural`:
    a plural head is expected, since the number stands directly before; `one`: the number is one;
    `led`: a participle may come first ("a two-hour paid break").
    """
    begin = end = -1
    headed, head_end, seen = False, -1, 0
    for match in _TOKEN.finditer(text, start, stop):
        word = match.group()
        lower = word.lower()
        gap = text[end if end >= 0 else start : match.start()]
        if "\n" in gap or (not word[0].isalpha() and not _is_number_in_name(word, headed, seen)):
            break
        leads = seen == 0 and lower in _LEADING
        if (lower in _STOPS and not leads) or lower in DETERMINERS:
            break
        if one and seen and is_plural(lower):
            break
        if _is_verb(lower, seen, plural and not headed) and not (led and seen == 0):
            break
        if headed and not _continues(word):
            break
        if seen == MAX_WORDS:
            break
        begin = match.start() if begin < 0 else begin
        end, seen = match.end(), seen + 1
        if plural and is_plural(lower) and lower not in _NOUN_MODIFIERS:
            headed, head_end = True, end
    if begin < 0 or (seen == 1 and text[begin:end].lower() in _LEADING):
        return None
    span = Span(begin, head_end if headed else end)
    return _with_complement(text, span, stop), headed


def _continues(word: str) -> bool:
    """Return whether a word after a plural can be the head, e.g. "public records [lawsuits]"."""
    return word[0].islower() and word.endswith("s") and is_plural(word) and word not in VERBS


def _is_number_in_name(word: str, headed: bool, seen: int) -> bool:
    """Return whether a number belongs to the phrase, e.g. "2016" in "12 2016 candidates"."""
    return seen == 0 and not headed and len(word) == 4 and word.isdigit()


def _is_verb(lower: str, seen: int, awaited: bool) -> bool:
    """Return whether a word is the verb that ends the phrase ("plans" is not before a plural)."""
    if lower not in VERBS or (awaited and is_plural(lower)):
        return False
    return not (seen == 0 and lower in _ADJECTIVES_LIKE | _LEADING)


def _with_complement(text: str, span: Span, stop: int) -> Span:
    """Take in "of the committee" and "in Kenya" after a noun phrase."""
    end = span.end
    if of := _OF.match(text, end, stop):
        inner = determined(text, of.end(), stop)
        if inner is not None:
            end = inner.end
    if (place := _IN_PLACE.match(text, end, stop)) and (
        place[1] not in MONTHS and place[1] not in WEEKDAYS
    ):
        following = _TOKEN.match(text, place.end() + 1, stop)
        word = following.group().lower() if following and text[place.end()] == " " else ","
        closed = not word[0].isalpha() or word in _STOPS or word in VERBS
        if closed and not _POSSESSIVE.search(place.group()):
            end = place.end()
    return Span(span.start, end)


def undetermined(text: str, span: Span) -> Span:
    """Leave out the determiners and numbers before a noun phrase: "the 50 [delegates]"."""
    start = span.start
    for word in span.of(text).split(" ")[:-1]:
        lower = word.lower()
        if not (lower in DETERMINERS | _ORDER or lower in UNITS or _NUMBER.match(word)):
            break
        start += len(word) + 1
    return Span(start, span.end)


def determined(text: str, start: int, stop: int, plural: bool = False) -> Span | None:
    """Read a noun phrase with its determiners, as after "of": "the rescued sailors".

    `plural` says that a plural head is expected.
    """
    match = _DETERMINED.match(text, start, stop)
    at = match.end() if match else start
    begin = end = -1
    headed = False
    for seen, token in enumerate(_TOKEN.finditer(text, at, stop)):
        word = token.group()
        lower = word.lower()
        gap = text[end if end >= 0 else at : token.start()]
        if "\n" in gap or not word[0].isalnum() or lower in _STOPS or seen >= MAX_WORDS:
            break
        if _is_verb(lower, seen, plural and not headed):
            break
        if headed and not _continues(word):
            break
        if seen and lower.endswith("ed") and word[0].islower():
            break  # "of the people convicted"
        capital_after_common = seen and word[0].isupper() and text[end - 1].islower()
        if capital_after_common and is_plural(text[begin:end].rpartition(" ")[2].lower()):
            break
        begin = token.start() if begin < 0 else begin
        end = token.end()
        headed = headed or (is_plural(lower) and word[0].islower() and lower not in _NOUN_MODIFIERS)
    if begin < 0:
        return None
    return Span(start if match else begin, end)


def before(text: str, start: int, stop: int) -> Span | None:
    """Read the noun phrase that ends at `stop`, back to `start` at most; None when there is none.

    With its complements ("price of oil in Europe"), without determiners before it.
    """
    tokens = list(_TOKEN.finditer(text, max(start, stop - 160), stop))
    last = len(tokens) - 1
    while last >= 0 and tokens[last].group().lower() in (",", "which", "that", "who"):
        last -= 1
    first = last + 1
    for index in range(last, max(-1, last - 12), -1):
        word = tokens[index].group()
        lower = word.lower()
        if lower in _INSIDE and index < last:
            continue  # taken in if a noun stands before it
        if not word[0].isalpha() or lower in VERBS or lower in _STOPS:
            break
        if word.rstrip(".") in MONTHS or word in WEEKDAYS:
            break
        if "\n" in text[tokens[index].end() : tokens[min(index + 1, last)].start()]:
            break
        first = index
        if lower in DETERMINERS and (
            index == 0 or tokens[index - 1].group().lower() not in _INSIDE
        ):
            break
    while first <= last and tokens[first].group().lower() in DETERMINERS | {"and", "some", "any"}:
        first += 1
    if first > last or (first == last and tokens[first].group().endswith("ed")):
        return None
    return Span(tokens[first].start(), tokens[last].end())
