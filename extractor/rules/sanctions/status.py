"""Says how settled a sanction statement is, as one of the values of `Status`.

`clauses.modality` reads the words around any verb, `noun_status` those around a noun. Here is what
only restrictions have:

* verbs that say it themselves: "announced sanctions", "approved sanctions", "ruled out sanctions";
* states: "remain in place", "expired"; prices: "froze its work in return for lifting";
* papers: "adopted a resolution tightening"; a committee's vote is only proposed;
* "no sanctions have been imposed": denied;
* dates: a day of the news ("on Monday") makes it in force, one to come ("next month") announced.
"""

import re

from extractor.find.candidates import Status
from extractor.find.sanctions.lexicon import FACE
from extractor.find.sanctions.readings import Reading
from extractor.language.en.lists import word_set, word_tuple
from extractor.language.sentence_words import AUXILIARIES, BREAKS, MODALS, SUBORDINATORS
from extractor.language.tokens import Token
from extractor.rules.clauses.conditions import Condition, inside_condition
from extractor.rules.clauses.modality import (
    DUE,
    PAST_FORMS,
    POSSIBLE,
    TURNING_DOWN,
    denied_above,
    status_of_verb,
    turned_down,
)
from extractor.rules.clauses.verb_groups import GOVERNORS, VerbGroup
from extractor.rules.sanctions.clause import Clause
from extractor.rules.sanctions.noun_status import status_of_noun

_DAY = re.compile(r"^(?:on )?(?:\d{1,2} [A-Z][a-z]+|[A-Z][a-z]+\.? \d{1,2})\b")
_AGREES = word_set("sanctions.agrees")
_ORDERS = word_set("sanctions.orders")
_UNDECIDED = word_set("sanctions.undecided")
_ADOPTS = word_set("sanctions.adopts")
_SAID = word_set("speech_verbs.reporting", "said")
_COMMITTEES = word_set("sanctions.committees")
_PARLIAMENTS = word_set("sanctions.parliaments")
_FAILED = word_set("sanctions.failed")
_HEDGES = POSSIBLE | DUE | word_set("sanctions.hedges")
_PLANS = word_set("sanctions.plans")
_PAPERS = word_set("sanctions.papers")
_ONE_OF_SEVERAL = _PARLIAMENTS | word_set("sanctions.one-of-several")
_NEWS_DAYS = word_tuple("calendar.weekdays", "full") + word_tuple("sanctions.news-days")
_EARLIER = word_tuple("sanctions.earlier")
_AHEAD = word_tuple("sanctions.ahead")


def status_of(
    clause: Clause,
    conditions: list[Condition],
    condition: Condition | None,
    when: str,
) -> Status | None:
    """Return how settled one statement is; None when its sentence does not say.

    `conditions` are those of the sentence, `condition` the one the action depends on, `when` the
    words of its time ("" when there are none).
    """
    tokens, reading, lead = clause.tokens, clause.reading, clause.lead
    status = _in_its_words(clause, conditions, condition, when)
    if status in ("agreed", "in_force", "past") and "had" not in lead.words:
        at = reading.trigger[0] if lead.governor is None else lead.governor
        if reading.how != "passive" and _only_a_committee(tokens, min(at, lead.start)):
            return "proposed"
    ahead = is_ahead(when) or (reading.how == "state" and bool(_DAY.search(when)))
    if status in ("in_force", "past") and ahead and not _has_been(clause):
        return "announced"  # "lifts its ban next month", "expires on June 1"
    return status


def _has_been(clause: Clause) -> bool:
    """Return whether the verb itself is past, e.g. "agreed in May to last until next year"."""
    tokens, reading, lead = clause.tokens, clause.reading, clause.lead
    past = lead.words & {"has", "have", "had", "was", "were"}
    lower = tokens[reading.trigger[0]].lower
    over = lower.endswith("ed") or lower in PAST_FORMS
    return bool(past) or (over and reading.how != "passive")


