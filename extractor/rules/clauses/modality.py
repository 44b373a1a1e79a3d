"""Says how settled an action is, as one of the values of `Status`, by the words around its verb.

* denied: "did not lift", "rejected calls to lift", "no sign of lifting";
* proposed: "may lift", "should lift", "called for lifting", "to lift" under a wish; commands;
* conditional: "would lift … if", "any bank that pays would be hit";
* announced: "will lift", "is lifting", "said it was extending"; agreed: "agreed to lift";
* in force: "has lifted", "lifted" on a day of the news; past: "lifted", "had lifted".

What governs the verb ("agreed to", "called for") is read in `verb_groups`.
"""

from extractor.find.candidates import Status
from extractor.language.en.lists import word_set
from extractor.language.sentence_words import BREAKS, MODALS, PRONOUNS, SUBORDINATORS
from extractor.language.tokens import Token
from extractor.rules.clauses.verb_groups import GOVERNORS, VerbGroup, is_base

_REPORT = word_set("speech_verbs.reporting")
_BILLS = word_set("clauses.bills")
POSSIBLE = word_set("closed_classes.auxiliaries", "possible")
DUE = word_set("closed_classes.auxiliaries", "due", "due-not")
_MAY_OR_SHOULD = POSSIBLE | DUE
_WILL = word_set("closed_classes.auxiliaries", "will", "will-not", "subject-will") | {"'ll"}
_OPENS_SPEECH = frozenset(':“"')
_ANYONE = word_set("clauses.anyone")
_BESIDES = word_set("clauses.besides")
_HOPES = word_set("clauses.hopes")
_GUESSES = word_set("clauses.guesses")
_MOTIONS = word_set("clauses.motions")
TURNING_DOWN = word_set("clauses.turning-down")
_DENYING = word_set("clauses.denying")
_DOUBTS = word_set("clauses.doubts")
_SIGNS = word_set("clauses.signs")
_HARDLY_ANY = word_set("clauses.hardly-any")
PAST_FORMS = word_set("clauses.past-forms")


def status_of_verb(
    tokens: list[Token],
    verb: int,
    lead: VerbGroup,
    *,
    passive: bool,
    conditional: bool,
    dated: bool,
) -> Status:
    """Return the status of the action whose verb is token `verb`.

    `lead` are the words before the verb. `conditional`: it depends on a condition; `dated`: it is
    said to have happened on a day of the news. What happened is "past"; on such a day, or in the
    perfect, it is "in_force".
    """
    words = lead.words
    if lead.preposition == "by" and not words:  # "would respond by imposing"
        words = {t.lower for t in tokens[max(0, lead.start - 12) : lead.start]} & MODALS
    if lead.negated and lead.status == "denied" and not lead.opposed:
        return "proposed"  # "did not rule out lifting"
    if lead.negated or lead.status == "denied":
        return "denied"
    if lead.status is not None:
        return _governed(tokens, lead, conditional)
    bare = not words and is_base(tokens[verb])
    if bare and not passive and (demanded(tokens, lead.start) or _asked(tokens, lead.start)):
        return "proposed"
    above = _brought_about(tokens, lead, verb) if passive else _main_clause(tokens, verb, lead)
    if above is not None:
        return above
    if words & MODALS and turned_down(tokens, lead.start - 1):
        return "denied"
    if words & DUE:
        return "proposed"
    if passive and words & (POSSIBLE | _WILL) and _whoever(tokens, lead.start):
        return "conditional"
    if words & POSSIBLE:
        return "conditional" if conditional else "proposed"
    if words & _WILL:
        if "have" in words and "would" in words:
            return "denied"  # "a bill that would have imposed"
        if _hoped(tokens, lead.start):
            return "proposed"
        if conditional:
            return "conditional"
        return "announced" if "would" not in words or reported(tokens, verb) else "proposed"
    if words & {"was", "were"} and not passive and reported(tokens, verb):
        return "announced"  # "said it was extending"
    status = _tense(tokens[verb].lower, lead, passive=passive, dated=dated)
    return "conditional" if conditional and lead.infinitive else status


