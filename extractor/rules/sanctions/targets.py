"""Finds on whom or what a restriction falls, in the sentence of its statement.

* in the restriction's phrase: "sanctions on oil", or before its name: "Syria sanctions";
* where the finder saw it: "hit X with sanctions", "X was sanctioned";
* after a later "on" or "against": "imposed on X and Y".

A list is cut into its members. A name before "sanctions" may be the sender's instead ("EU
sanctions"), or only say whose goods they are on ("the Russian oil embargo").
"""

from extractor.find.sanctions.readings import Reading
from extractor.find.sanctions.restrictions import is_imposer
from extractor.language.en.countries import lookup
from extractor.language.en.lists import word_set
from extractor.language.sentence_words import (
    AUXILIARIES,
    BREAKS,
    MONTHS,
    PREPOSITIONS,
    SUBORDINATORS,
    is_possessor,
    phrase_end,
)
from extractor.language.tokens import Token
from extractor.text.spans import Span

_IMPOSED = word_set("sanctions.imposed")
GOODS_MODIFIERS = word_set("sanctions.goods-modifiers")
_KNOWN = frozenset("US GB EU UN CA AU JP CH NO NZ CN".split())
_IDIOMS = word_set("sanctions.idioms")


def target_of(tokens: list[Token], reading: Reading) -> tuple[tuple[Span, ...], float]:
    """Return on whom or what the restriction falls, () where nothing says it, and how sure."""
    r = reading.restriction
    if r.has_complement and r.kind == "noun":
        begin = r.core + 1
        while begin < r.end and tokens[begin].lower in ("at", "to", "place", "on", "against"):
            begin += 1
        parts = split_list(tokens, begin, r.end)
        if parts:
            return parts, 1.0
    if reading.on is not None:
        first, end = reading.on
        while first < end and tokens[first].lower in (*PREPOSITIONS, ","):
            first += 1
        stop = phrase_end(tokens, first)
        parts = split_list(tokens, first, min(end, stop) if stop > first else end)
        if parts:
            return parts, 1.0
    later = on_later(tokens, max(reading.trigger[1], r.core))
    if later is None and reading.trigger[0] > r.head:  # "imposed on X" before "remain"
        later = on_later(tokens, r.core)
    listed = any(t.lower == "including" for t in tokens[reading.trigger[1] : r.first])
    if listed:  # "sanctions on X, including an arms embargo": on X too
        return (), 0.0
    before = _target_before(tokens, reading)
    far = later is not None and any(t.lower == "," for t in tokens[r.core : later[0]])
    imposed = later is not None and _imposed_there(tokens, r.core, later[0])
    if later and (reading.how != "noun" or imposed) and not (far and before[0]):
        return split_list(tokens, *later), 0.9
    return before


def _imposed_there(tokens: list[Token], core: int, later: int) -> bool:
    """Return whether it was "imposed … on", e.g. "the removal of sanctions imposed on X"."""
    return core < len(tokens) and core < later and tokens[core].lower in _IMPOSED


def _target_before(tokens: list[Token], reading: Reading) -> tuple[tuple[Span, ...], float]:
    """Return the target in "Syria sanctions", "the oil embargo"."""
    r = reading.restriction
    for i in range(r.first, r.head):
        token = tokens[i]
        if not token.capitalised or is_possessor(tokens, i) or lookup(token.text) is None:
            continue
        if not imposes_by_name(token.text):
            goods = i + 1 < r.head and tokens[i + 1].lower in GOODS_MODIFIERS
            return (span_of(tokens, i, i + 1 + goods),), 0.8
    return (), 0.0


def imposes_by_name(word: str) -> bool:
    """Return whether a name before "sanctions" is the sender's, e.g. "EU", not "Syria"."""
    country = lookup(word)
    if country is None:
        return is_imposer(word)
    return is_imposer(word) and (country.kind != "demonym" or country.code in _KNOWN)


def names_imposer(tokens: list[Token], reading: Reading) -> bool:
    """Return whether the phrase itself names the sender, e.g. "U.S. sanctions", mention or not."""
    r = reading.restriction
    return r.kind == "noun" and any(
        t.capitalised and imposes_by_name(t.text) for t in tokens[r.first : r.head]
    )


def made_of_goods(tokens: list[Token], i: int, head: int) -> bool:
    """Return whether a country's name only says whose goods, e.g. "the Russian oil embargo"."""
    behind = i + 2 if is_possessor(tokens, i) else i + 1
    return (
        behind < head
        and tokens[behind].lower in GOODS_MODIFIERS
        and not imposes_by_name(tokens[i].text)
    )


def is_own_passive(reading: Reading) -> bool:
    """Return whether the restriction's own verb is passive, e.g. "was sanctioned by"."""
    return reading.restriction.kind == "verb" and reading.how == "passive"


def on_later(tokens: list[Token], begin: int) -> tuple[int, int] | None:
    """Return the tokens first:last after a later "on" or "against", times left out."""
    for i in range(begin, min(len(tokens) - 1, begin + 14)):
        lower = tokens[i].lower
        if lower in BREAKS or (lower in SUBORDINATORS and lower not in ("after", "since")):
            return None
        if lower in AUXILIARIES and i > begin and not _imposed_soon(tokens, i):
            return None
        if lower in ("on", "against", "targeting", "upon"):
            following = tokens[i + 1].lower
            idiom = {token.lower for token in tokens[i + 1 : i + 3]} & _IDIOMS
            if following in MONTHS or following[0].isdigit() or idiom:
                continue
            end = phrase_end(tokens, i + 1)
            if end > i + 1:
                return i + 1, end
    return None


def _imposed_soon(tokens: list[Token], i: int) -> bool:
    """Return whether the auxiliary at `i` begins "it had imposed on …"."""
    return any(
        t.lower in ("imposed", "placed", "slapped", "introduced", "levied", "put")
        for t in tokens[i + 1 : i + 4]
    )


def split_list(tokens: list[Token], first: int, end: int) -> tuple[Span, ...]:
    """Return the members of a list as spans: "Cuba, Russia and Iran"."""
    if first >= end:
        return ()
    whole = " ".join(t.text for t in tokens[first:end])
    if lookup(whole) is not None:
        return (span_of(tokens, first, end),)
    parts: list[Span] = []
    start = first
    for i in range(first, end + 1):
        if i < end and tokens[i].lower not in (",", "and", "or"):
            continue
        if i > start:
            parts.append(span_of(tokens, start, i))
        start = i + 1
    return tuple(parts)


def span_of(tokens: list[Token], first: int, end: int) -> Span:
    """Return the span of tokens first:end in the article's text."""
    return Span(tokens[first].start, tokens[end - 1].end)
