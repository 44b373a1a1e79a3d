"""Reads the words before a verb, from right to left.

* auxiliaries and modals: "has been", "would";
* negations: "not", "has yet to", "stopped short of"; "not only" is none;
* the word that governs the verb and the status that it gives: "agreed to lift", "urged the EU to
  lift", "a deal to lift", "called for lifting", "ruled out lifting";
* a preposition before a gerund: "by lifting".

After the literature on event factuality (Saurí & Pustejovsky 2009, "FactBank").
"""

from dataclasses import dataclass, field
from typing import get_args

from extractor.find.candidates import Status
from extractor.language.en.lists import word_labels, word_set
from extractor.language.sentence_words import (
    AUXILIARIES,
    BREAKS,
    DETERMINERS,
    MODALS,
    MONTHS,
    NEGATIONS,
    PREPOSITIONS,
    SUBORDINATORS,
    is_adverb,
    is_short_verb,
)
from extractor.language.tokens import Token

GOVERNORS: dict[str, Status] = word_labels("clauses.leads", get_args(Status))
_HABITS = word_set("clauses.habits")
_STARTED = word_set("clauses.started")
_HELPING = word_set("clauses.helping")
_RULING = word_set("sanctions.ruling")
_PASSED_OVER = word_set("clauses.passed-over") | frozenset(('"', "“", "”", "‘", "''"))
_HOLD = word_set("sanctions.holding")
_LISTS = word_set("clauses.lists")
_VOTES = word_set("clauses.votes")


@dataclass(slots=True)
class VerbGroup:
    """The words before a verb that belong to it or govern it."""

    start: int  # the index of the first of them
    words: set[str] = field(default_factory=set)  # the auxiliaries and modals
    negated: bool = False
    status: Status | None = None  # of the word that governs it: "agreed" in "agreed to lift"
    governor: int | None = None  # its index
    infinitive: bool = False
    opposed: bool = False  # the negation is of the action itself: "asked not to lift"
    preposition: str = ""  # "by" in "by lifting"


def verb_group_of(tokens: list[Token], verb: int) -> VerbGroup:
    """Return the auxiliaries, negations and governing words before the verb at token `verb`."""
    lead = VerbGroup(verb)
    gerund = tokens[verb].lower.endswith("ing")
    j, stop = verb - 1, max(-1, verb - 20)
    while j > stop:
        lower = tokens[j].lower
        if lower == "to" and tokens[j - 1].lower == "yet":
            lead.negated, lead.start = True, j - 1  # "has yet to lift"
            break
        if lower in NEGATIONS and not _not_only(tokens, j):
            lead.negated = True
            lead.words.add(lower)
        elif lower in AUXILIARIES or is_short_verb(tokens, j):
            lead.words.add(lower)
        elif lower == "to" and not lead.infinitive:
            lead.infinitive = True
            if tokens[j - 1].lower in ("not", "never"):
                lead.negated, lead.opposed = True, True  # "urged them not to lift"
            j = _governor(tokens, j, lead)
            if j is None or j < 0:
                break
        elif lower in _HELPING and j == verb - 1 and is_base(tokens[verb]):
            lead.status, lead.governor = "proposed", j  # "to help end the embargo"
        elif lower in GOVERNORS and (gerund or lead.infinitive) and lead.governor is None:
            lead.status, lead.governor = _status_of_governor(tokens, j), j
        elif lower == "of" and gerund and tokens[j - 1].lower == "short":
            lead.negated, lead.start = True, j - 2  # "stopped short of imposing"
            break
        elif lower == "out" and gerund and tokens[j - 1].lower in _RULING:
            lead.status, lead.governor = "denied", j - 1
            j -= 1
        elif (
            (lower in PREPOSITIONS or lower == "of")
            and gerund
            and lead.governor is None
            and not lead.preposition
        ):
            lead.preposition = lower
            k = _govern_near(tokens, j - 1, 4)
            if k is None:
                lead.start = j
                break
            lead.status, lead.governor = _status_of_governor(tokens, k), k
            j = k
        elif lower in _LISTS and not gerund and lead.start == verb and is_base(tokens[verb]):
            k = _shared(tokens, j)
            if k is None:
                break
            j = k
            continue
        elif not is_adverb(tokens[j]) and lower not in _PASSED_OVER:
            break
        lead.start = j
        j -= 1
    return lead


def _governor(tokens: list[Token], to: int, lead: VerbGroup) -> int:
    """Find what governs the "to" at token `to`, enter it in `lead` and return where to read on.

    E.g. "urged" in "urged the EU to lift", "deal" in "a deal to lift", "are" in "are to be lifted".
    """
    k = _govern_near(tokens, to - 1, 9)
    if k is None:
        before = tokens[to - 1].lower if to else ""
        if before in AUXILIARIES:  # "are to be lifted"; "the policy is to sanction"
            subject = tokens[to - 2].lower if to > 1 else ""
            lead.status = "in_force" if subject in _HABITS else "announced"
            lead.governor = to - 1
        lead.start = to
        return to
    lead.status, lead.governor = _status_of_governor(tokens, k), k
    return k


def _govern_near(tokens: list[Token], j: int, reach: int) -> int | None:
    """Return the nearest governing word at or before `j`, at most `reach` tokens back.

    None where a mark, a modal or another clause comes first.
    """
    for k in range(j, max(-1, j - reach), -1):
        lower = tokens[k].lower
        if lower in _HOLD and k + 1 < len(tokens) and tokens[k + 1].lower == "off":
            return k
        if lower in GOVERNORS:
            if lower == "set" and k and tokens[k - 1].lower in DETERMINERS:
                continue
            return k
        if lower in BREAKS or (lower in SUBORDINATORS and lower != "that") or lower in MODALS:
            return None
        if lower == "," and k < j:
            return None
    return None


def _status_of_governor(tokens: list[Token], k: int) -> Status:
    """Return the status that the governing word at token `k` gives: "denied" for "held off on"."""
    lower = tokens[k].lower
    if lower in _HOLD:
        return "denied"  # "held off on imposing"
    if open_vote(tokens, k):
        return "proposed"
    if lower in _STARTED and not (k and tokens[k - 1].lower in MODALS | {"to"}):
        return "in_force"
    return GOVERNORS[lower]


def _not_only(tokens: list[Token], j: int) -> bool:
    """Return whether token `j` is "not" and denies nothing, e.g. "not only"."""
    following = tokens[j + 1].lower if j + 1 < len(tokens) else ""
    return tokens[j].lower == "not" and following in ("only", "just", "merely")


def is_base(token: Token) -> bool:
    """Return whether a verb may be in its base form, e.g. "lift", not "lifts" or "lifting"."""
    return not token.lower.endswith(("ed", "ing")) and not token.lower.endswith("s")


def open_vote(tokens: list[Token], k: int) -> bool:
    """Return whether a vote at token `k` has no result yet, e.g. "a vote on lifting"."""
    following = [token.lower for token in tokens[k + 1 : k + 3]]
    return (
        tokens[k].lower in _VOTES
        and len(following) == 2
        and following[0] in ("on", "over")
        and following[1] not in MONTHS  # "voted on Friday to"
    )


def _shared(tokens: list[Token], j: int) -> int | None:
    """Return the "to" or modal that "free prisoners and lift …" shares with its first verb."""
    for k in range(j - 1, max(-1, j - 24), -1):
        lower = tokens[k].lower
        if (
            lower == "to" and is_base(tokens[k + 1]) and not tokens[k + 1].capitalised
        ) or lower in MODALS:
            return k
        if lower in BREAKS or lower in SUBORDINATORS:
            return None
    return None
