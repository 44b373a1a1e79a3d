"""Reads what stands before a figure and is counted or measured by it.

    put the number of [missing children] at 2,115 · a [crowd] of 1,200 · a [fine] of $5 million
    [unemployment] rose by 5% · the [bridge], which cost $3bn

Each function looks back from the figure within its sentence (`bounds`) and returns the noun phrase
with how sure that is, 0 to 1, or None.
"""

import re

from extractor.find.candidates import FigureCandidate
from extractor.language.en.lists import word_set, word_tuple
from extractor.language.word_lists import alternatives
from extractor.rules.figures import noun_phrases
from extractor.text.spans import Span

CountedPhrase = tuple[Span, float]  # what is counted, and how sure that is

_NUMBER_OF = re.compile(
    r"\b(?:number|total|count|tally|estimate|amount|population)s? of (?=[^\W\d_])", re.IGNORECASE
)
_TOLLS = word_tuple("figures.tolls")
_TOLL = re.compile(
    r"\b((?:[a-z]+ ){0,2}?"
    rf"(?:{alternatives(word_set('figures.tolls'))}))\b"
    r"(?= (?:has |had |have |now |later |then )*(?:rose|risen|climbed|climbs|stood|stands|is|was"
    r"|reached|reaches|jumped|grew|fell|topped|surpassed|passed|hit|to|at|of|at)\b)",
    re.IGNORECASE,
)
_BETWEEN_NOUN_AND_NUMBER = re.compile(
    r"(?:[^\W\d_]+[ \u00a0]){0,6}?(?:at|to|was|is|were|are|reached|exceeded|exceeds|passed|topped"
    r"|stood|stands|hit|as|surpassed|than|of|be|by|been|now|nearly|about|around|over|some|almost"
    r"|least|up|approximately|roughly|estimated|many)[ \u00a0]\Z"
)
_DEPRIVED = re.compile(
    r"\b(?:depriv|robb|stripp|accus|convict|inform|warn|relie)(?:e|ed|ing|es|s)\b"
)
_LAST_NOUN = re.compile(r" (?:of|in|on|for|at|from|and) (?:(?:the|a|an|its|their|his|her) )?")
_OF_BEFORE = re.compile(r"([^\W_])[ \u00a0]of[ \u00a0](?:(?:a|an|the|only|just|some) )?\Z")
_LEVEL = re.compile(rf"\b(?:{alternatives(word_set('figures.levels'))})\b")
_AUXILIARIES_BACK = re.compile(
    rf"(?:\b(?:{alternatives(word_set('figures.before-levels'))}|[a-z]+ly) ?)+\Z"
)
_AFTER_LEVEL = re.compile(
    rf"[ \u00a0](?:(?:{alternatives(word_set('figures.behind-levels'))}|[a-z]+ly)[ \u00a0])*\Z"
)
_CLAUSE = re.compile(r"[;:—–(“\"]|, (?:and|but|while|as|with|after|because|when|up|down)\b|\n")
_PRONOUNS = word_set("figures.subject-pronouns")


def front(figure: FigureCandidate) -> int:
    """Return where a figure begins with the words that qualify it."""
    if figure.qualifier is not None and figure.qualifier.start < figure.span.start:
        return figure.qualifier.start
    return figure.span.start


def _last(pattern: re.Pattern[str], text: str, within: Span) -> re.Match[str] | None:
    """Return the last match of a pattern in a stretch of the text."""
    last = None
    for match in pattern.finditer(text, within.start, within.end):
        last = match
    return last


def number_of(text: str, figure: FigureCandidate, bounds: Span) -> CountedPhrase | None:
    """Read "put the number of missing children at 2,115", "the death toll rose to 45"."""
    start = front(figure)
    left = Span(max(bounds.start, start - 200), start)
    low = left.of(text).lower()
    if " of " in low and (best := _last(_NUMBER_OF, text, left)):
        span = noun_phrases.determined(text, best.end(), start)
        if span is not None:
            between = text[span.end : start]
            if _BETWEEN_NOUN_AND_NUMBER.search(between) and len(between) < 90:
                return noun_phrases.undetermined(text, span), 0.9
    if not any(map(low.__contains__, _TOLLS)):  # the pattern is slow
        return None
    if (best := _last(_TOLL, text, left)) and start - best.end(1) < 60:
        span = noun_phrases.before(text, best.start(1), best.end(1))
        return (span, 0.8) if span else None
    return None


def noun_before_of(text: str, figure: FigureCandidate, bounds: Span) -> CountedPhrase | None:
    """Read "a crowd of 1,200", "a fine of $5 million", "a tax rate of 35 percent"."""
    start = front(figure)
    match = _OF_BEFORE.search(text, max(bounds.start, start - 24), start)
    if match is None or _DEPRIVED.search(text, max(bounds.start, start - 60), start):
        return None
    span = noun_phrases.before(text, bounds.start, match.end(1))
    if span is None:
        return None
    words = span.of(text).split()
    if words[-1].lower() in _PRONOUNS or words[-1].lower() in ("out", "one", "part"):
        return None
    return Span(span.end - len(_LAST_NOUN.split(span.of(text))[-1]), span.end), 0.75


def subject(text: str, figure: FigureCandidate, bounds: Span) -> CountedPhrase | None:
    """Read "unemployment rose by 5%", "the bridge cost $3bn", "rent, which is up 10%"."""
    start = front(figure)
    low = max(bounds.start, start - 220)
    for clause in _CLAUSE.finditer(text, low, start):
        if not text.startswith(", which", clause.start()):
            low = clause.end()
    last: re.Match[str] | None = None
    for match in _LEVEL.finditer(text, low, start):
        if _AFTER_LEVEL.match(text[match.end() : start]):
            last = match
            break
    if last is None:
        return None
    stop = last.start()
    if helpers := _AUXILIARIES_BACK.search(text, max(low, stop - 60), stop):
        stop = helpers.start()
    span = noun_phrases.before(text, low, stop)
    if span is None:
        return None
    words = span.of(text).split()
    if words[0].lower() in _PRONOUNS or words[-1].lower() in _PRONOUNS:
        return None
    return span, 0.6
