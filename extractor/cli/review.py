"""`extract review`: the page on which analysts decide."""

from pathlib import Path
from typing import Annotated

import typer

from extractor.cli.flags import ModelFlags, RunFolder, SchemaFile, schema_files, takes
from extractor.cli.output import Reporter
from extractor.errors import UsageError
from extractor.frozen import frozen


@frozen(kw_only=True)
class ReviewFlags:
    """What is reviewed, by whom, and where the page is served."""

    folder: RunFolder = None
    reviewer: Annotated[
        str | None,
        typer.Option(metavar="NAME", help="Who decides; by default your login name."),
    ] = None
    reviewers: Annotated[
        Path | None,
        typer.Option(
            metavar="FILE",
            help="Names, a line each: every one gets a link, and signs with that name only.",
        ),
    ] = None
    port: Annotated[
        int | None, typer.Option(min=0, max=65535, metavar="N", help="The page's port.")
    ] = None
    host: Annotated[
        str,
        typer.Option(
            metavar="ADDRESS",
            help="Listen here. Anything but this machine's own address lets others in who have "
            "the link.",
        ),
    ] = "127.0.0.1"
    schema: SchemaFile = None
    no_browser: Annotated[
        bool, typer.Option("--no-browser", help="Print the link, and open nothing.")
    ] = False


@takes(ReviewFlags, ModelFlags)
def review(flags: ReviewFlags, model: ModelFlags) -> int:
    """Review the records of a run on a local page; also serves /v1/extract."""
    from extractor.cli.output import unexpected_at
    from extractor.review.server.reviewers import read_reviewers
    from extractor.review.server.start import serve
    from extractor.run.command import find_store

    reporter = Reporter()
    reviewers = read_reviewers(flags.reviewers) if flags.reviewers is not None else None
    if reviewers is not None and flags.reviewer not in (None, *reviewers):
        raise UsageError(f"--reviewer {flags.reviewer}: is not named in {flags.reviewers}")
    settings = model.settings()
    reporter.announce(settings, "for programs that ask at /v1/extract: ")
    serve(
        find_store(flags.folder),
        reviewer=flags.reviewer or _login(),
        settings=settings,
        host=flags.host,
        port=flags.port,
        browser=not flags.no_browser,
        reviewers=reviewers,
        link=lambda address, name: print(
            f"Review: {address}" if name is None else f"Review, {name}: {address}", flush=True
        ),
        schemas=schema_files(flags.schema),
        note=reporter.note,
        unexpected=unexpected_at,
    )
    return 0


def _login() -> str:
    """Return the login name, as the name that decisions are signed with."""
    import getpass

    try:
        name = getpass.getuser().strip()
    except (OSError, KeyError):
        name = ""
    return name if name.isprintable() and 0 < len(name) <= 100 else "reviewer"
