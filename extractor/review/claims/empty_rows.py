"""Rows with nothing but their anchor, in the form that `record_to_json` writes."""

from typing import Any

from extractor.review.claims.json_rows import Json
from extractor.schema.shape import FieldShape, Shape


def empty_row(shape: Shape, anchor: Json | None) -> dict[str, Any]:
    """Return a row with its anchor, if given, and every other field null or an empty list."""
    row: dict[str, Any] = {}
    for field in shape.fields:
        if field is not shape.anchor:
            row[field.key] = [] if field.many else None
        elif anchor is not None:
            row |= field_json(shape, field, anchor)
    return row


def field_json(shape: Shape, field: FieldShape, value: Json) -> dict[str, Any]:
    """Return one field of a row: under its key, or an anchor's parts spread into the row itself.

    `record_to_json` spreads an anchor whose field is named for its kind, such as `quotation`.
    """
    others = {other.key for other in shape.fields}
    spread = field.value_type is not None and field.value_type.spread
    if spread and field.name == field.kind and not value.keys() & others:
        return dict(value)
    return {field.key: value}
