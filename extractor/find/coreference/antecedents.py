"""Ranks the entities that a pronoun may mean by how likely it means each.

Candidates are the entities named in the last five lines that fit in number, kind and gender. A
log-linear ranking in the spirit of Lappin and Leass (1994, "An algorithm for pronominal anaphora
resolution") weighs the roles of their mentions, how far back these are and what was named since.
Left out are entities that the principles of binding exclude ("Smith urged him", "Smith, he said,
lied"). No answer is given when the best is not clearly likelier than the second.

The weights are fitted by tests/benchmarks/training/pronouns.py on passages where the gender gives
the answer away (one man and only women before a "he"), an idea of Bergsma and Lin (2006,
"Bootstrapping path-based pronoun resolution"), and on passages read by hand.
"""

from __future__ import annotations

import json
from bisect import bisect_left
from functools import cache
from math import exp
from operator import add
from pathlib import Path
from typing import TYPE_CHECKING

from extractor.find.coreference.discourse import OFTEN, REACH, MeantDescription, fits
from extractor.find.coreference.syntax_roles import SUBJECTS, ends_quotation
from extractor.language.en.lexicon import CONJUNCTIONS, FINITE_SPEECH
from extractor.language.en.lists import word_labels, word_set
from extractor.language.log_linear import Features, weighed
from extractor.language.word_classes import NEUTRAL

if TYPE_CHECKING:
    from collections.abc import Iterator

    from extractor.find.coreference.discourse import History, Trail
    from extractor.find.document import Document
    from extractor.find.drafts import Draft

_CASE = word_labels("coreference.case")
_PRONOUN_OF = {"m": "he", "f": "she"}
_INTRODUCING = word_set("coreference.introducing-determiners")
_NEAR = 2  # the same for "it", seldom a source and never far from what it means
_MOST_BARRED = 8  # mentions of a clause that are looked at
_APART = frozenset(";:—–")
_SHORT = 4  # tokens of a phrase that a comment splits off: "Smith's own job, he said, is …"
_ANSWERS = 2.0  # added for who was asked, taken from who asked, where an answer follows
_SAME_ROLE, _OTHER_OFFICE = 5.0, 2.0  # by hand, for descriptions taken up
_OFFICES = word_set("titles.offices")
# The least share of the probability, and how many times likelier than the second the best must be.
# Of hand-read training passages, left out in turn, 16 of 28 between 0.3 and 0.6 were right.
_LIKELY, _MARGIN = 0.35, 1.05
ALONE = 0.9  # that the only entity that fits is meant: 13 of 14 in the same passages


@cache
def weights() -> dict[str, float]:
    """Return the fitted weights, feature -> weight."""
    path = Path(__file__).with_name("pronoun_weights.json")
    table: dict[str, float] = json.loads(path.read_text(encoding="utf-8"))["weights"]
    return table


@weighed(weights)
def _distance(place: str, case: str, back: int, best: str, last: str) -> tuple[str, ...]:
    """Features of where an entity's last mention stands to a pronoun.

    `place` of the pronoun: "tail" of a quotation, "opens" a sentence, "inside" one; `back`: lines
    to the last mention; `best`: its most salient role in that line; `last`: its role there.
    """
    return (
        f"{place} {case} {back} {best}", f"{place} {back} {best}", f"{back} {best}",
        f"{back} last {last}", f"{place} {case} back={back}",
    )  # fmt: skip


@weighed(weights)
def _rivals(place: str, case: str, rank: int, paragraphs: int, before: str) -> tuple[str, ...]:
    """Features of an entity's rivals, its paragraph, and its role in the line before.

    `rank`: how many fitting entities were mentioned since; `paragraphs` back; `before`: its most
    salient role in the line before the pronoun's.
    """
    return (
        f"{place} {case} rank={rank}", f"{place} paragraphs={paragraphs}",
        f"{place} before={before}",
    )  # fmt: skip


@weighed(weights)
def _salience(
    place: str, case: str, back: int, often: int, times: int, kind: str,
    unknown: bool, first: bool, spoke: bool,
) -> tuple[str, ...]:  # fmt: skip
    """Features of how much the article has been about an entity so far.

    `often`: mentions in reach; `times`: mentions so far, as a power of two; `unknown`: its gender;
    `first`: the first person in its line; `spoke`: nobody else spoke since.
    """
    features = [f"often={often}", f"times={times}", f"kind={kind}"]
    if unknown:
        features.append("gender unknown")
    if first:
        features.append(f"{place} {back} first")
    if spoke:
        features.append(f"{place} {case} spoke last")
    return tuple(features)


