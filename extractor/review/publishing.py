"""What goes out: decided rows with where they come from and who decided, in any format.

Accepted and corrected rows unless a filter says otherwise. A row that nobody has decided on goes
out only when that is asked for by name, and then says so wherever it is shown. Memory does not
grow with the number of rows, and a file is put in its place whole or not at all.
"""

import csv
import sqlite3
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import IO, Any, Literal, get_args

from pydantic import ValidationError

from extractor.article import Article
from extractor.errors import OutputError, UsageError
from extractor.review.claims import SELECT, Claim, read_claim
from extractor.review.columns import Kind, Told, csv_names, kinds_of
from extractor.review.desk import Desk
from extractor.review.queue import Filter, conditions
from extractor.run.cells import Head, sheet_title
from extractor.run.replacing import replacing_text, telling
from extractor.run.store import unusable
from extractor.sheet.tables import Cell, heading

Form = Literal["xlsx", "csv", "jsonl", "html", "w3c", "label-studio", "ftm"]
FORMS: tuple[Form, ...] = get_args(Form)
ENDINGS: dict[Form, str] = {
    "xlsx": ".xlsx",
    "csv": ".csv",
    "jsonl": ".jsonl",
    "html": ".html",
    "w3c": ".jsonld",
    "label-studio": ".label-studio.json",
    "ftm": ".ftm.jsonl",
}
DECIDED = ("accepted", "corrected")
UNDECIDED = ("open", "later")


@dataclass(frozen=True, slots=True)
class Row:
    """A claim as it is published."""

    claim: Claim
    kind: Kind
    cells: tuple[Cell, ...]
    told: Told

    @property
    def open(self) -> bool:
        """Whether nobody has decided on it."""
        return self.claim.status in UNDECIDED


@dataclass(frozen=True, slots=True)
class Reviewed:
    """An article with its rows to publish: in the order of the schema, then of the text."""

    article: Article
    rows: tuple[Row, ...]


@dataclass(frozen=True, slots=True)
class Published:
    """What became of it."""

    rows: int
    articles: int
    open_rows: int  # among `rows`
    left_open: int  # that the filter lets through but for being open; not published
    unfit: int  # that do not fit their schema any more; not published
    files: tuple[Path, ...]
    notes: tuple[str, ...] = ()  # what the format could not hold, in sentences


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

    def _kinds(self) -> dict[tuple[str, str], Kind]:
        """Return the kinds that there are rows of, in the order of their schemas."""
        query = f"select distinct c.schema, c.kind from claim c where {self._where}"  # noqa: S608
        there = {(row[0], row[1]) for row in self._rows.execute(query, self._values)}
        found: dict[tuple[str, str], Kind] = {}
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

    def each(self) -> Iterator[Reviewed]:
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
                    yield Reviewed(article, rows)
        except sqlite3.Error as error:
            raise self._broken(error) from error

    def _row(self, claim: Claim, told: Told) -> Row | None:
        kind = self.kinds[claim.schema, claim.kind]
        try:
            return Row(claim, kind, kind.cells(claim.row), told)
        except ValidationError:
            self.unfit += 1
            return None

    def _told(self, claims: Sequence[Claim], title: str) -> dict[str, Told]:
        """Return what the decisions and extractions of an article's claims say besides."""
        decisions = self._by_id("decision", "reason, note", {one.decision for one in claims})
        made = {one.extraction_id for one in claims if one.extraction_id is not None}
        extractions = self._by_id("extraction", "prompt_sha256", made)
        out = {}
        for one in claims:
            reason, note = decisions.get(one.decision, (None, None))
            (prompt,) = extractions.get(one.extraction_id or 0, (None,))
            out[one.id] = Told(title, reason, note, prompt)
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


