"""Says how settled an action is that a noun names.

* by the words before it: "agreed on the lifting of", "without the lifting of", "after the lifting";
* by the verb behind it: "the lifting of sanctions was agreed", "… would help", "… took effect";
* reactions: "welcomed the lifting of" is past.
"""

from extractor.find.candidates import Status
from extractor.language.en.lists import word_set
from extractor.language.sentence_words import BREAKS, MODALS, NEGATIONS
from extractor.language.tokens import Token
from extractor.rules.clauses.modality import DUE, POSSIBLE, reported
from extractor.rules.clauses.verb_groups import GOVERNORS, open_vote

_CARRIED = word_set("sanctions.carried")
_REACTIONS = word_set("sanctions.reactions")
_IMPOSED_NOUNS = word_set("sanctions.imposed-nouns")
_GRANTS = word_set("sanctions.grants")


def status_of_noun(tokens: list[Token], noun: int, end: int, *, conditional: bool) -> Status | None:
    """Return the status of a nominal action, "the lifting of sanctions", from its surroundings.

    None when these say nothing of it.
    """
    if _reacted_to(tokens, noun):
        return "past"
    window = range(noun - 1, max(-1, noun - 11), -1)
    for j in window:
        lower = tokens[j].lower
        if lower in ("after", "since", "following", "despite") or (
            lower == "until" and j == noun - 2
        ):
            return "past"
        if lower in ("exchange", "return") and tokens[min(j + 1, len(tokens) - 1)].lower == "for":
            return "conditional"
        if lower in NEGATIONS:
            return "denied"
        if lower in ("without", "unless", "if"):
            return "conditional"
        if lower in GOVERNORS:
            governed = _governed_noun(tokens, j)
            return "conditional" if conditional and governed != "agreed" else governed
        if lower == "led":
            return "past"
        if lower in _GRANTS:
            return "in_force"
        if lower in BREAKS or lower in ("that", "which", "who", "because", "while", "but"):
            break
    status = _noun_followed(tokens, end, conditional)
    definite = noun > 0 and tokens[noun - 1].lower == "the"
    if status in (None, "proposed") and definite and tokens[noun].lower in _IMPOSED_NOUNS:
        return "past"  # "the imposition of sanctions": a fact that the text goes on from
    if status is None and noun and tokens[noun - 1].lower == "'s":
        return "past" if tokens[noun].lower.endswith(("ing", "sion", "tion")) else None
    return status


def _reacted_to(tokens: list[Token], noun: int) -> bool:
    """Return whether it is done, as someone reacts to it, e.g. "welcomed the lifting of"."""
    for k in range(max(0, noun - 6), noun):
        if tokens[k].lower in _REACTIONS:
            return not {token.lower for token in tokens[max(0, k - 2) : k]} & (MODALS | {"to"})
    return False


def _governed_noun(tokens: list[Token], j: int) -> Status:
    """Return the status that the governing word at `j` gives: "may agree on" only proposes."""
    status = GOVERNORS[tokens[j].lower]
    before = {token.lower for token in tokens[max(0, j - 3) : j]}
    if before & NEGATIONS:
        return "denied"
    if open_vote(tokens, j):
        return "proposed"  # "a vote on the lifting of"
    hedges = POSSIBLE | DUE | {"would", "to"}
    if "would" in before and reported(tokens, j):
        hedges = POSSIBLE | DUE
    if status == "agreed":
        hedges |= {"will"}
    if status in ("agreed", "announced") and before & hedges:
        return "proposed"
    return status


def _noun_followed(tokens: list[Token], end: int, conditional: bool) -> Status | None:
    """Read what is said of a nominal subject: "… would help", "… was agreed", "… took effect"."""
    for j in range(end, min(len(tokens), end + 8)):
        lower = tokens[j].lower
        if (
            lower in ("was", "were", "been")
            and j + 1 < len(tokens)
            and tokens[j + 1].lower in GOVERNORS
        ):
            return GOVERNORS[tokens[j + 1].lower]
        if lower in _CARRIED:
            return "agreed"
        if lower in MODALS:
            if conditional:
                return "conditional"
            return "announced" if lower == "will" else "proposed"
        if lower in ("has", "have", "takes", "took", "came"):
            return "in_force"
        if lower in ("was", "were", "had"):
            return "past"
        if lower in BREAKS or lower == ",":
            break
    return "conditional" if conditional else None
