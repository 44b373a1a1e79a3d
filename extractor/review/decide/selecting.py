"""Selections: what words selected in an article mean for a field, by the finders of the run.

Selections come as half-open code points of `Article.text`. Blanks at their ends are not meant, nor
are the quotation marks around a quotation. Each function raises EditRefused, saying what to do.
"""

from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise
from typing import Any

from extractor.article import Article, Paragraph
from extractor.errors import EditRefused
from extractor.fields import Figure, Name
from extractor.find.candidates import GAP, Mention
from extractor.find.inventory import Inventory, take_inventory
from extractor.find.quotations.marks import MARK_CHARACTERS
from extractor.review.claims.json_rows import Json
from extractor.text.spans import Span

_LONGEST_NAME = 200  # code points of a name that is typed
_FIGURE_REACH = 200  # code points that are parsed again as a number
_DOUBLE_MARKS = MARK_CHARACTERS - frozenset("'‘’‚‛`´")
_MANY = 200  # spans of one row


def span_in(article: Article, start: Any, end: Any) -> Span:
    """Return a selection without blanks at its ends."""
    numbers = all(
        isinstance(offset, int) and not isinstance(offset, bool) for offset in (start, end)
    )
    if not numbers or not 0 <= start < end <= len(article.text):
        raise EditRefused("the selection is not a part of the article; select the words again")
    words = article.text[start:end]
    start += len(words) - len(words.lstrip())
    end -= len(words) - len(words.rstrip())
    if start >= end:
        raise EditRefused("there is nothing but blanks in the selection; select the words")
    return Span(start, end)


def spans_in(article: Article, value: Json) -> list[Span]:
    """Return selections [[start, end], …], or as a row has them, in order, not overlapping."""
    if not isinstance(value, list) or not 0 < len(value) <= _MANY:
        raise EditRefused("there is no selection; select the words in the article")
    spans = []
    for item in value:
        pair = (item.get("start"), item.get("end")) if isinstance(item, dict) else item
        if not isinstance(pair, list | tuple) or len(pair) != 2:
            raise EditRefused("a selection is a start and an end; select the words again")
        spans.append(span_in(article, *pair))
    spans.sort()
    if any(span.overlaps(following) for span, following in pairwise(spans)):
        raise EditRefused("two parts of the selection overlap; select the words again")
    return spans


def quotation(article: Article, value: Json) -> Json:
    """Return the quotation that selections mean: without its marks, one span a paragraph."""
    spans = [part for span in spans_in(article, value) for part in _by_paragraph(article, span)]
    bare = [bare for span in spans if (bare := _without_marks(article.text, span)) is not None]
    if not bare:
        raise EditRefused("there are no words between the marks; select the words")
    return _spanned(article.text, bare, "\n\n")


def attribution(article: Article, value: Json) -> Json:
    """Return the reported words that selections mean."""
    return _spanned(article.text, spans_in(article, value), GAP)


def verbatim(article: Article, value: Json) -> Json:
    """Return the phrase that a selection means."""
    return _placed(article.text, span_in(article, *_ends(value)))


def sentence(inventory: Inventory, value: Json) -> Json:
    """Return the sentence that holds a selection, or all that it touches."""
    span = span_in(inventory.article, *_ends(value))
    first, last = inventory.sentence_at(span.start), inventory.sentence_at(span.end - 1)
    start = min(span.start, first.span.start) if first else span.start
    end = max(span.end, last.span.end) if last else span.end
    if first and first.span.end <= span.start:  # the selection stands behind the last sentence
        start = span.start
    return _placed(inventory.article.text, Span(start, end))


def figure(inventory: Inventory, value: Json) -> Json:
    """Return the number that a selection means: the one found there, or the selection parsed."""
    span = span_in(inventory.article, *_ends(value))
    overlapping = [candidate for candidate in inventory.figures if candidate.span.overlaps(span)]
    within = [candidate for candidate in overlapping if candidate.span == span] or [
        candidate
        for candidate in overlapping
        if span.contains(candidate.span) or candidate.span.contains(span)
    ]
    if len(within) == 1:
        return Figure.from_wire(within[0].id, inventory).to_json()
    if len(within) > 1:
        raise EditRefused("there are several numbers in the selection; select one of them")
    return _parsed(inventory.article, span)


