"""Writes the rows of all kinds as one CSV table: UTF-8, line feeds, one header.

    kind, article, article_id, title, row, text, start, end, spans    the same for every schema
    <field>, <field>_at                                               a field and its place
    confidence, answered_by

`text`, `start`, `end`, `spans` are of what the row rests on: its quotation, evidence or figure,
which has no column of its own. Places read `812..848`, several with semicolons between. A figure
has `value`, `low`, `high`, `unit` and `approximate` too; one that the row does not rest on has its
field's name before them (`count_value`). A name's `_mention` is how the article puts it there.

A cell that a spreadsheet would take for a formula begins with an apostrophe; that alone differs
from the article's words, besides control characters, which are left out.
"""

import csv
import io
import re
from collections.abc import Collection, Iterable, Iterator

from pydantic import BaseModel

from extractor.fields import Figure
from extractor.record import Extraction
from extractor.sheet.tables import Cell, Column, anchor_column, row_kinds, tables
from extractor.text.printable import printable

_FIXED = ("kind", "article", "article_id", "title", "row", "text", "start", "end", "spans")
_LAST = ("confidence", "answered_by")
_FIGURE = ("value", "low", "high", "unit", "approximate")
# also behind blanks, which spreadsheets skip, and in full width, which some of them understand
FORMULA = re.compile(r"[\s\u200b-\u200d]*[=+\-@＝＋－＠−]|[\t\r\n]")


def header(model: type[BaseModel]) -> list[str]:
    """Return the names of the columns for a schema's root model, in order."""
    names: dict[str, None] = dict.fromkeys(_FIXED)
    for kind, columns in row_kinds(model).items():
        anchor = anchor_column(columns)
        for position, column in enumerate(columns):
            names.update(dict.fromkeys(field_names(kind, column, position == anchor)))
    return [*(name for name in names if name not in _LAST), *_LAST]


def to_csv(
    extractions: Iterable[Extraction], with_header: bool = True, names: list[str] | None = None
) -> str:
    """Return the rows of all articles, which must be of one schema, as CSV.

    `names` are the columns (see `header`); by default those of the first article's schema.
    """
    out = io.StringIO()
    writer: csv.DictWriter[str] | None = None
    for extraction in extractions:
        if writer is None:
            columns = names or header(type(extraction.record))
            writer = csv.DictWriter(out, columns, lineterminator="\n")
            if with_header:
                writer.writeheader()
        writer.writerows(_rows(extraction))
    return out.getvalue()


def harmless(text: str) -> str:
    """Return `text` so that no spreadsheet takes it for a formula, without control characters."""
    risky = FORMULA.match(text)
    text = printable(text)
    return f"'{text}" if risky or FORMULA.match(text) else text


def _rows(extraction: Extraction) -> Iterator[dict[str, str]]:
    article = extraction.article
    by = "model" if extraction.provenance.model else "rules"
    for table in tables(extraction):
        anchor = anchor_column(table.columns)
        for row in table.rows:
            cells = {
                "kind": table.kind,
                "article": article.source,
                "article_id": article.sha256[:16],
                "title": article.title or "",
                "row": str(row.number),
                "confidence": "" if row.confidence is None else f"{row.confidence:.2f}",
                "answered_by": "rules" if row.by_rules else by,
            }
            for position, column in enumerate(table.columns):
                part = field_cells(table.kind, column, row.cells[position], position == anchor)
                cells |= dict(part)
            yield {name: written(text) for name, text in cells.items()}


def written(text: str) -> str:
    """Return a cell as it is written: our own numbers stay numbers, words are made harmless."""
    if not text:
        return text
    return text if _NUMBER.fullmatch(text) else harmless(text)


_NUMBER = re.compile(r"-?\d{1,300}(\.\d+)?")


def field_names(
    kind: str, column: Column, anchor: bool, taken: Collection[str] = (*_FIXED, *_LAST)
) -> Iterator[str]:
    """Yield the columns of one field of a row kind, as many as `field_cells` fills.

    `anchor`: rows rest on it, so that its words are under `text`. A field whose name is `taken`
    has its kind's name before it.
    """
    name = _free(kind, column.name, taken)
    if not anchor:
        yield name
    if column.role == "name":
        yield f"{name}_mention"
    if column.role != "plain" and not anchor:
        yield f"{name}_at"
    if column.role == "figure":
        yield from (_figure_name(column.name, part) for part in _FIGURE)


def _free(kind: str, name: str, taken: Collection[str]) -> str:
    """Return a field's column name, apart from those that every table has."""
    return f"{kind}_{name}" if name in taken else name


def _figure_name(field: str, part: str) -> str:
    return part if field == "figure" else f"{field}_{part}"


def field_cells(
    kind: str,
    column: Column,
    cell: Cell,
    anchor: bool,
    taken: Collection[str] = (*_FIXED, *_LAST),
) -> Iterator[tuple[str, str]]:
    """Yield the columns of one field with what is under them, for `written` to make harmless."""
    name = _free(kind, column.name, taken)
    spans = [span for item in cell.items for span in item.spans]
    if anchor:
        yield "text", cell.text
    else:
        yield name, cell.text
    if anchor and spans:
        yield "start", str(spans[0].start)
        yield "end", str(spans[-1].end)
    if column.role == "name":
        yield f"{name}_mention", "; ".join(i.mention or i.text for i in cell.items if i.spans)
    if column.role != "plain":
        places = "; ".join(f"{span.start}..{span.end}" for span in spans)
        yield "spans" if anchor else f"{name}_at", places
    if column.role == "figure":
        figures = [item.value for item in cell.items if isinstance(item.value, Figure)]
        for part in _FIGURE:
            texts = (_figure_part(figure, part) for figure in figures)
            yield _figure_name(column.name, part), "; ".join(texts)


def _figure_part(figure: Figure, part: str) -> str:
    value = getattr(figure, part)
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, float):
        return f"{value:.0f}" if value.is_integer() else repr(value)
    return str(value)
