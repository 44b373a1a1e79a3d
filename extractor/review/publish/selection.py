"""TODO."""

import sqlite3
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

from pydantic import ValidationError

from extractor.article import Article
from extractor.errors import OutputError, UsageError
from extractor.review.claims.claims import SELECT, Claim, read_claim
from extractor.review.desk import Desk
from extractor.review.publish.columns import PublishedKind, RowDetails, kinds_of
from extractor.review.queue import Filter, conditions
from extractor.sheet.tables import Cell, heading
from extractor.store.store import unusable

DECIDED = ("accepted", "corrected")


UNDECIDED = ("open", "later")


@dataclass(frozen=True, slots=True)
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


@dataclass(frozen=True, slots=True)
class PublishedArticle:
    """An article with its rows to publish: in the order of the schema, then of the text."""

    article: Article
    rows: tuple[PublishedRow, ...]


class Selection:
    """What a filter lets out, as it was at one moment. A context."""

    def __init__(self, desk: Desk, wanted: Filter, *, with_open: bool = False) -> None:
        """Choose. Without a status in the filter, what was accepted or corrected.

        Raises UsageError for open rows without `with_open`, SchemaError for a schema that is gone.
        """
        self.desk = desk
        self.unfit = self.taken = self.taken_open = self.taken_articles = 0
        asked = wanted.status or DECIDED
        if with_open and not wanted.status:
            asked = (*asked, *UNDECIDED)
        if not with_open and (odd := [one for one in asked if one in UNDECIDED]):
            raise UsageError(
                f"status {odd[0]}: nobody has decided on these rows; review them, or publish them "
                "marked as open with --with-open"
            )
        self.filter = replace(wanted, status=tuple(asked))
        where, self._values = conditions(desk, self.filter)
        # What no row of the machine's says is nothing to publish before somebody has said it.
        self._where = (
            f"{where} and c.row is not null"
            " and not (c.origin = 'candidate' and c.status in ('open', 'later'))"
        )

    def __enter__(self) -> "Selection":
        try:
            self._rows = sqlite3.connect(self.desk.path, timeout=60.0, isolation_level=None)
            self._rows.row_factory = sqlite3.Row
            self._rows.execute("begin")  # what is read from here on is of one moment
            left = replace(self.filter, status=UNDECIDED)
            self.left_open = self._count(*conditions(self.desk, left))
            if set(UNDECIDED) <= set(self.filter.status):
                self.left_open = 0
            self.kinds = self._kinds()
        except sqlite3.Error as error:
            raise self._broken(error) from error
        return self

    def __exit__(self, *_: object) -> None:
        self._rows.close()

    def _count(self, where: str, values: dict[str, Any]) -> int:
        query = f"select count(*) from claim c where {where}"  # noqa: S608
        return int(self._rows.execute(query, values).fetchone()[0])

    def _kinds(self) -> dict[tuple[str, str], PublishedKind]:
        """Return the kinds that there are rows of, in the order of their schemas."""
        query = f"select distinct c.schema, c.kind from claim c where {self._where}"  # noqa: S608
        there = {(row[0], row[1]) for row in self._rows.execute(query, self._values)}
        found: dict[tuple[str, str], PublishedKind] = {}
        for name in sorted({schema for schema, _ in there}):
            schema = self.desk.schema(name)
            if schema is None:
                raise UsageError(
                    f"{self.desk.folder}: the schema {name!r} is not to be found any more; put its "
                    "file into ./schemas, or leave its rows out with --schema"
                )
            for kind, one in kinds_of(schema).items():
                if (name, kind) in there:
                    found[name, kind] = one
        self.unfit = sum(
            self._count(f"{self._where} and c.schema = :s and c.kind = :k",
                        {**self._values, "s": schema, "k": kind})
            for schema, kind in there - found.keys()
        )  # fmt: skip
        return found

    def articles(self) -> Iterator[Article]:
        """Yield the articles that there are rows of, in the order of the coverage."""
        for digest in self._articles():
            yield self.desk.article(digest)

    def _articles(self) -> Iterator[str]:
        found = self._rows.execute(
            f"select c.article_sha256, min(c.number) from claim c where {self._where}"  # noqa: S608
            " group by 1 order by 2",
            self._values,
        )
        for row in found:
            yield row[0]

    def nothing(self) -> bool:
        """Tell whether no row goes out; what does not fit its schema is counted then."""
        unfit = self.unfit
        found = next(self.each(), None)
        if found is not None:
            self.unfit, self.taken, self.taken_open, self.taken_articles = unfit, 0, 0, 0
        return found is None

    def each(self) -> Iterator[PublishedArticle]:
        """Yield the articles with their rows. Raises OutputError."""
        order = {key: number for number, key in enumerate(self.kinds)}
        try:
            for digest in self._articles():
                query = f"{SELECT} where {self._where} and c.article_sha256 = :digest"
                values = {**self._values, "digest": digest}
                claims = [read_claim(row) for row in self._rows.execute(query, values)]
                known = [claim for claim in claims if (claim.schema, claim.kind) in order]
                known.sort(
                    key=lambda one: (
                        order[one.schema, one.kind], one.start is None, one.start, one.number
                    )
                )  # fmt: skip
                article = self.desk.article(digest)
                told = self._told(known, heading(article))
                rows = tuple(row for claim in known if (row := self._row(claim, told[claim.id])))
                if rows:
                    self.taken += len(rows)
                    self.taken_open += sum(row.open for row in rows)
                    self.taken_articles += 1
                    yield PublishedArticle(article, rows)
        except sqlite3.Error as error:
            raise self._broken(error) from error

    def _row(self, claim: Claim, told: RowDetails) -> PublishedRow | None:
        kind = self.kinds[claim.schema, claim.kind]
        try:
            return PublishedRow(claim, kind, kind.cells(claim.row), told)
        except ValidationError:
            self.unfit += 1
            return None

    def _told(self, claims: Sequence[Claim], title: str) -> dict[str, RowDetails]:
        """Return what the decisions and extractions of an article's claims say besides."""
        decisions = self._by_id("decision", "reason, note", {one.decision for one in claims})
        made = {one.extraction_id for one in claims if one.extraction_id is not None}
        extractions = self._by_id("extraction", "prompt_sha256", made)
        out = {}
        for one in claims:
            reason, note = decisions.get(one.decision, (None, None))
            (prompt,) = extractions.get(one.extraction_id or 0, (None,))
            out[one.id] = RowDetails(title, reason, note, prompt)
        return out

    def _by_id(self, table: str, columns: str, ids: set[int]) -> dict[int, tuple[Any, ...]]:
        wanted = sorted(ids)
        found: dict[int, tuple[Any, ...]] = {}
        for first in range(0, len(wanted), 500):
            part = wanted[first : first + 500]
            marks = ",".join("?" * len(part))
            query = f"select id, {columns} from {table} where id in ({marks})"  # noqa: S608
            found |= {row[0]: tuple(row)[1:] for row in self._rows.execute(query, part)}
        return found

    def _broken(self, error: sqlite3.Error) -> OutputError:
        return unusable(self.desk.path, error, "No file was replaced")
