"""Classes of words as bit flags, computed once for each distinct word as printed.

A finder asks the document's tokens for those of a class (`Tokens.all_of`) instead of reading every
word: capitalised words for names, NUMBER for figures, SPEECH for attribution.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Final

from extractor.language.en.calendar import MONTHS
from extractor.language.en.lexicon import BODY_NOUNS, DOCUMENT_NOUNS, FINITE_SPEECH, PERSON_NOUNS
from extractor.language.en.lists import word_set
from extractor.language.en.morphology import singular
from extractor.language.en.numbers import ORDINALS, SCALES, TENS, UNITS, VAGUE
from extractor.language.kinds import EntityKind

CAPITAL: Final = 1  # may begin a name: "Okafor", "d'Orsay"
OPENING: Final = 2  # a sentence begins after it; after a stop, if a word ends there
PERSON: Final = 4  # a noun for people
SPEAKING: Final = 8  # a noun for what else speaks: bodies, documents
SPEECH: Final = 16  # a finite verb of speech
PRONOUN: Final = 32  # of the third person, or "who"
NUMBER: Final = 64  # may begin a figure, or a number that is none
STATES: Final = 128  # may begin a name for states taken together

SINGULAR = word_set("closed_classes.third-person", "m", "f")
PLURAL = word_set("closed_classes.third-person", "plural")
NEUTRAL = word_set("closed_classes.third-person", "neutral")
PRONOUNS = SINGULAR | PLURAL | NEUTRAL | {"who"}
_MOST, _LONGEST = 50_000, 40  # words that are remembered, and their letters
_INNER = frozenset("'’-")  # "d'Orsay", "e-Commerce"

_KINDS: dict[str, EntityKind] = {
    **dict.fromkeys(DOCUMENT_NOUNS, "other"),
    **dict.fromkeys(BODY_NOUNS, "body"),
    **dict.fromkeys(PERSON_NOUNS, "person"),
}


def kind_of_noun(noun: str) -> EntityKind | None:
    """Return what a noun in the singular describes: people, bodies or documents; else None."""
    if noun in PERSON_NOUNS:
        return "person"
    return _KINDS.get(noun.rpartition("-")[2])


@lru_cache(maxsize=20_000)
def kind_of_word(word: str) -> EntityKind | None:
    """Return what a noun in lower case, singular or plural, describes."""
    return kind_of_noun(singular(word))


def capital(word: str) -> bool:
    """Return whether a word is capitalised as names are, e.g. "Okafor", "d'Orsay"."""
    return word[0].isupper() or (len(word) > 2 and word[1] in _INNER and word[2].isupper())


class _WordClasses(dict[str, tuple[str, int]]):
    """A word as printed -> in lower case, and the bits of its classes; computed once for each."""

    def __missing__(self, word: str) -> tuple[str, int]:
        lower = word.lower()
        known = lower, _classes(word, lower)
        if len(word) <= _LONGEST:
            if len(self) >= _MOST:
                self.clear()
            self[word] = known
        return known


def _classes(word: str, lower: str) -> int:
    """Return the bits of a word's classes; `lower` is the word in lower case."""
    noun = kind_of_word(lower)
    if word.isascii() and word.isalpha():  # no boundary within: what matches is the whole word
        number, states = TRIGGER.match(word) is not None, lower in BEGINNINGS
    else:
        number, states = TRIGGER.search(word) is not None, BEGINNING.search(word) is not None
    return (
        CAPITAL * capital(word)
        | OPENING * (word in ":•.!?")
        | (PERSON if noun == "person" else SPEAKING if noun else 0)
        | SPEECH * (lower in FINITE_SPEECH)
        | PRONOUN * (lower in PRONOUNS)
        | NUMBER * number
        | STATES * states
    )


WORD_CLASSES: Final = _WordClasses()


def _trie(words: list[str]) -> str:
    """Return a pattern for the words that shares their beginnings: several times faster."""
    heads: dict[str, list[str]] = {}
    for word in words:
        heads.setdefault(word[:1], []).append(word[1:])
    ends = "" in heads
    branches = [re.escape(c) + _trie(rest) for c, rest in sorted(heads.items()) if c]
    if not branches:
        return ""
    body = branches[0] if len(branches) == 1 and not ends else f"(?:{'|'.join(branches)})"
    return body + ("?" if ends else "")


_NUMBER_WORDS = sorted({*UNITS, *TENS, *SCALES, *VAGUE, *ORDINALS, "half", "quarter"})
TRIGGER = re.compile(
    r"(?P<digits>[0-9](?:[0-9,.]*[0-9])?)|\b(?:(?P<word>"
    + _trie([form for word in _NUMBER_WORDS for form in (word, word.title(), word.upper())])
    + ")|(?P<month>"
    + _trie(sorted(MONTHS))
    + r")|(?P<roman>[IVX]{2,5}))\b"
)
BEGINNINGS = word_set("names.state-group-beginnings")
BEGINNING = re.compile(rf"\b(?:{'|'.join(sorted(BEGINNINGS))})\b|\b\d+$", re.IGNORECASE)
