"""Writes published rows as one HTML page that needs nothing else: each article beside its rows."""

from collections.abc import Iterator, Sequence
from itertools import groupby
from typing import IO, TYPE_CHECKING

from extractor.pipeline import ENGINE
from extractor.review.claims.claims import UNDECIDED
from extractor.review.publish.columns import (
    anchor_item,
    answered_by,
    moment,
    status_of,
    typed_names,
)
from extractor.sheet.html import section, sheet_page
from extractor.sheet.tables import Cell, Column, Item, Row, Table

if TYPE_CHECKING:
    from markupsafe import Markup

    from extractor.article import Article
    from extractor.review.publish.selection import PublishedArticle, PublishedRow, Selection

_MANY = 300  # articles; beyond, a page is slow to open
_REVIEW = tuple(Column(name, "plain") for name in ("review", "note", "answered_by"))


def write_page(selection: "Selection", file: IO[str]) -> Sequence[str]:
    """Write the page, section by section; return what is to be said about it."""
    has_open = set(selection.filter.status) & set(UNDECIDED)
    first = next(selection.articles(), None)
    page = sheet_page(
        "Published rows",
        ENGINE,
        (_section(reviewed) for reviewed in selection.published_articles()),
        first=_id(first) if first else None,
        index=((_id(article), article) for article in selection.articles()),
        notice="Holds OPEN rows, which nobody has decided on." if has_open else None,
    )
    file.writelines(page)
    if selection.taken_articles > _MANY:
        many = f"{selection.taken_articles:,} articles on one page are slow to open"
        return (f"{many}; publish fewer at a time by the filters",)
    return ()


def _section(reviewed: "PublishedArticle") -> "Iterator[Markup]":
    article, rows = reviewed.article, reviewed.rows
    return section(
        article,
        list(_tables(reviewed)),
        _id(article),
        answered_by=", ".join(dict.fromkeys(answered_by(row.claim) for row in rows)),
        facts=(
            ("rows", str(len(rows))),
            ("article", f"{len(article.text):,} characters, sha256 {article.sha256}"),
        ),
    )


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


def _id(article: "Article") -> str:
    """Return the id of an article's section; those of its rows begin with it."""
    return f"a{article.sha256[:16]}"
