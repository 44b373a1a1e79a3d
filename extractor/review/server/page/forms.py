"""The form in which a row is edited: what each of its fields may be, and what it is now.

Words are never typed: a quotation, a figure or a phrase is chosen by selecting it in the article,
and what the form sends are places. See editing.edited for the changes that it may ask for.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Literal

from pydantic import BaseModel

from extractor.find.candidates import Entity
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


@dataclass(frozen=True, slots=True)
class Value:
    """One value that a field has: what people read, and what the form would send for it."""

    text: str
    change: Any  # see editing.edited
    entity: str | None = None  # the id of a name of the article
    spans: tuple[tuple[int, int], ...] = ()  # where it stands


@dataclass(frozen=True, slots=True)
class FormField:
    """One field of the form."""

    key: str
    label: str
    help: str | None
    control: Control
    many: bool
    required: bool
    is_anchor: bool  # the row rests on it
    choices: tuple[str, ...]
    values: tuple[Value, ...]


def form_fields(desk: "Desk", article: str, schema: str, kind: str, row: Json) -> list[FormField]:
    """Return the form for a row, or for a new one (`row` None); the field it rests on first."""
    field = row_field(desk, schema, kind)
    items = {one.column.name: one.items for one in fields_of(desk, schema, kind, row)}
    if field.row is None:  # the row is one value
        single = replace(field, key=VALUE, many=False, required=True, nullable=False)
        shape = Shape(BaseModel, (single,), None, single)
        items = {VALUE: items.get(kind, ())}
    else:
        shape = field.row
    names = desk.inventory(article).names
    found = []
    for one in shape.fields:
        control = _control(one)
        if control is None:  # rows inside a row are not edited here
            continue
        info = shape.model.model_fields.get(one.name)
        described = info.description if info else None
        found.append(
            FormField(
                one.key,
                (kind if one.key == VALUE else one.key).replace("_", " "),
                one_line(described) if described else None,
                control,
                one.many,
                one.required and not one.nullable,
                one is shape.anchor,
                one.choices,
                tuple(_values(one, control, items.get(one.key, ()), row, names)),
            )
        )
    return sorted(found, key=lambda each: not each.is_anchor)


def _control(shape: FieldShape) -> Control | None:
    if shape.kind == "scalar":
        return "number"
    return _CONTROLS.get(shape.kind)


def _values(
    shape: FieldShape, control: Control, items: Sequence[Item], row: Json, names: Sequence[Entity]
) -> Iterator[Value]:
    """Yield a field's values; in a list, what is not touched goes back as it came."""
    told = row.get(shape.key) if isinstance(row, dict) else None
    kept = told if shape.many and isinstance(told, list) and len(told) == len(items) else None
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
    """Return the name of the article that a value means: the one mentioned there, or so called."""
    places = set(item.spans)
    so_called = [one for one in names if one.name == item.text]
    for one in (*so_called, *names):
        if places and any(mention.span in places for mention in one.mentions):
            return one
    return so_called[0] if so_called else None


def kinds_to_add(desk: "Desk", schema: str) -> Iterator[str]:
    """Yield the row kinds that can be added by selecting words: those that rest on a place."""
    loaded = desk.schema(schema)
    if loaded is None:
        return
    for one in shape_of(loaded.model).fields:
        if one.row is not None and one.many and one.row.anchor is not None:
            control = _control(one.row.anchor)
            if control in ("spans", "span"):
                yield one.key
