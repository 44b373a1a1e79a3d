"""Finds the people whom a release is about, in the phrases around its verb or noun.

* objects: "freed [two journalists]", "the release of [X and Y]", "let [him] go";
* subjects: "[prisoners] were freed", "[X], a politician arrested in 2020, was freed", "[X] is among
  those freed";
* included: "including X and Y", "along with 113 others", "two citizens, X and Y".

Only people count: descriptions by a noun for people or a number, and persons by name. A pronoun
gives the name that it stands for.
"""

from bisect import bisect_left
from typing import Protocol

from extractor.find.candidates import Entity, Mention
from extractor.frozen import frozen
from extractor.language.en.countries import lookup
from extractor.language.en.lists import word_set, word_tuple
from extractor.language.sentence_words import (
    AUXILIARIES,
    BREAKS,
    PREPOSITIONS,
    SUBORDINATORS,
    clause_start,
    is_adverb,
    phrase_end,
    subject_start,
)
from extractor.language.tokens import Token
from extractor.rules.clauses.mention_index import Mentions
from extractor.rules.releases.lexicon import is_people, is_quantity
from extractor.text.spans import Span

_QUALIFYING = word_set("releases.qualifying")
_FAR = 50  # words between a subject and its verb
_NAMES = 200  # mentions of somebody, back from a pronoun, among which a name is looked for
_APPOSING = frozenset((",", "(", "-", "–", "—"))
_WITH = tuple(tuple(phrase.split()) for phrase in word_tuple("releases.with"))
_WITH_FIRST = frozenset(words[0] for words in _WITH)
_OF_NAMES = word_set("releases.of-names")


@frozen
class Phrase:
    """Those whom a release is about; indices are of the sentence's tokens."""

    parts: tuple[Span, ...]
    start: int
    end: int
    described: bool  # a noun for people or a number, not only a name
    person: str | None = None  # the entity, when it is one person


class Verbed(Protocol):
    """What `included` needs to know of a release."""

    verb: int
    behind: int
    phrase: Phrase


def object_phrase(tokens: list[Token], i: int, mentions: Mentions) -> Phrase | None:
    """Return the people that "freed", "release of" have for their object at `i`."""
    if i >= len(tokens) or not tokens[i].is_word:
        return None
    if tokens[i].lower in ("him", "her", "them", "us", "me"):
        following = tokens[i + 1] if i + 1 < len(tokens) else None
        if (
            tokens[i].lower == "her"
            and following is not None
            and following.is_word
            and (following.lower not in PREPOSITIONS and not is_adverb(following))
        ):
            return _object_noun(tokens, i, mentions)
        return _pronoun(tokens, i, mentions)
    return _object_noun(tokens, i, mentions)


def _object_noun(tokens: list[Token], i: int, mentions: Mentions) -> Phrase | None:
    """Return the people of the noun phrase that begins at `i`, if they are people."""
    end = phrase_end(tokens, i)
    if end <= i:
        return None
    return _people(tokens, i, end, mentions)


def _pronoun(tokens: list[Token], i: int, mentions: Mentions) -> Phrase | None:
    """Return whom a pronoun stands for, by name, when the names know it."""
    at = Span(tokens[i].start, tokens[i].end)
    for mention, entity in mentions.inside(at, 1):
        if mention.kind == "pronoun" and entity.kind == "person":
            return Phrase((_named(entity, at),), i, i + 1, False, entity.id)
    return None


def _named(entity: Entity, at: Span) -> Span:
    """Return the last name of an entity before `at`, or its own words there."""
    before = bisect_left(entity.mentions, at.start, key=lambda mention: mention.span.start)
    for mention in reversed(entity.mentions[max(0, before - _NAMES) : before]):
        if mention.kind == "name":
            return mention.span
    return at


def _people(tokens: list[Token], first: int, end: int, mentions: Mentions) -> Phrase | None:
    """Return the members of the phrase first:end that are people; None when the first is not."""
    parts: list[Span] = []
    described, person = False, None
    for a, b in members(tokens, first, end):
        whole = Span(tokens[a].start, tokens[b - 1].end)
        name = _person_in(tokens, a, b, mentions)
        if name is not None:
            parts.append(name[0])
            person = person or name[1]
        elif is_people(tokens, a, b) or is_quantity(tokens, a, b):
            parts.append(whole)
            described = True
        elif not parts:
            return None
    return Phrase(tuple(parts), first, end, described, person) if parts else None


def members(tokens: list[Token], first: int, end: int) -> list[tuple[int, int]]:
    """Cut a list of names or phrases at its commas and "and"."""
    members, start = [], first
    for i in range(first, end + 1):
        if i == end or tokens[i].lower in (",", "and", "or"):
            if i > start:
                members.append((start, i))
            start = i + 1
    return members


