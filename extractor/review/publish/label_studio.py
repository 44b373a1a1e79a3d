"""Published rows as Label Studio's JSON: a task an article, with the labels that it imports.

What was decided is an annotation, what is open a prediction by whoever proposed it. A region is a
stretch of the text under a label; what else a row says is said of its first region: choices where
the schema gives a choice, texts otherwise, and relations to the regions of names. Offsets count
code points, as Label Studio's `Text` does since 1.6 (its domManager, and pull request 6135); where
older versions went wrong was in counting UTF-16 units after an emoji.

`config` returns the labelling interface that the tasks need.
"""

import json
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from typing import IO, TYPE_CHECKING, Any
from xml.sax.saxutils import quoteattr

from extractor.review.publish.columns import anchor_item, answered_by, moment, status_of
from extractor.sheet.jsonout import escape_unseen
from extractor.sheet.tables import Column, Item

if TYPE_CHECKING:
    from extractor.article import Article
    from extractor.review.publish.columns import PublishedKind
    from extractor.review.publish.selection import PublishedArticle, PublishedRow, Selection

_TEXT = "text"  # the name of the object tag
_LABELS = "label"  # and of the control tag


def write_tasks(selection: "Selection", file: IO[str]) -> Sequence[str]:
    """Write the tasks as one JSON list, one at a time."""
    file.write("[")
    left = 0
    for number, reviewed in enumerate(selection.published_articles()):
        file.write("\n" if not number else ",\n")
        file.write(escape_unseen(json.dumps(task(reviewed), ensure_ascii=False, allow_nan=False)))
        left += sum(anchor_item(row.cells, row.kind.anchor) is None for row in reviewed.rows)
    file.write("\n]\n")
    return (f"{left} rows rest on no words of the article and are no region",) if left else ()


def task(reviewed: "PublishedArticle") -> dict[str, Any]:
    """Return an article with its rows as a task."""
    article = reviewed.article
    decided = [row for row in reviewed.rows if not row.open]
    open_by: dict[str, list[PublishedRow]] = defaultdict(list)
    for row in reviewed.rows:
        if row.open:
            open_by[answered_by(row.claim)].append(row)
    data = {
        "text": article.text,
        "title": article.title,
        "source": article.source,
        "outlet": article.outlet,
        "date": article.date,
        "url": article.url,
        "language": article.language,
        "sha256": article.sha256,
    }
    task_json: dict[str, Any] = {"data": data, "annotations": [], "predictions": []}
    if decided:
        result = [item for row in decided for item in _result(row, article)]
        task_json["annotations"].append({"result": result, "ground_truth": True})
    for model, rows in open_by.items():
        result = [item for row in rows for item in _result(row, article)]
        confidences = [r.claim.confidence for r in rows if r.claim.confidence is not None]
        prediction: dict[str, Any] = {"model_version": model, "result": result}
        if confidences:
            prediction["score"] = round(sum(confidences) / len(confidences), 4)
        task_json["predictions"].append(prediction)
    return task_json


def _result(row: "PublishedRow", article: "Article") -> Iterator[dict[str, Any]]:
    """Yield the regions of a row, the values attached to the first one, and its relations."""
    anchor = anchor_item(row.cells, row.kind.anchor)
    if anchor is None:
        return
    claim = row.claim
    first = f"{claim.id}-0"
    places = [{"start": span.start, "end": span.end} for span in anchor.spans]
    about = [status_of(claim), *filter(None, (claim.reviewer, moment(claim.decided_at)))]
    for number, place in enumerate(places):
        region = _region(f"{claim.id}-{number}", article, place, label_of(claim.kind))
        yield {
            **region,
            "meta": {"text": [" · ".join([*about, row.details.note or ""]).rstrip(" ·")]},
        }
        if number:
            yield _relation(first, f"{claim.id}-{number}", "continued")
    for column, cell in zip(row.kind.columns, row.cells, strict=True):
        items = [item for item in cell.items if item is not anchor]
        if items:
            yield from _said(row, article, column, items, first, places[0])


