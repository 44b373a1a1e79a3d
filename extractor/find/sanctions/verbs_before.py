"""Reads verbs before a restriction that they govern.

* "lift sanctions", "step up sanctions", "put a ban in place";
* several: "renew, tighten or lift sanctions";
* "threatened to impose", "could face sanctions": threats;
* "announced", "proposed", "approved sanctions": how settled it is, said by the verb itself;
* "prompting another round of sanctions".

Determiners, adjectives and amounts may stand between ("a new round of").
"""

from extractor.find.candidates import Action
from extractor.find.sanctions.lexicon import (
    ACTIONS,
    CAUSES,
    FACE,
    FRESH,
    HARDER,
    LEAVING,
    NEED_BACK,
    NEED_ON,
    NEED_PLACE,
    PARTICLES,
    PARTLY,
    QUANTITIES,
    SOFT,
    THREATS,
)
from extractor.find.sanctions.readings import Reading, auxiliaries_before, subject_before
from extractor.find.sanctions.restriction_phrases import Restriction
from extractor.language.en.lists import word_set
from extractor.language.sentence_words import (
    AUXILIARIES,
    BREAKS,
    DETERMINERS,
    NEGATIONS,
    SUBORDINATORS,
    is_adverb,
)
from extractor.language.tokens import Token

_LISTING = word_set("sanctions.listing")
_SUMS = word_set("sanctions.sums")
_SPELLS = word_set("sanctions.spells")
_PASSED_OVER = word_set("sanctions.passed-over")
_ORDINAL_ENDINGS = frozenset(("st", "nd", "rd", "th"))  # tokens of their own: "9", "th"
_THREATENING = word_set("sanctions.with-verbs", "threaten")
_GOING = word_set("sanctions.going")


def verb_before(tokens: list[Token], r: Restriction, *, across: bool = False) -> list[Reading]:
    """Read "lift sanctions", "ease and eventually lift sanctions", "step up sanctions".

    With `across`, other objects may stand between: "imposed an arms embargo and a travel ban".
    """
    i, particle, crossed = r.first - 1, "", False
    stop = max(-1, r.first - (24 if across else 9))
    while i > stop:
        token = tokens[i]
        lower = token.lower
        if i > 0 and lower in PARTICLES.get(tokens[i - 1].lower, ()):
            particle = lower
            i -= 1
            continue
        if lower in LEAVING:
            return []
        if lower == "place" and i > 1 and tokens[i - 1].lower == "in":
            held = ACTIONS.get(tokens[i - 2].lower)  # "left in place a ban on …"
            if held in ("keep", "impose"):
                return [Reading(r, held, (i - 2, i - 1), "active")]
            return []
        governs = lower in ACTIONS or lower in SOFT or lower in CAUSES or lower in _THREATENING
        governs = governs or bool(particle and lower in PARTICLES)
        if governs and (crossed or not _noun_use(tokens, i)):
            reading = _governing(tokens, i, r, particle, crossed)
            if reading:
                return [*_coordinated(tokens, i, r), reading]
            if across or lower in ACTIONS:
                return []
        if lower in ("up", "back", "down", "over", "out", "off", "in") and not particle:
            particle = lower
        elif across and (lower in _LISTING or (lower == "as" and _as_well_as(tokens, i))):
            crossed = True
        elif lower == "into" and tokens[i - 1].lower in CAUSES:
            pass
        elif (
            lower in AUXILIARIES
            or lower in BREAKS
            or (lower in SUBORDINATORS and lower not in ("before", "after", "since", "until"))
        ) or (
            not (is_adverb(token) or lower in DETERMINERS or transparent(tokens, i))
            and not (across and crossed and lower not in NEGATIONS)
        ):
            return []
        i -= 1
    return []


def _as_well_as(tokens: list[Token], i: int) -> bool:
    """Return whether "well" stands near token `i`, e.g. "a ban as well as sanctions"."""
    return "well" in {token.lower for token in tokens[max(0, i - 2) : i + 3]}


