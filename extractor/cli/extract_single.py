"""Articles one after the other, on standard output or in one file: no store, nothing is kept."""

from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from time import perf_counter

from extractor.article import Article
from extractor.cli.output import Teller
from extractor.errors import InputError
from extractor.read import read_article
from extractor.read.files import CRAWLS, ENDINGS, LINES, ending_of, is_read_by_a_run, left_out
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
    teller: Teller,
) -> int:
    """Write the sheets of these files; return the exit status: 1 when an article failed.

    Raises UsageError and OutputError.
    """
    chosen = format_for(form, output)
    sources = list(_articles_in(files, teller))
    if form is None and len(sources) > 1:
        refuse_nameless(output)
    sheets = sheets_for(output, chosen, sources, len(sources) > 1)
    with _answerer(settings, schema) as answer:
        _take_through(sources, answer, sheets, teller)
    return 1 if teller.failures else 0


def _articles_in(files: list[str], teller: Teller) -> Iterator[str]:
    """Yield the articles named: a folder stands for the articles directly in it."""
    for name in dict.fromkeys(files):
        path = Path(name)
        try:
            if name.lower().endswith((*LINES, *CRAWLS)) and path.is_file():
                teller.failed(InputError(_needs_a_run(name)), name)
                continue
            if name == "-" or not path.is_dir():
                yield name
                continue
            inside = sorted(path.iterdir())
        except (OSError, ValueError) as error:
            reason = getattr(error, "strerror", None) or str(error)
            teller.failed(InputError(f"{name}: cannot be read ({reason})"), name)
            continue
        shown = [child for child in inside if not child.name.startswith(".")]
        articles = [p for p in shown if ending_of(p.name) in ENDINGS and p.is_file()]
        _tell_of_others(name, sorted(set(shown).difference(articles)), teller)
        if not articles:
            teller.failed(InputError(f"{name}: there is no .txt, .html or .pdf file in it"), name)
        yield from map(str, articles)


def _needs_a_run(name: str) -> str:
    return (
        f"{name}: many articles in one file; a run reads them: name a folder with --output, such "
        "as -o sheets/"
    )


def _tell_of_others(folder: str, others: list[Path], teller: Teller) -> None:
    """Say which files and folders of a folder are left out, and how they would be read."""
    folders = [path for path in others if path.is_dir()]
    files = sorted(set(others).difference(folders))
    if folders:
        teller.note(f"{folder}: {len(folders)} folder(s) inside are left out")
    if files:
        teller.note(left_out(folder, Counter(ending_of(path.name) for path in files)))
    if folders or any(is_read_by_a_run(path.name) for path in files):
        teller.note("a run (--output FOLDER/) reads folders inside, .jsonl and .warc.gz files too")


def _take_through(
    sources: list[str],
    answer: Callable[[Article], Extraction],
    sheets: Sheets,
    teller: Teller,
) -> None:
    """Take every article through; one that fails does not stop the others."""
    for source in sources:
        began = perf_counter()
        try:
            extraction = answer(read_article(source))
            written = sheets.add(extraction)
        except BrokenPipeError:
            raise
        except Exception as error:  # whatever it is, the other articles go on
            teller.failed(error, source)
            continue
        took = perf_counter() - began
        warned = f", {len(extraction.warnings)} warnings" if extraction.warnings else ""
        teller.detail(f"{source}: {_outcome(extraction)}{warned}, {took:.2f} s")
        for path in written:
            teller.note(f"wrote {path}: {_outcome(extraction)}")
    for path in sheets.finish():
        done = len(sources) - teller.failures
        teller.note(
            f"wrote {path}" + (f": {done} of {len(sources)} articles" if len(sources) > 1 else "")
        )


def _outcome(extraction: Extraction) -> str:
    counts = [(len(table.rows), table.label.lower()) for table in tables(extraction)]
    return ", ".join(f"{count} {label}" for count, label in counts)


@contextmanager
def _answerer(settings: Settings, schema: Schema) -> Iterator[Callable[[Article], Extraction]]:
    """Give what turns an article into an extraction: the rules, or a model that they ask."""
    from extractor.pipeline import extract, extract_with

    if not settings.asks_model:
        yield lambda article: extract(article, schema)
        return
    import asyncio

    from extractor.answer.model.asker import ModelAsker

    with asyncio.Runner() as runner:
        asker = ModelAsker(settings)
        try:
            yield lambda article: runner.run(extract_with(article, schema, asker))
        finally:
            runner.run(asker.aclose())