def _in_its_words(
    clause: Clause,
    conditions: list[Condition],
    condition: Condition | None,
    when: str,
) -> Status | None:
    """Return how settled the statement is by its own words; None when they do not say."""
    tokens, reading, lead = clause.tokens, clause.reading, clause.lead
    verb = reading.trigger[0]
    if inside_condition(conditions, verb):
        opener = next(c.first for c in conditions if c.first < verb < c.end)
        after = {token.lower for token in tokens[opener : opener + 2]} & {"after", "once", "when"}
        return "past" if after and "had" in lead.words else "conditional"
    if denied_above(tokens, min(verb, reading.restriction.first)):
        return "denied"
    if _none_of_it(tokens, reading):
        return "denied"
    bargain = _in_exchange(tokens, min(verb, reading.restriction.first))
    if bargain:
        return bargain
    conditional = condition is not None and condition.kind in ("if", "exchange")
    if reading.how == "noun":
        end = max(reading.restriction.end, reading.trigger[1])
        first = min(reading.trigger[0], reading.restriction.first)
        status = status_of_noun(tokens, first, end, conditional=conditional)
        threat = reading.action == "threaten" and status in (None, "proposed")
        return "announced" if threat and not _faced(tokens, first) else status
    if reading.soft is not None:
        return _soft(clause, conditional)
    if reading.how == "state" and reading.action == "impose" and not lead.words - {"is", "are"}:
        return "denied" if lead.negated else "in_force"
    dated = of_the_news(when)
    if reading.how == "state":
        return _state(clause, conditional, dated)
    passive = reading.how in ("passive", "relative")
    kept_out = reading.restriction.on
    if kept_out and reading.how == "passive" and not lead.words and lead.status is None:
        wanted = _wanted(tokens, kept_out[0])  # "wants X banned"
        if wanted:
            return wanted
    if lead.governor is not None and _came_to_nothing(tokens, reading.restriction.end):
        return "denied"
    if reading.how == "relative" and not lead.words:
        wanted = _wanted(tokens, reading.restriction.first)
        return wanted or ("in_force" if dated else "past")
    paper = _by_a_paper(clause, when)
    if paper:
        return paper
    if _only_named(clause):
        return None
    if "had" in lead.words and not when and not lead.negated and _told_on_a_day(tokens, lead):
        return "in_force"
    return status_of_verb(tokens, verb, lead, passive=passive, conditional=conditional, dated=dated)


def _in_exchange(tokens: list[Token], first: int) -> Status | None:
    """Return the status of what is given in return: "froze its work in return for lifting".

    None when the action is not given in return.
    """
    at = next(
        (
            j
            for j in range(first - 1, max(0, first - 5), -1)
            if tokens[j].lower == "for" and tokens[j - 1].lower in ("exchange", "return")
        ),
        None,
    )
    if at is None:
        return None
    for token in reversed(tokens[max(0, at - 24) : at]):
        lower = token.lower
        if lower in MODALS or lower in ("if", "offer", "offered", "offers", "proposed", "wants"):
            return "conditional"
        if lower in _AGREES:
            earlier = any(t.lower.isdigit() and len(t.lower) == 4 for t in tokens)
            return "past" if earlier else "agreed"
        if lower in PAST_FORMS or (lower.endswith("ed") and not token.capitalised):
            return "past"
    return "conditional"


def _by_a_paper(clause: Clause, when: str) -> Status | None:
    """Return the status of a resolution or bill: "adopted a resolution tightening"; else None."""
    tokens, reading, lead = clause.tokens, clause.reading, clause.lead
    verb = reading.trigger[0]
    if lead.words or not tokens[verb].lower.endswith("ing") or verb < 2:
        return None
    if tokens[verb - 1].lower not in _PAPERS | _ORDERS:
        return None
    end = reading.restriction.end
    near = [token.lower for token in tokens[max(0, verb - 9) : verb]]
    breaks = [k for k, lower in enumerate(near) if lower in BREAKS]
    words = set(near[breaks[-1] :] if breaks else near)
    if words & TURNING_DOWN or {token.lower for token in tokens[end : end + 4]} & TURNING_DOWN:
        return "denied"
    if words & _UNDECIDED or any(GOVERNORS.get(lower) == "proposed" for lower in words - {"back"}):
        return "proposed"
    if not words & _ADOPTS:
        return None
    if when and not of_the_news(when) and not is_ahead(when) and "until" not in when.lower():
        return "past"
    return "in_force" if tokens[verb - 1].lower in _ORDERS else "agreed"


def _only_named(clause: Clause) -> bool:
    """Return whether a gerund only names the action, e.g. "lifting the ban was right"."""
    tokens, reading, lead = clause.tokens, clause.reading, clause.lead
    r, verb = reading.restriction, reading.trigger[0]
    if not tokens[verb].lower.endswith("ing") or lead.words or lead.governor is not None:
        return False
    before = tokens[verb - 1].lower if verb else ""
    following = tokens[r.end].lower if r.end < len(tokens) else ""
    return before in ("", "that", "“", ":") and following in AUXILIARIES


def _told_on_a_day(tokens: list[Token], lead: VerbGroup) -> bool:
    """Return whether it is said on a day of the news, e.g. "said on Monday it had imposed"."""
    near = [token.lower for token in tokens[max(0, lead.start - 9) : lead.start]]
    for k, lower in enumerate(near):
        if lower in _SAID:
            beside = near[max(0, k - 2) : k + 3]
            return any(of_the_news(word) for word in beside)
    return False