def pronouns_of(history: History) -> Iterator[tuple[int, str]]:
    """Yield the pronouns outside quotations in order, each as its token and word.

    Changes the history: when a pronoun is yielded, it holds the mentions before that pronoun.
    """
    for k, word in history.pronouns:
        _read_up_to(history, bisect_left(history.mentions, (k,), history.position))
        yield k, word
    _read_up_to(history, len(history.mentions))


def _read_up_to(history: History, position: int) -> None:
    """Add the mentions before a position to the history, and whom descriptions among them mean."""
    document = history.document
    quoted, lower = document.quoted, document.tokens.lower
    since, history.position = history.position, position
    for first, last, entity in history.mentions[since:position]:
        if quoted[first]:  # whom others speak of is not whom the reporter means
            history.times[entity] += 1
            continue
        draft = history.drafts[entity]
        thing = draft.kind == "place" or (draft.kind == "other" and not draft.words)
        role = "other" if thing else history.role_at(first, last)
        if draft.described and lower[first] == "the":
            taken = _taken_up(history, first, draft)
            if taken is not None:
                history.taken_up = first, history.line_at(first), role, entity
                meant = MeantDescription(first, last, role, entity, *taken)
                history.descriptions.append(meant)
                entity = meant.meant  # noqa: PLW2901 (whom it means is whom later ones mean)
        history.note(first, role, entity)


def _taken_up(history: History, first: int, description: Draft) -> tuple[int, float] | None:
    """Return the named entity that a description such as "the candidate" means, and how likely.

    None where it is not clear.
    """
    if description.words or description.plural:
        return None
    if history.document.tokens.lower[description.named[0]] in _INTRODUCING:
        return None  # "a woman … the woman": she is introduced as somebody else
    word = _PRONOUN_OF.get(description.gender or "", "somebody")
    likeliest = antecedent(history, first, word, description)
    # "A resident left. The minister …": descriptions by different nouns are of two people.
    return likeliest if likeliest and history.drafts[likeliest[0]].words else None


def candidate_features(
    history: History, k: int, word: str, trails: list[Trail], reach: int = REACH
) -> list[tuple[Features, Features, Features]]:
    """Return for each entity of `trails` the features of its being meant by the pronoun at `k`."""
    line, paragraph = history.line_at(k), history.paragraph_at(k)
    place, case = _place(history.document, k), _CASE.get(word, "self")
    speaker, times, first_of = history.speaker, history.times, history.first_of
    farthest, rank = line - reach, 0
    out = []
    for trail in trails:
        entity, lines, best = trail.entity, trail.lines, trail.best
        back, before = line - trail.line, ""
        if back == 1:
            before = best
        elif back == 0 and trail.line_before == line - 1:
            before = trail.best_before
        paragraphs = paragraph - trail.paragraph
        often, many = len(lines) - bisect_left(lines, farthest), times[entity].bit_length()
        first, spoke = first_of.get(trail.line) == entity, speaker == entity
        out.append((
            _distance(place, case, back, best, trail.role),
            _rivals(place, case, rank, paragraphs if paragraphs < 3 else 3, before),
            _salience(
                place if first or spoke else "", case if spoke else "", back if first else 0,
                often if often < OFTEN else OFTEN, many if many < 5 else 5,
                trail.kind, trail.draft.gender is None, first, spoke,
            ),
        ))  # fmt: skip
        if rank < 3:
            rank += 1
    return out


def antecedent(
    history: History, k: int, word: str, description: Draft | None = None
) -> tuple[int, float] | None:
    """Return the entity that the pronoun at token `k` likely means, and how likely.

    None where nobody fits, or two are about as likely. With a description, whom that means.
    The entity is given by its index among the drafts; the likelihood is 0 to 1.
    """
    reach = _NEAR if word in NEUTRAL else REACH
    trails = history.in_reach(k, reach, word, _barred(history, k, word))
    if len(trails) < 2:
        alone = trails and _acts(trails[0], word, history.line_at(k) - reach)
        return (trails[0].entity, ALONE) if alone else None
    scores = [
        distance.worth + rivals.worth + salience.worth
        for distance, rivals, salience in candidate_features(history, k, word, trails, reach)
    ]
    asker, asked = _question(history, k)
    if asked >= 0:
        answering = [_ANSWERS * ((t.entity == asked) - (t.entity == asker)) for t in trails]
        scores = list(map(add, scores, answering))
    if description is not None:
        scores = list(map(add, scores, [_suits(description, t.draft) for t in trails]))
    ranked = sorted(scores, reverse=True)
    best = ranked[0]
    chances = [exp(score - best) for score in ranked]
    total = sum(chances)
    if chances[1] * _MARGIN > 1.0 or total * _LIKELY > 1.0:
        return None
    return trails[scores.index(best)].entity, 1.0 / total


