"""A mention as every quotation near it sees it: what does not depend on the quotation, told once.

Which mentions are sources of which quotations, and what speaks for each, `sources` says.
"""

from bisect import bisect_left

from extractor.answer.evidence import Evidence
from extractor.find.candidates import Placed
from extractor.find.positions import is_verb
from extractor.find.vocabulary import (
    AUXILIARIES,
    CONJUNCTIONS,
    FINITE_SPEECH,
    OBJECT_PRONOUNS,
    POSSESSIVES,
    PREPOSITIONS,
)
from extractor.find.word_classes import PERSON, kind_of_word
from extractor.frozen import frozen

ROLE = 6  # words of a person's role that are read: "foreign policy chief"
_OWNING = ("'s", "’s")
_NO_ROLE = PREPOSITIONS | CONJUNCTIONS | AUXILIARIES | FINITE_SPEECH | {"who", "which", "that"}
_OBJECTS = OBJECT_PRONOUNS | {"his", "its", "their"}
_TOLD_APART = frozenset("it who they his her".split())


@frozen
class Nearby:
    """A mention that may be the source of quotations near it."""

    placed: Placed
    kind: str  # "name-person", "pronoun-they-subject"
    often: int  # how often its entity is mentioned, as a power of two
    preceded: str  # see Evidence.preceded
    described: Placed | None  # the person named after it whose description it opens


def nearby(evidence: Evidence, place: int) -> Nearby | None:
    """Return what is known of a mention, None where it only opens somebody's description.

    `place` is its index among the mentions.
    """
    known = evidence.nearby
    if place in known:
        return known[place]
    near = known[place] = _look_at(evidence, evidence.mentions[place])
    return near


def _look_at(evidence: Evidence, placed: Placed) -> Nearby | None:
    first, last, mention, entity = placed
    described = None
    if mention.kind == "pronoun":
        word = evidence.tokens.lower[first]
        if word in POSSESSIVES and _owns_somebody(evidence, first):
            return None
        case = "object" if word in _OBJECTS else "subject"
        kind = f"pronoun-{word if word in _TOLD_APART else 'person'}-{case}"
    else:
        kind = f"{mention.kind}-{entity.kind}{'-plural' if entity.plural else ''}"
        if mention.kind == "name":
            described = _described(evidence, last)
    often = len(entity.mentions).bit_length()
    return Nearby(placed, kind, often, evidence.preceded(first), described)


def _owns_somebody(evidence: Evidence, first: int) -> bool:
    """Tell whether "his" opens the description of somebody else: "His wife Ann Berg said"."""
    lower = evidence.tokens.lower
    for word in lower[first + 1 : first + 5]:
        if not word[0].isalpha() or word in PREPOSITIONS or word in FINITE_SPEECH:
            return False
        if kind_of_word(word) in ("person", "body"):
            return True
    return False


def _described(evidence: Evidence, last: int) -> Placed | None:
    """Return the person named after a name that ends at token `last` and opens the description.

    "EU foreign policy chief Ann Berg said": what speaks for "EU" speaks for the person.
    """
    head = bisect_left(evidence.heads, last)
    if head == len(evidence.heads) or evidence.heads[head] >= last + ROLE:
        return None
    lower, classes, quoted = evidence.tokens.lower, evidence.tokens.classes, evidence.reading.quoted
    role = False
    for k in range(last, min(last + ROLE + 1, len(lower))):
        if role and evidence.named_at(k):
            begins = [placed for placed in evidence.between(k, k + 1) if placed[3].kind == "person"]
            if begins:
                return begins[-1]
        word = lower[k]
        plain = word[0].isalpha() or (k == last and word in _OWNING)
        if not plain or word in _NO_ROLE or quoted[k] or is_verb(lower, k):
            return None
        role = bool(classes[k] & PERSON)
    return None
