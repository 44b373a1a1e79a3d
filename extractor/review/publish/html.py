"""Published rows as one HTML page that needs nothing else: each article beside its rows."""

from collections.abc import Iterator, Sequence
from itertools import groupby
from typing import IO, TYPE_CHECKING

from extractor.pipeline import ENGINE
from extractor.record import Audit, Extraction, Provenance
from extractor.review.publish.columns import (
    anchor_item,
    answered_by,
    moment,
    status_of,
    typed_names,
)
from extractor.sheet.highlights import safe
from extractor.sheet.html import index_of, page, section
from extractor.sheet.tables import Cell, Column, Item, Row, Table, heading

if TYPE_CHECKING:
    from extractor.review.publish.selection import PublishedArticle, PublishedRow, Selection

_MANY = 300  # articles; beyond, a page is slow to open
_REVIEW = tuple(Column(name, "plain") for name in ("review", "note", "answered_by"))


def write_page(selection: "Selection", file: IO[str]) -> Sequence[str]:
    """Write the page, section by section."""
    file.writelines(page("Published rows", ENGINE, _body(selection)))
    if selection.taken_articles > _MANY:
        many = f"{selection.taken_articles:,} articles on one page are slow to open"
        return (f"{many}; publish fewer at a time by the filters",)
    return ()


def _body(selection: "Selection") -> Iterator[str]:
    yield '<div class="head"><h1>Published rows</h1>'
    if set(selection.filter.status) & {"open", "later"}:
        yield '<p class="meta"><strong>Holds OPEN rows, which nobody has decided on.</strong></p>'
    yield "</div>\n"
    yield from index_of((_prefix(a.sha256), heading(a), a.source) for a in selection.articles())
    for reviewed in selection.each():
        yield _section(reviewed)


def _section(reviewed: "PublishedArticle") -> str:
    first = reviewed.rows[0]
    # Only what the section shows: the article, who answered and the rows.
    made = Provenance(
        reviewed.article.sha256, first.claim.schema, "", None, None,
        ", ".join(dict.fromkeys(answered_by(row.claim) for row in reviewed.rows)), None,
        first.claim.engine or ENGINE,
    )  # fmt: skip
    record = first.kind.schema.model.model_construct()
    shown = Extraction(first.claim.schema, reviewed.article, record, Audit(), (), made)
    facts = (
        ("rows", str(len(reviewed.rows))),
        ("article", f"{len(reviewed.article.text):,} characters, sha256 {reviewed.article.sha256}"),
    )
    prefix = _prefix(reviewed.article.sha256)
    return section(shown, prefix, True, tuple(_tables(reviewed)), facts)


def _tables(reviewed: "PublishedArticle") -> Iterator[Table]:
    for (_, kind), rows in groupby(reviewed.rows, key=lambda r: (r.claim.schema, r.claim.kind)):
        each = list(rows)
        columns = (*each[0].kind.columns, *_REVIEW)
        yield Table(
            kind,
            columns,
            tuple(
                Row(
                    kind,
                    number,
                    row.claim.id,
                    (*row.cells, *_reviewed(row)),
                    anchor_item(row.cells, row.kind.anchor),
                    row.claim.confidence if row.open else None,
                    row.claim.by_rules and row.open,
                )
                for number, row in enumerate(each, 1)
            ),
        )


def _reviewed(row: "PublishedRow") -> Iterator[Cell]:
    """Yield the cells of `_REVIEW`."""
    claim, details = row.claim, row.details
    review = status_of(claim)
    if claim.reviewer:
        review += f" by {claim.reviewer}, {moment(claim.decided_at)}"
    note = "; ".join(filter(None, (details.reason, details.note)))
    typed = "".join(f"; typed by the reviewer: {name}" for name in typed_names(claim.row))
    by = answered_by(claim)
    if claim.prompt:
        by += f", prompt {claim.prompt} {(details.prompt_sha256 or '')[:12]}"
    for text in (review + typed, note, f"{by}, {claim.engine}" if claim.engine else by):
        yield Cell((Item(text),)) if text else Cell()


def _prefix(digest: str) -> str:
    return f"a{safe(digest[:16])}"
