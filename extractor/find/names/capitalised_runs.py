"""Finds runs of capitalised words: where a name begins and ends, and which words are titles.

* A run goes on over particles ("Jean de Berg"), abbreviations ("J. Berg"), "of" and "for" after a
  noun for a body, a place or an office ("Ministry of Defence", not "Berg of Freedonia"), and "and"
  in a body's name ("Department of Health and Welfare").
* Cut off: words that are capitalised because they open a sentence ("Yesterday"), dates ("May 5").
* Not read: bylines, credits, and headings that capitalise most words.
* Titles, offices and demonyms before a person's name are parted from it: "Mayor [Don Guardian]",
  "Secretary of State [Jane Doe]", "Russian [Ivan Petrov]".
"""

from extractor.find.document import Document
from extractor.find.drafts import LONGEST_MENTION
from extractor.frozen import frozen
from extractor.language.en.countries import is_demonym
from extractor.language.en.first_names import is_first_name
from extractor.language.en.lexicon import (
    BODY_NOUNS,
    DOCUMENT_NOUNS,
    HONORIFICS,
    MONTHS_AND_DAYS,
    PERSON_NOUNS,
    PREPOSITIONS,
    STARTERS,
)
from extractor.language.en.lists import word_set
from extractor.language.en.morphology import singular
from extractor.language.tokens import Tokens
from extractor.language.word_classes import CAPITAL

_ABBREVIATED = word_set("titles.abbreviations")

WEAK_TITLES = word_set("titles.weak")
TITLES = frozenset(HONORIFICS) - WEAK_TITLES
BODY_SUFFIXES = word_set("names.body-suffixes")
BODY_HEADS = BODY_NOUNS | word_set("names.body-heads")
PLACE_HEADS = word_set("names.place-heads")
_OF_HEADS = (
    BODY_HEADS | PLACE_HEADS | DOCUMENT_NOUNS | frozenset(HONORIFICS) | PERSON_NOUNS
) - word_set("names.of-heads-not")
_PARTIES = word_set("names.parties")
_PARTICLES = word_set("names.particles")
_JOINING = _PARTICLES | word_set("names.joining")
_NOT_LAST = word_set("names.not-last")
_LONGEST = 30  # tokens of a body's name that are read back
_MOST = 60  # tokens of a run: more are no name
_ARTICLES = word_set("names.articles")


@frozen
class Run:
    """One name as printed: tokens first:last, of which the first `titles` are titles."""

    first: int
    last: int
    titles: int
    words: tuple[str, ...]
    gender: str | None
    sure: bool  # not merely the capital of a sentence's first word


def runs(document: Document) -> list[Run]:
    """Return the names in order of the text."""
    tokens, names = document.tokens, list[Run]()
    unread = _unread_tokens(document)
    printed = set(tokens.text)
    done = 0
    for i in tokens.all_of(CAPITAL):
        if i < done or i in unread or tokens.text[i] in ("I", "I’m", "I'm"):
            continue
        done = _run_end(tokens, i)
        if tokens.end[done - 1] - tokens.start[i] <= LONGEST_MENTION:
            _trim(document, i, done, printed, names)
    return names


def _unread_tokens(document: Document) -> frozenset[int]:
    """Return the tokens of credits and bylines, and of headings that capitalise most words.

    In the former, names are not the story's; in the latter a capital means nothing.
    """
    tokens, out = document.tokens, set[int]()
    for paragraph in document.article.paragraphs:
        if paragraph.kind not in ("credit", "byline", "heading"):
            continue
        first, last = tokens.first_from(paragraph.span.start), tokens.first_from(paragraph.span.end)
        if paragraph.kind in ("credit", "byline"):
            out.update(range(first, last))
            continue
        long_words = [w for w in tokens.text[first:last] if len(w) > 3 and w[0].isalpha()]
        if sum(w[0].isupper() for w in long_words) > 0.6 * len(long_words):
            out.update(range(first, last))
    return frozenset(out)