def _person_in(
    tokens: list[Token], first: int, end: int, mentions: Mentions
) -> tuple[Span, str] | None:
    """Return the person whose name ends a phrase: "opposition figure X", not "X's tax returns"."""
    cut = next((k for k in range(first + 1, end) if tokens[k].lower in ("of", "in")), end)
    span = Span(tokens[first].start, tokens[cut - 1].end)
    for mention, entity in reversed(mentions.inside(span, 6)):
        whole = (
            entity.kind == "other"
            and mention.span == span
            and lookup(span.of(mentions.text)) is None
        )
        named = entity.kind == "person" or whole
        if named and mention.kind == "name" and mention.span.end >= span.end - 1:
            return mention.span, entity.id
    return None


def subject_phrase(
    tokens: list[Token], i: int, mentions: Mentions, *, adjacent: bool = False
) -> Phrase | None:
    """Return the people who are the subject of the verb whose words begin at `i`.

    `adjacent`: only a phrase right before it counts ("prisoners freed by …").
    """
    end = i
    while end > 0 and (
        is_adverb(tokens[end - 1]) or tokens[end - 1].lower in ("both", "all", "each")
    ):
        end -= 1
    if end and tokens[end - 1].lower in ("who", "that"):
        end -= 1
        end -= end > 0 and tokens[end - 1].lower == ","
        if end and tokens[end - 1].lower == "those" and not adjacent:
            return _among(tokens, end - 1, mentions)
    if end and tokens[end - 1].lower == "," and not adjacent:
        return _before_inclusion(tokens, end - 1, mentions) or _far_subject(tokens, i, mentions)
    start = subject_start(tokens, end)
    if start < end:
        if start and tokens[start - 1].lower == "among":
            return _among(tokens, start, mentions)
        governed = start > 0 and tokens[start - 1].lower in PREPOSITIONS - SUBORDINATORS - {"as"}
        if governed and not adjacent:
            return _far_subject(tokens, i, mentions) or _opening_subject(tokens, i, mentions)
        if end - start == 1 and tokens[start].lower in ("he", "she", "they", "him", "her"):
            return _pronoun(tokens, start, mentions)
        found = _people(tokens, start, end, mentions)
        if found is not None:
            return _with_apposition(tokens, found, mentions)
    if adjacent:
        return None
    return _far_subject(tokens, i, mentions) or _opening_subject(tokens, i, mentions)


def _opening_subject(tokens: list[Token], i: int, mentions: Mentions) -> Phrase | None:
    """Return the subject of "Two soldiers captured in May were …": it opens the clause."""
    start = clause_start(tokens, max(0, i - 1))
    end = phrase_end(tokens, start)
    if not start < end < i or i - end > 12:
        return None
    lower = tokens[end].lower
    if not (lower.endswith("ed") or lower in _QUALIFYING):
        return None
    return _people(tokens, start, end, mentions)


def _among(tokens: list[Token], those: int, mentions: Mentions) -> Phrase | None:
    """Read "X is also among those who were freed"."""
    j = those - 1
    while j > 0 and (tokens[j].lower in ("among", "one", "of") or tokens[j].lower in AUXILIARIES
                     or is_adverb(tokens[j])):  # fmt: skip
        j -= 1
    return subject_phrase(tokens, j + 1, mentions) if j + 1 < those else None


def _before_inclusion(tokens: list[Token], comma: int, mentions: Mentions) -> Phrase | None:
    """Read "A small number, including X, were …": the subject stands before "including"."""
    for j in range(comma - 1, max(0, comma - 25), -1):
        if tokens[j].lower in ("including", "among") and tokens[j - 1].lower == ",":
            start = subject_start(tokens, j - 1)
            found = _people(tokens, start, j - 1, mentions) if start < j - 1 else None
            if found is None:
                return None
            more = [
                m.span
                for m, e in mentions.inside(Span(tokens[j].end, tokens[comma].start), 12)
                if e.kind == "person" and m.kind == "name"
            ]
            return Phrase((*found.parts, *more), start, j - 1, found.described, found.person)
    return None


def _with_apposition(tokens: list[Token], found: Phrase, mentions: Mentions) -> Phrase:
    """Put the name before "X, a prisoner released from Y" for the description behind it."""
    comma = found.start - 1
    if comma > 0 and tokens[comma].lower == "," and found.described and len(found.parts) == 1:
        head = tokens[found.end - 1].lower
        if head.endswith("s"):
            return found
        for mention, entity in mentions.inside(Span(tokens[0].start, tokens[comma].start), 12)[-1:]:
            if entity.kind == "person" and mention.span.end >= tokens[comma].start - 1:
                return Phrase((mention.span,), found.start, found.end, True, entity.id)
    return found


