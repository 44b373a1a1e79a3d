"""Whom a pronoun likely means: number, gender and recency, subjects before others.

After Lappin and Leass (1994, "An algorithm for pronominal anaphora resolution"): salience of the
entities named before, weighted by how they were named and halved with every sentence. A pronoun
whose best antecedents are equally likely keeps none.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from extractor.find.drafts import Draft
from extractor.find.vocabulary import (
    AUXILIARIES,
    CONJUNCTIONS,
    FINITE_SPEECH,
    PREPOSITIONS,
    PRONOUN_GENDER,
    SPEECH_VERBS,
)
from extractor.spans import Span

if TYPE_CHECKING:
    from extractor.find.reading import Reading

_SINGULAR = frozenset("he him his himself she her hers herself".split())
_PLURAL = frozenset("they them their themselves".split())
_NEUTRAL = frozenset("it its itself".split())
_RESOLVED = _SINGULAR | _PLURAL | _NEUTRAL | {"who"}
_REACH = 6  # sentences back; farther antecedents are below 2% of PolNeAR's training pronouns
_MOST = 80  # mentions back: more than six sentences hold
_OTHERS = 0.2  # what an entity's further mentions count beside its most salient one
_FADING = 0.9  # of salience for each fitting mention in between, in one sentence
_MARGIN = 0.08  # of salience that the best must lead by, else the pronoun stays unresolved


def add(reading: Reading, drafts: list[Draft]) -> None:
    """Add the pronouns outside quotations as mentions of their likely antecedents."""
    tokens = reading.tokens
    mentions = sorted(
        ((span, order) for order, d in enumerate(drafts) for span, _ in d.mentions),
    )
    subject = {span: _is_subject(reading, span) for span, _ in mentions}
    _learn_gender(reading, drafts, mentions)
    history: list[tuple[Span, int, float]] = []  # span, draft, weight
    position, taken = 0, {span for span, _ in mentions}
    unresolved: list[tuple[Span, str]] = []
    for k, word in enumerate(tokens.lower):
        if word not in _RESOLVED or reading.quoted[k]:
            continue
        span = Span(tokens.start[k], tokens.end[k])
        if span in taken:  # "HE", printed in capitals and read as a name
            continue
        while position < len(mentions) and mentions[position][0].start < span.start:
            found, order = mentions[position]
            weight = _weight(reading, found, subject[found])
            if reading.quoted[tokens.first_from(found.start)]:
                weight *= 0.3
            history.append((found, order, weight))
            position += 1
        order_found = _antecedent(reading, drafts, history, k, word)
        if order_found is not None:
            drafts[order_found].mentions.append((span, "pronoun"))
            history.append((span, order_found, 1.1 if _is_subject(reading, span) else 0.6))
        elif word in ("he", "she", "they", "who"):
            unresolved.append((span, word))
    _keep_unresolved(drafts, unresolved)


def _weight(reading: Reading, span: Span, subject: bool) -> float:
    """Return how salient a mention makes its entity: speakers first, then subjects."""
    tokens = reading.tokens
    last = tokens.first_from(span.end)
    after = tokens.lower[last] if last < len(tokens) else "."
    if after in ("'s", "’s", "'", "’"):
        return 0.4
    if not subject:
        return 0.55
    first = tokens.first_from(span.start)
    if first and tokens.lower[first - 1] in FINITE_SPEECH and not reading.quoted[first - 1]:
        return 1.5  # "…," said Smith
    while last + 1 < len(tokens) and (after in AUXILIARIES or after.endswith("ly")):
        last += 1
        after = tokens.lower[last]
    return 1.5 if after in FINITE_SPEECH else 1.0


def _keep_unresolved(drafts: list[Draft], unresolved: list[tuple[Span, str]]) -> None:
    """Keep subject pronouns without an antecedent as sources that nobody is named for."""
    for span, word in unresolved:
        draft = Draft((), "unnamed", word, PRONOUN_GENDER.get(word), word == "they")
        draft.first = span.start
        draft.mentions.append((span, "pronoun"))
        drafts.append(draft)


def _is_subject(reading: Reading, span: Span) -> bool:
    """Tell whether a mention looks like the subject of its clause: a verb follows it."""
    tokens = reading.tokens
    first, last = tokens.first_from(span.start), tokens.first_from(span.end)
    before = tokens.lower[first - 1] if first else "."
    if before in PREPOSITIONS and before not in ("as", "after", "before", "since", "until"):
        return False
    if last >= len(tokens):
        return False
    after = tokens.lower[last]
    if after in ("'s", "’s", "'", "’"):
        return False
    if first in reading.opens:
        return True
    if after in AUXILIARIES or after in SPEECH_VERBS or after.endswith("ed"):
        return True
    quoted = first > 1 and (reading.quoted[first - 2] or tokens.text[first - 2] in ",\"”'’")
    return before in SPEECH_VERBS and quoted  # "…," said Smith


def _learn_gender(
    reading: Reading,
    drafts: list[Draft],
    mentions: list[tuple[Span, int]],
) -> None:
    """Give a person without known gender that of the pronouns that can mean nobody else.

    A sentence that names one person only and goes on with "he" or "her" tells.
    """
    tokens = reading.tokens
    by_sentence: dict[int, set[int]] = {}
    for span, order in mentions:
        if drafts[order].kind in ("person", "unnamed") and not drafts[order].plural:
            k = tokens.first_from(span.start)
            by_sentence.setdefault(reading.sentence[k], set()).add(order)
    votes: dict[int, list[int]] = {}
    for k, word in enumerate(tokens.lower):
        gender = PRONOUN_GENDER.get(word)
        if gender is None or reading.quoted[k]:
            continue
        here = by_sentence.get(reading.sentence[k], set())
        if len(here) == 1:
            (order,) = here
            if drafts[order].gender is None and drafts[order].first < tokens.start[k]:
                votes.setdefault(order, [0, 0])[gender == "f"] += 1
    for order, (male, female) in votes.items():
        if male != female:
            drafts[order].gender = "f" if female > male else "m"


def _fits(draft: Draft, word: str) -> bool:
    if word in _NEUTRAL:
        return draft.kind in ("body", "other", "place") and not draft.plural
    if word in _PLURAL:
        return draft.plural or draft.kind == "body"
    if draft.kind == "place" or draft.plural or draft.kind == "body":
        return False
    gender = PRONOUN_GENDER.get(word)
    return gender is None or draft.gender is None or draft.gender == gender


def _seldom_meant(draft: Draft, word: str) -> bool:
    """Tell whether the pronoun means such an entity less often than a named person or body."""
    return (
        draft.kind == "unnamed"
        or (draft.kind in ("other", "place") and word not in _NEUTRAL)
        or (draft.kind == "body" and word in _PLURAL)
    )


def _bound(
    reading: Reading, history: list[tuple[Span, int, float]], k: int, word: str
) -> int | None:
    """Return the subject of the pronoun's own clause, which an object pronoun cannot mean.

    Principle B of binding: in "Smith urged him" the two differ.
    """
    if word not in ("him", "them"):
        return None
    tokens = reading.tokens
    for span, order, _ in reversed(history[-_MOST:]):
        last = tokens.first_from(span.end)
        if last > k or reading.sentence[last - 1] != reading.sentence[k]:
            continue
        between = tokens.lower[last:k]
        if len(between) > 6 or any(w in CONJUNCTIONS or w in ",;:" for w in between):
            return None
        if _is_subject(reading, span):
            return order
    return None


def _antecedent(
    reading: Reading, drafts: list[Draft], history: list[tuple[Span, int, float]], k: int, word: str
) -> int | None:
    """Return the index of the entity that the pronoun at token `k` most likely means."""
    tokens = reading.tokens
    if word == "who":
        if not history:
            return None
        span, order, _ = history[-1]
        between = reading.article.text[span.end : tokens.start[k]].strip()
        return order if len(between) <= 1 and drafts[order].kind != "place" else None
    here = reading.sentence[k]
    bound = _bound(reading, history, k, word)
    salience: dict[int, tuple[float, float]] = {}  # best mention's weight, sum of the others'
    passed = 0  # fitting mentions between here and the pronoun
    for span, order, weight in reversed(history[-_MOST:]):
        at = tokens.first_from(span.start)
        back = here - reading.sentence[at]
        if back > _REACH:
            break
        draft = drafts[order]
        if not _fits(draft, word) or order == bound:
            continue
        value = weight * 0.5**back * (_FADING**passed if back == 0 else 1.0)
        passed += 1
        if _seldom_meant(draft, word):
            value *= 0.5
        if PRONOUN_GENDER.get(word) and draft.gender == PRONOUN_GENDER[word]:
            value *= 1.25
        best, rest = salience.get(order, (0.0, 0.0))
        best, rest = salience.get(order, (0.0, 0.0))
        best, rest = salience.get(order, (0.0, 0.0))
        best, rest = salience.get(order, (0.0, 0.0))
        salience[order] = (max(best, value), rest + min(best, value))
    if not salience:
        return None
    ranked = sorted(
        ((order, best + _OTHERS * rest) for order, (best, rest) in salience.items()),
        key=lambda item: -item[1],
    )
    if len(ranked) > 1 and ranked[0][1] - ranked[1][1] < _MARGIN * ranked[0][1]:
        return None
    return ranked[0][0]
