"""Finds sanction statements: words that say what happens to a restriction.

For every restriction named in a sentence (`restrictions`, `entry_bans`) it looks for what is done
to it:

* its own verb: "sanctioned two banks";
* a verb before it: "agreed to lift sanctions on oil" (`verbs_before`);
* a noun or preposition before it: "the lifting of sanctions", "relief from" (`nouns_before`);
* a verb behind it: "sanctions were tightened", "… remain in place" (`verbs_after`);
* a noun behind it: "sanctions relief".

A restriction without any of these is only mentioned, and no statement. An article is not read when
its restrictions are not between states (a school's sanctions). "lift them" in the sentence after
one with a restriction is a statement too.
"""

import re
from bisect import bisect_right
from dataclasses import replace

from extractor.find.candidates import Action, SanctionStatement
from extractor.find.document import Document, SentenceTokens
from extractor.find.sanctions.entry_bans import (
    BANNING,
    REFUSING,
    bare_ban_at,
    entry_ban_at,
    opens_entry_ban,
)
from extractor.find.sanctions.lexicon import PROSPECTIVE
from extractor.find.sanctions.nouns_before import noun_before
from extractor.find.sanctions.prefilter import stems_in
from extractor.find.sanctions.readings import Reading, StatementReading, be_index, subject_before
from extractor.find.sanctions.restriction_phrases import Restriction
from extractor.find.sanctions.restrictions import (
    BAN_VERBS,
    COMPOUND_ACTIONS,
    is_imposer,
    restrictions_in,
)
from extractor.find.sanctions.verbs_after import named_again, pronoun_readings, verbs_behind
from extractor.find.sanctions.verbs_before import verb_before
from extractor.language.en.countries import country_of
from extractor.language.en.lists import word_tuple
from extractor.language.sentence_words import phrase_end
from extractor.language.tokens import Token
from extractor.text.spans import Span

_AROUND = 1200  # characters about a sentence that names no state, where two must be named
_LOOKED_AT = 20  # sentences: enough to decide
_CAPITALISED = re.compile(r"\b(?:[A-Z]\.){2,}|\b[A-Z]\w+(?:-[A-Z]\w+)*")
_KEPT_OUT = word_tuple("sanctions.kept-out-stems")
_REFERS_BACK = re.compile(r"\b(?:them|they)\b")
_MARKS = frozenset(("“", "”", '"', "'", "‘", "’"))


def find_statements(document: Document) -> tuple[StatementReading, ...]:
    """Return the sanction statements in order, ids T1…; never raises on any text.

    Statements inside quotations are found too: they are their speakers' claims.
    """
    found: list[StatementReading] = []
    for sentence, readings in _read_sentences(document):
        for reading in readings:
            statement = _candidate(f"T{len(found) + 1}", sentence, reading)
            found.append(StatementReading(statement, sentence, reading))
    return tuple(found)


def _read_sentences(document: Document) -> list[tuple[SentenceTokens, list[Reading]]]:
    """Return the sentences that hold statements, each with its readings, in order."""
    named = _restrictions(document)
    if not _between_states(document.article.text, named):
        return []
    serious = any(not r.weak for _, group in named for r in group)
    out = []
    for sentence, restrictions in named:
        if restrictions:
            kept = [r for r in restrictions if serious or not r.weak]
            readings = _readings(sentence.tokens, kept)
        else:
            readings = pronoun_readings(sentence.tokens) if serious else []
        if readings:
            out.append((sentence, readings))
    return out


def _restrictions(document: Document) -> list[tuple[SentenceTokens, list[Restriction]]]:
    """Return the sentences that may name restrictions, with those that they name, in order.

    Also a sentence with "them" or "they" right after such a one, with no restrictions.
    """
    text = document.article.text
    stems = stems_in(text)
    entry = opens_entry_ban(text)
    if not stems and not entry:
        return []
    found: list[tuple[SentenceTokens, list[Restriction]]] = []
    named = -1  # the sentence before, when it named a restriction
    barred = False  # the article has stated an entry ban
    for index, candidate in enumerate(document.sentences):
        piece = candidate.span.of(text).lower()
        kept_out = entry and any(word in piece for word in _KEPT_OUT)
        if kept_out or any(stem in piece for stem in stems):
            sentence = document.sentence(index)
            restrictions = restrictions_in(sentence.tokens)
            if kept_out:
                barred = barred or _told_of_entry(sentence.tokens)
                restrictions = _with_entry_bans(sentence.tokens, restrictions, told=barred)
            found.append((sentence, restrictions))
            named = index
        elif named == index - 1 and index and _REFERS_BACK.search(piece):
            found.append((document.sentence(index), []))
    return found


def _between_states(text: str, read: list[tuple[SentenceTokens, list[Restriction]]]) -> bool:
    """Return whether an article's restrictions are between states, e.g. not those of a school.

    They are when a state is named in a sentence with one of them, or two states near one.
    """
    holding = [(sentence, found) for sentence, found in read if found]
    for sentence, found in holding:
        named = any(t.capitalised and _is_state(t.text) for t in sentence.tokens)
        if named or any(r.on for r in found):
            return True
    for sentence, _ in holding[:_LOOKED_AT]:
        start, end = sentence.span
        around = text[max(0, start - _AROUND) : end + _AROUND]
        codes = {country_of(match.group()) for match in _CAPITALISED.finditer(around)} - {None}
        if len(codes) >= 2 or (not codes and len(text) < _AROUND):
            return True  # of a few sentences alone nothing tells
    return False


