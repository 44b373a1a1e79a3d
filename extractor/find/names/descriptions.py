"""Finds descriptions that stand for somebody: "the US envoy", "a senior official", "the embassy".

A description is

* a noun for people, bodies or documents, outside quotations and names, with a determiner, a
  possessive or an adjective before it, or in the plural: "three officials", "her lawyer". Not a
  noun before another ("campaign manager"), nor a verb ("who chairs it");
* any noun that a verb of speech makes a source: "the cable said".

It joins the person whom it means (`described`), or an unnamed source with the same words; else it
is an unnamed source of its own, kept as printed and never turned into a name.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from extractor.find.drafts import LONGEST_MENTION, Description, Draft
from extractor.find.names.described import (
    PeopleByNoun,
    person_beside,
    person_of_role,
    person_self_named,
    says_what_pronoun_is,
)
from extractor.language.en.countries import lookup
from extractor.language.en.lexicon import (
    ADJECTIVE_ENDINGS,
    ADJECTIVES,
    AUXILIARIES,
    CONJUNCTIONS,
    CORE_SPEECH,
    DETERMINERS,
    FEMALE_NOUNS,
    FINITE_SPEECH,
    MALE_NOUNS,
    OBJECT_PRONOUNS,
    POSSESSIVES,
    PREPOSITIONS,
    SPEECH_VERBS,
    SUBJECT_PRONOUNS,
)
from extractor.language.en.lists import word_set
from extractor.language.en.morphology import singular
from extractor.language.tokens import Tokens
from extractor.language.word_classes import PERSON, SPEAKING, SPEECH, kind_of_noun, kind_of_word

if TYPE_CHECKING:
    from extractor.find.document import Document

_BOUNDARY = (
    (PREPOSITIONS | CONJUNCTIONS | AUXILIARIES | OBJECT_PRONOUNS | SUBJECT_PRONOUNS)
    - word_set("names.within-descriptions")
) | word_set("names.description-ends")
_BARE = word_set("names.bare-nouns")
_OPENERS = DETERMINERS | POSSESSIVES
_ENDINGS = word_set("closed_classes.possessive-endings")
_DEFINITE = word_set("names.definite") | POSSESSIVES
_RELATIVES = word_set("closed_classes.conjunctions", "relative")
_VERBS_TOO = word_set("names.verbs-too")
_PRONOUN_LIKE = word_set("names.pronoun-like")

_ASIDE = 25  # tokens between the commas of an aside
_OWNERS = 8  # possessives in a row that are read: "his mother's cousin's lawyer"
_MOST = 50  # unnamed sources of one noun that a definite phrase is compared with, the latest


def phrase_before(document: Document, k: int) -> tuple[int, int] | None:
    """Return the tokens first:last of the description right before the name at token `k`.

    E.g. "human rights group" before a group's name; with a comma only a definite one: "the
    country's president, John Smith", "the special envoy for Freedonia, Jane Doe".
    """
    tokens = document.tokens
    if k < 1:
        return None
    head, comma = k - 1, tokens.text[k - 1] == ","
    if not comma and not tokens.classes[head] & (PERSON | SPEAKING):
        return None
    if comma:
        head = k - 2
        for j in range(k - 3, max(k - 7, 0), -1):
            if tokens.lower[j] in ("for", "of", "to") and tokens.text[j + 1][0].isalnum():
                if tokens.classes[j - 1] & (PERSON | SPEAKING):
                    head = j - 1
                    break
            elif not (tokens.text[j][0].isupper() or tokens.lower[j] == "the"):
                break
    kind = kind_of_word(tokens.lower[head]) if head >= 0 else None
    if kind not in ("person", "body"):
        return None
    if comma and kind == "body" and tokens.text[head][0].isupper():
        return None  # a name of its own: "asked about the White House, Smith said"
    first = _left_edge(tokens, head)
    if comma and tokens.lower[first] not in _DEFINITE and not _owned(tokens, first, head):
        return None
    return (first, k) if first <= head else None


def _owned(tokens: Tokens, first: int, head: int) -> bool:
    """Return whether a possessive stands in the phrase, e.g. "Freedonia's president"."""
    return not _ENDINGS.isdisjoint(tokens.text[first:head])


def apposition_after(document: Document, k: int) -> tuple[int, int] | None:
    """Return the tokens first:last of a description after a comma: ", a former adviser,"."""
    tokens = document.tokens
    count = len(tokens.text)
    if k + 1 >= count or tokens.text[k] != ",":
        return None
    for j in range(k + 1, min(k + 10, count)):
        word = tokens.lower[j]
        if not word[0].isalnum() and word not in ("'s", "’s", "'", "’"):
            return None
        if word in AUXILIARIES or word in _RELATIVES or word in CORE_SPEECH:
            return None
        if j > k + 1 and (word in PREPOSITIONS or word in CONJUNCTIONS):
            return None
        if kind_of_word(word) in ("person", "body") and (
            j + 1 >= count
            or not tokens.text[j + 1][0].isalpha()
            or tokens.lower[j + 1] in PREPOSITIONS
            or tokens.lower[j + 1] in ("who", "and", "that", "whose")
            or tokens.lower[j + 1].endswith(("ed", "ing"))
        ):
            opens = tokens.lower[k + 1]
            fits = opens in DETERMINERS or opens in POSSESSIVES or tokens.lower[j] != opens
            return (k + 1, j + 1) if fits or j == k + 1 else None
    return None


def _left_edge(tokens: Tokens, head: int, owners: int = _OWNERS) -> int:
    """Return the first token of the noun phrase that ends with the noun `head`.

    With a determiner or a possessive it reaches up to seven words back; without one only over
    words that look like adjectives, and a country or name that stands right before.
    """
    lower, starts, ends = tokens.lower, tokens.start, tokens.end
    first = head
    while first > 0 and head - first < 7:
        word = lower[first - 1]
        if starts[first] - ends[first - 1] > 1:
            break
        if word in _OPENERS:
            return first - 1
        if word in _ENDINGS and (len(word) == 2 or lower[first - 2].endswith("s")):
            return _possessor(tokens, first - 1, owners)
        if not word[0].isalpha() or word in _BOUNDARY:
            break
        if word in FINITE_SPEECH and not word.endswith("ing"):
            break
        first -= 1
    first = head
    while first > 0 and starts[first] - ends[first - 1] <= 1:
        word = lower[first - 1]
        fits = word in ADJECTIVES or (word.endswith(ADJECTIVE_ENDINGS) and len(word) > 4)
        if not (fits or lookup(word)) or word in _BOUNDARY:
            break
        first -= 1
    return first


def _possessor(tokens: Tokens, k: int, owners: int) -> int:
    """Return the first token of the possessor ending with token `k`: "his mother's cousin's"."""
    first = k
    while first > 0 and k - first < 5:
        word = tokens.text[first - 1]
        if not (word[0].isupper() or tokens.lower[first - 1] in ("the", "of")):
            break
        first -= 1
    while tokens.lower[first] == "of":
        first += 1
    if first == k:
        first = _left_edge(tokens, k - 1, owners - 1) if k and owners else k
    return first


def _right_edge(tokens: Tokens, head: int) -> int:
    """Return the end of the phrase with its place or body: "the embassy in Freedonia"."""
    last = head + 1
    if last < len(tokens) and tokens.lower[last] in ("of", "in", "for", "at"):
        k = last + 1
        if k < len(tokens) and tokens.lower[k] == "the":
            k += 1
        start = k
        while k < len(tokens) and tokens.text[k][0].isupper() and k - start < 5:
            k += 1
        if k > start:
            return k
    return last


def find_phrases(document: Document) -> list[Description]:
    """Return the descriptions by nouns for people, bodies and documents, in order."""
    tokens, phrases = document.tokens, list[Description]()
    text, lower, classes, quoted = tokens.text, tokens.lower, tokens.classes, document.quoted
    count = len(text)
    for head in tokens.all_of(PERSON | SPEAKING):
        word = lower[head]
        if quoted[head] or (len(word) < 3 and word not in ("ad", "mp")):
            continue
        if text[head][0].isupper() and head not in document.opens:
            continue
        if head + 1 < count and tokens.start[head + 1] == tokens.end[head] + 1:
            if text[head + 1][0].isupper() and classes[head] & PERSON:
                continue  # the role of the name that follows
            noun = classes[head + 1] & (PERSON | SPEAKING)
            if noun and lower[head + 1] not in SPEECH_VERBS:
                continue  # a noun before another: "campaign manager"
        if _is_verb(tokens, head):
            continue
        first = _left_edge(tokens, head)
        if _stands_for_somebody(tokens, first, head, singular(word)):
            phrases.append(Description(first, _right_edge(tokens, head), head))
    return phrases


def _is_verb(tokens: Tokens, head: int) -> bool:
    """Return whether a noun may be a relative clause's verb, e.g. "who chairs it"."""
    lower = tokens.lower
    if singular(lower[head]) not in _VERBS_TOO or head + 1 >= len(lower):
        return False
    k, following = head - 1, lower[head + 1]
    if k > 0 and (lower[k].endswith("ly") or lower[k] in ("also", "now", "still", "then", "once")):
        k -= 1
    if k < 1 or lower[k] not in ("who", "which", "that"):
        return False
    if following in FINITE_SPEECH or following in AUXILIARIES or following in SPEECH_VERBS:
        return False  # "who police say fled"
    return lower[k] != "that" or not (
        lower[k - 1] in SPEECH_VERBS or lower[head] == singular(lower[head])
    )


