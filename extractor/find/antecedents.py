"""Whom a pronoun may mean, and how likely each is: a ranking of what was named before it.

A log-linear ranking in the spirit of Lappin and Leass (1994, "An algorithm for pronominal anaphora
resolution"): role, distance and company of each entity's mentions, with fitted weights. Where one
man and only women stand before a "he", the gender gives the answer away and what positions mean is
learned from it (tests/benchmarks/train_pronouns.py), an idea of Bergsma and Lin (2006,
"Bootstrapping path-based pronoun resolution"); passages read for it were added.
"""

from __future__ import annotations

import json
import math
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from extractor.find.features import Features, weighed
from extractor.find.positions import SALIENCE, SUBJECTS, ends_quotation, lines_of, role_of
from extractor.find.vocabulary import (
    CONJUNCTIONS,
    FINITE_SPEECH,
    PRONOUN_GENDER,
    is_first_name,
)
from extractor.find.word_classes import NEUTRAL, PLURAL, PRONOUN
from extractor.frozen import frozen

if TYPE_CHECKING:
    from collections.abc import Container, Iterator

    from extractor.find.drafts import Draft
    from extractor.find.reading import Reading

_CASE = {"he": "he", "she": "he", "they": "he", "it": "he", "somebody": "he",
         "him": "him", "them": "him", "his": "his", "her": "his", "hers": "his",
         "their": "his", "its": "his"}  # fmt: skip
_OWNING = frozenset("his her their its".split())  # may open a description: "her message"
_TAKEN_UP = {"m": "he", "f": "she"}
_PEOPLE = ("person", "unnamed", "other")
_INTRODUCING = frozenset("a an one another".split())
_REACH = 5  # lines back, chosen by hand
_NEAR = 2  # the same for "it", seldom a source and never far from what it means
_MOST = 60  # mentions back: more than so many lines hold
_MOST_BARRED = 8  # mentions of a clause that are looked at
_APART = frozenset(";:—–")
_SHORT = 4  # tokens of a phrase that a comment splits off: "Smith's own job, he said, is …"
_ANSWERS = 2.0  # added for who was asked, taken from who asked, where an answer follows
_SAME_ROLE, _OTHER_OFFICE = 5.0, 2.0  # by hand, for descriptions taken up
_OFFICES = frozenset(
    "president premier chancellor minister secretary senator congressman congresswoman governor "
    "mayor ambassador judge justice sheriff general king queen pope bishop archbishop".split()
)
# The least share of the probability, and how many times likelier than the second the best must be.
# Of hand-read training passages, left out in turn, 16 of 28 between 0.3 and 0.6 were right.
_LIKELY, _MARGIN = 0.35, 1.05
ALONE = 0.9  # that the only entity that fits is meant: 13 of 14 in the same passages


@frozen
class Past:
    """A mention before a pronoun, as later pronouns see it."""

    token: int
    line: int  # of the reporter's sentences (`positions.lines_of`)
    paragraph: int
    role: str
    order: int  # the index of its entity


@cache
def weights() -> dict[str, float]:
    """Return the fitted weights, feature -> weight."""
    path = Path(__file__).with_name("pronoun_weights.json")
    table: dict[str, float] = json.loads(path.read_text(encoding="utf-8"))["weights"]
    return table


@weighed(weights)
def _stand(place: str, case: str, back: int, best: str, last: str) -> tuple[str, ...]:
    """Where an entity's last mention stands to a pronoun.

    `place` of the pronoun: "tail" of a quotation, "opens" a sentence, "inside" one; `back`: lines
    to the last mention; `best`: its most salient role in that line; `last`: its role there.
    """
    return (
        f"{place} {case} {back} {best}", f"{place} {back} {best}", f"{back} {best}",
        f"{back} last {last}", f"{place} {case} back={back}",
    )  # fmt: skip


@weighed(weights)
def _company(place: str, case: str, rank: int, paragraphs: int, before: str) -> tuple[str, ...]:
    """What stands beside an entity's mentions: its rivals, its paragraph, its role before.

    `rank`: how many fitting entities were mentioned since; `paragraphs` back; `before`: its most
    salient role in the line before the pronoun's.
    """
    return (
        f"{place} {case} rank={rank}", f"{place} paragraphs={paragraphs}",
        f"{place} before={before}",
    )  # fmt: skip


