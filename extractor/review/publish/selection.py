"""What is published: the claims that a filter lets out, article by article.

A `Selection` reads within one transaction, so that what it yields is the state of one moment,
whoever writes meanwhile. It holds the claims of one article in memory, not all.
"""

import sqlite3
from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Any

from pydantic import ValidationError

from extractor.article import Article
from extractor.errors import OutputError, UsageError
from extractor.frozen import frozen
from extractor.review.claims.claims import SELECT, UNDECIDED, Claim, read_claim
from extractor.review.desk import Desk
from extractor.review.publish.columns import PublishedKind, RowDetails, kinds_of
from extractor.review.queue import Filter, conditions, without_a_date
from extractor.sheet.tables import Cell, heading
from extractor.store.store import unusable

# A candidate is not published before a reviewer has made a row of it.
_PUBLISHABLE = (
    "c.row is not null and not (c.origin = 'candidate' and c.status in ('open', 'later'))"
)
PUBLISHED_STATUSES = ("accepted", "corrected")  # unless a filter names others


@frozen
class PublishedRow:
    """A claim as it is published."""

    claim: Claim
    kind: PublishedKind
    cells: tuple[Cell, ...]
    details: RowDetails

    @property
    def open(self) -> bool:
        """Whether nobody has decided on it."""
        return self.claim.status in UNDECIDED


@frozen
class PublishedArticle:
    """An article with its rows to publish: in the order of the schema, then of the text."""

    article: Article
    rows: tuple[PublishedRow, ...]


