"""Forms of English words: of a verb from its base form, the singular and plural of nouns.

Regular forms by rule, irregular ones from data/irregular.txt. The part of speech is not judged:
`singular("runs")` is "run".
"""

import re
from collections.abc import Iterable
from functools import cache, lru_cache
from pathlib import Path

from extractor.language.word_lists import WordLists

DATA = Path(__file__).with_name("data")
_IRREGULAR = WordLists(DATA)

# One vowel and one consonant at the end of one syllable: "slam", "drop", "quip", not "vow", "fix".
_DOUBLES = re.compile(r"(?:qu|[^aeiou])*[aeiou][^aeiouwxy]")
_SIBILANTS = ("s", "sh", "ch", "x", "z")


@cache
def _irregular_verbs() -> dict[str, tuple[str, ...]]:
    """Return base -> its other forms."""
    return _IRREGULAR.groups("irregular.verbs")


@cache
def _doubling_verbs() -> frozenset[str]:
    """Return verbs of more syllables that double their last letter: "admit", "admitted"."""
    return _IRREGULAR.words("irregular.doubled")


@cache
def _irregular_plurals() -> dict[str, str]:
    """Return plural -> singular."""
    return _IRREGULAR.labelled("irregular.plurals")


@cache
def plurals_without_s() -> frozenset[str]:
    """Return plurals that do not end in "s", and what is counted like one: "people", "percent"."""
    return _IRREGULAR.words("irregular.plural-without-s")


@cache
def _no_plurals() -> frozenset[str]:
    """Return words that end in "s" and are no plurals."""
    return _IRREGULAR.words("irregular.not-plural")


@lru_cache(maxsize=4096)
def verb_forms(base: str) -> tuple[str, ...]:
    """Return the forms of a verb, without repetition: base, -s, past, participle, -ing.

    E.g. "deny" -> deny denies denied denying; "slam" -> slam slams slammed slamming; "write" ->
    write writes wrote written writing.
    """
    if base in _irregular_verbs():
        return (base, *_irregular_verbs()[base])
    if base.endswith("y") and base[-2:-1] not in tuple("aeiou"):
        return base, base[:-1] + "ies", base[:-1] + "ied", base + "ing"
    if base.endswith("ie"):
        return base, base + "s", base + "d", base[:-2] + "ying"
    if base.endswith("e"):
        stem = base if base.endswith(("ee", "oe", "ye")) else base[:-1]
        return base, base + "s", base + "d", stem + "ing"
    third = base + ("es" if base.endswith((*_SIBILANTS, "o")) else "s")
    doubled = _DOUBLES.fullmatch(base) or base in _doubling_verbs()
    stem = base + base[-1] if doubled else base
    return base, third, stem + "ed", stem + "ing"


@lru_cache(maxsize=20_000)
def singular(noun: str) -> str:
    """Return the singular of a lower-case noun; the noun itself when it is one.

    E.g. "banks" -> bank; "allies" -> ally; "churches" -> church; "women" -> woman; "crisis",
    "glass" and "virus" are singular.
    """
    if noun in _irregular_plurals():
        return _irregular_plurals()[noun]
    if not noun.endswith("s"):
        return noun
    if noun.endswith("ies") and len(noun) > 4:
        return noun[:-3] + "y"
    if noun.endswith(("ches", "shes", "sses", "xes")):
        return noun[:-2]
    return noun if noun.endswith(("ss", "us", "is")) else noun[:-1]


def is_plural(word: str) -> bool:
    """Return whether a lower-case word looks like a plural noun, e.g. "homes", "gunmen", "people".

    Words that are counted as plurals are too: "percent", "dead", "others".
    """
    if word in plurals_without_s() or word.endswith(("women", "tlemen", "smen", "gunmen", "cemen")):
        return True
    if not word.endswith("s") or len(word) < 4 or word in _no_plurals():
        return False
    return not word.endswith(("ss", "us", "is", "ous", "’s", "'s"))


def plural(noun: str) -> str:
    """Return the plural of a lower-case noun, e.g. "ally" -> allies; "sketch" -> sketches."""
    for form, base in _irregular_plurals().items():
        if base == noun:
            return form
    if noun.endswith("y") and noun[-2:-1] not in tuple("aeiou"):
        return noun[:-1] + "ies"
    return noun + ("es" if noun.endswith((*_SIBILANTS, "ero")) else "s")


def both_numbers(nouns: Iterable[str]) -> frozenset[str]:
    """Return nouns with their plurals, e.g. of "bank" and "ally" also "banks" and "allies"."""
    return frozenset(form for noun in nouns for form in (noun, plural(noun)))
