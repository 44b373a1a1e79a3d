"""The columns of published rows: what each is called in XLSX and CSV, and which may be edited.

A row of a kind has its fields, what was decided on it and where it comes from; last its identity,
by which an edited sheet finds its way back: the claim, and the version that it was published as.

    decision, reason, note     empty; for who edits the sheet
    the fields of the kind     may be edited, but for the columns that say where a value stands
    the others                 for reading; what is changed in them is not read
"""

import hashlib
import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cached_property, lru_cache
from typing import Any, Literal

from pydantic import BaseModel, ValidationError

from extractor.frozen import frozen
from extractor.record import record_from_json
from extractor.review.claims.claims import Claim
from extractor.review.claims.json_rows import Json
from extractor.review.decide.decisions import REASONS
from extractor.review.decide.editing import VALUE
from extractor.run.sheets.cells import (
    Cells,
    Head,
    Value,
    as_date,
    field_heads,
    field_values,
    unlike,
)
from extractor.run.sheets.workbook import fitting
from extractor.schema.catalogue import Schema
from extractor.schema.shape import FieldShape, shape_of
from extractor.sheet.csvout import field_cells, field_names, written
from extractor.sheet.tables import Cell, Column, Item, anchor_column, cells_of, row_kinds
from extractor.text.dates import utc

DECISIONS = ("accept", "correct", "reject", "later")
OPEN = "OPEN: nobody has decided on it"  # what an open row says in every table
# What a spreadsheet offers must fit into 255 characters, with commas between.
_MOST_OFFERED = 255

_DECISION_COLUMNS = (
    ("decision", "Decision", 11),
    ("reason", "Reason", 16),
    ("note", "Note", 24),
)
_PROVENANCE_COLUMNS = (
    ("review_status", "Review status", 16),
    ("reviewed_by", "Reviewed by", 16),
    ("decided_at", "Decided at", 20),
    ("reason_given", "Reason given", 14),
    ("note_given", "Note given", 24),
    ("typed_names", "Typed names", 16),
    ("confidence", "Confidence", 10),
    ("answered_by", "Answered by", 16),
    ("title", "Article", 44),
    ("outlet", "Outlet", 20),
    ("published", "Published", 12),
    ("article", "File", 30),
    ("url", "Address", 30),
    ("article_sha256", "Article sha256", 18),
    ("schema", "Schema", 16),
    ("prompt", "Prompt", 16),
    ("prompt_sha256", "Prompt sha256", 18),
    ("engine", "Engine", 18),
)
_PLACE_COLUMNS = (("start", "Start", 8), ("end", "End", 8))
_IDENTITY_COLUMNS = (("claim", "Claim", 20), ("version", "Version", 16))
_CSV_COLUMNS = ("kind", "text", "start", "end", "spans")
RESERVED_NAMES = frozenset(
    name for name, *_ in (*_DECISION_COLUMNS, *_PROVENANCE_COLUMNS, *_IDENTITY_COLUMNS)
) | {*_CSV_COLUMNS}


@frozen
class RowDetails:
    """What is published with a claim and is not in it: of its article, decision and prompt."""

    heading: str | None = None  # the article's title, or its first words
    reason: str | None = None
    note: str | None = None
    prompt_sha256: str | None = None


@frozen
class EditableField:
    """A field that may be changed in a published sheet."""

    key: str  # as changes in decide/editing.py name it
    shape: FieldShape
    position: int  # of its cell
    name: str  # of its column in CSV
    title: str  # of its column in XLSX


