"""`extract publish` and `extract bring-back`: reviewed rows to files, edited files to decisions."""

from dataclasses import fields
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from extractor.cli.flags import RunFolder, SchemaFile, schema_files, schema_name, takes
from extractor.cli.output import say
from extractor.errors import UsageError
from extractor.frozen import frozen

if TYPE_CHECKING:
    from extractor.review.desk import Desk
    from extractor.review.publish.publish import Form, PublishResult
    from extractor.review.queue import Filter

Format = Literal["xlsx", "csv", "jsonl", "html", "w3c", "label-studio", "ftm"]


@frozen(kw_only=True)
class FilterFlags:
    """Which rows; every field is the filter's of its name."""

    status: Annotated[
        str | None,
        typer.Option(
            metavar="STATUS,…",
            help="accepted, corrected, rejected, later, open; by default accepted,corrected.",
        ),
    ] = None
    schema: Annotated[
        str | None,
        typer.Option(
            "--schema", "-s", metavar="NAME", help="Rows of this schema: its name or file."
        ),
    ] = None
    kind: Annotated[
        str | None, typer.Option(metavar="KIND", help="Rows of this kind, such as quotes.")
    ] = None
    outlet: Annotated[str | None, typer.Option(metavar="NAME", help="Of this outlet.")] = None
    since: Annotated[
        str | None, typer.Option(metavar="DATE", help="Published from this day on.")
    ] = None
    until: Annotated[
        str | None, typer.Option(metavar="DATE", help="Published up to this day, month or year.")
    ] = None
    speaker: Annotated[str | None, typer.Option(metavar="NAME", help="Of this speaker.")] = None
    decided_by: Annotated[
        str | None, typer.Option(metavar="NAME", help="Decided by this reviewer.")
    ] = None
    model: Annotated[
        str | None, typer.Option(metavar="NAME", help="Answered by this model, or by rules.")
    ] = None
    flag: Annotated[
        str | None, typer.Option(metavar="CODE,…", help="With any of these warnings.")
    ] = None
    words: Annotated[str | None, typer.Option(metavar="WORDS", help="With all of these words.")] = (
        None
    )
    article: Annotated[
        str | None, typer.Option(metavar="SHA256", help="Of the article with this text.")
    ] = None
    view: Annotated[
        str | None, typer.Option(metavar="NAME", help="Of this saved view; other flags narrow it.")
    ] = None

    def filter(self, desk: "Desk") -> "Filter":
        """Return the filter of these flags, which narrow the saved view if one is named.

        Raises UsageError.
        """
        from dataclasses import asdict

        from extractor.review.queue import Filter, saved_views

        values = {
            ("reviewer" if flag.name == "decided_by" else flag.name): getattr(self, flag.name)
            for flag in fields(self)
            if flag.name != "view"
        }
        values["schema"] = schema_name(self.schema)
        if self.view is None:
            return Filter.from_query(values)
        views = saved_views(desk)
        if self.view not in views:
            names = ", ".join(sorted(views)) or "none"
            raise UsageError(f"there is no saved view {self.view!r}; there are: {names}")
        narrowed = {name: value for name, value in values.items() if value is not None}
        return Filter.from_query({**asdict(views[self.view]), **narrowed})


@frozen(kw_only=True)
class PublishFlags:
    """What is published, where to, and how."""

    folder: RunFolder = None
    output: Annotated[
        str | None,
        typer.Option(
            "--output",
            "-o",
            metavar="FILE",
            help="Write to this file, - for standard output; by default published.FORMAT in the "
            "folder.",
        ),
    ] = None
    form: Annotated[
        Format | None,
        typer.Option(
            "--format",
            "-f",
            help="How to write it; by default what --output ends with, or else xlsx.",
        ),
    ] = None
    with_open: Annotated[
        bool,
        typer.Option(
            "--with-open", help="Also rows that nobody has decided on; each says so, loudly."
        ),
    ] = False


