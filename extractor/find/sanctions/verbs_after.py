"""Reads verbs behind a restriction.

* passives: "sanctions were tightened", "… will be extended and tightened";
* participles and relative clauses: "sanctions imposed by X", "… that were lifted";
* states: "… remain in place", "… expire", "… took effect";
* pronouns that stand for it: "…, but reimposed them", and "lift them" in the next sentence.
"""

from dataclasses import replace

from extractor.find.candidates import Action
from extractor.find.sanctions.lexicon import (
    ACTIONS,
    FACE,
    INTRANSITIVE,
    INTRANSITIVE_NEEDS,
    NEED_BACK,
    NEED_ON,
    NEED_PLACE,
    PARTICLES,
    PARTLY,
    SOFT,
)
from extractor.find.sanctions.readings import Reading
from extractor.find.sanctions.restriction_phrases import Restriction
from extractor.language.en.lists import word_set
from extractor.language.sentence_words import (
    AUXILIARIES,
    BREAKS,
    PREPOSITIONS,
    SUBORDINATORS,
    is_adverb,
    phrase_end,
)
from extractor.language.tokens import Token

_CHAIN = word_set("sanctions.verb-chain")
_OPENING_MARKS = frozenset(("“", '"', "‘"))  # "were “ripped up”"
_TOO_COMMON = word_set("sanctions.too-common")
UNSURE = _TOO_COMMON | NEED_ON | NEED_PLACE | frozenset(PARTICLES)
_ONLY_OF_RULES = word_set("sanctions.only-of-rules")


def named_again(tokens: list[Token], r: Restriction, until: int) -> list[Reading]:
    """Read "…, but reimposed them in April", said of a restriction named before in the sentence."""
    pronoun = "them" if tokens[r.head].lower.endswith("s") else "it"
    for i in range(r.end + 1, min(until, len(tokens), r.end + 40)):
        if tokens[i].lower == pronoun:
            action = ACTIONS.get(tokens[i - 1].lower)
            if action and action != "keep" and tokens[i - 1].lower not in UNSURE:
                return [Reading(r, action, (i - 1, i), "active")]
    return []


def verbs_behind(tokens: list[Token], r: Restriction, until: int) -> list[Reading]:
    """Read "sanctions … were tightened", "… remain in place", "… imposed by X", "… lifted".

    `until` is the token at which the next restriction begins.
    """
    found: list[Reading] = []
    i, limit = r.end, min(len(tokens), r.end + 30)
    resumed = r.end  # where the restriction with all that qualifies it ends
    chained, relative, after_comma = False, False, False
    while i < limit:
        token, lower = tokens[i], tokens[i].lower
        if lower in ("that", "which") and i - r.core < 8:
            relative, chained = True, False
        elif lower in AUXILIARIES or (chained and (lower in _CHAIN or is_adverb(token))):
            chained = True
        elif lower == "but" and not chained:
            return found  # "… but maintained its embargo" is said of another
        elif lower in (",", "and") and i + 1 < limit and not chained:
            after_comma = True
        elif (is_adverb(token) and not chained) or (chained and lower in _OPENING_MARKS):
            pass
        else:
            plain = chained or i == resumed or _plain_gap(tokens, r.end, i)
            reading = _behind(tokens, i, r, chained, relative, after_comma, plain)
            if reading:
                found.append(reading)
                if reading.how != "relative":
                    return found + _also_behind(tokens, i + 1, reading)
                i = resumed = _skip_agent(tokens, i + 1)
                chained = relative = False
                continue
            if chained and not relative:
                return found
            if lower in BREAKS or (
                lower in SUBORDINATORS and lower not in ("after", "since", "before")
            ):
                return found
            if chained and relative:
                chained = relative = False
            if i >= until and tokens[i].lower not in PREPOSITIONS and i > r.end + 12:
                return found
        i += 1
    return found


