"""Runs the pipeline by Daft (`extract scale`), over files or tables, on one machine or many.

    files, .jsonl, .parquet ──► a function of article.py ──► Parquet: a row for each article
    (on disk, s3://, gs://, …)  (on all cores, or a cluster)  (and, if wanted, one for each record)

Daft (the extra `[daft]`) finds the files, distributes the work to processes or machines and writes
the rows. Where it runs is Daft's own setting: `DAFT_RUNNER=ray` with `RAY_ADDRESS` for a cluster,
this machine otherwise. There is no store, and so a run that was stopped begins again.
"""

import glob
import importlib
import os
from collections.abc import Callable, Mapping, Sequence
from dataclasses import field, fields
from functools import partial
from pathlib import Path
from time import perf_counter
from typing import Any

from extractor.errors import InputError, OutputError, UsageError
from extractor.frozen import frozen
from extractor.read.files import CRAWLS, ENDINGS, LINES
from extractor.read.source import Source
from extractor.run.command import fields_from
from extractor.run.daft.article import (
    COLUMNS,
    RECORD_COLUMNS,
    JobSettings,
    asked_row_of,
    is_local,
    make_source,
    record_rows_of,
    row_of,
    source_in_lines,
    source_in_table,
    source_of_file,
)
from extractor.run.inputs.jsonl import Fields
from extractor.schema.catalogue import load_schema
from extractor.settings import Settings

_TABLES = (".parquet", ".pq")
_AT_A_TIME = 32  # articles that a process is given at a time: a quarter of a second by the rules
_A_PART = 1_000  # articles in one part of the work, as a cluster hands it out
_MOST_SHOWN = 20  # failures that are printed; all of them are in the output


@frozen
class DaftArguments:
    """The arguments of the command, besides settings and schema."""

    names: Sequence[str]
    output: str  # a folder, here or in object storage
    records: str | None = None  # another one, for one row a record
    fields: Fields = field(default_factory=Fields)
    overwrite: bool = False


# --- the job -------------------------------------------------------------------------------------


def scale(
    arguments: DaftArguments,
    settings: Settings,
    schema_name: str,
    *,
    error: Callable[[str], None],
    note: Callable[[str], None],
    announce: Callable[[], None] = lambda: None,
) -> int:
    """Run, write, and return the exit status: 0, or 1 when an article failed.

    `announce` is called before a model may be asked; the processes that ask it cannot say so.
    Raises UsageError, InputError and OutputError.
    """
    daft = _daft()
    schema = load_schema(schema_name)
    for folder in filter(None, (arguments.output, arguments.records)):
        _refuse_taken(daft, folder, arguments.overwrite)
    if settings.asks_model:
        from extractor.answer.model.prompt import Prompts

        Prompts(schema)  # a missing prompt is told before anything is read
        announce()
    job = _Job(daft, JobSettings(settings, schema.source, schema.sha256), arguments.fields)
    began = perf_counter()
    frame = job.results(arguments.names)
    _write(frame, arguments.output, arguments.overwrite)
    written = daft.read_parquet(f"{arguments.output.rstrip('/')}/*.parquet")
    counts = _counts(daft, written)
    if arguments.records is not None:
        _write(job.records(written), arguments.records, arguments.overwrite)
    took = perf_counter() - began
    failed = counts.get("failed", 0)
    if failed:
        _print_failures(daft, written, failed, error)
    total = sum(counts.values())
    note(
        f"wrote {arguments.output}: {counts.get('done', 0):,} done, {failed:,} failed, "
        f"in {took:,.1f} s, {total / took:,.1f} a second"
    )
    if arguments.records is not None:
        note(f"wrote {arguments.records}")
    return 1 if failed else 0


def fields_of(given: str | None) -> Fields:
    """Return the fields that `--fields` names, as a run's does. Raises UsageError."""
    return Fields() if given is None else fields_from(given)


def _daft() -> Any:
    """Return the library. Raises UsageError when it is not installed."""
    os.environ.setdefault("DO_NOT_TRACK", "true")  # nobody is told what is run here
    try:
        return importlib.import_module("daft")
    except ImportError as missing:
        raise UsageError(
            "`extract scale` needs Daft, which is not installed; "
            "pip install 'news-extract[daft]' (300 MB)"
        ) from missing


