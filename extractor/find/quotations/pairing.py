"""Finds quotations: pairs quotation marks, whatever marks the outlet prints.

* Double marks and guillemets of a paragraph are paired first, on a stack; then single marks, apart
  in each stretch between double ones, so that the two never cross. An opening single mark counts
  only when something closes it.
* A quotation that its paragraph leaves open goes on in the next one if that begins with an opening
  mark, as the press prints long quotations. If not, it ends with its paragraph, so that a missing
  mark spoils no more than that. "» " that nothing closes at its beginning is a bullet.
* `"A," he said, "b."` are two halves of one utterance; `"A." he said. "B."` are two.

Whether a stretch is somebody's words is decided in rules/attribution/dismissal.py, whose they are
in rules/attribution/speakers.py.
"""

import re
import unicodedata
from bisect import bisect_right
from dataclasses import dataclass
from typing import NamedTuple

from extractor.article import Article, Paragraph
from extractor.find.candidates import QuotationCandidate
from extractor.find.quotations.marks import (
    CLOSE,
    EITHER,
    MARK_CHARACTERS,
    NUMERIC,
    OPEN,
    POSSIBLE,
    SINGLE,
    WEAK,
    Mark,
    marks_in,
)
from extractor.language.en.lists import word_set
from extractor.language.scanning import places_of
from extractor.text.spans import Span

MAX_DEPTH = 4  # double marks open at once; more are missing closing marks, not nesting
MAX_FURNITURE = 4  # captions and credits that may stand between two paragraphs of a quotation
MAX_CLAUSE = 120  # characters of an attribution between two halves
FURNITURE = frozenset({"caption", "credit", "byline", "pull_quote", "post"})

_SPEECH = word_set("speech_verbs.between-quotations")
_NO_CLAUSE = word_set("quotations.no-clause")
_GOES_ON_ELSEWHERE = word_set("quotations.goes-on-elsewhere")
_WORD = re.compile(r"[^\W\d_]+")
_SENTENCE_ENDS = re.compile(r"(?<![A-Z])(?<!\b[A-Z][a-z])(?<!\b[A-Z][a-z][a-z])[.!?]\s")
# what follows the last comma of a paragraph that ends in an attribution: "I agree, he said."
_LAST_CLAUSE = re.compile(r"[,?!][\"”'’]*\s+([^,?!\"“”]{4,80})$")
_CLAUSE_BEGINS = word_set("quotations.clause-begins")


class _QuotationPart(NamedTuple):
    """A quotation, or the part of one, that stands in one paragraph."""

    start: int  # of the opening mark
    end: int  # of the closing mark, or of the words when there is none
    words: Span
    family: str
    marks: str
    closed: bool
    goes_on: bool  # left open, and the next paragraph begins with a mark


@dataclass(slots=True)
class _Stretch:
    """A quotation while its pieces are put together."""

    start: int
    end: int
    spans: list[Span]
    paragraph: int
    family: str
    marks: str
    closed: bool


def find_quotations(article: Article) -> tuple[QuotationCandidate, ...]:
    """Return the quotations of `article` in order of their first mark, ids Q1…

    Spans leave out the marks and the blanks at the edges, and are never empty. Takes time linear
    in the text and never raises, whatever the text. An unclosed quotation ends with its paragraph
    (`closed` is False), or before the next opening mark in it. Single marks that nothing closes
    are apostrophes, closing marks that close nothing are strays: neither gives a candidate.
    """
    return _candidates(article.text, _stretches(article))


# --- over paragraphs ---------------------------------------------------------------


def _stretches(article: Article) -> list[_Stretch]:
    """Put the pieces of all paragraphs together, in order of their first mark."""
    text, stretches = article.text, list[_Stretch]()
    places = places_of(MARK_CHARACTERS, text)
    if not places:
        return stretches
    waiting: _Stretch | None = None  # left open by an earlier paragraph
    skipped = 0
    for at, paragraph in enumerate(article.paragraphs):
        marks = marks_in(text, paragraph.span, places)
        pieces = _pieces(article, at, marks) if marks else []
        if waiting and not _goes_on_in(pieces, waiting, paragraph):
            skipped += 1
            if paragraph.kind not in FURNITURE or skipped > MAX_FURNITURE:
                waiting = None
        for piece in pieces:
            if waiting and piece is pieces[0] and _goes_on_in(pieces, waiting, paragraph):
                stretch = waiting
                stretch.spans.append(piece.words)
                stretch.end, stretch.closed, waiting = piece.end, piece.closed, None
            else:
                stretch = _Stretch(
                    piece.start,
                    piece.end,
                    [piece.words],
                    paragraph.index,
                    piece.family,
                    piece.marks,
                    piece.closed,
                )
                stretches.append(stretch)
            if piece.goes_on and not waiting:
                waiting, skipped = stretch, 0
    return [
        stretch
        for stretch in stretches
        if stretch.closed or not (stretch.family == SINGLE or _is_bullet(article, stretch))
    ]