def _behind(
    tokens: list[Token],
    i: int,
    r: Restriction,
    chained: bool,
    relative: bool,
    after_comma: bool,
    plain: bool,
) -> Reading | None:
    """Read the word at `i`, behind the restriction, as what is done to it.

    `chained`: auxiliaries stand before it; `plain`: nothing but the restriction's own phrase does.
    """
    lower = tokens[i].lower
    following = tokens[i + 1].lower if i + 1 < len(tokens) else ""
    participle = lower.endswith(("ed", "en")) or lower in (
        "put",
        "kept",
        "withdrawn",
        "torn",
        "brought",
        "upheld",
    )
    if lower in ACTIONS and participle and lower not in PARTICLES and lower not in NEED_BACK:
        if chained:
            how = "relative" if relative else "passive"
            return Reading(r, _behind_shade(tokens, i, lower), (i, i + 1), how)
        close = i == r.end or (i - r.end <= 2 and not after_comma)
        if close or (
            i - r.core <= 6 and following in ("by", "on", "in", "after", "over", "against")
        ):
            return Reading(r, _behind_shade(tokens, i, lower), (i, i + 1), "relative")
    if lower in SOFT and participle and lower not in FACE and lower not in ("agreed", "wanted"):
        near = i == r.end or (i - r.end <= 2 and not chained and tokens[i - 1].lower == ",")
        if chained or (near and (after_comma or following in ("by", "on", "in", "last", "this"))):
            how = "passive" if chained and not relative else "relative"
            return Reading(r, "impose", (i, i + 1), how, soft=SOFT[lower])
    if lower in PARTICLES and participle and chained and following in PARTICLES[lower]:
        return Reading(
            r, PARTICLES[lower][following], (i, i + 1), "relative" if relative else "passive"
        )
    if lower in ("place", "force", "effect") and tokens[i - 1].lower in ("in", "into") and chained:
        return Reading(r, "keep", (i - 1, i + 1), "state")
    if lower in INTRANSITIVE and plain:
        needs = INTRANSITIVE_NEEDS.get(lower)
        if needs is None or following in needs:
            if lower.startswith(("remain", "stay")) and following in (".", ",", ""):
                return None if not chained else Reading(r, "keep", (i, i + 1), "state")
            kicks = lower.startswith("kick")
            if INTRANSITIVE[lower] == "impose" and following in ("into", "in") and not kicks:
                goal = tokens[i + 2].lower if i + 2 < len(tokens) else ""
                if goal not in ("force", "effect"):
                    return None
            return Reading(r, INTRANSITIVE[lower], (i, i + 1), "relative" if relative else "state")
    return None


def _plain_gap(tokens: list[Token], start: int, end: int) -> bool:
    """Return whether only prepositional phrases stand between, e.g. "sanctions over X remain"."""
    return (
        end - start <= 10
        and tokens[start].lower in PREPOSITIONS
        and not any(
            t.lower in AUXILIARIES or t.lower in BREAKS or t.lower in (",", "and")
            for t in tokens[start:end]
        )
    )


def _behind_shade(tokens: list[Token], i: int, lower: str) -> Action:
    """Return the action of a participle with the words around it: "partly lifted" eases."""
    if ACTIONS[lower] == "lift" and any(t.lower in PARTLY for t in tokens[max(0, i - 2) : i]):
        return "ease"
    if lower.startswith("put") and "back" in (t.lower for t in tokens[i : i + 2]):
        return "reimpose"
    return ACTIONS[lower]


def _also_behind(tokens: list[Token], i: int, first: Reading) -> list[Reading]:
    """Read the second of "were eased and then lifted", "will be extended and tightened"."""
    j = i
    while j < min(len(tokens), i + 7):
        lower = tokens[j].lower
        if lower in ACTIONS and lower.endswith(("ed", "en")) and j > i and lower not in PARTICLES:
            return [replace(first, action=ACTIONS[lower], trigger=(j, j + 1))]
        if lower not in ("and", "or", "but", ",", "then", "be", "not") and not is_adverb(tokens[j]):
            return []
        j += 1
    return []


def _skip_agent(tokens: list[Token], i: int) -> int:
    """Return the index behind "by X", "on Y", "in 2014" that follow a participle."""
    while i < len(tokens) and tokens[i].lower in PREPOSITIONS:
        end = phrase_end(tokens, i + 1)
        i = max(end, i + 1)
    return i


def pronoun_readings(tokens: list[Token]) -> list[Reading]:
    """Read "could lift them tomorrow" when the sentence before names a restriction."""
    found = []
    for i, token in enumerate(tokens):
        if token.lower == "them" and i > 0:
            j = i - 1
            action = ACTIONS.get(tokens[j].lower)
            if action and action != "keep" and tokens[j].lower not in UNSURE:
                pronoun = Restriction(i, i, i + 1, i + 1, "noun", weak=True)
                found.append(Reading(pronoun, action, (j, j + 1), "active"))
        elif token.lower == "they":
            pronoun = Restriction(i, i, i + 1, i + 1, "noun", weak=True)
            behind = verbs_behind(tokens, pronoun, len(tokens))
            found.extend(b for b in behind if tokens[b.trigger[0]].lower in _ONLY_OF_RULES)
    return found