def _suits(description: Draft, draft: Draft) -> float:
    """Return what an entity's score gains by having the role described, or loses by another."""
    if not description.heads.isdisjoint(draft.heads):
        return _SAME_ROLE
    other = not _OFFICES.isdisjoint(description.heads) and not _OFFICES.isdisjoint(draft.heads)
    return -_OTHER_OFFICE if other else 0.0


def misread_description(history: History, k: int, word: str) -> int | None:
    """Return the description that was taken to mean somebody, where the pronoun shows it did not.

    "Ann Berg left. The minister stayed. "I will wait," he said": the minister is not Ann Berg.
    """
    if history.taken_up is None:
        return None
    _, line, role, entity = history.taken_up
    near = line >= history.line_at(k) - 1 and role in SUBJECTS
    return entity if near and fits(history.drafts[entity], word) else None


def _acts(trail: Trail, word: str, farthest: int) -> bool:
    """Return whether the entity may be meant by a pronoun for people though its kind is unknown.

    So it may where it was the subject of a verb in reach.
    """
    draft = trail.draft
    return draft.kind != "other" or word in NEUTRAL or bool(draft.gender) or trail.acted >= farthest


def _place(document: Document, k: int) -> str:
    """Return where a pronoun stands: "tail" of a quotation, "opens" a sentence, or "inside" one."""
    if k in document.opens:
        return "opens"
    return "tail" if ends_quotation(document, k - 1) else "inside"


def _question(history: History, k: int) -> tuple[int, int]:
    """Return who asked whom, when the pronoun at `k` is the speaker of an answer; else (-1, -1).

    "Brandt asked Okafor whether she would pay. "No," she said."
    """
    asked = history.asked.get(history.line_at(k) - 1) if history.asked else None
    if asked is None or _place(history.document, k) != "tail":
        return -1, -1
    return (-1, -1) if "?" in history.document.tokens.text[max(k - 4, 0) : k] else asked


def _barred(history: History, k: int, word: str) -> set[int]:
    """Return the entities that the pronoun at token `k` cannot mean, by the principles of binding.

    B: in "Smith urged him" the two differ. C: "Smith will lose, he said", "Smith, he said, lied",
    "Smith, whom he met": a name within what the pronoun's verb governs is not the pronoun's.
    """
    if word in ("him", "them"):
        subject = _own_subject(history, k)
        return set() if subject is None else {subject}
    lower, quoted = history.document.tokens.lower, history.document.quoted
    if word not in ("he", "she") or k < 2 or not history.past or quoted[k - 2]:
        return set()
    comment = lower[k - 1] == "," and lower[k + 1 : k + 2] and lower[k + 1] in FINITE_SPEECH
    if lower[k - 1] != "whom" and not (comment and lower[k + 2 : k + 3] in (["."], [","], [";"])):
        return set()
    barred, here = set[int](), history.line_at(k)
    for token, line, role, entity in history.past[:-_MOST_BARRED:-1]:
        if line != here:
            break
        if role.startswith("p-"):  # "His goal, he said, is peace": one man
            continue
        if lower[k - 1] == "whom":
            return {entity}
        between = lower[token + 1 : k - 1]
        if any(w in CONJUNCTIONS or w in _APART for w in between):
            break
        acts = role in ("subject", "opens")
        if acts or (len(between) < _SHORT and "," not in between):
            barred.add(entity)
        if acts:  # "Smith is no friend, he said": neither of them
            break
    return barred


def _own_subject(history: History, k: int) -> int | None:
    """Return the subject of the clause that the object pronoun at token `k` stands in."""
    lower, here = history.document.tokens.lower, history.line_at(k)
    for token, line, role, entity in history.past[:-8:-1]:
        if line != here or k - token > 9:
            return None
        between = lower[token + 1 : k]
        if any(w in CONJUNCTIONS or w in ",;:" for w in between):
            return None
        if role.removeprefix("p-") in SUBJECTS:
            return entity
    return None