def _is_state(word: str) -> bool:
    """Return whether a word names a state or a body that imposes, e.g. "Norway", "EU"."""
    return country_of(word) is not None or is_imposer(word)


def _told_of_entry(tokens: list[Token]) -> bool:
    """Return whether a sentence states an entry ban, e.g. "barred him from the country"."""
    return any(
        (t.lower in BANNING or t.lower in REFUSING) and entry_ban_at(tokens, i)
        for i, t in enumerate(tokens)
    )


def _with_entry_bans(
    tokens: list[Token], found: list[Restriction], *, told: bool
) -> list[Restriction]:
    """Add the entry bans of a sentence; once the article has stated one, "ban him" is one."""
    bans: list[Restriction] = []
    for i, token in enumerate(tokens):
        if token.lower not in BANNING and token.lower not in REFUSING:
            continue
        ban = entry_ban_at(tokens, i) or (bare_ban_at(tokens, i) if told else None)
        if ban is not None:
            first, end, stop = ban
            bans.append(Restriction(i, i, i + 1, stop, "verb", weak=False, on=(first, end)))
    if not bans:
        return found
    heads = {ban.head for ban in bans}
    return sorted([r for r in found if r.head not in heads] + bans, key=lambda r: r.first)


def _candidate(name: str, sentence: SentenceTokens, reading: Reading) -> SanctionStatement:
    tokens, restriction = sentence.tokens, reading.restriction
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
    between = {t.lower for t in tokens[r.core : following[0].first]}
    listed = any(t.lower == "including" for t in tokens[max(0, r.first - 12) : r.first])
    if not listed and between and between <= {"and", "or", ",", "a", "an"}:
        return following[0].core + 1, following[0].end
    return None


def _read_one(tokens: list[Token], r: Restriction, until: int) -> list[Reading]:
    """Return what is done to one restriction: the first kind of words that says anything counts.

    `until` is the token at which the next restriction begins.
    """
    if r.kind == "verb":
        return [_own_verb(tokens, r)]
    compound = _compound(tokens, r)
    if compound:
        return [compound]
    called = _as_called(tokens, r)
    if called is not None:  # "a halt to what it called “brutal sanctions”"
        widened = replace(r, first=called)
        named = noun_before(tokens, widened)
        read = verb_before(tokens, widened) or ([named] if named else [])
        if read:
            return [replace(one, restriction=r) for one in read]
    direct = verb_before(tokens, r)
    behind = verbs_behind(tokens, r, until)
    clause = behind and behind[0].how in ("passive", "state")
    if clause and direct and direct[-1].soft in ("proposed", "agreed"):
        return behind  # "suggested sanctions could be lifted", "agree sanctions should stay"
    if direct:
        return direct + [b for b in behind if b.how == "relative" and b.action != "impose"]
    named = noun_before(tokens, r)
    if named:
        return [named]
    if behind:
        main = [b for b in behind if b.how != "relative"]
        return main or behind
    return verb_before(tokens, r, across=True) or _prospective(tokens, r)


def _prospective(tokens: list[Token], r: Restriction) -> list[Reading]:
    """Read "possible new sanctions on X": that they may come is all that is said."""
    for i in range(max(0, r.first), r.head):
        if tokens[i].lower in PROSPECTIVE:
            action = PROSPECTIVE[tokens[i].lower]
            return [Reading(r, action, (i, i + 1), "noun", soft="proposed")]
    return []


def _as_called(tokens: list[Token], r: Restriction) -> int | None:
    """Return where "what it called" before the restriction's name begins."""
    i = r.first - 1
    if i > 2 and tokens[i].lower in _MARKS:  # "a halt to 'brutal' sanctions"
        for j in range(i - 2, max(0, i - 4), -1):
            if tokens[j].lower in _MARKS:
                return j
        i -= 1
    if i < 1 or tokens[i].lower not in ("called", "calls", "call", "describes", "termed"):
        return None
    for j in range(i - 1, max(-1, i - 5), -1):
        if tokens[j].lower == "what":
            return j
    return None


def _own_verb(tokens: list[Token], r: Restriction) -> Reading:
    """Read "sanctioned two banks", "was blacklisted by …", "banned imports of …"."""
    lower = tokens[r.head].lower
    if r.on is not None:
        return Reading(
            r, "impose", (r.head, r.head + 1), "passive" if r.on[0] < r.head else "verb", r.on
        )
    action: Action = "lift" if lower.startswith(("delist", "unfr", "unbl")) else "impose"
    passive = lower.endswith(("ed", "en")) and be_index(tokens, r.head) is not None
    if lower.endswith("ed") and r.head + 1 < len(tokens) and tokens[r.head + 1].lower == "by":
        passive = True
    on = None
    if passive:
        be = be_index(tokens, r.head)
        on = subject_before(tokens, be if be is not None else r.head)
    else:
        end = phrase_end(tokens, r.head + 1)
        on = (r.head + 1, end) if end > r.head + 1 else None
    measured = r
    if on and not passive and (lower in BAN_VERBS or "fr" in lower):
        measured = replace(r, end=on[1])
    return Reading(measured, action, (r.head, r.head + 1), "passive" if passive else "verb", on)


def _compound(tokens: list[Token], r: Restriction) -> Reading | None:
    """Read "sanctions relief", "sanctions waiver", "threat" and the like behind the name."""
    if r.core < len(tokens) and tokens[r.core].lower in COMPOUND_ACTIONS:
        action = COMPOUND_ACTIONS[tokens[r.core].lower]
        whole = replace(r, core=r.core + 1, end=max(r.end, r.core + 1))
        return Reading(whole, action, (r.core, r.core + 1), "noun")
    return None