@weighed(weights)
def _part(
    place: str, case: str, back: int, often: int, times: int, kind: str,
    unknown: bool, first: bool, spoke: bool,
) -> tuple[str, ...]:  # fmt: skip
    """What part the entity has in the article so far.

    `often`: mentions in reach; `times`: mentions so far, as a power of two; `unknown`: its gender;
    `first`: the first person in its line; `spoke`: nobody else spoke since.
    """
    found = [f"often={often}", f"times={times}", f"kind={kind}"]
    if unknown:
        found.append("gender unknown")
    if first:
        found.append(f"{place} {back} first")
    if spoke:
        found.append(f"{place} {case} spoke last")
    return tuple(found)


class History:
    """What was named so far, while the article is read from its beginning."""

    def __init__(self, reading: Reading, drafts: list[Draft]) -> None:
        self.reading, self.drafts = reading, drafts
        self.lines, self.paragraphs = lines_of(reading)
        # Captions and the like: nobody outside them means whom only they name.
        self.apart = {i for i, p in enumerate(reading.article.paragraphs) if p.kind != "body"}
        self.past: list[Past] = []
        self.times = [0] * len(drafts)  # how often each entity was named so far
        self.speaker = -1  # the entity that spoke last
        self.asked: dict[int, tuple[int, int]] = {}  # line -> who asked whom
        self.first_of: dict[int, int] = {}  # line -> the first person in it
        lower = reading.tokens.lower
        self.coming = sorted(  # the mentions: tokens first:last, entity
            [
                (first, last, order)
                for order, draft in enumerate(drafts)
                for first, last, _ in draft.mentions
            ]
        )
        self.position = 0  # of the first mention not read yet
        self.taken_up: list[Past] = []  # descriptions read as meaning somebody named before
        self._roles: dict[int, str] = {}
        self.opening = {first for first, _, _ in self.coming}
        self.found = [  # "HE", printed in capitals, may be read as a name
            (k, lower[k])
            for k in reading.tokens.all_of(PRONOUN)
            if not reading.quoted[k] and (k not in self.opening or lower[k] in _OWNING)
        ]

    def pronouns(self) -> Iterator[tuple[int, str]]:
        """Yield the pronouns outside quotations, remembering what is named before each."""
        for k, word in self.found:
            while self.position < len(self.coming) and self.coming[self.position][0] < k:
                first, last, order = self.coming[self.position]
                self.position += 1
                draft = self.drafts[order]
                if draft.kind == "place" or (draft.kind == "other" and not draft.words):
                    role = "quoted" if self.reading.quoted[first] else "other"
                else:
                    role = self.role_at(first, last)
                meant = None if role == "quoted" else self._taken_up(first, order)
                if meant is not None:
                    line, paragraph = self.lines[first], self.paragraphs[first]
                    self.taken_up.append(Past(first, line, paragraph, role, order))
                self._note(first, role, order if meant is None else meant)
            yield k, word

    def remember(self, k: int, order: int) -> None:
        """Note the pronoun at token `k` as a mention of the entity."""
        self._note(k, "p-" + role_of(self.reading, k, k + 1), order)

    def role_at(self, first: int, last: int) -> str:
        """Return the role of the mention at tokens first:last."""
        role = self._roles.get(first)
        if role is None:
            role = role_of(self.reading, first, max(last, first + 1))
            self._roles[first] = role
        return role

    def _taken_up(self, first: int, order: int) -> int | None:
        """Return whom a description such as "the candidate" takes up, for pronouns after it."""
        draft, lower = self.drafts[order], self.reading.tokens.lower
        if draft.words or not draft.described or draft.plural or lower[first] != "the":
            return None
        if lower[draft.first] in _INTRODUCING:
            return None  # "a woman … the woman": she is introduced as somebody else
        found = antecedent(self, first, _TAKEN_UP.get(draft.gender or "", "somebody"), draft)
        # "A resident left. The minister …": descriptions by different nouns are of two people.
        return found[0] if found and self.drafts[found[0]].words else None

    def _note(self, first: int, role: str, order: int) -> None:
        line = self.lines[first]
        self.times[order] += 1
        if role == "quoted":  # whom others speak of is not whom the reporter means
            return
        self.past.append(Past(first, line, self.paragraphs[first], role, order))
        if self.paragraphs[first] in self.apart:
            return
        if role == "asked":
            self.asked[line] = (self.speaker, order)
        elif role in ("speaker", "p-speaker"):
            self.speaker = order
        if role not in ("possessive", "modifier") and self.drafts[order].kind in _PEOPLE:
            self.first_of.setdefault(line, order)