def demanded(tokens: list[Token], start: int) -> int | None:
    """Return the "that" before token `start` of a demand: "demanded on Monday that Norway lift"."""
    for j in range(start - 1, max(0, start - 24), -1):
        if tokens[j].lower == "that":
            asked = any(GOVERNORS.get(t.lower) == "proposed" for t in tokens[max(0, j - 3) : j])
            return j if asked else None
        if tokens[j].lower in BREAKS:
            return None
    return None


def _asked(tokens: list[Token], start: int) -> bool:
    """Return whether the clause of a bare verb is a command or a question.

    E.g. "Lift sanctions, bishop says", "Senator to minister: Lift sanctions", "Could he lift them?"
    """
    before = tokens[start - 1].lower if start else ""
    if not before or before in _OPENS_SPEECH:
        return True
    if "?" not in {token.lower for token in tokens[-2:]}:
        return False
    near = [token.lower for token in tokens[max(0, start - 8) : start]]
    return any(lower in MODALS or lower in ("do", "does") for lower in near)


def _brought_about(tokens: list[Token], lead: VerbGroup, verb: int) -> Status | None:
    """Read what somebody sees to: "would see that sanctions were lifted"; else None."""
    if not lead.words & {"was", "were", "is", "are"} or tokens[verb].lower.endswith("ing"):
        return None
    for j in range(lead.start - 1, max(1, lead.start - 12), -1):
        if tokens[j].lower in BREAKS:
            return None
        if tokens[j].lower == "that":
            if tokens[j - 1].lower not in ("see", "ensure", "guarantee", "sure"):
                return None
            before = {token.lower for token in tokens[max(0, j - 4) : j]}
            if before & _WILL:
                return "announced"
            return "proposed" if before & (_MAY_OR_SHOULD | {"to"}) else None
    return None


def _whoever(tokens: list[Token], start: int) -> bool:
    """Return whether it applies to all who do something, e.g. "any bank that pays"."""
    for j in range(start - 1, max(0, start - 16), -1):
        lower = tokens[j].lower
        if lower in BREAKS or lower == ",":
            return False
        if lower in ("who", "that", "which"):
            return any(token.lower in _ANYONE for token in tokens[max(0, j - 3) : j])
    return False


def _main_clause(tokens: list[Token], verb: int, lead: VerbGroup) -> Status | None:
    """Read a gerund by the clause it goes with: "As well as easing …, the bill will …"."""
    if lead.words or lead.preposition not in _BESIDES or lead.start > 4:
        return None
    opening = {token.lower for token in tokens[: lead.start + 1]}
    if opening & {"instead", "rather", "without"}:
        return "denied"
    comma = next((j for j in range(verb, min(len(tokens), verb + 24)) if tokens[j].lower == ","), 0)
    main = tokens[comma + 1 : comma + 14] if comma else []
    modal = next((k for k, token in enumerate(main) if token.lower in MODALS), None)
    if modal is None:
        return None
    if any(token.lower in _BILLS for token in main[:modal]) or main[modal].lower not in _WILL:
        return "proposed"
    return "announced"


def _governed(tokens: list[Token], lead: VerbGroup, conditional: bool) -> Status:
    """Return the status that a governing word gives: "may agree to lift" is only proposed."""
    status = lead.status
    if lead.governor is not None and status != "denied" and _agreed_on(tokens, lead.governor):
        status = "agreed"
    if lead.governor is not None and status == "proposed" and _turned_down(tokens, lead.governor):
        return "denied"
    assert status is not None  # noqa: S101 - the caller's own condition
    hedged = lead.words & (POSSIBLE | DUE)
    governor = tokens[lead.governor].lower if lead.governor is not None else ""
    after = tokens[lead.governor + 1].lower if lead.governor is not None else ""
    expects = governor in ("expects", "expect", "expecting") and after != "to"  # what others do
    unsure = hedged or expects or (status == "agreed" and _still_to_come(tokens, lead))
    if status in ("agreed", "announced") and unsure:
        status = "proposed"
    if conditional and status in ("announced", "proposed"):
        return "conditional"
    return status


