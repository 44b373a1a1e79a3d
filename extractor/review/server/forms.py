"""The form in which a row is edited: what each of its fields may be, and what it is now.

Words are never typed: a quotation, a figure or a phrase is chosen by selecting it in the article,
and what the form sends are places. See editing.py for the changes that it may ask for.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

from extractor.find.candidates import Entity
from extractor.review.claims import Json
from extractor.review.server.showing import clipped, fields_of
from extractor.shapes import FieldShape, Shape, shape_of
from extractor.sheet.printable import one_line
from extractor.sheet.tables import Item

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
    change: Any  # see editing.py
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
    leads: bool  # the row rests on it
    choices: tuple[str, ...]
    values: tuple[Value, ...]


@dataclass(frozen=True, slots=True)
class NameChoice:
    """A name of the article that a field may be set to."""

    id: str
    name: str
    what: str  # "person, President; 4 mentions"
    place: int  # of its first mention


def row_shape(desk: "Desk", schema: str, kind: str) -> Shape | None:
    """Return the shape of a row kind, or None when its schema is gone or it has no fields."""
    loaded = desk.schema(schema)
    if loaded is None:
        return None
    return next((one.row for one in shape_of(loaded.model).fields if one.key == kind), None)


def form_fields(desk: "Desk", article: str, schema: str, kind: str, row: Json) -> list[FormField]:
    """Return the form for a row, or for a new one (`row` None); the field it rests on first."""
    shape = row_shape(desk, schema, kind)
    if shape is None:
        return []
    items = {one.column.name: one for one in fields_of(desk, schema, kind, row)}
    names = desk.inventory(article).names
    found = []
    for one in shape.fields:
        control = _control(one)
        if control is None:  # rows inside a row are not edited here
            continue
        shown = items.get(one.key)
        info = shape.model.model_fields[one.name]
        found.append(
            FormField(
                one.key,
                one.key.replace("_", " "),
                one_line(info.description) if info.description else None,
                control,
                one.many,
                one.required and not one.nullable,
                one is shape.anchor,
                one.choices,
                tuple(_value(control, item, names) for item in shown.items) if shown else (),
            )
        )
    return sorted(found, key=lambda each: not each.leads)


def _control(shape: FieldShape) -> Control | None:
    if shape.kind == "scalar":
        return "number"
    return _CONTROLS.get(shape.kind)


def _value(control: Control, item: Item, names: Sequence[Entity]) -> Value:
    spans = tuple((span.start, span.end) for span in item.spans)
    text = clipped(item.text)
    if control == "spans":
        return Value(text, {"spans": [list(span) for span in spans]}, spans)
    if control == "span" and spans:
        return Value(text, {"start": spans[0][0], "end": spans[0][1]}, spans)
    if control == "name":
        entity = _entity(item, names)
        return Value(text, {"entity": entity.id} if entity else {"name": item.text}, spans)
    return Value(text, item.value if item.value is not None else item.text, spans)


def _entity(item: Item, names: Sequence[Entity]) -> Entity | None:
    """Return the name of the article that a value means: the one mentioned there, or so called."""
    places = set(item.spans)
    so_called = [one for one in names if one.name == item.text]
    for one in (*so_called, *names):
        if places and any(mention.span in places for mention in one.mentions):
            return one
    return so_called[0] if so_called else None


def name_choices(desk: "Desk", article: str) -> list[NameChoice]:
    """Return the article's names, people and unnamed sources first, then by where they stand."""
    order = {"person": 0, "unnamed": 1, "body": 2, "other": 3, "place": 4}
    names = sorted(
        (one for one in desk.inventory(article).names if one.mentions),
        key=lambda one: (order.get(one.kind, 3), one.mentions[0].span.start),
    )
    return [
        NameChoice(one.id, one_line(one.name)[:120], _what(one), one.mentions[0].span.start)
        for one in names
    ]


def _what(entity: Entity) -> str:
    told = [entity.kind, *([one_line(entity.role)[:60]] if entity.role else [])]
    count = len(entity.mentions)
    return f"{', '.join(told)}; {count} mention{'s' if count > 1 else ''}"


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
