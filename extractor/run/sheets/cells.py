"""Turns an extraction into rows of typed cells for the workbook.

Each row kind of the schema is a sheet. Its columns: a link to the evidence in the article's page;
the row's fields; confidence and who answered; where the row comes from. A name has a second column
with the words of the article; a figure has its value, bounds and unit as numbers.
"""

from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from typing import NamedTuple

from pydantic import BaseModel

from extractor.fields import Figure
from extractor.frozen import frozen
from extractor.record import Extraction
from extractor.run.sheets.pages import anchor
from extractor.sheet.tables import Cell, Column, heading, row_kinds, tables
from extractor.text.dates import day_of


class Link(NamedTuple):
    """A number with a link: a path relative to the workbook, of plain characters only."""

    target: str
    number: int


Value = str | int | float | bool | date | Link | None
Cells = list[Value]


@frozen
class Head:
    """A column of a workbook's sheet."""

    title: str
    width: int  # characters
    wrap: bool = False
    locked: bool = False  # looks as if not to be touched
    choices: tuple[str, ...] = ()  # what a spreadsheet offers, and nothing else


_WIDTHS = {
    "attribution": 60,
    "quotation": 60,
    "sentence": 60,
    "phrase": 30,
    "figure": 14,
    "name": 24,
}
_PLAIN_WIDTH = 18  # of columns of any other role
_ORIGIN = (
    Head("Article", 44),
    Head("Outlet", 20),
    Head("Published", 12),
    Head("File", 30),
    Head("Start", 8),
    Head("End", 8),
    Head("Article id", 18),
)
WARNINGS = (
    Head("Article", 44),
    Head("Warning", 24),
    Head("Message", 80, wrap=True),
    Head("Start", 8),
    Head("End", 8),
    Head("File", 30),
    Head("Article id", 18),
)
FAILURES = (Head("File", 60), Head("Reason", 100, wrap=True), Head("Kind", 22))


def article_heads(model: type[BaseModel]) -> tuple[Head, ...]:
    """Return the columns of the sheet that has a row an article."""
    counts = (Head(_title(kind), 14) for kind in row_kinds(model))
    return unlike(
        Head("#", 7),
        Head("Article", 60),
        Head("Outlet", 20),
        Head("Published", 12),
        Head("Language", 10),
        *counts,
        Head("Warnings", 10),
        Head("Unaccounted", 12),
        Head("Answered by", 16),
        Head("Cost, USD", 10),
        Head("Characters", 10),
        Head("File", 40),
        Head("Address", 40),
        Head("Article id", 18),
    )


def article_row(extraction: Extraction, number: int, page: str | None) -> Cells:
    """Return an article's row."""
    article = extraction.article
    return [
        Link(page, number) if page else number,
        heading(article),
        article.outlet,
        as_date(article.date),
        article.language,
        *(len(table.rows) for table in tables(extraction)),
        len(extraction.warnings),
        len(extraction.audit.unaccounted),
        extraction.provenance.model or "rules",
        extraction.usage.cost_usd if extraction.usage.calls else 0,
        len(article.text),
        article.source,
        article.url,
        article.sha256[:16],
    ]


def kind_heads(model: type[BaseModel]) -> dict[str, tuple[Head, ...]]:
    """Return the columns of the sheet of each row kind, under the kind's name."""
    return {
        kind: unlike(
            Head("#", 6),
            *(head for column in columns for head in field_heads(column)),
            Head("Confidence", 10),
            Head("Answered by", 16),
            *_ORIGIN,
        )
        for kind, columns in row_kinds(model).items()
    }


def unlike(*heads: Head) -> tuple[Head, ...]:
    """Return the columns with a number behind the title of each that another has already."""
    seen: Counter[str] = Counter()
    out = []
    for head in heads:
        seen[head.title.lower()] += 1
        count = seen[head.title.lower()]
        out.append(replace(head, title=f"{head.title} ({count})") if count > 1 else head)
    return tuple(out)


def kind_rows(extraction: Extraction, page: str | None) -> Iterator[tuple[str, Cells]]:
    """Yield every row of an extraction with its kind's name."""
    article = extraction.article
    title, day = heading(article), as_date(article.date)
    by = extraction.provenance.model or "rules"
    for number, table in enumerate(tables(extraction), 1):
        for row in table.rows:
            spans = row.anchor.spans if row.anchor else ()
            leads = f"{page}#{'at-' if spans else ''}{anchor(number, row.number)}"
            cells: Cells = [Link(leads, row.number) if page else row.number]
            for position, column in enumerate(table.columns):
                cells += field_values(column, row.cells[position])
            cells += [row.confidence, "rules" if row.by_rules else by]
            cells += [title, article.outlet, day, article.source]
            cells += [spans[0].start, spans[-1].end] if spans else [None, None]
            cells.append(article.sha256[:16])
            yield table.kind, cells


def warning_rows(extraction: Extraction) -> Iterator[Cells]:
    """Yield a row for each warning."""
    article = extraction.article
    for remark in extraction.warnings:
        where = [remark.where.start, remark.where.end] if remark.where else [None, None]
        yield [
            heading(article),
            remark.code,
            remark.message,
            *where,
            article.source,
            article.sha256[:16],
        ]


def as_date(text: str | None) -> Value:
    """Return a date that a spreadsheet can hold, or the text that is none."""
    if text is None:
        return None
    day = day_of(text)
    return day if day and day.year > 1900 else text  # before, spreadsheets disagree


def sheet_title(kind: str) -> str:
    """Return the name of a row kind's sheet."""
    return _title(kind)


def _title(kind: str) -> str:
    return kind.replace("_", " ").replace(".", ", ").strip().capitalize()


def field_heads(column: Column) -> Iterator[Head]:
    """Yield the columns of one field."""
    title = _title(column.name)
    wide = _WIDTHS.get(column.role, _PLAIN_WIDTH)
    yield Head(title, wide, wrap=wide >= _WIDTHS["phrase"])
    if column.role == "name":
        yield Head(f"{title}, as printed", 20)
    if column.role == "figure":
        for part, width in (("value", 12), ("low", 10), ("high", 10), ("unit", 10)):
            yield Head(f"{title}, {part}", width)
        yield Head(f"{title}, approximate", 12)


def field_values(column: Column, cell: Cell) -> Iterator[Value]:
    """Yield the cells of one field, as many as `field_heads` yields."""
    alone = cell.items[0] if len(cell.items) == 1 else None
    if alone is not None and column.role == "plain" and isinstance(alone.value, bool | int | float):
        yield alone.value
    elif alone is not None and column.role == "plain" and type(alone.value) is date:
        yield as_date(alone.value.isoformat())
    else:
        yield cell.text or None
    if column.role == "name":
        printed = [item.mention or item.text for item in cell.items if item.spans]
        yield "; ".join(printed) or None
    if column.role == "figure":
        figure = alone.value if alone is not None else None
        known = figure if isinstance(figure, Figure) else None
        for part in ("value", "low", "high", "unit", "approximate"):
            yield getattr(known, part) if known else None
