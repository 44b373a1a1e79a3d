"""The command: `extract --schema NAME FILES...`, with a few words beside it.

Thin on purpose: it reads flags, hands one article after the other to the pipeline and the outcome
to a sheet. What takes time to import is imported where it is used, so that `--help` is instant.

Exit status: 0 all well, 1 some articles failed (the rest is written), 2 wrong use, 130 interrupted,
141 the reader of our output went away.
"""

import os
import sys
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal, cast

import typer
from typer.core import TyperGroup

from extractor import __version__
from extractor.errors import ExtractError, InputError, UsageError

if TYPE_CHECKING:
    from extractor.article import Article
    from extractor.catalogue import Schema
    from extractor.record import Extraction
    from extractor.run.command import Order
    from extractor.settings import Settings
    from extractor.sheet.writing import Sheets

Format = Literal["table", "json", "jsonl", "csv", "html", "xlsx"]
_ENDINGS = frozenset({".txt", ".text", ".html", ".htm", ".xhtml", ".pdf"})  # read from a folder
_MAIN = "extract"  # the command that runs when no other is named
# ClickException; where it lives differs between versions of typer
_Complaint: Any = typer.BadParameter.__mro__[2]


_in_json = False  # whether standard error is read by a program (--log-json)


class _ReaderGone(Exception):
    """Whoever read our output has ended, as `head` does."""


class _MainFirst(TyperGroup):
    """A group whose main command needs no name: its first word is a subcommand or a file."""

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        first = args[0] if args else ""
        if first in self.commands and first != _MAIN:
            return super().parse_args(ctx, args)
        if first in ("--install-completion", "--show-completion"):
            return super().parse_args(ctx, args)
        options = args[: args.index("--")] if "--" in args else args
        if "--help" in options or "-h" in options:
            return super().parse_args(ctx, ["--help"])
        return super().parse_args(ctx, [_MAIN, *args])

    def invoke(self, ctx: Any) -> Any:
        try:
            return super().invoke(ctx)
        except BrokenPipeError:  # typer would make it an exit status 1
            raise _ReaderGone from None

    def format_usage(self, ctx: Any, formatter: Any) -> None:  # noqa: ARG002
        formatter.write_usage("extract", "--schema NAME [OPTIONS] FILES...")
        formatter.write_usage("extract", "COMMAND [ARGS]...", prefix="       ")

    def format_options(self, ctx: Any, formatter: Any) -> None:
        main = self.commands[_MAIN]
        options = [p.get_help_record(ctx) for p in main.params if p.param_type_name == "option"]
        files: Any = next(p for p in main.params if p.param_type_name == "argument")
        with formatter.section("Files"):
            formatter.write_dl([("FILES...", files.help)])
        with formatter.section("Options"):
            formatter.write_dl([*filter(None, options), ("-h, --help", "Show this help and end.")])
        self.format_commands(ctx, formatter)


app = typer.Typer(
    cls=_MainFirst,
    rich_markup_mode=None,  # formatting help with rich would take half of the time it may take
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
    help="Turn news articles into quote sheets: quotations and who said them, figures, releases "
    "and sanction terms, each tied to its place in the text.",
    epilog="Exit status: 0 all well, 1 some articles failed (the rest is written), 2 wrong use.",
)
cache_app = typer.Typer(
    rich_markup_mode=None,
    no_args_is_help=True,
    help="Look at the model's cached answers, or drop them.",
)
app.add_typer(cache_app, name="cache")
runs_app = typer.Typer(
    rich_markup_mode=None,
    invoke_without_command=True,
    help="List the runs of a store, or show one: what failed in it and why.",
)
app.add_typer(runs_app, name="runs")


@app.callback()
def _group() -> None:
    """Hold the commands together."""


