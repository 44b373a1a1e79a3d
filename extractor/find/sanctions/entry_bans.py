"""Finds entry bans, which keep named people out of a country or firms out of its market.

* "banned X from entering …", "X was barred from the country", "barred the firm from trading in …";
* "denied X a visa", "refused entry to X";
* "ban him", "blacklisted Berg" once the article has told of an entry ban.

None: a ban on a whole faith or people, on migrants or refugees, which is immigration policy; a ban
from a league, a ballot or a road.
"""

import re

from extractor.language.en.countries import lookup
from extractor.language.en.lists import word_set, word_tuple
from extractor.language.sentence_words import (
    AUXILIARIES,
    BREAKS,
    DETERMINERS,
    PREPOSITIONS,
    SUBORDINATORS,
    is_adverb,
)
from extractor.language.tokens import Token

BANNING = word_set("sanctions.banning")
REFUSING = word_set("sanctions.refusing")
_CLEAR = word_set("sanctions.clear-bans")
OPENINGS = word_tuple("sanctions.entry-ban-openings")
# Begins with letters that every match has: many times as fast as a word boundary.
_BANNED_FROM = re.compile(r"ba(?:nn?|rr?)(?:s|ed|ing)?\b[^.\n]{0,60}?\bfrom (?:the )?[A-Z]")
_ENTERING = word_set("sanctions.entering")
_TRADING = word_set("sanctions.trading")
_KINDS = word_set("sanctions.ban-kinds")
WHOLE_PEOPLES = word_set("sanctions.whole-peoples")
_PERSONS = word_set("sanctions.banned-persons")


def opens_entry_ban(text: str) -> bool:
    """Return whether a text may tell of an entry ban, e.g. "barred from Norway"; a cheap test."""
    low = text.lower()
    if not any(
        word in low for word in (" ban", " barr", " bar ", "denied", "refused", "blacklist")
    ):
        return False
    return any(opening in low for opening in OPENINGS) or _BANNED_FROM.search(text) is not None


def entry_ban_at(tokens: list[Token], i: int) -> tuple[int, int, int] | None:
    """Return the tokens first:last of who is kept out by the verb at `i`, and where the ban ends.

    Who is kept out stands behind an active verb and before a passive one. None when the word at `i`
    begins no entry ban.
    """
    low = tokens[i].low
    if low in REFUSING:
        return _refused(tokens, i)
    if low not in BANNING or (i and tokens[i - 1].low in DETERMINERS):
        return None
    if low in ("ban", "bans") and i and tokens[i - 1].low in _KINDS:
        return None  # "visa bans"
    at = _from_where(tokens, i)
    if at is None:
        return None
    end = _place_end(tokens, at + 1)
    if not end:
        return None
    straight = tokens[at + 1].low not in _ENTERING | _TRADING
    straight = straight and tokens[end - 1].low not in ("country", "territory")
    if straight and {t.low for t in tokens[i + 1 : at]} & _PERSONS:
        return None  # "barring officials from Venezuela": where they come from
    if any(t.low in BREAKS or t.low in AUXILIARIES for t in tokens[i + 1 : at]):
        return None
    if at > i + 1 and not all(is_adverb(t) for t in tokens[i + 1 : at]):
        return (i + 1, at, end) if _named(tokens[i + 1 : at]) else None
    first = _object_before(tokens, i)
    return (first, i, end) if first is not None else None


def _from_where(tokens: list[Token], i: int) -> int | None:
    """Return the token "from" of a ban: that before "entering" if there is one, else the first."""
    near = range(i + 1, min(len(tokens) - 1, i + 14))
    found = [k for k in near if tokens[k].low == "from"]
    entering = [k for k in found if tokens[k + 1].low in _ENTERING | _TRADING]
    if entering:
        return entering[0]
    return found[0] if found and found[0] < i + 9 else None


def bare_ban_at(tokens: list[Token], i: int) -> tuple[int, int, int] | None:
    """Return the same as `entry_ban_at` for "ban him", "blacklisted Berg"."""
    if tokens[i].low not in _CLEAR or i + 1 >= len(tokens):
        return None
    following = tokens[i + 1]
    if following.low in ("him", "her") or (
        following.capital and lookup(following.text) is None and _named([following])
    ):
        if i and (tokens[i - 1].low in DETERMINERS or tokens[i - 1].capital):
            return None
        end = i + 2
        while end < len(tokens) and tokens[end].capital and tokens[end].word:
            end += 1
        return i + 1, end, end
    return None


def _place_end(tokens: list[Token], k: int) -> int:
    """Return the end of "entering X", "the country", "Britain" at token `k`; 0 without any."""
    end = min(len(tokens), k + 6)
    low = tokens[k].low
    if low in _ENTERING or low in _TRADING:
        for j in range(k, end):
            if tokens[j].low in ("country", "territory") or lookup(tokens[j].text) is not None:
                return j + 1
        return k + 1
    if low == "the" and k + 1 < len(tokens):
        k += 1
    if tokens[k].low in ("country", "territory"):
        return k + 1
    for words in (2, 1):
        name = " ".join(token.text for token in tokens[k : k + words])
        country = lookup(name)
        if country is not None and country.kind == "name" and name[:1].isupper():
            return k + words
    return 0


def _named(words: list[Token]) -> bool:
    """Return whether a phrase names persons or firms, e.g. "two officials", not "refugees"."""
    if any(t.low in WHOLE_PEOPLES or t.low.startswith("non-") for t in words):
        return False
    if any(t.low in ("him", "her") or t.low in _PERSONS for t in words):
        return True
    return any(t.capital and lookup(t.text) is None for t in words)


def _object_before(tokens: list[Token], i: int) -> int | None:
    """Return where the one who "is banned", "wants X banned" stands before token `i`."""
    k = i - 1
    while k >= 0 and (
        tokens[k].low in AUXILIARIES or is_adverb(tokens[k]) or tokens[k].low == "to"
    ):
        k -= 1
    if k < 0 or not tokens[k].word:
        return None
    passive = any(
        t.low in ("be", "been", "is", "was", "were", "are", "being") for t in tokens[k + 1 : i]
    )
    if not passive and not tokens[i].low.endswith("ed"):
        return None
    first = k + 1
    while first > 0 and k + 1 - first < 6:
        token = tokens[first - 1]
        if not token.word or token.low in PREPOSITIONS | SUBORDINATORS | AUXILIARIES:
            break
        if token.low in ("and", "wants", "want", "wanted", "see", "get", "had", "of"):
            break
        first -= 1
    words = tokens[first : k + 1]
    if words and (words[-1].low in ("him", "he", "she", "her") or _named(words)):
        return first
    return None


def _refused(tokens: list[Token], i: int) -> tuple[int, int, int] | None:
    """Read "denied X a visa", "refused entry to X", "was denied entry"."""
    for k in range(i + 1, min(len(tokens), i + 7)):
        if tokens[k].low in BREAKS:
            return None
        visa = tokens[k].low in ("visa", "visas")
        if tokens[k].low == "entry" or visa:
            between = [t for t in tokens[i + 1 : k] if t.low not in DETERMINERS]
            if between:
                return (i + 1, k, k + 1) if _named(between) else None
            if tokens[k + 1 : k + 2] and tokens[k + 1].low == "to":
                return (
                    (k + 2, min(len(tokens), k + 4), k + 2)
                    if _named(tokens[k + 2 : k + 4])
                    else None
                )
            first = _object_before(tokens, i)
            return (first, i, k + 1) if first is not None else None
    return None