def _parsed(article: Article, span: Span) -> Json:
    """Return the only number that the selected words hold when they are read by themselves."""
    words = article.text[span.start : span.end][:_FIGURE_REACH]
    whole = (Paragraph(0, Span(0, len(words)), "body"),)
    alone = take_inventory(replace(article, text=words, paragraphs=whole))
    if len(alone.figures) != 1:
        reasons = [rejected.reason for rejected in alone.not_figures]
        why = f"it is read as: {', '.join(reasons[:3])}" if reasons else "there is no number in it"
        raise EditRefused(f"the selection is not a figure ({why}); select the number as printed")
    parsed: dict[str, Any] = Figure.from_wire(alone.figures[0].id, alone).to_json()
    parsed["start"] += span.start
    parsed["end"] += span.start
    return parsed


def name(inventory: Inventory, value: Json) -> Json:
    """Return the name that is meant: {"entity"}, {"mention": [s, e]} or {"name": "typed"}."""
    if not isinstance(value, dict):
        raise EditRefused("choose a name of the article, select it there, or type a new one")
    if isinstance(value.get("entity"), str):
        try:
            return Name.from_wire(value["entity"], inventory).to_json()
        except ValueError as error:
            raise EditRefused(f"{error}; choose one of the names listed") from None
    mention = value.get("mention")
    if mention is not None:
        return _mentioned(inventory, mention, value)
    return _typed(inventory, value.get("name"))


def _mentioned(inventory: Inventory, mention: Json, value: Json) -> Json:
    """Return the entity whose mention is selected, or else the selected words as a name."""
    ends = (mention.get("start"), mention.get("end")) if isinstance(mention, dict) else mention
    if not isinstance(ends, list | tuple) or len(ends) != 2:
        raise EditRefused("a mention is a start and an end; select the name again")
    span = span_in(inventory.article, *ends)
    place = _placed(inventory.article.text, span)
    overlapping = [(m, e) for m, e in inventory.mentions if m.span.overlaps(span)]
    mentioned: tuple[Mention, Any] | None = next(
        (p for p in overlapping if p[0].span == span), None
    )
    if mentioned is None and len({entity.id for _, entity in overlapping}) == 1:
        mentioned = overlapping[0]
    if isinstance(value.get("name"), str):  # a row's own form: the name stays as it is
        return {"name": value["name"], "kind": str(value.get("kind", "other")), "mention": place}
    if mentioned is None:
        return {"name": " ".join(place["text"].split()), "kind": "other", "mention": place}
    return {"name": mentioned[1].name, "kind": mentioned[1].kind, "mention": place}


def _typed(inventory: Inventory, typed: Json) -> Json:
    """Return a name that a reviewer has typed, marked as such unless the article has it."""
    words = " ".join(typed.split()) if isinstance(typed, str) else ""
    if not words or len(words) > _LONGEST_NAME or not words.isprintable():
        raise EditRefused(f"a name has 1 to {_LONGEST_NAME} printable characters")
    for entity in inventory.names:
        if words == entity.name:
            return {"name": entity.name, "kind": entity.kind, "mention": None}
    return {"name": words, "kind": "other", "mention": None, "typed": True}


def _ends(value: Json) -> tuple[Any, Any]:
    if isinstance(value, dict):
        return value.get("start"), value.get("end")
    raise EditRefused("there is no selection; select the words in the article")


def _by_paragraph(article: Article, span: Span) -> list[Span]:
    """Return a selection in one span a paragraph; blanks between paragraphs belong to none."""
    parts = [
        Span(max(span.start, paragraph.span.start), min(span.end, paragraph.span.end))
        for paragraph in article.paragraphs
        if paragraph.span.overlaps(span)
    ]
    return parts or [span]


def _without_marks(text: str, span: Span) -> Span | None:
    """Return a span without the quotation marks at its ends, unless only one end has some.

    An apostrophe belongs to the word that it stands at: "workers'" keeps it. A mark at one end
    stays where its counterpart stands among the words, as in a turn: `He said: "No."`
    """
    start, end = span
    opens, closes = text[start] in MARK_CHARACTERS, text[end - 1] in MARK_CHARACTERS
    if opens != closes and not _DOUBLE_MARKS.isdisjoint(text[start + 1 : end - 1]):
        return span
    if opens and (closes or text[start] not in "'’"):
        while start < end and text[start] in MARK_CHARACTERS:
            start += 1
    if closes and (opens or text[end - 1] not in "'’"):
        while end > start and text[end - 1] in MARK_CHARACTERS:
            end -= 1
    while start < end and text[start].isspace():
        start += 1
    while end > start and text[end - 1].isspace():
        end -= 1
    return Span(start, end) if start < end else None


def _placed(text: str, span: Span) -> Json:
    return {"text": text[span.start : span.end], "start": span.start, "end": span.end}


def _spanned(text: str, spans: Sequence[Span], between: str) -> Json:
    return {
        "text": between.join(text[span.start : span.end] for span in spans),
        "spans": [{"start": span.start, "end": span.end} for span in spans],
    }
