"""Candidates that no row uses, as proposals: what may have been missed is put before a reviewer.

The audit lists them with kind and place. Each becomes the row that the schema would hold it in,
with everything but its anchor empty.
"""

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

from extractor.fields import Stretches
from extractor.find.inventory import Inventory
from extractor.kinds import kind_in_audit
from extractor.kinds.kind import Kind
from extractor.review.claims.empty_rows import empty_row
from extractor.review.claims.json_rows import Json, packed
from extractor.review.sync.proposal import Proposal
from extractor.schema.shape import shape_of
from extractor.store.packing import anchor_of, storable
from extractor.text.spans import Span

if TYPE_CHECKING:
    from extractor.review.desk import Desk


def missed_proposals(
    desk: "Desk", article_sha256: str, schema: str, items: Sequence[dict[str, Any]]
) -> Iterator[Proposal]:
    """Yield a proposal for each unaccounted item of an audit that the schema has rows for."""
    loaded = desk.schema(schema)
    if loaded is None:
        return
    kinds = {
        field.row.kind_name: field
        for field in reversed(shape_of(loaded.model).fields)
        if field.row is not None and field.many
    }
    by_place: dict[str, dict[Span, Any]] = {}  # kind -> where it is cited -> candidate
    for item in items:
        kind = kind_in_audit(item["kind"])
        field = kinds.get(kind.name) if kind is not None else None
        if kind is None or field is None or field.row is None or field.row.anchor is None:
            continue
        inventory = desk.inventory(article_sha256)
        if kind.name not in by_place:
            candidates = reversed(kind.candidates(inventory))  # of several in a place the first
            by_place[kind.name] = {kind.cited(c, inventory)[1]: c for c in candidates}
        value = _anchor_value(inventory, kind, item, by_place[kind.name])
        row = empty_row(field.row, value)
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


def _anchor_value(
    inventory: Inventory, kind: Kind, item: dict[str, Any], by_place: dict[Span, Any]
) -> Json:
    """Return the JSON of what a row on the candidate that an item is about would rest on."""
    place = Span(item["start"], item["end"])
    candidate = by_place.get(place)
    if candidate is not None:
        return kind.field.from_wire(kind.anchor_id(candidate), inventory).to_json()
    text = inventory.text_of(place)  # of a kind that only an extraction finds
    if issubclass(kind.field, Stretches):
        return kind.field(text, (place,)).to_json()
    return {"text": text, "start": place.start, "end": place.end}
