"""Keeps what an article has named so far, which its pronouns may mean, while it is read.

Every entity has a trail of its mentions outside quotations: lines, roles, paragraphs. What only
captions and the like name is known only within them.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cache
from itertools import chain, islice
from typing import TYPE_CHECKING, Final, NamedTuple

from extractor.article import STORY
from extractor.find.coreference.syntax_roles import SALIENCE, SUBJECTS, lines_of, role_of
from extractor.language.en.first_names import is_first_name
from extractor.language.en.lexicon import PRONOUN_GENDER
from extractor.language.en.lists import word_set
from extractor.language.word_classes import NEUTRAL, PLURAL, PRONOUN

if TYPE_CHECKING:
    from collections.abc import Container, Iterable

    from extractor.find.document import Document
    from extractor.find.drafts import Draft
    from extractor.language.kinds import EntityKind

REACH = 5  # lines back, chosen by hand
_MOST = 60  # entities back: more than so many lines hold
_LONG_AGO = -REACH - 1  # a line in nobody's reach
OFTEN = 5  # mentions; more make no difference
_OWNING = word_set("coreference.case", "his")
_PEOPLE = ("person", "unnamed", "other")
_ACTING = SUBJECTS | {f"p-{role}" for role in SUBJECTS}

PastMention = tuple[
    int, int, str, int
]  # a mention: its token, line, role, and the index of its entity


class MeantDescription(NamedTuple):
    """A description such as "the candidate" that likely means somebody named before."""

    first: int  # its tokens first:last, half-open
    last: int
    role: str
    entity: int  # its own, an index among the drafts
    meant: int  # whom it means
    likely: float  # that it does, 0 to 1


# By which pronouns an entity may be meant, as bits; by its name every one may be.
_NAMED: Final = 1
_HE: Final = 2
_SHE: Final = 4
_IT: Final = 8
_THEY: Final = 16
_FITTED = {word: _HE if gender == "m" else _SHE for word, gender in PRONOUN_GENDER.items()}
_FITTED |= dict.fromkeys(NEUTRAL, _IT) | dict.fromkeys(PLURAL, _THEY)


@dataclass(slots=True, eq=False)
class Trail:
    """The mentions of one entity so far, as far as later pronouns depend on them."""

    entity: int  # its index among the drafts
    draft: Draft
    kind: str  # as a feature
    fitted: int  # the bits of the pronouns that it fits
    lines: list[int]  # of its mentions (`syntax_roles.lines_of`), in order
    line: int  # of the last mention
    paragraph: int  # of the last mention
    role: str  # of the last mention
    best: str  # the most salient role in that line
    acted: int  # the last line that it was a subject in
    line_before: int = -1  # the line with mentions before that one
    best_before: str = ""  # the most salient role there


class History:
    """What was named so far, while the article is read from its beginning to its end."""

    def __init__(self, document: Document, drafts: list[Draft]) -> None:
        self.document, self.drafts = document, drafts
        self._lines, self._sentence = lines_of(document), document.sentence_of
        self._paragraphs = [sentence.paragraph for sentence in document.sentences] or [0]
        # Captions and the like: pronouns outside them do not mean whom only they name.
        self.apart = {i for i, p in enumerate(document.article.paragraphs) if p.kind not in STORY}
        self.past: list[PastMention] = []
        self.trails: dict[int, Trail] = {}  # of the entities, the one mentioned last at the end
        self._aside: dict[int, Trail] = {}  # the same within one caption or the like
        self._aside_at = -1  # its paragraph
        self.times = [0] * len(drafts)  # how often each entity was named so far
        self.speaker = -1  # the entity that spoke last
        self.asked: dict[int, tuple[int, int]] = {}  # line -> who asked whom
        self.first_of: dict[int, int] = {}  # line -> the first person in it
        lower = document.tokens.lower
        self.mentions = sorted(  # tokens first:last, entity
            [
                (first, last, entity)
                for entity, draft in enumerate(drafts)
                for first, last, _ in draft.mentions
            ]
        )
        self.position = 0  # of the first mention not read yet
        # The last description that was taken to mean somebody named before.
        self.taken_up: PastMention | None = None
        self.descriptions: list[MeantDescription] = []
        self._roles: dict[int, str] = {}
        self.opening = {first for first, _, _ in self.mentions}
        self.pronouns = [  # "HE", printed in capitals, may be read as a name
            (k, lower[k])
            for k in document.tokens.all_of(PRONOUN)
            if not document.quoted[k] and (k not in self.opening or lower[k] in _OWNING)
        ]

    def line_at(self, k: int) -> int:
        """Return the line of token `k` (`syntax_roles.lines_of`)."""
        return self._lines[self._sentence[k]]

    def paragraph_at(self, k: int) -> int:
        """Return the index of the paragraph of token `k`."""
        return self._paragraphs[self._sentence[k]]

    def remember(self, k: int, entity: int) -> None:
        """Add the pronoun at token `k` as a mention of the entity."""
        self.note(k, "p-" + role_of(self.document, k, k + 1), entity)

    def role_at(self, first: int, last: int) -> str:
        """Return the role of the mention at tokens first:last."""
        role = self._roles.get(first)
        if role is None:
            role = role_of(self.document, first, last if last > first else first + 1)
            self._roles[first] = role
        return role

    def note(self, first: int, role: str, entity: int) -> None:
        """Add a mention that begins at token `first` to the trail of its entity."""
        sentence = self._sentence[first]
        line, paragraph = self._lines[sentence], self._paragraphs[sentence]
        self.times[entity] += 1
        self.past.append((first, line, role, entity))
        apart = paragraph in self.apart
        trails = self._trails_within(paragraph, entity) if apart else self.trails
        acted = line if role in _ACTING else _LONG_AGO
        trail = trails.pop(entity, None)
        if trail is None:
            draft = self.drafts[entity]
            kind, fitted = _kind(draft), _fitted(draft)
            trail = Trail(entity, draft, kind, fitted, [line], line, paragraph, role, role, acted)
        else:
            if line != trail.line:
                trail.line_before, trail.best_before = trail.line, trail.best
                trail.line, trail.best = line, role
            elif SALIENCE[role] > SALIENCE[trail.best]:
                trail.best = role
            trail.lines.append(line)
            trail.paragraph, trail.role = paragraph, role
            if acted >= 0:
                trail.acted = acted
        trails[entity] = trail
        if apart:
            return
        if role == "asked":
            self.asked[line] = (self.speaker, entity)
        elif role in ("speaker", "p-speaker"):
            self.speaker = entity
        if role not in ("possessive", "modifier") and trail.draft.kind in _PEOPLE:
            self.first_of.setdefault(line, entity)

    def _trails_within(self, paragraph: int, entity: int) -> dict[int, Trail]:
        """Return the trails within one caption or the like, among them a copy of the entity's."""
        if paragraph != self._aside_at:
            self._aside, self._aside_at = {}, paragraph
        known = self.trails.get(entity)
        if known and entity not in self._aside:
            self._aside[entity] = replace(known, lines=known.lines[-OFTEN:])
        return self._aside

    def in_reach(
        self, k: int, reach: int = REACH, word: str | None = None, barred: Container[int] = ()
    ) -> list[Trail]:
        """Return the trails of the entities in reach of token `k`, the one named last first.

        `reach` in lines. Only those that `word` fits, if one is given, and none of the `barred`.
        """
        farthest = self._lines[self._sentence[k]] - reach
        wanted = _NAMED if word is None else _FITTED.get(word, _HE | _SHE)
        trails = []
        for trail in islice(self._seen_from(k), _MOST):
            if trail.line < farthest:
                break
            if trail.fitted & wanted and trail.entity not in barred:
                trails.append(trail)
        return trails

    def _seen_from(self, k: int) -> Iterable[Trail]:
        """Return the trails of whom a pronoun at token `k` may mean, the one named last first."""
        if self._aside_at != self.paragraph_at(k):
            return reversed(self.trails.values())
        aside, trails = self._aside, reversed(self.trails.values())
        return chain(reversed(aside.values()), (t for t in trails if t.entity not in aside))


def _kind(draft: Draft) -> str:
    given = draft.kind == "other" and draft.words and is_first_name(draft.words[0])
    return "given name" if given else draft.kind


def _fitted(draft: Draft) -> int:
    """Return the bits of the pronouns that may mean an entity by number, kind and gender."""
    person_like = bool(draft.words) or draft.described
    return _fitting(draft.kind, draft.plural, draft.gender, person_like)


@cache
def _fitting(kind: EntityKind, plural: bool, gender: str | None, person_like: bool) -> int:
    """Return the bits of the pronouns that fit; `person_like`: named, or described as a person."""
    if plural:
        return _NAMED | _THEY
    if kind in ("place", "body"):
        return _NAMED | _IT | _THEY * (kind == "body")
    bits = _NAMED | _IT * (kind == "other")
    if kind != "person" and not person_like:
        return bits  # a document, or any other thing that "said"
    return bits | _HE * (gender != "f") | _SHE * (gender != "m")


def fits(draft: Draft, word: str) -> bool:
    """Return whether a pronoun fits an entity's number, kind and gender, e.g. "she" a woman."""
    return bool(_fitted(draft) & _FITTED.get(word, _HE | _SHE))
