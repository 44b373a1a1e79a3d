"""Who does what with which restriction, on whom, in which state of affairs.

The finder says which words act on which restriction; here the same sentences are read again for
the rest. The sender is whose restriction it is ("EU sanctions"), else the agent ("imposed by X"),
else the verb's subject ("the US agreed to lift"); where the sentence names none, that of the
statement before, with less confidence. The target is treated alike.
"""

from bisect import bisect_left
from dataclasses import dataclass

from extractor.answer.conditions import (
    Condition,
    condition_for,
    conditions_in,
    inside_condition,
    occasion_after,
)
from extractor.answer.moods import Lead, denied_above, lead_of, status_of_noun, status_of_verb
from extractor.answer.senders import Parties, Sides
from extractor.find.actions import Reading
from extractor.find.candidates import Action, SentenceCandidate, Status
from extractor.find.clauses import BREAKS, SUBORDINATORS, Token, clause_end, clause_start
from extractor.find.inventory import Inventory
from extractor.find.sanctions import read_sentences
from extractor.find.times import find_times
from extractor.spans import Span


@dataclass(frozen=True, slots=True)
class Term:
    """One sanction statement, read."""

    statement: str  # "T2"
    evidence: str  # the sentence, "S12"
    action: Action
    status: Status
    sender: tuple[str, ...]  # mentions, "P3.2"
    target: tuple[Span, ...]
    measure: Span | None
    condition: Span | None
    when: Span | None
    confidence: float


def read_terms(inventory: Inventory) -> list[Term]:
    """Read every sanction statement of the inventory, in order; never raises on any text.

    A status is "past" for what was done before the news, "in_force" for what is in place or was
    done on a day of the news ("on Monday"); the others say how far from done it is.
    """
    if not inventory.statements:
        return []
    by_trigger = {s.trigger.start: [] for s in inventory.statements}  # type: dict[int, list[str]]
    for statement in inventory.statements:
        by_trigger[statement.trigger.start].append(statement.id)
    parties = Parties(inventory)
    terms: list[Term] = []
    for sentence, tokens, readings in read_sentences(inventory.article.text, inventory.sentences):
        scene = _Scene.of(inventory.article.text, sentence, tokens)
        for reading in readings:
            names = by_trigger.get(tokens[reading.trigger[0]].start)
            if names:
                terms.append(_term(names.pop(0), scene, reading, parties))
    return terms


@dataclass(frozen=True, slots=True)
class _Scene:
    """One sentence with its conditions and times, read once for all its statements."""

    sentence: SentenceCandidate
    tokens: list[Token]
    conditions: list[Condition]
    times: list[Span]
    text: str

    @classmethod
    def of(cls, text: str, sentence: SentenceCandidate, tokens: list[Token]) -> "_Scene":
        return cls(sentence, tokens, conditions_in(tokens), find_times(text, sentence.span), text)

    def span(self, first: int, end: int) -> Span:
        return Span(self.tokens[first].start, self.tokens[end - 1].end)


def _term(name: str, scene: _Scene, reading: Reading, parties: Parties) -> Term:
    tokens, verb = scene.tokens, reading.trigger[0]
    lead = lead_of(tokens, verb) if reading.how != "noun" else Lead(verb)
    condition = _condition(scene, reading)
    when = _when(scene, reading, lead, condition)
    status = _status(scene, reading, lead, condition, when)
    sides = parties.of(scene.sentence, tokens, reading, lead)
    kept = condition
    if (
        kept is not None
        and kept.kind == "as"
        and status not in ("announced", "conditional", "proposed")
    ):
        kept = None
    if status == "past" and kept is not None and kept.kind == "if":
        kept = None
    return Term(
        name,
        scene.sentence.id,
        reading.action,
        status,
        sides.sender,
        sides.target,
        sides.measure,
        scene.span(kept.first, kept.end) if kept else None,
        when,
        _confidence(reading, sides),
    )