@dataclass(frozen=True)
class PublishedKind:
    """A row kind of a schema as it is published: its columns in XLSX and CSV."""

    schema: Schema
    kind: str
    columns: tuple[Column, ...]

    @cached_property
    def anchor(self) -> int | None:
        """The position of the column that rows rest on."""
        return anchor_column(self.columns)

    @cached_property
    def heads(self) -> tuple[Head, ...]:
        """The columns of the XLSX sheet, left to right."""
        shapes = {self.columns[field.position].name: field.shape for field in self._editable}
        choices = {"Decision": DECISIONS, "Reason": REASONS}
        decision = (
            Head(title, wide, choices=choices.get(title, ()))
            for _, title, wide in _DECISION_COLUMNS
        )
        fields = (
            _as_edited(head, shapes.get(column.name) if first else None)
            for column in self.columns
            for first, head in _numbered(field_heads(column))
        )
        others = (
            Head(title, wide, locked=True)
            for _, title, wide in (*_PROVENANCE_COLUMNS, *_PLACE_COLUMNS, *_IDENTITY_COLUMNS)
        )
        return unlike(*decision, *fields, *others)

    @cached_property
    def names(self) -> tuple[str, ...]:
        """The names of the fields' columns in CSV, without those that every kind has."""
        return tuple(
            name
            for position, column in enumerate(self.columns)
            for name in field_names(self.kind, column, position == self.anchor, RESERVED_NAMES)
            if name not in RESERVED_NAMES
        )

    @cached_property
    def titles(self) -> tuple[tuple[str, ...], ...]:
        """The titles of the fields' columns in XLSX, by field."""
        heads = iter(self.heads[len(_DECISION_COLUMNS) :])
        return tuple(
            tuple(next(heads).title for _ in field_heads(column)) for column in self.columns
        )

    @cached_property
    def editable(self) -> tuple[EditableField, ...]:
        """The fields that may be edited."""
        return tuple(
            replace(field, title=self.titles[field.position][0]) for field in self._editable
        )

    @cached_property
    def _editable(self) -> tuple[EditableField, ...]:
        """The fields that may be edited, without their titles."""
        if self.row_model is None:
            field = next(f for f in shape_of(self.schema.model).fields if f.key == self.kind)
            shapes = {self.kind: replace(field, key=VALUE, many=False)}
        else:
            shapes = {
                field_shape.key: field_shape for field_shape in shape_of(self.row_model).fields
            }
        fields = []
        for position, column in enumerate(self.columns):
            shape = shapes.get(column.name)
            if shape is None or shape.row is not None:
                continue
            if position == self.anchor:
                name = "text"
            else:
                name = next(field_names(self.kind, column, False, RESERVED_NAMES))
            fields.append(EditableField(shape.key, shape, position, name, ""))
        return tuple(fields)

    @cached_property
    def row_model(self) -> type[BaseModel] | None:
        """The model of a row; None where rows are single values."""
        fields = shape_of(self.schema.model).fields
        return next(
            (field.row.model for field in fields if field.key == self.kind and field.row), None
        )

    def cells(self, row: Json) -> tuple[Cell, ...]:
        """Return a row's cells, one a column. Raises ValidationError: the schema has changed."""
        return cells_of(self._instance(row), self.columns)

    def _instance(self, row: Json) -> Any:
        """Return the instance of the schema that a row's JSON is of, or a single value."""
        if self.row_model is not None and isinstance(row, dict):
            try:
                return record_from_json(self.row_model, row)
            except ValidationError:  # one of several models, perhaps
                pass
        root = shape_of(self.schema.model)
        field = next(field_shape for field_shape in root.fields if field_shape.key == self.kind)
        others: dict[str, Json] = {
            field_shape.key: [] for field_shape in root.fields if field_shape.many
        }
        record = record_from_json(root.model, {**others, self.kind: [row] if field.many else row})
        value = getattr(record, field.name)
        return value[0] if field.many else value

    def xlsx(self, claim: Claim, cells: tuple[Cell, ...], details: RowDetails) -> Cells:
        """Return a row of the workbook."""
        facts = _facts(claim, details)
        facts |= {"confidence": claim.confidence, "published": as_date(claim.published)}
        start, end = _place(cells, self.anchor)
        own: list[Value] = [
            value
            for column, cell in zip(self.columns, cells, strict=True)
            for value in field_values(column, cell)
        ]
        return [
            *([None] * len(_DECISION_COLUMNS)),
            *own,
            *(facts[name] or None for name, *_ in _PROVENANCE_COLUMNS),
            start,
            end,
            shown_id(claim.id),
            shown_version(claim.version, claim.row),
        ]

    def csv(self, claim: Claim, cells: tuple[Cell, ...], details: RowDetails) -> dict[str, str]:
        """Return a row of the CSV table, by column."""
        facts = _facts(claim, details)
        values = {
            "kind": self.kind,
            **{name: str(facts[name] or "") for name, *_ in _PROVENANCE_COLUMNS},
        }
        values["confidence"] = "" if claim.confidence is None else f"{claim.confidence:.2f}"
        for position, column in enumerate(self.columns):
            anchor = position == self.anchor
            values |= dict(field_cells(self.kind, column, cells[position], anchor, RESERVED_NAMES))
        values = {name: written(text) for name, text in values.items()}
        values["claim"] = shown_id(claim.id)
        values["version"] = shown_version(claim.version, claim.row)
        return values

    def written(self, cells: tuple[Cell, ...], form: Literal["xlsx", "csv"]) -> dict[str, Value]:
        """Return what publishing writes for the fields of a row, by column."""
        values: dict[str, Value] = {}
        for position, (column, cell) in enumerate(zip(self.columns, cells, strict=True)):
            if form == "csv":
                anchor = position == self.anchor
                named_texts = field_cells(self.kind, column, cell, anchor, RESERVED_NAMES)
                values |= {name: written(text) for name, text in named_texts}
            else:
                for title, value in zip(
                    self.titles[position], field_values(column, cell), strict=True
                ):
                    values[title] = fitting(value) if isinstance(value, str) else value
        return values


def kinds_of(schema: Schema) -> dict[str, PublishedKind]:
    """Return the row kinds of a schema as claims name them.

    A value at the root is a kind of its own, with one column.
    """
    named = row_kinds(schema.model)
    kinds: dict[str, PublishedKind] = {}
    for field in shape_of(schema.model).fields:
        columns = named.get(field.key) or tuple(
            column for all_ in named.values() for column in all_ if column.name == field.key
        )
        kinds[field.key] = PublishedKind(schema, field.key, columns)
    return kinds