def publish(
    desk: Desk,
    wanted: Filter,
    form: Form,
    target: Path | None,
    *,
    with_open: bool = False,
    needs_rows: bool = False,
) -> Published:
    """Write what a filter lets out to a file, or to standard output without one.

    With `needs_rows` nothing is written when there is no row; otherwise an empty sheet is. The desk
    is to be synced before. Raises UsageError and OutputError; then a file that was there is as it
    was.
    """
    if form == "xlsx" and target is None:
        raise UsageError("--format xlsx: a workbook is a file; name it with --output")
    if target is not None and target.resolve() == desk.path.resolve():
        raise UsageError(f"--output {target}: this is the store; name another file")
    with Selection(desk, wanted, with_open=with_open) as selection:
        if needs_rows and selection.nothing():
            return Published(0, 0, 0, selection.left_open, selection.unfit, ())
        notes: Sequence[str] = ()
        files: list[Path] = [target] if target else []
        if form == "xlsx" and target:
            _write_workbook(selection, target)
        else:
            with _opened(target, spreadsheets=form == "csv") as file:
                notes = _writer(form)(selection, file)
        if form == "label-studio" and target:
            from extractor.review.label_studio import config

            name = target.name.removesuffix(".json").removesuffix(".label-studio")
            files.append(target.with_name(f"{name}.config.xml"))
            with replacing_text(files[-1]) as file:
                file.write(config(selection.kinds.values()))
        return Published(
            selection.taken,
            selection.taken_articles,
            selection.taken_open,
            selection.left_open,
            selection.unfit,
            tuple(files),
            tuple(notes),
        )


Writer = Callable[[Selection, IO[str]], Sequence[str]]  # returns what is to be told


def _writer(form: Form) -> Writer:
    """Return what writes a format; imported when it is wanted."""
    if form == "csv":
        return _write_csv
    if form == "jsonl":
        from extractor.review.published_json import write_lines

        return write_lines
    if form == "html":
        from extractor.review.published_page import write_page

        return write_page
    if form == "w3c":
        from extractor.review.annotations import write_annotations

        return write_annotations
    if form == "label-studio":
        from extractor.review.label_studio import write_tasks

        return write_tasks
    from extractor.review.follow_the_money import write_entities

    return write_entities


def _write_csv(selection: Selection, file: IO[str]) -> Sequence[str]:
    writer = csv.DictWriter(file, csv_names(selection.kinds), lineterminator="\n")
    writer.writeheader()
    for reviewed in selection.each():
        writer.writerows(row.kind.csv(row.claim, row.cells, row.told) for row in reviewed.rows)
    return ()


def _write_workbook(selection: Selection, target: Path) -> None:
    from extractor.run.workbook import Workbook

    several = len({schema for schema, _ in selection.kinds}) > 1
    with Workbook(target) as book:
        sheets = {}
        for (schema, kind), one in selection.kinds.items():
            title = sheet_title(kind)
            sheets[schema, kind] = book.sheet(f"{title}, {schema}" if several else title, one.heads)
        for reviewed in selection.each():
            for row in reviewed.rows:
                cells = row.kind.xlsx(row.claim, row.cells, row.told)
                with telling(target):
                    sheets[row.claim.schema, row.claim.kind].add(cells)
        if not sheets:
            book.sheet("Nothing published", (Head("Claim", 20), Head("Version", 16))).end()
        for sheet in sheets.values():
            sheet.end()


@contextmanager
def _opened(target: Path | None, *, spreadsheets: bool) -> Iterator[IO[str]]:
    """Give a text file that takes the place of `target` at the end, or standard output.

    A file for spreadsheets begins with a byte order mark, without which they misread it.
    """
    if target is not None:
        with replacing_text(target) as file:
            if spreadsheets:
                file.write("\ufeff")
            yield file
        return
    import io

    sys.stdout.flush()
    out = io.TextIOWrapper(
        sys.stdout.buffer, encoding="utf-8", errors="replace", newline="", write_through=False
    )
    try:
        yield out
        out.flush()
    except BrokenPipeError:
        raise
    except OSError as error:
        raise OutputError(f"standard output: cannot be written ({error.strerror})") from error
    finally:
        out.detach()
