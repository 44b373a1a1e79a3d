"""`extract eval` and `extract agreement`: what reviews say of machines, and of reviewers."""

from typing import Annotated, Literal

import typer

from extractor.cli.flags import AskingFlags, RunFolder, schema_files, schema_name, takes
from extractor.cli.output import Reporter, print_lines, say
from extractor.frozen import frozen


@frozen(kw_only=True)
class EvalFlags:
    """What is scored."""

    folder: RunFolder = None
    schema: Annotated[
        str | None,
        typer.Option(
            "--schema",
            "-s",
            metavar="NAME",
            help="Needed when the run had several, or was given one by its path: this path.",
        ),
    ] = None
    anew: Annotated[
        bool,
        typer.Option(
            "--anew",
            help="Extract the reviewed articles again, by the rules or the model of the settings; "
            "--model asks that one. Without either only stored extractions are scored.",
        ),
    ] = False
    outlets: Annotated[bool, typer.Option("--by-outlet", help="Show each outlet as well.")] = False
    limit: Annotated[
        int | None, typer.Option(min=1, metavar="N", help="Take so many articles at most.")
    ] = None
    form: Annotated[
        Literal["table", "json"], typer.Option("--format", "-f", help="How to print it.")
    ] = "table"
    quiet: Annotated[bool, typer.Option("--quiet", "-q", help="Say nothing but errors.")] = False


@takes(EvalFlags, AskingFlags)
def evaluate(scored: EvalFlags, model: AskingFlags) -> int:
    """Score rules, models and prompts against the reviewed records, field by field."""
    import json
    from functools import partial

    from extractor.errors import UsageError
    from extractor.review.desk import Desk
    from extractor.review.evaluate.evaluate import (
        chosen_schema,
        lines,
        not_reviewed,
        report_anew,
        reviewed,
        stored_reports,
        to_json,
    )
    from extractor.review.sync.sync import sync
    from extractor.run.command import find_store

    reporter = Reporter(quiet=scored.quiet)
    folder = find_store(scored.folder)
    with Desk(folder, schemas=schema_files(scored.schema)) as desk:
        sync(desk)
        name = chosen_schema(desk, schema_name(scored.schema))
        truth = reviewed(desk, name, scored.limit)
        if not truth:
            raise UsageError(
                f"{folder}: no article is reviewed to its end; decide on every row of some "
                "articles first: extract review"
            )
        if left := not_reviewed(desk, name):
            reporter.note(f"{left:,} articles with rows that nobody decided on are left out")
        reports = stored_reports(desk, name, truth)
        if scored.anew or model.model is not None:
            schema = desk.schema(name)
            if schema is None:
                raise UsageError(desk.why_no_schema(name))
            settings = model.settings()
            announce = partial(reporter.announce, settings)
            reports.append(report_anew(desk, schema, truth, settings, announce=announce))
    if scored.form == "json":
        print(json.dumps(to_json(reports, truth), ensure_ascii=False, indent=2))
    else:
        print_lines(lines(reports, truth, scored.outlets))
    return 1 if any(report.failed for report in reports) else 0


def agree(
    folder: RunFolder = None,
    schema: Annotated[
        str | None,
        typer.Option(
            "--schema", "-s", metavar="NAME", help="By this schema only: its name or file."
        ),
    ] = None,
) -> int:
    """Say how far blind second reviews agree with the first, and what is to be settled."""
    from extractor.review.desk import Desk
    from extractor.review.evaluate.agreement import agreement, lines, pairs
    from extractor.review.sync.sync import sync
    from extractor.run.command import find_store

    place = find_store(folder)
    with Desk(place, schemas=schema_files(schema)) as desk:
        sync(desk)
        reviewed_twice = list(pairs(desk, schema_name(schema)))
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
