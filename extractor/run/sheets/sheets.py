"""Writes the sheets of a run from its store.

    extract.sqlite          the store
    release_event.jsonl     one object an article, as `--format json` prints it
    release_event.csv       a row a record, as `--format csv` prints it
    release_event.xlsx      a sheet a row kind, with links to the evidence
    index.html              every article with its counts; further pages when there are many
    pages/release_event/…   one page an article

A text is shown once, under the source that was named first, by the newest extraction. Memory does
not grow with the number of articles, every file is replaced in one step, and what is current is
not written again.
"""

import json
import sqlite3
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, closing
from hashlib import blake2b
from pathlib import Path
from typing import Literal, get_args

from extractor.errors import OutputError
from extractor.frozen import frozen
from extractor.pipeline import ENGINE
from extractor.run.sheets import index
from extractor.run.sheets.cells import FAILURES, WARNINGS, article_heads, kind_heads, sheet_title
from extractor.run.sheets.manifest import Manifest
from extractor.run.sheets.pages import is_current, page_path, plain
from extractor.run.sheets.rendering import Rendered, RenderTask, WantedForms, render_all
from extractor.run.sheets.workbook import Workbook
from extractor.schema.catalogue import Schema
from extractor.sheet.csvout import header
from extractor.sheet.tables import heading, row_kinds
from extractor.store.current import (
    Totals,
    add_up,
    choose,
    count_outdated,
    failures,
    list_failures,
    open_reader,
    other_schemas,
    sum_failures,
)
from extractor.store.folder import FILE as STORE
from extractor.store.folder import own_folder
from extractor.store.packing import article_from_row
from extractor.store.work_key import Recipe
from extractor.text.atomic_files import output_errors, replacing_text

Form = Literal["jsonl", "csv", "xlsx", "html"]
FORMS: tuple[Form, ...] = get_args(Form)


@frozen
class Written:
    """What `write_sheets` has written."""

    articles: int  # in the sheets
    files: tuple[Path, ...]  # written now, pages of articles aside
    pages: int  # of articles, written now
    left_out: int  # articles that only another version of the schema has extracted, or damaged


def write_sheets(
    folder: Path,
    schema: Schema,
    *,
    forms: Sequence[Form] = FORMS,
    recipe: Recipe | None = None,
    jobs: int = 1,
    tell: Callable[[str], None] = lambda _: None,
) -> Written:
    """Write the sheets of everything that the store in `folder` has by a schema.

    Of several extractions of an article the one by `recipe` goes first, then the newest. `jobs`
    processes render. Raises OutputError; files that are there then stay as they were.
    """
    path = folder / STORE
    try:
        with closing(open_reader(path)) as rows:
            return _SheetWriter(rows, folder, schema, forms, tell).write(recipe, jobs)
    except sqlite3.Error as error:
        raise OutputError(f"{path}: the store cannot be read ({error})") from error


