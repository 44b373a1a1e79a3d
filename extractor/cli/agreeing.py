"""`extract agreement`: how far two reviewers of the same claims agree."""

from pathlib import Path
from typing import Annotated

import typer

from extractor.cli.telling import print_lines


def agree(
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="The folder of a reviewed run.")],
    schema: Annotated[
        str | None, typer.Option("--schema", "-s", metavar="NAME", help="By this schema only.")
    ] = None,
) -> int:
    """Say how far blind second reviews agree with the first, and what is to be settled."""
    from extractor.errors import UsageError
    from extractor.review.agreement import agreement, lines, pairs
    from extractor.review.desk import Desk

    with Desk(folder) as desk:
        desk.sync()
        found = list(pairs(desk, schema))
    if not found:
        raise UsageError(
            f"{folder}: nothing was decided on twice yet; a second reviewer begins with "
            "`extract review`, view Second review"
        )
    names = sorted({pair.claim.schema for pair in found})
    print_lines(
        lines({name: agreement([p for p in found if p.claim.schema == name]) for name in names})
    )
    return 0
