"""Says where a turn ends: which words behind a label are its speaker's.

A turn goes on over paragraphs until the next label. It ends earlier

* at a heading, a byline, a rule ("***"), or a post of a live blog that begins with a time;
* where a paragraph tells of a speaker ("Diallo said", "Vik laughed"), or is the editors' ("This
  interview has been edited"), or the page's ("Follow us");
* at a paragraph in which nobody speaks of himself or to somebody, behind the last label, or where
  labels are few among paragraphs: there a report goes on.

A paragraph in brackets, a stage direction, belongs to no one and ends nothing.
"""

import re
from bisect import bisect_left, bisect_right
from collections.abc import Sequence

from extractor.article import Article, Paragraph
from extractor.find.turns.labels import Label
from extractor.find.turns.lines import FURNITURE
from extractor.find.turns.transcripts import begins_with_time, speaks_of_himself
from extractor.frozen import frozen
from extractor.language.en.lexicon import SPEECH_VERBS
from extractor.language.en.lists import word_set
from extractor.language.word_lists import alternatives
from extractor.text.spans import Span

_MARKS = "*_"  # of emphasis
_BRACKETED = re.compile(r"[*_]*(?:\([^()]*\)|\[[^\[\]]*\])[*_.]*")
_ABOUT_THE_TEXT = re.compile(rf"\b(?:{alternatives(word_set('turns.about-the-text'))})\b", re.I)
_PAGE_LINE = re.compile(rf"(?:{alternatives(word_set('turns.page-lines'))})\b", re.I)
_CONTINUES = re.compile(r"[^\W\d_]+")
_ACTS = SPEECH_VERBS | word_set("turns.acts")
_REACH = 3  # words between a speaker's name and a verb that tells of him
_DENSE = 0.4  # of the paragraphs from the first label to the last, those that begin with one
_LONG = 6  # labels; in a shorter transcript the paragraphs without one must speak for themselves
_LONGEST_PAGE_LINE = 200  # characters


@frozen
class Said:
    """The words of one turn."""

    label: Label | None  # None where a question or an answer has none
    spans: tuple[Span, ...]  # one a paragraph, without label, blanks and marks of emphasis
    paragraph: int  # of the first


class Extents:
    """Cuts an article's turns out between their labels."""

    def __init__(
        self, article: Article, labels: Sequence[Label], quoted: Sequence[Span], names: set[str]
    ) -> None:
        """`quoted`: where quotations stand; `names`: the speakers' last names, in lower case."""
        self._article = article
        self._text = article.text
        self._labels = labels
        self._quoted = quoted
        self._names = names
        inside = [
            p for p in article.paragraphs
            if labels and labels[0].line.paragraph <= p.index <= labels[-1].line.paragraph
            and p.kind not in FURNITURE
        ]  # fmt: skip
        begun = {label.line.paragraph + n for label in labels for n in range(1 + label.ends_line)}
        others = [p for p in inside if p.index not in begun]
        spoken = sum(speaks_of_himself(p.span.of(self._text)) for p in others)
        self._dense = len(begun) >= _DENSE * len(inside) and (
            len(begun) >= _LONG or spoken >= 0.5 * len(others)
        )

    def of_labels(self) -> list[Said]:
        """Return what is said behind each label that has words behind it."""
        turns = []
        for at, label in enumerate(self._labels):
            last = at + 1 == len(self._labels)
            end = len(self._text) if last else self._labels[at + 1].span.start
            spans = self._spans(label.span.end, end, label.line.paragraph, label.ends_line, last)
            if spans:
                turns.append(Said(label, tuple(spans), self._paragraph_at(spans[0].start)))
        return turns

    def of_questions(self, questions: Sequence[int]) -> list[tuple[Said, Said | None]]:
        """Return each question with its answer; `questions` are the paragraphs that ask."""
        paragraphs, turns = self._article.paragraphs, list[tuple[Said, Said | None]]()
        for at, index in enumerate(questions):
            last = at + 1 == len(questions)
            end = len(self._text) if last else paragraphs[questions[at + 1]].span.start
            asked = self._trimmed(*paragraphs[index].span)
            after = paragraphs[index].span.end
            spans = self._spans(after, end, index, True, last)
            answer = Said(None, tuple(spans), self._paragraph_at(spans[0].start)) if spans else None
            turns.append((Said(None, (asked,), index), answer))
        return turns

    def _paragraph_at(self, offset: int) -> int:
        return bisect_right(self._article.paragraphs, offset, key=lambda p: p.span.end)

    def _spans(self, start: int, end: int, first: int, bare: bool, last: bool) -> list[Span]:
        """Return the spans of a turn's words, in start:end; `first` is its label's paragraph.

        `bare`: the words begin behind the label's line; `last`: no label follows.
        """
        spans: list[Span] = []
        for index in range(first, len(self._article.paragraphs)):
            paragraph = self._article.paragraphs[index]
            if paragraph.span.start >= end:
                break
            span = self._trimmed(max(start, paragraph.span.start), min(end, paragraph.span.end))
            if span.start >= span.end:
                continue
            begins = paragraph.index == first or (bare and not spans)
            if not begins:
                if paragraph.kind in FURNITURE or _BRACKETED.fullmatch(span.of(self._text)):
                    if _ABOUT_THE_TEXT.search(self._text, *span):
                        break
                    continue
                if self._ends(paragraph, span, last):
                    break
            spans.append(span)
        return spans

    def _trimmed(self, start: int, end: int) -> Span:
        """Return a span without blanks and marks of emphasis at its edges."""
        text = self._text
        while start < end and (text[start].isspace() or text[start] in _MARKS):
            start += 1
        while end > start and (text[end - 1].isspace() or text[end - 1] in _MARKS):
            end -= 1
        return Span(start, end)

    def _ends(self, paragraph: Paragraph, span: Span, last: bool) -> bool:
        """Return whether a paragraph without a label goes on with the report, not with the turn."""
        words = span.of(self._text)
        at = bisect_left(self._quoted, Span(paragraph.span.start, 0))
        if at and paragraph.span.start < self._quoted[at - 1].end:
            return False  # a quotation of the turn goes on
        if paragraph.kind != "body" or _CONTINUES.search(words) is None:
            return True
        if begins_with_time(self._text, paragraph.span):
            return True
        if _ABOUT_THE_TEXT.search(words) or self._tells(words):
            return True
        if _PAGE_LINE.match(words) and len(words) <= _LONGEST_PAGE_LINE:
            return True
        return (last or not self._dense) and not speaks_of_himself(words)

    def _tells(self, words: str) -> bool:
        """Return whether a paragraph tells what a speaker said or did, e.g. "Diallo said"."""
        each = [word.lower() for word in _CONTINUES.findall(words)]
        return any(
            word in self._names
            and any(near in _ACTS for near in each[max(0, at - 1) : at + 1 + _REACH])
            for at, word in enumerate(each)
        )
