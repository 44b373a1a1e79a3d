"""How likely a verb reports something, and where what it reports ends: two fitted tables.

Which words are cues no list can say ("the poll shows", "she fears", "he backed"), so each verb with
a subject is weighed by its own form, by what follows it and by what its subject is; and each place
where the content may end (a comma, a conjunction, a preposition) by what stands on both sides. Both
are logistic models over sparse features, fitted on annotated news by
tests/benchmarks/train_reports.py; report_weights.json holds features and weights, no sentence.
"""

import json
import math
from collections.abc import Iterator
from functools import cache, lru_cache
from pathlib import Path

from extractor.answer.evidence import Evidence
from extractor.find.candidates import Entity, Mention
from extractor.find.tokens import Tokens
from extractor.find.vocabulary import (
    AUXILIARIES,
    CONJUNCTIONS,
    DETERMINERS,
    FINITE_SPEECH,
    MONTHS_AND_DAYS,
    OBJECT_PRONOUNS,
    POSSESSIVES,
    PREPOSITIONS,
    SUBJECT_PRONOUNS,
)

MARKS = frozenset(",;:—–-(")
LONGEST = 120  # tokens of a content that are read
_OPENERS = ("that", "to", "if", "whether", "how", "what", "why", "for", "as", "about", "of")
_PLAIN = (
    PREPOSITIONS
    | CONJUNCTIONS
    | SUBJECT_PRONOUNS
    | OBJECT_PRONOUNS
    | AUXILIARIES
    | frozenset("that what why how there not you himself herself themselves".split())
)
_BORDERS = PREPOSITIONS | CONJUNCTIONS | frozenset("who which".split())
_SIZES = (2, 4, 7, 12, 20, 35)
_SIZE_OF = [sum(count > most for most in _SIZES) for count in range(37)]


@cache
def weights(table: str) -> dict[str, float]:
    """Return the weights of "cue" or "end"."""
    path = Path(__file__).with_name("report_weights.json")
    tables: dict[str, dict[str, float]] = json.loads(path.read_text(encoding="utf-8"))["weights"]
    return tables[table]


def chance(table: dict[str, float], features: list[str]) -> float:
    """Return the probability that a table gives to what has these features."""
    known = table.get
    score = sum([known(feature, 0.0) for feature in features])
    return 1.0 / (1.0 + math.exp(-max(-30.0, min(30.0, score))))


@lru_cache(maxsize=20_000)
def stem(word: str) -> str:
    """Return a verb form without its ending, roughly: says, saying -> say; backed -> back."""
    for ending in ("ing", "ied", "ies", "ed", "es", "s", "d", "e"):
        if word.endswith(ending) and len(word) - len(ending) >= 2:
            return word[: -len(ending)].rstrip("ey")
    return word.rstrip("y") or word


def word_class(tokens: Tokens, quoted: list[bool], k: int, stop: int) -> str:
    """Return a function word itself, and of any other what kind of word it looks like."""
    if k >= stop:
        return "¶"
    if quoted[k]:
        return "quoted"
    return _class_of(tokens.text[k])


@lru_cache(maxsize=20_000)
def _class_of(text: str) -> str:
    word = text.lower()
    if word in _PLAIN:
        return word
    if word in DETERMINERS or word in POSSESSIVES:
        return "det"
    if not word[0].isalnum():
        return '"' if word in "\"“”'‘’" else word
    if word[0].isdigit():
        return "num"
    if word in MONTHS_AND_DAYS:
        return "day"
    if text[0].isupper():
        return "Cap"
    if word in FINITE_SPEECH:
        return "speech"
    return next((end for end in ("ing", "ed", "ly", "s") if word.endswith(end)), "word")


def _size(count: int) -> int:
    return _SIZE_OF[count] if count < len(_SIZE_OF) else len(_SIZES)


def cue_features(
    evidence: Evidence, k: int, way: str, who: tuple[Mention, Entity] | None, stop: int
) -> list[str]:
    """Return what is known of a verb at token `k`.

    `way` is how it stands to its subject ("subject", "inverted", ", -", "and -"), `who` is that
    subject where it stands in the same clause.
    """
    tokens, quoted = evidence.tokens, evidence.reading.quoted
    word = tokens.lower[k]
    root = stem(word)
    following = word_class(tokens, quoted, k + 1, stop)
    second = word_class(tokens, quoted, k + 2, stop)
    before = tokens.lower[k - 1] if k else "¶"
    before = before if before in AUXILIARIES or before in ("to", "not") else "-"
    subject = f"{who[1].kind} {who[0].kind}" if who else "far"
    soon = "that" in tokens.lower[k + 1 : min(k + 7, stop)]
    form = next((end for end in ("ing", "ed", "s") if word.endswith(end)), "-")
    return [
        "bias",
        f"verb {word}",
        f"verb {word} {way}",
        f"root {root}",
        f"root {root} {following}",
        f"way {way}",
        f"way {way} {form} {following}",
        f"next {following}",
        f"next {following} {second}",
        f"before {before}",
        f"before {before} {form} {way}",
        f"root {root} {before}",
        f"who {subject}",
        f"who {subject} {way} {following}",
        f"root {root} {who[1].kind if who else 'far'}",
        f"that {soon} {way}",
        f"left {_size(stop - k)}",
    ]


