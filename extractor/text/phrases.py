"""Finds the words of an answer in the article: exactly, or equal after folding; else refuses them.

Nothing is matched approximately. A phrase that is cut, whose number or negation differs, or that
stands only inside a longer word or number is not in the article. The refusal shows the nearest
passage, for whoever answered to correct; it is never taken for the phrase.
"""

import re
import unicodedata
from bisect import bisect_right
from collections.abc import Iterator
from functools import cached_property
from itertools import islice

from extractor.text.folding import Folded, fold
from extractor.text.spans import Span

# A phrase of the article is seldom longer than a sentence; what is much longer is not a phrase.
MAX_PHRASE = 2_000
# Occurrences inside longer words are passed over; a text made of nothing else must end too.
_MAX_TRIES = 10_000
# Texts up to here are compared whole for the nearest passage (3 ms); of longer ones, windows.
_MAX_COMPARED = 20_000
_MAX_WINDOWS = 24
_NEAR_ENOUGH = 60.0  # rapidfuzz's ratio; below it the "nearest" passage only misleads

_NEGATING_PREFIX = re.compile(r"(?i:\b(?:non|un|not|no|anti|in|dis)[-‐‑])\Z")
_SCALE = r"(?:hundred|thousand|million|billion|trillion|lakh|crore|bn|mn|tn)"
_SCALE_AFTER = re.compile(rf"(?i:[\s\xa0-]?(?:%|{_SCALE}\b))")
_SCALE_FIRST = re.compile(rf"(?i:{_SCALE}\b)")
_CONTRACTED_NOT = re.compile(r"(?i:['’ʼ]t\b)")
_POINTS = frozenset(".,:/٫٬")  # between digits they belong to the number
_SIGNS = frozenset("-−+")
# Scripts that write no blanks between words: any place in them may be a word's end.
_UNSPACED = re.compile(r"[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff]")


def ground_phrase(
    phrase: str, text: str, within: Span | None = None, near: int | None = None
) -> Span:
    """Return where `phrase` stands in `text`; see `PhraseFinder.find`."""
    return PhraseFinder(text).find(phrase, within, near)


