"""Resolves the pronouns outside quotations: each joins its likely antecedent, or none.

* "who" means whom it follows: "Smith, who", "Smith, an adviser, who";
* a pronoun soon after "who" in its clause means the same: "Smith, who lost his seat";
* any other means the likeliest entity before it (`antecedents`);
* where none is likely, the subject of the main clause behind: "When he spoke, Smith said".

Descriptions that a sentence begins with ("the governor said") join whom they likely mean, too. A
subject pronoun that nobody fits is kept as an unnamed source. Before all that, people whose
gender is unknown get that of the pronouns that likely mean them ("Smith said he").
"""

from __future__ import annotations

from bisect import bisect_left
from typing import TYPE_CHECKING

from extractor.find.coreference.antecedents import (
    ALONE,
    antecedent,
    misread_description,
    pronouns_of,
)
from extractor.find.coreference.discourse import History, fits
from extractor.find.coreference.syntax_roles import SUBJECTS
from extractor.find.drafts import Draft
from extractor.language.en.lexicon import CONJUNCTIONS, FINITE_SPEECH, PRONOUN_GENDER
from extractor.language.en.lists import word_set

if TYPE_CHECKING:
    from extractor.find.candidates import MentionKind
    from extractor.find.document import Document

_BY_SUBJECT = word_set("coreference.pronouns-by-subject")
_ASIDE = frozenset(",-–—(")  # may stand between a name and "who"
_CLAUSE = 5  # tokens from "who" to a pronoun that its clause holds
_FAR = 25  # tokens an apposition, or a clause before the main one, is looked through
_CLEAR = 0.6  # by hand: how likely a description means somebody to be taken for him
_OPENERS = word_set("closed_classes.adverbial-openers")


def add(document: Document, drafts: list[Draft]) -> dict[int, float]:
    """Add the pronouns outside quotations as mentions of their likely antecedents.

    Returns token -> how likely it means that entity, 0 to 1, for every pronoun that is resolved.
    """
    history = History(document, drafts)
    learn_gender(history)
    unresolved: list[tuple[int, str]] = []
    chances: dict[int, float] = {}
    for k, word in pronouns_of(history):
        resolved = resolve(history, k, word)
        if resolved is not None:
            entity, likely = resolved
            history.remember(k, entity)
            if k not in history.opening:
                drafts[entity].mentions.append((k, k + 1, "pronoun"))
                chances[k] = likely
            elif word in ("his", "her") and _own_words(history, k, drafts[entity]):
                chances[k] = likely
        elif word in ("he", "she", "they", "who"):
            unresolved.append((k, word))
    _join_descriptions(history, chances)
    _keep_unresolved(drafts, unresolved)
    return chances


def resolve(history: History, k: int, word: str) -> tuple[int, float] | None:
    """Return the index of the entity that the pronoun at token `k` means, and how likely.

    None where it is not clear.
    """
    if word == "who":
        entity = _named_before(history, k)
        return None if entity is None else (entity, ALONE)
    entity = _subject_of_relative(history, k, word)
    if entity is not None:
        return entity, ALONE
    likeliest = antecedent(history, k, word)
    if likeliest is None and word in ("he", "she"):
        entity = misread_description(history, k, word)
        if entity is None:
            entity = _named_after(history, k, word)
        return None if entity is None else (entity, ALONE)
    return likeliest


def _named_before(history: History, k: int) -> int | None:
    """Return whom the "who" at token `k` follows: a name, or a name and its apposition."""
    lower, line, fallback = history.document.tokens.lower, history.line_at(k), None
    for first, last, entity in reversed(
        history.mentions[max(history.position - 8, 0) : history.position]
    ):
        if history.line_at(first) != line or k - last > _FAR:
            return fallback
        if k - last <= (lower[k - 1] in _ASIDE):
            kind = history.drafts[entity].kind
            if kind == "body" and lower[k - 1] == ",":
                fallback = entity  # unless it ends somebody's description
                continue
            return entity if kind != "place" else None
        if history.drafts[entity].kind != "person":
            continue
        end = _past_place(history.document, last)
        aside = lower[k - 1] == "," and lower[end] == "," and "," not in lower[end + 1 : k - 1]
        if aside:
            return entity
        if lower[last] not in ("of", "in", "for", "at", "from"):
            return fallback
    return fallback


def _past_place(document: Document, k: int) -> int:
    """Return the token after the place of a name that ends at `k`: "Marsh of Freedonia,"."""
    text, lower = document.tokens.text, document.tokens.lower
    j = k + 1
    if lower[k] not in ("of", "from"):
        return k
    while j < min(k + 4, len(text)) and text[j][0].isupper():
        j += 1
    return j if j > k + 1 and j < len(text) and text[j] == "," else k


