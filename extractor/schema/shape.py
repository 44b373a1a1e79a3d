"""Reads off a schema's fields what it asks for: the kind of each, and what a row rests on.

A row rests on what its anchor field names: an attribution, a quotation, a figure, a name, or the
sentence that states a sanction or a release. Rows that rest on nothing are for a model to fill.
"""

import dataclasses
import enum
import types
from functools import lru_cache
from typing import Annotated, Any, Literal, Union, get_args, get_origin

from pydantic import BaseModel, Field, TypeAdapter, create_model

from extractor.fields import Grounded
from extractor.frozen import frozen
from extractor.kinds import all_kinds, field_kind
from extractor.kinds.kind import Kind


@frozen
class FieldShape:
    """One field of a model."""

    name: str  # the attribute
    key: str  # on the wire and in JSON: the alias, if it has one
    # The name of the kind whose type it has ("quotation"), or "verbatim", "text", "choice",
    # "scalar" (a number or truth value), "row" (a model) or "other".
    kind: str
    many: bool
    required: bool
    nullable: bool
    choices: tuple[str, ...] = ()  # of a Literal or an enumeration of strings
    row: "Shape | None" = None  # of a nested model
    value_type: type[Grounded] | None = None  # of a value that is grounded in the article

    @property
    def word(self) -> str:
        """The name for comparing with synonyms: "released_by" and "releasedBy" are one."""
        return self.name.replace("_", "").lower()


@frozen
class Shape:
    """A model's fields, and what one instance of it rests on."""

    model: type[BaseModel]
    fields: tuple[FieldShape, ...]
    rests_on: Kind | None
    anchor: FieldShape | None
    # All fields in the order in which they are grounded: the anchor, then sentences, then what is
    # looked for near these. Of (text: Verbatim, basis: Sentence, quote: Quotation): quote, basis,
    # text.
    grounding_order: tuple[FieldShape, ...] = dataclasses.field(
        init=False, repr=False, compare=False
    )
    # Whether that is the order of the schema, too.
    is_in_order: bool = dataclasses.field(init=False, repr=False, compare=False)
    # The keys of the fields that hold rows, one or a list: "quotes" of `quotes: list[Quote]`.
    row_keys: tuple[str, ...] = dataclasses.field(init=False, repr=False, compare=False)
    # Those too, and of lists and of types not known here: "aliases" of `aliases: list[str]`.
    container_keys: tuple[str, ...] = dataclasses.field(init=False, repr=False, compare=False)
    # Fields that must hold one value: `topic: str`, but not `topic: str | None` or a list.
    mandatory: tuple[FieldShape, ...] = dataclasses.field(init=False, repr=False, compare=False)
    # What lists, nested ones too, want a row or an item for: {"quotation"} of `list[Quote]` as
    # well as of `list[Quotation]`; see `asks_for`.
    listed_kinds: frozenset[str] = dataclasses.field(init=False, repr=False, compare=False)
    # What any field holds, in nested models too: {"row", "quotation", "name"}; see `holds`.
    kinds: frozenset[str] = dataclasses.field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        """Compute once what is asked of a shape again and again, for every row."""
        fields = self.fields
        order = tuple(sorted(fields, key=lambda f: (f is not self.anchor, f.kind != "sentence")))
        listed = [f.kind if f.row is None else f.row.kind_name for f in fields if f.many]
        inner = [f.row for f in fields if f.row is not None]
        computed = {
            "grounding_order": order,
            "is_in_order": order == fields,
            "row_keys": tuple(f.key for f in fields if f.row is not None),
            "container_keys": tuple(f.key for f in fields if f.many or f.kind in ("row", "other")),
            "mandatory": tuple(f for f in fields if f.required and not f.nullable and not f.many),
            "listed_kinds": frozenset(listed).union(*(row.listed_kinds for row in inner)),
            "kinds": frozenset(f.kind for f in fields).union(*(row.kinds for row in inner)),
        }
        for name, value in computed.items():
            object.__setattr__(self, name, value)

    @property
    def kind_name(self) -> str:
        """The name of the kind that a row rests on: "quotation"; "" where it rests on nothing."""
        return self.rests_on.name if self.rests_on is not None else ""

    def asks_for(self, kind: Kind) -> bool:
        """Return whether the schema wants every candidate of a kind: rows or a list of them."""
        return kind.name in self.listed_kinds

    def holds(self, kind: str) -> bool:
        """Return whether any field, of this model or one in it, holds this: "text", "name"."""
        return kind in self.kinds


@lru_cache(maxsize=256)
def shape_of(model: type[BaseModel]) -> Shape:
    """Return what a model asks for. A model that contains itself is followed to there only."""
    return _shape(model, ())