def _confidence(reading: Reading, sides: Sides) -> float:
    """Return how far to trust a row: what had to be taken from elsewhere makes it less."""
    trust = 0.9 * sides.sender_trust * (0.7 + 0.3 * sides.target_trust)
    if reading.how in ("noun", "verb") or reading.restriction.weak:
        trust *= 0.85
    return round(max(0.1, trust), 2)


def _condition(scene: _Scene, reading: Reading) -> Condition | None:
    found = condition_for(scene.conditions, reading.trigger[0], reading.restriction.first)
    if found is None:
        return None
    low, high = sorted((found.first, reading.trigger[0]))
    between = scene.tokens[low:high]
    if any(t.low == "which" for t in between):
        return None
    if any(t.low in (";", "but", "while", "although", "though") for t in between):
        return None
    if found.first > reading.trigger[0] and any(
        t.low == "," and scene.tokens[low + k + 1].low == "and" for k, t in enumerate(between[:-1])
    ):
        return None
    return found


def _status(
    scene: _Scene, reading: Reading, lead: Lead, condition: Condition | None, when: Span | None
) -> Status:
    tokens, verb = scene.tokens, reading.trigger[0]
    if inside_condition(scene.conditions, verb):
        return "conditional"
    if denied_above(tokens, min(verb, reading.restriction.first)):
        return "denied"
    if _none_of_it(tokens, reading):
        return "denied"
    conditional = condition is not None and condition.kind in ("if", "exchange")
    if reading.how == "noun":
        end = max(reading.restriction.end, reading.trigger[1])
        first = min(reading.trigger[0], reading.restriction.first)
        return status_of_noun(tokens, first, end, conditional=conditional)
    if reading.soft is not None:
        return _soft(tokens, reading, lead, conditional)
    if reading.how == "state" and reading.action == "impose" and not lead.words - {"is", "are"}:
        return "denied" if lead.negated else "in_force"
    dated = when is not None and _of_the_news(when.of(scene.text))
    if reading.how in ("state",):
        return _state(tokens, reading, lead, conditional)
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
    return status_of_verb(tokens, verb, lead, passive=passive, conditional=conditional, dated=dated)


def _none_of_it(tokens: list[Token], reading: Reading) -> bool:
    """Tell whether the restriction is said not to be: "no sanctions have been imposed"."""
    r = reading.restriction
    words = tokens[max(0, r.first - 2) : r.head]
    return r.kind == "noun" and any(t.low == "no" for t in words) and reading.soft is None


_FAILED = frozenset("failed unsuccessful rejected defeated blocked collapsed vetoed".split())


def _came_to_nothing(tokens: list[Token], end: int) -> bool:
    """Tell whether what was to be done is said to have failed: "the move to ban X was rejected"."""
    near = tokens[end : end + 4]
    return (
        bool(near)
        and near[0].low in (*_FAILED, "was", "were")
        and any(token.low in _FAILED for token in near)
    )


def _wanted(tokens: list[Token], first: int) -> Status | None:
    """Read "wants sanctions lifted", "to have the embargo removed"."""
    near = {t.low for t in tokens[max(0, first - 4) : first]}
    wishes = ("want", "wants", "wanted", "see", "have", "get", "getting", "seeing", "having")
    return "proposed" if near & set(wishes) else None


def _soft(tokens: list[Token], reading: Reading, lead: Lead, conditional: bool) -> Status:
    """Return the status that "announced", "adopted", "proposed" themselves give."""
    if tokens[reading.trigger[0]].low.startswith("rul"):
        return reading.soft or "denied"  # "did not rule out sanctions": read with its "not"
    if lead.negated or lead.status == "denied":
        return "denied"
    soft = reading.soft or "proposed"
    if reading.action == "threaten":
        return "conditional" if conditional else soft
    if soft != "proposed" and (lead.status or lead.words & {"could", "may", "might", "should",
                                                            "must", "can", "would"}):  # fmt: skip
        soft = "proposed"
    elif soft == "agreed" and "will" in lead.words:
        soft = "announced"
    return "conditional" if conditional and soft != "agreed" else soft


