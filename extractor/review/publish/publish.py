"""Publishing: decided rows, with where they come from and who decided, in any format.

Accepted and corrected rows are published unless a filter says otherwise; a row that nobody has
decided on only when that is asked for by name, and it says so wherever it is shown. Memory does not
grow with the number of rows, and a file is put in its place whole or not at all.
"""

import csv
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Literal, get_args

from extractor.errors import OutputError, UsageError
from extractor.frozen import frozen
from extractor.review.desk import Desk
from extractor.review.publish.columns import csv_names
from extractor.review.publish.selection import Selection
from extractor.review.queue import Filter
from extractor.run.sheets.cells import Head, sheet_title
from extractor.text.atomic_files import OwnFolder, replacing_text

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


@frozen
class PublishResult:
    """Counts and files of one export."""

    rows: int
    articles: int
    open_rows: int  # among `rows`
    left_open: int  # that match the filter but for being open; not published
    unfit: int  # that do not fit their schema any more; not published
    files: tuple[Path, ...]
    notes: tuple[str, ...] = ()  # what the format could not hold, in sentences
    undated: int = 0  # left out by --since and --until, as their articles have no date


def publish(
    desk: Desk,
    wanted: Filter,
    form: Form,
    target: Path | None,
    *,
    with_open: bool = False,
    needs_rows: bool = False,
    own: OwnFolder | None = None,
) -> PublishResult:
    """Write the rows of a filter to a file, or to standard output without one.

    With `needs_rows` nothing is written when there is no row; otherwise an empty sheet is. `own` is
    the run's folder when the file lies in it under a name of ours. The desk is to be synced before.
    Raises UsageError and OutputError; then a file that was there is as it was.
    """
    if form == "xlsx" and target is None:
        raise UsageError("--format xlsx: a workbook is a file; name it with --output")
    if target is not None and target.resolve() == desk.path.resolve():
        raise UsageError(f"--output {target}: this is the store; name another file")
    with Selection(desk, wanted, with_open=with_open) as selection:
        if needs_rows and selection.is_empty():
            return PublishResult(
                0, 0, 0, selection.left_open, selection.unfit, (), (), selection.undated
            )
        notes: Sequence[str] = ()
        files: list[Path] = [target] if target else []
        if form == "xlsx" and target:
            _write_workbook(selection, target, own)
        else:
            with _opened(target, own, spreadsheets=form == "csv") as file:
                notes = _writer(form)(selection, file)
        if form == "label-studio" and target:
            from extractor.review.publish.label_studio import config

            name = target.name.removesuffix(".json").removesuffix(".label-studio")
            files.append(target.with_name(f"{name}.config.xml"))
            with replacing_text(files[-1], own=own, parents=True) as file:
                file.write(config(selection.kinds.values()))
        return PublishResult(
            selection.taken,
            selection.taken_articles,
            selection.taken_open,
            selection.left_open,
            selection.unfit,
            tuple(files),
            tuple(notes),
            selection.undated,
        )


Writer = Callable[[Selection, IO[str]], Sequence[str]]  # returns notes for the user


def _writer(form: Form) -> Writer:
    """Return the function that writes a format, imported only when it is needed."""
    if form == "csv":
        return _write_csv
    if form == "jsonl":
        from extractor.review.publish.jsonl import write_lines

        return write_lines
    if form == "html":
        from extractor.review.publish.html import write_page

        return write_page
    if form == "w3c":
        from extractor.review.publish.w3c import write_annotations

        return write_annotations
    if form == "label-studio":
        from extractor.review.publish.label_studio import write_tasks

        return write_tasks
    from extractor.review.publish.ftm import write_entities

    return write_entities


def _write_csv(selection: Selection, file: IO[str]) -> Sequence[str]:
    writer = csv.DictWriter(file, csv_names(selection.kinds), lineterminator="\n")
    writer.writeheader()
    for reviewed in selection.published_articles():
        writer.writerows(row.kind.csv(row.claim, row.cells, row.details) for row in reviewed.rows)
    return ()


def _write_workbook(selection: Selection, target: Path, own: OwnFolder | None) -> None:
    """Write the XLSX file: one sheet for each kind of each schema."""
    from extractor.run.sheets.workbook import Workbook

    several = len({schema for schema, _ in selection.kinds}) > 1
    with Workbook(target, own=own) as book:
        sheets = {}
        for (schema, kind), published_kind in selection.kinds.items():
            title = sheet_title(kind)
            sheets[schema, kind] = book.sheet(
                f"{title}, {schema}" if several else title, published_kind.heads
            )
        for reviewed in selection.published_articles():
            for row in reviewed.rows:
                cells = row.kind.xlsx(row.claim, row.cells, row.details)
                sheets[row.claim.schema, row.claim.kind].add(cells)
        if not sheets:
            book.sheet("Nothing published", (Head("Claim", 20), Head("Version", 16))).end()
        for sheet in sheets.values():
            sheet.end()


@contextmanager
def _opened(target: Path | None, own: OwnFolder | None, *, spreadsheets: bool) -> Iterator[IO[str]]:
    """Give a text file that takes the place of `target` at the end, or standard output.

    A file for spreadsheets begins with a byte order mark, without which they misread it.
    """
    if target is not None:
        with replacing_text(target, own=own, parents=True) as file:
            if spreadsheets:
                file.write("\ufeff")
            yield file
        return
    import io

    sys.stdout.flush()
    standard_output = io.TextIOWrapper(
        sys.stdout.buffer, encoding="utf-8", errors="replace", newline="", write_through=False
    )
    try:
        yield standard_output
        standard_output.flush()
    except BrokenPipeError:
        raise
    except OSError as error:
        raise OutputError(f"standard output: cannot be written ({error.strerror})") from error
    finally:
        standard_output.detach()