def _run_end(tokens: Tokens, i: int) -> int:
    """Return the index after the last token of the run that starts at `i`."""
    text, lower, starts, ends = tokens.text, tokens.lower, tokens.start, tokens.end
    j = i + 1
    count = min(len(text), i + _MOST)
    while j < count:
        gap = starts[j] - ends[j - 1]
        if gap > 1:
            break  # a blank line, or more than a blank
        word = text[j]
        if gap and tokens.classes[j] & CAPITAL:
            if text[j - 1] == "." and (not _abbreviation(lower[j - 2]) or word == "I"):
                break
            j += 1
        elif word == ".":
            if gap or not _abbreviation(lower[j - 1]) or not _next_capital(tokens, j + 1):
                break
            j += 1
        elif word in _JOINING and (
            (word in _PARTICLES and _next_capital(tokens, j + 1))
            or (word in ("of", "for") and _connects(tokens, i, j))
            or (word == "and" and _body_list(tokens, i, j))
        ):
            j += 1 if lower[j + 1] != "the" else 2
        else:
            break
    while text[j - 1] in _NOT_LAST:
        j -= 1
    return j


def _abbreviation(word: str) -> bool:
    """Return whether a full stop after the word belongs to it, e.g. "J", "Gen"."""
    return len(word) == 1 or word in _ABBREVIATED


def _next_capital(tokens: Tokens, j: int) -> bool:
    """Return whether token `j` is capitalised, one blank after the token before."""
    if j >= len(tokens.text) or not tokens.classes[j] & CAPITAL:
        return False
    return tokens.start[j] - tokens.end[j - 1] == 1


def _connects(tokens: Tokens, i: int, j: int) -> bool:
    """Return whether "of" or "for" at `j` belongs to a name, e.g. "Ministry of Defence"."""
    body = any(
        w in BODY_HEADS or singular(w) in BODY_HEADS for w in tokens.lower[max(i, j - _LONGEST) : j]
    )
    if not body and (tokens.text[j] == "for" or tokens.lower[j - 1] not in _OF_HEADS):
        return False
    k = j + 2 if j + 1 < len(tokens) and tokens.lower[j + 1] == "the" else j + 1
    return _next_capital(tokens, k) and tokens.lower[k] not in MONTHS_AND_DAYS


def _body_list(tokens: Tokens, i: int, j: int) -> bool:
    """Return whether "and" at `j` stands in a body's name, e.g. "Department of Health and …"."""
    return (
        "of" in tokens.lower[max(i, j - _LONGEST) : j]
        and any(w in BODY_HEADS for w in tokens.lower[i : i + 2])
        and _next_capital(tokens, j + 1)
        and not is_first_name(tokens.text[j + 1])
    )


def _trim(document: Document, first: int, last: int, printed: set[str], names: list[Run]) -> None:
    """Cut the run at tokens first:last into names without openers of sentences and dates.

    Adds them to `names`. `printed` are all words of the article as printed: an opener that also
    stands in lower case somewhere is no name.
    """
    tokens, lower = document.tokens, document.tokens.lower
    if last - first == 1 and lower[first] == "western" and _acts_as_one(tokens, first):
        run = _titles_apart(tokens, first, last, True)
        if run:
            names.append(run)
        return
    while first < last and (
        lower[first] in STARTERS
        and lower[first] not in MONTHS_AND_DAYS
        and (first in document.opens or lower[first] in _ARTICLES)
        and not (tokens.text[first].isupper() and len(tokens.text[first]) > 1)
        and not (lower[first] in TITLES and last - first > 1)
    ):
        first += 1
        if first < last and tokens.text[first] == ".":
            first += 1
    if first >= last:
        return
    dates = [
        k
        for k in range(first, last)
        if lower[k] in MONTHS_AND_DAYS and _is_date(tokens, k, first, last)
    ]
    if dates:
        for k in dates:
            if k > first:
                _trim(document, first, k, printed, names)
            first = k + 1
        if first < last:
            _trim(document, first, last, printed, names)
        return
    sure = last - first > 1
    if not sure:
        word, opener = lower[first], first in document.opens
        if opener and ((word in printed and word[0].islower()) or word.endswith(("ly", "ing"))):
            return
        if word in STARTERS and not tokens.text[first].isupper():
            return
        sure = not (opener or is_demonym(word))
    run = _titles_apart(tokens, first, last, sure)
    if run:
        names.append(run)