def _is_bullet(article: Article, stretch: _Stretch) -> bool:
    """Return whether an unclosed mark is a bullet: "» Read more" at a paragraph's beginning."""
    behind = stretch.start + len(stretch.marks)
    return (
        stretch.marks in ("»", "›")
        and stretch.start == article.paragraphs[stretch.paragraph].span.start
        and article.text[behind : behind + 1].isspace()
    )


def _goes_on_in(pieces: list[_QuotationPart], waiting: _Stretch, paragraph: Paragraph) -> bool:
    """Return whether a paragraph begins with a mark that continues the waiting quotation."""
    return (
        bool(pieces)
        and pieces[0].start == paragraph.span.start
        and pieces[0].family == waiting.family
    )


def _mark_begins_next(article: Article, at: int, singles: bool) -> bool:
    """Return whether the next paragraph that is no caption or byline begins with an opening mark.

    `singles`: with a single mark; else with a double one.
    """
    text = article.text
    for paragraph in article.paragraphs[at + 1 : at + 2 + MAX_FURNITURE]:
        start = paragraph.span.start
        first, second = text[start : start + 1], text[start + 1 : start + 2]
        if first in MARK_CHARACTERS:
            return (first in "'‘‚‛`" and second != first) == singles
        if paragraph.kind not in FURNITURE:
            break
    return False


# --- in one paragraph ----------------------------------------------------------------


def _pieces(article: Article, at: int, marks: list[Mark]) -> list[_QuotationPart]:
    """Pair the marks of one paragraph; pieces in order of their first mark, never crossing."""
    text = article.text
    doubles = [mark for mark in marks if mark.family != SINGLE]
    pairs, unclosed = _pair_doubles(text, doubles)
    pieces = [_closed(text, doubles[i], doubles[j]) for i, j in pairs]
    pieces += [_unclosed(article, at, doubles, i, i == unclosed[-1]) for i in unclosed]
    if len(doubles) < len(marks):
        pieces += _single_pieces(article, at, marks, pieces)
    kept = [piece for piece in pieces if piece.words.start < piece.words.end]
    kept.sort()
    return kept


def _unclosed(article: Article, at: int, marks: list[Mark], i: int, last: bool) -> _QuotationPart:
    """Return what the unclosed mark `i` begins; without words when the mark belongs to nothing.

    `last`: no unclosed mark of the paragraph comes after it.
    """
    text, span, mark = article.text, article.paragraphs[at].span, marks[i]
    following = marks[i + 1].start if i + 1 < len(marks) else span.end
    end, goes_on, leads = following, False, mark.start == span.start
    if leads and following > mark.end and text[following : following + 1] != text[mark.start]:
        end = span.end  # marks of another shape are nested in it
    if last and (leads or following == span.end) and _mark_begins_next(article, at, False):
        goes_on = not any(_runs_into_attribution(text, mark.end, x) for x in (following, span.end))
    if goes_on:
        end = span.end
    elif mark.loose:
        end = mark.end
    return _open(text, mark, end, goes_on)


def _closed(text: str, opening: Mark, closing: Mark) -> _QuotationPart:
    """Return the quotation between two marks."""
    words = _words(text, opening.end, closing.start)
    shape = text[opening.start : opening.end]
    return _QuotationPart(opening.start, closing.end, words, opening.family, shape, True, False)


def _open(text: str, opening: Mark, end: int, goes_on: bool) -> _QuotationPart:
    """Return the quotation from a mark to `end`, without a closing mark."""
    words = _words(text, opening.end, end)
    shape = text[opening.start : opening.end]
    return _QuotationPart(opening.start, words.end, words, opening.family, shape, False, goes_on)


