"""Dismisses stretches in quotation marks that are nobody's words, and says what they are.

* a title: `the film "Dark River"`, `"Dark River," a novel`;
* a nickname: `John "Johnny" Smith`;
* a slogan: `a "Vote Berg" sign`; a term: `the so-called "grey list"`;
* a scare quote: a few words where nothing in the sentence attributes words to anyone.

Never dismissed: continued and unclosed stretches, halves of an utterance, those in which somebody
says "we", those that fill their paragraph or stand in a headline.

A log-linear classifier decides by features of the words beside the marks, of capitals, and of cues
in the sentence (dismissal_features.py). Its weights are fitted on annotated news
(tests/benchmarks/training/dismissal.py) and kept in dismissal_weights.json. What is dismissed
stands in the audit with its reason; what is kept is the less sure the likelier it is nobody's. The
annotated news count titles inside reported words as quotations ("he wrote a memo titled …"), so
these are kept too. The attribution's confidence is no feature: cross-validated, it added nothing.
"""

import json
import re
from collections.abc import Iterable
from functools import cache, lru_cache
from math import exp
from pathlib import Path

from extractor.find.candidates import QuotationCandidate
from extractor.find.inventory import Inventory
from extractor.frozen import frozen
from extractor.language.en.lists import word_set
from extractor.language.en.morphology import both_numbers
from extractor.language.word_lists import alternatives
from extractor.rules.attribution.dismissal_features import (
    GOODS,
    PEOPLE_OF_WORKS,
    WORKS,
    CueTable,
    by_last_word,
    features_of,
    mark_within,
)
from extractor.text.spans import Span

MAX_SCARE_WORDS = 3  # that the rule for scare quotes looks at
MAX_WORDS = 8  # more are somebody's words, 170 to 1 in PolNeAR's training set, but for titles
MAX_TITLE_WORDS = 16
MAX_TITLE_LETTERS = 120
MAX_HEADLINE = 200  # characters of a paragraph
# Log odds; a chance of 0.43. By `training.dismissal --folds 4` on PolNeAR's training set the F1 is
# best so: 119 of 8,284 quotations are lost, 59 in a hundred others dismissed; at 0.5 it is 91, 51.
THRESHOLD = -0.3
_SLOGAN_FEATURES = ("near=slogan", "near=goods", "after=goods", "after=slogan", "first=#")
_TERM_FEATURES = ("near=term", "near=known", "after=term", "before=known")
_TITLE_FEATURES = (
    "near=work", "near=titled", "near=people of works", "near=broadcast", "near=document",
    "after=work", "after=people of works", "after=document",
)  # fmt: skip
_WINDOW = 100  # characters read on each side of the marks