def find_speaking(document: Document, taken: set[int]) -> list[Description]:
    """Return the phrases of any noun that a verb of speech makes a source: "the cable said".

    `taken` are the tokens of other mentions.
    """
    tokens, phrases = document.tokens, list[Description]()
    for verb in tokens.all_of(SPEECH):
        if document.quoted[verb] or not verb:
            continue
        head, aside = verb - 1, False
        while head > 0 and (tokens.lower[head] in AUXILIARIES or tokens.lower[head].endswith("ly")):
            head -= 1
        if tokens.text[head] == ",":
            head, aside = _before_aside(tokens, head), True
        noun = tokens.lower[head]
        if head in taken or document.quoted[head] or not noun[0].isalpha() or _contracted(noun):
            continue  # a contraction too: "that he'd said"
        if noun in _PRONOUN_LIKE:
            phrases.append(Description(head, head + 1, head))
            continue
        first = _left_edge(tokens, head)
        if (
            first < head
            and noun not in _BOUNDARY
            and (
                tokens.lower[first] in POSSESSIVES
                if aside
                else tokens.lower[first] in DETERMINERS or tokens.lower[first] in POSSESSIVES
            )
        ):
            phrases.append(Description(first, head + 1, head))
    return phrases


def _before_aside(tokens: Tokens, k: int) -> int:
    """Return the token before the aside that the comma at `k` closes: "His fixer, asked why, …"."""
    for j in range(k - 1, max(k - _ASIDE, 0), -1):
        if tokens.text[j] == ",":
            return j - 1
        if tokens.text[j] in ".;:?!":
            break
    return k


