"""Says who can be the sender of a restriction: a state, a body of states, who acts for one.

A person counts by a role or office ("president", "lawmakers"), a description by a state or office
in it ("EU ministers"). Documents and private persons impose nothing.
"""

from extractor.find.candidates import Entity, Mention
from extractor.find.sanctions.restrictions import is_imposer
from extractor.language.en.countries import country_of, lookup
from extractor.language.en.lists import word_set, word_tuple
from extractor.language.tokens import Token

_OFFICE = word_set("sanctions.office-words")
INSTRUMENTS = word_set("sanctions.instruments")
_WISHES = word_tuple("sanctions.wishes")
_NOT_WISHES = word_set("sanctions.not-wishes")
_BLOCS = word_set("sanctions.blocs")
_DOCUMENTS = word_set("sanctions.documents")


def is_wish(governor: str) -> bool:
    """Return whether a governing word leaves it to others to act, e.g. "wants", "called for"."""
    return governor.startswith(_WISHES) and governor not in _NOT_WISHES


def holds_office(entity: Entity, words: str) -> bool:
    """Return whether a name or description is of somebody who acts for a state, e.g. "minister"."""
    if any(word.strip(",.'’\"") in _OFFICE for word in f"{entity.name} {words}".lower().split()):
        return True
    if entity.role and any(word in _OFFICE for word in entity.role.lower().split()):
        return True
    return any(_of_a_state(word) for word in (*entity.name.split(), *words.split()))


def _of_a_state(word: str) -> bool:
    """Return whether a word in a name is a state's or a bloc's, e.g. "Norwegian", not "Federal"."""
    return word[:1].isupper() and (lookup(word) is not None or word.lower().strip(",.") in _BLOCS)


def may_impose(mention: Mention, entity: Entity, text: str, *, wishing: bool) -> bool:
    """Return whether a subject can be the sender, e.g. "the council", not "the report".

    `wishing`: it only wants what others would do; then it must hold an office or be a state.
    """
    words = mention.span.of(text)
    if any(word.strip(",.'’\"”") in _DOCUMENTS for word in entity.name.lower().split()):
        return False
    if entity.kind == "place":
        return bool(codes_in(entity.name)) or _of_a_state(words) or holds_office(entity, words)
    if entity.kind in ("unnamed", "other"):
        return holds_office(entity, words) or _is_half_a_country(mention, text)
    if not wishing and entity.kind == "person" and entity.role:
        return holds_office(entity, words)  # a student or a lawyer imposes nothing
    return not wishing or holds_office(entity, words)


def _is_half_a_country(mention: Mention, text: str) -> bool:
    """Return whether the word before belongs to the name, e.g. "Zealand" of "New Zealand"."""
    start, end = mention.span.start, mention.span.end
    before = text[max(0, start - 12) : start].split()
    return bool(before) and lookup(f"{before[-1]} {text[start:end]}") is not None


def codes_in(words: str) -> frozenset[str]:
    """Return the countries that a phrase names, by their codes."""
    codes = {country_of(word.strip(",.()'’\"")) for word in words.split() if word[:1].isupper()}
    return frozenset(code for code in codes if code) | frozenset(
        code for code in (country_of(words),) if code
    )


def strong_imposer(name: str) -> bool:
    """Return whether a name is of one that imposes often, e.g. the U.S., the EU, the UN."""
    country = lookup(name)
    if country is not None:
        return country.code in ("US", "EU", "UN")
    words = name.lower().replace("’", "'").split()
    return bool(words) and is_imposer(words[0].removesuffix("'s")) and "bank" not in words[-1]


def acts_for_imposer(entity: Entity) -> bool:
    """Return whether a name is of an organ of one that often imposes, e.g. "U.S. Senate"."""
    words = entity.name.split()
    return (
        entity.kind == "body"
        and len(words) > 1
        and (strong_imposer(words[0]) and holds_office(entity, ""))
    )


def is_instrument(token: Token) -> bool:
    """Return whether a word is for what a state rules by, e.g. "law", "bill"."""
    return token.lower in INSTRUMENTS


def is_office(token: Token) -> bool:
    """Return whether a word is for one who acts for a state, e.g. "lawmakers", "government"."""
    return token.lower in _OFFICE