def csv_names(kinds: Mapping[Any, PublishedKind]) -> list[str]:
    """Return the columns of a CSV table that holds these kinds."""
    own = dict.fromkeys(name for kind in kinds.values() for name in kind.names)
    return [
        *(name for name, *_ in _DECISION_COLUMNS),
        *_CSV_COLUMNS,
        *own,
        *(name for name, *_ in _PROVENANCE_COLUMNS),
        *(name for name, *_ in _IDENTITY_COLUMNS),
    ]


@lru_cache(maxsize=4096)
def same_name(header: object) -> str:
    """Return a column's name for comparing: without case, blanks and marks.

    >>> same_name("In exchange for") == same_name("in_exchange_for")
    True
    """
    return re.sub(r"\W+|_", "", str(header if header is not None else "").casefold())


def shown_id(claim_id: str) -> str:
    """Return a claim's id in a form that no spreadsheet takes for a number: "c0123456789abcdef"."""
    return f"c{claim_id}"


def read_id(shown: str) -> str | None:
    """Return the id that `shown_id` shows, or None."""
    match = re.fullmatch(r"c?([0-9a-f]{16})", shown.strip().lower())
    return match[1] if match else None


def shown_version(version: int, row: Json) -> str:
    """Return a version as it is published: its number, and a hash of what the row said."""
    return f"v{version}-{digest(row)}"


def read_version(shown: str) -> tuple[int, str] | None:
    """Return the number and the hash that `shown_version` shows, or None."""
    match = re.fullmatch(r"v(\d{1,12})-([0-9a-f]{8})", shown.strip().lower())
    return (int(match[1]), match[2]) if match else None


def digest(row: Json) -> str:
    """Return a hash of what a row says, places included."""
    canonical = json.dumps(row, sort_keys=True, ensure_ascii=True, separators=(",", ":"))
    return hashlib.sha256(canonical.encode()).hexdigest()[:8]


def moment(at: float | None) -> str | None:
    """Return a moment as ISO 8601 in UTC: "2026-11-22T07:10:00Z"."""
    if at is None:
        return None
    return utc(at)


def status_of(claim: Claim) -> str:
    """Return a claim's status as tables show it: that of an open one is in capitals."""
    if claim.status == "open":
        return OPEN
    return f"{OPEN}, put off" if claim.status == "later" else claim.status


def answered_by(claim: Claim) -> str:
    """Return who proposed a row: a model's name, "rules", or the reviewer who added it."""
    if claim.by_rules:
        return "rules"
    return claim.model or ("reviewer" if claim.origin == "analyst" else "rules")


def typed_names(row: Json) -> Iterator[str]:
    """Yield the names in a row that a reviewer typed: the article does not hold them."""
    for value in row.values() if isinstance(row, dict) else row if isinstance(row, list) else ():
        if isinstance(value, dict) and value.get("typed") and isinstance(value.get("name"), str):
            yield value["name"]
        elif isinstance(value, dict | list):
            yield from typed_names(value)


def _facts(claim: Claim, details: RowDetails) -> dict[str, Any]:
    """Return the value of every column of `_PROVENANCE_COLUMNS`, by its name."""
    return {
        "review_status": status_of(claim),
        "reviewed_by": claim.reviewer,
        "decided_at": moment(claim.decided_at),
        "reason_given": details.reason,
        "note_given": details.note,
        "typed_names": "; ".join(typed_names(claim.row)),
        "confidence": claim.confidence,
        "answered_by": answered_by(claim),
        "title": details.heading or claim.title,
        "outlet": claim.outlet,
        "published": claim.published,
        "article": claim.source,
        "url": claim.url,
        "article_sha256": claim.article_sha256,
        "schema": claim.schema,
        "prompt": claim.prompt,
        "prompt_sha256": details.prompt_sha256,
        "engine": claim.engine,
    }


def anchor_item(cells: tuple[Cell, ...], anchor: int | None) -> Item | None:
    """Return the item that a row rests on: the anchor's, or else its first that has a place."""
    at_anchor = cells[anchor].items if anchor is not None else ()
    items = (item for cell in cells for item in cell.items)
    return next((item for item in (*at_anchor, *items) if item.spans), None)


def _place(cells: tuple[Cell, ...], anchor: int | None) -> tuple[int | None, int | None]:
    item = anchor_item(cells, anchor)
    return (item.spans[0].start, item.spans[-1].end) if item else (None, None)


def _as_edited(head: Head, shape: FieldShape | None) -> Head:
    """Return a field's column with its choices for spreadsheets; locked without a shape."""
    if shape is None:
        return replace(head, locked=True)
    choices = () if shape.many else shape.choices
    fits = len(",".join(choices)) <= _MOST_OFFERED and not any("," in choice for choice in choices)
    return replace(head, choices=choices if fits else ())


def _numbered(heads: Iterator[Head]) -> Iterator[tuple[bool, Head]]:
    for number, head in enumerate(heads):
        yield number == 0, head
