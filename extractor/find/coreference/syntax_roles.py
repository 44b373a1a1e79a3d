"""Reads the role of a mention in its sentence off the words before and after it, without a parser.

* "speaker": subject of a verb of speech ("Smith said", "said Smith"); "subject": of another verb;
* "sub-speaker", "sub-subject": the same in a subordinate clause ("Brandt thought Smith had left");
* "opens": begins its sentence; "asked": whom somebody asks; "object", "prep": after a verb, after a
  preposition; "possessive": "Smith's"; "modifier": "the Smith campaign"; "quoted"; "other".

A "p-" before it marks a pronoun's role ("p-subject"). Roles decide how likely a later pronoun means
the entity (`antecedents`).
"""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

from extractor.language.en.lexicon import (
    ADJECTIVES,
    AUXILIARIES,
    CORE_SPEECH,
    DETERMINERS,
    FINITE_SPEECH,
    HONORIFICS,
    PERSON_NOUNS,
    PREPOSITIONS,
    SPEECH_VERBS,
)
from extractor.language.en.lists import word_set
from extractor.language.word_classes import kind_of_noun, kind_of_word

if TYPE_CHECKING:
    from extractor.find.document import Document

SUBJECTS = frozenset(("speaker", "subject", "sub-speaker", "sub-subject"))
# From the role that makes an entity most likely the next "he" to the one that makes it least.
_ORDER = (
    "speaker p-speaker subject p-subject opens p-opens asked sub-speaker p-sub-speaker sub-subject "
    "p-sub-subject p-other other p-object object p-asked prep p-prep p-possessive possessive "
    "p-modifier modifier p-quoted quoted"
).split()
SALIENCE = {role: len(_ORDER) - rank for rank, role in enumerate(_ORDER)} | {"": 0}
_SUBORDINATE = word_set("coreference.subordinators")
# Whatever verb follows what they govern is another's: "a friend of Smith said".
_SURELY_BEFORE_OBJECT = PREPOSITIONS - _SUBORDINATE - SPEECH_VERBS
_ASKING = word_set("coreference.asking-verbs")
_POSSESSIVE = word_set("closed_classes.possessive-endings")
_OWNERS = word_set("coreference.case", "his")
_MODIFIERS = frozenset(HONORIFICS) | DETERMINERS | ADJECTIVES
_NO_MODIFIERS = word_set("coreference.no-modifiers")
_PASSED = word_set("coreference.passed-adverbs")
_VERBS = word_set("coreference.common-verbs")
_FINITE = FINITE_SPEECH | AUXILIARIES | _VERBS | {"also"}
_ABBREVIATED = word_set("titles.abbreviations", "titles")
_CLOSING = frozenset("”\"’'")
_MARKS = frozenset("“”\"‘’'")
_ENDS_ASIDE = _CLOSING | frozenset(";:.,—–-")
_FAR = 30  # tokens an apposition is looked through


def lines_of(document: Document) -> list[int]:
    """Return for every sentence its line: how many sentences in the reporter's words have begun.

    Sentences wholly within a quotation belong to the line of the sentence before: however long a
    quotation is, its speaker was named one line ago. What stands in no sentence counts with the
    first.
    """
    text, quoted = document.tokens.text, document.quoted
    number, lines = 0, list[int]()
    for first, last in document.bounds:
        for k in range(first, last):
            if not quoted[k] and text[k][0].isalnum():
                number += 1
                break
        lines.append(number)
    return lines or [0]


def role_of(document: Document, first: int, last: int) -> str:
    """Return the role of the mention at tokens first:last, one of SALIENCE."""
    lower, opens = document.tokens.lower, document.opens
    if document.quoted[first]:
        return "quoted"
    after = lower[last] if last < len(lower) else "."
    if after in _POSSESSIVE and lower[first] not in ("he", "she", "it", "who"):
        return "possessive"
    if lower[first] in _OWNERS:
        return "possessive"
    k = first - 1
    while k >= 0 and first - k < 6 and k + 1 not in opens and _describes(document, k):
        k -= 1
    if lower[k] in _POSSESSIVE:
        k = _past_owner(document, k)
    before = lower[k] if k >= 0 else "."
    if before in FINITE_SPEECH and k:
        inverted = before in CORE_SPEECH and lower[k - 1] == ","  # "…, said Smith"
        inverted = inverted and not _acts(after)  # "Brandt, who is ill, said Smith had left"
        if inverted or ends_quotation(document, k - 1):
            return "speaker"
    if before in _SURELY_BEFORE_OBJECT:
        return "prep"
    verb = _verb_after(document, last)
    if not verb and before == "," and after == "," and is_verb(lower, last + 1):
        verb = _verb_after(document, last + 1)  # "the chairman, Paul Marsh, dismissed it"
    if verb:
        if before in _SUBORDINATE or before in SPEECH_VERBS:  # "Brandt thought Smith had left"
            return "sub-" + verb
        if before not in PREPOSITIONS:
            return verb
    if before in PREPOSITIONS:
        return "prep"
    if after.isalpha() and kind_of_word(after) is not None:
        return "modifier"
    if before in _ASKING:
        return "asked"
    if first in opens or k + 1 in opens:
        return "opens"
    if before in SPEECH_VERBS or before.endswith(("ed", "ing")):
        return "object"
    return "other"