def _words(text: str, start: int, end: int) -> Span:
    """Return the span without blanks at the edges; empty when it holds marks and blanks only."""
    while start < end and text[start].isspace():
        start += 1
    while start < end and text[end - 1].isspace():
        end -= 1
    for at in range(start, end):
        if text[at] not in MARK_CHARACTERS and not text[at].isspace():
            return Span(start, end)
    return Span(start, start)


def _pair_doubles(text: str, marks: list[Mark]) -> tuple[list[tuple[int, int]], list[int]]:
    """Pair opening and closing marks by their indices; return the pairs and the unclosed, sorted.

    A mark that opens while one is open is nested when marks enough follow to close both; else the
    earlier one stays unclosed.
    """
    pairs: list[tuple[int, int]] = []
    unclosed: list[int] = []
    stack: list[int] = []
    for i, mark in enumerate(marks):
        after = marks[i + 1].kind if i + 1 < len(marks) else ""
        depth = len(stack)
        while depth and marks[stack[depth - 1]].family != mark.family:
            depth -= 1
        if mark.kind == OPEN:
            opens = not (depth and _misplaced(text, mark))
        elif mark.kind == WEAK:
            opens = not depth and after in (CLOSE, EITHER, NUMERIC, WEAK)
        else:
            opens = mark.kind == EITHER and not depth
        if opens:
            if len(stack) == MAX_DEPTH:
                unclosed.append(stack.pop(0))
            stack.append(i)
        elif depth:
            if mark.kind == NUMERIC and depth == 1 and after in (CLOSE, NUMERIC):
                continue  # inches: the next mark closes
            unclosed += stack[depth:]
            pairs.append((stack[depth - 1], i))
            del stack[depth - 1 :]
    return pairs, sorted(unclosed + stack)


def _misplaced(text: str, mark: Mark) -> bool:
    """Return whether a mark that seems to open was meant to close, e.g. `"I agree, "he said.`"""
    before = text[max(0, mark.start - 2) : mark.start - 1]
    if text[mark.start] != '"' or before not in (",", "?", "!"):
        return False
    words = _WORD.findall(text[mark.end : mark.end + 60])[:4]
    return bool(words) and words[0] in _CLAUSE_BEGINS and not _SPEECH.isdisjoint(words)


def _runs_into_attribution(text: str, start: int, end: int) -> bool:
    """Return whether unclosed words end in an attribution, e.g. `"I agree, he said.`"""
    clause = _LAST_CLAUSE.search(text[max(start, end - 100) : end].rstrip())
    words = _WORD.findall(clause[1])[:5] if clause else []
    if not words or words[0] in ("I", "We"):
        return False
    return (words[0] in _CLAUSE_BEGINS or words[0][0].isupper()) and not _SPEECH.isdisjoint(words)


# --- single marks in one paragraph -----------------------------------------------------


def _single_pieces(
    article: Article, at: int, marks: list[Mark], doubles: list[_QuotationPart]
) -> list[_QuotationPart]:
    """Pair the single marks, apart in each stretch between double marks."""
    text, span = article.text, article.paragraphs[at].span
    pieces: list[_QuotationPart] = []
    for outside, group in _by_stretch([m for m in marks if m.family == SINGLE], doubles):
        pairs, open_mark = _pair_singles(text, group)
        pieces += [_closed(text, opening, closing) for opening, closing in pairs]
        if not open_mark or not outside or any(piece.goes_on for piece in doubles):
            continue
        goes_on = _mark_begins_next(article, at, True)
        if goes_on or open_mark.start == span.start:
            pieces.append(_open(text, open_mark, span.end, goes_on))
    return pieces


def _by_stretch(
    singles: list[Mark], doubles: list[_QuotationPart]
) -> list[tuple[bool, list[Mark]]]:
    """Group single marks by the innermost double stretch around them.

    The first of each pair says whether no double stretch is around the group.
    """
    groups: dict[int, list[Mark]] = {}
    pending = sorted(doubles, reverse=True)
    around: list[_QuotationPart] = []
    for mark in singles:
        while pending and pending[-1].start < mark.start:
            around.append(pending.pop())
        while around and around[-1].end <= mark.start:
            around.pop()
        groups.setdefault(around[-1].start if around else -1, []).append(mark)
    return [(key < 0, group) for key, group in groups.items()]