@app.command(_MAIN, hidden=True)
def _extract(
    files: Annotated[
        list[str] | None,
        typer.Argument(
            help="Articles: .txt, .html or .pdf files, - for standard input, or a folder (the "
            "articles directly in it). A run into a folder also takes whole folders, globs, "
            ".jsonl and .warc.gz files.",
            metavar="FILES...",
            show_default=False,
        ),
    ] = None,
    schema: Annotated[
        str | None,
        typer.Option(
            "--schema", "-s", metavar="NAME", help="What to extract; see `extract schemas`."
        ),
    ] = None,
    form: Annotated[
        Format | None,
        typer.Option(
            "--format",
            "-f",
            help="How to write it; by default what --output ends with, or else a table.",
        ),
    ] = None,
    output: Annotated[
        str | None,
        typer.Option(
            "--output",
            "-o",
            metavar="PATH",
            help="Write to this file; or run into this folder: a store that goes on where it "
            "stopped, and sheets of all formats or the one of --format.",
        ),
    ] = None,
    model: Annotated[
        str | None,
        typer.Option(metavar="NAME", help="Ask this language model; without one the rules answer."),
    ] = None,
    base_url: Annotated[
        str | None,
        typer.Option(metavar="URL", help="The model's OpenAI-compatible endpoint, up to /v1."),
    ] = None,
    plan: Annotated[
        Literal["whole", "narrow"] | None,
        typer.Option(help="One call an article, or short questions one by one."),
    ] = None,
    assist: Annotated[
        Literal["all", "unsure", "none"] | None,
        typer.Option(help="What the model is asked about: all, or what the rules are unsure of."),
    ] = None,
    threshold: Annotated[
        float | None,
        typer.Option(metavar="0..1", help="Below this confidence the rules count as unsure."),
    ] = None,
    no_cache: Annotated[
        bool, typer.Option("--no-cache", help="Neither read nor write cached answers.")
    ] = False,
    refresh: Annotated[
        bool, typer.Option("--refresh", help="Ask again and replace cached answers.")
    ] = False,
    cache_dir: Annotated[
        Path | None, typer.Option(metavar="FOLDER", help="Where answers are cached.")
    ] = None,
    max_output_tokens: Annotated[
        int | None, typer.Option(metavar="N", help="Token limit on one answer.")
    ] = None,
    timeout: Annotated[
        float | None, typer.Option(metavar="SECONDS", help="How long one request may take.")
    ] = None,
    max_concurrency: Annotated[
        int | None, typer.Option(metavar="N", help="Requests under way at the same time.")
    ] = None,
    rpm: Annotated[
        int | None, typer.Option(min=1, metavar="N", help="Run: requests a minute at most.")
    ] = None,
    tpm: Annotated[
        int | None, typer.Option(min=1, metavar="N", help="Run: tokens a minute at most.")
    ] = None,
    retry_failed: Annotated[
        bool, typer.Option("--retry-failed", help="Run: try again what failed before.")
    ] = False,
    limit: Annotated[
        int | None, typer.Option(min=0, metavar="N", help="Run: work on so many articles at most.")
    ] = None,
    jobs: Annotated[
        int | None, typer.Option(min=1, metavar="N", help="Run: processes; by default one a core.")
    ] = None,
    files_from: Annotated[
        str | None,
        typer.Option(metavar="LIST", help="Run: read paths from this file too, - for stdin."),
    ] = None,
    fields: Annotated[
        str | None,
        typer.Option(metavar="text=NAME,…", help="Run: how fields of .jsonl lines are called."),
    ] = None,
    budget: Annotated[
        float | None,
        typer.Option(min=0, metavar="DOLLARS", help="Run: stop asking before it costs more."),
    ] = None,
    batch_api: Annotated[
        bool,
        typer.Option(
            "--batch-api",
            help="Run: ask by OpenAI's Batch API: half the price, within a day; the same command "
            "goes on waiting.",
        ),
    ] = False,
    estimate: Annotated[
        bool,
        typer.Option("--estimate", help="Say what this would ask and cost, and ask nothing."),
    ] = False,
    watch: Annotated[
        bool,
        typer.Option(
            "--watch", help="Run: go on, and take files as they arrive, until Ctrl-C ends it."
        ),
    ] = False,
    log_json: Annotated[
        bool,
        typer.Option("--log-json", help="Run: tell on standard error in JSON, a line an article."),
    ] = False,
    verbose: Annotated[
        bool, typer.Option("--verbose", "-v", help="Say what is done; show tracebacks.")
    ] = False,
    quiet: Annotated[bool, typer.Option("--quiet", "-q", help="Say nothing but errors.")] = False,
    version: Annotated[bool, typer.Option("--version", help="Print the version and end.")] = False,
) -> int:
    """Turn articles into sheets."""
    from dataclasses import replace

    if version:
        print(f"news-extract {__version__}")
        return 0
    if not files and files_from is None:
        raise UsageError("name at least one article file, or - for standard input; see --help")
    teller = _Teller(verbose, quiet)
    if not schema:
        raise UsageError(f"say with --schema what to extract: {_names_of_schemas()}")
    from extractor.catalogue import load_schema
    from extractor.settings import load_settings
    from extractor.sheet.writing import format_for, is_folder, sheets_for

    settings = load_settings(
        model=model,
        base_url=base_url,
        plan=plan,
        assist=assist,
        threshold=threshold,
        no_cache=no_cache or None,
        refresh=refresh or None,
        cache_dir=cache_dir,
        max_output_tokens=max_output_tokens,
        timeout=timeout,
        concurrency=max_concurrency,
    )
    loaded = load_schema(schema)
    into_folder = output is not None and is_folder(output)
    limits = {"requests_a_minute": rpm, "tokens_a_minute": tpm}
    more = {"retry_failed": retry_failed, "limit": limit, "jobs": jobs, **limits}
    more["batch_api"] = batch_api
    if estimate:
        order = _order(files or [], output if into_folder else None, form, files_from, fields)
        return _estimate(replace(order, budget=budget), more, settings, loaded, teller)
    if into_folder:
        order = _order(files or [], output, form, files_from, fields)
        order = replace(order, budget=budget, log_json=log_json, quiet=quiet, watch=watch)
        return _run_into_folder(order, more, settings, loaded, teller)
    if batch_api:
        raise UsageError(
            "--batch-api is for a run: name a folder with --output, such as -o sheets/"
        )
    _refuse_flags_of_runs(
        rpm,
        tpm,
        retry_failed,
        limit,
        jobs,
        files_from,
        fields,
        budget,
        watch,
        log_json,
        form == "xlsx",
    )
    sources = list(_articles_in(files or [], teller))
    several = len(sources) > 1
    sheets = sheets_for(output, format_for(cast(Any, form), output), sources, several)
    with _answerer(settings, loaded) as answer:
        _run(sources, answer, sheets, teller)
    return 1 if teller.failures else 0