@frozen
class _Job:
    """Builds the data frames that Daft computes."""

    daft: Any
    settings: JobSettings
    fields: Fields

    def results(self, names: Sequence[str]) -> Any:
        """Return a data frame of the articles' rows. Raises UsageError and InputError."""
        frames = [self._of_table(name) for name in names if name.endswith(_TABLES)]
        frames += [self._of_lines(name) for name in names if name.endswith(LINES)]
        files = [name for name in names if not name.endswith((*_TABLES, *LINES))]
        if files:
            frames.append(self._of_files(files))
        frame = frames[0]
        for another in frames[1:]:
            frame = frame.concat(another)
        return frame

    def records(self, written: Any) -> Any:
        """Return a data frame of the records in what was written."""
        col = self.daft.col
        kind = self.daft.DataType.list(self._type(RECORD_COLUMNS))
        called = self.daft.func.batch(return_dtype=kind, use_process=True, batch_size=_AT_A_TIME)(
            _record_rows
        )
        columns = [col(name) for name in ("source", "article_sha256", "extraction")]
        rows = written.where(col("status") == "done").select(called(*columns).alias("rows"))
        rows = rows.explode("rows").where(col("rows").not_null())
        return rows.select(*(col("rows")[name].alias(name) for name in RECORD_COLUMNS))

    def _of_files(self, names: Sequence[str]) -> Any:
        """Return the rows of files: those of a folder at any depth, and what is named."""
        frames = []
        for name in names:
            if name.endswith(CRAWLS):
                raise UsageError(f"{name}: crawls are for `extract … -o FOLDER/`; drop it here")
            _refuse_missing(name)
            folder = name.endswith("/") or (is_local(name) and Path(name).is_dir())
            pattern = f"{name.rstrip('/')}/**" if folder else name
            if not is_local(name) and not _holds(self.daft, pattern):
                raise UsageError(f"{name}: there is no such file or folder; check the path")
            frame = self.daft.from_glob_path(pattern).select("path")
            frames.append(frame.where(self._is_article()) if folder else frame)
        frame = frames[0]
        for another in frames[1:]:
            frame = frame.concat(another)
        if len(frames) > 1:
            frame = frame.distinct()
        frame = frame.into_batches(_A_PART)
        return self._called(frame, source_of_file, self.daft.col("path"))

    def _is_article(self) -> Any:
        endings = "|".join(sorted(ending[1:] for ending in ENDINGS))
        path = self.daft.col("path")
        return path.regexp(rf"(?i)\.({endings})$") & ~path.regexp(r"/\.[^/]*$")

    def _of_lines(self, name: str) -> Any:
        _refuse_missing(name)
        col = self.daft.col
        frame = _opened(self.daft.read_text, name, "path").into_batches(_A_PART)
        return self._called(frame, partial(source_in_lines, self.fields), col("text"), col("path"))

    def _of_table(self, name: str) -> Any:
        """Return the rows of a Parquet file, folder or pattern. Raises UsageError."""
        _refuse_missing(name)
        inside = is_local(name) and Path(name).is_dir()
        pattern = f"{name.rstrip('/')}/*.parquet" if inside else name
        frame = _opened(self.daft.read_parquet, pattern, "__path")
        there = frame.column_names
        if self.fields.text not in there:
            listed = ", ".join(there[:12])
            raise UsageError(
                f"{name}: there is no column {self.fields.text!r} (there are: {listed}); "
                "name the one that holds the text with --fields text=NAME"
            )
        wanted = dict.fromkeys(getattr(self.fields, one.name) for one in fields(self.fields))
        used = [column for column in wanted if column in there]
        col = self.daft.col
        columns = [*map(col, used), col("__path")]
        make = partial(_table_source, self.fields, tuple(used))
        return self._called(frame.into_batches(_A_PART), make, *columns)

    def _called(self, frame: Any, make: Callable[..., Source], *columns: Any) -> Any:
        """Return a frame of what the pipeline makes of the sources that `make` makes of rows."""
        kind = self._type(COLUMNS)
        if self.settings.settings.asks_model:
            # Beside those being asked about as many stand ready: answers come in bursts.
            slots = 2 * self.settings.settings.concurrency
            called = self.daft.func(return_dtype=kind, unnest=True, max_concurrency=slots)(_asked)
        else:
            called = self.daft.func.batch(
                return_dtype=kind, unnest=True, use_process=True, batch_size=_AT_A_TIME
            )(_by_rules)
        return frame.select(called(_Call(self.settings, make), *columns))

    def _type(self, columns: Mapping[str, str]) -> Any:
        types = self.daft.DataType
        return types.struct({name: getattr(types, kind)() for name, kind in columns.items()})


