"""Finds entry bans, which keep named people out of a country or firms out of its market.

* "banned X from entering …", "X was barred from the country", "barred the firm from trading in …";
* "denied X a visa", "refused entry to X";
* "ban him", "blacklisted Berg" once the article has stated an entry ban.

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
    lower = text.lower()
    if not any(
        word in lower for word in (" ban", " barr", " bar ", "denied", "refused", "blacklist")
    ):
        return False
    return any(opening in lower for opening in OPENINGS) or _BANNED_FROM.search(text) is not None


def entry_ban_at(tokens: list[Token], i: int) -> tuple[int, int, int] | None:
    """Return the tokens first:last of who is kept out by the verb at `i`, and where the ban ends.

    Who is kept out stands behind an active verb and before a passive one. None when the word at `i`
    begins no entry ban.
    """
    lower = tokens[i].lower
    if lower in REFUSING:
        return _refused(tokens, i)
    if lower not in BANNING or (i and tokens[i - 1].lower in DETERMINERS):
        return None
    if lower in ("ban", "bans") and i and tokens[i - 1].lower in _KINDS:
        return None  # "visa bans"
    at = _from_where(tokens, i)
    if at is None:
        return None
    end = _place_end(tokens, at + 1)
    if not end:
        return None
    straight = tokens[at + 1].lower not in _ENTERING | _TRADING
    straight = straight and tokens[end - 1].lower not in ("country", "territory")
    if straight and {t.lower for t in tokens[i + 1 : at]} & _PERSONS:
        return None  # "barring officials from Venezuela": where they come from
    if any(t.lower in BREAKS or t.lower in AUXILIARIES for t in tokens[i + 1 : at]):
        return None
    if at > i + 1 and not all(is_adverb(t) for t in tokens[i + 1 : at]):
        return (i + 1, at, end) if _named(tokens[i + 1 : at]) else None
    first = _object_before(tokens, i)
    return (first, i, end) if first is not None else None


def _from_where(tokens: list[Token], i: int) -> int | None:
    """Return the token "from" of a ban: that before "entering" if there is one, else the first."""
    near = range(i + 1, min(len(tokens) - 1, i + 14))
    found = [k for k in near if tokens[k].lower == "from"]
    entering = [k for k in found if tokens[k + 1].lower in _ENTERING | _TRADING]
    if entering:
        return entering[0]
    return found[0] if found and found[0] < i + 9 else None


def bare_ban_at(tokens: list[Token], i: int) -> tuple[int, int, int] | None:
    """Return the same as `entry_ban_at` for "ban him", "blacklisted Berg"."""
    if tokens[i].lower not in _CLEAR or i + 1 >= len(tokens):
        return None
    following = tokens[i + 1]
    if following.lower in ("him", "her") or (
        following.capitalised and lookup(following.text) is None and _named([following])
    ):
        if i and (tokens[i - 1].lower in DETERMINERS or tokens[i - 1].capitalised):
            return None
        end = i + 2
        while end < len(tokens) and tokens[end].capitalised and tokens[end].is_word:
            end += 1
        return i + 1, end, end
    return None


def _place_end(tokens: list[Token], k: int) -> int:
    """Return the end of "entering X", "the country", "Britain" at token `k`; 0 without any."""
    end = min(len(tokens), k + 6)
    lower = tokens[k].lower
    if lower in _ENTERING or lower in _TRADING:
        for j in range(k, end):
            if tokens[j].lower in ("country", "territory") or lookup(tokens[j].text) is not None:
                return j + 1
        return k + 1
    if lower == "the" and k + 1 < len(tokens):
        k += 1
    if tokens[k].lower in ("country", "territory"):
        return k + 1
    for words in (2, 1):
        name = " ".join(token.text for token in tokens[k : k + words])
        country = lookup(name)
        if country is not None and country.kind == "name" and name[:1].isupper():
            return k + words
    return 0


def _named(words: list[Token]) -> bool:
    """Return whether a phrase names persons or firms, e.g. "two officials", not "refugees"."""
    if any(t.lower in WHOLE_PEOPLES or t.lower.startswith("non-") for t in words):
        return False
    if any(t.lower in ("him", "her") or t.lower in _PERSONS for t in words):
        return True
    return any(t.capitalised and lookup(t.text) is None for t in words)


def _object_before(tokens: list[Token], i: int) -> int | None:
    """Return where the one who "is banned", "wants X banned" stands before token `i`."""
    k = i - 1
    while k >= 0 and (
        tokens[k].lower in AUXILIARIES or is_adverb(tokens[k]) or tokens[k].lower == "to"
    ):
        k -= 1
    if k < 0 or not tokens[k].is_word:
        return None
    passive = any(
        t.lower in ("be", "been", "is", "was", "were", "are", "being") for t in tokens[k + 1 : i]
    )
    if not passive and not tokens[i].lower.endswith("ed"):
        return None
    first = k + 1
    while first > 0 and k + 1 - first < 6:
        token = tokens[first - 1]
        if not token.is_word or token.lower in PREPOSITIONS | SUBORDINATORS | AUXILIARIES:
            break
        if token.lower in ("and", "wants", "want", "wanted", "see", "get", "had", "of"):
            break
        first -= 1
    words = tokens[first : k + 1]
    if words and (words[-1].lower in ("him", "he", "she", "her") or _named(words)):
        return first
    return None


def _refused(tokens: list[Token], i: int) -> tuple[int, int, int] | None:
    """Read "denied X a visa", "refused entry to X", "was denied entry"."""
    for k in range(i + 1, min(len(tokens), i + 7)):
        if tokens[k].lower in BREAKS:
            return None
        visa = tokens[k].lower in ("visa", "visas")
        if tokens[k].lower == "entry" or visa:
            between = [t for t in tokens[i + 1 : k] if t.lower not in DETERMINERS]
            if between:
                return (i + 1, k, k + 1) if _named(between) else None
            if tokens[k + 1 : k + 2] and tokens[k + 1].lower == "to":
                return (
                    (k + 2, min(len(tokens), k + 4), k + 2)
                    if _named(tokens[k + 2 : k + 4])
                    else None
                )
            first = _object_before(tokens, i)
            return (first, i, k + 1) if first is not None else None
    return None
