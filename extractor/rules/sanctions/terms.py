"""Reads the terms of each sanction statement. Begin with `read_terms`.

The finder says which words act on which restriction. Here the rest is read in their sentence:

* sender and target (`sides`), status (`status`);
* condition: "if …", "in exchange for …" (`clauses.conditions`);
* time: a phrase of the clause, else "after X did Y"; not the time of saying.

Where a sentence leaves something open, what the article says of the same action before counts.
"""

from bisect import bisect_left
from dataclasses import dataclass, field, replace
from itertools import groupby

from extractor.find.candidates import Action, Status
from extractor.find.document import SentenceTokens
from extractor.find.inventory import Inventory
from extractor.find.sanctions.readings import Reading
from extractor.frozen import frozen
from extractor.language.en.lists import word_set
from extractor.language.en.times import find_times
from extractor.language.sentence_words import (
    AUXILIARIES,
    BREAKS,
    SUBORDINATORS,
    clause_end,
    clause_start,
)
from extractor.language.tokens import Token
from extractor.rules.clauses.conditions import (
    Condition,
    condition_for,
    conditions_in,
    occasion_after,
)
from extractor.rules.clauses.verb_groups import VerbGroup, verb_group_of
from extractor.rules.sanctions.clause import Clause
from extractor.rules.sanctions.sides import Parties, Sides
from extractor.rules.sanctions.status import status_of
from extractor.text.spans import Span

_SAYS = word_set("speech_verbs.reporting", "said")


@frozen
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
    if not inventory.statement_readings:
        return []
    parties, course = Parties(inventory), _Course()
    terms: list[Term] = []
    for sentence, group in groupby(inventory.statement_readings, key=lambda read: read.sentence):
        scene = _Scene.of(inventory.article.text, sentence)
        for read in group:
            terms.append(_term(read.statement.id, scene, read.reading, parties, course))
    return [course.of_the_news(term) for term in terms]


@frozen
class _Scene:
    """One sentence with its conditions and times, read once for all its statements."""

    sentence: SentenceTokens
    conditions: list[Condition]
    times: list[Span]
    text: str

    @classmethod
    def of(cls, text: str, sentence: SentenceTokens) -> "_Scene":
        """Read the conditions and times of a sentence of `text`."""
        times = find_times(text, sentence.span)
        return cls(sentence, conditions_in(sentence.tokens), times, text)

    @property
    def tokens(self) -> list[Token]:
        """The words of the sentence."""
        return self.sentence.tokens

    def span(self, first: int, end: int) -> Span:
        """Return the span of tokens first:end in the article's text."""
        return Span(self.tokens[first].start, self.tokens[end - 1].end)


@dataclass(slots=True)
class _Course:
    """What the article has said of each action so far, for statements that leave it open."""

    last: dict[Action, Status] = field(default_factory=dict)
    done: dict[Action, set[str]] = field(default_factory=dict)  # on whom, in the news itself
    undated: dict[str, set[str]] = field(default_factory=dict)  # statements, and on whom

    def settle(self, status: Status | None, action: Action, how: str) -> Status:
        """Return the status, that of the same action before where the sentence does not say."""
        if status is None:
            last = self.last.get(action, "proposed")
            return last if last not in ("denied", "conditional") else "proposed"
        if how != "noun":
            self.last[action] = status
        return status

    def remember(self, term: Term, reading: Reading, text: str, *, own_target: bool) -> None:
        """Keep what is done in the news, and what may be that again."""
        if not own_target or reading.how not in ("active", "verb", "passive"):
            return
        names = {word.strip(".,'’s") for span in term.target for word in span.of(text).split()}
        names = {word for word in names if word[:1].isupper()}
        if term.status == "in_force":
            self.done.setdefault(term.action, set()).update(names)
        elif term.status == "past" and term.when is None:
            self.undated[term.statement] = names

    def of_the_news(self, term: Term) -> Term:
        """Return the term, "in_force" where it repeats what was done on a day of the news."""
        again = self.undated.get(term.statement, set()) & self.done.get(term.action, set())
        return replace(term, status="in_force") if again else term


