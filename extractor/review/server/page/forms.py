"""The form in which a row is edited: for each field its control, its choices, its values now.

Words are never typed: a quotation, a figure or a phrase is chosen by selecting it in the article,
and what the form sends are places. See editing.edited_row for the changes that it may ask for.
"""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Literal

from pydantic import BaseModel

from extractor.find.candidates import Entity
from extractor.frozen import frozen
from extractor.review.claims.json_rows import Json
from extractor.review.decide.editing import VALUE, row_field
from extractor.review.server.page.view_models import clipped, fields_of
from extractor.schema.shape import FieldShape, Shape, shape_of
from extractor.sheet.tables import Item
from extractor.text.printable import one_line

if TYPE_CHECKING:
    from extractor.review.desk import Desk

Control = Literal["spans", "span", "name", "choice", "text", "number", "truth"]
_CONTROLS: dict[str, Control] = {
    "quotation": "spans",
    "attribution": "spans",
    "figure": "span",
    "sentence": "span",
    "verbatim": "span",
    "name": "name",
    "choice": "choice",
    "text": "text",
}


@frozen
class Value:
    """One value that a field has: what people read, and what the form would send for it."""

    text: str
    change: Any  # see editing.edited_row
    entity: str | None = None  # the id of a name of the article
    spans: tuple[tuple[int, int], ...] = ()  # where it stands


@frozen
class FormField:
    """One field of the form."""

    key: str
    label: str
    help: str | None
    control: Control
    many: bool
    required: bool
    is_anchor: bool  # whether the row rests on it
    choices: tuple[str, ...]
    values: tuple[Value, ...]


def form_fields(desk: "Desk", article: str, schema: str, kind: str, row: Json) -> list[FormField]:
    """Return the form for a row, or for a new one (`row` None); the field it rests on first."""
    field = row_field(desk, schema, kind)
    items = {shown.column.name: shown.items for shown in fields_of(desk, schema, kind, row)}
    if field.row is None:  # the row is one value
        single = replace(field, key=VALUE, many=False, required=True, nullable=False)
        shape = Shape(BaseModel, (single,), None, single)
        items = {VALUE: items.get(kind, ())}
    else:
        shape = field.row
    names = desk.inventory(article).names
    form = []
    for shape_of_field in shape.fields:
        control = _control(shape_of_field)
        if control is None:  # rows inside a row are not edited here
            continue
        info = shape.model.model_fields.get(shape_of_field.name)
        described = info.description if info else None
        form.append(
            FormField(
                shape_of_field.key,
                (kind if shape_of_field.key == VALUE else shape_of_field.key).replace("_", " "),
                one_line(described) if described else None,
                control,
                shape_of_field.many,
                shape_of_field.required and not shape_of_field.nullable,
                shape_of_field is shape.anchor,
                shape_of_field.choices,
                tuple(
                    _values(shape_of_field, control, items.get(shape_of_field.key, ()), row, names)
                ),
            )
        )
    return sorted(form, key=lambda form_field: not form_field.is_anchor)


def _control(shape: FieldShape) -> Control | None:
    if shape.kind == "scalar":
        return "number"
    return _CONTROLS.get(shape.kind)


def _values(
    shape: FieldShape, control: Control, items: Sequence[Item], row: Json, names: Sequence[Entity]
) -> Iterator[Value]:
    """Yield a field's values; values of a list are sent back unchanged unless they are edited."""
    value = row.get(shape.key) if isinstance(row, dict) else None
    kept = value if shape.many and isinstance(value, list) and len(value) == len(items) else None
    for number, item in enumerate(items):
        spans = tuple((span.start, span.end) for span in item.spans)
        entity = _entity(item, names) if control == "name" else None
        change: Any = item.value if item.value is not None else item.text
        if kept is not None:
            change = kept[number]
        elif control == "spans":
            change = {"spans": [list(span) for span in spans]}
        elif control == "span" and spans:
            change = {"start": spans[0][0], "end": spans[0][1]}
        elif control == "name":
            change = {"entity": entity.id} if entity else {"name": item.text}
        yield Value(clipped(item.text), change, entity.id if entity else None, spans)


def _entity(item: Item, names: Sequence[Entity]) -> Entity | None:
    """Return the article's entity of a name: by its mention, or else by its spelling."""
    places = set(item.spans)
    so_called = [entity for entity in names if entity.name == item.text]
    for entity in (*so_called, *names):
        if places and any(mention.span in places for mention in entity.mentions):
            return entity
    return so_called[0] if so_called else None


def kinds_to_add(desk: "Desk", schema: str) -> Iterator[str]:
    """Yield the row kinds that can be added by selecting words: those that rest on a place."""
    loaded = desk.schema(schema)
    if loaded is None:
        return
    for field in shape_of(loaded.model).fields:
        if field.row is not None and field.many and field.row.anchor is not None:
            control = _control(field.row.anchor)
            if control in ("spans", "span"):
                yield field.key
