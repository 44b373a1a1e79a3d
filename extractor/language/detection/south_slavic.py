"""Tells Serbian, Croatian and Bosnian in Latin letters apart, by their words.

Two things are counted: how the old vowel jat is written ("pre", "mesto" in Serbian, "prije",
"mjesto" in the others), and words that Serbian and Croatian do not share ("hiljada", "tisuća");
both lists are in south_slavic.txt. Weights of other words, fitted on the development sets of two
treebanks of news (tests/benchmarks/training/south_slavic.py), decide where these say little.
"""

import json
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import NamedTuple

SOUTH_SLAVIC = frozenset({"bs", "hr", "sr"})
_FOLDER = Path(__file__).parent
_JAT, _LEXICAL = 3.25, 2.5  # what a word of the lists counts, beside the fitted weights
_DOUBTFUL = 4.0  # below that the language that a page names is taken


class _Lists(NamedTuple):
    """The words of each list, and the beginnings of words."""

    words: Mapping[str, str]  # word -> list
    beginnings: Mapping[str, str]  # beginning -> list
    longest: int  # of the beginnings, in letters
    weights: Mapping[str, float]  # above zero: Serbian


def south_slavic_language(words: list[str], declared: str | None, *, otherwise: str) -> str:
    """Return "sr", "hr" or "bs" for a text's words in lower case.

    `declared`: the language that a page names; `otherwise`: what is returned when nothing tells.
    """
    lists = south_slavic_lists()
    counted = dict.fromkeys(("ekavian", "ijekavian", "serbian", "croatian"), 0)
    fitted = 0.0
    for word in words:
        if (named := _list_of(word, lists)) is not None:
            counted[named] += 1
        fitted += lists.weights.get(word, 0.0)
    jat = counted["ekavian"] - counted["ijekavian"]
    lexical = counted["serbian"] - counted["croatian"]
    score = _JAT * jat + _LEXICAL * lexical + fitted
    if abs(score) < _DOUBTFUL and declared in SOUTH_SLAVIC:
        return declared
    if jat <= -2 and lexical >= 2:
        return "bs"  # the vowel of the one with words of the other
    return "sr" if score > 0 else "hr" if score < 0 else otherwise


def _list_of(word: str, lists: _Lists) -> str | None:
    """Return the list that has a word, or the longest of its beginnings."""
    if (named := lists.words.get(word)) is not None:
        return named
    for length in range(min(len(word), lists.longest), 2, -1):
        if (named := lists.beginnings.get(word[:length])) is not None:
            return named
    return None


@cache
def south_slavic_lists() -> _Lists:
    """Read the lists and the weights, once."""
    words: dict[str, str] = {}
    beginnings: dict[str, str] = {}
    named = ""
    for line in (_FOLDER / "south_slavic.txt").read_text("utf-8").splitlines():
        if line.startswith("["):
            named = line.strip("[] ")
        elif not line.startswith("#"):
            for word in line.split():
                stem = word.removesuffix("-")
                (words if stem == word else beginnings)[stem] = named
    weights = json.loads((_FOLDER / "south_slavic_weights.json").read_text("utf-8"))
    return _Lists(words, beginnings, max(map(len, beginnings)), weights)
