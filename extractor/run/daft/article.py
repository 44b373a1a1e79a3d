"""Turns one article into a row of Parquet, for Daft: done, or failed with the reason.

The functions take a source through the pipeline and return a row; they do not raise, whatever an
article, a table or an endpoint's answer holds. They are called by job.py.
"""

import asyncio
import importlib
import json
from collections.abc import Callable, Sequence
from functools import partial
from threading import Lock
from time import perf_counter
from typing import TYPE_CHECKING, Any

from extractor.article import Article
from extractor.bounds import ArticleBounds
from extractor.errors import ArticleTooLarge, InputError, NotAnArticle, SchemaError
from extractor.frozen import frozen
from extractor.pipeline import extract, extract_with
from extractor.read import MAX_BYTES, read_article, read_bytes
from extractor.read.files import printable_name
from extractor.read.source import Source, failing
from extractor.record import Extraction, Usage
from extractor.run.inputs.jsonl import Fields, source_of_line, source_of_values
from extractor.run.workers.worker import reason_for
from extractor.schema.catalogue import Schema, reload
from extractor.schema.loading import SchemaSource
from extractor.settings import Settings
from extractor.sheet.jsonout import to_json
from extractor.store.packing import counts_of, rows_of, storable

if TYPE_CHECKING:
    from extractor.answer.model.asker import ModelAsker


@frozen
class JobSettings:
    """How each article is extracted. Sent to every process and machine."""

    settings: Settings
    schema: SchemaSource  # sent along: a machine of a cluster needs no file of it
    schema_sha256: str


# --- what one article becomes --------------------------------------------------------------------

# The columns of the output, by Daft's names of types.
COLUMNS = {
    "source": "string",
    "article_sha256": "string",
    "status": "string",  # "done", "failed"
    "reason": "string",
    "error_kind": "string",
    "extraction": "string",  # JSON, as `--format json` prints it
    "text": "string",  # what its offsets count in
    "counts": "string",  # JSON: rows by kind, warnings, unaccounted
    "calls": "int64",
    "cache_hits": "int64",
    "input_tokens": "int64",
    "output_tokens": "int64",
    "cost_usd": "float64",
    "seconds": "float64",
    "schema": "string",
    "model": "string",
    "engine": "string",
}
RECORD_COLUMNS = {
    "source": "string",
    "article_sha256": "string",
    "kind": "string",
    "path": "string",
    "start": "int64",
    "end": "int64",
    "text": "string",
    "confidence": "float64",
    "by_rules": "bool",
    "row": "string",  # JSON
}


def row_of(job: JobSettings, source: Source) -> dict[str, Any]:
    """Take one article through by the rules; return its row, whatever happens."""
    began = perf_counter()
    article = None
    try:
        schema = _resources.schema(job)
        bounds = ArticleBounds(job.settings, source.name)
        article = bounds.read(source.load)
        extraction = extract(article, schema, bounds=bounds)
        return _done(source, extraction, perf_counter() - began)
    except Exception as error:  # whatever it is, the other articles go on
        return _failed(source, article, error, perf_counter() - began)


async def asked_row_of(job: JobSettings, source: Source) -> dict[str, Any]:
    """Take one article through with a model; return its row, whatever happens."""
    began = perf_counter()
    article = None
    try:
        schema = _resources.schema(job)
        bounds = ArticleBounds(job.settings, source.name)
        article = bounds.read(source.load)
        extraction = await extract_with(article, schema, _resources.asker(job), bounds=bounds)
        return _done(source, extraction, perf_counter() - began)
    except Exception as error:  # whatever it is, the other articles go on
        return _failed(source, article, error, perf_counter() - began)


def _done(source: Source, extraction: Extraction, seconds: float) -> dict[str, Any]:
    """Return the row of an article that is done."""
    return {
        **_row(source, extraction.article, extraction.usage, seconds),
        "status": "done",
        "extraction": to_json(extraction, None).rstrip("\n"),
        "text": storable(extraction.article.text),
        "counts": json.dumps(counts_of(extraction.to_json())),
        "schema": extraction.schema,
        "model": extraction.provenance.model,
        "engine": extraction.provenance.engine,
    }


def _failed(
    source: Source, article: Article | None, error: Exception, seconds: float
) -> dict[str, Any]:
    """Return the row of an article that failed; `article` is None if it could not be read."""
    spent = getattr(error, "spent", None)
    usage = spent if isinstance(spent, Usage) else Usage()
    return {
        **_row(source, article, usage, seconds),
        "status": "failed",
        "reason": storable(reason_for(error)),
        "error_kind": type(error).__name__,
    }