def _hoped(tokens: list[Token], start: int) -> bool:
    """Return whether somebody else hopes or expects the action, e.g. "hopes Norway will lift"."""
    for j in range(start - 1, max(-1, start - 9), -1):
        lower = tokens[j].lower
        if lower in BREAKS or lower == ",":
            return False
        if lower in _HOPES:
            return True
        if lower in _GUESSES:
            return tokens[start - 1].lower not in PRONOUNS
    return False


def turned_down(tokens: list[Token], i: int) -> bool:
    """Return whether the call or bill at or before `i` is rejected, e.g. "rejected calls for"."""
    for k in range(i, max(-1, i - 6), -1):
        if tokens[k].lower in _MOTIONS:
            return _turned_down(tokens, k)
        if tokens[k].lower in BREAKS:
            return False
    return False


def _turned_down(tokens: list[Token], governor: int) -> bool:
    """Return whether the governing word is a rejected motion, e.g. "rejected a proposal to end"."""
    if tokens[governor].lower not in _MOTIONS:
        return False
    return any(t.lower in TURNING_DOWN for t in tokens[max(0, governor - 6) : governor])


def denied_above(tokens: list[Token], i: int) -> bool:
    """Return whether the clause of token `i` is denied, e.g. "denied that any … had been"."""
    for j in range(i - 1, max(-1, i - 14), -1):
        lower = tokens[j].lower
        if lower == "that":
            before = range(max(0, j - 4), j)
            return any(tokens[k].lower in _DENYING | _DOUBTS or _no_sign(tokens, k) for k in before)
        if lower in BREAKS or lower in SUBORDINATORS or lower == "but":
            return False
        if _no_sign(tokens, j):
            return True
        if lower in _DENYING and lower.startswith("den"):
            return True
    return False


def _no_sign(tokens: list[Token], j: int) -> bool:
    """Return whether token `j` is said to be missing, e.g. "no sign", "little chance"."""
    before = {token.lower for token in tokens[max(0, j - 2) : j]}
    return tokens[j].lower in _SIGNS and bool(before & _HARDLY_ANY)


def _still_to_come(tokens: list[Token], lead: VerbGroup) -> bool:
    """Return whether the agreement is still to come, e.g. "will agree to", "is set to vote to"."""
    before = {token.lower for token in tokens[max(0, (lead.governor or 0) - 2) : lead.governor]}
    return bool((lead.words | before) & {"will", "would", "to"})


def _agreed_on(tokens: list[Token], governor: int) -> bool:
    """Return whether the plan that governs is itself agreed, e.g. "agreed on a roadmap to ease"."""
    near = [token.lower for token in tokens[max(0, governor - 4) : governor]]
    if "on" not in near or tokens[governor].lower == "need":
        return False
    before = near[: near.index("on")]
    return any(GOVERNORS.get(lower) == "agreed" for lower in before)


def reported(tokens: list[Token], verb: int) -> bool:
    """Return whether somebody says it and no bill is the subject, e.g. "said it was extending"."""
    before = {token.lower for token in tokens[max(0, verb - 25) : verb]}
    near = {token.lower for token in tokens[max(0, verb - 6) : verb]}
    after = {token.lower for token in tokens[verb : verb + 40]}
    return bool((before | after) & _REPORT) and not near & _BILLS


def _tense(lower: str, lead: VerbGroup, *, passive: bool, dated: bool) -> Status:
    """Return the status that the verb's own tense gives; `lower` is the verb in lower case."""
    words = lead.words
    if "had" in words:
        return "past"
    if lead.infinitive:  # "US to ease sanctions", "Sanctions on Iran to be lifted": headings
        return "announced" if lead.start <= 5 and words <= {"be"} else "proposed"
    if passive and "be" in words:
        return "proposed"  # "asked that sanctions be lifted"
    if words & {"has", "have", "they've", "we've"}:
        return "in_force"
    if passive:
        if words & {"was", "were"}:
            return "in_force" if dated or "being" in words else "past"
        return "in_force"
    if lower.endswith("ing"):
        if words & {"is", "are", "was", "were", "be"}:
            return "announced" if words & {"is", "are"} else "past"
        return "past" if lead.preposition in ("after", "since", "by", "following") else "in_force"
    past = lower.endswith("ed") or lower in PAST_FORMS
    return "past" if past and not dated else "in_force"
