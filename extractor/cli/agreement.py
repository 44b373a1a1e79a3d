"""`extract agreement`: how far two reviewers of the same claims agree."""

from typing import Annotated

import typer

from extractor.cli.flags import RunFolder
from extractor.cli.output import print_lines, say


def agree(
    folder: RunFolder = None,
    schema: Annotated[
        str | None, typer.Option("--schema", "-s", metavar="NAME", help="By this schema only.")
    ] = None,
) -> int:
    """Say how far blind second reviews agree with the first, and what is to be settled."""
    from extractor.review.desk import Desk
    from extractor.review.evaluate.agreement import agreement, lines, pairs
    from extractor.review.sync.sync import sync
    from extractor.run.command import find_store

    place = find_store(folder)
    with Desk(place) as desk:
        sync(desk)
        reviewed_twice = list(pairs(desk, schema))
    if not reviewed_twice:
        say(
            f"{place}: nothing was decided on twice yet; a second reviewer begins with "
            "`extract review`, view Second review"
        )
        return 0
    names = sorted({pair.claim.schema for pair in reviewed_twice})
    print_lines(
        lines(
            {
                name: agreement([p for p in reviewed_twice if p.claim.schema == name])
                for name in names
            }
        )
    )
    return 0