def _said(
    row: "PublishedRow",
    article: "Article",
    column: Column,
    items: list[Item],
    first: str,
    place: dict[str, int],
) -> Iterator[dict[str, Any]]:
    """Yield the values of one field, and regions and relations for names."""
    name = _control(row.claim.kind, column.name)
    words = [item.text for item in items]
    part = "choices" if _choices(row.kind, column) else "text"
    yield {
        "id": first,
        "from_name": name,
        "to_name": _TEXT,
        "type": "choices" if part == "choices" else "textarea",
        "value": {**place, "text": article.text[place["start"] : place["end"]], part: words}
        if part == "choices"
        else {**place, "text": words},
    }
    for number, item in enumerate(items):
        for span in item.spans:
            if item.role != "name":
                continue
            region = f"{row.claim.id}-{column.name}-{number}"
            at = {"start": span.start, "end": span.end}
            yield _region(region, article, at, "Name")
            yield _relation(first, region, column.label)


def _region(name: str, article: "Article", place: dict[str, int], label: str) -> dict[str, Any]:
    words = article.text[place["start"] : place["end"]]
    return {
        "id": name,
        "from_name": _LABELS,
        "to_name": _TEXT,
        "type": "labels",
        "value": {**place, "text": words, "labels": [label]},
    }


def _relation(first: str, second: str, label: str) -> dict[str, Any]:
    return {
        "type": "relation",
        "from_id": first,
        "to_id": second,
        "direction": "right",
        "labels": [label],
    }


def label_of(kind: str) -> str:
    """Return the label that a row kind has: "sanction_terms" is "Sanction terms"."""
    return kind.replace("_", " ").strip().capitalize()


def _control(kind: str, field: str) -> str:
    return f"{kind}.{field}"


def _choices(kind: "PublishedKind", column: Column) -> tuple[str, ...]:
    return next((field.shape.choices for field in kind.editable if field.key == column.name), ())


def config(kinds: Iterable["PublishedKind"]) -> str:
    """Return the labelling interface for tasks of these kinds, as XML."""
    all_kinds = list(kinds)
    labels = dict.fromkeys([*(label_of(kind_shown.kind) for kind_shown in all_kinds), "Name"])
    lines = ["<View>", f'  <Labels name="{_LABELS}" toName="{_TEXT}">']
    lines += [f"    <Label value={quoteattr(label)}/>" for label in labels]
    lines += ["  </Labels>", "  <Relations>", '    <Relation value="continued"/>']
    fields = {(k.kind, c.name): (k, c) for k in all_kinds for c in k.columns}
    named = dict.fromkeys(c.label for _, c in fields.values() if c.role == "name")
    lines += [f"    <Relation value={quoteattr(label)}/>" for label in named]
    lines += ["  </Relations>", f'  <Text name="{_TEXT}" value="$text"/>']
    for kind, column in fields.values():
        if kind.anchor is not None and kind.columns[kind.anchor] is column:
            continue
        lines += _asking(kind, column)
    return "\n".join([*lines, "</View>\n"])


def _asking(kind: "PublishedKind", column: Column) -> list[str]:
    """Return the control in which a field's values of a region are shown."""
    label = label_of(kind.kind)
    attributes = (
        f'name={quoteattr(_control(kind.kind, column.name))} toName="{_TEXT}" perRegion="true"'
        f' whenTagName="{_LABELS}" whenLabelValue={quoteattr(label)}'
    )
    head = f'  <Header value={quoteattr(f"{label}: {column.label}")} size="5"/>'
    if choices := _choices(kind, column):
        listed = [f"    <Choice value={quoteattr(choice)}/>" for choice in choices]
        return [f"  <Choices {attributes}>", *listed, "  </Choices>"]
    return [head, f'  <TextArea {attributes} editable="true"/>']