class PhraseFinder:
    """Finds phrases in one text; the text is folded once, when a phrase first needs it."""

    def __init__(self, text: str) -> None:
        self.text = text

    @cached_property
    def folded(self) -> Folded:
        """The folded text."""
        return fold(self.text)

    def find(self, phrase: str, within: Span | None = None, near: int | None = None) -> Span:
        """Return where `phrase` stands in the text, as a half-open span of code points.

        The first occurrence, or with `near` (an offset) the one nearest to it; with `within`, only
        inside that span. An exact occurrence goes before one that is equal after folding (see
        folding.py). Raises ValueError with a message for whoever answered: the nearest passage, if
        there is one. Linear in the length of the text.
        """
        wanted = phrase.strip()
        if not any(character.isalnum() for character in wanted):
            raise ValueError("the phrase is empty; copy words from the article or answer null")
        if len(wanted) > MAX_PHRASE:
            raise ValueError(
                f"the phrase {quoted(wanted)} is too long; copy the few words that matter"
            )
        limits = within or Span(0, len(self.text))
        span = _exact(wanted, self.text, limits, near) or self._equal(wanted, limits, near)
        if span is None:
            raise ValueError(self._refusal(wanted, limits, within is not None))
        return span

    def _equal(self, wanted: str, limits: Span, near: int | None) -> Span | None:
        """Return where the phrase stands after folding; only what is within the limits counts."""
        text = self.text
        is_whole = limits == (0, len(text))
        folded = self.folded if is_whole else fold(text[limits.start : limits.end])
        key = fold(wanted).text.strip()
        if not key:
            return None
        everywhere = Span(0, len(folded.text))
        middle = 0 if near is None else _folded_offset(folded, near - limits.start)
        for start in _starts(key, folded.text, everywhere, middle):
            local = folded.original(start, start + len(key))
            if local is not None:
                span = Span(local.start + limits.start, local.end + limits.start)
                if _is_whole(span, text):
                    return span
        return None

    def _refusal(self, wanted: str, limits: Span, in_sentence: bool) -> str:
        """Return the message that a phrase is not there, with the nearest passage if there is one.

        `in_sentence`: it was looked for in the evidence sentence only.
        """
        where = "in the evidence sentence" if in_sentence else "in the article"
        nearest = self._nearest_passage(wanted, limits)
        message = f"{quoted(wanted)} is not {where} word for word"
        if nearest is None:
            return f"{message}; copy the words exactly or answer null"
        return f"{message}; the nearest passage is {quoted(nearest.of(self.text), 200)}"

    def _nearest_passage(self, wanted: str, limits: Span) -> Span | None:
        """Return the passage most like `wanted`, whole words, for a message; None if nothing is.

        Costs a bounded time: a long text is compared only around the longest words of the phrase.
        """
        from rapidfuzz.fuzz import partial_ratio_alignment

        text = self.text
        wanted = wanted[:300].lower()
        best: Span | None = None
        score = _NEAR_ENOUGH
        for window in self._windows(wanted, limits):
            passage = window.of(text).lower()
            if len(passage) != window.end - window.start or not passage:
                passage = window.of(text)  # lower-casing changed the length: compare as it is
            match = partial_ratio_alignment(wanted, passage, score_cutoff=score)
            if match is not None and match.score >= score and match.dest_end > match.dest_start:
                score = match.score
                best = Span(window.start + match.dest_start, window.start + match.dest_end)
        return _to_words(best, text, limits) if best else None

    def _windows(self, wanted: str, limits: Span) -> list[Span]:
        """Return the stretches to compare with a phrase: all, or around its longest words."""
        if limits.end - limits.start <= _MAX_COMPARED:
            return [limits]
        words = sorted(set(re.findall(r"\w{3,40}", wanted)), key=lambda word: (-len(word), word))
        reach = len(wanted) + 20
        windows: list[Span] = []
        for word in words[:6]:
            starts = _starts(word, self.folded.text, Span(0, len(self.folded.text)), 0)
            for start in islice(starts, _MAX_WINDOWS // 6):
                place = self.folded.original(start, start + len(word))
                if place is not None and limits.contains(place):
                    span = Span(max(limits.start, place.start - reach), place.end + reach)
                    windows.append(Span(span.start, min(limits.end, span.end)))
        return windows


def quoted(words: str, limit: int = 120) -> str:
    """Return words for a message: one line, printable characters only, shortened, in marks."""
    shown = " ".join(words[: 4 * limit].split())
    if not shown.isprintable():
        shown = "".join(c if c.isprintable() else "\N{REPLACEMENT CHARACTER}" for c in shown)
    return f'"{shown[: limit - 1]}…"' if len(shown) > limit else f'"{shown}"'


def _exact(wanted: str, text: str, limits: Span, near: int | None) -> Span | None:
    """Return where the phrase stands exactly, as whole words, inside the limits."""
    spans = (
        Span(start, start + len(wanted))
        for start in _starts(wanted, text, limits, limits.start if near is None else near)
    )
    return next((span for span in spans if _is_whole(span, text)), None)


def _folded_offset(folded: Folded, offset: int) -> int:
    """Return about where an offset of the text falls after folding, to search from there."""
    before = bisect_right(folded.original_ends, offset)
    shift = folded.ends[before - 1] - folded.original_ends[before - 1] if before else 0
    return offset + shift


def _starts(wanted: str, text: str, limits: Span, middle: int) -> Iterator[int]:
    """Yield where `wanted` starts: forward from `middle`, and backward from it, in turns."""
    ahead = text.find(wanted, max(limits.start, middle), limits.end)
    behind = -1
    if middle > limits.start:
        behind = text.rfind(wanted, limits.start, min(limits.end, middle + len(wanted) - 1))
    for _ in range(_MAX_TRIES):
        if ahead < 0 and behind < 0:
            return
        if behind < 0 or (ahead >= 0 and ahead - middle <= middle - behind):
            yield ahead
            ahead = text.find(wanted, ahead + 1, limits.end)
        else:
            yield behind
            behind = text.rfind(wanted, limits.start, behind + len(wanted) - 1)


def _is_whole(span: Span, text: str) -> bool:
    """Return whether a span begins and ends with whole words, numbers and negations.

    E.g. "ban" in "urban", "1" in "1,227" and "lethal" in "non-lethal" are not whole.
    """
    start, end = span
    if start and _joined(text[start - 1], text[start]):
        return False
    if end < len(text) and _joined(text[end - 1], text[end]):
        return False
    before, after = text[max(0, start - 5) : start], text[end : end + 12]
    if _NEGATING_PREFIX.search(before) or _CONTRACTED_NOT.match(after):
        return False
    return not (
        _cuts_number_before(before, text[start : start + 12])
        or _cuts_number_after(text[end - 1], after)
    )


def _cuts_number_before(before: str, first: str) -> bool:
    """Return whether a number goes on to the left, e.g. "1," before 227, "5 " before billion."""
    if first[0].isdigit():
        if before[-1:] in _POINTS and before[-2:-1].isdigit():
            return True
        return before[-1:] in _SIGNS and not before[-2:-1].isalnum()
    if first[0] in _SIGNS and first[1:2].isdigit():
        return before[-1:].isalnum()  # "10-5" holds no "-5"
    return before.rstrip()[-1:].isdigit() and _SCALE_FIRST.match(first) is not None


def _cuts_number_after(last: str, after: str) -> bool:
    """Return whether a number goes on to the right, e.g. ",227" after 1, " billion" after $100."""
    if not last.isdigit():
        return False
    if after[:1] in _POINTS and after[1:2].isdigit():
        return True
    return _SCALE_AFTER.match(after) is not None


def _joined(left: str, right: str) -> bool:
    """Return whether two neighbouring characters belong to one word, e.g. two letters."""
    if unicodedata.combining(right):
        return True
    if not (_is_letter(left) and _is_letter(right)):
        return False
    return not (_UNSPACED.match(left) or _UNSPACED.match(right))


def _is_letter(character: str) -> bool:
    return character.isalnum() or character == "_" or unicodedata.combining(character) != 0


def _to_words(span: Span, text: str, limits: Span) -> Span:
    """Widen a span by a sixth on either side, as words may have been left out, to whole words."""
    spare = max(6, (span.end - span.start) // 6)
    start, end = max(limits.start, span.start - spare), min(limits.end, span.end + spare)
    while start > max(limits.start, span.start - 40) and _joined(text[start - 1], text[start]):
        start -= 1
    while end < min(limits.end, span.end + 40) and _joined(text[end - 1], text[end]):
        end += 1
    return Span(start, end)