def _term(name: str, scene: _Scene, reading: Reading, parties: Parties, course: _Course) -> Term:
    """Read the rest of one statement, and keep what later ones may leave out."""
    verb = reading.trigger[0]
    lead = verb_group_of(scene.tokens, verb) if reading.how != "noun" else VerbGroup(verb)
    clause = Clause(scene.sentence, reading, lead)
    condition = _condition(scene, reading)
    when = _when(scene, clause, condition)
    time = when.of(scene.text) if when else ""
    said = status_of(clause, scene.conditions, condition, time)
    status = course.settle(said, reading.action, reading.how)
    sides = parties.of(clause)
    kept = condition
    if (
        kept is not None
        and kept.kind == "as"
        and status not in ("announced", "conditional", "proposed")
    ):
        kept = None
    if status == "past" and kept is not None and kept.kind == "if":
        kept = None
    term = Term(
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
    if "had" not in lead.words:
        own = sides.target_trust > 0.4  # of the sentence itself
        course.remember(term, reading, scene.text, own_target=own)
    return term


def _confidence(reading: Reading, sides: Sides) -> float:
    """Return the confidence in a term: less where something is taken from another sentence."""
    trust = 0.9 * sides.sender_trust * (0.7 + 0.3 * sides.target_trust)
    if reading.how in ("noun", "verb") or reading.restriction.weak:
        trust *= 0.85
    return round(max(0.1, trust), 2)


def _condition(scene: _Scene, reading: Reading) -> Condition | None:
    """Return the condition of the action, none from beyond another clause ("…, but if …")."""
    found = condition_for(scene.conditions, reading.trigger[0], reading.restriction.first)
    if found is None:
        return None
    left, right = sorted((found.first, reading.trigger[0]))
    between = scene.tokens[left:right]
    if any(t.lower == "which" for t in between):
        return None
    if found.first > reading.trigger[0] and _another_clause(between):
        return None
    if any(t.lower in (";", "but", "while", "although", "though") for t in between):
        return None
    if found.first > reading.trigger[0] and any(
        t.lower == "," and scene.tokens[left + k + 1].lower == "and"
        for k, t in enumerate(between[:-1])
    ):
        return None
    return found


def _another_clause(between: list[Token]) -> bool:
    """Return whether a clause of saying stands between, e.g. "…, he said he would lift them if"."""
    for k, token in enumerate(between):
        if token.lower in _SAYS:
            behind = between[k + 1 : k + 7]
            if behind and behind[0].is_word and any(t.lower in AUXILIARIES for t in behind):
                return True
    return False


def _when(scene: _Scene, clause: Clause, condition: Condition | None) -> Span | None:
    """Return the time of the action: a phrase of its clause, else the event it is set after."""
    tokens, reading = clause.tokens, clause.reading
    verb, r = reading.trigger[0], reading.restriction
    left = tokens[clause_start(tokens, min(clause.lead.start, verb, r.first))].start
    behind = max(reading.trigger[1], r.end)
    right_end = clause_end(tokens, behind) if behind < len(tokens) else len(tokens)
    right = tokens[right_end - 1].end if right_end else left
    occasion = occasion_after(tokens, behind) if behind < len(tokens) else None
    limit = occasion.start if occasion else right
    for k in range(behind, right_end):
        timed = any(t.start == tokens[k].start for t in scene.times)
        if (tokens[k].lower in SUBORDINATORS and not timed) or tokens[k].lower in BREAKS:
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
    """Return whether a time belongs to an aside before the verb, e.g. ", which joined in May,"."""
    at = bisect_left(tokens, time.start, key=lambda token: token.start)
    if at >= verb:
        return False
    closed = any(token.lower == "," for token in tokens[at:verb])
    for k in range(at - 1, max(0, at - 16), -1):
        if tokens[k].lower in ("which", "who") and tokens[k - 1].lower == ",":
            return closed
    return False


def _of_saying(scene: _Scene, time: Span, verb: int) -> bool:
    """Return whether a time says when something was said, e.g. "said on Monday it would lift"."""
    if time.start > scene.tokens[verb].start:
        return False
    before = scene.text[max(0, time.start - 14) : time.start].lower().split()
    return bool(before) and before[-1].strip(",\"'“”’") in _SAYS