def fits(draft: Draft, word: str) -> bool:
    """Tell whether number, kind and gender let the pronoun mean the entity."""
    if word in NEUTRAL:
        return draft.kind in ("body", "other", "place") and not draft.plural
    if word in PLURAL:
        return draft.plural or draft.kind == "body"
    if draft.plural or draft.kind in ("place", "body"):
        return False
    if draft.kind != "person" and not draft.words and not draft.described:
        return False  # a document, or any other thing that "said"
    gender = PRONOUN_GENDER.get(word)
    return gender is None or draft.gender is None or draft.gender == gender


def in_reach(
    history: History,
    k: int,
    reach: int = _REACH,
    word: str | None = None,
    barred: Container[int] = (),
) -> dict[int, list[Past]]:
    """Return the entities in reach of token `k`, each with its mentions, the latest first.

    Only those that `word` fits, if one is given, and none of the `barred`.
    """
    found: dict[int, list[Past] | None] = {}
    farthest = history.lines[k] - reach
    for past in history.past[: -_MOST - 1 : -1]:
        if past.line < farthest:
            break
        if past.paragraph in history.apart and past.paragraph != history.paragraphs[k]:
            continue
        order = past.order
        if order not in found:
            fitting = word is None or fits(history.drafts[order], word)
            found[order] = [past] if fitting and order not in barred else None
        elif (mentions := found[order]) is not None:
            mentions.append(past)
    return {order: mentions for order, mentions in found.items() if mentions is not None}


def shapes(
    history: History, k: int, word: str, found: dict[int, list[Past]]
) -> list[tuple[int, tuple[Features, Features, Features]]]:
    """Say for each entity of `found` how its mentions stand to the pronoun at token `k`."""
    line, paragraph = history.lines[k], history.paragraphs[k]
    place, case = _place(history.reading, k), _CASE.get(word, "self")
    out = []
    rank = 0
    for order, mentions in found.items():
        last, draft = mentions[0], history.drafts[order]
        best = before = ""
        latest = last.line
        for past in mentions:
            if past.line == latest:
                if SALIENCE[past.role] > SALIENCE[best]:
                    best = past.role
                if latest == line - 1:
                    before = best
            elif past.line != line - 1:
                break
            elif SALIENCE[past.role] > SALIENCE[before]:
                before = past.role
        given = draft.kind == "other" and draft.words and is_first_name(draft.words[0])
        back, paragraphs = line - latest, paragraph - last.paragraph
        often, times = len(mentions), history.times[order].bit_length()
        first, spoke = history.first_of.get(latest) == order, history.speaker == order
        out.append((order, (
            _stand(place, case, back, best, last.role),
            _company(place, case, rank, paragraphs if paragraphs < 3 else 3, before),
            _part(
                place if first or spoke else "", case if spoke else "", back if first else 0,
                often if often < 5 else 5, times if times < 5 else 5,
                "given name" if given else draft.kind, draft.gender is None, first, spoke,
            ),
        )))  # fmt: skip
        if rank < 3:
            rank += 1
    return out


def antecedent(
    history: History, k: int, word: str, description: Draft | None = None
) -> tuple[int, float] | None:
    """Return the entity that the pronoun at token `k` likely means, and how likely.

    None where nobody fits, or two are about as likely. With a description, whom that means.
    """
    reach = _NEAR if word in NEUTRAL else _REACH
    found = in_reach(history, k, reach, word, _barred(history, k, word))
    if len(found) < 2:
        return next(
            ((order, ALONE) for order in found if _acts(history, word, order, found[order])), None
        )
    asker, asked = _question(history, k)
    ranked = []
    for rank, (order, (stand, company, part)) in enumerate(shapes(history, k, word, found)):
        score = stand.worth + company.worth + part.worth
        if asked >= 0:
            score += _ANSWERS * ((order == asked) - (order == asker))
        if description is not None:
            score += _suits(description, history.drafts[order])
        ranked.append((score, -rank, order))
    ranked.sort(reverse=True)
    chances = [math.exp(score - ranked[0][0]) for score, _, _ in ranked]
    total = sum(chances)
    if chances[1] * _MARGIN > 1.0 or total * _LIKELY > 1.0:
        return None
    return ranked[0][2], 1.0 / total