def _subject_of_relative(history: History, k: int, word: str) -> int | None:
    """Return whom "who" means right before: "Smith, who lost his seat", "who says she won"."""
    if word not in _BY_SUBJECT or not history.past:
        return None
    (token, *_, entity), lower = history.past[-1], history.document.tokens.lower
    if lower[token] != "who" or k - token > _CLAUSE:
        return None
    between = lower[token + 1 : k]
    if not between or any(not w[0].isalpha() or w in CONJUNCTIONS for w in between):
        return None
    if word == "her" and not lower[k + 1 : k + 2][0][0].isalpha():
        return None  # "who beat her."
    return entity if fits(history.drafts[entity], word) else None


def _named_after(history: History, k: int, word: str) -> int | None:
    """Return the subject that a clause before the main one speaks of: "When he spoke, Smith …"."""
    document, lower = history.document, history.document.tokens.lower
    start = document.tokens.first_from(document.sentences[document.sentence_of[k]].span.start)
    if k - start > 4 or lower[start] not in _OPENERS:
        return None
    for first, last, entity in history.mentions[history.position : history.position + 8]:
        if first - k > _FAR or document.sentence_of[first] != document.sentence_of[k]:
            return None
        draft = history.drafts[entity]
        person = draft.kind == "person" and fits(draft, word)
        if person and "," in lower[max(first - 5, k) : first]:
            return entity if history.role_at(first, last) in SUBJECTS else None
    return None


def _own_words(history: History, k: int, owner: Draft) -> bool:
    """Make "her message" at token `k` a mention of the owner, if that is a person.

    Returns whether it was made one.
    """
    _, last, entity = history.mentions[bisect_left(history.mentions, (k,))]
    draft = history.drafts[entity]
    if draft.kind != "other" or draft.words or owner.kind != "person":
        return False
    draft.mentions.remove((k, last, "nominal"))
    owner.mentions.append((k, last, "nominal"))
    return True


def _join_descriptions(history: History, chances: dict[int, float]) -> None:
    """Make descriptions mentions of the people whom they likely mean: "the governor said".

    Only the subjects of a clause, which may speak. Adds to the `chances`.
    """
    gone: dict[int, set[int]] = {}  # entity -> first tokens of mentions that are another's now
    for description in history.descriptions:
        first, last, role, entity, meant, likely = description
        person = history.drafts[meant]
        if likely >= _CLEAR and role in SUBJECTS and person.kind == "person":
            person.mentions.append((first, last, "nominal"))
            chances[first] = likely
            gone.setdefault(entity, set()).add(first)
    for entity, firsts in gone.items():
        draft = history.drafts[entity]
        draft.mentions = [mention for mention in draft.mentions if mention[0] not in firsts]


def _keep_unresolved(drafts: list[Draft], unresolved: list[tuple[int, str]]) -> None:
    """Add subject pronouns without an antecedent as unnamed sources."""
    for k, word in unresolved:
        mentions: list[tuple[int, int, MentionKind]] = [(k, k + 1, "pronoun")]
        gender, plural = PRONOUN_GENDER.get(word), word == "they"
        drafts.append(Draft((), "unnamed", word, mentions, [k], gender, plural))


def learn_gender(history: History) -> None:
    """Give people without known gender that of the pronouns that likely mean them.

    Pronouns count in two places: after the first person of a sentence, its subject, with no other
    in between ("Smith said he"); and in a sentence that names only one person.
    """
    document, drafts = history.document, history.drafts
    lower, quoted = document.tokens.lower, document.quoted
    people: dict[int, list[tuple[int, int, int]]] = {}  # sentence -> tokens first:last, entity
    for first, last, entity in history.mentions:
        draft = drafts[entity]
        if not quoted[first] and not draft.plural and draft.kind in ("person", "unnamed"):
            people.setdefault(document.sentence_of[first], []).append((first, last, entity))
    votes: dict[int, list[int]] = {}
    for k, word in history.pronouns:
        gender, named = PRONOUN_GENDER.get(word), people.get(document.sentence_of[k])
        if not gender or not named or named[0][0] > k or drafts[named[0][2]].gender is not None:
            continue
        first, last, entity = named[0]
        alone = all(other == entity for *_, other in named)
        near = all(other == entity for place, _, other in named if place < k)
        near = near and history.role_at(first, last) in SUBJECTS and lower[k - 1] not in _OPENERS
        if alone or near:
            spoken = near and lower[k - 1] in FINITE_SPEECH
            subject = word in ("he", "she")  # "Smith said his …" is less sure than "Smith said he"
            weight = 1 + (near and not spoken) + 3 * (spoken and subject)
            votes.setdefault(entity, [0, 0])[gender == "f"] += weight
    for entity, (male, female) in votes.items():
        if max(male, female) > 2 * min(male, female):
            drafts[entity].gender = "f" if female > male else "m"
    for draft in drafts:
        if draft.gender is None and draft.kind == "person" and len(draft.words) > 1:
            given = draft.words[0]
            if given.endswith("a") and len(given) > 3:
                draft.gender = "f"  # for want of anything better: many women's names end so
