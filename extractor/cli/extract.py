"""The main command: articles into sheets, one after the other or as a run into a folder."""

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

from extractor import __version__
from extractor.cli.flags import (
    ArticleFlags,
    AskingFlags,
    RunFlags,
    TellingFlags,
    refuse_outside_runs,
    takes,
)
from extractor.cli.output import Teller, print_lines, say
from extractor.errors import UsageError

if TYPE_CHECKING:
    from extractor.run.command import RunArguments


@takes(ArticleFlags, AskingFlags, RunFlags, TellingFlags)
def extract(
    what: ArticleFlags, asking: AskingFlags, of_run: RunFlags, telling: TellingFlags
) -> int:
    """Turn articles into sheets."""
    if telling.version:
        print(f"news-extract {__version__}")
        return 0
    if not what.files and of_run.files_from is None:
        raise UsageError("name at least one article file, or - for standard input; see --help")
    if not what.schema:
        raise UsageError(f"say with --schema what to extract: {_names_of_schemas()}")
    from extractor.schema.catalogue import load_schema
    from extractor.sheet.writing import is_folder

    teller = Teller(verbose=telling.verbose, quiet=telling.quiet)
    settings = asking.settings()
    schema = load_schema(what.schema)
    folder = Path(what.output) if what.output is not None and is_folder(what.output) else None
    if what.estimate:
        from extractor.run.command import estimate_lines

        order = _order(what, of_run, telling, folder)
        print_lines(estimate_lines(order, settings, schema, note=teller.note))
        return 0
    if folder is not None:
        from extractor.run.command import run_into_folder

        order = _order(what, of_run, telling, folder)
        return run_into_folder(order, settings, schema, error=say, note=teller.note)
    of_run.refuse()
    if what.form == "xlsx":
        refuse_outside_runs("--format xlsx")
    from extractor.cli.extract_single import extract_one_by_one

    form = cast(Any, what.form)  # no xlsx any more
    return extract_one_by_one(what.files or [], settings, schema, what.output, form, teller)


def _order(
    what: ArticleFlags, of_run: RunFlags, telling: TellingFlags, folder: Path | None
) -> "RunArguments":
    """Return what a run into a folder is told, or without one an estimate; raise UsageError."""
    from extractor.run.command import RunArguments, fields_from
    from extractor.run.engine.options import Options
    from extractor.run.sheets.sheets import FORMS

    if what.form == "table":
        raise UsageError("a run writes jsonl, csv, xlsx or html; drop --format table for all")
    return RunArguments(
        files=what.files or [],
        folder=folder,
        forms=FORMS if what.form is None else ("jsonl" if what.form == "json" else what.form,),
        files_from=of_run.files_from,
        fields=fields_from(of_run.fields) if of_run.fields is not None else None,
        options=Options(
            retry_failed=of_run.retry_failed,
            limit=of_run.limit,
            jobs=of_run.jobs,
            requests_a_minute=of_run.rpm,
            tokens_a_minute=of_run.tpm,
            batch_api=of_run.batch_api,
        ),
        command=sys.argv[1:],
        log_json=of_run.log_json,
        quiet=telling.quiet,
        watch=of_run.watch,
        budget=of_run.budget,
    )


def _names_of_schemas() -> str:
    from extractor.schema.catalogue import list_schemas

    return ", ".join(entry.name for entry in list_schemas()) or "there is none"
