"""Writes schemas in words and as the JSON that models answer in, for `extract schemas`."""

import json
from collections.abc import Iterator, Sequence
from pathlib import Path

from extractor.kinds import kind_named
from extractor.schema.catalogue import Schema, SchemaEntry
from extractor.schema.shape import FieldShape, Shape, shape_of
from extractor.text.printable import one_line

_WORDS = {
    "verbatim": "words of the article",
    "text": "the model's own words",
    "choice": "one of",
    "scalar": "a value",
    "row": "",
    "other": "a value",
}


def list_lines(entries: Sequence[SchemaEntry]) -> list[str]:
    """Return a line for each schema: its name, what it is, and the file if it is the user's own.

    One that may not run says so.
    """
    longest = max((len(entry.name) for entry in entries), default=0)
    return [
        f"{entry.name:{longest}}  {one_line(entry.summary)}"
        + ("" if entry.shipped else f"  ({one_line(_near(entry.path))}{_unless_trusted(entry)})")
        for entry in entries
    ] or ["there is no schema; put one into ./schemas"]


def _unless_trusted(entry: SchemaEntry) -> str:
    return "" if entry.trusted else "; not trusted, so it does not run: `extract trust .`"


def describe_schema(schema: Schema) -> str:
    """Return what a schema asks for, field by field, and the JSON schema on the wire."""
    shape = shape_of(schema.model)
    about = one_line((schema.model.__doc__ or "").split("\n\n")[0])
    lines = [
        f"{schema.name}  {about}".rstrip(),
        f"{_near(schema.path)}  sha256 {schema.sha256}",
        "",
    ]
    lines += _field_lines(shape, "")
    return "\n".join([*lines, "", "on the wire:", wire_json(schema)])


def wire_json(schema: Schema) -> str:
    """Return the JSON schema that a model's answer must fit."""
    from extractor.schema.wire import strict

    return json.dumps(strict(schema.model.model_json_schema())[0], indent=2, ensure_ascii=False)


def _field_lines(shape: Shape, indent: str) -> Iterator[str]:
    """Yield a line for each field, those of nested models indented by four more spaces."""
    longest = max((len(field.key) for field in shape.fields), default=0)
    for field in shape.fields:
        about = shape.model.model_fields[field.name].description
        words = one_line("; ".join(part for part in (_type(field), about) if part))
        yield f"{indent}{field.key:{longest}}  {words}".rstrip()
        if field.row:
            yield from _field_lines(field.row, indent + "    ")


def _type(field: FieldShape) -> str:
    """Return what a field holds, e.g. "list: a quotation" or "a name, or nothing"."""
    kind = kind_named(field.kind)
    words = kind.id_words if kind is not None else _WORDS[field.kind]
    if field.choices:
        words = "one of " + ", ".join(field.choices)
    if field.row:
        words = one_line((field.row.model.__doc__ or "").split("\n\n")[0]) or "a row"
    listed = "list: " if field.many else ""
    return listed + words + (", or nothing" if field.nullable else "")


def _near(path: Path) -> str:
    """Return a path relative to the working folder where it lies inside, else as it is."""
    try:
        return str(path.relative_to(Path.cwd()))
    except ValueError:
        return str(path)
