"""Two models: how likely a verb reports something, and where what it reports ends.

* No list can hold all cues ("the poll shows", "she fears", "he backed"), so each verb with a
  subject is weighed by its form, by what follows it and by its subject.
* Each place where the content may end (a comma, a conjunction, a preposition) is weighed by what
  stands on both sides of it.

Both are logistic models over sparse features, fitted on annotated news by
tests/benchmarks/training/reports.py; reported_speech_weights.json holds features and weights, no
sentence of an article.
"""

import json
import math
from collections.abc import Iterator
from functools import cache, lru_cache
from pathlib import Path

from extractor.find.candidates import Entity, Mention
from extractor.language.en.lexicon import (
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
from extractor.language.en.lists import word_set, word_tuple
from extractor.language.log_linear import Features, weighed
from extractor.language.tokens import Tokens
from extractor.rules.attribution.context import AttributionContext

MARKS = frozenset(",;:—–-(")
LONGEST = 120  # tokens of a content that are read
_OPENERS = word_tuple("attribution.content-openers")
_PLAIN = (
    PREPOSITIONS
    | CONJUNCTIONS
    | SUBJECT_PRONOUNS
    | OBJECT_PRONOUNS
    | AUXILIARIES
    | word_set("attribution.plain-besides")
)
_BORDERS = PREPOSITIONS | CONJUNCTIONS | MARKS | word_set("attribution.border-relatives")
_FINITE = AUXILIARIES | FINITE_SPEECH
_CLOSING = frozenset("\"”’'")
_GOES_ON = 0.5
_MOST = 5_000  # groups of features of one kind that are remembered
_SIZES = (2, 4, 7, 12, 20, 35)
_SIZE_OF = [sum(count > most for most in _SIZES) for count in range(37)]


@cache
def weights(table: str) -> dict[str, float]:
    """Return feature -> weight of one of the two models, "cue" or "end"."""
    path = Path(__file__).with_name("reported_speech_weights.json")
    tables: dict[str, dict[str, float]] = json.loads(path.read_text(encoding="utf-8"))["weights"]
    return tables[table]


def worth_of(groups: tuple[Features, ...]) -> float:
    """Return the sum of the weights of groups of features."""
    worth = 0.0
    for group in groups:
        worth += group.worth
    return worth


def chance(worth: float) -> float:
    """Return the probability that a sum of weights gives."""
    if not -30.0 < worth < 30.0:
        worth = 30.0 if worth > 0.0 else -30.0
    return 1.0 / (1.0 + math.exp(-worth))


@lru_cache(maxsize=20_000)
def stem(word: str) -> str:
    """Return a verb form without its ending, roughly: says, saying -> say; backed -> back."""
    for ending in ("ing", "ied", "ies", "ed", "es", "s", "d", "e"):
        if word.endswith(ending) and len(word) - len(ending) >= 2:
            return word[: -len(ending)].rstrip("ey")
    return word.rstrip("y") or word


def word_class(tokens: Tokens, quoted: list[bool], k: int, stop: int) -> str:
    """Return the class of token `k`: a function word itself, else the kind of word it looks like.

    "¶" at `stop` and beyond, "quoted" inside a quotation.
    """
    if k >= stop:
        return "¶"
    if quoted[k]:
        return "quoted"
    return _class_of(tokens.text[k])


@lru_cache(maxsize=20_000)
def _form(word: str) -> str:
    """Return the ending of a verb: "ing", "ed", "s", or "-" without one."""
    return next((end for end in ("ing", "ed", "s") if word.endswith(end)), "-")


@lru_cache(maxsize=20_000)
def _class_of(text: str) -> str:
    """Return a function word in lower case, any other word's kind: "Cap", "num", "ed", "word"."""
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
    """Return the class of a number of tokens, 0 (at most two) to 6 (more than 35)."""
    return _SIZE_OF[count] if count < len(_SIZE_OF) else len(_SIZES)


# --- cues --------------------------------------------------------------------------------


def cue_features(
    context: AttributionContext, k: int, way: str, who: tuple[Mention, Entity] | None, stop: int
) -> tuple[Features, ...]:
    """Return the features of the verb at token `k`; nothing from token `stop` on is read.

    `way` is how it stands to its subject ("subject", "inverted", ", -", "and -"), `who` that
    subject where it stands in the same clause.
    """
    tokens, quoted = context.tokens, context.document.quoted
    lower = tokens.lower
    word = lower[k]
    root, form = stem(word), _form(word)
    following = word_class(tokens, quoted, k + 1, stop)
    second = word_class(tokens, quoted, k + 2, stop)
    before = lower[k - 1] if k else "¶"
    before = before if before in AUXILIARIES or before in ("to", "not") else "-"
    soon = "that" in lower[k + 1 : min(k + 7, stop)]
    return (
        _verb(word, root, way),
        _verb_goes_on(root, way, form, following),
        _next(following, second),
        _verb_after(root, before, form, way),
        _subject(who[1].kind if who else "far", who[0].kind if who else "", root, way, following),
        _in_sentence(soon, way, _size(stop - k)),
    )


def _cue_weights() -> dict[str, float]:
    return weights("cue")


@weighed(_cue_weights, _MOST)
def _verb(word: str, root: str, way: str) -> tuple[str, ...]:
    """Return the features of the verb itself."""
    return ("bias", f"verb {word}", f"verb {word} {way}", f"root {root}", f"way {way}")


@weighed(_cue_weights, _MOST)
def _verb_goes_on(root: str, way: str, form: str, following: str) -> tuple[str, ...]:
    """Return the features of the verb with the class of the next word."""
    return (f"root {root} {following}", f"way {way} {form} {following}", f"next {following}")


@weighed(_cue_weights, _MOST)
def _next(following: str, second: str) -> tuple[str, ...]:
    """Return the feature of the classes of the next two words."""
    return (f"next {following} {second}",)


@weighed(_cue_weights, _MOST)
def _verb_after(root: str, before: str, form: str, way: str) -> tuple[str, ...]:
    """Return the features of the verb with the auxiliary before it."""
    return (f"before {before}", f"before {before} {form} {way}", f"root {root} {before}")


@weighed(_cue_weights, _MOST)
def _subject(entity: str, mention: str, root: str, way: str, following: str) -> tuple[str, ...]:
    """Return the features of the subject: what its entity and its mention are."""
    subject = f"{entity} {mention}" if mention else entity
    return (f"who {subject}", f"who {subject} {way} {following}", f"root {root} {entity}")


@weighed(_cue_weights, _MOST)
def _in_sentence(soon: bool, way: str, left: int) -> tuple[str, ...]:
    """Return the features of a "that" soon after, and of how much of the sentence is left."""
    return (f"that {soon} {way}", f"left {left}")


def shape_features(
    context: AttributionContext, cue: int, way: str, place: str, first: int, last: int
) -> tuple[Features, ...]:
    """Return the features that the content at tokens first:last gives the verb at `cue`.

    `place` is where the content stands to it: "before", "after" or "both".
    """
    tokens, quoted = context.tokens, context.document.quoted
    opening = word_class(tokens, quoted, first, last)
    finite = not _FINITE.isdisjoint(tokens.lower[first : min(last, first + LONGEST)])
    size = _size(last - first)
    return (
        _stands(way, place, opening, finite, size),
        _verb_stands(stem(tokens.lower[cue]), place, finite, size),
    )


@weighed(_cue_weights, _MOST)
def _stands(way: str, place: str, opening: str, finite: bool, size: int) -> tuple[str, ...]:
    """Return the features of where the content stands, how it opens and how long it is."""
    return (
        f"stands {place} {way}", f"size {size} {place}", f"opens {opening} {place} {finite}",
        f"finite {finite} {place} {size}",
    )  # fmt: skip


@weighed(_cue_weights, _MOST)
def _verb_stands(root: str, place: str, finite: bool, size: int) -> tuple[str, ...]:
    """Return the features of the verb with the place and length of its content."""
    return (f"root {root} {place}", f"root {root} {finite}", f"root {root} {min(size, 3)} {place}")


# --- where contents end ------------------------------------------------------------------


def content_end(context: AttributionContext, cue: int, edge: int, stop: int) -> tuple[int, float]:
    """Return the token at which a content that begins at token `edge` ends, and how likely.

    It may end at each border: the first at which it has ended with more than even odds counts,
    else `stop`.
    """
    going_on = 1.0
    for j, features in end_features(context, cue, edge, stop):
        going_on *= 1.0 - chance(worth_of(features))
        if going_on < _GOES_ON:
            return j, 1.0 - going_on
    return stop, going_on


def end_features(
    context: AttributionContext, cue: int, edge: int, stop: int
) -> Iterator[tuple[int, tuple[Features, ...]]]:
    """Yield the borders of a content that begins at token `edge`, each with its features.

    A border is a token at which the content may end: a mark, a preposition or a conjunction.
    """
    tokens, quoted = context.tokens, context.document.quoted
    text, lower = tokens.text, tokens.lower
    root = stem(lower[cue])
    opening = word_class(tokens, quoted, edge, stop)
    head = opening if opening in _OPENERS or opening == "quoted" else "phrase"
    finite, at, commas = False, edge, 0
    for j in range(edge + 1, stop - 1):
        border = lower[j]
        if border not in _BORDERS or quoted[j] or text[j - 1] in MARKS:
            continue
        finite = finite or not _FINITE.isdisjoint(lower[at:j])
        at = j
        first = word_class(tokens, quoted, j + 1, stop)
        second = word_class(tokens, quoted, j + 2, stop)
        last = "quoted" if quoted[j - 1] or text[j - 1] in _CLOSING else "-"
        following = first if text[j + 1][0].isupper() else stem(lower[j + 1])
        named = context.named_at(j + 1)
        verb = named and context.subject_of(context.ends_at(j + 1), stop) is not None
        yield (
            j,
            (
                _border(border, first, second, last),
                _border_of(border, first, head, finite),
                _verb_ends(root, border, finite),
                _sizes(border, head, _size(j - edge), _size(stop - j)),
                _clause(border, head, finite, named, verb, commas if commas < 3 else 3),
                _goes_on_with(border, following),
            ),
        )
        commas += border == ","


def _end_weights() -> dict[str, float]:
    return weights("end")


@weighed(_end_weights, _MOST)
def _border(border: str, first: str, second: str, last: str) -> tuple[str, ...]:
    """Return the features of a border with the words on both sides of it."""
    return (
        "bias", f"at {border}", f"at {border} {first}", f"at {border} {first} {second}",
        f"last {last} {border}", f"last {last} {border} {first}",
    )  # fmt: skip


@weighed(_end_weights, _MOST)
def _border_of(border: str, first: str, head: str, finite: bool) -> tuple[str, ...]:
    """Return the features of a border with how the content opens and whether it has a verb."""
    return (
        f"at {border} {first} {head}", f"at {border} {first} {head} {finite}",
        f"at {border} {head} {finite}",
    )  # fmt: skip


@weighed(_end_weights, _MOST)
def _verb_ends(root: str, border: str, finite: bool) -> tuple[str, ...]:
    """Return the features of a border with the verb that reports."""
    mark = border in MARKS
    return (f"root {root} {'mark' if mark else border}", f"root {root} {border} {finite}")


@weighed(_end_weights, _MOST)
def _sizes(border: str, head: str, size: int, left: int) -> tuple[str, ...]:
    """Return the features of how long the content is at a border, and how much is left."""
    return (f"size {size} {border}", f"size {size} {head}", f"left {left} {border}")


@weighed(_end_weights, _MOST)
def _clause(
    border: str, head: str, finite: bool, named: bool, verb: bool, commas: int
) -> tuple[str, ...]:
    """Return the features of a new clause at a border, with a name or a subject and verb."""
    return (
        f"new {named} {verb} {border}", f"new {verb} {head} {border} {finite}",
        f"commas {commas} {border}",
    )  # fmt: skip


@weighed(_end_weights, _MOST)
def _goes_on_with(border: str, following: str) -> tuple[str, ...]:
    """Return the feature of the word after a border."""
    return (f"next root {following} {border}",)