def _pair_singles(text: str, marks: list[Mark]) -> tuple[list[tuple[Mark, Mark]], Mark | None]:
    """Pair the single marks of one stretch; return the pairs and the mark still open at the end.

    A mark that may be a possessive ("workers' ") closes only when no surer one comes before the
    next opening mark or the end of the sentence that follows it.
    """
    pairs: list[tuple[Mark, Mark]] = []
    opening: Mark | None = None
    possible: Mark | None = None
    for mark in marks:
        if opening and mark.kind == CLOSE:
            if possible and _SENTENCE_ENDS.search(text, possible.end, mark.start):
                pairs.append((opening, possible))
            else:
                pairs.append((opening, mark))
            opening = possible = None
        elif opening and mark.kind == POSSIBLE:
            possible = possible or mark
        elif mark.kind == OPEN:
            if opening and possible:
                pairs.append((opening, possible))
            opening, possible = mark, None
    if opening and possible:
        pairs.append((opening, possible))
        opening = None
    return pairs, opening


# --- candidates --------------------------------------------------------------------------


def _candidates(text: str, stretches: list[_Stretch]) -> tuple[QuotationCandidate, ...]:
    """Return the stretches as quotations, with their ids, parents and halves."""
    quotations: list[QuotationCandidate] = []
    around: list[tuple[_Stretch, str]] = []
    earlier: dict[str | None, tuple[_Stretch, str]] = {}  # the last sibling, by parent
    open_ends = {stretch.end for stretch in stretches if not stretch.closed}
    for stretch in sorted(stretches, key=lambda s: (s.start, -s.end)):
        name = f"Q{len(quotations) + 1}"
        while around and around[-1][0].end <= stretch.start:
            around.pop()
        parent = around[-1][1] if around and _holds(around[-1][0], stretch) else None
        before = earlier.get(parent)
        half_of = before[1] if before and _is_half(text, before[0], stretch) else None
        quotations.append(
            QuotationCandidate(
                name,
                _without_comma(text, stretch, open_ends),
                Span(stretch.start, stretch.end),
                stretch.paragraph,
                stretch.marks,
                stretch.closed,
                parent,
                half_of,
            )
        )
        around.append((stretch, name))
        earlier[parent] = (stretch, name)
    return tuple(quotations)


def _without_comma(text: str, stretch: _Stretch, open_ends: set[int]) -> tuple[Span, ...]:
    """Return the words without a last comma: in `"Yes," he said` it is the reporter's.

    The comma stays where an unclosed quotation inside ends with it: a nested quotation never
    leaves the one around it.
    """
    last = stretch.spans[-1]
    words = last.of(text).removesuffix(",")
    if (
        not stretch.closed
        or last.end in open_ends
        or not words
        or not (words[-1].isalnum() or words[-1] in ")]%" or _pictured(words[-1]))
    ):
        return tuple(stretch.spans)
    return (*stretch.spans[:-1], Span(last.start, last.start + len(words)))


def _pictured(character: str) -> bool:
    """Return whether a character is an emoji or ends one: a symbol, skin tone, variation or tag."""
    return unicodedata.category(character) in ("So", "Sk", "Mn", "Me", "Cf")


def _holds(outer: _Stretch, inner: _Stretch) -> bool:
    """Return whether `inner` lies in the words of `outer`, not in furniture between them."""
    at = bisect_right(outer.spans, inner.start, key=lambda span: span.start) - 1
    return at >= 0 and inner.end <= outer.spans[at].end


def _is_half(text: str, first: _Stretch, second: _Stretch) -> bool:
    """Return whether `second` goes on with the utterance that an attribution breaks off.

    `"A," he said, "b."` is one utterance; `"A." he said. "B."` is two.
    """
    gap = text[first.end : second.start] if second.start - first.end <= MAX_CLAUSE else ""
    clause = gap.strip(" \t\xa0,–—-")
    words = _WORD.findall(clause)
    if not words or "\n" in gap or not first.closed or first.family != second.family:
        return False
    if words[0].lower() in _NO_CLAUSE or not _GOES_ON_ELSEWHERE.isdisjoint(words):
        return False
    if _SPEECH.isdisjoint(words):
        return False
    if clause[-1] in ".:;" or _SENTENCE_ENDS.search(clause):
        return False
    last = text[first.spans[-1].end - 1]
    broken_off = last in ",–—-…" or gap.lstrip()[:1] in (",", "–", "—")
    if last in "?!":
        broken_off = clause[0].islower() or second.spans[0].of(text)[0].islower()
    return broken_off and (gap.rstrip()[-1] in ",–—-" or words[-1] in _SPEECH - {"told", "tells"})