def _order(
    files: list[str],
    output: str | None,
    form: Format | None,
    files_from: str | None,
    fields: str | None,
) -> "Order":
    """Return what a run into a folder is told, or without one an estimate; raise UsageError."""
    from extractor.run.command import Order, fields_from
    from extractor.run.sheets import FORMS

    if form == "table":
        raise UsageError("a run writes jsonl, csv, xlsx or html; drop --format table for all")
    forms = FORMS if form is None else ("jsonl",) if form == "json" else (form,)
    named = fields_from(fields) if fields is not None else None
    folder = Path(output) if output is not None else None
    return Order(files, folder, forms, files_from, named, command=sys.argv[1:])


def _run_into_folder(
    order: "Order",
    options: dict[str, Any],
    settings: "Settings",
    schema: "Schema",
    teller: "_Teller",
) -> int:
    from dataclasses import replace

    from extractor.run.command import run_into_folder
    from extractor.run.tally import Options

    order = replace(order, options=Options(**options))
    return run_into_folder(order, settings, schema, error=say, note=teller.note)


def _estimate(
    order: "Order",
    options: dict[str, Any],
    settings: "Settings",
    schema: "Schema",
    teller: "_Teller",
) -> int:
    from dataclasses import replace

    from extractor.run.command import estimate_lines
    from extractor.run.tally import Options

    order = replace(order, options=Options(**options))
    _print_lines(estimate_lines(order, settings, schema, note=teller.note))
    return 0