def _row(source: Source, article: Article | None, usage: Usage, seconds: float) -> dict[str, Any]:
    """Return the columns that every row has, the others empty."""
    empty: dict[str, Any] = dict.fromkeys(COLUMNS)
    return empty | {
        "source": storable(source.name),
        "article_sha256": article.sha256 if article else None,
        "calls": usage.calls,
        "cache_hits": usage.cache_hits,
        "input_tokens": usage.input_tokens,
        "output_tokens": usage.output_tokens,
        "cost_usd": usage.cost_usd if usage.calls else 0.0,
        "seconds": seconds,
    }


def record_rows_of(source: str, article_sha256: str, extraction: str) -> list[dict[str, Any]]:
    """Return a row for each record of an extraction's JSON."""
    known = {"source": source, "article_sha256": article_sha256}
    named = [name for name in RECORD_COLUMNS if name not in known]
    return [
        {**known, **{name: getattr(row, name) for name in named}}
        for row in rows_of(json.loads(extraction))
    ]


class _ProcessResources:
    """What a process makes once and uses for all its articles: schemas, and a model's asker."""

    def __init__(self) -> None:
        self._loading = Lock()  # whether we are called in threads or processes is up to Daft
        self._schemas: dict[tuple[SchemaSource, str], Schema] = {}
        self._askers: dict[asyncio.AbstractEventLoop, tuple[JobSettings, ModelAsker]] = {}

    def schema(self, job: JobSettings) -> Schema:
        """Return a job's schema. Raises SchemaError when it is another one on this machine."""
        key = job.schema, job.schema_sha256
        with self._loading:
            if key not in self._schemas:
                schema = reload(job.schema)
                if schema.sha256 != job.schema_sha256:
                    raise SchemaError(
                        f"{schema.path}: not the schema that it is where the command was given; "
                        "install the same version of news-extract here"
                    )
                self._schemas[key] = schema
            return self._schemas[key]

    def asker(self, job: JobSettings) -> "ModelAsker":
        """Return the asker of the event loop that is running, with its connections and cache."""
        from extractor.answer.model.asker import ModelAsker

        loop = asyncio.get_running_loop()
        if loop not in self._askers or self._askers[loop][0] != job:
            self._askers[loop] = job, ModelAsker(job.settings)
        return self._askers[loop][1]


# Daft calls plain functions: this is the one place where a process keeps anything between calls.
_resources = _ProcessResources()


# --- where articles come from --------------------------------------------------------------------


def make_source(make: Callable[..., Source], row: Sequence[Any]) -> Source:
    """Return the source that `make` makes of a row of a table, whatever the row holds."""
    try:
        return make(*row)
    except Exception as error:
        where = next((value for value in reversed(row) if isinstance(value, str)), "a row")
        words = f"{_name(where)}: a row that cannot be read ({type(error).__name__}); drop it."
        return failing(_name(where), NotAnArticle(words))


def source_of_file(path: str) -> Source:
    """Return the source of a file that Daft lists; on a disk it is read as any other run does."""
    name = _name(path)
    if is_local(path):
        return Source(name, "", partial(read_article, path.removeprefix("file://")))
    return Source(name, "", partial(_load, path, name))


def is_local(name: str) -> bool:
    """Return whether a name is a path on this machine, not an address in an object store."""
    scheme, found, _ = name.partition("://")
    return not found or scheme == "file"


def _load(path: str, name: str) -> Article:
    """Return the article at an address in an object store. Raises InputError."""
    # The address, not one of Daft's file columns: with those Daft 0.7 would call our functions in
    # threads of one process.
    file: Any = importlib.import_module("daft").File(path)
    try:
        with file.open() as opened:
            data = opened.read(MAX_BYTES + 1)
    except Exception as error:  # each store has its own
        words = " ".join(str(error).split())[:200]
        raise InputError(f"{name}: it cannot be read ({words}).") from error
    if len(data) > MAX_BYTES:
        raise ArticleTooLarge(f"{name}: larger than the limit of {MAX_BYTES:,} bytes; split it.")
    return read_bytes(data, name)


def source_in_lines(wanted: Fields, line: str, path: str) -> Source:
    """Return the source that a line of a .jsonl file is, named by its id."""
    name = _name(path)
    return source_of_line(line.encode(), name, name, wanted, _first)


def source_in_table(
    wanted: Fields, names: Sequence[str], values: Sequence[Any], path: str
) -> Source:
    """Return the source that a row of a table is, named by its id."""
    data = {
        name: value.isoformat() if hasattr(value, "isoformat") else value
        for name, value in zip(names, values, strict=True)
    }
    return source_of_values(data, _name(path), _name(path), wanted, _first)


def _name(path: str) -> str:
    return printable_name(path.removeprefix("file://"))


def _first(name: str, _: str) -> str:
    return name
