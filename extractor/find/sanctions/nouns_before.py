"""Reads nouns and prepositions before a restriction.

* of: "the lifting of sanctions", "the target of sanctions", "the threat of"; "in favour of";
* from, to, on, off: "relief from", "an end to", "subject to", "vote on", "took X off the list";
* with: "hit X with sanctions", "do away with"; for: "called for"; under: "is under sanctions";
* by: "was hit by"; towards: "moved towards"; at: "hinted at"; out: "ruled out".
"""

from extractor.find.candidates import Action, Status
from extractor.find.sanctions.lexicon import (
    ACTIONS,
    FOR_VERBS,
    HARDER,
    NOUNS,
    PARTLY,
    QUANTITIES,
    THREATEN,
    WITH_VERBS,
)
from extractor.find.sanctions.readings import Reading, be_index, passive_subject, subject_before
from extractor.find.sanctions.restriction_phrases import Restriction
from extractor.find.sanctions.verbs_before import transparent
from extractor.language.en.lists import word_set
from extractor.language.sentence_words import (
    AUXILIARIES,
    BREAKS,
    DETERMINERS,
    NEGATIONS,
    PREPOSITIONS,
    SUBORDINATORS,
    is_adverb,
)
from extractor.language.tokens import Token

_STRUCK = word_set("sanctions.struck")
_WHAT_SUFFERS = word_set("sanctions.what-suffers")
_NEARING = word_set("sanctions.nearing")
_HINTS = word_set("sanctions.hints")
_RULING = word_set("sanctions.ruling")
_REMAINING = word_set("sanctions.remaining")
_AGREEING = word_set("sanctions.agreeing")
_HOLDING = word_set("sanctions.holding")
_PLACING = word_set("sanctions.placing")


def noun_before(tokens: list[Token], r: Restriction) -> Reading | None:
    """Read "the lifting of …", "relief from …", "hit X with …", "calls for …", "under …"."""
    i = r.first - 1
    while (
        i >= 0
        and r.first - i < 8
        and (
            tokens[i].lower in DETERMINERS
            or (transparent(tokens, i) and tokens[i].lower != "of")
            or (tokens[i].lower == "of" and i > 0 and tokens[i - 1].lower in QUANTITIES)
        )
    ):
        i -= 1
    if i <= 0:
        return None
    lower = tokens[i].lower
    if lower == "of":
        return _of(tokens, i, r) or _in_favour(tokens, i, r)
    if lower == "at" and tokens[i - 1].lower in _HINTS:
        return Reading(r, "impose", (i - 1, i), "active", soft="proposed")
    if lower == "out" and tokens[i - 1].lower in _RULING:
        return Reading(r, "impose", (i - 1, i + 1), "active", soft=_ruled_out(tokens, i - 1))
    if lower in ("from", "to", "on", "off"):
        return _from_to(tokens, i, r, lower)
    if lower == "with":
        return _with(tokens, i, r)
    if lower == "for":
        return _for(tokens, i, r)
    if lower == "under":
        return _under(tokens, i, r)
    if lower == "by":
        return _struck_by(tokens, i, r)
    if lower in ("toward", "towards"):
        return _towards(tokens, i, r)
    return None


def _struck_by(tokens: list[Token], i: int, r: Restriction) -> Reading | None:
    """Read "was hit by sanctions" of people and firms; that an economy suffers is no action."""
    if i < 2 or tokens[i - 1].lower not in _STRUCK:
        return None
    be = be_index(tokens, i - 1)
    on = passive_subject(tokens, i - 1)
    if be is None or (on and {t.lower for t in tokens[on[0] : on[1]]} & _WHAT_SUFFERS):
        return None
    return Reading(r, "impose", (i - 1, i), "passive", on)


def _towards(tokens: list[Token], i: int, r: Restriction) -> Reading | None:
    """Read "moved towards sanctions", "a step towards an embargo": proposed, and no more."""
    for j in range(i - 1, max(-1, i - 3), -1):
        if tokens[j].lower in _NEARING:
            return Reading(r, "impose", (j, j + 1), "active", soft="proposed")
    return None


def _of(tokens: list[Token], i: int, r: Restriction) -> Reading | None:
    """Read "the lifting of", "the target of", "the prospect of", with "of" at token `i`."""
    for j in range(i - 1, max(-1, i - 4), -1):
        lower = tokens[j].lower
        if lower in NOUNS and not (
            lower == "end" and tokens[j - 1].lower in ("the", "at") and j < i - 1
        ):
            action = NOUNS[lower]
            if action == "lift" and any(t.lower in PARTLY for t in tokens[max(0, j - 2) : j]):
                action = "ease"
            return Reading(r, action, (j, j + 1), "noun")
        if lower in ("subject", "target") and j == i - 1:
            be = be_index(tokens, j - 1 if tokens[j - 1].lower in DETERMINERS else j)
            if be is not None:
                return Reading(r, "impose", (j, j + 1), "state", subject_before(tokens, be))
        if (
            lower in ("prospect", "possibility", "option", "idea")
            and j == i - 1
            and not r.determined
        ):
            return Reading(r, "impose", (j, j + 1), "noun", soft="proposed")
        if lower in THREATEN:
            return Reading(r, "threaten", (j, j + 1), "active", soft="announced")
        if tokens[j].lower in PREPOSITIONS or not tokens[j].is_word:
            break
    return None


def _in_favour(tokens: list[Token], i: int, r: Restriction) -> Reading | None:
    """Read "voted in favour of sanctions", "is in favour of an embargo": proposed."""
    if tokens[i - 1].lower in ("favour", "favor", "support") and tokens[i - 2].lower == "in":
        verb = i - 3 if tokens[i - 3].lower.startswith("vot") else i - 1
        return Reading(r, "impose", (verb, verb + 1), "active", soft="proposed")
    return None