def _suits(description: Draft, draft: Draft) -> float:
    """Return what is added for who has the role in the article, taken from who has an office."""
    if not description.heads.isdisjoint(draft.heads):
        return _SAME_ROLE
    other = not _OFFICES.isdisjoint(description.heads) and not _OFFICES.isdisjoint(draft.heads)
    return -_OTHER_OFFICE if other else 0.0


def own_description(history: History, k: int, word: str) -> int | None:
    """Return the subject of the line before that was read as meaning somebody who does not fit.

    "Ann Berg left. The minister stayed. "I will wait," he said": the minister is not Ann Berg.
    """
    for past in history.taken_up[-1:]:
        near = past.line >= history.lines[k] - 1 and past.role in SUBJECTS
        if near and fits(history.drafts[past.order], word):
            return past.order
    return None


def _acts(history: History, word: str, order: int, mentions: list[Past]) -> bool:
    """Tell whether a name of unknown kind acts as a person does, where a person is asked for."""
    draft = history.drafts[order]
    if draft.kind != "other" or word in NEUTRAL or draft.gender:
        return True
    return any(past.role.removeprefix("p-") in SUBJECTS for past in mentions)


def _place(reading: Reading, k: int) -> str:
    """Say where a pronoun stands: after a quotation, at a sentence's beginning or within it."""
    if k in reading.opens:
        return "opens"
    return "tail" if ends_quotation(reading, k - 1) else "inside"


def _question(history: History, k: int) -> tuple[int, int]:
    """Return who asked whom, when the pronoun at `k` tells who said the answer to it.

    "Brandt asked Okafor whether she would pay. "No," she said."
    """
    asked = history.asked.get(history.lines[k] - 1) if history.asked else None
    if asked is None or _place(history.reading, k) != "tail":
        return -1, -1
    return (-1, -1) if "?" in history.reading.tokens.text[max(k - 4, 0) : k] else asked


def _barred(history: History, k: int, word: str) -> set[int]:
    """Return whom the pronoun at token `k` cannot mean by the principles of binding.

    B: in "Smith urged him" the two differ. C: "Smith will lose, he said", "Smith, he said, lied",
    "Smith, whom he met": a name within what the pronoun's verb governs is not the pronoun's.
    """
    if word in ("him", "them"):
        subject = _own_subject(history, k)
        return set() if subject is None else {subject}
    lower, quoted = history.reading.tokens.lower, history.reading.quoted
    if word not in ("he", "she") or k < 2 or not history.past or quoted[k - 2]:
        return set()
    comment = lower[k - 1] == "," and lower[k + 1 : k + 2] and lower[k + 1] in FINITE_SPEECH
    if lower[k - 1] != "whom" and not (comment and lower[k + 2 : k + 3] in (["."], [","], [";"])):
        return set()
    barred = set[int]()
    for past in history.past[:-_MOST_BARRED:-1]:
        if past.line != history.lines[k]:
            break
        if past.role.startswith("p-"):  # "His goal, he said, is peace": one man
            continue
        if lower[k - 1] == "whom":
            return {past.order}
        between = lower[past.token + 1 : k - 1]
        if any(w in CONJUNCTIONS or w in _APART for w in between):
            break
        acts = past.role in ("subject", "opens")
        if acts or (len(between) < _SHORT and "," not in between):
            barred.add(past.order)
        if acts:  # "Smith is no friend, he said": neither of them
            break
    return barred


def _own_subject(history: History, k: int) -> int | None:
    """Return the subject of the clause that the object pronoun at token `k` stands in."""
    lower, line = history.reading.tokens.lower, history.lines[k]
    for past in history.past[:-8:-1]:
        if past.line != line or k - past.token > 9:
            return None
        between = lower[past.token + 1 : k]
        if any(w in CONJUNCTIONS or w in ",;:" for w in between):
            return None
        if past.role.removeprefix("p-") in SUBJECTS:
            return past.order
    return None