_LITTLE_WORDS = word_set("attribution.lower-case-in-titles")
_FIRST_OR_SECOND = word_set("attribution.first-or-second-person")
_SPEAKERS = word_set("attribution.first-person-subjects")
# works that have a title, and people who stand to one as host to show
_WORK = alternatives(both_numbers(WORKS | {"video game", "videogame", "talk show"}))
_PERSON_OF_WORK = "(?:co-)?" + f"(?:{alternatives(both_numbers(PEOPLE_OF_WORKS | {'episode'}))})"
_WORK_BEFORE = re.compile(rf"\b(?:{_WORK}),?\s+$", re.I)
_TITLED_BEFORE = re.compile(r"\b(?:titled|entitled)[,:]?\s+$", re.I)
_PERSON_BEFORE = re.compile(
    rf"\b(?:{_PERSON_OF_WORK}|broadcast|revival|season \w+) (?:of|on) (?:[A-Z]+['’]s )?(?:the )?$"
)
# "on NBC's", "CNN", "the Science Channel's"
_BROADCASTER_BEFORE = re.compile(
    r"\b(?:[A-Z]{3,6}|News|Network|Channel|Radio|Television|TV)(?:['’]s?)?\s+"
    r"(?:(?:show|program|programme|series|podcast),?\s+)?$"
)
_SHOWN_BEFORE = re.compile(r"\b(?:on|starr(?:ed|ing) in|appeared on|host(?:s|ed|ing)?) $")
_WORK_AFTER = re.compile(rf"\s+(?:[a-z]+ )?(?:{_WORK}|{_PERSON_OF_WORK})\b")
_WORK_IN_APPOSITION = re.compile(
    rf"\s+(?:a|an|the|his|her|its|their) (?:[\w-]+ ){{0,4}}?(?:{_WORK})\b"
)
_GOODS_AFTER = re.compile(
    rf"\s+(?:[\w-]+ )?(?:{alternatives(both_numbers(GOODS))})\b",
    re.I,
)
_NAME_BEFORE = re.compile(r"(?:^|[^.!?]\s|^)\b[A-Z][\w'’.-]*[a-z]\s$")
_NAME_AFTER = re.compile(r"\s[A-Z][a-z]+(?:[A-Z][a-z]+)?\b")
_WITHIN_BEFORE = re.compile(r"\b[Ii]n $")
# "her", "the mayor's", "casts him as a": the words may well be those of the one meant
_POSSESSIVE_BEFORE = re.compile(r"(?:\bas an?|['’]s?|\b(?:his|her|their|its|my|our))\s+$")
_SO_CALLED = re.compile(r"\bso[- ]called\b")
_SO_CALLED_BEFORE = re.compile(r"\bso[- ]called\s+$", re.I)

_WORD = re.compile(r"[^\W_]+(?:['’.-][^\W_]+)*")
_LOWER = re.compile(r"[a-z]+")
_IN_MARKS = re.compile(r"[\"“„«][^\"“”„«»]*[\"”“»]|''.*?''")

_BEGINNINGS = word_set("attribution.beginnings-of-attributing-words")
_WHOLE = word_set("attribution.short-attributing-words")
_LONGEST, _SHORTEST = 10, 4
_NEAR = 600  # characters of a sentence that are read on each side of a stretch


@frozen
class DismissalEvidence:
    """The features by which a stretch is dismissed or kept."""

    features: list[str]
    ruled: str | None  # what it is by the words beside the marks alone: "title", …
    written: str  # how its words are capitalised, see `how_written`


@cache
def _table() -> tuple[dict[str, float], CueTable]:
    """Return the fitted weights by feature, and how surely each cue attributes."""
    path = Path(__file__).with_name("dismissal_weights.json")
    table = json.loads(path.read_text(encoding="utf-8"))
    return table["weights"], by_last_word(table["cues"])


def why_no_quotation(inventory: Inventory, quotation: QuotationCandidate) -> str | None:
    """Return why a stretch in marks is nobody's words: "title", "nickname", "slogan", "term",
    "scare quote"; None when it may be somebody's.

    Continued and unclosed stretches, and halves, are never dismissed.
    """
    return judge(inventory, quotation)[0]


def judge(inventory: Inventory, quotation: QuotationCandidate) -> tuple[str | None, float]:
    """Return why a stretch is nobody's words, if it is, and how likely it is somebody's, 0 to 1."""
    weights, cues = _table()
    evidence = evidence_of(inventory, quotation, cues)
    if evidence is None:
        return None, 1.0
    score = sum([weights.get(feature, 0.0) for feature in evidence.features])
    likely = 1.0 / (1.0 + exp(min(score, 50.0)))
    if score < THRESHOLD:
        return None, likely
    return _reason(inventory, quotation, evidence), likely