def _acts_as_one(tokens: Tokens, k: int) -> bool:
    """Return whether "Western" means the countries that act together, e.g. "Western sanctions"."""
    return tokens.lower[k + 1 : k + 2] in (["sanctions"], ["embargo"], ["restrictions"])


def _is_date(tokens: Tokens, k: int, first: int, last: int) -> bool:
    """Return whether the month or weekday at `k`, in a run first:last, is a date and no name."""
    word = tokens.lower[k]
    if word in ("may", "april", "august", "june", "march", "jan", "mar", "dec", "sat", "sun"):
        before = tokens.lower[k - 1] if k else ""
        after = tokens.text[k + 1][:1] if k + 1 < len(tokens) else ""
        return last - first == 1 and (
            before in PREPOSITIONS or before in ("last", "next", "this", "late", "early", "mid")
            or after.isdigit() or (k > 0 and tokens.text[k - 1][:1].isdigit())
        )  # fmt: skip
    return True


def _titles_apart(tokens: Tokens, first: int, last: int, sure: bool) -> Run | None:
    """Return the run with titles, offices and demonyms parted from the name: "Mayor [Berg]"."""
    if last - first == 1:
        return Run(first, last, 0, (tokens.text[first],), None, sure)
    lower = tokens.lower
    split, gender = first, None
    body = lower[last - 1] in BODY_HEADS or singular(lower[last - 1]) in BODY_HEADS
    if not body or _titled(tokens, first, last):
        for k in range(first, last):
            if lower[k] in TITLES and k + 1 < last:
                split = k + 1
                gender = HONORIFICS[lower[k]] or gender
        if split < last and lower[split] in ("of", "for"):  # "Secretary of State John Kerry"
            split = _after_office(tokens, split, last)
        role = split == first and last - first > 2 and lower[first] in PERSON_NOUNS
        if role and lower[first + 1] not in ("of", "for"):
            split = first + 1  # "Prosecutor Jane Doe", at a sentence's beginning
        while split < last and tokens.text[split] in (".", "-"):
            split += 1
        if split >= last:
            split = first
        if split == first:
            split = _past_office(tokens, first, last)
        if split == first and (is_demonym(lower[first]) or lower[first] in _PARTIES):
            rest = lower[first + 1 : last]
            if is_first_name(rest[0]) and len(rest) > 1:
                split = first + 1
        if split == first and lower[last - 3] in _PARTIES and last - first > 3:
            split = last - 2 if is_first_name(lower[last - 2]) else first
    words = tuple(tokens.text[split:last])
    if "." in words or "," in words:
        words = tuple([word for word in words if word not in (".", ",")])
    if not words:
        return None
    return Run(first, last, split - first, words, gender, sure)


def _titled(tokens: Tokens, first: int, last: int) -> bool:
    """Return whether a title and a first name precede a last name, e.g. "Mayor Don Guardian"."""
    title = last - first > 2 and tokens.lower[last - 3] in TITLES
    return title and is_first_name(tokens.text[last - 2])


def _past_office(tokens: Tokens, first: int, last: int) -> int:
    """Return where the name begins after an office with "of" in it: "Chief of Staff Kate Marsh"."""
    for k in range(first + 1, last - 2):
        if tokens.lower[k] in ("of", "for") and tokens.lower[k - 1] in PERSON_NOUNS:
            split = _after_office(tokens, k, last)
            given = split < last and is_first_name(tokens.text[split])
            return split if given and last - split > 1 else first
    return first


def _after_office(tokens: Tokens, k: int, last: int) -> int:
    """Return where the name begins after "Secretary of State" or "President of the Senate"."""
    k += 2 if tokens.lower[k + 1 : k + 2] == ["the"] else 1
    for split in range(k + 1, last):
        if is_first_name(tokens.text[split]) and last - split <= 3:
            return split
    return k + 1 if last - k == 3 else last