def _shape(model: type[BaseModel], above: tuple[type[BaseModel], ...]) -> Shape:
    """Return the shape of a model; the models in `above` contain it and are not followed again."""
    fields = []
    for name, info in model.model_fields.items():
        kind, many, nullable, inner = _read(info.annotation)
        row = None
        if kind == "row":
            if inner in above or inner is model:
                kind = "other"
            else:
                row = _shape(inner, (*above, model))
        choices = _choices(inner) if kind == "choice" else ()
        alias = info.validation_alias if isinstance(info.validation_alias, str) else info.alias
        grounded = inner if field_kind(inner) is not None else None
        key, required = alias or name, info.is_required()
        fields.append(FieldShape(name, key, kind, many, required, nullable, choices, row, grounded))
    rests_on, anchor = _anchor(fields)
    return Shape(model, tuple(fields), rests_on, anchor)


def _read(annotation: Any) -> tuple[str, bool, bool, Any]:
    """Return what a field's type holds: (kind, is a list, may be null, innermost type).

    E.g. for `list[Name] | None`: ("name", True, True, Name).
    """
    origin = get_origin(annotation)
    if origin is Annotated:
        return _read(get_args(annotation)[0])
    if origin in (Union, types.UnionType):
        parts = [part for part in get_args(annotation) if part is not type(None)]
        nullable = len(parts) < len(get_args(annotation))
        # Of several types the grounded one goes first: an id is better than free words.
        members = sorted((_read(part) for part in parts), key=lambda m: field_kind(m[3]) is None)
        kind, many, _, inner = members[0]
        return kind, many, nullable, inner
    if origin in (list, tuple, set, frozenset) or _is_sequence(origin):
        arguments = [part for part in get_args(annotation) if part is not Ellipsis]
        kind, _, _, inner = _read(arguments[0]) if arguments else ("other", False, False, Any)
        return kind, True, False, inner
    if origin is Literal:
        return "choice", False, None in get_args(annotation), annotation
    if (grounded := field_kind(annotation)) is not None:
        return grounded, False, False, annotation
    if isinstance(annotation, type):
        if issubclass(annotation, BaseModel):
            return "row", False, False, annotation
        if issubclass(annotation, enum.Enum):
            return "choice", False, False, annotation
        if issubclass(annotation, str):
            return "text", False, False, annotation
        if issubclass(annotation, bool | int | float):
            return "scalar", False, False, annotation
    return "other", False, False, annotation


def _is_sequence(origin: Any) -> bool:
    from collections.abc import Iterable

    return isinstance(origin, type) and issubclass(origin, Iterable) and origin is not dict


def _choices(inner: Any) -> tuple[str, ...]:
    if get_origin(inner) is Literal:
        return tuple(choice for choice in get_args(inner) if isinstance(choice, str))
    return tuple(member.value for member in inner if isinstance(member.value, str))


def _anchor(fields: list[FieldShape]) -> tuple[Kind | None, FieldShape | None]:
    """Return the kind that a row is of, the most exact that fits, and the field it rests on."""
    ordered = sorted(fields, key=lambda field: not field.required)
    for kind in all_kinds():
        anchor = kind.anchor(ordered)
        if anchor is not None:
            return kind, anchor
    return None, None


@lru_cache(maxsize=1024)
def validator_of(model: type[BaseModel], name: str) -> TypeAdapter[Any]:
    """Return a validator for the values of one field of a model, with the field's constraints."""
    info = model.model_fields[name]
    annotation: Any = info.annotation
    for constraint in info.metadata:
        annotation = Annotated[annotation, constraint]
    return TypeAdapter(annotation)


@lru_cache(maxsize=256)
def lenient(model: type[BaseModel]) -> type[BaseModel]:
    """Return a subclass of a schema's model whose required fields may be null, anchors excepted.

    For rows that are kept although a required field is not known: a quotation is not lost because
    the article does not say who spoke. The sheet shows null and the warnings name the field.
    """
    shape = shape_of(model)
    changed: dict[str, Any] = {}
    for field in shape.fields:
        info = model.model_fields[field.name]
        annotation: Any = info.annotation
        if field.row is not None:
            row = lenient(field.row.model)
            annotation = list[row] if field.many else row  # type: ignore[valid-type]
        elif info.metadata:
            annotation = Annotated[(annotation, *info.metadata)]
        if field.required and field is not shape.anchor:
            alias = field.key if field.key != field.name else None
            # A list that is asked for may be empty, so it needs no null.
            default = Field(alias=alias) if field.many else Field(default=None, alias=alias)
            changed[field.name] = (annotation if field.many else annotation | None, default)
        elif field.row is not None:
            alias = field.key if field.key != field.name else None
            default = Field(default=info.get_default(call_default_factory=True), alias=alias)
            changed[field.name] = (annotation | None, default)
    return create_model(model.__name__, __base__=model, **changed)
