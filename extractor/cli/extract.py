"""The main command: articles into sheets, one after the other or as a run into a folder."""

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

from extractor import __version__
from extractor.cli.flags import (
    ArticleFlags,
    AskingFlags,
    RunFlags,
    VerbosityFlags,
    refuse_outside_runs,
    takes,
)
from extractor.cli.output import Reporter, print_lines, say
from extractor.errors import UsageError

if TYPE_CHECKING:
    from extractor.run.command import RunArguments


@takes(ArticleFlags, AskingFlags, RunFlags, VerbosityFlags)
def extract(
    articles: ArticleFlags, model: AskingFlags, run: RunFlags, verbosity: VerbosityFlags
) -> int:
    """Turn articles into sheets."""
    if verbosity.version:
        print(f"news-extract {__version__}")
        return 0
    if not articles.files and run.files_from is None:
        raise UsageError("name at least one article file, or - for standard input; see --help")
    if not articles.schema:
        raise UsageError(f"say with --schema what to extract: {_names_of_schemas()}")
    from extractor.schema.catalogue import load_schema
    from extractor.sheet.writing import is_folder

    reporter = Reporter(verbose=verbosity.verbose, quiet=verbosity.quiet)
    settings = model.settings()
    schema = load_schema(articles.schema)
    folder = (
        Path(articles.output)
        if articles.output is not None and is_folder(articles.output)
        else None
    )
    if articles.estimate:
        from extractor.run.command import estimate_lines

        arguments = _run_arguments(articles, run, verbosity, folder)
        print_lines(estimate_lines(arguments, settings, schema, note=reporter.note))
        return 0
    if folder is not None:
        from extractor.run.command import run_into_folder

        arguments = _run_arguments(articles, run, verbosity, folder)
        return run_into_folder(arguments, settings, schema, error=say, note=reporter.note)
    run.refuse()
    if articles.form == "xlsx":
        refuse_outside_runs("--format xlsx")
    from extractor.cli.extract_single import extract_one_by_one

    form = cast(Any, articles.form)  # no xlsx any more
    return extract_one_by_one(
        articles.files or [], settings, schema, articles.output, form, reporter
    )


def _run_arguments(
    articles: ArticleFlags, run: RunFlags, verbosity: VerbosityFlags, folder: Path | None
) -> "RunArguments":
    """Return the arguments of a run into `folder`, or of an estimate. Raises UsageError."""
    from extractor.run.command import RunArguments, fields_from
    from extractor.run.engine.options import Options
    from extractor.run.sheets.sheets import FORMS

    if articles.form == "table":
        raise UsageError("a run writes jsonl, csv, xlsx or html; drop --format table for all")
    return RunArguments(
        files=articles.files or [],
        folder=folder,
        forms=FORMS
        if articles.form is None
        else ("jsonl" if articles.form == "json" else articles.form,),
        files_from=run.files_from,
        fields=fields_from(run.fields) if run.fields is not None else None,
        options=Options(
            retry_failed=run.retry_failed,
            limit=run.limit,
            jobs=run.jobs,
            requests_a_minute=run.rpm,
            tokens_a_minute=run.tpm,
            batch_api=run.batch_api,
        ),
        command=sys.argv[1:],
        log_json=run.log_json,
        quiet=verbosity.quiet,
        watch=run.watch,
        budget=run.budget,
        shared=run.shared,
    )


def _names_of_schemas() -> str:
    from extractor.schema.catalogue import list_schemas

    return ", ".join(entry.name for entry in list_schemas()) or "there is none"