@takes(PublishFlags, FilterFlags)
def publish(flags: PublishFlags, filters: FilterFlags) -> int:
    """Write the rows that reviewers accepted or corrected, with where they come from."""
    from extractor.review.desk import Desk
    from extractor.review.publish.publish import ENDINGS
    from extractor.review.publish.publish import publish as write
    from extractor.review.sync.sync import sync
    from extractor.run.command import find_store
    from extractor.store.folder import own_folder
    from extractor.text.atomic_files import refuse_link

    form = _form(flags, ENDINGS)
    folder = find_store(flags.folder)
    target, own = None, None
    if flags.output is None:
        own = own_folder(folder)
        target = folder / f"published{ENDINGS[form]}"
    elif flags.output != "-":
        target = Path(flags.output)
    if target is not None:
        if target.is_dir():
            raise UsageError(f"--output {target}: this is a folder; name a file in it")
        refuse_link(target)
    with Desk(folder, schemas=schema_files(filters.schema)) as desk:
        sync(desk)
        filter = filters.filter(desk)
        done = write(
            desk, filter, form, target, with_open=flags.with_open, needs_rows=True, own=own
        )
        if not done.rows:
            say(_nothing(filter, target, with_open=flags.with_open))
    _say_result(done)
    return 1 if done.unfit or not done.rows else 0


def _nothing(filter: "Filter", target: Path | None, *, with_open: bool) -> str:
    """Return the message that nothing is published, and why."""
    why = "no row was accepted or corrected yet"
    if with_open or any(getattr(filter, condition.name) for condition in fields(filter)):
        why = "no row matches what was asked for"
    left = f"{target} is as it was" if target and target.exists() else "nothing was written"
    return f"{why}; {left}"


def _form(flags: PublishFlags, endings: "dict[Form, str]") -> "Form":
    """Return the format asked for, or the one that the file's ending names. Raises UsageError."""
    if flags.form is not None:
        return flags.form
    if flags.output is None:
        return "xlsx"
    name = flags.output.casefold()
    # The longest ending first: ".ftm.jsonl" ends with ".jsonl" too.
    for form, ending in sorted(endings.items(), key=lambda pair: -len(pair[1])):
        if name.endswith(ending):
            return form
    raise UsageError(f"--output {flags.output}: say with --format how to write it")


def _say_result(done: "PublishResult") -> None:
    """Report what was published, and what was not."""
    if done.rows:
        where = " and ".join(str(file) for file in done.files) or "standard output"
        of = _count(done.articles, "article")
        say(f"{_count(done.rows, 'row')} of {of} published to {where}")
    if done.open_rows:
        say(
            f"WARNING: {done.open_rows:,} of them are OPEN: nobody has decided on them; every one "
            "says so in its review status"
        )
    if done.left_open:
        say(
            f"{_count(done.left_open, 'open row')} left out: review them, or publish them marked "
            "as open with --with-open"
        )
    if done.undated:
        say(
            f"{_count(done.undated, 'row')} left out whose article has no date that can be read: "
            "publish without --since and --until to see them"
        )
    if done.unfit:
        say(
            f"{_count(done.unfit, 'row')} left out that do not fit their schema any more; extract "
            "their articles anew"
        )
    for note in done.notes:
        say(note)


def _count(number: int, word: str) -> str:
    return f"{number:,} {word}{'' if number == 1 else 's'}"


@frozen(kw_only=True)
class BringFlags:
    """What is brought back, and in whose name."""

    folder: Annotated[Path, typer.Argument(metavar="FOLDER", help="The run's folder.")]
    file: Annotated[
        Path, typer.Argument(metavar="FILE", help="A sheet from `extract publish`, edited.")
    ]
    reviewer: Annotated[
        str, typer.Option("--reviewer", metavar="NAME", help="Who edited it: signs the decisions.")
    ]
    schema: SchemaFile = None
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Say what would be decided, and decide nothing.")
    ] = False


@takes(BringFlags)
def bring_back(flags: BringFlags) -> int:
    """Take the decisions that an edited sheet holds (XLSX or CSV); only changed rows count."""
    from extractor.review.bring_back.bring_back import bring_back as take
    from extractor.review.bring_back.bring_back import result_lines
    from extractor.review.desk import Desk
    from extractor.review.sync.sync import sync

    with Desk(flags.folder, schemas=schema_files(flags.schema)) as desk:
        sync(desk)
        result = take(desk, flags.file, flags.reviewer, dry_run=flags.dry_run)
    for line in result_lines(result, flags.dry_run):
        say(line)
    return 0 if result.ok else 1
