"""Writes the sheet as one HTML file that needs nothing else: the marked article beside its tables.

Rows link to their evidence and evidence to its rows, without a script. This module decides what a
page shows; `templates/` says how that is written as HTML.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Literal, NamedTuple

from markupsafe import Markup

from extractor.article import Article, Remark
from extractor.record import Audit, Extraction
from extractor.sheet.highlights import Mark, parts_of_text
from extractor.sheet.page import TEMPLATES, asset, environment, page, rendered
from extractor.sheet.tables import Role, Row, Table, heading, known_of, tables
from extractor.text.printable import one_line
from extractor.text.spans import Span

_LEGEND = {  # the looks of marks that every schema has, and what they are called
    "attribution": "Attribution",
    "quotation": "Quotation",
    "name": "Speaker, name",
    "figure": "Figure",
}
_LEGEND_END = {
    "phrase": "Detail",
    "dismissed": "Dismissed",
    "unaccounted": "Unaccounted",
    "remark": "Warning",
}
_EVIDENCE_LOOKS = ("e1", "e2", "e3", "e4")  # of page.css: lines of four colours
_WIDE = 5  # with more columns than this, rows become cards where there is little room


class ShownColumn(NamedTuple):
    """A column of a table that has anything in any row."""

    position: int  # of its cells in the rows
    role: Role
    label: str
    description: str | None


class ShownTable(NamedTuple):
    """A table as a page shows it."""

    id: str  # of its heading; its rows' ids begin with it
    label: str
    columns: Sequence[ShownColumn]
    rows: Sequence[Row]
    wide: bool


def to_html(extractions: Sequence[Extraction]) -> str:
    """Return one page for one article, or for several with an index above them.

    Raises ValueError when there is none.
    """
    return "".join(parts_of_page(extractions))


def parts_of_page(extractions: Sequence[Extraction]) -> Iterator[str]:
    """Yield the same as `to_html`, part by part: it may be too long to hold."""
    if not extractions:
        raise ValueError("a page needs at least one article")
    several = len(extractions) > 1
    return sheet_page(
        f"{len(extractions)} articles" if several else heading(extractions[0].article),
        extractions[0].provenance.engine,
        (_section_of(x, f"a{i}", several) for i, x in enumerate(extractions, 1)),
        first="a1",
        index=[(f"a{i}", x.article) for i, x in enumerate(extractions, 1)] if several else None,
    )


def sheet_page(
    title: str,
    generator: str,
    sections: Iterable[Iterable[Markup]],
    *,
    first: str | None,
    index: Iterable[tuple[str, Article]] | None = None,
    notice: str | None = None,
) -> Iterator[str]:
    """Yield a page of sections, each of them in parts: it may be too long to hold.

    `generator` is the program that made the rows, `first` the id of the first section, if there is
    one. `index` are the articles to list above the sections, with the ids of theirs; `notice` is a
    sentence under the title, which is shown where there is an index.
    """
    return page(
        environment(),
        "sheet.html",
        style=asset(TEMPLATES / "page.css"),
        script=asset(TEMPLATES / "page.js"),
        title=title,
        generator=generator,
        sections=sections,
        first=first,
        index=index and ((id, heading(article), article.source) for id, article in index),
        notice=notice,
    )


def section(
    article: Article,
    sheet: Sequence[Table],
    id: str,
    *,
    answered_by: str,
    facts: Sequence[tuple[str, str]],
    level: Literal["h1", "h2"] = "h2",
    audit: Audit | None = None,
    warnings: Sequence[Remark] = (),
) -> Iterator[Markup]:
    """Yield one article with its tables as a part of a page, for `sheet_page`.

    `id` is the section's own on the page, and every id in it begins so. `facts` say how the rows
    were made: name, value. Without an `audit` nothing is said of what the rows leave out.
    """
    looks = _evidence_looks(sheet)
    marks = [*_row_marks(sheet, looks, id), *_other_marks(audit, warnings, id)]
    has_link = article.url and article.url.startswith(("https://", "http://"))
    return rendered(
        "section.html",
        id=id,
        level=level,
        title=heading(article),
        known=known_of(article),
        url=article.url if has_link else None,
        answered_by=answered_by,
        legend=_legend(marks, looks),
        text=parts_of_text(article, marks),
        tables=[_shown(table, f"{id}-k{k}") for k, table in enumerate(sheet, 1)],
        audit=audit,
        warnings=warnings,
        facts=facts,
    )


def _section_of(extraction: Extraction, id: str, several: bool) -> Iterator[Markup]:
    return section(
        extraction.article,
        tables(extraction),
        id,
        answered_by=extraction.provenance.model or "rules",
        facts=_facts(extraction),
        level="h2" if several else "h1",
        audit=extraction.audit,
        warnings=extraction.warnings,
    )


def _shown(table: Table, id: str) -> ShownTable:
    filled = [(i, table.columns[i]) for i in table.filled_columns()]
    columns = [ShownColumn(i, c.role, one_line(c.label), c.description) for i, c in filled]
    return ShownTable(id, one_line(table.label), columns, table.rows, len(columns) > _WIDE)


def _evidence_looks(sheet: Sequence[Table]) -> dict[str, str]:
    """Give a line of its own colour to each row kind that rests on sentences."""
    kinds = [
        table.kind
        for table in sheet
        if any(row.anchor and row.anchor.role == "sentence" for row in table.rows)
    ]
    return {kind: _EVIDENCE_LOOKS[i % len(_EVIDENCE_LOOKS)] for i, kind in enumerate(kinds)}


def _row_marks(sheet: Sequence[Table], looks: Mapping[str, str], id: str) -> Iterator[Mark]:
    """Yield a mark for every place that any cell of any row names."""
    for k, table in enumerate(sheet, 1):
        labels = [column.label for column in table.columns]
        evidence_look = looks.get(table.kind, "e4")
        for row in table.rows:
            row_id = f"{id}-k{k}-r{row.number}"
            is_marked = False  # whether the row leads to a mark already
            for label, cell in zip(labels, row.cells, strict=True):
                for item in cell.items:
                    look = evidence_look if item.role == "sentence" else item.role
                    for span in item.spans:
                        leads = item is row.anchor and not is_marked
                        is_marked = is_marked or leads
                        tip = one_line(f"{table.label} {row.number}: {label}")
                        yield Mark(span, look, row_id, tip, leads)


def _other_marks(audit: Audit | None, warnings: Sequence[Remark], id: str) -> Iterator[Mark]:
    """Yield the places that the audit and the warnings speak of."""
    if audit:
        for look, items in (("unaccounted", audit.unaccounted), ("dismissed", audit.dismissed)):
            for i, item in enumerate(items, 1):
                tip = f"{item.kind}: {item.reason or look}"
                yield Mark(Span(item.start, item.end), look, f"{id}-{look}{i}", tip, True)
    for i, remark in enumerate(warnings, 1):
        if remark.where:
            yield Mark(remark.where, "remark", f"{id}-remark{i}", remark.message, True)


def _legend(marks: Sequence[Mark], looks: Mapping[str, str]) -> list[tuple[str, str]]:
    """Return the looks that the marks have, with their names."""
    evidence = {look: kind.replace("_", " ").capitalize() for kind, look in looks.items()}
    present = {mark.look for mark in marks}
    names = {**_LEGEND, **evidence, **_LEGEND_END}
    return [(look, name) for look, name in names.items() if look in present]


def _facts(extraction: Extraction) -> list[tuple[str, str]]:
    """Return how the sheet was made."""
    by, usage = extraction.provenance, extraction.usage
    facts = [
        ("schema", f"{by.schema} ({by.schema_sha256[:12]})"),
        (
            "article",
            f"{len(extraction.article.text):,} characters, sha256 {by.article_sha256[:16]}",
        ),
        ("answered by", f"{by.model}, plan {by.plan}" if by.model else "rules"),
        ("engine", by.engine),
    ]
    if by.prompt:
        facts.insert(1, ("prompt", f"{by.prompt} ({(by.prompt_sha256 or '')[:12]})"))
    if usage.calls or usage.cache_hits:
        tokens = f"{usage.input_tokens:,} tokens in, {usage.output_tokens:,} out"
        facts.append(("calls", f"{usage.calls}, {usage.cache_hits} from the cache, {tokens}"))
    return facts
