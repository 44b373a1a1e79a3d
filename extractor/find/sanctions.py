"""Sanction statements: words that say what happens to a restriction.

For every restriction named in a sentence (`find.restrictions`) it looks for what is done to it:
a verb before it ("agreed to lift sanctions on oil"), a verb behind it ("sanctions were
tightened"), a noun ("the lifting of sanctions", "sanctions relief"), or the restriction's own verb
("sanctioned two banks"). A restriction without any is a comment and no statement.
"""

import re
from bisect import bisect_right
from dataclasses import replace
from functools import lru_cache

from extractor.article import Article
from extractor.find.actions import Reading, be_index, subject_before
from extractor.find.candidates import (
    Action,
    QuotationCandidate,
    SanctionStatement,
    SentenceCandidate,
)
from extractor.find.clauses import Token, phrase_end, tokens_of
from extractor.find.governing_nouns import noun_before
from extractor.find.governors import verb_before
from extractor.find.predicates import named_again, pronoun_readings, verbs_behind
from extractor.find.restrictions import (
    BAN_VERBS,
    COMPOUND_ACTIONS,
    Restriction,
    restrictions_in,
    stems_in,
)
from extractor.spans import Span


def find_statements(
    article: Article,
    sentences: tuple[SentenceCandidate, ...],
    quotations: tuple[QuotationCandidate, ...],
) -> tuple[SanctionStatement, ...]:
    """Return the sanction statements in order, ids T1…; never raises on any text.

    A statement inside a quotation is found as any other: it is its speaker's claim.
    """
    del quotations  # they change who claims it, not what is stated
    found: list[SanctionStatement] = []
    for sentence, tokens, readings in read_sentences(article.text, sentences):
        for reading in readings:
            found.append(_candidate(f"T{len(found) + 1}", sentence, tokens, reading))
    return tuple(found)


@lru_cache(maxsize=2)  # the finder and the reader ask for the same article, one after the other
def read_sentences(
    text: str, sentences: tuple[SentenceCandidate, ...]
) -> list[tuple[SentenceCandidate, list[Token], list[Reading]]]:
    """Return the sentences that hold statements, each with its tokens and readings, in order."""
    stems = stems_in(text)
    if not stems:
        return []
    read: list[tuple[SentenceCandidate, list[Token], list[Restriction]]] = []
    named = -1  # the sentence before, when it named a restriction
    for index, sentence in enumerate(sentences):
        piece = sentence.span.of(text).lower()
        if any(stem in piece for stem in stems):
            tokens = tokens_of(text, sentence.span)
            read.append((sentence, tokens, restrictions_in(tokens)))
            named = index
        elif named == index - 1 and index and _REFERS_BACK.search(piece):
            read.append((sentence, tokens_of(text, sentence.span), []))
    serious = any(not r.weak for _, _, group in read for r in group)
    out = []
    for sentence, tokens, restrictions in read:
        if restrictions:
            kept = [r for r in restrictions if serious or not r.weak]
            readings = _readings(tokens, kept)
        else:
            readings = pronoun_readings(tokens) if serious else []
        if readings:
            out.append((sentence, tokens, readings))
    return out


_REFERS_BACK = re.compile(r"\b(?:them|they)\b")


def _candidate(
    name: str, sentence: SentenceCandidate, tokens: list[Token], reading: Reading
) -> SanctionStatement:
    restriction = reading.restriction
    trigger = _span(tokens, *reading.trigger)
    measure = _span(tokens, restriction.first, restriction.end)
    span = Span(min(trigger.start, measure.start), max(trigger.end, measure.end))
    return SanctionStatement(name, sentence.id, span, trigger, measure, reading.action)


def _span(tokens: list[Token], first: int, end: int) -> Span:
    return Span(tokens[first].start, tokens[end - 1].end)


def _readings(tokens: list[Token], restrictions: list[Restriction]) -> list[Reading]:
    """Return every action on every restriction of one sentence, each pair once, in order."""
    found: list[Reading] = []
    starts = [r.first for r in restrictions]
    for restriction in restrictions:
        limit = bisect_right(starts, restriction.core)
        until = starts[limit] if limit < len(starts) else len(tokens)
        read = _read_one(tokens, restriction, until)
        shared = _shared_complement(tokens, restriction, restrictions[limit : limit + 1])
        found.extend(replace(one, on=shared) if shared and not one.on else one for one in read)
        if read and restriction.kind == "noun":
            found.extend(named_again(tokens, restriction, until))
    seen: set[tuple[int, int]] = set()
    unique = []
    for reading in found:
        key = (reading.trigger[0], reading.restriction.head)
        if key not in seen:
            seen.add(key)
            unique.append(reading)
    return unique


def _shared_complement(
    tokens: list[Token], r: Restriction, following: list[Restriction]
) -> tuple[int, int] | None:
    """Return the "on X" of the next restriction that this one shares: "a freeze and a ban on X"."""
    if r.has_complement or not following or not following[0].has_complement:
        return None
    between = {t.low for t in tokens[r.core : following[0].first]}
    listed = any(t.low == "including" for t in tokens[max(0, r.first - 12) : r.first])
    if not listed and between and between <= {"and", "or", ",", "a", "an"}:
        return following[0].core + 1, following[0].end
    return None


def _read_one(tokens: list[Token], r: Restriction, until: int) -> list[Reading]:
    """Return what is done to one restriction, by the first of these that says anything."""
    if r.kind == "verb":
        return [_own_verb(tokens, r)]
    compound = _compound(tokens, r)
    if compound:
        return [compound]
    direct = verb_before(tokens, r)
    behind = verbs_behind(tokens, r, until)
    if direct:
        return direct + [b for b in behind if b.how == "relative" and b.action != "impose"]
    named = noun_before(tokens, r)
    if named:
        return [named]
    if behind:
        main = [b for b in behind if b.how != "relative"]
        return main or behind
    return verb_before(tokens, r, across=True)


def _own_verb(tokens: list[Token], r: Restriction) -> Reading:
    """Read "sanctioned two banks", "was blacklisted by …", "banned imports of …"."""
    low = tokens[r.head].low
    action: Action = "lift" if low.startswith(("delist", "unfr", "unbl")) else "impose"
    passive = low.endswith(("ed", "en")) and be_index(tokens, r.head) is not None
    if low.endswith("ed") and r.head + 1 < len(tokens) and tokens[r.head + 1].low == "by":
        passive = True
    on = None
    if passive:
        be = be_index(tokens, r.head)
        on = subject_before(tokens, be if be is not None else r.head)
    else:
        end = phrase_end(tokens, r.head + 1)
        on = (r.head + 1, end) if end > r.head + 1 else None
    measured = r
    if on and not passive and (low in BAN_VERBS or "fr" in low):
        measured = replace(r, end=on[1])
    return Reading(measured, action, (r.head, r.head + 1), "passive" if passive else "verb", on)


def _compound(tokens: list[Token], r: Restriction) -> Reading | None:
    """Read "sanctions relief", "sanctions waiver", "threat" and the like behind the name."""
    if r.core < len(tokens) and tokens[r.core].low in COMPOUND_ACTIONS:
        action: Action = COMPOUND_ACTIONS[tokens[r.core].low]  # type: ignore[assignment]
        whole = replace(r, core=r.core + 1, end=max(r.end, r.core + 1))
        return Reading(whole, action, (r.core, r.core + 1), "noun")
    return None
