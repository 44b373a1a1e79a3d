"""Published rows as W3C Web Annotations: an annotation a row, all in one collection.

Follows the Web Annotation Data Model (W3C Recommendation, 23 February 2017). The target is the
article's text, named by its hash (RFC 6920), with the page that it was read from as scope; every
stretch has a TextQuoteSelector and a TextPositionSelector, which counts code points, as the model
demands. Bodies say what the row is and, of each of its fields, what stands in it; the last one is
the row itself as JSON, so that nothing is lost.
"""

import base64
import json
from collections.abc import Iterator, Sequence
from typing import IO, TYPE_CHECKING, Any
from uuid import NAMESPACE_URL, uuid5

from extractor.article import Article
from extractor.pipeline import ENGINE
from extractor.review.publish.columns import anchor_item, moment, status_of
from extractor.sheet.jsonout import escape_unseen
from extractor.text.spans import Span

if TYPE_CHECKING:
    from extractor.review.publish.selection import PublishedRow, Selection

CONTEXT = "http://www.w3.org/ns/anno.jsonld"
_AROUND = 32  # code points of prefix and suffix: enough to tell repeated words apart
_SOFTWARE = {"type": "Software", "name": ENGINE}


def write_annotations(selection: "Selection", file: IO[str]) -> Sequence[str]:
    """Write one AnnotationCollection with its only page in it."""
    name = selection.filter.to_query()
    collection, page = _urn(f"collection {name}"), _urn(f"page {name}")
    head = {
        "@context": CONTEXT,
        "id": collection,
        "type": "AnnotationCollection",
        "label": "Published rows",
        "generator": _SOFTWARE,
    }
    file.write(_dumps(head)[:-1])
    total = 0
    for annotation in _annotations(selection):
        if not total:
            first = {"id": page, "type": "AnnotationPage", "partOf": collection, "startIndex": 0}
            file.write(f',\n"first": {_dumps(first)[:-1]}, "items": [\n')
        file.write((",\n" if total else "") + _dumps(annotation))
        total += 1
    # A page holds one annotation at least; an empty collection has none.
    file.write((f'\n]}},\n"last": {_dumps(page)}' if total else "") + f',\n"total": {total}}}\n')
    left = selection.taken - total
    return (f"{left} rows rest on no words of the article and are no annotation",) if left else ()


def _annotations(selection: "Selection") -> Iterator[dict[str, Any]]:
    for reviewed in selection.published_articles():
        for row in reviewed.rows:
            if annotation := annotate(row, reviewed.article):
                yield annotation


def annotate(row: "PublishedRow", article: Article) -> dict[str, Any] | None:
    """Return a row as an annotation; None when it rests on no words of the article."""
    anchor = anchor_item(row.cells, row.kind.anchor)
    if anchor is None:
        return None
    claim = row.claim
    targets = [_target(article, span) for span in anchor.spans]
    annotation: dict[str, Any] = {
        "id": _urn(f"claim {claim.id}"),
        "type": "Annotation",
        "motivation": "describing",
    }
    decided = claim.reviewer is not None and not row.open
    annotation["creator"] = {"type": "Person", "name": claim.reviewer} if decided else _SOFTWARE
    if (at := moment(claim.decided_at)) is not None and decided:
        annotation["created"] = at
    annotation["generator"] = {"type": "Software", "name": claim.engine or ENGINE}
    annotation["body"] = list(_bodies(row, article))
    annotation["target"] = targets[0] if len(targets) == 1 else targets
    return annotation


def _bodies(row: "PublishedRow", article: Article) -> Iterator[dict[str, Any]]:
    """Yield the kind as a tag, the status, every field but the anchor, and the row as JSON."""
    yield _body("tagging", row.claim.kind)
    yield _body("describing", f"review status: {status_of(row.claim)}")
    if row.details.note:
        yield _body("commenting", row.details.note)
    for position, (column, cell) in enumerate(zip(row.kind.columns, row.cells, strict=True)):
        if position == row.kind.anchor:
            continue
        for item in cell.items:
            yield _body(
                "identifying" if item.role == "name" else "describing",
                f"{column.label}: {item.text}",
            )
            if item.role == "name":
                for span in item.spans:
                    yield {**_target(article, span), "purpose": "identifying"}
    yield {**_body("describing", _dumps(row.claim.row)), "format": "application/json"}


def _body(purpose: str, value: str) -> dict[str, Any]:
    return {"type": "TextualBody", "purpose": purpose, "value": value, "format": "text/plain"}


def _target(article: Article, span: Span) -> dict[str, Any]:
    """Return a stretch of the article's text as a specific resource."""
    text = article.text
    target: dict[str, Any] = {
        "type": "SpecificResource",
        "source": {"id": named(article.sha256), "type": "Text", "format": "text/plain"},
        "selector": [
            {
                "type": "TextQuoteSelector",
                "exact": span.of(text),
                "prefix": text[max(0, span.start - _AROUND) : span.start],
                "suffix": text[span.end : span.end + _AROUND],
            },
            {"type": "TextPositionSelector", "start": span.start, "end": span.end},
        ],
    }
    if article.url and article.url.startswith(("https://", "http://")):
        target["scope"] = article.url
    return target


def named(sha256: str) -> str:
    """Return the IRI of a text by its hash, as RFC 6920 says: "ni:///sha-256;…"."""
    try:
        digest = bytes.fromhex(sha256)
    except ValueError:
        return f"urn:sha256:{sha256}"
    return f"ni:///sha-256;{base64.urlsafe_b64encode(digest).decode().rstrip('=')}"


def _urn(name: str) -> str:
    """Return an IRI that stays the same: a UUID of a name."""
    return uuid5(NAMESPACE_URL, f"news-extract {name}").urn


def _dumps(value: Any) -> str:
    return escape_unseen(json.dumps(value, ensure_ascii=False, allow_nan=False))