def _far_subject(tokens: list[Token], i: int, mentions: Mentions) -> Phrase | None:
    """Return a subject parted from its verb: "X, a politician arrested in 2020, was freed"."""
    if not i or tokens[i - 1].lower != ",":
        return None
    near = tokens[max(0, i - _FAR) : i]
    if not near:
        return None
    before = Span(near[0].start, tokens[i - 1].start)
    names = [(m, e) for m, e in mentions.inside(before, 40) if e.kind == "person"]
    listed = _listed_names(near, names, before)
    if len(listed) > 1:
        return Phrase(tuple(listed), 0, 0, True)
    for mention, entity in names:
        follows = next((t for t in near if t.start >= mention.span.end), None)
        if mention.kind == "name" and follows is not None and follows.lower in _APPOSING:
            return Phrase((mention.span,), 0, 0, False, entity.id)
    return None


def _listed_names(
    tokens: list[Token], names: list[tuple[Mention, Entity]], before: Span
) -> list[Span]:
    """Return the names of "X, aide Y and Z, whose …, were freed": a list up to its "and"."""
    out: list[Span] = []
    for mention, entity in names:
        if mention.kind != "name" or entity.kind != "person":
            continue
        gap = [
            t
            for t in tokens
            if (out[-1].end if out else before.start) <= t.start < mention.span.start
        ]
        if any(
            t.lower in AUXILIARIES or t.lower in SUBORDINATORS or t.lower in BREAKS for t in gap
        ):
            break
        if out and not any(t.lower in (",", "and") for t in gap):
            break
        out.append(mention.span)
        if any(t.lower == "and" for t in gap):
            return out
    return []


def included(tokens: list[Token], found: Verbed, mentions: Mentions) -> list[Span]:
    """Return those named with the released: "including X and Y", "along with 113 others"."""
    out: list[Span] = []
    begin = min(found.phrase.end, found.behind) if found.phrase.end else found.behind
    end = min(len(tokens), found.behind + 60)
    i = begin
    while i < end:
        lower = tokens[i].lower
        if lower in BREAKS or (lower in SUBORDINATORS and i > found.behind):
            break
        if lower == "," and i == begin == found.phrase.end:
            out.extend(_apposed(tokens, i + 1, mentions))
        words = None
        if lower in _WITH_FIRST:
            words = next(
                (w for w in _WITH if tuple(t.lower for t in tokens[i : i + len(w)]) == w), None
            )
        if words is None:
            i += 1
            continue
        start = i + len(words)
        while start < end and not tokens[start].is_word:
            start += 1
        stop = _names_end(tokens, start)
        span = Span(tokens[start].start, tokens[stop - 1].end) if stop > start else None
        if span is not None:
            out.extend(_listed(tokens, start, stop, span, mentions))
        i = max(stop, start, i + 1)
    return out


def _apposed(tokens: list[Token], start: int, mentions: Mentions) -> list[Span]:
    """Return the names right behind a description: "two citizens, X and Y, after …"."""
    end = phrase_end(tokens, start)
    if end <= start or not tokens[start].capitalised:
        return []
    span = Span(tokens[start].start, tokens[end - 1].end)
    return [m.span for m, e in mentions.inside(span) if e.kind == "person" and m.kind == "name"]


def _names_end(tokens: list[Token], start: int) -> int:
    """Return the end of a list of people with their descriptions."""
    i = start
    while i < len(tokens) and i - start < 40:
        lower = tokens[i].lower
        if lower in BREAKS or lower in AUXILIARIES or (lower == "." and i + 1 >= len(tokens)):
            break
        if lower in SUBORDINATORS or (lower in PREPOSITIONS and lower not in _OF_NAMES):
            break
        if lower in ("in", "for", "from") and not tokens[i - 1].lower.isalpha():
            break
        following = tokens[i + 1].lower if i + 1 < len(tokens) else ""
        if lower == "in" and following in ("a", "an", "exchange", "return", "what"):
            break
        i += 1
    while i > start and not tokens[i - 1].is_word:
        i -= 1
    return i


def _listed(
    tokens: list[Token], start: int, stop: int, span: Span, mentions: Mentions
) -> list[Span]:
    """Return the people of a list at tokens start:stop: names, and descriptions without names."""
    persons = [
        m.span for m, e in mentions.inside(span, 20) if e.kind == "person" and m.kind == "name"
    ]
    end = phrase_end(tokens, start)
    described = [
        Span(tokens[a].start, tokens[b - 1].end)
        for a, b in members(tokens, start, min(end, stop))
        if is_people(tokens, a, b)
    ]
    return sorted(persons + [d for d in described if not any(d.overlaps(p) for p in persons)])