def evidence_of(
    inventory: Inventory, quotation: QuotationCandidate, cues: CueTable
) -> DismissalEvidence | None:
    """Return the features of a stretch; None for one that is never dismissed.

    `cues`: how surely words attribute (see `by_last_word`).
    """
    if len(quotation.spans) > 1 or not quotation.closed or quotation.half_of:
        return None
    words = inventory.text_of(quotation.spans[0])
    count = words.count(" ") + 1
    if len(words) > MAX_TITLE_LETTERS or count > MAX_TITLE_WORDS:
        return None
    if count > MAX_WORDS and not is_title_cased(words):
        return None
    written = how_written(words)
    if written == "none":
        return None
    if mark_within(inventory, quotation) == ",":
        words = words.removesuffix(",") + ","
    ruled, shown = _ruled(inventory, quotation, words, written)
    if ruled not in ("title", "slogan") and _is_utterance(inventory, quotation, words):
        return None
    features = features_of(inventory, quotation, written, cues)
    features += [f"ruled={ruled} {shown}", f"speaks={_speaks(words)}"]
    return DismissalEvidence(features, ruled, written)


def _ruled(
    inventory: Inventory, quotation: QuotationCandidate, words: str, written: str
) -> tuple[str | None, str]:
    """Return what a stretch is by the words beside its marks alone, and which words show it."""
    text, paragraph = inventory.article.text, inventory.article.paragraphs[quotation.paragraph].span
    start, end = quotation.outer
    before = text[max(paragraph.start, start - _WINDOW) : start]
    after = text[end : min(paragraph.end, end + _WINDOW)]
    if written == "title":
        shown = _title_beside(words, before, after)
        if shown:
            return "title", shown
        if _is_nickname(words, before, after):
            return "nickname", "names around"
    if _GOODS_AFTER.match(after) and words[-1] not in ",.":
        return "slogan", "goods after"
    if words.count(" ") >= MAX_SCARE_WORDS:
        return None, ""
    if _ends(before, _POSSESSIVE_BEFORE, 5):  # "as an", "their"
        return None, ""
    if not _is_scare_quote(inventory, quotation, words):
        return None, ""
    if _ends(before, _SO_CALLED_BEFORE, 9):
        return "term", "so-called before"
    return "scare quote", "nothing attributes"


def _ends(before: str, pattern: re.Pattern[str], most: int) -> bool:
    """Return whether a pattern matches at the end of `before`, at most `most` characters of it.

    Only the last characters are searched, since a search for an end tries every place.
    """
    return pattern.search(before, max(len(before.rstrip()) - most, 0)) is not None


def _reason(
    inventory: Inventory, quotation: QuotationCandidate, evidence: DismissalEvidence
) -> str:
    """Return what a dismissed stretch is, by the strongest of its features."""
    if evidence.ruled in ("title", "nickname", "slogan", "term"):
        return evidence.ruled
    features = evidence.features
    if any(f in features for f in _SLOGAN_FEATURES):
        return "slogan"
    if any(f in features for f in _TERM_FEATURES):
        return "term"
    if evidence.written == "title" and (
        " " in inventory.text_of(quotation.spans[0]) or any(f in features for f in _TITLE_FEATURES)
    ):
        return "title"
    return "scare quote"


def how_written(words: str) -> str:
    """Return how words are capitalised: "title", "lower", "first" (only) or "mixed".

    "none" when there is no word.
    """
    each = _WORD.findall(words)
    if not each:
        return "none"
    if _title_cased(each):
        return "title"
    upper = [word[0].isupper() for word in each]
    if not any(upper):
        return "lower"
    return "first" if upper[0] and not any(upper[1:]) else "mixed"


def is_title_cased(words: str) -> bool:
    """Return whether all but little words begin with a capital, e.g. "The Lord of the Rings"."""
    return _title_cased(match[0] for match in _WORD.finditer(words))


def _title_cased(words: Iterable[str]) -> bool:
    """Return the same as `is_title_cased`, for single words."""
    opens, capitals = True, False
    for word in words:
        if word[0].islower() and (opens or word not in _LITTLE_WORDS):
            return False
        opens, capitals = False, capitals or word[0].isupper()
    return capitals


