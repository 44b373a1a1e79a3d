"""Finds block quotations whose source a page names: quotations without marks.

A block quotation is a run of paragraphs of the kind `block_quote`, which only pages have. Its
source is the line behind it that the page sets apart: `<cite>`, the caption of a figure that holds
it, "— Ada Low, teacher". Of one that a paragraph introduces ("Maro wrote to the council:") the
rules say who is its source. One with neither is a candidate too, which the rules dismiss; one that
stands in quotation marks already is the quotation that they make of it.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Sequence

from extractor.article import STORY, Article, Paragraph
from extractor.find.candidates import Entity, Mention, QuotationCandidate, Turn
from extractor.find.quotations.numbering import numbered_anew
from extractor.text.spans import Span

LONGEST_SOURCE = 120  # characters
CONFIDENCE = 0.95  # that the name in the line behind is the source's


def with_block_quotes(
    article: Article, quotations: tuple[QuotationCandidate, ...], names: Sequence[Entity]
) -> tuple[QuotationCandidate, ...]:
    """Return the quotations with the block quotations among them, their ids numbered anew.

    Those in one with a source or an introduction are nested in it. The same tuple where there is no
    block quotation.
    """
    if all(paragraph.kind != "block_quote" for paragraph in article.paragraphs):
        return quotations
    mentions = _mentions(names)
    outermost = [q.outer for q in quotations if q.parent is None]
    found: list[QuotationCandidate] = []
    run: list[Paragraph] = []
    for paragraph in (*article.paragraphs, None):
        if paragraph is not None and paragraph.kind == "block_quote":
            run.append(paragraph)
            continue
        spans = tuple(p.span for p in run)
        if run and not all(_is_in_marks(span, outermost) for span in spans):
            source = _source(article, paragraph, mentions) if paragraph is not None else None
            if paragraph is not None and source is not None:
                turn = Turn(paragraph.span, source.id, CONFIDENCE, block=True)
            else:
                turn = Turn(_introduction(article, run[0]), None, 0.0, block=True)
            outer = Span(spans[0].start, spans[-1].end)
            found.append(QuotationCandidate("", spans, outer, run[0].index, "", True, turn=turn))
        run = []
    return numbered_anew(quotations, found) if found else quotations


def _introduction(article: Article, first: Paragraph) -> Span | None:
    """Return the paragraph before a block quotation if it introduces it: it ends with a colon."""
    if not first.index:
        return None
    before = article.paragraphs[first.index - 1]
    introduces = before.kind in STORY and before.span.of(article.text).rstrip().endswith(":")
    return before.span if introduces else None


def _mentions(names: Sequence[Entity]) -> list[Mention]:
    """Return the places where somebody is named who may be quoted, in order of the text."""
    named = [m for e in names if e.kind != "place" for m in e.mentions if m.kind != "pronoun"]
    return sorted(named, key=lambda mention: mention.span)


def _source(article: Article, paragraph: Paragraph, mentions: Sequence[Mention]) -> Mention | None:
    """Return the first name in the line behind a block quotation, None when it names nobody."""
    span = paragraph.span
    if paragraph.kind != "caption" or span.end - span.start > LONGEST_SOURCE:
        return None
    if span.of(article.text).rstrip()[-1:] in {".", "!", "?"}:
        return None  # a sentence: what a picture shows
    at = bisect_left(mentions, span.start, key=lambda mention: mention.span.start)
    within = (mention for mention in mentions[at : at + 1] if span.contains(mention.span))
    return next(within, None)


def _is_in_marks(span: Span, outermost: Sequence[Span]) -> bool:
    """Return whether a paragraph stands in quotation marks: then it is a quotation already."""
    at = bisect_right(outermost, span.start, key=lambda quoted: quoted.start)
    return at > 0 and outermost[at - 1].contains(span)