def _past_owner(document: Document, k: int) -> int:
    """Return the token before a name with a possessive that ends at `k`: "after the BBC's"."""
    text, j = document.tokens.text, k - 1
    if j < 1 or not text[j][0].isupper() or j in document.opens:
        return k
    while k - j < 6 and j - 1 not in document.opens and text[j - 1][0].isupper():
        j -= 1
    return j - 1


def _describes(document: Document, k: int) -> bool:
    """Return whether token `k` may belong to a description before a name, e.g. "aide Ann Berg"."""
    word, text = document.tokens.lower[k], document.tokens.text[k]
    if word in _MODIFIERS:
        return word not in _NO_MODIFIERS
    if word == "and":  # "where Brandt and Okafor spoke": both stand in the clause
        return text[0].islower() and k > 0 and document.tokens.text[k - 1][0].isupper()
    if word == ".":
        return k > 0 and document.tokens.lower[k - 1] in _ABBREVIATED
    return word in PERSON_NOUNS or (text[0].isupper() and k not in document.opens)


def ends_quotation(document: Document, k: int) -> bool:
    """Return whether a quotation ends at token `k` or its closing marks do, e.g. `"Yes," he`."""
    quoted, text = document.quoted, document.tokens.text
    for j in range(k, k - 4 if k > 3 else -1, -1):
        if quoted[j]:
            return True
        if text[j][0].isalnum():
            return False
    return False


def _verb_after(document: Document, k: int) -> str:
    """Return "speaker" or "subject" when a verb of speech or another follows at token `k`, else "".

    Adverbs, brackets and one apposition may stand between.
    """
    lower, text, quoted = document.tokens.lower, document.tokens.text, document.quoted
    count, aside = len(lower), False
    for _ in range(6):
        if k >= count or quoted[k]:
            return ""
        kind = _kind_after(lower[k])
        if kind in ("speaker", "subject", ""):
            return kind
        if kind == "auxiliary":
            k += 1 + (k + 1 < count and lower[k + 1].endswith("ly"))
            return "speaker" if k < count and _speaks(lower[k]) else "subject"
        if kind == "adverb":
            k += 1
        elif aside:
            return ""
        elif kind == "(":
            end = min(k + 8, count)
            while k < end and text[k] != ")":
                k += 1
            k += 1
        elif kind == ",":
            k, aside = _past_aside(document, k), True
            if not k:
                return ""
        else:
            j, aside = k + 1, True
            while j < min(k + 7, count) and (text[j][0].isupper() or lower[j] in ("the", "of")):
                j += 1
            if j == k + 1:
                return ""
            k = j + (j < count and text[j] == ",")
    return ""


@lru_cache(maxsize=20_000)
def _kind_after(word: str) -> str:
    """Return the class of a word after a mention; "subject" makes the mention a verb's subject."""
    if _speaks(word):
        return "speaker"
    if word in AUXILIARIES:
        return "auxiliary"
    if (word.endswith("ly") and kind_of_noun(word) is None) or word in _PASSED:
        return "adverb"
    if word in ("(", ","):
        return word
    if word in ("—", "–", "-"):
        return ","
    if word in _POSSESSIVE or word in _VERBS or word in SPEECH_VERBS:  # "he's"
        return "subject"
    if word.endswith("ed") and len(word) > 3:
        return "subject"
    return "of" if word in ("of", "from", "for", "at") else ""


def _speaks(word: str) -> bool:
    """Return whether a word is surely a finite verb of speech, e.g. "said", not "report"."""
    return word in CORE_SPEECH or (word in FINITE_SPEECH and word.endswith("ed"))


def _acts(word: str) -> bool:
    """Return whether a word is a verb that a subject stands before, e.g. "had", "said"."""
    return word in AUXILIARIES or word in _VERBS or word in FINITE_SPEECH


def _past_aside(document: Document, k: int) -> int:
    """Return the token after the apposition that the comma at `k` opens, or 0 if none ends."""
    text, lower = document.tokens.text, document.tokens.lower
    if k + 1 >= len(text) or text[k + 1] in _MARKS or document.quoted[k + 1]:
        return 0  # words of somebody
    for j in range(k + 1, min(k + _FAR, len(text) - 1)):
        word = text[j]
        if word not in _ENDS_ASIDE or document.quoted[j]:
            continue
        if word in (";", ":"):
            return 0
        if (
            word in _CLOSING
            and text[j - 1] == ","
            and (  # "…, who calls it “a farce,” said"
                lower[j + 1] in FINITE_SPEECH or lower[j + 1] in AUXILIARIES
            )
        ):
            return j + 1
        stop = word == "." and len(lower[j - 1]) > 1 and lower[j - 1] not in _ABBREVIATED
        if stop and text[j + 1][0].isupper():
            return 0
        if word == text[k] and is_verb(lower, j + 1):
            return j + 1
    return 0


def is_verb(lower: list[str], k: int) -> bool:
    """Return whether token `k` looks like a finite verb or an adverb before one, e.g. "sharply"."""
    word = lower[k] if k < len(lower) else "."
    return word in _FINITE or word.endswith(("ed", "ly"))