def _refuse_flags_of_runs(*given: object) -> None:
    """Raise UsageError when a flag is given that only a run knows, and this is none."""
    names = "--rpm --tpm --retry-failed --limit --jobs --files-from --fields --budget --watch"
    named = [*names.split(), "--log-json", "--format xlsx"]
    for name, value in zip(named, given, strict=True):
        if value not in (None, False):
            raise UsageError(
                f"{name} is for a run: name a folder with --output, such as -o sheets/"
            )


class _Teller:
    """What people are told, on standard error, and how many articles failed."""

    def __init__(self, verbose: bool, quiet: bool) -> None:
        self.verbose = verbose
        self.quiet = quiet
        self.failures = 0

    def failed(self, error: Exception, source: str) -> None:
        """Report that an article failed; an error that nobody meant to raise with its kind."""
        self.failures += 1
        if isinstance(error, ExtractError):
            message = str(error)
            say(message if source == "-" or source in message else f"{source}: {message}")
        else:
            say(f"{source}: {_internal(error, self.verbose)}")
        if self.verbose:
            _traceback(error)

    def note(self, message: str) -> None:
        """Say what is good to know."""
        if not self.quiet:
            say(message)

    def detail(self, message: str) -> None:
        """Say what only `--verbose` asks for."""
        if self.verbose:
            say(message)


def say(message: str) -> None:
    """Print a message for people; whatever it quotes cannot drive the terminal."""
    if _in_json:
        from extractor.run.progress import json_line

        sys.stderr.write(json_line("error", message=message))
        sys.stderr.flush()
        return
    from extractor.sheet.printable import printable

    line = f"extract: {printable(message).strip()}\n"
    encoding = sys.stderr.encoding or "utf-8"
    sys.stderr.write(line.encode(encoding, "backslashreplace").decode(encoding))
    sys.stderr.flush()


def _internal(error: BaseException, verbose: bool) -> str:
    words = " ".join(str(error).split())[:200]
    hint = "" if verbose else "; --verbose shows where"
    return f"an error inside news-extract, please report it: {type(error).__name__}: {words}{hint}"


def _traceback(error: BaseException) -> None:
    import traceback

    say("".join(traceback.format_exception(error)))


def _names_of_schemas() -> str:
    from extractor.catalogue import list_schemas

    return ", ".join(entry.name for entry in list_schemas()) or "there is none"


def _articles_in(files: list[str], teller: _Teller) -> Iterator[str]:
    """Yield the articles named: a folder stands for the articles directly in it."""
    for name in dict.fromkeys(files):
        path = Path(name)
        try:
            if name == "-" or not path.is_dir():
                yield name
                continue
            inside = sorted(path.iterdir())
        except (OSError, ValueError) as error:
            reason = getattr(error, "strerror", None) or str(error)
            teller.failed(InputError(f"{name}: cannot be read ({reason})"), name)
            continue
        shown = [child for child in inside if not child.name.startswith(".")]
        articles = [p for p in shown if p.suffix.lower() in _ENDINGS and p.is_file()]
        folders = sum(child.is_dir() for child in shown)
        if folders:
            teller.note(f"{name}: {folders} folder(s) inside are left out")
        if not articles:
            teller.failed(InputError(f"{name}: there is no .txt, .html or .pdf file in it"), name)
        yield from map(str, articles)


def _run(
    sources: list[str],
    answer: "Callable[[Article], Extraction]",
    sheets: "Sheets",
    teller: _Teller,
) -> None:
    """Take every article through; one that fails does not stop the others."""
    from time import perf_counter

    from extractor.read import read_article

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


def _outcome(extraction: "Extraction") -> str:
    from extractor.sheet.tables import tables

    counts = [(len(table.rows), table.label.lower()) for table in tables(extraction)]
    return ", ".join(f"{count} {label}" for count, label in counts)