def _is_headline(inventory: Inventory, quotation: QuotationCandidate) -> bool:
    """Return whether the paragraph is a headline, e.g. `Minister: 'I will stay'`.

    There marks alone say that somebody said it.
    """
    paragraph = inventory.article.paragraphs[quotation.paragraph]
    if paragraph.kind == "heading":
        return True
    if paragraph.span.end - paragraph.span.start > MAX_HEADLINE:
        return False
    text = inventory.text_of(paragraph.span)
    if text.rstrip("\"”'’").endswith("."):
        return False
    if quotation.marks in ("'", "‘") and len(text) < 150:
        return True
    long_words = [word for word in _WORD.findall(text) if len(word) > 3]
    capitalised = sum(not word[0].islower() for word in long_words)
    return capitalised >= 0.8 * len(long_words) and len(long_words) > 2


def _is_utterance(inventory: Inventory, quotation: QuotationCandidate, words: str) -> bool:
    """Return whether a stretch is somebody's words by its form alone, e.g. "we will stay".

    So it is when somebody says "I" or "we" in it, it fills its paragraph or stands in a headline.
    """
    paragraph = inventory.article.paragraphs[quotation.paragraph].span
    return (
        quotation.outer == paragraph
        or not _SPEAKERS.isdisjoint(words.lower().replace("’", "'").split())
        or _is_headline(inventory, quotation)
    )


def _speaks(words: str) -> bool:
    """Return whether somebody speaks of himself or to somebody, e.g. "we win"."""
    return not _FIRST_OR_SECOND.isdisjoint(words.lower().replace("’", "'").split())


def _title_beside(words: str, before: str, after: str) -> str | None:
    """Return which words beside a stretch show that it is a work's title, None without any."""
    if words[-1] in "!?" and " " not in words:
        return None
    if _ends(before, _TITLED_BEFORE, 9):
        return "titled"
    if _ends(before, _WORK_BEFORE, 20):
        return "work before"
    if _PERSON_BEFORE.search(before):
        return "person before"
    if _BROADCASTER_BEFORE.search(before):
        return "broadcaster before"
    if _ends(before, _SHOWN_BEFORE, 12):
        return "shown before"
    if words[-1] not in ",.!?" and _WORK_AFTER.match(after):
        return "work after"
    if words[-1] == "," and _WORK_IN_APPOSITION.match(after):
        return "work in apposition"
    return "in before" if " " in words and _ends(before, _WITHIN_BEFORE, 3) else None


def _is_nickname(words: str, before: str, after: str) -> bool:
    """Return whether one or two words stand between two names, e.g. `John "Johnny" Smith`."""
    return bool(
        len(words.split()) <= 2
        and words[-1] not in ",.!?"
        and _NAME_BEFORE.search(before)
        and _NAME_AFTER.match(after)
    )


def _is_scare_quote(inventory: Inventory, quotation: QuotationCandidate, words: str) -> bool:
    """Return whether nothing in its sentence attributes a stretch, e.g. `the "experts" left`."""
    if quotation.parent or words[-1] in ",.!?;:—–-" or _speaks(words):
        return False
    sentence = inventory.sentence_at(quotation.outer.start)
    if sentence is None or not sentence.span.contains(quotation.outer):
        return False
    start, end = quotation.outer
    near = Span(max(sentence.span.start, start - _NEAR), min(sentence.span.end, end + _NEAR))
    around = _IN_MARKS.sub(" ", inventory.text_of(near)).lower()
    if "so" in around:
        around = _SO_CALLED.sub(" ", around)
    return not any(map(_attributes, _LOWER.findall(around)))


@lru_cache(maxsize=20_000)
def _attributes(word: str) -> bool:
    """Return whether a word attributes speech or thought to anyone, e.g. "said", "believes"."""
    return word in _WHOLE or any(
        word[:length] in _BEGINNINGS for length in range(_SHORTEST, min(len(word), _LONGEST) + 1)
    )
