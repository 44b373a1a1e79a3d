"""The type of what is read of one action on one restriction, and the subjects of its verbs."""

from extractor.find.candidates import Action, SanctionStatement, Status
from extractor.find.document import SentenceTokens
from extractor.find.sanctions.restriction_phrases import Restriction
from extractor.frozen import frozen
from extractor.language.en.lists import word_set
from extractor.language.sentence_words import (
    AUXILIARIES,
    PREPOSITIONS,
    is_adverb,
    is_short_verb,
    subject_start,
)
from extractor.language.tokens import Token

How = str  # "active", "passive", "relative", "noun", "state", "verb": how the words are put
_BE = word_set("closed_classes.auxiliaries", "is", "be", "is-not")


@frozen
class Reading:
    """One action on one restriction, as indices of a sentence's tokens."""

    restriction: Restriction
    action: Action
    trigger: tuple[int, int]  # the words that name the action, first:last
    how: How
    on: tuple[int, int] | None = None  # whom it falls on, when that stands outside the phrase
    soft: Status | None = None  # what the trigger itself says of the status


@frozen
class StatementReading:
    """A sanction statement with its sentence and what was read in it."""

    statement: SanctionStatement
    sentence: SentenceTokens
    reading: Reading


def be_index(tokens: list[Token], i: int) -> int | None:
    """Return where "has been" before the participle at `i` begins; None when it is no passive."""
    j = i - 1
    while j >= 0 and (is_adverb(tokens[j]) or tokens[j].lower == "further"):
        j -= 1
    return auxiliaries_before(tokens, j + 1) if j >= 0 and tokens[j].lower in _BE else None


def auxiliaries_before(tokens: list[Token], i: int) -> int | None:
    """Return where the auxiliaries before the verb at `i` begin; None without any."""
    j = i - 1
    while j >= 0 and is_adverb(tokens[j]):
        j -= 1
    if j < 0 or not _is_auxiliary(tokens, j):
        return None
    while j > 0 and (_is_auxiliary(tokens, j - 1) or is_adverb(tokens[j - 1])):
        j -= 1
    return j


def _is_auxiliary(tokens: list[Token], i: int) -> bool:
    """Return whether token `i` is an auxiliary, e.g. "has", "'s" in "it's"."""
    return tokens[i].lower in AUXILIARIES or is_short_verb(tokens, i)


def passive_subject(tokens: list[Token], i: int) -> tuple[int, int] | None:
    """Return the tokens first:last of the subject of the passive participle at `i`, if any."""
    be = be_index(tokens, i)
    subject = subject_before(tokens, be) if be is not None else None
    if subject and subject[0] and tokens[subject[0] - 1].lower in PREPOSITIONS:
        return None  # "X, who died in July, was removed"
    return subject


def subject_before(tokens: list[Token], i: int) -> tuple[int, int] | None:
    """Return the tokens first:last of the noun phrase right before `i`; None without one.

    "who", "which" and a comma may stand between.
    """
    end = i
    if end > 0 and tokens[end - 1].lower in ("who", "which", "that"):
        end -= 1
    if end > 0 and tokens[end - 1].lower == ",":
        end -= 1
    start = subject_start(tokens, end)
    return (start, end) if end > start else None
