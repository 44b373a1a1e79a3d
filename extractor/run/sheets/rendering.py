"""Renders stored extractions in every form that the sheets need, in one process or several."""

import json
import multiprocessing
import signal
import zlib
from collections import deque
from collections.abc import Generator, Iterable, Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from itertools import islice
from typing import Any

from extractor.errors import OutputError
from extractor.frozen import frozen
from extractor.run.sheets.cells import Cells, article_row, kind_rows, warning_rows
from extractor.run.sheets.pages import write_page
from extractor.schema.catalogue import Schema, reload
from extractor.schema.loading import SchemaSource
from extractor.sheet.csvout import header, to_csv
from extractor.sheet.jsonout import escape_unseen
from extractor.store.packing import article_from_row, unpack
from extractor.text.atomic_files import OwnFolder

_CHUNK = 16  # articles that a process is given at once
_FEWEST = 200  # for fewer it does not pay to start processes (0.6 s)


@frozen
class WantedForms:
    """Which forms to render."""

    jsonl: bool
    csv: bool
    xlsx: bool
    linked: bool  # whether there are pages that the workbook's rows may lead to


@frozen
class RenderTask:
    """A stored extraction with its article. Can be pickled."""

    number: int  # from 1
    source: str
    article: dict[str, Any]  # the columns of its row
    data: bytes
    finished_at: float
    page: str  # its place, relative to the output folder
    write_page: bool


@frozen
class Rendered:
    """One article in the forms wanted. Can be pickled."""

    line: str
    csv: str
    article: Cells
    rows: tuple[tuple[str, Cells], ...]
    warnings: tuple[Cells, ...]
    wrote_page: bool
    problem: str | None = None  # why there is nothing else


class Renderer:
    """Renders the extractions of one schema; the same in every process."""

    def __init__(self, schema: Schema, own: OwnFolder, wants: WantedForms) -> None:
        self._schema = schema
        self._own = own
        self._wants = wants
        self._header = header(schema.model)

    def render(self, task: RenderTask) -> Rendered:
        """Return an extraction's lines and cells; write its page. Raises OutputError."""
        wants = self._wants
        try:
            line = _json_line(task) if wants.jsonl else ""
            if not (wants.csv or wants.xlsx or task.write_page):
                return Rendered(line, "", [], (), (), False)
            article = article_from_row(task.article, task.source)
            extraction = unpack(article, task.data, self._schema.model)
        except (zlib.error, ValueError, KeyError, TypeError) as error:
            words = f"{task.source}: what the store has of it cannot be read; extract it again"
            reason = f"{words} with --refresh ({type(error).__name__})"
            return Rendered("", "", [], (), (), False, reason)
        if task.write_page:
            write_page(self._own, task.page, extraction, task.finished_at)
        page = task.page if wants.linked else None
        return Rendered(
            line,
            to_csv([extraction], with_header=False, names=self._header) if wants.csv else "",
            article_row(extraction, task.number, page) if wants.xlsx else [],
            tuple(kind_rows(extraction, page)) if wants.xlsx else (),
            tuple(warning_rows(extraction)) if wants.xlsx else (),
            task.write_page,
        )


def render_all(
    tasks: Iterable[RenderTask], schema: Schema, own: OwnFolder, wants: WantedForms, jobs: int
) -> Generator[Rendered, None, None]:
    """Yield what is rendered of each task, in order; a bounded number is under way at a time."""
    tasks = iter(tasks)
    first = list(islice(tasks, _FEWEST)) if jobs > 1 else []
    renderer = Renderer(schema, own, wants)
    yield from map(renderer.render, first)
    if jobs > 1 and len(first) == _FEWEST:
        yield from _by_processes(tasks, schema, own, wants, jobs)
    else:
        yield from map(renderer.render, tasks)


def _by_processes(
    tasks: Iterator[RenderTask], schema: Schema, own: OwnFolder, wants: WantedForms, jobs: int
) -> Iterator[Rendered]:
    """Yield what is rendered by a pool of processes, in order. Raises OutputError."""
    pool = ProcessPoolExecutor(
        jobs,
        multiprocessing.get_context("spawn"),  # there may be threads: no fork
        _begin,
        (schema.source, own, wants),
    )
    under_way: deque[Future[list[Rendered]]] = deque()
    try:
        while chunk := list(islice(tasks, _CHUNK)):
            under_way.append(pool.submit(_render_chunk, chunk))
            if len(under_way) >= 3 * jobs:
                yield from under_way.popleft().result()
        while under_way:
            yield from under_way.popleft().result()
    except BrokenProcessPool as error:
        raise OutputError(
            f"{own.path}: a process that wrote sheets ended (too little memory?); run again"
        ) from error
    finally:
        pool.shutdown(wait=True, cancel_futures=True)


_renderer: Renderer | None = None  # in a process of the pool, made by `_begin`


def _begin(schema: SchemaSource, own: OwnFolder, wants: WantedForms) -> None:
    global _renderer  # noqa: PLW0603 - the pool has no other place for it
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the run decides
    _renderer = Renderer(reload(schema), own, wants)


def _render_chunk(chunk: list[RenderTask]) -> list[Rendered]:
    assert _renderer is not None  # noqa: S101 - `_begin` has been here
    return [_renderer.render(task) for task in chunk]


def _json_line(task: RenderTask) -> str:
    """Return the extraction's JSON on one line, under the source that the sheets name."""
    text = zlib.decompress(task.data).decode("utf-8", "surrogatepass")
    named = f'"source":{json.dumps(task.source, ensure_ascii=False)},"title":'
    if named not in text[: len(named) + 400]:  # it was extracted from a source of the same text
        data = json.loads(text)
        data["article"]["source"] = task.source
        text = json.dumps(data, ensure_ascii=False, separators=(",", ":"))
    return escape_unseen(text) + "\n"