def _ruled_out(tokens: list[Token], verb: int) -> Status:
    """Return the status of "ruled out sanctions", and of what is not ruled out."""
    near = tokens[max(0, verb - 3) : verb]
    return "proposed" if any(token.lower in NEGATIONS for token in near) else "denied"


def _from_to(tokens: list[Token], i: int, r: Restriction, lower: str) -> Reading | None:
    """Read "relief from", "exempt X from", "an end to", and what is done with names on a list."""
    for j in range(i - 1, max(-1, i - 20), -1):
        word = tokens[j].lower
        if word in BREAKS or word in SUBORDINATORS:
            return None
        on = (j + 1, i) if j + 1 < i else None
        undone = NOUNS.get(word) in ("waive", "ease", "lift", "reimpose") and word != "ending"
        if undone and (j == i - 1 or lower == "from") and lower != "off":
            return Reading(r, NOUNS[word], (j, j + 1), "noun", on)
        if lower == "from" and word.startswith(("exempt", "spare", "shield")):
            return Reading(r, "waive", (j, j + 1), "active", on or passive_subject(tokens, j))
        if lower == "on" and word in _AGREEING and j >= i - 2:
            return Reading(r, "impose", (j, j + 1), "active", soft="agreed")
        if lower == "on" and word in ("vote", "votes", "voted", "voting") and j >= i - 2:
            return Reading(r, "impose", (j, j + 1), "active", soft="proposed")
        if lower == "on" and word in _HOLDING and tokens[j + 1].lower == "off" and j >= i - 2:
            return Reading(r, "impose", (j, j + 1), "active", soft="denied")
        if r.kind == "list":
            action = _listing(word, lower)
            if action:
                passive = on is None and be_index(tokens, j) is not None
                on = on or passive_subject(tokens, j)
                return Reading(r, action, (j, j + 1), "passive" if passive else "active", on)
        if lower == "to" and word == "subject" and tokens[j - 1].lower in _REMAINING:
            return Reading(r, "keep", (j, j + 1), "state", subject_before(tokens, j - 1))
        if lower == "to" and word in ("subject", "subjected") and be_index(tokens, j) is not None:
            return Reading(r, "impose", (j, j + 1), "state", passive_subject(tokens, j))
    return None


def _listing(word: str, preposition: str) -> Action | None:
    """Return what is done by taking from, adding to or keeping on a list."""
    if preposition in ("from", "off"):
        if word in ("take", "taken", "takes", "took", "taking", "strike", "struck"):
            return "lift"
        return "lift" if ACTIONS.get(word) == "lift" else None
    if word in ("add", "adds", "added", "adding") and preposition == "to":
        return "impose"
    if preposition == "on":
        if word in ("put", "puts", "putting", "place", "placed", "places", "placing", "include",
                    "included"):  # fmt: skip
            return "impose"
        return "keep" if ACTIONS.get(word) == "keep" else None
    return None


def _with(tokens: list[Token], i: int, r: Restriction) -> Reading | None:
    """Read "hit X with", "threatened with", "do away with", with "with" at token `i`."""
    for j in range(i - 1, max(-1, i - 12), -1):
        word = tokens[j].lower
        if word == "away" and tokens[j - 1].lower in ("do", "does", "did", "doing", "done"):
            return Reading(r, "lift", (j - 1, j + 1), "active")
        if word in WITH_VERBS:
            on = (j + 1, i) if j + 1 < i else passive_subject(tokens, j)
            soft: Status | None = "announced" if WITH_VERBS[word] == "threaten" else None
            how = "active" if j + 1 < i else "passive"
            return Reading(r, WITH_VERBS[word], (j, j + 1), how, on, soft)
        if word in BREAKS or word in AUXILIARIES:
            return None
    return None


def _for(tokens: list[Token], i: int, r: Restriction) -> Reading | None:
    """Read "called for sanctions", "calls for tougher sanctions", with "for" at token `i`."""
    for j in range(i - 1, max(-1, i - 4), -1):
        if tokens[j].lower in FOR_VERBS:
            harder = any(t.lower in HARDER for t in tokens[i + 1 : r.head])
            action: Action = "tighten" if harder else "impose"
            return Reading(r, action, (j, j + 1), "active", soft="proposed")
    return None


def _under(tokens: list[Token], i: int, r: Restriction) -> Reading | None:
    """Read "is under", "remains under", "placed X under", with "under" at token `i`."""
    j = i - 1
    while j >= 0 and is_adverb(tokens[j]):
        j -= 1
    if j < 0:
        return None
    word = tokens[j].lower
    if word in ("been", "be", "is", "are", "was", "were", "come", "came", "comes"):
        k = j
        while k > 0 and tokens[k - 1].lower in AUXILIARIES:
            k -= 1
        return Reading(r, "impose", (i, i + 1), "state", subject_before(tokens, k))
    if word in ("remain", "remains", "remained", "stay", "stays"):
        return Reading(r, "keep", (j, j + 1), "state", subject_before(tokens, j))
    if word in ("placed", "put"):
        return Reading(r, "impose", (j, j + 1), "passive", passive_subject(tokens, j))
    for k in range(j, max(-1, j - 8), -1):  # "placed three firms under sanctions"
        if tokens[k].lower in _PLACING:
            return Reading(r, "impose", (k, k + 1), "active", (k + 1, i))
        if tokens[k].lower in BREAKS or tokens[k].lower in AUXILIARIES:
            break
    return None
