"""Number words that count nothing.

Idioms are:

* "one" as a pronoun or an article: "one of the rescued", "one official said", "one day". It counts
  where something bounds it ("at least one soldier"), another number stands beside it ("one woman
  and two children") or a verb says what happened to it ("one person was killed");
* "two" without a noun: "the two met", "a day or two";
* "zero" but before a plural: "ground zero", "zero-sum", not "zero cases";
* compounds: "two-way", "three-star", "four-sided".
"""

import re

from extractor.find.candidates import FigureKind
from extractor.find.figures.not_figures import words_before
from extractor.find.figures.numerals import Numeral
from extractor.find.figures.qualifiers import qualifier_of
from extractor.language.en.lists import word_set, word_tuple
from extractor.language.en.morphology import is_plural
from extractor.language.word_lists import alternatives

_NO_NOUN = word_set("figures.no-noun")
_BEFORE_PRONOUN_ONE = word_set("figures.before-pronoun-one")
_ONE_SPAN = word_set("figures.before-one-span")
_BEFALLEN = re.compile(
    r"(?: [a-z][\w-]*){1,3} (?:(?:(?:was|is|has been|had been|also|still|later|being|be|were) )*"
    rf"(?:{alternatives(word_set('figures.befallen'))}))\b"
)
_BEFALLING = word_set("figures.befalling")
_TWO_TO_TEN = alternatives(word_tuple("numbers.units")[2:11])
_NUMBER_AHEAD = re.compile(
    r"(?:,? [a-z][\w-]*){0,4},? (?:and|or) "
    rf"(?:[0-9]|(?:{_TWO_TO_TEN}|dozens|several)\b)"
)
_NUMBER_BEHIND = re.compile(rf"(?:\b[0-9]+|\b(?:{_TWO_TO_TEN}))(?: [a-z][\w-]*){{1,3}},? and\Z")
_NEXT = re.compile(r"[ \u00a0-]([^\W\d_]+)")
_HYPHEN_IDIOM = re.compile(r"-(?:way|faced|star|fold|sided|handed|pronged|piece|on)\b")


def is_idiom(text: str, numeral: Numeral, kind: FigureKind) -> bool:
    """Return whether a number word counts nothing, e.g. "one official", "zero-sum", "the two"."""
    if numeral.digits or numeral.scaled or numeral.share or numeral.value is None:
        return False
    left = [word.strip('"“”‘’(,;').lower() for word in words_before(text, numeral.start)]
    last = left[-1] if left else ""
    follows = _NEXT.match(text, numeral.end)
    after = follows[1].lower() if follows else ""
    if numeral.value == 1:
        return _is_pronoun(text, numeral, kind, left, after)
    if numeral.value == 0:
        if kind != "count":
            return False
        return last in ("ground", "absolute", "patient", "year") or not (
            is_plural(after) and text[numeral.end : numeral.end + 1] == " "
        )
    if _HYPHEN_IDIOM.match(text, numeral.end):
        return True
    if numeral.value == 2 and (not after or after in _NO_NOUN):
        return last == "the" or (last == "or" and not {"a", "an", "another"}.isdisjoint(left[-5:]))
    return False


def _is_pronoun(text: str, numeral: Numeral, kind: FigureKind, left: list[str], after: str) -> bool:
    """Return whether "one" is a pronoun or an article, e.g. "one of the rescued", "one day"."""
    last = left[-1] if left else ""
    hyphen = text[numeral.end : numeral.end + 1] in "-‑"
    if kind in ("money", "percent") or (kind == "measure" and last != "the"):
        return False
    if kind == "duration":
        loose = after == "day" and not hyphen and last not in _ONE_SPAN
        return loose or last in ("no", "any", "this", "that")
    qualifier = qualifier_of(text, numeral.start, numeral.end, "count", True)
    if qualifier and qualifier.sort in ("low", "high") and after != "another":
        return False
    if hyphen or last in _BEFORE_PRONOUN_ONE or not after or after in _NO_NOUN:
        return True
    if last in _BEFALLING or _NUMBER_AHEAD.match(text, numeral.end):
        return False
    if _BEFALLEN.match(text, numeral.end):
        return False
    return not _NUMBER_BEHIND.search(" ".join(left[-5:]))