def transparent(tokens: list[Token], i: int) -> bool:
    """Return whether a word only says how much of the restriction, e.g. "a new round of"."""
    lower = tokens[i].lower
    if lower in ("for", "by"):  # "extended by one year sanctions on"
        return any(token.lower in _SPELLS for token in tokens[i + 1 : i + 4])
    return (
        lower in QUANTITIES
        or lower in FRESH
        or lower in _PASSED_OVER
        or lower in _SPELLS
        or lower in _SUMS
        or lower[0].isdigit()
        or (lower in _ORDINAL_ENDINGS and i > 0 and tokens[i - 1].lower[0].isdigit())
        or (lower == "in" and (tokens[i - 1].lower in _SUMS or tokens[i - 1].lower[0].isdigit()))
    )


def _noun_use(tokens: list[Token], i: int) -> bool:
    """Return whether a verb's form is a noun here, e.g. "the end", "an increase"."""
    if i and tokens[i - 1].lower == "-":
        return True  # "U.S.-backed sanctions"
    if i + 1 < len(tokens) and tokens[i + 1].lower == "of":
        return True  # "the issue of sanctions"
    if i == 0:
        return False
    before = tokens[i - 1].lower
    return (
        before in DETERMINERS
        and before not in ("that", "which", "who")
        and (not tokens[i].lower.endswith("ed"))
    )


def _governing(
    tokens: list[Token], i: int, r: Restriction, particle: str, crossed: bool
) -> Reading | None:
    """Read the verb at `i` with the restriction for its object."""
    lower = tokens[i].lower
    behind = {t.lower for t in tokens[r.core : r.end + 4]}
    if lower in PARTICLES or lower in ACTIONS:
        needed = PARTICLES.get(lower)
        if needed is not None:
            word = particle if particle in needed else next((w for w in needed if w in behind), "")
            if not word:
                return None
            return Reading(r, needed[word], (i, i + 1), "active")
        action = ACTIONS[lower]
        if lower in NEED_PLACE and not behind & {"place", "intact", "unchanged", "force"}:
            return None
        if lower in NEED_ON and not (r.has_complement or behind & {"on", "back"}):
            return None
        if lower in NEED_BACK:
            return None
        if lower in ("put", "puts", "putting") and "back" in behind:
            action = "reimpose"
        if particle == "back" and lower.startswith("put"):
            action = "reimpose"
        threat = _threatened(tokens, i) if action in ("impose", "tighten", "reimpose") else None
        if threat is not None:
            return Reading(r, "threaten", (threat, threat + 1), "active", soft="announced")
        return Reading(r, _shade(tokens, i, r, action), (i, i + 1), "active")
    if lower in _THREATENING and not crossed and not r.determined:
        return Reading(r, "threaten", (i, i + 1), "active", soft="announced")
    if lower in CAUSES and lower not in ACTIONS and not crossed:
        return _caused(tokens, i, r)
    if lower in SOFT and not crossed and _yet_to_come(tokens, i, r):
        harder = any(t.lower in HARDER for t in tokens[i + 1 : r.head])
        status = SOFT[lower]
        if lower in FACE:
            return _facing(tokens, i, r)
        return Reading(r, "tighten" if harder else "impose", (i, i + 1), "active", soft=status)
    return None


def _caused(tokens: list[Token], i: int, r: Restriction) -> Reading | None:
    """Read "prompting another round of sanctions", "would translate into tougher sanctions"."""
    between = {t.lower for t in tokens[i + 1 : r.head]}
    if r.determined or not between & (FRESH | QUANTITIES | {"another"}) - {"a", "an", "us", "u.s."}:
        return None
    before = {t.lower for t in tokens[max(0, i - 6) : i]}
    yet = before & {"could", "may", "might", "would", "will", "to", "can"}
    action: Action = "tighten" if between & HARDER else "impose"
    return Reading(
        r, action, (i, i + 1), "noun" if not yet else "state", soft="proposed" if yet else None
    )


