"""`extract runs`: the runs of a store, and what failed in one."""

from pathlib import Path
from typing import Annotated

import typer

from extractor.cli.output import columns, print_lines

app = typer.Typer(
    add_completion=False,
    rich_markup_mode=None,
    invoke_without_command=True,
    help="List the runs of a store, or show one: what failed in it and why.",
)
_StoreFolder = Annotated[
    Path | None,
    typer.Option(
        "--output",
        "-o",
        metavar="FOLDER",
        help="The run's folder; by default the only one with a store here.",
    ),
]


@app.callback()
def _list(context: typer.Context, output: _StoreFolder = None) -> int:
    """List the runs of a store."""
    if context.invoked_subcommand is not None:
        context.obj = output
        return 0
    from extractor.run.command import find_store
    from extractor.run.progress.report import list_lines
    from extractor.store.store import Store

    with Store(find_store(output), make=False) as store:
        print_lines(list_lines(store, columns()))
    return 0


@app.command("show")
def _show(
    context: typer.Context,
    number: Annotated[int, typer.Argument(metavar="N", help="The run's number.")],
    output: _StoreFolder = None,
) -> int:
    """Show one run: how it ended, what it cost, what failed and why."""
    from extractor.run.command import find_store
    from extractor.run.progress.report import show_lines
    from extractor.store.store import Store

    with Store(find_store(output or context.obj), make=False) as store:
        print_lines(show_lines(store, number))
    return 0
