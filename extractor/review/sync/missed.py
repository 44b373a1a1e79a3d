"""Candidates that no row uses, as claims: what may have been missed is put before a reviewer.

The audit lists them with kind and place. Each becomes the row that the schema would hold it in,
with everything but its anchor empty.
"""

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

from extractor.review.claims.empty_rows import empty_row
from extractor.review.claims.json_rows import Json, packed
from extractor.review.sync.proposal import Proposal
from extractor.schema.shape import shape_of
from extractor.store.packing import anchor_of, storable
from extractor.text.spans import Span

if TYPE_CHECKING:
    from extractor.review.desk import Desk

_RESTS = {"quotation": "quotation", "attribution": "attribution", "figure": "figure",
          "sanction statement": "sanction"}  # fmt: skip


def candidates(
    desk: "Desk", article_sha256: str, schema: str, items: Sequence[dict[str, Any]]
) -> Iterator[Proposal]:
    """Yield a proposal for each unaccounted item of an audit that the schema has rows for."""
    loaded = desk.schema(schema)
    if loaded is None:
        return
    kinds = {
        field.row.rests_on: field
        for field in reversed(shape_of(loaded.model).fields)
        if field.row is not None and field.many
    }
    for item in items:
        field = kinds.get(_RESTS.get(item["kind"], ""))  # type: ignore[call-overload]
        if field is None or field.row is None or field.row.anchor is None:
            continue
        row = empty_row(field.row, _anchor_value(desk, article_sha256, item))
        start, end, text = anchor_of(row)
        yield Proposal(
            field.key,
            None,
            start,
            end,
            storable(text),
            None,
            False,
            packed(row),
            row,
            origin="candidate",
        )


def _anchor_value(desk: "Desk", article_sha256: str, item: dict[str, Any]) -> Json:
    """Return the JSON of the candidate that an item is about."""
    inventory = desk.inventory(article_sha256)
    place = Span(item["start"], item["end"])
    if item["kind"] == "quotation":
        for quotation in inventory.quotations:
            if (quotation.spans[0].start, quotation.spans[-1].end) == place:
                return _spans(item["text"], quotation.spans)
    if item["kind"] == "figure":
        from extractor.fields import Figure

        for number in inventory.figures:
            if number.span == place:
                return Figure.from_wire(number.id, inventory).to_json()
    if item["kind"] == "sanction statement":
        sentence = inventory.sentence_at(place.start)
        if sentence is not None and sentence.span.contains(place):
            place = sentence.span
        return {"text": inventory.text_of(place), "start": place.start, "end": place.end}
    return _spans(inventory.text_of(place), (place,))


def _spans(text: str, spans: Sequence[Span]) -> Json:
    return {"text": text, "spans": [{"start": span.start, "end": span.end} for span in spans]}