def _contracted(word: str) -> bool:
    """Return whether a word has an apostrophe, e.g. "he'd"."""
    return "'" in word or "’" in word


def _stands_for_somebody(tokens: Tokens, first: int, head: int, noun: str) -> bool:
    """Return whether the phrase first:head, with its noun at `head`, is a description.

    E.g. "the envoy", "police", "Berg's lawyer", "officials", "US envoy"; not "envoy" alone, nor a
    verb ("did report"). `noun` is the head in the singular.
    """
    word, opener = tokens.lower[head], tokens.lower[first]
    if word in SPEECH_VERBS and (first == head or opener in AUXILIARIES):
        return False
    if opener in _OPENERS or word in _BARE:
        return True
    if "'s" in tokens.text[first:head] or "’s" in tokens.text[first:head]:
        return True
    if word != noun:  # a plural
        return True
    return first < head and (tokens.text[first][0].isupper() or kind_of_noun(noun) == "person")


def add(document: Document, drafts: list[Draft]) -> None:
    """Add the descriptions to the entities they describe, or as unnamed sources."""
    tokens = document.tokens
    people = people_of(drafts)
    starting = {first: d for d in people for first, _, _ in d.mentions}
    ending = {last: d for d in people for _, last, _ in d.mentions}
    unnamed: dict[str, Draft] = {}
    by_head: dict[str, list[Draft]] = {}  # unnamed sources by their noun
    people_by_noun = PeopleByNoun(people)
    phrases = find_phrases(document)
    taken = {k for p in phrases for k in range(p.first, p.last)}
    for d in drafts:
        for first, last, _ in d.mentions:
            taken.update(range(first, last))
    phrases = sorted(phrases + find_speaking(document, taken))
    for phrase in phrases:
        length = tokens.end[phrase.last - 1] - tokens.start[phrase.first]
        if length > LONGEST_MENTION or says_what_pronoun_is(tokens, phrase.first):
            continue
        noun = singular(tokens.lower[phrase.head])
        kind = kind_of_noun(noun)
        plural = tokens.lower[phrase.head] != noun and kind == "person"
        if kind == "person" and not plural:
            draft = (
                person_beside(document, phrase, starting, ending)
                or person_self_named(document, phrase, starting)
                or person_of_role(tokens, phrase, noun, people_by_noun)
            )
            if draft:
                draft.mentions.append((phrase.first, phrase.last, "nominal"))
                continue
        words = [w for w in tokens.lower[phrase.first : phrase.last] if w not in DETERMINERS]
        key = " ".join(words)
        draft = unnamed.get(key) if words else None
        if draft is None and tokens.lower[phrase.first] in _DEFINITE:
            latest = by_head.get(noun, [])[-_MOST:]
            draft = next((d for d in reversed(latest) if d.heads.issuperset(words)), None)
        if draft is None:
            gender = "f" if noun in FEMALE_NOUNS else "m" if noun in MALE_NOUNS else None
            start, end = tokens.start[phrase.first], tokens.end[phrase.last - 1]
            draft = Draft(
                (), kind if kind in ("body", "other") else "unnamed",
                _as_name(document.article.text[start:end]), [], [phrase.first], gender, plural,
                heads=frozenset((noun, *words)), described=kind == "person",
            )  # fmt: skip
            drafts.append(draft)
            by_head.setdefault(noun, []).append(draft)
        unnamed[key] = draft
        draft.mentions.append((phrase.first, phrase.last, "nominal"))


def _as_name(phrase: str) -> str:
    """Return a description as it is listed: "U.S. embassy", but "a senior official"."""
    article, _, rest = phrase.partition(" ")
    return " ".join(rest.split()) if article.lower() == "the" and rest else " ".join(phrase.split())


def people_of(drafts: list[Draft]) -> list[Draft]:
    """Return the entities that a description of a person can mean."""
    return [d for d in drafts if d.kind in ("person", "other") and d.words]