class _SheetWriter:
    """Writes the sheets of one schema, in one pass over the store."""

    def __init__(
        self,
        rows: sqlite3.Connection,
        folder: Path,
        schema: Schema,
        forms: Sequence[Form],
        tell: Callable[[str], None],
    ) -> None:
        self._rows = rows
        self._folder = folder
        self._own = own_folder(folder)
        self._schema = schema
        self._forms = forms
        self._tell = tell
        self._manifest = Manifest(self._own)

    def write(self, recipe: Recipe | None, jobs: int) -> Written:
        """Write all sheets that are not current."""
        schema = self._schema
        chosen = choose(self._rows, schema.name, schema.sha256, recipe)
        sums = add_up(self._rows, chosen, _kinds(schema))
        self._failed = list_failures(self._rows, schema.name, schema.sha256, recipe)
        _, failed = sum_failures(self._rows, self._failed)
        content = f"{ENGINE} {schema.sha256} {sums.signature}"
        signs: dict[Form, str] = {"jsonl": content, "csv": content}
        signs["xlsx"] = f"{content} {failed} {'linked' if 'html' in self._forms else 'alone'}"
        stale = [
            form
            for form, sign in signs.items()
            if form in self._forms and not self._manifest.has(self._file(form), sign)
        ]
        pages, lost = self._write_articles(chosen, stale, jobs)
        files = [self._folder / self._file(form) for form in stale]
        for form in stale:
            self._manifest.add(self._file(form), signs[form])
        if "html" in self._forms:
            files += self._write_index(chosen, sums)
        self._manifest.save()
        outdated = count_outdated(self._rows, schema.name, schema.sha256)
        return Written(sums.articles - lost, tuple(files), pages, outdated + lost)

    def _file(self, form: Form) -> str:
        return f"{plain(self._schema.name)}.{form}"

    def _write_articles(self, chosen: str, stale: Sequence[Form], jobs: int) -> tuple[int, int]:
        """Write the tables and pages; return how many pages, and how many articles are lost."""
        html = "html" in self._forms
        if not stale and not html:
            return 0, 0
        wants = WantedForms("jsonl" in stale, "csv" in stale, "xlsx" in stale, html)
        topic = f"pages of {self._schema.name}"
        looks = f"{ENGINE} {index.renderer()} {self._schema.sha256}"
        tasks = self._tasks(chosen, bool(stale), anew=not self._manifest.says(topic, looks))
        pages = lost = 0
        with ExitStack() as open_files:
            consumers = [self._consumer(form, open_files) for form in stale]
            rendered = render_all(tasks, self._schema, self._own, wants, jobs)
            with closing(rendered):
                for one in rendered:
                    pages += one.wrote_page
                    if one.problem:
                        lost += 1
                        self._tell(one.problem)
                        continue
                    for target, consume in consumers:
                        with output_errors(target):
                            consume(one)
        if html:
            self._manifest.note(topic, looks)
        return pages, lost

    def _consumer(
        self, form: Form, open_files: ExitStack
    ) -> tuple[Path, Callable[[Rendered], object]]:
        """Open a file with rows of every article; return its path, and what adds an article."""
        target = self._folder / self._file(form)
        if form == "xlsx":
            book = open_files.enter_context(Workbook(target, own=self._own))
            return target, self._workbook(book, open_files)
        file = open_files.enter_context(replacing_text(target, own=self._own))
        if form == "jsonl":
            return target, lambda one: file.write(one.line)
        with output_errors(target):
            file.write(",".join(header(self._schema.model)) + "\n")
        return target, lambda one: file.write(one.csv)

    def _workbook(self, book: Workbook, open_files: ExitStack) -> Callable[[Rendered], object]:
        """Begin the sheets of the workbook; return what adds an article to them."""
        articles = book.sheet("Articles", article_heads(self._schema.model))
        kinds = {
            kind: book.sheet(sheet_title(kind), heads)
            for kind, heads in kind_heads(self._schema.model).items()
        }
        warnings = book.sheet("Warnings", WARNINGS)

        def consume(one: Rendered) -> None:
            articles.add(one.article)
            for kind, cells in one.rows:
                kinds[kind].add(cells)
            for cells in one.warnings:
                warnings.add(cells)

        def finish(*problem: object) -> None:
            if problem[0] is None:
                failed = book.sheet("Failed", FAILURES)
                for row in failures(self._rows, self._failed):
                    failed.add([row["source"], row["reason"], row["error_kind"]])
                for sheet in (articles, *kinds.values(), warnings, failed):
                    sheet.end()

        open_files.push(finish)  # before the workbook is closed
        return consume

    def _tasks(self, chosen: str, every: bool, anew: bool) -> Iterator[RenderTask]:
        """Yield the articles to render: every one, or those whose page is not current."""
        pages = "html" in self._forms
        each = self._rows.execute(
            f"select c.rowid as number, c.source, c.finished_at, c.article_sha256,"  # noqa: S608
            f" c.extraction_id from {chosen} c order by c.rowid"
        )
        for row in each:
            page = page_path(self._schema.name, row["source"])
            due = pages and (anew or not is_current(self._folder / page, row["finished_at"]))
            if not (every or due):
                continue
            article = self._rows.execute(
                "select * from article where sha256 = ?", (row["article_sha256"],)
            ).fetchone()
            data = self._rows.execute(
                "select data from extraction where id = ?", (row["extraction_id"],)
            ).fetchone()[0]
            yield RenderTask(
                row["number"], row["source"], dict(article), data, row["finished_at"], page, due
            )

    def _write_index(self, chosen: str, sums: Totals) -> list[Path]:
        """Write the index of every schema that the store has, ours first, when it has changed."""
        listings = [self._listing(self._schema.name, chosen, self._failed, sums)]
        signs = [sums.signature]
        for number, (schema, digest) in enumerate(other_schemas(self._rows, self._schema.name), 1):
            others = choose(self._rows, schema, digest, None, number)
            its = add_up(self._rows, others, None)
            if its.articles:
                failed = list_failures(self._rows, schema, digest, None, number)
                listings.append(self._listing(schema, others, failed, its))
                signs.append(its.signature)
        signs += [repr((one.schema, one.failed, one.failures, one.files)) for one in listings]
        digest = blake2b("\n".join(signs).encode("utf-8", "replace"), digest_size=16).hexdigest()
        sign = f"{ENGINE} {index.renderer()} {digest}"
        if self._manifest.has(index.FILE, sign):
            return []
        written = index.write_index(self._own, listings, ENGINE)
        self._manifest.add(index.FILE, sign)
        return written

    def _listing(self, schema: str, chosen: str, failed: str, sums: Totals) -> index.Listing:
        """Return what the index shows of one schema."""
        shown = failures(self._rows, failed, index.MOST_FAILURES)
        named = [f"{plain(schema)}.{form}" for form in ("xlsx", "csv", "jsonl")]
        return index.Listing(
            schema=schema,
            kinds=sums.kinds,
            articles=sums.articles,
            totals=sums.totals,
            entries=self._entries(schema, chosen, sums.kinds),
            failures=[(row["source"], row["reason"] or "") for row in shown],
            failed=sum_failures(self._rows, failed)[0],
            answered_by=sums.answered_by,
            files=tuple(name for name in named if (self._folder / name).is_file()),
            twins=sums.sources - sums.articles,
        )

    def _entries(self, schema: str, chosen: str, kinds: Sequence[str]) -> Iterator[index.Entry]:
        """Yield the rows of the index of one schema."""
        each = self._rows.execute(
            f"select c.source, c.article_sha256, a.title, a.outlet, a.published, e.counts"  # noqa: S608
            f" from {chosen} c join article a on a.sha256 = c.article_sha256"
            " join extraction e on e.id = c.extraction_id order by c.rowid"
        )
        for row in each:
            counts = json.loads(row["counts"] or "{}")
            page = page_path(schema, row["source"])
            yield index.Entry(
                page if (self._folder / page).is_file() else None,
                row["title"] or self._heading(row["article_sha256"]),
                row["outlet"],
                row["published"],
                row["source"],
                {kind: counts.get(kind, 0) for kind in kinds},
                counts.get("warnings", 0),
                counts.get("unaccounted", 0),
            )

    def _heading(self, digest: str) -> str:
        row = self._rows.execute("select * from article where sha256 = ?", (digest,)).fetchone()
        return heading(article_from_row(dict(row)))


def _kinds(schema: Schema) -> list[str]:
    """Return the row kinds that are lists or models of the schema's root: those that count."""
    fields = {info.alias or name for name, info in schema.model.model_fields.items()}
    return [kind for kind in row_kinds(schema.model) if kind in fields]