@frozen
class _Call:
    """What Daft hands to our functions beside the columns."""

    settings: JobSettings
    make: Callable[..., Source]


def _by_rules(call: _Call, *columns: Any) -> list[dict[str, Any]]:
    rows = zip(*(column.to_pylist() for column in columns), strict=True)
    return [row_of(call.settings, make_source(call.make, row)) for row in rows]


async def _asked(call: _Call, *row: Any) -> dict[str, Any]:
    return await asked_row_of(call.settings, make_source(call.make, row))


def _record_rows(*columns: Any) -> list[list[dict[str, Any]]]:
    rows = zip(*(column.to_pylist() for column in columns), strict=True)
    return [record_rows_of(*row) for row in rows]


def _table_source(wanted: Fields, names: Sequence[str], *row: Any) -> Source:
    return source_in_table(wanted, names, row[:-1], row[-1])


# --- what goes in and out ------------------------------------------------------------------------


def _refuse_missing(name: str) -> None:
    """Raise UsageError when there is nothing of this name on this machine."""
    path = name.removeprefix("file://")
    if not is_local(name) or Path(path).exists():
        return
    if not glob.has_magic(path):
        raise UsageError(f"{name}: there is no such file or folder; check the path")
    if next(glob.iglob(path, recursive=True), None) is None:  # noqa: PTH207 - as given
        raise UsageError(f"{name}: no file matches; check the pattern")


def _refuse_taken(daft: Any, folder: str, overwrite: bool) -> None:
    """Raise UsageError when an output folder is not empty and may not be overwritten."""
    path = Path(folder.removeprefix("file://"))
    if is_local(folder) and path.exists() and not path.is_dir():
        raise UsageError(f"{folder}: this is a file; name a folder with --output")
    if overwrite:
        return
    here = path.is_dir() and any(path.iterdir())
    if here or (not is_local(folder) and _holds(daft, f"{folder.rstrip('/')}/**")):
        raise UsageError(f"{folder}: there is something in it; --overwrite replaces it")


def _holds(daft: Any, pattern: str) -> bool:
    """Return whether anything in an object store matches. Raises InputError without access."""
    try:
        count: int = daft.from_glob_path(pattern).count_rows()
    except Exception as error:
        # Daft 0.7 has one kind of error for all that happens there; this is nothing found. It is
        # asked for here because a frame joined from several would wait for ever on such an error.
        if "at least 1 MicroPartition" in str(error):
            return False
        raise InputError(f"{pattern}: it cannot be listed ({_short(error)})") from error
    return count > 0


def _opened(read: Callable[..., Any], name: str, path_column: str) -> Any:
    """Return a data frame of what a file holds, and in which it stands. Raises InputError."""
    try:
        return read(name, file_path_column=path_column)
    except Exception as error:
        raise InputError(f"{name}: it cannot be read ({_short(error)})") from error


def _write(frame: Any, folder: str, overwrite: bool) -> None:
    mode = "overwrite" if overwrite else "append"
    try:
        frame.write_parquet(folder, write_mode=mode, write_success_file=True)
    except Exception as error:
        raise OutputError(f"{folder}: the run broke off ({_short(error)})") from error


def _counts(daft: Any, written: Any) -> dict[str, int]:
    grouped = written.groupby("status").agg(daft.col("source").count().alias("n")).to_pydict()
    return dict(zip(grouped["status"], grouped["n"], strict=True))


def _print_failures(daft: Any, written: Any, failed: int, error: Callable[[str], None]) -> None:
    shown = (
        written.where(daft.col("status") == "failed").select("source", "reason").limit(_MOST_SHOWN)
    )
    for row in shown.to_pylist():
        named = row["source"] in row["reason"]
        error(row["reason"] if named else f"{row['source']}: {row['reason']}")
    if failed > _MOST_SHOWN:
        error(f"{failed - _MOST_SHOWN:,} further failures: see status and reason in the output")


def _short(error: Exception) -> str:
    return " ".join(str(error).split())[:300] or type(error).__name__
