"""Says what is known of a mention that may be a speaker, whatever the quotation.

Among it the person in whose description it stands: what speaks for "EU" in "EU chief Ann Berg
said", or for the agency in "Ann Berg, head of research at the agency said", speaks for Ann Berg.
"""

from bisect import bisect_left

from extractor.find.candidates import Placed
from extractor.find.coreference.syntax_roles import is_verb
from extractor.language.en.lexicon import (
    AUXILIARIES,
    CONJUNCTIONS,
    FINITE_SPEECH,
    OBJECT_PRONOUNS,
    POSSESSIVES,
    PREPOSITIONS,
)
from extractor.language.en.lists import word_set
from extractor.language.word_classes import PERSON, kind_of_word
from extractor.rules.attribution.context import ENDS_APPOSITION, AttributionContext, NearbyMention

ROLE = 6  # words of a person's role that are read: "foreign policy chief"
_OWNING = ("'s", "’s")
_LONGEST_DESCRIPTION = 25  # tokens behind the name
_BEGINS_CLAUSE = frozenset(("start", "opens", "quotation", "mark", "mark ,", "mark :", "that"))
_RELATIVES = frozenset(("who", "which", "that", "whose", "and"))
_NO_ROLE = (
    PREPOSITIONS
    | CONJUNCTIONS
    | AUXILIARIES
    | FINITE_SPEECH
    | word_set("attribution.relatives-without-role")
)
_OBJECTS = OBJECT_PRONOUNS | word_set("attribution.possessives-as-objects")
_OWN_FEATURES = word_set("attribution.pronouns-told-apart")


def nearby(context: AttributionContext, place: int) -> NearbyMention | None:
    """Return what is known of the mention at index `place`; None for "his" in "His wife said"."""
    known = context.nearby
    if place in known:
        return known[place]
    near = known[place] = _look_at(context, context.mentions[place])
    return near


def _look_at(context: AttributionContext, placed: Placed) -> NearbyMention | None:
    """Return the same as `nearby`, which keeps it."""
    first, last, mention, entity = placed
    described = None
    if mention.kind == "pronoun":
        word = context.tokens.lower[first]
        if word in POSSESSIVES and _owns_somebody(context, first):
            return None
        case = "object" if word in _OBJECTS else "subject"
        kind = f"pronoun-{word if word in _OWN_FEATURES else 'person'}-{case}"
    else:
        kind = f"{mention.kind}-{entity.kind}{'-plural' if entity.plural else ''}"
        if mention.kind == "name":
            described = _described(context, last)
        described = described or _described_before(context, first)
    often = len(entity.mentions).bit_length()
    return NearbyMention(placed, kind, often, context.preceded(first), described)


def _owns_somebody(context: AttributionContext, first: int) -> bool:
    """Return whether "his" opens a description of somebody else, e.g. "His wife Ann Berg said"."""
    lower = context.tokens.lower
    for word in lower[first + 1 : first + 5]:
        if not word[0].isalpha() or word in PREPOSITIONS or word in FINITE_SPEECH:
            return False
        if kind_of_word(word) in ("person", "body"):
            return True
    return False


def _described(context: AttributionContext, last: int) -> Placed | None:
    """Return the person named after a name that ends at token `last` and opens the description.

    "EU foreign policy chief Ann Berg said": what speaks for "EU" speaks for the person.
    """
    head = bisect_left(context.heads, last)
    if head == len(context.heads) or context.heads[head] >= last + ROLE:
        return None
    lower, classes, quoted = (
        context.tokens.lower,
        context.tokens.classes,
        context.document.quoted,
    )
    role = False
    for k in range(last, min(last + ROLE + 1, len(lower))):
        if role and context.named_at(k):
            begins = [placed for placed in context.between(k, k + 1) if placed[3].kind == "person"]
            if begins:
                return begins[-1]
        word = lower[k]
        plain = word[0].isalpha() or (k == last and word in _OWNING)
        if not plain or word in _NO_ROLE or quoted[k] or is_verb(lower, k):
            return None
        role = bool(classes[k] & PERSON)
    return None


def _described_before(context: AttributionContext, first: int) -> Placed | None:
    """Return the person whose description holds the mention that begins at token `first`.

    "Ann Berg, head of research at the agency said", "Ann Berg from the agency says": the person is
    named where a clause begins, and nothing but the description stands in between.
    """
    lower, classes, quoted = context.tokens.lower, context.tokens.classes, context.document.quoted
    at = context.mention_from(first)
    for place in range(at - 1, max(at - 4, -1), -1):
        placed = context.mentions[place]
        begin, end, mention, entity = placed
        if first - end > _LONGEST_DESCRIPTION or end > first:
            return None
        if mention.kind != "name" or entity.kind != "person":
            continue
        between = lower[end:first]
        if any(quoted[end:first]) or any(w in ENDS_APPOSITION for w in between):
            return None
        if context.preceded(begin) not in _BEGINS_CLAUSE:
            return None
        if between and between[0] in ("of", "from", "at", "with"):
            verbs = any(is_verb(lower, k) or not lower[k][0].isalpha() for k in range(end, first))
            return None if verbs or len(between) >= ROLE else placed
        if not between or between[0] != ",":
            return None
        if any(w in FINITE_SPEECH or w in AUXILIARIES or w in _RELATIVES for w in between):
            return None
        for k in range(end + 1, min(end + 1 + ROLE, len(lower))):
            if classes[k] & PERSON:
                return placed
            if lower[k] in PREPOSITIONS or not lower[k][0].isalpha():
                return None
        return None
    return None
