"""Carries out `extract FILES -o FOLDER/`: inputs in, store and sheets out, an exit status."""

import shlex
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from dataclasses import field
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from extractor.errors import InputError, UsageError
from extractor.frozen import frozen
from extractor.read import bytes_in, read_bytes
from extractor.read.source import Source, failing
from extractor.run.engine.engine import run
from extractor.run.engine.options import Options
from extractor.run.inputs.sources import Fields, count_sources, sources_in
from extractor.run.progress.display import ProgressDisplay, display_for
from extractor.run.progress.observer import Outcome
from extractor.run.progress.report import summary_lines
from extractor.run.requests.budget import budget_for, paid_before
from extractor.run.sheets.sheets import FORMS, Form, write_sheets
from extractor.run.workers.pool import cores
from extractor.schema.catalogue import Schema
from extractor.settings import Settings
from extractor.store.folder import FILE, is_open_to_all
from extractor.store.lock import locked
from extractor.store.store import Store
from extractor.store.work_key import Recipe, recipe_for
from extractor.text.leftovers import FolderHandle, remove_leftovers

if TYPE_CHECKING:
    from extractor.run.inputs.watch import WatchedSources
    from extractor.run.sheets.refresh import SheetRefresher


@frozen
class RunArguments:
    """The arguments of the command, besides settings and schema."""

    files: Sequence[str]
    folder: Path | None  # None: only an estimate is wanted
    forms: Sequence[Form] = FORMS
    files_from: str | None = None
    fields: Fields | None = None
    options: Options = field(default_factory=Options)
    command: Sequence[str] = ()
    log_json: bool = False
    quiet: bool = False
    watch: bool = False
    budget: float | None = None  # US dollars
    shared: bool = False  # whether others may read what is made, as the umask says


def run_into_folder(
    arguments: RunArguments,
    settings: Settings,
    schema: Schema,
    *,
    error: Callable[[str], None],
    note: Callable[[str], None],
) -> int:
    """Run, write the sheets, and return the exit status: 0, 1 when an article failed, 130.

    Raises UsageError and OutputError.
    """
    folder = arguments.folder or Path()
    recipe = recipe_for(settings, schema)
    batch = arguments.options.batch_api
    if batch:
        _check_for_batches(settings)
    budget = budget_for(arguments.budget, settings, batch=batch)
    display = display_for(
        error,
        note,
        log_json=arguments.log_json,
        quiet=arguments.quiet,
        asks_model=settings.asks_model,
        limit=arguments.options.limit,
        count=None
        if arguments.watch
        else partial(
            count_sources, arguments.files, files_from=arguments.files_from, output=folder
        ),
    )
    endless: WatchedSources | None = None
    if arguments.watch:
        display, endless = _watching(arguments, display, folder, schema, recipe)
    sources = endless.sources() if endless else _sources(arguments, display.note)
    with locked(folder, shared=arguments.shared) as handle, _store(arguments, folder) as store:
        if is_open_to_all(folder) and not arguments.shared:
            display.note(_open_to_all(folder))
        with display:
            if budget is not None and (spent := budget.continue_from(paid_before(store, recipe))):
                display.note(spent)
            outcome = run(
                _with_standard_input(sources),
                store=store,
                schema=schema,
                settings=settings,
                recipe=recipe,
                options=arguments.options,
                observer=display,
                command=arguments.command,
                budget=budget,
                inherited=[handle],
                endless=endless,
                announce=partial(_announce, settings, display, quiet=arguments.quiet),
            )
        display.run_ended(outcome, summary_lines(outcome, store))
        written = write_sheets(
            folder,
            schema,
            forms=arguments.forms,
            recipe=recipe,
            jobs=arguments.options.jobs or cores(),
            tell=display.note,
        )
        for path in written.files:
            display.note(f"wrote {path}: {written.articles:,} articles")
        if not written.files:
            display.note(f"the sheets in {folder} are as they were: nothing new")
    return _status(outcome)


def _store(arguments: RunArguments, folder: Path) -> Store:
    """Open the run's store, and remove what killed runs left. Raises OutputError."""
    store = Store(folder, shared=arguments.shared)
    with suppress(OSError), FolderHandle.opened(folder) as room:
        remove_leftovers(room)
    return store