def _only_a_committee(tokens: list[Token], at: int) -> bool:
    """Return whether a parliament's committee acts before `at`, e.g. "a House panel approved"."""
    words: set[str] = set()
    for j in range(at - 1, max(-1, at - 9), -1):
        if tokens[j].lower in BREAKS or tokens[j].lower in SUBORDINATORS:
            break
        words.add(tokens[j].lower)
    return bool(words & _COMMITTEES) and bool(words & _PARLIAMENTS)


def _faced(tokens: list[Token], first: int) -> bool:
    """Return whether a threat is only faced, e.g. "faces the threat of sanctions"."""
    return any(token.lower in FACE for token in tokens[max(0, first - 4) : first])


def _none_of_it(tokens: list[Token], reading: Reading) -> bool:
    """Return whether there is no restriction, e.g. "no sanctions have been imposed"."""
    r = reading.restriction
    words = tokens[max(0, r.first - 2) : r.head]
    return r.kind == "noun" and any(t.lower == "no" for t in words) and reading.soft is None


def _came_to_nothing(tokens: list[Token], end: int) -> bool:
    """Return whether the action is said to have failed, e.g. "the move to ban X was rejected"."""
    near = tokens[end : end + 4]
    return (
        bool(near)
        and near[0].lower in (*_FAILED, "was", "were")
        and any(token.lower in _FAILED for token in near)
    )


def _wanted(tokens: list[Token], first: int) -> Status | None:
    """Read "wants sanctions lifted", "to have the embargo removed"."""
    near = {t.lower for t in tokens[max(0, first - 4) : first]}
    wishes = ("want", "wants", "wanted", "see", "have", "get", "getting", "seeing", "having")
    return "proposed" if near & set(wishes) else None


def _soft(clause: Clause, conditional: bool) -> Status:
    """Return the status that "announced", "adopted", "proposed" themselves give."""
    tokens, reading, lead = clause.tokens, clause.reading, clause.lead
    if tokens[reading.trigger[0]].lower.startswith("rul"):
        return reading.soft or "denied"  # "did not rule out sanctions": read with its "not"
    if lead.negated and reading.soft == "denied":
        return "proposed"  # "will not block sanctions"
    if lead.negated or lead.status == "denied":
        return "denied"
    soft = reading.soft or "proposed"
    if soft == "proposed" and turned_down(tokens, reading.trigger[0]):
        return "denied"
    if soft == "denied" and not lead.words & (POSSIBLE | DUE) and lead.status is None:
        return soft  # "would veto sanctions"
    if reading.action == "threaten":
        return "conditional" if conditional else soft
    if tokens[reading.trigger[0]].lower in _PLANS and soft == "proposed":
        soft = "announced"
    if soft == "proposed":
        pass
    elif lead.words & _HEDGES or lead.status in ("proposed", "conditional"):
        soft = "proposed"
    elif soft == "agreed":
        soft = _decided(clause)
    return "conditional" if conditional and soft != "agreed" else soft


def _decided(clause: Clause) -> Status:
    """Return the status of "approve", "sign", "adopt": "plans to sign" is announced."""
    tokens, reading, lead = clause.tokens, clause.reading, clause.lead
    if lead.status in ("announced", "agreed"):
        return lead.status
    if "will" in lead.words or (lead.infinitive and lead.status is None):
        return "announced"
    r = reading.restriction
    named = {token.lower for token in tokens[r.head : r.core]}
    actors = {token.lower for token in tokens[max(0, lead.start - 8) : lead.start]}
    done = bool(lead.words & {"has", "have"}) and not (named & _PAPERS or actors & _ONE_OF_SEVERAL)
    return "in_force" if done else "agreed"


def _state(clause: Clause, conditional: bool, dated: bool) -> Status:
    """Return the status of "remain in place", "expire", "took effect"."""
    tokens, reading, lead = clause.tokens, clause.reading, clause.lead
    verb = reading.trigger[0]
    if tokens[verb].lower in ("in", "into", "under") or lead.words or lead.status:
        return status_of_verb(
            tokens, verb, lead, passive=True, conditional=conditional, dated=False
        )
    past = tokens[verb].lower in (
        "remained", "stayed", "stood", "expired", "lapsed", "ended",
        "took", "came", "went", "returned", "snapped", "continued",
    )  # fmt: skip
    if past and (reading.action == "keep" or dated):
        return "in_force"
    return "past" if past else "in_force"


def of_the_news(phrase: str) -> bool:
    """Return whether a time is a day of the news, e.g. "on Monday", not "last Friday"."""
    lower = phrase.lower()
    return any(day in lower for day in _NEWS_DAYS) and not any(word in lower for word in _EARLIER)


def is_ahead(phrase: str) -> bool:
    """Return whether a time is still to come, e.g. "next month", "soon"."""
    lower = phrase.lower()
    return lower.startswith(_AHEAD) or any(f" {word}" in lower for word in _AHEAD[:3])