def _state(tokens: list[Token], reading: Reading, lead: Lead, conditional: bool) -> Status:
    """Return the status of "remain in place", "expire", "took effect"."""
    verb = reading.trigger[0]
    if tokens[verb].low in ("in", "into", "under") or lead.words or lead.status:
        return status_of_verb(
            tokens, verb, lead, passive=True, conditional=conditional, dated=False
        )
    past = tokens[verb].low in ("remained", "stayed", "stood", "expired", "lapsed", "ended", "took",
                                "came", "went", "returned", "snapped", "continued")  # fmt: skip
    if past and reading.action == "keep":
        return "in_force"
    return "past" if past else "in_force"


_NEWS_DAYS = (
    "monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday", "today",
    "yesterday", "this week", "tonight", "overnight", "this month",
)  # fmt: skip


def _of_the_news(phrase: str) -> bool:
    low = phrase.lower()
    return any(day in low for day in _NEWS_DAYS)


_SAYS = frozenset("said says told saying announced added reported wrote tweeted posted".split())


def _when(scene: _Scene, reading: Reading, lead: Lead, condition: Condition | None) -> Span | None:
    """Return the time of the action: a phrase of its clause, else the event it is set after."""
    tokens, verb = scene.tokens, reading.trigger[0]
    r = reading.restriction
    left = tokens[clause_start(tokens, min(lead.start, verb, r.first))].start
    behind = max(reading.trigger[1], r.end)
    right_end = clause_end(tokens, behind) if behind < len(tokens) else len(tokens)
    right = tokens[right_end - 1].end if right_end else left
    occasion = occasion_after(tokens, behind) if behind < len(tokens) else None
    limit = occasion.start if occasion else right
    for k in range(behind, right_end):
        timed = any(t.start == tokens[k].start for t in scene.times)
        if (tokens[k].low in SUBORDINATORS and not timed) or tokens[k].low in BREAKS:
            limit = min(limit, tokens[k].start)
            break
    fitting = [
        t
        for t in scene.times
        if left <= t.start
        and t.end <= max(right, limit)
        and (t.start < limit or t.start < tokens[verb].start)
        and not (
            condition and tokens[condition.first].start <= t.start < tokens[condition.end - 1].end
        )
        and not _of_saying(scene, t, verb)
        and not _in_an_aside(tokens, t, verb)
        and not (r.core <= verb and tokens[r.first].start <= t.start < tokens[r.core - 1].end)
    ]
    if fitting:
        at = tokens[verb].start
        return min(fitting, key=lambda t: t.start - at if t.start >= at else 2 * (at - t.start))
    if occasion is not None and condition is not None:
        first = tokens[condition.first].start
        if first < occasion.end and occasion.start < tokens[condition.end - 1].end:
            return None
    return occasion if reading.how != "noun" else None


def _in_an_aside(tokens: list[Token], time: Span, verb: int) -> bool:
    """Tell whether a time is that of ", which joined in May," while the verb stands behind."""
    at = bisect_left(tokens, time.start, key=lambda token: token.start)
    if at >= verb:
        return False
    closed = any(token.low == "," for token in tokens[at:verb])
    for k in range(at - 1, max(0, at - 16), -1):
        if tokens[k].low in ("which", "who") and tokens[k - 1].low == ",":
            return closed
    return False


def _of_saying(scene: _Scene, time: Span, verb: int) -> bool:
    """Tell whether a time says when something was said: "said on Monday it would lift"."""
    if time.start > scene.tokens[verb].start:
        return False
    before = scene.text[max(0, time.start - 14) : time.start].lower().split()
    return bool(before) and before[-1].strip(",\"'“”’") in _SAYS
