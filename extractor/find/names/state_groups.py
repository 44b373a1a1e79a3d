"""Finds states taken together, which the press lets act as one though they have no name.

* a plural noun for states with a word before it that says which: "Western countries", "African
  nations", "neighbouring states", "member states"; not "other countries", "the swing states";
* "the international community";
* a body by the number of its members: "the 15-nation bloc".

The same words are one entity, a body. Which states are meant is not resolved.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import TYPE_CHECKING

from extractor.find.candidates import Entity, Mention
from extractor.language.en.countries import lookup
from extractor.language.en.lists import word_set, word_tuple
from extractor.language.scanning import matches
from extractor.language.word_classes import BEGINNING
from extractor.language.word_lists import alternatives
from extractor.text.spans import Span

if TYPE_CHECKING:
    from extractor.language.tokens import Tokens

_OF_THE_WORLD = word_tuple("names.state-groups-of-the-world")
_WHICH = word_set("names.which-states")
_DIRECTIONS = word_set("names.directions")
_PLURALS = alternatives(word_set("names.state-group-beginnings", "heads"))
_OF_COMMUNITY = alternatives(word_set("names.state-group-beginnings", "before-community"))
_HEADS = re.compile(
    rf"\b(?:{_PLURALS})\b|\b(?:{_OF_COMMUNITY})\s+community\b"
    r"|\b\d+-(?:nation|member|country|state|strong)\s+(?:[\w-]+\s+){0,2}?"
    r"(?:bloc|group|grouping|union|alliance|body|council|organi[sz]ation|community|league|club)\b",
    re.IGNORECASE,
)
_BEFORE = re.compile(r"\S+(?=\s+$)")
_REACH = 60  # characters before the noun: four words at most, and the longest are short
_MOST = 4


def find_collectives(
    text: str, tokens: Tokens, places: list[int], names: tuple[Entity, ...]
) -> tuple[Entity, ...]:
    """Return the groups of states as bodies, with ids that go on after those of `names`.

    None where a name covers the words already. `places` are the tokens of class STATES.
    """
    phrases = list(_phrases(text, tokens, places))
    if not phrases:
        return ()
    named = [(m.span.start, m.span.end) for e in names for m in e.mentions if m.kind != "pronoun"]
    taken = {end: start for start, end in sorted(named, reverse=True)}
    mentions: dict[str, list[Span]] = {}
    for span in phrases:
        if taken.get(span.end, span.end) > span.start:
            words = " ".join(span.of(text).split())
            mentions.setdefault(words.lower().removeprefix("the "), []).append(span)
    return tuple(_entities(text, mentions, len(names)))


def _phrases(text: str, tokens: Tokens, places: list[int]) -> Iterable[Span]:
    """Yield the places of the phrases, in order."""
    for match in matches(_HEADS, BEGINNING, text, tokens, places):
        start, end = match.span()
        if " " not in match.group():
            start = _first_of_kind(text, start, match.group().lower())
        if start < end and (start < match.start() or " " in match.group()):
            yield Span(start, end)


def _first_of_kind(text: str, end: int, head: str) -> int:
    """Return where the words that say which states begin; `end` when they say nothing."""
    start = end
    for _ in range(_MOST):
        word = _BEFORE.search(text, max(0, start - _REACH), start)
        if word is None:
            break
        pointed = start < end and word.group().lower() in _DIRECTIONS  # "West African"
        if not (pointed or _says_which(word.group(), head)):
            break
        start = word.start()
    return start


def _says_which(word: str, head: str) -> bool:
    """Return whether a word says which states are meant, e.g. "Gulf", "African", "member"."""
    lower = word.lower()
    if lower in _WHICH:
        return lower not in ("foreign", "world", "global") or head in _OF_THE_WORLD
    country = lookup(word)
    if country is None or country.code == "US":  # those of a federation are no senders
        return False
    return country.kind == "demonym" or country.code == "EU"


def _entities(text: str, mentions: dict[str, list[Span]], known: int) -> Iterable[Entity]:
    """Yield the groups as entities; `known` is the number of the last entity before."""
    for number, spans in enumerate(mentions.values(), known + 1):
        name = " ".join(spans[0].of(text).split())
        numbered = (Mention(f"P{number}.{k}", s, "nominal") for k, s in enumerate(spans, 1))
        article, _, rest = name.partition(" ")
        name = rest if article.lower() == "the" and rest else name
        yield Entity(f"P{number}", name, "body", tuple(numbered), (), None, True, None)
