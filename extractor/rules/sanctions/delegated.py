"""Says whether an action is left to others.

* wishes and calls: "wants sanctions lifted", "called for sanctions", "rejects sanctions";
* addressed to somebody: "urged X to lift", "urged his allies to lift";
* nobody's: "it will be hard to impose"; with a common noun for its subject: "allies imposed".
"""

from itertools import pairwise

from extractor.find.sanctions.lexicon import FOR_VERBS
from extractor.language.en.lists import word_set, word_tuple
from extractor.language.sentence_words import (
    DETERMINERS,
    MONTHS,
    NEGATIONS,
    PREPOSITIONS,
    PRONOUNS,
    SUBORDINATORS,
    is_adverb,
)
from extractor.language.tokens import Token
from extractor.rules.sanctions.clause import Clause
from extractor.rules.sanctions.imposers import is_instrument, is_office, is_wish

_ADDRESSING = word_tuple("sanctions.addressing")
_HARDNESS = word_set("sanctions.hardness")
_HARD_TO = frozenset((word, "to") for word in _HARDNESS)


def leaves_to(tokens: list[Token], governor: int, to: int) -> bool:
    """Return whether a common noun says to whom it is left, e.g. "urged his allies to"."""
    lower = tokens[governor].lower
    if lower == "powers":  # "urged world powers to lift": those addressed, not their power to
        return any(t.lower.startswith(_ADDRESSING) for t in tokens[max(0, governor - 4) : governor])
    if not lower.startswith(_ADDRESSING):
        return False
    between = [t for t in tokens[governor + 1 : to] if t.lower not in ("on", "upon", "not", "for")]
    if not between or not between[0].is_word or between[0].lower in PREPOSITIONS:
        return False
    return not all(is_adverb(t) or t.lower in NEGATIONS or t.lower in MONTHS for t in between)


def is_expletive(tokens: list[Token], verb: int) -> bool:
    """Return whether "it" before the verb is nobody, e.g. "it is hard to impose"."""
    near = [token.lower for token in tokens[max(0, verb - 8) : verb]]
    return "it" in near and any(pair in _HARD_TO for pair in pairwise(near[near.index("it") :]))


def governed_by_of(tokens: list[Token], governor: int) -> bool:
    """Return whether "of" stands before a governing noun, e.g. "of any intention to"."""
    before = governor - 1
    if before > 0 and tokens[before].lower in DETERMINERS:
        before -= 1
    return before >= 0 and tokens[before].lower == "of"


def wishes(clause: Clause) -> bool:
    """Return whether the words before the action leave it to others, e.g. "wants to"."""
    tokens, reading, lead = clause.tokens, clause.reading, clause.lead
    lower = tokens[reading.trigger[0]].lower
    if reading.soft == "proposed" and (lower in FOR_VERBS or is_wish(lower)):
        return not lower.startswith("vot")
    if reading.soft == "denied":
        return True  # "rejects sanctions": others' or its own
    return lead.governor is not None and is_wish(tokens[lead.governor].lower)


def addresses(clause: Clause) -> bool:
    """Return whether a name says to whom it is left, e.g. "urged Norway to lift"."""
    tokens, reading, lead = clause.tokens, clause.reading, clause.lead
    if lead.governor is None or not lead.infinitive:
        return False
    between = tokens[lead.governor + 1 : reading.trigger[0]]
    return any(token.capitalised for token in between)


def has_subject(clause: Clause) -> bool:
    """Return whether a finite verb has a common noun for its subject, e.g. "allies imposed"."""
    tokens, reading, lead = clause.tokens, clause.reading, clause.lead
    verb = tokens[reading.trigger[0]].lower
    if reading.how != "active" or lead.infinitive or verb.endswith("ing") or not lead.start:
        return False
    before = tokens[lead.start - 1]
    if is_instrument(before) or is_office(before) or before.capitalised:
        return False  # a bill's state, or a name that is no mention, is looked for elsewhere
    return before.is_word and before.lower not in PREPOSITIONS | PRONOUNS | SUBORDINATORS | {"and"}