class Selection:
    """The claims that a filter lets out, as they were at one moment. Use as a context."""

    def __init__(self, desk: Desk, wanted: Filter, *, with_open: bool = False) -> None:
        """Select claims; without a status in the filter, those accepted or corrected.

        Raises UsageError for open rows without `with_open`, SchemaError for a schema that is gone.
        """
        self.desk = desk
        self.unfit = self.undated = self.taken = self.taken_open = self.taken_articles = 0
        statuses = wanted.status or PUBLISHED_STATUSES
        if with_open and not wanted.status:
            statuses = (*statuses, *UNDECIDED)
        if not with_open and (odd := [status for status in statuses if status in UNDECIDED]):
            raise UsageError(
                f"status {odd[0]}: nobody has decided on these rows; review them, or publish them "
                "marked as open with --with-open"
            )
        self.filter = replace(wanted, status=tuple(statuses))
        where, self._values = conditions(desk, self.filter)
        self._where = f"{where} and {_PUBLISHABLE}"

    def __enter__(self) -> "Selection":
        try:
            self._connection = sqlite3.connect(self.desk.path, timeout=60.0, isolation_level=None)
            self._connection.row_factory = sqlite3.Row
            self._connection.execute(
                "begin"
            )  # all that is read from here on is the state of one moment
            left = replace(self.filter, status=UNDECIDED)
            self.left_open = self._count(*conditions(self.desk, left))
            if set(UNDECIDED) <= set(self.filter.status):
                self.left_open = 0
            undated = without_a_date(self.desk, self.filter)
            if undated:
                self.undated = self._count(f"{undated[0]} and {_PUBLISHABLE}", undated[1])
            self.kinds = self._kinds()
        except sqlite3.Error as error:
            raise self._broken(error) from error
        return self

    def __exit__(self, *_: object) -> None:
        self._connection.close()

    def _count(self, where: str, values: dict[str, Any]) -> int:
        query = f"select count(*) from claim c where {where}"  # noqa: S608
        return int(self._connection.execute(query, values).fetchone()[0])

    def _kinds(self) -> dict[tuple[str, str], PublishedKind]:
        """Return the kinds of the selected rows, in the order of their schemas."""
        query = f"select distinct c.schema, c.kind from claim c where {self._where}"  # noqa: S608
        pairs = {(row[0], row[1]) for row in self._connection.execute(query, self._values)}
        kinds: dict[tuple[str, str], PublishedKind] = {}
        for name in sorted({schema for schema, _ in pairs}):
            schema = self.desk.schema(name)
            if schema is None:
                raise UsageError(
                    f"{self.desk.folder}: {self.desk.why_no_schema(name)}; or leave its rows out "
                    "with --schema"
                )
            for kind, published_kind in kinds_of(schema).items():
                if (name, kind) in pairs:
                    kinds[name, kind] = published_kind
        self.unfit = sum(
            self._count(f"{self._where} and c.schema = :s and c.kind = :k",
                        {**self._values, "s": schema, "k": kind})
            for schema, kind in pairs - kinds.keys()
        )  # fmt: skip
        return kinds

    def articles(self) -> Iterator[Article]:
        """Yield the articles of the selected rows, in the order in which they were read."""
        for digest in self._articles():
            yield self.desk.article(digest)

    def _articles(self) -> Iterator[str]:
        rows = self._connection.execute(
            f"select c.article_sha256, min(c.number) from claim c where {self._where}"  # noqa: S608
            " group by 1 order by 2",
            self._values,
        )
        for row in rows:
            yield row[0]

    def is_empty(self) -> bool:
        """Return whether no row is selected; rows that do not fit their schema are counted."""
        unfit = self.unfit
        first = next(self.published_articles(), None)
        if first is not None:
            self.unfit, self.taken, self.taken_open, self.taken_articles = unfit, 0, 0, 0
        return first is None

    def published_articles(self) -> Iterator[PublishedArticle]:
        """Yield the articles with their rows. Raises OutputError."""
        order = {key: number for number, key in enumerate(self.kinds)}
        try:
            for digest in self._articles():
                query = f"{SELECT} where {self._where} and c.article_sha256 = :digest"
                values = {**self._values, "digest": digest}
                claims = [read_claim(row) for row in self._connection.execute(query, values)]
                fitting = [claim for claim in claims if (claim.schema, claim.kind) in order]
                fitting.sort(
                    key=lambda claim: (
                        order[claim.schema, claim.kind],
                        claim.start is None,
                        claim.start,
                        claim.number,
                    )
                )
                article = self.desk.article(digest)
                details = self._details(fitting, heading(article))
                rows = tuple(
                    row for claim in fitting if (row := self._row(claim, details[claim.id]))
                )
                if rows:
                    self.taken += len(rows)
                    self.taken_open += sum(row.open for row in rows)
                    self.taken_articles += 1
                    yield PublishedArticle(article, rows)
        except sqlite3.Error as error:
            raise self._broken(error) from error

    def _row(self, claim: Claim, details: RowDetails) -> PublishedRow | None:
        kind = self.kinds[claim.schema, claim.kind]
        try:
            return PublishedRow(claim, kind, kind.cells(claim.row), details)
        except ValidationError:
            self.unfit += 1
            return None

    def _details(self, claims: Sequence[Claim], title: str) -> dict[str, RowDetails]:
        """Return the details of claims by their ids, from their decisions and extractions."""
        decisions = self._by_id("decision", "reason, note", {claim.decision for claim in claims})
        extraction_ids = {
            claim.extraction_id for claim in claims if claim.extraction_id is not None
        }
        extractions = self._by_id("extraction", "prompt_sha256", extraction_ids)
        details = {}
        for claim in claims:
            reason, note = decisions.get(claim.decision, (None, None))
            (prompt,) = extractions.get(claim.extraction_id or 0, (None,))
            details[claim.id] = RowDetails(title, reason, note, prompt)
        return details

    def _by_id(self, table: str, columns: str, ids: set[int]) -> dict[int, tuple[Any, ...]]:
        sorted_ids = sorted(ids)
        values: dict[int, tuple[Any, ...]] = {}
        for first in range(0, len(sorted_ids), 500):
            part = sorted_ids[first : first + 500]
            marks = ",".join("?" * len(part))
            query = f"select id, {columns} from {table} where id in ({marks})"  # noqa: S608
            values |= {row[0]: tuple(row)[1:] for row in self._connection.execute(query, part)}
        return values

    def _broken(self, error: sqlite3.Error) -> OutputError:
        return unusable(self.desk.path, error, "No file was replaced")
