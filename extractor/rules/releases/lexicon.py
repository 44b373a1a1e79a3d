"""Words for people who are held and set free, and for setting free."""

from extractor.language.en.countries import is_demonym
from extractor.language.en.lists import word_set, word_tuple
from extractor.language.en.morphology import singular
from extractor.language.sentence_words import DETERMINERS
from extractor.language.tokens import Token

RELEASE_STEMS = word_tuple("releases.release-stems")
CAPTIVITY_STEMS = word_tuple("releases.captivity-stems")

HELD = word_set("releases.held")
PEOPLE = HELD | word_set("releases.people")
_MANY = word_set("releases.many")

RELEASING = word_set("releases.releasing")
PARTICIPLES = word_set("releases.participles")
MOVING = word_set("releases.moving")
GOING = word_set("releases.going")
CAPTIVITY = word_set("releases.captivity")


def may_hold_releases(text: str) -> bool:
    """Return whether `text` may tell of releases, e.g. "freed" and "prison" in it; a cheap test."""
    lower = text.lower()
    return any(stem in lower for stem in RELEASE_STEMS) and any(s in lower for s in CAPTIVITY_STEMS)


def head_of(tokens: list[Token], first: int, end: int) -> int | None:
    """Return the token of a noun phrase's head: "prisoners" in "nine of the freed prisoners".

    Behind a word of quantity the head is what "of" names; else it is the last word before "of".
    """
    cut = next((i for i in range(first, end) if tokens[i].lower in ("of", "in")), end)
    if cut == first:
        return None
    last = tokens[cut - 1]
    if cut < end and tokens[cut].lower == "of" and (last.lower in _MANY or last.lower[0].isdigit()):
        return head_of(tokens, cut + 1, end)
    i = cut - 1
    while i > first and tokens[i].lower in (*DETERMINERS, "'", "’", ","):
        i -= 1
    return i


def is_people(tokens: list[Token], first: int, end: int) -> bool:
    """Return whether a noun phrase is about people, by its head, e.g. "nine of the prisoners"."""
    head = head_of(tokens, first, end)
    if head is None:
        return False
    lower = tokens[head].lower
    if lower in PEOPLE or is_demonym(tokens[head].text):
        return True
    words = {token.lower for token in tokens[first:end]}
    if lower in _MANY and words & {"including", "them"}:
        return True
    return singular(lower) in PEOPLE


def is_quantity(tokens: list[Token], first: int, end: int) -> bool:
    """Return whether a phrase is only an amount, e.g. "114", "a small number", "the others"."""
    if end <= first or end - first > 4:
        return False
    lower = tokens[end - 1].lower
    return lower in _MANY or lower in ("others", "remainder", "them") or lower[0].isdigit()