def _threatened(tokens: list[Token], i: int) -> int | None:
    """Return where "threatened" stands before "to impose" at `i`."""
    if i < 2 or tokens[i - 1].lower != "to":
        return None
    for j in range(i - 2, max(-1, i - 9), -1):
        if tokens[j].lower in THREATS:
            return j
        if (
            tokens[j].lower in ACTIONS
            or tokens[j].lower in BREAKS
            or tokens[j].lower in AUXILIARIES
        ):
            return None
    return None


def _facing(tokens: list[Token], i: int, r: Restriction) -> Reading | None:
    """Read "could face sanctions": a threat, when a modal says that they are yet to come."""
    modal = any(
        t.lower in ("could", "may", "might", "will", "would", "or")
        for t in tokens[max(0, i - 3) : i]
    )
    if not (modal or tokens[i].lower.startswith("risk")):
        return None
    be = auxiliaries_before(tokens, i)
    on = subject_before(tokens, be if be is not None else i)
    return Reading(r, "threaten", (i, i + 1), "active", on, "proposed")


def _yet_to_come(tokens: list[Token], i: int, r: Restriction) -> bool:
    """Return whether the words before the name present it as new, e.g. "proposed new sanctions"."""
    between = tokens[i + 1 : r.head]
    known = any(
        t.lower in ("the", "these", "those", "its", "their", "existing", "such") for t in between
    )
    if known and SOFT[tokens[i].lower] not in ("announced", "agreed"):
        return any(t.lower in ("new", "latest", "first", "tougher", "fresh") for t in between)
    return True


def _shade(tokens: list[Token], i: int, r: Restriction, action: Action) -> Action:
    """Adjust an action by the words around: "partly lift" eases, "extend … to X" tightens."""
    if action == "lift":
        near = tokens[max(0, i - 2) : r.head]
        if any(t.lower in PARTLY for t in near):
            return "ease"
    if action == "renew" and tokens[i].lower.startswith("extend") and r.end < len(tokens):
        following = tokens[r.end + 1] if r.end + 1 < len(tokens) else None
        goods = any(t.lower in _GOING for t in tokens[r.core : r.end])  # "sales of arms to X"
        if tokens[r.end].lower == "to" and following and not (following.lower.isdigit() or goods):
            return "tighten"
    return action


def _coordinated(tokens: list[Token], i: int, r: Restriction) -> list[Reading]:
    """Read the other verbs of "renew, tighten or lift sanctions", those before the verb at `i`."""
    found: list[Reading] = []
    j = i - 1
    while j >= 0 and i - j < 12:
        if tokens[j].lower not in ("and", "or", ",") and not is_adverb(tokens[j]):
            if tokens[j].lower not in ("to", "then", "at", "least", "even", "by"):
                break
            j -= 1
            continue
        k = j - 1
        while k >= 0 and (is_adverb(tokens[k]) or tokens[k].lower in (",", "and", "or", "to")):
            k -= 1
        if k < 0 or tokens[k].lower not in ACTIONS or tokens[k].lower in PARTICLES or k < j - 4:
            break
        if _noun_use(tokens, k) or not _same_form(tokens[k], tokens[i]):
            break
        found.append(
            Reading(r, _shade(tokens, k, r, ACTIONS[tokens[k].lower]), (k, k + 1), "active")
        )
        i, j = k, k - 1
    return found[::-1]


def _same_form(one: Token, other: Token) -> bool:
    """Return whether two verbs have the same ending, e.g. "easing" and "lifting"."""

    def ending(token: Token) -> str:
        return next((e for e in ("ing", "ed", "es", "s") if token.lower.endswith(e)), "")

    return ending(one)[-1:] == ending(other)[-1:]
