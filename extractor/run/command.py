"""A run as the command gives it: coverage in, store and sheets out, an exit status."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from extractor.article import Article
from extractor.errors import InputError, UsageError
from extractor.read.source import Source, failing
from extractor.run.engine.engine import run
from extractor.run.engine.outcome import Options
from extractor.run.inputs.coverage import Fields, count_sources, sources_in
from extractor.run.progress.report import story
from extractor.run.progress.show import Show, show_for
from extractor.run.progress.watcher import Outcome
from extractor.run.requests.budget import budget_for, paid_before
from extractor.run.sheets.sheets import FORMS, Form, write_sheets
from extractor.run.workers.pool import cores
from extractor.schema.catalogue import Schema
from extractor.settings import Settings
from extractor.store.lock import locked
from extractor.store.store import FILE, Store
from extractor.store.work_key import Recipe, recipe_for

if TYPE_CHECKING:
    from extractor.run.inputs.watch import Watch
    from extractor.run.sheets.refresh import Refreshing


@dataclass(frozen=True, slots=True)
class Order:
    """What the command was told, other than settings and schema."""

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


def run_into_folder(
    order: Order,
    settings: Settings,
    schema: Schema,
    *,
    error: Callable[[str], None],
    note: Callable[[str], None],
) -> int:
    """Run, write the sheets, and return the exit status: 0, 1 when an article failed, 130.

    Raises UsageError and OutputError.
    """
    folder = order.folder or Path()
    recipe = recipe_for(settings, schema)
    batch = order.options.batch_api
    if batch:
        _check_for_batches(settings)
    purse = budget_for(order.budget, settings, batch=batch)
    show = show_for(
        error,
        note,
        log_json=order.log_json,
        quiet=order.quiet,
        asks_model=settings.asks_model,
        limit=order.options.limit,
        count=None
        if order.watch
        else partial(count_sources, order.files, files_from=order.files_from, output=folder),
    )
    endless: Watch | None = None
    if order.watch:
        show, endless = _watching(order, show, folder, schema, recipe)
    sources = endless.sources() if endless else _sources(order, show.note)
    with locked(folder) as handle, Store(folder) as store:
        with show:
            if purse is not None and (told := purse.go_on_from(paid_before(store, recipe))):
                show.note(told)
            outcome = run(
                _with_standard_input(sources),
                store=store,
                schema=schema,
                settings=settings,
                recipe=recipe,
                options=order.options,
                watcher=show,
                command=order.command,
                purse=purse,
                inherited=[handle],
                endless=endless,
            )
        show.finished(outcome, story(outcome, store))
        written = write_sheets(
            folder,
            schema,
            forms=order.forms,
            recipe=recipe,
            jobs=order.options.jobs or cores(),
            tell=show.note,
        )
        for path in written.files:
            show.note(f"wrote {path}: {written.articles:,} articles")
        if not written.files:
            show.note(f"the sheets in {folder} are as they were: nothing new")
    return _status(outcome)


def _watching(
    order: Order, show: Show, folder: Path, schema: Schema, recipe: Recipe
) -> "tuple[Refreshing, Watch]":
    """Return who looks on and refreshes the sheets, and what waits for files to arrive."""
    if order.options.batch_api:
        raise UsageError("--watch asks as files arrive, --batch-api when all are there: take one")
    from extractor.run.inputs import watch as watching
    from extractor.run.sheets.refresh import Refreshing

    refreshing = Refreshing(show, folder, schema.path, order.forms, recipe)
    endless = watching.Watch(
        order.files,
        files_from=order.files_from,
        output=folder,
        fields=order.fields,
        tell=refreshing.note,
    )
    return refreshing, endless


def _sources(order: Order, tell: Callable[[str], None]) -> Iterator[Source]:
    """Yield what the order names."""
    return sources_in(
        order.files,
        files_from=order.files_from,
        output=order.folder,
        fields=order.fields,
        tell=tell,
    )


def estimate_lines(
    order: Order, settings: Settings, schema: Schema, *, note: Callable[[str], None]
) -> Iterator[str]:
    """Yield, for people, what a run would ask and cost. Asks and writes nothing.

    Raises UsageError and OutputError.
    """
    from extractor.run.estimate.estimate import estimate

    found = estimate(
        _with_standard_input(_sources(order, note)),
        schema,
        settings,
        recipe_for(settings, schema),
        folder=order.folder,
        retry_failed=order.options.retry_failed,
        limit=order.options.limit,
        batch=order.options.batch_api,
    )
    return found.lines(order.budget)


def _check_for_batches(settings: Settings) -> None:
    """Raise UsageError when there is nothing to ask in batches, or no place for the answers."""
    if not settings.asks_model:
        raise UsageError("--batch-api asks a model; name one with --model, the rules cost nothing")
    if settings.no_cache:
        raise UsageError("--batch-api puts the answers into the cache; drop --no-cache")


def _status(outcome: Outcome) -> int:
    if outcome.interrupted:
        return 130
    tally = outcome.tally
    return 1 if tally.failed or tally.failed_before or outcome.stopped else 0


def _with_standard_input(sources: Iterator[Source]) -> Iterator[Source]:
    """Read standard input here: the processes that read the rest have none."""
    for source in sources:
        if source.name != "-":
            yield source
            continue
        try:
            article = source.load()
        except InputError as error:
            yield failing("-", error)
        else:
            yield Source("-", "", partial(_same, article))


def _same(article: Article) -> Article:
    return article


def find_store(folder: Path | None) -> Path:
    """Return the folder of the store that is meant: the one named, or the only one near by."""
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
