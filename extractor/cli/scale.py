"""`extract scale`: the same pipeline handed to Daft, here or on a cluster."""

from functools import partial
from typing import Annotated

import typer

from extractor.cli.flags import ModelFlags, takes
from extractor.cli.output import Reporter, say
from extractor.frozen import frozen


@frozen(kw_only=True)
class ScaleFlags:
    """What is read and where it goes, here or in object storage."""

    files: Annotated[
        list[str],
        typer.Argument(
            metavar="SOURCES...",
            help="Folders, files or patterns, .jsonl and .parquet; here, or as s3://BUCKET/…",
        ),
    ]
    schema: Annotated[str, typer.Option("--schema", "-s", metavar="NAME", help="What to extract.")]
    output: Annotated[
        str,
        typer.Option("--output", "-o", metavar="FOLDER", help="Parquet: one row an article."),
    ]
    records: Annotated[
        str | None,
        typer.Option(metavar="FOLDER", help="Write Parquet with one row a record here, too."),
    ] = None
    overwrite: Annotated[
        bool, typer.Option("--overwrite", help="Replace what is in the output folders.")
    ] = False
    fields: Annotated[
        str | None,
        typer.Option(metavar="text=NAME,…", help="How fields of lines and columns are called."),
    ] = None
    concurrency: Annotated[
        int | None,
        typer.Option(
            "--max-concurrency",
            min=1,
            metavar="N",
            help="Requests under way at the same time, on each machine.",
        ),
    ] = None
    quiet: Annotated[bool, typer.Option("--quiet", "-q", help="Say nothing but errors.")] = False


@takes(ScaleFlags, ModelFlags)
def scale(flags: ScaleFlags, model: ModelFlags) -> int:
    """Run with Daft (the extra `[daft]`), here or on a Ray cluster, into Parquet."""
    from extractor.run.daft.job import DaftArguments, fields_of
    from extractor.run.daft.job import scale as run_with_daft

    settings = model.settings(concurrency=flags.concurrency)
    arguments = DaftArguments(
        flags.files, flags.output, flags.records, fields_of(flags.fields), flags.overwrite
    )
    reporter = Reporter(quiet=flags.quiet)
    announce = partial(reporter.announce, settings)
    return run_with_daft(
        arguments, settings, flags.schema, error=say, note=reporter.note, announce=announce
    )
