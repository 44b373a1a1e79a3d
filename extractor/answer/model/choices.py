"""What choices a model is offered: not those that the candidates themselves show.

Behind the label "DIALLO:" stands a turn, whatever a model would call it: `kind` is not asked of it,
and is asked of other quotations without that choice, in the prompt as in the JSON schema.
"""

from dataclasses import replace
from typing import Any

from extractor.schema.shape import Shape


def without_shown(shape: Shape) -> Shape:
    """Return a shape whose rows have no choices that a candidate itself shows."""
    fields = [
        replace(f, row=row_without_shown(f.row)) if f.row is not None else f for f in shape.fields
    ]
    return replace(shape, fields=tuple(fields))


def row_without_shown(row: Shape) -> Shape:
    """Return a row's shape without the choices that a candidate itself shows (`Kind.shown`)."""
    shown = shown_values(row)
    if not shown:
        return row
    fields = [
        replace(f, choices=tuple(c for c in f.choices if c not in shown[f.key]))
        if f.key in shown
        else f
        for f in row.fields
    ]
    return replace(row, fields=tuple(fields))


def shown_values(row: Shape) -> dict[str, frozenset[str]]:
    """Return by a field's key those of its choices that a candidate itself shows."""
    kind = row.rests_on
    if kind is None or not kind.shown:
        return {}
    fields = {f.key: kind.shown.get(kind.canonical.get(f.word, "")) for f in row.fields}
    choices = {f.key: f.choices for f in row.fields}
    return {
        key: values & frozenset(choices[key])
        for key, values in fields.items()
        if values is not None and not values.isdisjoint(choices[key])
    }


def offer(properties: dict[str, Any], row: Shape) -> None:
    """Take out of the JSON schema of a row's fields the choices that `row` does not have."""
    for asked in row.fields:
        node = properties.get(asked.key, {})
        for option in (node, *node.get("anyOf", ())):
            if asked.choices and "enum" in option:
                option["enum"] = [v for v in option["enum"] if v is None or v in asked.choices]