def _open_to_all(folder: Path) -> str:
    return (
        f"{folder}: every user of this machine can read it; chmod -R go= {shlex.quote(str(folder))}"
        " makes it yours alone, --shared leaves it as it is and says nothing"
    )


def _announce(settings: Settings, display: ProgressDisplay, *, quiet: bool) -> None:
    """Say which model is asked where, if no flag named the host: see `Settings.announcement`."""
    announcement = settings.announcement
    if announcement is not None:
        say = display.error if quiet and announcement.even_quiet else display.note
        say(announcement.words)


def _watching(
    arguments: RunArguments, display: ProgressDisplay, folder: Path, schema: Schema, recipe: Recipe
) -> "tuple[SheetRefresher, WatchedSources]":
    """Return a display that also refreshes the sheets, and sources that wait for files."""
    if arguments.options.batch_api:
        raise UsageError("--watch asks as files arrive, --batch-api when all are there: take one")
    from extractor.run.inputs.watch import WatchedSources
    from extractor.run.sheets.refresh import SheetRefresher

    refresher = SheetRefresher(display, folder, schema.source, arguments.forms, recipe)
    endless = WatchedSources(
        arguments.files,
        files_from=arguments.files_from,
        output=folder,
        fields=arguments.fields,
        tell=refresher.note,
    )
    return refresher, endless


def _sources(arguments: RunArguments, tell: Callable[[str], None]) -> Iterator[Source]:
    """Yield the sources that the arguments name."""
    return sources_in(
        arguments.files,
        files_from=arguments.files_from,
        output=arguments.folder,
        fields=arguments.fields,
        tell=tell,
    )


def estimate_lines(
    arguments: RunArguments, settings: Settings, schema: Schema, *, note: Callable[[str], None]
) -> Iterator[str]:
    """Yield the lines of `--estimate`: what a run would ask and cost. Asks and writes nothing.

    Raises UsageError and OutputError.
    """
    from extractor.run.estimate.estimate import estimate

    estimated = estimate(
        _with_standard_input(_sources(arguments, note)),
        schema,
        settings,
        recipe_for(settings, schema),
        folder=arguments.folder,
        retry_failed=arguments.options.retry_failed,
        limit=arguments.options.limit,
        batch=arguments.options.batch_api,
    )
    return estimated.lines(arguments.budget)


def _check_for_batches(settings: Settings) -> None:
    """Raise UsageError when no model is asked, or there is no cache for the answers."""
    if not settings.asks_model:
        raise UsageError("--batch-api asks a model; name one with --model, the rules cost nothing")
    if settings.no_cache:
        raise UsageError("--batch-api puts the answers into the cache; drop --no-cache")


def _status(outcome: Outcome) -> int:
    if outcome.interrupted:
        return 130
    stats = outcome.stats
    return 1 if stats.failed or stats.failed_before or outcome.stopped else 0


def _with_standard_input(sources: Iterator[Source]) -> Iterator[Source]:
    """Yield the sources, with standard input taken in here: the worker processes have none."""
    for source in sources:
        if source.name != "-":
            yield source
            continue
        try:
            data = bytes_in("-")
        except InputError as error:
            yield failing("-", error)
        else:
            yield Source("-", "", partial(read_bytes, data, "-"))


def find_store(folder: Path | None) -> Path:
    """Return the folder given, or the only one with a store, here or one level below.

    Raises UsageError when there is none or several.
    """
    if folder is not None:
        return folder
    here = Path()
    if (here / FILE).is_file():
        return here
    near = sorted(path.parent for path in here.glob(f"*/{FILE}"))
    if len(near) == 1:
        return near[0]
    if not near:
        raise UsageError("there is no store of a run here; name its folder with --output")
    names = ", ".join(map(str, near))
    raise UsageError(f"there are several stores here ({names}); name one with --output")


def fields_from(given: str) -> Fields:
    """Return the fields of .jsonl lines that `text=body,id=uid` names; raise UsageError."""
    pairs = [pair.partition("=") for pair in given.split(",") if pair.strip()]
    if not all(equals and value.strip() for _, equals, value in pairs):
        raise UsageError(f"--fields {given}: expected name=FIELD, several apart by commas")
    return Fields.named({name.strip(): value.strip() for name, _, value in pairs})