@contextmanager
def _answerer(
    settings: "Settings", schema: "Schema"
) -> "Iterator[Callable[[Article], Extraction]]":
    """Give what turns an article into an extraction: the rules, or a model that they ask."""
    from extractor.pipeline import extract, extract_with

    if not settings.asks_model:
        yield lambda article: extract(article, schema)
        return
    import asyncio

    from extractor.answer.model import ModelAsker

    with asyncio.Runner() as runner:
        asker = ModelAsker(settings)
        try:
            yield lambda article: runner.run(extract_with(article, schema, asker))
        finally:
            runner.run(asker.aclose())


@app.command("scale")
def _scale(
    files: Annotated[
        list[str],
        typer.Argument(
            metavar="SOURCES...",
            help="Folders, files or patterns, .jsonl and .parquet; here, or as s3://BUCKET/…",
        ),
    ],
    schema: Annotated[str, typer.Option("--schema", "-s", metavar="NAME", help="What to extract.")],
    output: Annotated[
        str,
        typer.Option("--output", "-o", metavar="FOLDER", help="Parquet: one row an article."),
    ],
    records: Annotated[
        str | None,
        typer.Option(metavar="FOLDER", help="Write Parquet with one row a record here, too."),
    ] = None,
    overwrite: Annotated[
        bool, typer.Option("--overwrite", help="Replace what is in the output folders.")
    ] = False,
    fields: Annotated[
        str | None,
        typer.Option(metavar="text=NAME,…", help="How fields of lines and columns are called."),
    ] = None,
    model: Annotated[
        str | None,
        typer.Option(metavar="NAME", help="Ask this language model; without one the rules answer."),
    ] = None,
    base_url: Annotated[
        str | None, typer.Option(metavar="URL", help="The model's endpoint, up to /v1.")
    ] = None,
    plan: Annotated[
        Literal["whole", "narrow"] | None, typer.Option(help="How the model is asked.")
    ] = None,
    assist: Annotated[
        Literal["all", "unsure", "none"] | None, typer.Option(help="What it is asked about.")
    ] = None,
    max_concurrency: Annotated[
        int | None,
        typer.Option(metavar="N", help="Requests under way at the same time, on each machine."),
    ] = None,
    quiet: Annotated[bool, typer.Option("--quiet", "-q", help="Say nothing but errors.")] = False,
) -> int:
    """Run with Daft (the extra `[daft]`), here or on a Ray cluster, into Parquet."""
    from extractor.run.scale import ScaleOrder, fields_of, scale
    from extractor.settings import load_settings

    settings = load_settings(
        model=model, base_url=base_url, plan=plan, assist=assist, concurrency=max_concurrency
    )
    order = ScaleOrder(files, output, records, fields_of(fields), overwrite)
    return scale(order, settings, schema, error=say, note=_Teller(False, quiet).note)


@app.command("schemas")
def _schemas(
    name: Annotated[
        str | None, typer.Argument(help="A schema to show in full.", show_default=False)
    ] = None,
    as_json: Annotated[
        bool, typer.Option("--json", help="Print only the JSON schema that models answer in.")
    ] = False,
) -> int:
    """List the schemas, or show one: its fields, and its JSON on the wire."""
    from extractor.catalogue import list_schemas, load_schema
    from extractor.sheet.describing import describe_schema, list_lines, wire_json

    if name is None:
        print("\n".join(list_lines(list_schemas())))
        return 0
    schema = load_schema(name)
    print(wire_json(schema) if as_json else describe_schema(schema))
    return 0


@cache_app.command("info")
def _cache_info() -> int:
    """Say where the cache is, and how much is in it."""
    from extractor.answer.cache import open_cache
    from extractor.settings import load_settings

    cache = open_cache(load_settings(no_cache=False))
    if cache is None:
        raise UsageError("the settings say no_cache; there is none")
    print(
        f"folder   {cache.folder}\nanswers  {cache.count()}\nsize     {cache.volume() / 1e6:.1f} MB"
    )
    cache.close()
    return 0


