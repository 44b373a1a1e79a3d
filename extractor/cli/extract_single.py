"""Extracting without a run: articles one by one, to standard output or files, without a store."""

from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from time import perf_counter

from extractor.article import Article
from extractor.bounds import ArticleBounds
from extractor.cli.output import Reporter
from extractor.errors import InputError
from extractor.read.apart import ReadingProcess
from extractor.read.files import (
    CRAWLS,
    ENDINGS,
    KINDS,
    LINES,
    LISTS,
    ending_of,
    is_read_by_a_run,
    left_out,
)
from extractor.record import Extraction
from extractor.schema.catalogue import Schema
from extractor.settings import Settings
from extractor.sheet.tables import tables
from extractor.sheet.writing import Format, Sheets, format_for, refuse_nameless, sheets_for


def extract_one_by_one(
    files: list[str],
    settings: Settings,
    schema: Schema,
    output: str | None,
    form: Format | None,
    reporter: Reporter,
) -> int:
    """Extract from these files and write sheets; return the exit status: 1 when an article failed.

    Raises UsageError and OutputError.
    """
    chosen = format_for(form, output)
    sources = list(_articles_in(files, reporter))
    if form is None and len(sources) > 1:
        refuse_nameless(output)
    sheets = sheets_for(output, chosen, sources, len(sources) > 1)
    with ReadingProcess() as reading, _answerer(settings, schema, reporter) as answer:

        def extracted(source: str) -> Extraction:
            bounds = ArticleBounds(settings, source)
            return answer(reading.read(source, bounds), bounds)

        _extract_all(sources, extracted, sheets, reporter)
    return 1 if reporter.failures else 0


def _articles_in(files: list[str], reporter: Reporter) -> Iterator[str]:
    """Yield the paths of articles; a folder stands for the articles directly in it."""
    for name in dict.fromkeys(files):
        path = Path(name)
        try:
            if name.lower().endswith((*LISTS, *LINES, *CRAWLS)) and path.is_file():
                reporter.failed(InputError(_needs_a_run(name)), name)
                continue
            if name == "-" or not path.is_dir():
                yield name
                continue
            inside = sorted(path.iterdir())
        except (OSError, ValueError) as error:
            reason = getattr(error, "strerror", None) or str(error)
            reporter.failed(InputError(f"{name}: cannot be read ({reason})"), name)
            continue
        shown = [child for child in inside if not child.name.startswith(".")]
        articles = [p for p in shown if ending_of(p.name) in ENDINGS and p.is_file()]
        _note_left_out(name, sorted(set(shown).difference(articles)), reporter)
        if not articles:
            reporter.failed(InputError(f"{name}: there is no article in it ({KINDS})"), name)
        yield from map(str, articles)


def _needs_a_run(name: str) -> str:
    return (
        f"{name}: many articles in one file; a run reads them: name a folder with --output, such "
        "as -o sheets/"
    )


def _note_left_out(folder: str, others: list[Path], reporter: Reporter) -> None:
    """Report which files and folders inside a folder are left out, and what would read them."""
    folders = [path for path in others if path.is_dir()]
    files = sorted(set(others).difference(folders))
    if folders:
        reporter.note(f"{folder}: {len(folders)} folder(s) inside are left out")
    if files:
        reporter.note(left_out(folder, Counter(ending_of(path.name) for path in files)))
    if folders or any(is_read_by_a_run(path.name) for path in files):
        reporter.note(
            "a run (--output FOLDER/) reads folders inside, .jsonl and .warc.gz files too"
        )


def _extract_all(
    sources: list[str],
    extracted: Callable[[str], Extraction],
    sheets: Sheets,
    reporter: Reporter,
) -> None:
    """Extract from every article and write its sheet; one that fails does not stop the others."""
    for source in sources:
        began = perf_counter()
        try:
            extraction = extracted(source)
            written = sheets.add(extraction)
        except BrokenPipeError:
            raise
        except Exception as error:  # whatever it is, the other articles go on
            reporter.failed(error, source)
            continue
        took = perf_counter() - began
        warned = f", {len(extraction.warnings)} warnings" if extraction.warnings else ""
        reporter.detail(f"{source}: {_outcome(extraction)}{warned}, {took:.2f} s")
        for path in written:
            reporter.note(f"wrote {path}: {_outcome(extraction)}")
    for path in sheets.finish():
        done = len(sources) - reporter.failures
        reporter.note(
            f"wrote {path}" + (f": {done} of {len(sources)} articles" if len(sources) > 1 else "")
        )


def _outcome(extraction: Extraction) -> str:
    counts = [(len(table.rows), table.label.lower()) for table in tables(extraction)]
    return ", ".join(f"{count} {label}" for count, label in counts)


@contextmanager
def _answerer(
    settings: Settings, schema: Schema, reporter: Reporter
) -> Iterator[Callable[[Article, ArticleBounds], Extraction]]:
    """Give a function from an article to its extraction, by the rules or the settings' model."""
    from extractor.pipeline import extract, extract_with

    if not settings.asks_model:
        yield lambda article, bounds: extract(article, schema, bounds=bounds)
        return
    import asyncio

    from extractor.answer.model.asker import ModelAsker

    with asyncio.Runner() as runner:
        asker = ModelAsker(settings, announce=partial(reporter.announce, settings))
        try:
            yield lambda article, bounds: runner.run(
                extract_with(article, schema, asker, bounds=bounds)
            )
        finally:
            runner.run(asker.aclose())