def shape_features(
    evidence: Evidence, cue: int, way: str, place: str, first: int, last: int
) -> list[str]:
    """Return what the content at tokens first:last tells of its cue; `place` is where it stands."""
    tokens, quoted = evidence.tokens, evidence.reading.quoted
    root = stem(tokens.lower[cue])
    opening = word_class(tokens, quoted, first, last)
    finite = any(
        tokens.lower[i] in AUXILIARIES or tokens.lower[i] in FINITE_SPEECH
        for i in range(first, min(last, first + LONGEST))
    )
    size = _size(last - first)
    return [
        f"stands {place} {way}",
        f"root {root} {place}",
        f"size {size} {place}",
        f"opens {opening} {place} {finite}",
        f"finite {finite} {place} {size}",
        f"root {root} {finite}",
        f"root {root} {min(size, 3)} {place}",
    ]


def content_end(evidence: Evidence, cue: int, edge: int, stop: int) -> tuple[int, float]:
    """Return the token at which the content that begins at token `edge` ends, and how likely.

    The content may end at every border; that it ends at one means that it did not before.
    """
    table = weights("end")
    going_on = 1.0
    for j, features in end_features(evidence, cue, edge, stop):
        going_on *= 1.0 - chance(table, features)
        if going_on < GOES_ON:
            return j, 1.0 - going_on
    return stop, going_on


GOES_ON = 0.5


def borders(tokens: Tokens, quoted: list[bool], edge: int, stop: int) -> Iterator[int]:
    """Yield the tokens at which a content that begins at token `edge` may end."""
    for j in range(edge + 1, stop - 1):
        border = tokens.text[j] in MARKS or tokens.lower[j] in _BORDERS
        if border and not quoted[j] and tokens.text[j - 1] not in MARKS:
            yield j


def end_features(
    evidence: Evidence, cue: int, edge: int, stop: int
) -> Iterator[tuple[int, list[str]]]:
    """Yield the borders of a content with what is known of each."""
    tokens, quoted = evidence.tokens, evidence.reading.quoted
    root = stem(tokens.lower[cue])
    opening = word_class(tokens, quoted, edge, stop)
    head = opening if opening in _OPENERS or opening == "quoted" else "phrase"
    finite, at = False, edge
    commas = 0
    for j in borders(tokens, quoted, edge, stop):
        finite = finite or any(
            tokens.lower[i] in AUXILIARIES or tokens.lower[i] in FINITE_SPEECH for i in range(at, j)
        )
        at = j
        mark = tokens.text[j] in MARKS
        border = tokens.text[j] if mark else tokens.lower[j]
        one = word_class(tokens, quoted, j + 1, stop)
        two = word_class(tokens, quoted, j + 2, stop)
        both = f"{border} {one}"
        last = "quoted" if quoted[j - 1] or tokens.text[j - 1] in "\"”'’" else "-"
        following = one if tokens.text[j + 1][0].isupper() else stem(tokens.lower[j + 1])
        named = evidence.named_at(j + 1)
        verb = named and evidence.subject_of(evidence.ends_at(j + 1), stop) is not None
        yield (
            (
                j,
                [
                    "bias",
                    f"at {border}",
                    f"at {both}",
                    f"at {both} {two}",
                    f"at {both} {head}",
                    f"at {both} {head} {finite}",
                    f"at {border} {head} {finite}",
                    f"root {root} {'mark' if mark else border}",
                    f"root {root} {border} {finite}",
                    f"size {_size(j - edge)} {border}",
                    f"size {_size(j - edge)} {head}",
                    f"left {_size(stop - j)} {border}",
                    f"last {last} {border}",
                    f"last {last} {both}",
                    f"new {named} {verb} {border}",
                    f"new {verb} {head} {border} {finite}",
                    f"commas {min(commas, 3)} {border}",
                    f"next root {following} {border}",
                ],
            )
        )
        commas += border == ","