@cache_app.command("clear")
def _cache_clear() -> int:
    """Drop every cached answer."""
    from extractor.answer.cache import open_cache
    from extractor.settings import load_settings

    cache = open_cache(load_settings(no_cache=False))
    if cache is None:
        raise UsageError("the settings say no_cache; there is none")
    print(f"dropped {cache.clear()} answers from {cache.folder}")
    cache.close()
    return 0


_StoreFolder = Annotated[
    Path | None,
    typer.Option(
        "--output",
        "-o",
        metavar="FOLDER",
        help="The run's folder; by default the only one with a store here.",
    ),
]


@runs_app.callback()
def _runs(context: typer.Context, output: _StoreFolder = None) -> int:
    """List the runs of a store."""
    if context.invoked_subcommand is not None:
        context.obj = output
        return 0
    from extractor.run.command import find_store
    from extractor.run.store import Store
    from extractor.run.telling import list_lines

    with Store(find_store(output), make=False) as store:
        _print_lines(list_lines(store, _columns()))
    return 0


@runs_app.command("show")
def _runs_show(
    context: typer.Context,
    number: Annotated[int, typer.Argument(metavar="N", help="The run's number.")],
    output: _StoreFolder = None,
) -> int:
    """Show one run: how it ended, what it cost, what failed and why."""
    from extractor.run.command import find_store
    from extractor.run.store import Store
    from extractor.run.telling import show_lines

    with Store(find_store(output or context.obj), make=False) as store:
        _print_lines(show_lines(store, number))
    return 0


def _print_lines(lines: Iterable[str]) -> None:
    from extractor.sheet.printable import printable

    shown = (printable(line).rstrip() for line in lines)
    if sys.stdout.isatty():
        shown = (_wrapped(line, _columns()) for line in shown)
    print("\n".join(shown))


def _columns() -> int:
    """Return how wide the terminal is; piped, lines are as long as they are."""
    import shutil

    return shutil.get_terminal_size().columns if sys.stdout.isatty() else 1000


def _wrapped(line: str, columns: int) -> str:
    """Return a line broken between words, what follows under the words behind its label."""
    import textwrap

    indent = len(line) - len(line.lstrip()) if line.startswith(" ") else 10
    return (
        textwrap.fill(line, max(columns, 30), subsequent_indent=" " * indent, drop_whitespace=True)
        if len(line) > columns
        else line
    )


def main(arguments: list[str] | None = None) -> int:
    """Run the command and return its exit status. Never raises."""
    global _in_json  # noqa: PLW0603 - what reads standard error is the process's, as it is
    arguments = sys.argv[1:] if arguments is None else arguments
    _in_json = "--log-json" in arguments
    # Pydantic would look for plugins in the metadata of every installed package: 0.02 s
    os.environ.setdefault("PYDANTIC_DISABLE_PLUGINS", "__all__")
    verbose = "--verbose" in arguments or "-v" in arguments
    try:
        status = app(arguments, prog_name="extract", standalone_mode=False)
        sys.stdout.flush()
    except KeyboardInterrupt:
        status = 130
    except (_ReaderGone, BrokenPipeError):
        _drop_stdout()
        return 141
    except _Complaint as error:
        _say_wrong_use(error.format_message())
        status = error.exit_code
    except ExtractError as error:
        say(str(error))
        if verbose:
            _traceback(error)
        status = error.exit_status
    except OSError as error:
        _drop_stdout()
        say(f"standard output: {error.strerror or error}")
        status = 1
    except Exception as error:  # nobody should have to read a traceback
        say(_internal(error, verbose))
        if verbose:
            _traceback(error)
        status = 1
    if status == 130:
        say("interrupted")
    return status if isinstance(status, int) else 0


def _say_wrong_use(message: str) -> None:
    if message.startswith("Usage:"):  # a whole help text, for a group without a command
        sys.stderr.write(f"{message}\n")
    else:
        say(f"{message} See `extract --help`.")


def _drop_stdout() -> None:
    """Keep the interpreter from complaining at its end about what could not be written."""
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, sys.stdout.fileno())


if __name__ == "__main__":
    sys.exit(main())
